"""Reads /metrics of a server that nobody else asks: see scripts/check-metrics.

promtool and prometheus_client must take it, and it must count the requests that are made here.
"""

import argparse
import json
import subprocess
import sys
import urllib.error
import urllib.request

from prometheus_client.parser import text_string_to_metric_families

failures = []


def check(condition, message):
    print(("ok     " if condition else "FAILED ") + message)
    if not condition:
        failures.append(message)


def ask(base, path, body=None, headers=()):
    """Status, headers and text of one request."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(base + path, data=data, headers=dict(headers))
    if data is not None:
        request.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.status, response.headers, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


def series(text):
    """Every sample by name and labels; a sample that is there twice is a failure."""
    found = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            key = (sample.name, tuple(sorted(sample.labels.items())))
            if key in found:
                failures.append(f"{key} is there twice")
            found[key] = sample.value
    return found


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("base")
    arguments.add_argument("--promtool", required=True)
    options = arguments.parse_args()

    def value(samples, name, **labels):
        return samples.get((name, tuple(sorted(labels.items()))))

    status, headers, text = ask(options.base, "/metrics")
    check(status == 200, "/metrics answers this machine")
    check(headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8", "its type is the format's")
    before = series(text)
    for _ in range(3):
        ask(options.base, "/healthz")
    ask(options.base, "/v1/search", {"query": "certificate rotation", "mode": "vector"})
    ask(options.base, "/v1/search", {"query": "certificate rotation", "mode": "vector"})
    asked, _, _ = ask(options.base, "/v1/ask", {"question": "Hotel limit per night in Europe?"})
    check(asked == 200, "a question is answered")
    ask(options.base, "/v1/ask", {"question": ""})
    ask(options.base, "/no/such/address")
    refused, _, problem = ask(options.base, "/metrics", headers=[("X-Forwarded-For", "192.0.2.7")])
    check(
        refused == 403 and "this-machine-only" in problem and "millrace_" not in problem,
        "a request that a proxy passed on is refused",
    )
    status, _, text = ask(options.base, "/metrics")
    after = series(text)

    requests = "millrace_http_requests_total"
    for operation, kind, count in [
        ("healthz", "2xx", 3), ("search", "2xx", 2), ("ask", "2xx", 1), ("ask", "4xx", 1), ("none", "4xx", 1),
        ("metrics", "2xx", 1), ("metrics", "4xx", 1),
    ]:
        grown = (value(after, requests, operation=operation, status=kind) or 0) - (
            value(before, requests, operation=operation, status=kind) or 0
        )
        check(grown == count, f"{operation} has {count} more requests of {kind} ({grown:g} were counted)")
    times = "millrace_http_request_duration_seconds"
    check(value(after, times + "_count", operation="healthz") == 3, "healthz has three times")
    check((value(after, times + "_sum", operation="ask") or 0) > 0, "ask took time")
    check(value(after, "millrace_http_requests_in_flight") == 1, "this request is the only one in flight")
    check((value(after, "millrace_cache_hits_total", cache="embeddings") or 0) >= 1, "the second search hit a cache")
    passages = value(after, "millrace_passages")
    check((passages or 0) > 0, "passages are stored")
    for index in ["vectors", "words"]:
        check(value(after, "millrace_index_entries", index=index) == passages, f"the index of {index} holds all of them")
    check(value(after, "millrace_runs", state="queued") == 0, "no run is queued")
    check((value(after, "process_resident_memory_bytes") or 0) > 1 << 20, "the process takes memory")
    steps = [key for key in after if key[0] == "millrace_flow_steps_total" and ("outcome", "finished") in key[1]]
    check(sum(after[key] for key in steps) > 0, "the question's steps are counted")
    collectors = {key[1]: count for key, count in after.items() if key[0] == "millrace_collector_success"}
    check(collectors and all(count == 1 for count in collectors.values()), "every collector succeeded")

    lint = subprocess.run(
        [options.promtool, "check", "metrics"], input=text, capture_output=True, text=True, check=False
    )
    check(lint.returncode == 0, f"promtool finds no fault {(lint.stdout + lint.stderr).strip()}")
    print(f"{len(after)} series, {len(text)} bytes")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
