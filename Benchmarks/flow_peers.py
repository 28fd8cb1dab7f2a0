#!/usr/bin/env python3
"""Runs of flows over HTTP, beside Langflow's light server.

    python3 Benchmarks/flow_peers.py MILLRACE --python PYTHON_WITH_LFX [--seconds N] [--skip-lfx]

The flow returns what it is told (ChatInput → ChatOutput). Both serve the same export on loopback, wrk asks, and each
answer is checked once before anything is timed. Millrace keeps both messages of each run, which lfx serve, without a database,
does not; `unkept` is the same flow with “Store Messages” off in both components, which keeps none either. Prints runs a second, latencies and the server's processor time a run
(which other programs on the machine disturb least) at 1, 8 and 32 connections, `GET /healthz` beside it for what HTTP
alone costs, then Millrace's memory over 100,000 runs. Needs wrk (Debian package) and lfx (PyPI).
"""
import argparse
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

FLOW = "3f1d7a52-7f0c-4c5e-9d53-0d4f4e5a6b7c"
UNKEPT = "3f1d7a52-7f0c-4c5e-9d53-0d4f4e5a6b7d"
WRK = """
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["x-api-key"] = "benchmark-key"
wrk.body = '{"input_value": "hello", "session_id": "bench"}'
"""

MAKE = """
import json, sys
from lfx.components.input_output import ChatInput, ChatOutput
from lfx.graph import Graph
ci = ChatInput(_id="ChatInput-abc12")
co = ChatOutput(_id="ChatOutput-def34").set(input_value=ci.message_response)
graph = Graph(ci, co)
dump = graph.dump(name="Echo", description="Returns what it is told.", endpoint_name="echo")
dump["id"] = sys.argv[2]
json.dump(dump, open(sys.argv[1], "w"))
"""


def unkept(source, target):
    """Writes an export with another id whose messages are not stored."""
    flow = json.loads(pathlib.Path(source).read_text())
    flow["id"], flow["name"], flow["endpoint_name"] = UNKEPT, "Echo, unkept", "echo-unkept"
    for node in flow["data"]["nodes"]:
        node["data"]["node"]["template"]["should_store_message"]["value"] = False
    pathlib.Path(target).write_text(json.dumps(flow))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait(url, headers=None, seconds=120):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(urllib.request.Request(url, headers=headers or {}), timeout=2)
            return
        except OSError:
            time.sleep(0.2)
    sys.exit(f"{url} does not answer")


def post(url, body, headers=None):
    request = urllib.request.Request(
        url, json.dumps(body).encode(), {"Content-Type": "application/json", **(headers or {})})
    return json.loads(urllib.request.urlopen(request, timeout=60).read())


def processor(pid):
    """Seconds of processors that a process has used."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def load(url, connections, seconds, pid, script_text=WRK):
    before = processor(pid)
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(script_text)
        script.flush()
        threads = min(connections, 1)
        out = subprocess.run(
            ["wrk", "-t", str(threads), "-c", str(connections), "-d", f"{seconds}s", "--latency", "-s",
             script.name, url], capture_output=True, text=True, check=True).stdout
    if re.search(r"Non-2xx", out):
        sys.exit(f"{url}: some answers were refusals\n{out}")
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1])
    quantile = {q: milliseconds(re.search(rf"\s{q}%\s+([\d.]+\w+)", out)[1]) for q in ("50", "99")}
    requests = int(re.search(r"(\d+) requests in", out)[1])
    return rate, quantile["50"], quantile["99"], (processor(pid) - before) / requests * 1e6


def milliseconds(text):
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s)", text).groups()
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def resident(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("millrace")
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--skip-lfx", action="store_true")
    parser.add_argument("--runs", type=int, default=100_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        flow = f"{folder}/echo.json"
        subprocess.run([options.python, "-c", MAKE, flow, FLOW], check=True, capture_output=True)
        environment = {k: v for k, v in os.environ.items() if not k.startswith("MILLRACE_")}
        environment["MILLRACE_DATA"] = f"{folder}/data"
        unkept(flow, f"{folder}/unkept.json")
        for file in (flow, f"{folder}/unkept.json"):
            subprocess.run([options.millrace, "flows", "import", file], check=True, env=environment,
                           capture_output=True)
        port = free_port()
        millrace = subprocess.Popen(
            [options.millrace, "serve", "--port", str(port), "--set", "log.level=warning"],
            env=environment, stdout=subprocess.DEVNULL)
        peer = None
        try:
            wait(f"http://127.0.0.1:{port}/healthz")
            ours = f"http://127.0.0.1:{port}/api/v1/run/{FLOW}"
            answer = post(ours, {"input_value": "hello"})
            assert answer["outputs"][0]["outputs"][0]["results"]["message"]["text"] == "hello", answer
            rows = {}
            for connections in (1, 8, 32):
                rows["Millrace", connections] = load(ours, connections, options.seconds, millrace.pid)
                rows["unkept", connections] = load(
                    ours.replace(FLOW, UNKEPT), connections, options.seconds, millrace.pid)
                rows["healthz", connections] = load(
                    f"http://127.0.0.1:{port}/healthz", connections, 2, millrace.pid, script_text="")
            if not options.skip_lfx:
                theirs_port = free_port()
                peer = subprocess.Popen(
                    [options.python, "-m", "lfx", "serve", flow, "--port", str(theirs_port)],
                    env={**environment, "LANGFLOW_API_KEY": "benchmark-key"},
                    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                key = {"x-api-key": "benchmark-key"}
                wait(f"http://127.0.0.1:{theirs_port}/health")
                theirs = f"http://127.0.0.1:{theirs_port}/flows/{FLOW}/run"
                answer = post(theirs, {"input_value": "hello"}, key)
                assert answer["result"] == "hello", answer
                for connections in (1, 8, 32):
                    rows["lfx serve", connections] = load(
                        theirs, connections, options.seconds, peer.pid)
            print("server      connections   runs/s   p50 ms   p99 ms   processor µs a run")
            for (name, connections), (rate, median, tail, cost) in rows.items():
                print(f"{name:<11} {connections:>11} {rate:>8.0f} {median:>8.2f} {tail:>8.2f} {cost:>20.0f}")
            if peer:
                for connections in (1, 8, 32):
                    theirs_rate = rows["lfx serve", connections][0]
                    kept, free = (rows[name, connections][0] / theirs_rate for name in ("Millrace", "unkept"))
                    print(f"ratio at {connections}: {kept:.0f}×, {free:.0f}× where nothing is kept")
            before = resident(millrace.pid)
            done = 0
            while done < options.runs:
                rate, _, _, _ = load(ours, 32, 5, millrace.pid)
                done += int(rate * 5)
            print(f"memory: {before:.0f} MB before, {resident(millrace.pid):.0f} MB after {done} runs more")
        finally:
            for process in (millrace, peer):
                if process:
                    process.send_signal(signal.SIGTERM)
                    process.wait(20)


if __name__ == "__main__":
    main()
