#!/usr/bin/env python3
"""A Redis of its own for a test process.

    redis_server.py [alone|cluster|replicated]

Prints `listening on PORT` once it accepts connections on 127.0.0.1 (password `secret`; in a cluster of three nodes, and
in one of three with a replica each, the port is the first one's), keeps nothing on disk, and goes when standard input
closes. Lines on standard input: `kill` ends it with SIGKILL, `freeze` and `thaw` stop and continue it, `start` starts it
again, empty, on the same port, `load` does so with what it has, which it is long in reading; each is answered by `done`.
`ports` is answered by those of all nodes, the replicas' last. Anything else is a command with its words between tabs,
answered by what redis-cli prints, on one line. A line that begins with `@` and a number is for the node of that place.
scripts/install-redis installs the server.
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
            taken = {other + above for other in found for above in (0, 10_000)}
            if port > 55_000 or not taken.isdisjoint({port, port + 10_000}):
                continue
            try:
                bus.bind(("127.0.0.1", port + 10_000))
            except OSError:
                continue
            found.append(port)
    return found


class Server:
    def __init__(self, port, kind="alone"):
        self.port = port
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="millrace-redis-"))
        self.options = {
            "bind": "127.0.0.1", "port": port, "requirepass": PASSWORD, "masterauth": PASSWORD, "save": "",
            "appendonly": "no", "dir": self.home, "daemonize": "no", "maxmemory": "64mb",
            "maxmemory-policy": "allkeys-lru",
        }
        if kind != "alone":
            self.options.update({"cluster-enabled": "yes", "cluster-node-timeout": "2000"})
        if kind == "replicated":
            # As ElastiCache has it: the others go on while one has no successor yet.
            self.options.update({
                "cluster-require-full-coverage": "no", "repl-diskless-sync-delay": "0"})
        self.start()

    def start(self, awaited="PONG", **more):
        options = self.options | {name.replace("_", "-"): value for name, value in more.items()}
        words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
        with open(self.home / "log", "ab") as log:
            self.process = subprocess.Popen(
                ["redis-server", *words], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                preexec_fn=die_with_parent)
        for _ in range(600):
            if self.process.poll() is not None:
                sys.exit(f"redis-server ended: {(self.home / 'log').read_text(errors='replace')[-2000:]}")
            if self.command("PING").startswith(awaited):
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

    def load(self):
        """Reads what it holds anew, a key every tenth of a second, and answers meanwhile that it does."""
        # It looks for commands once in so many bytes.
        self.command("CONFIG", "SET", "rdbcompression", "no")
        self.command("SAVE")
        self.kill()
        self.start("LOADING", key_load_delay=100_000, loading_process_events_interval_bytes=1_024)

    def freeze(self):
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)

    def end(self):
        self.kill()
        shutil.rmtree(self.home, ignore_errors=True)


def await_all(nodes, words, expected, what):
    for _ in range(1_000):
        if all(expected in node.command(*words) for node in nodes):
            return
        time.sleep(0.02)
    sys.exit(f"{what} within 20 seconds")


def join(nodes, replicas):
    places = [f"127.0.0.1:{node.port}" for node in nodes]
    made = subprocess.run(
        ["redis-cli", "-a", PASSWORD, "--no-auth-warning", "--cluster", "create", *places,
         "--cluster-replicas", str(replicas), "--cluster-yes"],
        stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if made.returncode != 0:
        sys.exit(f"the cluster was not made: {made.stdout[-1000:]}{made.stderr[-1000:]}")
    await_all(nodes, ["CLUSTER", "INFO"], "cluster_state:ok", "the cluster did not become ready")
    if replicas:
        await_all(nodes[3:], ["INFO", "replication"], "master_link_status:up", "the replicas did not follow")


def main():
    if not shutil.which("redis-server") or not shutil.which("redis-cli"):
        sys.exit("redis-server is not installed; run scripts/install-redis")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    kind = sys.argv[1] if len(sys.argv) > 1 else "alone"
    nodes = []
    try:
        for port in free_ports({"alone": 1, "cluster": 3, "replicated": 6}[kind]):
            nodes.append(Server(port, kind))
        if kind != "alone":
            join(nodes, 1 if kind == "replicated" else 0)
        print(f"listening on {nodes[0].port}", flush=True)
        acts = {"kill", "freeze", "thaw", "start", "load"}
        for line in sys.stdin:
            line, node = line.rstrip("\n"), nodes[0]
            if line.startswith("@"):
                place, line = line[1:].split("\t", 1)
                node = nodes[int(place)]
            if line in acts:
                getattr(node, line)()
                print("done", flush=True)
            elif line == "ports":
                print(*(node.port for node in nodes), flush=True)
            else:
                print(node.command(*line.split("\t")), flush=True)
    finally:
        for node in nodes:
            node.end()


if __name__ == "__main__":
    main()
