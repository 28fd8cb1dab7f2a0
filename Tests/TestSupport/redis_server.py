#!/usr/bin/env python3
"""A Redis of its own for a test process.

    redis_server.py [alone|cluster]

Prints `listening on PORT` once it accepts connections on 127.0.0.1 (password `secret`; in a cluster of three nodes the
port is the first one's), keeps nothing on disk, and goes when standard input closes. Lines on standard input: `kill`
ends it with SIGKILL, `freeze` and `thaw` stop and continue it, `start` starts it again, empty, on the same port; each is
answered by `done`. Anything else is a command with its words between tabs, answered by what redis-cli prints, on one
line. scripts/install-redis installs the server.
"""
import ctypes
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

PASSWORD = "secret"
LIBC = ctypes.CDLL(None)


def die_with_parent():
    """In the child: PR_SET_PDEATHSIG, so that nothing is left of a test run that was ended hard."""
    LIBC.prctl(1, signal.SIGKILL)


def free_ports(count):
    """Ports that nobody has, nor the one 10000 above, which a node of a cluster takes for its bus."""
    found = []
    while len(found) < count:
        with socket.socket() as probe, socket.socket() as bus:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
            if port > 55_000 or port in found:
                continue
            try:
                bus.bind(("127.0.0.1", port + 10_000))
            except OSError:
                continue
            found.append(port)
    return found


class Server:
    def __init__(self, port, in_cluster=False):
        self.port = port
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="millrace-redis-"))
        self.options = {
            "bind": "127.0.0.1", "port": port, "requirepass": PASSWORD, "masterauth": PASSWORD, "save": "",
            "appendonly": "no", "dir": self.home, "daemonize": "no", "maxmemory": "64mb",
            "maxmemory-policy": "allkeys-lru",
        }
        if in_cluster:
            self.options.update({"cluster-enabled": "yes", "cluster-node-timeout": "2000"})
        self.start()

    def start(self):
        words = [word for name, value in self.options.items() for word in (f"--{name}", str(value))]
        with open(self.home / "log", "ab") as log:
            self.process = subprocess.Popen(
                ["redis-server", *words], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                preexec_fn=die_with_parent)
        for _ in range(600):
            if self.process.poll() is not None:
                sys.exit(f"redis-server ended: {(self.home / 'log').read_text(errors='replace')[-2000:]}")
            if self.command("PING") == "PONG":
                return
            time.sleep(0.02)
        sys.exit("redis-server did not become ready within 12 seconds")

    def command(self, *words):
        done = subprocess.run(
            ["redis-cli", "-h", "127.0.0.1", "-p", str(self.port), "-a", PASSWORD, "--no-auth-warning", *words],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace")
        return " ".join(done.stdout.split())

    def kill(self):
        self.process.kill()
        self.process.wait()

    def freeze(self):
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)

    def end(self):
        self.kill()
        shutil.rmtree(self.home, ignore_errors=True)


def join(nodes):
    places = [f"127.0.0.1:{node.port}" for node in nodes]
    made = subprocess.run(
        ["redis-cli", "-a", PASSWORD, "--no-auth-warning", "--cluster", "create", *places, "--cluster-yes"],
        stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if made.returncode != 0:
        sys.exit(f"the cluster was not made: {made.stdout[-1000:]}{made.stderr[-1000:]}")
    for _ in range(500):
        if all("cluster_state:ok" in node.command("CLUSTER", "INFO") for node in nodes):
            return
        time.sleep(0.02)
    sys.exit("the cluster did not become ready within 10 seconds")


def main():
    if not shutil.which("redis-server") or not shutil.which("redis-cli"):
        sys.exit("redis-server is not installed; run scripts/install-redis")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    in_cluster = sys.argv[1:] == ["cluster"]
    nodes = []
    try:
        for port in free_ports(3 if in_cluster else 1):
            nodes.append(Server(port, in_cluster))
        if in_cluster:
            join(nodes)
        first = nodes[0]
        print(f"listening on {first.port}", flush=True)
        acts = {"kill": first.kill, "freeze": first.freeze, "thaw": first.thaw, "start": first.start}
        for line in sys.stdin:
            line = line.rstrip("\n")
            if line in acts:
                acts[line]()
                print("done", flush=True)
            else:
                print(first.command(*line.split("\t")), flush=True)
    finally:
        for node in nodes:
            node.end()


if __name__ == "__main__":
    main()
