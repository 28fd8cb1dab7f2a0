#!/usr/bin/env python3
"""A server that is killed again and again under load, and backups that are restored meanwhile: nothing acknowledged is lost.

    python3 Benchmarks/kills.py MILLRACE [--kills 200] [--backups 50] [--seed N]

Writers store flows, vectors, documents and asynchronous runs in a data folder of their own, and remember what the server has
acknowledged. Between two kills (SIGKILL, at a random moment within the first second) they go on. After each restart the last
200 of each kind that were acknowledged must be there and every vector, in the end and in each restored folder everything. Of the
jobs that took documents in, the last 1,000 that ended are kept; of earlier ones the document must be there. Backups are written while the server is under load and killed; each is restored into a folder
of its own, served, and must have what was acknowledged before it began. Ends with 1 where something is missing.
"""
import argparse
import http.client
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

from soak import ECHO, Client, free_port


class Server:
    def __init__(self, millrace, data):
        self.millrace, self.data, self.port = millrace, data, free_port()
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("MILLRACE_")} | {
            "MILLRACE_AUTH_ANONYMOUS_SCOPES": "search,ask,flows,ingest,admin",
            "MILLRACE_SERVER_REQUESTS_PER_MINUTE": "1000000"}
        self.process = None

    def start(self):
        self.process = subprocess.Popen(
            [self.millrace, "serve", "--data", str(self.data), "--port", str(self.port), "--set", "log.level=error"],
            env=self.environment, stdout=subprocess.DEVNULL)
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                if Client(self.port).ask("GET", "/readyz")[0] == 200:
                    return
            except OSError:
                pass
            if self.process.poll() is not None:
                sys.exit(f"the server ended by itself with {self.process.returncode}")
            time.sleep(0.02)
        sys.exit("the server did not start within a minute")

    def kill(self, number=signal.SIGKILL):
        self.process.send_signal(number)
        self.process.wait(60)

    def run(self, *arguments):
        result = subprocess.run([self.millrace, *arguments], env=self.environment, capture_output=True, text=True)
        if result.returncode:
            sys.exit(f"millrace {' '.join(arguments)} ended with {result.returncode}: {result.stdout}{result.stderr}")


class Writers:
    """What was acknowledged, by kind."""

    def __init__(self, port):
        self.port = port
        self.lock = threading.Lock()
        self.acknowledged = {"flow": [], "point": [], "document": [], "run": []}
        self.stop = threading.Event()
        self.odd = []

    def now(self):
        with self.lock:
            return {kind: list(ids) for kind, ids in self.acknowledged.items()}

    def work(self, kind, write):
        client, number = Client(self.port), 0
        while not self.stop.is_set():
            number += 1
            try:
                made = write(client, number)
            except (OSError, http.client.HTTPException):
                # The server is dead; what it had not acknowledged may be lost.
                time.sleep(0.02)
                continue
            if made is not None:
                with self.lock:
                    self.acknowledged[kind].append(made)

    def flow(self, client, number):
        status, body = client.ask("POST", "/v1/flows", {"flow": {**ECHO, "name": f"Flow {number}"}})
        shown = json.loads(body)
        time.sleep(0.01)
        return (shown.get("id") or shown["flow"]["id"]) if status in (200, 201) else self.told(status, body)

    def point(self, client, number):
        status, body = client.ask("POST", "/v1/collections/kept/points", {
            "points": [{"id": number, "vector": [number % 7 + 1, number % 11, number % 13, 1]}]})
        time.sleep(0.01)
        return number if status == 200 else self.told(status, body)

    def document(self, client, number):
        status, body = client.ask(
            "POST", f"/v1/ingest/uploads?name=page-{number}.md&readers=anyone",
            f"# Page {number}\n\nIts number is {number}.\n".encode(), {"Content-Type": "application/octet-stream"})
        if status != 202:
            return self.told(status, body)
        time.sleep(0.05)
        return json.loads(body)["id"] + f" page-{number}.md"

    def run(self, client, number):
        status, body = client.ask(
            "POST", "/v1/runs", {"flow": self.echo, "input": f"Text {number}", "async": True},
            {"Idempotency-Key": f"run-{number}-{time.monotonic_ns()}"})
        time.sleep(0.01)
        return json.loads(body)["id"] if status == 202 else self.told(status, body)

    def told(self, status, body):
        # “Wait until some have ended” is no fault of the server's.
        if status < 500 and not json.loads(body).get("retryable"):
            self.odd.append((status, body[:200]))
        time.sleep(0.5)
        return None


def place(kind, one):
    """Where the state of an acknowledged run or job is asked for."""
    return ("/v1/runs/" if kind == "run" else "/v1/ingest/jobs/") + one.split(" ")[0]


def is_stored(client, one):
    """Whether the document of an acknowledged job is there."""
    return client.ask("GET", "/v1/documents/upload:" + one.split(" ")[1])[0] == 200


def missing(port, acknowledged, most=None):
    """What is not there; of each kind that is asked for one by one only the last `most`, unless all are meant."""
    client, lost = Client(port), []
    for kind in ("flow", "run", "document"):
        for one in acknowledged[kind][-most if most else None:]:
            status, _ = client.ask("GET", f"/v1/flows/{one}" if kind == "flow" else place(kind, one))
            if status != 200 and not (kind == "document" and is_stored(client, one)):
                lost.append((kind, one, status))
    points = acknowledged["point"]
    for start in range(0, len(points), 500):
        part = points[start:start + 500]
        status, body = client.ask("POST", "/v1/collections/kept/points/get", {"ids": part})
        found = {point["id"] for point in json.loads(body)["points"]} if status == 200 else set()
        lost += [("point", one, status) for one in part if one not in found]
    return lost


def ends(port, acknowledged, seconds):
    """Runs and jobs that have not ended well when the time is over."""
    client, end, open_ones = Client(port), time.monotonic() + seconds, []
    for kind in ("run", "document"):
        for one in acknowledged[kind]:
            state = None
            while time.monotonic() < end:
                status, body = client.ask("GET", place(kind, one))
                state = json.loads(body).get("state") if status == 200 else status
                if state not in ("queued", "running"):
                    break
                time.sleep(0.05)
            if state != "finished" and not (state == 404 and kind == "document" and is_stored(client, one)):
                open_ones.append((kind, one, state))
    return open_ones


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("millrace")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--backups", type=int, default=50)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    print(f"seed {options.seed}")
    numbers = random.Random(options.seed)
    folder = pathlib.Path(tempfile.mkdtemp())
    server = Server(options.millrace, folder / "data")
    lost, restored = [], 0
    try:
        server.start()
        client = Client(server.port)
        client.ask("PUT", "/v1/collections/kept", {"dimension": 4, "metric": "cosine"})
        writers = Writers(server.port)
        shown = json.loads(client.ask("POST", "/v1/flows", {"flow": ECHO})[1])
        writers.echo = shown.get("id") or shown["flow"]["id"]
        threads = [threading.Thread(target=writers.work, args=(kind, getattr(writers, kind)), daemon=True)
                   for kind in writers.acknowledged]
        for thread in threads:
            thread.start()
        every = max(1, options.kills // max(1, options.backups))
        for kill in range(1, options.kills + 1):
            time.sleep(numbers.uniform(0.05, 1))
            before = writers.now()
            if kill % every == 0 and restored < options.backups:
                server.run("backup", "--data", str(server.data), "--to", str(folder / "backups"))
                other = Server(options.millrace, folder / "restored")
                other.run("restore", "--from", str(folder / "backups"), "--data", str(other.data))
                try:
                    other.start()
                    gone = missing(other.port, before)
                finally:
                    other.process.kill()
                    other.process.wait()
                lost += [("backup", kill, *one) for one in gone]
                shutil.rmtree(other.data)
                restored += 1
                before = writers.now()
            server.kill()
            server.start()
            gone = missing(server.port, before, most=200)
            lost += [("kill", kill, *one) for one in gone]
            if kill % 20 == 0:
                print(f"{kill} kills, {restored} backups restored, acknowledged "
                      f"{ {kind: len(ids) for kind, ids in writers.now().items()} }, {len(lost)} lost", flush=True)
        writers.stop.set()
        for thread in threads:
            thread.join()
        acknowledged = writers.now()
        lost += [("the end", 0, *one) for one in missing(server.port, acknowledged)]
        lost += [(kind, "none was acknowledged") for kind, ids in acknowledged.items() if not ids]
        open_ones = ends(server.port, acknowledged, 180)
        print(f"{options.kills} kills, {restored} backups restored: "
              f"{sum(map(len, acknowledged.values()))} acknowledged writes, {len(lost)} lost, "
              f"{len(open_ones)} runs or jobs without an end; {len(writers.odd)} refusals")
        for one in (lost + open_ones + writers.odd)[:10]:
            print("  ", one)
        sys.exit(1 if lost or open_ones or writers.odd else 0)
    finally:
        if server.process:
            server.process.kill()
            server.process.wait()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
