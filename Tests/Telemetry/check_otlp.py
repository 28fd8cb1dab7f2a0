"""Collects the traces of a server and reads them by the protocol's schema: see scripts/check-otlp."""

import base64
import http.server
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.request

from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

QUESTION = "What is the hotel limit per night in Europe?"
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = "00f067aa0ba902b7"
failures = []


def check(condition, message):
    print(("ok     " if condition else "FAILED ") + message)
    if not condition:
        failures.append(message)


def schema_form(value):
    """Ids are hexadecimal in OTLP's JSON, and base64 in that of Protocol Buffers, which the classes read."""
    if isinstance(value, list):
        return [schema_form(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: base64.b64encode(bytes.fromhex(item)).decode()
        if key in ("traceId", "spanId", "parentSpanId") else schema_form(item)
        for key, item in value.items()
    }


class Collector(http.server.BaseHTTPRequestHandler):
    bodies, headers_seen, refusals = [], [], [503, 429]

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        # A collector that is busy at first: nothing may be lost for it.
        status = Collector.refusals.pop() if Collector.refusals else 200
        if status == 200:
            Collector.bodies.append((self.path, self.headers["Content-Type"], body))
            Collector.headers_seen.append(self.headers.get("X-Tenant"))
        self.send_response(status)
        if status != 200:
            self.send_header("Retry-After", "0")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_):
        pass


def facts(attributes):
    return {a.key: getattr(a.value, a.value.WhichOneof("value")) for a in attributes}


def ask(base, path, body, headers=()):
    request = urllib.request.Request(
        base + path, json.dumps(body).encode(), {"Content-Type": "application/json", **dict(headers)})
    with urllib.request.urlopen(request, timeout=60) as response:
        return json.load(response)


def main():
    collector = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    threading.Thread(target=collector.serve_forever, daemon=True).start()
    environment = {
        **os.environ,
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{collector.server_port}",
        "OTEL_EXPORTER_OTLP_HEADERS": "X-Tenant=a%20b",
        "OTEL_SERVICE_NAME": "handbook",
        "OTEL_RESOURCE_ATTRIBUTES": "deployment.environment.name=check",
        "MILLRACE_LOG_FORMAT": "json",
    }
    server = subprocess.Popen(
        [sys.argv[1], "serve", "--port", "0"], env=environment, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True)
    try:
        base = None
        for line in server.stdout:
            found = re.match(r"Millrace listens on (.*)$", line)
            if found:
                base = found[1]
                break
        if base is None:
            sys.exit("the server ended before it listened: " + server.stderr.read())
        ask(base, "/v1/ask", {"question": QUESTION}, {"traceparent": f"00-{TRACE}-{PARENT}-01", "tracestate": "v=1"})
        ask(base, "/v1/search", {"query": "hotel"})
        # Spans wait some seconds for company, and then for a collector that is busy twice; what still waits at the end
        # is tried once.
        for _ in range(300):
            if Collector.bodies:
                break
            time.sleep(0.1)
    finally:
        server.send_signal(signal.SIGTERM)
        _, errors = server.communicate(timeout=60)
    spans, resources = [], []
    for path, kind, body in Collector.bodies:
        check(path == "/v1/traces" and kind == "application/json", "traces go to /v1/traces as JSON")
        message = ExportTraceServiceRequest()
        # Strict: a field that the schema does not have is a failure.
        json_format.Parse(json.dumps(schema_form(json.loads(body))), message)
        for resource in message.resource_spans:
            resources.append(facts(resource.resource.attributes))
            for scope in resource.scope_spans:
                spans += scope.spans
    check(all(seen == "a b" for seen in Collector.headers_seen), "headers of the environment go with them")
    check(bool(resources) and resources[0].get("service.name") == "handbook", "the service has its name")
    check(bool(resources) and resources[0].get("deployment.environment.name") == "check", "and its facts")
    asked = [s for s in spans if s.trace_id.hex() == TRACE]
    roots = [s for s in asked if s.name == "POST /v1/ask"]
    check(len(roots) == 1, "the question is one span of the caller's trace")
    if roots:
        root, known = roots[0], {s.span_id for s in asked}
        check(root.parent_span_id.hex() == PARENT and root.trace_state == "v=1", "under the caller's own")
        check(root.kind == Span.SPAN_KIND_SERVER, "as a server's")
        named = facts(root.attributes)
        for key, value in (
            ("http.request.method", "POST"), ("http.route", "/v1/ask"), ("url.scheme", "http"),
            ("http.response.status_code", 200),
        ):
            check(named.get(key) == value, f"{key} is {value}: {named.get(key)}")
        check(len(asked) > 5, f"{len(asked)} spans")
        others = [s for s in asked if s is not root]
        check(all(s.parent_span_id in known for s in others), "every other span has its parent here")
        check(
            all(0 < s.start_time_unix_nano <= s.end_time_unix_nano for s in asked), "times are in order")
    check(any(s.name == "search words" for s in spans), "a search tells of its parts")
    everything = b"".join(body for _, _, body in Collector.bodies).decode().lower()
    for text in ("hotel limit", "per night", "tidewater.example"):
        check(text not in everything, f"nothing is told of “{text}”")
    lines = [json.loads(line) for line in errors.splitlines() if line.startswith("{")]
    served = [l for l in lines if l["message"] == "request served" and l.get("trace_id") == TRACE]
    check(len(served) == 1 and len(served[0].get("span_id", "")) == 16, "the log line names the trace")
    if failures:
        sys.exit(f"{len(failures)} of the checks failed")


main()
