#!/usr/bin/env python3
"""A server under mixed load for a long time, while it ingests: errors, memory and the slowest answers.

    python3 Benchmarks/soak.py MILLRACE --data FOLDER [--minutes 30] [--warm-up 10] [--clients 2] [--questions FILE]

FOLDER is a data folder with passages, of which a copy is served; FILE has a question a line (the questions of
fixtures/questions.jsonl unless told). First the clients ask for a minute with nothing else at work; then, beside the same
requests, one document after another is taken in, changed and deleted. Each client sends what comes next: searches, questions,
runs of a flow and reads of documents, without a pause. Whatever is no answer is an error, and ends the run with 1.

Caches have bounds, and fill with the first requests: the warm-up, with everything at work, lasts until the memory has grown by
less than a hundredth in each of two minutes, or for as long as --warm-up says. What the minutes after it add is growth.
"""
import argparse
import collections
import http.client
import itertools
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
ECHO = {"name": "Echo", "output": "out.message",
        "components": [{"id": "in", "type": "ChatInput"}, {"id": "out", "type": "ChatOutput"}],
        "edges": [{"from": "in.message", "to": "out.message"}]}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def resident(pid):
    """The process's own memory and what it has mapped of files, in MB."""
    found = dict(line.split(":", 1) for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines())
    return tuple(int(found[name].split()[0]) / 1024 for name in ("RssAnon", "RssFile"))


class Client:
    def __init__(self, port):
        self.port = port
        self.connection = None

    def ask(self, method, path, body=None, headers=None):
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        data = json.dumps(body).encode() if isinstance(body, dict) else body
        try:
            self.connection.request(method, path, data, {"Content-Type": "application/json", **(headers or {})})
            response = self.connection.getresponse()
            return response.status, response.read()
        except (OSError, http.client.HTTPException):
            self.connection.close()
            self.connection = None
            raise


class Load:
    """What clients send by turns, and how long each took."""

    def __init__(self, port, questions, flow):
        self.port, self.questions, self.flow = port, questions, flow
        self.lock = threading.Lock()
        self.numbers = itertools.count()
        self.took = collections.defaultdict(list)
        self.errors = collections.Counter()
        self.stop = threading.Event()

    def request(self, number):
        question = self.questions[number % len(self.questions)]
        # Told apart by a number, so that no answer comes from a cache.
        kind = ("search", "ask", "run", "search", "documents")[number % 5]
        if kind == "search":
            return kind, "POST", "/v1/search", {"query": f"{question} {number}"}
        if kind == "ask":
            return kind, "POST", "/v1/ask", {"question": f"{question} ({number})"}
        if kind == "run":
            return kind, "POST", "/v1/runs", {"flow": self.flow, "input": question, "session": f"s{number % 50}"}
        return kind, "GET", "/v1/documents?limit=20", None

    def work(self):
        client = Client(self.port)
        while not self.stop.is_set():
            with self.lock:
                number = next(self.numbers)
            kind, method, path, body = self.request(number)
            begun = time.perf_counter()
            try:
                status, text = client.ask(method, path, body)
                if status != 200:
                    self.fail(f"{kind}: {status} {text[:200]!r}")
                    continue
            except (OSError, http.client.HTTPException) as error:
                self.fail(f"{kind}: {error!r}")
                time.sleep(0.2)
                continue
            with self.lock:
                self.took[kind].append((time.perf_counter() - begun) * 1e3)

    def fail(self, what):
        with self.lock:
            self.errors[what] += 1

    def take(self):
        with self.lock:
            took, self.took = self.took, collections.defaultdict(list)
            return took


def ingest(load):
    """One document after another: new, changed, deleted."""
    client, done = Client(load.port), 0
    while not load.stop.is_set():
        text = f"# Lock {done % 20}\n\nThe gate of lock {done % 20} opens at {done % 24}:15. It was painted in {1900 + done % 99}.\n"
        try:
            status, body = client.ask(
                "POST", f"/v1/ingest/uploads?name=lock-{done % 20}.md&readers=anyone", text.encode(),
                {"Content-Type": "application/octet-stream"})
            if status != 202:
                load.fail(f"ingest: {status} {body[:200]!r}")
                time.sleep(1)
                continue
            job = json.loads(body)["id"]
            while not load.stop.is_set():
                status, body = client.ask("GET", f"/v1/ingest/jobs/{job}")
                state = json.loads(body).get("state")
                if state not in ("queued", "running"):
                    if state != "finished":
                        load.fail(f"ingest: {state}")
                    break
                time.sleep(0.02)
            done += 1
        except (OSError, http.client.HTTPException) as error:
            load.fail(f"ingest: {error!r}")
            time.sleep(0.2)
    return done


def caches(port):
    """What the caches of questions, rankings and answers hold, in MB."""
    text = Client(port).ask("GET", "/metrics")[1].decode()
    lines = [line for line in text.splitlines() if line.startswith("millrace_cache_bytes")]
    return sum(float(line.split()[-1]) for line in lines) / 2**20


def warm_up(pid, minutes):
    """Waits until the memory of its own stands still; what it was after each minute."""
    memory = [resident(pid)[0]]
    still = 0
    while len(memory) <= minutes and still < 2:
        time.sleep(60)
        memory.append(resident(pid)[0])
        still = still + 1 if memory[-1] < memory[-2] * 1.01 else 0
        print(f"warm-up, minute {len(memory) - 1}: {memory[-1]:.0f} MB", flush=True)
    return memory


def quantile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * share))] if values else float("nan")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("millrace")
    parser.add_argument("--data", required=True)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--warm-up", type=int, default=10)
    parser.add_argument("--clients", type=int, default=2)
    parser.add_argument("--questions")
    options = parser.parse_args()
    if options.questions:
        questions = [line for line in pathlib.Path(options.questions).read_text().splitlines() if line]
    else:
        lines = (ROOT / "fixtures" / "questions.jsonl").read_text().splitlines()
        questions = [json.loads(line)["question"] for line in lines if line]
    folder = tempfile.mkdtemp()
    data = pathlib.Path(folder) / "data"
    shutil.copytree(options.data, data)
    port = free_port()
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MILLRACE_")}
    environment |= {
        "MILLRACE_SERVER_DEFAULT_PRINCIPALS": "group:confluence-users,group:engineering",
        "MILLRACE_AUTH_ANONYMOUS_SCOPES": "search,ask,flows,ingest,admin",
        "MILLRACE_SERVER_REQUESTS_PER_MINUTE": "1000000"}
    server = subprocess.Popen(
        [options.millrace, "serve", "--data", str(data), "--port", str(port), "--set", "log.level=warning"],
        env=environment, stdout=subprocess.DEVNULL)
    load = None
    try:
        end = time.monotonic() + 120
        while True:
            try:
                status, _ = Client(port).ask("GET", "/healthz")
                if status == 200:
                    break
            except OSError:
                if time.monotonic() > end or server.poll() is not None:
                    sys.exit("the server did not start")
                time.sleep(0.2)
        status, body = Client(port).ask("POST", "/v1/flows", {"flow": ECHO})
        made = json.loads(body)
        load = Load(port, questions, made.get("id") or made["flow"]["id"])
        threads = [threading.Thread(target=load.work, daemon=True) for _ in range(options.clients)]
        for thread in threads:
            thread.start()
        time.sleep(30)
        load.take()
        time.sleep(60)
        idle = load.take()
        before = resident(server.pid)
        writer = threading.Thread(target=ingest, args=(load,), daemon=True)
        writer.start()
        warming = warm_up(server.pid, options.warm_up)
        load.take()
        warm, held = resident(server.pid), caches(port)
        memory, all_of = [], collections.defaultdict(list)
        for minute in range(max(1, round(options.minutes))):
            time.sleep(60)
            if server.poll() is not None:
                load.fail(f"the server ended by itself with {server.returncode}")
                break
            took = load.take()
            for kind, values in took.items():
                all_of[kind] += values
            memory.append(resident(server.pid))
            print(f"minute {minute + 1}: {sum(map(len, took.values()))} requests, "
                  f"{memory[-1][0]:.0f} MB and {memory[-1][1]:.0f} MB of files, {sum(load.errors.values())} errors", flush=True)
        held = held, caches(port)
        load.stop.set()
        for thread in threads + [writer]:
            thread.join()
        memory = memory or [warm]
        most = max(own for own, _ in memory)
        print(f"memory of its own: {before[0]:.0f} MB before ingest, {warm[0]:.0f} MB after {len(warming) - 1} minutes of warm-up, "
              f"{memory[-1][0]:.0f} MB in the end ({(memory[-1][0] / warm[0] - 1) * 100:+.1f} %), {most:.0f} MB at the most "
              f"({(most / warm[0] - 1) * 100:+.1f} %); with files {sum(warm):.0f} and {sum(memory[-1]):.0f} MB; "
              f"caches of questions, rankings and answers {held[0]:.1f} and {held[1]:.1f} MB")
        print("| request | count | p50 alone · with ingest, ms | p99 alone · with ingest, ms | ratio of p99 |\n|---|---|---|---|---|")
        for kind, values in sorted(all_of.items()):
            alone, busy = quantile(idle[kind], 0.99), quantile(values, 0.99)
            print(f"| {kind} | {len(values)} | {quantile(idle[kind], 0.5):.1f} · {quantile(values, 0.5):.1f} "
                  f"| {alone:.1f} · {busy:.1f} | {busy / alone:.2f} |")
        for what, count in load.errors.most_common(10):
            print(f"ERROR {count} times: {what}")
        sys.exit(1 if load.errors else 0)
    finally:
        if load:
            load.stop.set()
        server.send_signal(signal.SIGTERM)
        server.wait(60)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
