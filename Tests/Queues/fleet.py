"""Processes over one PostgreSQL and one queue, and the servers behind them."""
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SEAL_KEYS = "queues AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="


class Server:
    """A server of Tests/TestSupport, which goes when its input closes."""

    def __init__(self, script, *arguments):
        self.process = subprocess.Popen(
            [sys.executable, str(ROOT / "Tests/TestSupport" / script), *arguments], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line.startswith("listening on "):
            sys.exit(f"check-queues: {script} did not start: {line}")
        self.port = int(line.split()[-1])

    def close(self):
        self.process.stdin.close()
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Database(Server):
    """A PostgreSQL of this check's own."""

    def __init__(self):
        super().__init__("postgres_server.py", "18")

    def number(self, statement):
        result = subprocess.run(
            ["psql", "-h", "127.0.0.1", "-p", str(self.port), "-U", "app", "-d", "postgres", "-Atc", statement],
            env={**os.environ, "PGPASSWORD": "secret"}, capture_output=True, text=True, timeout=30)
        return int(result.stdout.strip()) if result.returncode == 0 else result.stderr.strip()


class Cloud(Server):
    """moto, with two users: one who may do everything, and one who may do nothing."""

    def __init__(self):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "keys.json"
            super().__init__("moto_server.py", str(file))
            self.keys = json.loads(file.read_text())
        self.url = f"http://127.0.0.1:{self.port}"

    def environment(self, user="admin"):
        return {
            "AWS_ENDPOINT_URL": self.url, "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": self.keys[user]["accessKeyID"],
            "AWS_SECRET_ACCESS_KEY": self.keys[user]["secretAccessKey"], "AWS_EC2_METADATA_DISABLED": "true"}

    def client(self, service):
        import boto3

        return boto3.client(
            service, endpoint_url=self.url, region_name="us-east-1",
            aws_access_key_id=self.keys["admin"]["accessKeyID"],
            aws_secret_access_key=self.keys["admin"]["secretAccessKey"])


class Node:
    """One process, and the folder that it keeps its indexes in."""

    def __init__(self, millrace, name, command, database, cloud, folder, settings):
        self.millrace, self.name, self.command = millrace, name, command
        self.folder = Path(folder) / name
        self.folder.mkdir()
        self.log = Path(folder) / f"{name}.log"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.environment = {
            **os.environ, **cloud.environment(), "MILLRACE_DATA": str(self.folder),
            "MILLRACE_DATABASE_PROVIDER": "postgres", "MILLRACE_DATABASE_HOST": "127.0.0.1",
            "MILLRACE_DATABASE_PORT": str(database.port), "MILLRACE_DATABASE_NAME": "postgres",
            "MILLRACE_DATABASE_USER": "app", "MILLRACE_DATABASE_PASSWORD": "secret",
            "MILLRACE_DATABASE_TLS": "disable", "MILLRACE_DATABASE_SEAL_KEYS": SEAL_KEYS,
            "MILLRACE_SERVER_PORT": str(self.port), "MILLRACE_SERVER_REQUESTS_PER_MINUTE": "1000000",
            "MILLRACE_AUTH_PRINCIPALS_HEADER": "true",
            "MILLRACE_AUTH_ANONYMOUS_SCOPES": "search,ask,flows,ingest,admin", **settings}
        self.process = None

    def start(self):
        log = open(self.log, "ab")
        self.process = subprocess.Popen(
            [self.millrace, self.command], env=self.environment, cwd=ROOT, stdout=log, stderr=log)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout=40)
        except subprocess.TimeoutExpired:
            self.kill()
            return "not within 40 s"

    def run(self, *arguments, environment=None):
        """Another process of the command line, with the settings of this one."""
        result = subprocess.run(
            [self.millrace, *arguments], env={**self.environment, "MILLRACE_DATA": str(self.folder / "other"),
                                              **(environment or {})},
            cwd=ROOT, capture_output=True, text=True, timeout=120)
        return result.returncode, result.stdout + result.stderr

    def logged(self, text):
        return self.log.read_text(errors="replace").count(text)

    def ask(self, method, path, body=None, headers=None, timeout=20):
        """Status and JSON; OSError when nobody listens, or the process goes meanwhile."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            data = body if body is None or isinstance(body, bytes) else json.dumps(body)
            connection.request(
                method, path, data,
                {"Content-Type": "application/json", "X-Millrace-Principals": "user:ann", **(headers or {})})
            response = connection.getresponse()
            text = response.read()
            return response.status, json.loads(text) if text else None
        except (http.client.HTTPException, ValueError) as error:
            raise OSError(str(error)) from error
        finally:
            connection.close()

    def wait(self, seconds=60):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.process.poll() is not None:
                sys.exit(f"check-queues: {self.name} ended with {self.process.returncode}: "
                         f"{self.log.read_text(errors='replace')[-2000:]}")
            try:
                if self.ask("GET", "/healthz", timeout=5)[0] == 200:
                    return
            except OSError:
                pass
            time.sleep(0.1)
        sys.exit(f"check-queues: {self.name} did not answer within {seconds} s")

    def persist(self, method, path, body, headers=None, seconds=90):
        """Asks until it is acknowledged."""
        end = time.monotonic() + seconds
        told = None
        while time.monotonic() < end:
            try:
                told = self.ask(method, path, body, headers)
                if told[0] in (200, 201, 202):
                    return told[1]
                if told[0] < 500 and told[0] != 429:
                    break
            except OSError as error:
                told = error
            time.sleep(0.05)
        sys.exit(f"check-queues: {method} {path} was never acknowledged: {told}")
