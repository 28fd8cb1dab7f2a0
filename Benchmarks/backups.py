#!/usr/bin/env python3
"""A backup of a data folder, a restore of it, and a server on what was restored.

    python3 Benchmarks/backups.py MILLRACE --data FOLDER [--at FOLDER]

The folder is served first, so that its indexes are level, and asked questions; then it is backed up to a folder beside it (or --at),
the backup is read back, restored into a folder of its own, and served. Prints how long each took, and ends with 1 where a question
is answered otherwise than before. --at needs room for the backup and for what is restored.
"""
import argparse
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("MILLRACE_")}
QUESTIONS = 40


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A server on a data folder, until it is closed."""

    def __init__(self, millrace, data):
        self.port = free_port()
        begin = time.monotonic()
        self.process = subprocess.Popen(
            [millrace, "serve", "--data", str(data), "--port", str(self.port), "--set", "log.level=warning",
             "--set", "auth.principals_header=true"], env=ENVIRONMENT, stdout=subprocess.DEVNULL)
        while True:
            try:
                if self.ask("GET", "/readyz")[0] == 200:
                    break
            except OSError:
                pass
            if self.process.poll() is not None:
                sys.exit(f"the server ended with {self.process.returncode}")
            if time.monotonic() - begin > 3600:
                sys.exit("the server was not ready within an hour")
            time.sleep(0.05)
        self.ready = time.monotonic() - begin

    def ask(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            connection.request(
                method, path, None if body is None else json.dumps(body),
                {"Content-Type": "application/json", "X-Millrace-Principals": "user:ada"})
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def found(self, text, mode):
        status, body = self.ask("POST", "/v1/search", {"query": text, "mode": mode})
        if status != 200:
            sys.exit(f"{status} {body[:300]}")
        return [(hit["document_id"], hit["text"], hit["score"]) for hit in json.loads(body)["results"]]

    def close(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=300)


def size(folder):
    return sum(path.stat().st_size for path in pathlib.Path(folder).rglob("*") if path.is_file()) / 1e9


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("millrace")
    parser.add_argument("--data", required=True)
    parser.add_argument("--at")
    options = parser.parse_args()
    work = pathlib.Path(tempfile.mkdtemp(prefix="millrace-backup-", dir=options.at))

    def timed(*arguments):
        begin = time.monotonic()
        result = subprocess.run(
            [options.millrace, *arguments], env=ENVIRONMENT, capture_output=True, text=True)
        if result.returncode:
            sys.exit(f"millrace {' '.join(arguments)}: {result.stdout[-500:]}{result.stderr[-500:]}")
        return time.monotonic() - begin

    try:
        server = Server(options.millrace, options.data)
        print(f"served after {server.ready:.1f} s", flush=True)
        try:
            titles = json.loads(server.ask("GET", f"/v1/documents?limit={QUESTIONS}")[1])["documents"]
            asked = [hit[1][:80] for title in titles for hit in server.found(title["title"], "keyword")[:1]]
            before = [server.found(text, mode) for text in asked for mode in ("keyword", "vector", "hybrid")]
        finally:
            server.close()
        print(f"{len(asked)} questions, {sum(map(len, before))} passages found; {size(options.data):.1f} GB", flush=True)
        spent = timed("backup", "--data", options.data, "--to", str(work / "backups"), "--no-verify")
        print(f"backup {spent:.1f} s, {size(work / 'backups'):.1f} GB", flush=True)
        print(f"read back as a restore would {timed('backup', 'verify', '--to', str(work / 'backups')):.1f} s", flush=True)
        spent = timed("restore", "--from", str(work / "backups"), "--data", str(work / "restored"))
        print(f"restore {spent:.1f} s", flush=True)
        shutil.rmtree(work / "backups")
        server = Server(options.millrace, work / "restored")
        print(f"ready on what was restored after {server.ready:.1f} s", flush=True)
        try:
            after = [server.found(text, mode) for text in asked for mode in ("keyword", "vector", "hybrid")]
        finally:
            server.close()
        others = sum(one != other for one, other in zip(before, after))
        print(f"{len(before)} searches, {others} with another answer than before")
        sys.exit(1 if others or not before else 0)
    finally:
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
