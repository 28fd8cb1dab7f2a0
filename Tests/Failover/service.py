"""A Millrace over a pair of servers, and the load that is put on it."""
import http.client
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SEAL_KEYS = "pair AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
ECHO = {"name": "Echo", "output": "out.message",
        "components": [{"id": "in", "type": "ChatInput"}, {"id": "out", "type": "ChatOutput"}],
        "edges": [{"from": "in.message", "to": "out.message"}]}
PRINCIPALS = {"X-Millrace-Principals": "user:ann,group:confluence-users,group:engineering"}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Service:
    """One process, its data folder, and its log."""

    def __init__(self, program, folder, ports, replica=None, **settings):
        self.program, self.folder, self.port = program, pathlib.Path(folder), free_port()
        self.log = self.folder / "serve.log"
        hosts = ",".join(f"127.0.0.1:{port}" for port in ports)
        self.environment = {
            **os.environ, "MILLRACE_DATA": str(self.folder / "data"), "MILLRACE_DATABASE_PROVIDER": "postgres",
            "MILLRACE_DATABASE_URL":
                f"postgresql://app@{hosts}/postgres?target_session_attrs=read-write&sslmode=disable",
            "MILLRACE_DATABASE_PASSWORD": "secret", "MILLRACE_DATABASE_SEAL_KEYS": SEAL_KEYS,
            "MILLRACE_SERVER_PORT": str(self.port), "MILLRACE_SERVER_REQUESTS_PER_MINUTE": "1000000",
            "MILLRACE_FLOWS_LEASE_SECONDS": "5", "MILLRACE_AUTH_PRINCIPALS_HEADER": "true",
            "MILLRACE_AUTH_ANONYMOUS_SCOPES": "search,ask,flows,ingest", **settings}
        if replica:
            self.environment["MILLRACE_DATABASE_REPLICA_URL"] = f"postgresql://127.0.0.1:{replica}/postgres"
            self.environment["MILLRACE_DATABASE_REPLICA_LAG"] = "2"
        self.process = None

    def command(self, *arguments, timeout=120, **settings):
        return subprocess.run(
            [self.program, *arguments], env={**self.environment, **settings}, cwd=ROOT, capture_output=True, text=True,
            timeout=timeout)

    def start(self, seconds=60):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [self.program, "serve"], env=self.environment, cwd=ROOT, stdout=log, stderr=log)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.process.poll() is not None:
                break
            try:
                if self.ask("GET", "/healthz", timeout=5)[0] == 200:
                    return
            except OSError:
                pass
            time.sleep(0.1)
        raise OSError(f"millrace did not start: {self.log.read_text(errors='replace')[-2000:]}")

    def stop(self):
        if self.process is None:
            return 0
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout=40)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return None

    def ask(self, method, path, body=None, headers=None, timeout=40):
        """Status, JSON and headers; OSError when it does not answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(
                method, path, None if body is None else json.dumps(body),
                {"Content-Type": "application/json", **(headers or {})})
            response = connection.getresponse()
            text = response.read()
            is_json = "json" in (response.getheader("Content-Type") or "")
            return response.status, json.loads(text) if text and is_json else text.decode(), response.headers
        except http.client.HTTPException as error:
            raise OSError(str(error)) from error
        finally:
            connection.close()

    def told(self, words):
        """How many lines of the log have these words."""
        return self.log.read_text(errors="replace").count(words)

    def metric(self, name):
        text = self.ask("GET", "/metrics")[1]
        found = re.search(rf"^{re.escape(name)}(?:{{[^}}]*}})? (\S+)$", text, re.MULTILINE)
        return float(found.group(1)) if found else None

    def search(self, text, limit=5):
        return self.ask("POST", "/v1/search", {"query": text, "limit": limit}, PRINCIPALS)


class Outcome:
    """One request: when it ended, how long it took, and what came of it."""

    def __init__(self, kind, begin, status, told, headers):
        self.kind, self.end, self.seconds = kind, time.monotonic(), time.monotonic() - begin
        self.status, self.told = status, told
        self.hint = headers.get("Retry-After") if headers else None

    @property
    def is_fine(self):
        return self.status is not None and self.status < 300

    @property
    def is_hinted(self):
        return self.status == 503 and self.hint is not None


class Load:
    """Searches, asynchronous runs and flows that are stored, from several clients, until it is stopped."""

    def __init__(self, service, flow, name):
        self.service, self.flow, self.name = service, flow, name
        self.outcomes, self.runs, self.flows = [], {}, {}
        self.lock = threading.Lock()
        self.stopping = threading.Event()
        self.threads = [
            threading.Thread(target=self.work, args=(work, number), daemon=True)
            for number, work in enumerate([self.search, self.search, self.submit, self.submit, self.store, self.store])]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        for thread in self.threads:
            thread.join(90)

    def work(self, work, number):
        count = 0
        while not self.stopping.is_set():
            count += 1
            work(f"{self.name}-{number}-{count}")
            time.sleep(0.02)

    def note(self, kind, method, path, body, headers=None):
        begin = time.monotonic()
        try:
            status, told, given = self.service.ask(method, path, body, headers)
        except OSError as error:
            status, told, given = None, str(error), None
        outcome = Outcome(kind, begin, status, told, given)
        with self.lock:
            self.outcomes.append(outcome)
        return outcome

    def search(self, key):
        body = {"query": f"how is certificate {key[-1]} rotated", "limit": 3}
        self.note("search", "POST", "/v1/search", body, PRINCIPALS)

    def submit(self, key):
        body = {"flow": self.flow, "input": f"Text {key}", "session": f"s-{key}", "async": True}
        # Once more until it is acknowledged: the key says that it is the same one.
        while not self.stopping.is_set():
            outcome = self.note("run", "POST", "/v1/runs", body, {"Idempotency-Key": key})
            if outcome.is_fine:
                with self.lock:
                    self.runs[key] = outcome.told["id"]
                return
            if not outcome.is_hinted:
                return
            time.sleep(0.2)

    def store(self, key):
        outcome = self.note("flow", "POST", "/v1/flows", {"flow": {**ECHO, "name": key}})
        if outcome.is_fine:
            with self.lock:
                self.flows[key] = outcome.told.get("id") or outcome.told["flow"]["id"]

    # What was seen

    def unhinted(self):
        return [one for one in self.outcomes if not one.is_fine and not one.is_hinted]

    def longest(self):
        return max((one.seconds for one in self.outcomes), default=0)

    def outage(self, since):
        """Per kind: from `since` until the first one that was begun afterwards succeeded."""
        found = {}
        for kind in {one.kind for one in self.outcomes}:
            ends = [one.end for one in self.outcomes
                    if one.kind == kind and one.is_fine and one.end - one.seconds > since]
            found[kind] = min(ends) - since if ends else float("inf")
        return found

    def failures(self):
        return sum(1 for one in self.outcomes if not one.is_fine)
