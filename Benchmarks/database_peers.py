#!/usr/bin/env python3
"""POST /v1/search over SQLite and over PostgreSQL: the same passages, the same questions, in turns.

    python3 Benchmarks/database_peers.py MILLRACE --data FOLDER [--questions N] [--rounds N] [--file FILE]

FOLDER is a data folder with passages; a copy of it is served, and what `millrace migrate` makes of it in a PostgreSQL 18 of this
run's own. Both find by an index of their own, made of the same embeddings. Every question goes to both before the next one,
first to the one, then to the other; caches of questions, rankings and answers are off, so that each search is a whole one. Of
each kind of search: p50 and p99 of both, and the middle of the differences that one question makes. Whatever the two find
otherwise is counted: the same passages in the same order are wanted.
"""
import argparse
import http.client
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("MILLRACE_")}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    def __init__(self, name, program, folder, settings, log):
        self.name, self.port = name, free_port()
        told = [part for setting in settings for part in ("--set", setting)]
        self.log = open(log, "wb")
        self.process = subprocess.Popen(
            [program, "serve", "--data", str(folder), "--port", str(self.port), *told], env=ENVIRONMENT,
            stdout=self.log, stderr=self.log)
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def wait(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.process.poll() is not None:
                sys.exit(f"{self.name} ended with {self.process.returncode}; see {self.log.name}")
            try:
                self.connection.request("GET", "/readyz")
                response = self.connection.getresponse()
                response.read()
                if response.status == 200:
                    return
            except (OSError, http.client.HTTPException):
                self.connection.close()
            time.sleep(0.1)
        sys.exit(f"{self.name} was not ready within {seconds} s; see {self.log.name}")

    def search(self, body):
        """Milliseconds, and what was found."""
        text = json.dumps(body)
        start = time.perf_counter()
        self.connection.request("POST", "/v1/search", text, {"Content-Type": "application/json"})
        response = self.connection.getresponse()
        data = response.read()
        took = (time.perf_counter() - start) * 1000
        if response.status != 200:
            sys.exit(f"{self.name}: {response.status} {data[:300]}")
        found = json.loads(data)
        return took, [(hit["title"], hit["snippet"]) for hit in found["results"]]

    def processor(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")

    def close(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=60)


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("millrace")
    parser.add_argument("--data", required=True)
    parser.add_argument("--questions", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--file", help="a question a line; the questions of fixtures/questions.jsonl unless told")
    options = parser.parse_args()
    if options.file:
        questions = [line for line in pathlib.Path(options.file).read_text().splitlines() if line]
    else:
        lines = (ROOT / "fixtures/questions.jsonl").read_text().splitlines()
        questions = [json.loads(line)["question"] for line in lines if line]
    random.Random(7).shuffle(questions)
    questions = questions[: options.questions * options.rounds]

    work = pathlib.Path(tempfile.mkdtemp(prefix="millrace-databases-"))
    database = subprocess.Popen(
        [sys.executable, str(ROOT / "Tests/TestSupport/postgres_server.py"), "18"], stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, text=True)
    servers = []
    try:
        line = database.stdout.readline()
        if not line.startswith("listening on "):
            sys.exit(f"PostgreSQL did not start: {line}")
        shutil.copytree(options.data, work / "sqlite", ignore=shutil.ignore_patterns("lock", "workspace.lock"))
        (work / "postgres").mkdir()
        address = f"postgres://app:secret@127.0.0.1:{line.split()[-1]}/postgres?sslmode=disable"
        settings = [f"database.{part}" for part in (
            "provider=postgres", "host=127.0.0.1", f"port={line.split()[-1]}", "name=postgres", "user=app",
            "password=secret", "tls=disable", "seal_keys=bench AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")]
        told = [part for setting in settings for part in ("--set", setting)]
        start = time.perf_counter()
        subprocess.run(
            [options.millrace, "migrate", "--from", f"sqlite:{work / 'sqlite'}", "--to", "postgres:", *told],
            env=ENVIRONMENT, check=True, stdout=subprocess.DEVNULL)
        print(f"moved in {time.perf_counter() - start:.1f} s")
        quiet = ["log.level=warning", "caches.embeddings_mb=0", "caches.retrieval_mb=0", "caches.answers_mb=0"]
        servers = [
            Server("SQLite", options.millrace, work / "sqlite", quiet, work / "sqlite.log"),
            Server("PostgreSQL", options.millrace, work / "postgres", quiet + settings, work / "postgres.log")]
        for server in servers:
            server.wait(900)
        measure(servers, questions, options)
    finally:
        for server in servers:
            server.close()
        database.stdin.close()
        database.wait(timeout=60)
        shutil.rmtree(work, ignore_errors=True)


def measure(servers, questions, options):
    kinds = {"by words": "keyword", "by meaning": "vector", "hybrid": "hybrid"}
    for kind, mode in kinds.items():
        for question in questions[:20]:
            for server in servers:
                server.search({"query": question, "mode": mode})
        for number in range(options.rounds):
            times = {server.name: [] for server in servers}
            before = {server.name: server.processor() for server in servers}
            others = 0
            part = questions[number * options.questions:(number + 1) * options.questions]
            for place, question in enumerate(part):
                turn = servers if place % 2 == 0 else servers[::-1]
                found = {}
                for server in turn:
                    took, found[server.name] = server.search({"query": question, "mode": mode})
                    times[server.name].append(took)
                others += found[servers[0].name] != found[servers[1].name]
            told = []
            for server in servers:
                mine = times[server.name]
                spent = (server.processor() - before[server.name]) / len(part)
                told.append(
                    f"{server.name} p50 {statistics.median(mine):.1f}, p99 {percentile(mine, 0.99):.1f} ms "
                    f"({spent:.1f} ms of a processor)")
            first, second = (times[server.name] for server in servers)
            difference = statistics.median(b - a for a, b in zip(first, second))
            print(
                f"{kind}: {'; '.join(told)}; PostgreSQL {difference:+.1f} ms; {others} of {len(part)} found otherwise",
                flush=True)


if __name__ == "__main__":
    main()
