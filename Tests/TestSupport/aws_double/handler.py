"""Requests over HTTP: signatures, what a test asks of the double itself, and faults of the connection."""
import base64
import gzip
import json
import socket
import struct
import sys
import time
import traceback
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import sigv4_check

from . import errors, search, services, wire
from .memory import Memory
from .wire import Request

SILENCE_SECONDS = 30
HTML = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    options, memory = None, Memory()

    def handle_any(self):
        self.fault, self.signing_name = None, "bedrock"
        request = Request(self.command, self.path, self.joined_headers(), self.read_body())
        try:
            if self.path.startswith("/-/"):
                return self.control(request)
            self.answer(request)
        except sigv4_check.Refused as error:
            self.refuse_signature(error)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
        except Exception as error:
            self.tell(error)
            self.fault = None
            self.refuse(wire.Failure("InternalFailure", f"The double itself is at fault: {error!r}", 500))

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = handle_any

    @staticmethod
    def tell(error):
        if isinstance(error, wire.Drift):
            print(f"aws_double: its own answer does not fit the service's model: {error}", file=sys.stderr, flush=True)
        else:
            traceback.print_exc()

    def joined_headers(self):
        """By name in lower case; of several of a name, all."""
        headers = {}
        for name, value in self.headers.items():
            name = name.lower()
            headers[name] = f"{headers[name]},{value}" if name in headers else value
        return headers

    def read_body(self):
        if "chunked" not in self.headers.get("Transfer-Encoding", ""):
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = b""
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return body

    def control(self, request):
        """`PUT /-/faults/KEY-ID`, `PUT /-/documents/KEY-ID` and `GET /-/requests/KEY-ID`."""
        _, _, what, key_id = (request.target.split("/") + [""] * 4)[:4]
        if request.method == "PUT" and self.memory.put(what, key_id, request.json()):
            return self.write(200, {}, b"{}")
        found = self.memory.get(what, key_id) if request.method == "GET" else None
        if found is None:
            return self.write(400, {}, b"{}")
        self.write(200, {"Content-Type": "application/json"}, json.dumps(found).encode())

    def answer(self, request):
        if request.headers.get("authorization", "").startswith("Basic "):
            return self.sign_in(request)
        match = sigv4_check.PATTERN.fullmatch(request.headers.get("authorization", ""))
        if match and match[4] in (*wire.SERVICES, *search.NAMES):
            self.signing_name = match[4]
        key_id = sigv4_check.verify(request.method, request.target, request.headers, request.body, self.secret_of,
                                    self.options.region, self.signing_name)
        if self.signing_name in search.NAMES:
            return self.search(request, key_id)
        call = None
        try:
            call = wire.find(self.signing_name, request)
            self.fault = self.memory.remember(key_id, self.told(call, request))
            failure = errors.of_fault(self.fault, call)
            if failure:
                raise failure
            if not self.disturb():
                members, events = services.answer(call, self.memory.of(key_id), self.fault)
                self.respond(call, members, events)
        except wire.Failure as failure:
            self.refuse(failure, call.service if call else None)

    def sign_in(self, request):
        """An OpenSearch with users of its own: each is a key id, and the secret is the password."""
        self.signing_name = "es"
        pair = base64.b64decode(request.headers["authorization"][6:], validate=True).decode()
        user, _, password = pair.partition(":")
        if self.secret_of(user) != password:
            return self.write(401, {"Content-Type": "text/plain", "WWW-Authenticate": 'Basic realm="OpenSearch"'},
                              b"Unauthorized")
        self.search(request, user)

    @staticmethod
    def told(call, request):
        """What is remembered of a request."""
        body = request.json()
        if body is None and request.body:
            body = request.body.decode("utf-8", "replace")
        return {"service": call.service, "operation": call.operation,
                "model": call.labels.get("modelId") or call.labels.get("EndpointName", ""),
                "action": services.ACTIONS.get(call.operation, call.operation), "body": body,
                "headers": request.headers}

    def search(self, request, key_id):
        told = {"service": self.signing_name, "operation": f"{request.method} {request.target.partition('?')[0]}",
                "model": "", "action": "", "body": request.body.decode("utf-8", "replace"),
                "target": request.target, "headers": request.headers}
        if request.headers.get("content-encoding") == "gzip":
            request = request._replace(body=gzip.decompress(request.body))
        self.fault = self.memory.remember(key_id, told)
        refused = search.of_fault(self.fault, request)
        if refused or not self.disturb():
            account = self.memory.of(key_id)
            with account.lock:
                status, headers, body = refused or search.answer(
                    self.signing_name, account.engine, request, self.fault)
            self.write(status, {"Content-Type": "application/json; charset=UTF-8"} | headers, body)

    def secret_of(self, key_id):
        return self.options.secret_key if key_id.startswith(self.options.access_key) else None

    # Faults

    def disturb(self):
        """Whether the request's fault was its whole answer."""
        if self.fault == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            self.close_connection = True
        elif self.fault == "html":
            self.write(502, {"Content-Type": "text/html"}, HTML)
        elif self.fault == "not-json":
            self.write(200, {"Content-Type": "application/json"}, b"<html>")
        else:
            if self.fault == "slow":
                time.sleep(SILENCE_SECONDS)
            return False
        return True

    def refuse_signature(self, error):
        if self.signing_name in search.NAMES:
            body = json.dumps({"message": error.message}).encode()
            return self.write(403, {"Content-Type": "application/json"}, body)
        status = 400 if wire.is_json(self.signing_name) else 403
        self.refuse(wire.Failure(error.error_type, error.message, status))

    def refuse(self, failure, service_name=None):
        if self.signing_name in search.NAMES:
            return self.write(500, {}, json.dumps({"message": failure.message}).encode())
        status, headers, body = errors.answer(service_name or wire.SERVICES[self.signing_name][0], failure)
        self.write(status, headers, body.encode())

    # Answers

    def respond(self, call, members, events):
        more = members.pop("headers", {})
        headers, body = call.respond(members)
        if events is None:
            return self.write(200, headers | more, body)
        self.stream(headers | {"Content-Type": "application/vnd.amazon.eventstream"},
                    services.spoiled(events, self.fault, call))

    def head(self, status, headers):
        self.send_response(status)
        for name, value in ({"x-amzn-RequestId": str(uuid.uuid4())} | headers).items():
            self.send_header(name, value)
        self.end_headers()

    def write(self, status, headers, body):
        self.head(status, {"Content-Length": str(len(body))} | headers)
        if self.command == "HEAD":
            return
        if self.fault in ("cut", "stall"):
            self.wfile.write(body[:len(body) // 2])
            if self.fault == "stall":
                time.sleep(SILENCE_SECONDS)
            self.close_connection = True
            return
        self.wfile.write(body)

    def stream(self, headers, frames):
        self.head(200, {"Transfer-Encoding": "chunked"} | headers)
        for number, frame in enumerate(frames):
            if self.fault == "stall" and number == len(frames) // 2:
                time.sleep(SILENCE_SECONDS)
                self.close_connection = True
                return
            self.wfile.write(b"%x\r\n%b\r\n" % (len(frame), frame))
        self.wfile.write(b"0\r\n\r\n")

    def log_message(self, *arguments):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512

    def handle_error(self, request, client_address):
        """Clients that are gone are no error of ours."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)
