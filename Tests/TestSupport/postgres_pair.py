"""A PostgreSQL primary and a standby that follows it: the one may be killed, the other promoted.

Commits wait for the standby to have them on its disk (`synchronous_standby_names`), as whoever wants nothing lost sets
it. Both listen on 127.0.0.1, user `app`, password `secret`; scripts/install-postgres puts the programs in place.

    postgres_pair.py 16|18

Run by itself it prints `listening on PORT`, the primary's, and goes with both when standard input closes. Lines on
standard input: `standby` is answered by the standby's port, `kill` ends the primary with SIGKILL, `promote` has the
standby take writes, `pause` and `resume` hold what it replays; each of these is answered by `done`.
"""
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

from postgres_server import as_user, folder_of

PASSWORD = "secret"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Standing(Exception):
    """A server did not become what it should be."""


class Server:
    """One of the two: its folder, its port, its process."""

    def __init__(self, programs, home, data=None):
        self.programs, self.home, self.port = programs, home, free_port()
        self.data = data or home / "data"
        self.process = None

    def start(self):
        options = {
            "listen_addresses": "127.0.0.1", "port": self.port, "unix_socket_directories": self.home, "fsync": "off",
            "max_connections": 200, "shared_buffers": "32MB", "wal_level": "replica", "max_wal_size": "64MB",
            "min_wal_size": "32MB", "wal_keep_size": "32MB", "hot_standby_feedback": "on",
            "wal_receiver_status_interval": "1s", "wal_retrieve_retry_interval": "100ms",
        }
        with open(self.home / "log", "ab") as log:
            self.process = subprocess.Popen(
                [self.programs / "postgres", "-D", self.data, *(f"--{k}={v}" for k, v in options.items())],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", **as_user())
        end = time.monotonic() + 30
        while time.monotonic() < end:
            ready = subprocess.run(
                [self.programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)], cwd="/")
            if ready.returncode == 0:
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise Standing(f"postgres did not start: {(self.home / 'log').read_text(errors='replace')[-2000:]}")

    def kill(self):
        """Ends every process of it at once, as the power does."""
        if self.process is None or self.process.poll() is not None:
            return
        children = subprocess.run(["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True).stdout.split()
        for each in [self.process.pid, *map(int, children)]:
            try:
                os.kill(each, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait()

    def sql(self, text, timeout=30):
        """What `psql` says, rows by lines."""
        done = subprocess.run(
            [self.programs / "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p",
             str(self.port), "-U", "app", "-d", "postgres", "-c", text],
            env={**os.environ, "PGPASSWORD": PASSWORD}, capture_output=True, text=True, timeout=timeout, cwd="/")
        if done.returncode != 0:
            raise Standing(f"{text}: {done.stderr.strip()}")
        return done.stdout.strip()


class Pair:
    def __init__(self, version="18", data=None):
        """`data`: a folder for the primary's data, which is there and empty; by default one of its own."""
        self.programs = folder_of(version) / "bin"
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="millrace-pair-"))
        homes = [self.folder / "primary", self.folder / "standby"]
        for home in homes:
            home.mkdir()
        secret = self.folder / "password"
        secret.write_text(PASSWORD)
        self.own(self.folder, secret, *homes, *([data] if data else []))
        self.primary = Server(self.programs, homes[0], data and data / "data")
        self.standby = Server(self.programs, homes[1])
        try:
            self.make(secret)
        except BaseException:
            self.close()
            raise

    def make(self, secret):
        self.run("initdb", "-D", self.primary.data, "-U", "app", f"--pwfile={secret}", "--auth-local=trust",
                 "--auth-host=scram-sha-256", "-E", "UTF8", "--no-locale", "--no-sync")
        self.primary.start()
        self.run("pg_basebackup", "-D", self.standby.data, "-R", "-X", "stream", "--checkpoint=fast", "--no-sync", "-h",
                 "127.0.0.1", "-p", str(self.primary.port), "-U", "app")
        self.standby.start()
        # After the copy was made, so that the standby waits for nobody once it is promoted.
        self.primary.sql("ALTER SYSTEM SET synchronous_standby_names = '*'")
        self.primary.sql("SELECT pg_reload_conf()")
        end = time.monotonic() + 20
        while self.primary.sql("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'") != "1":
            if time.monotonic() > end:
                raise Standing("the standby does not follow the primary")
            time.sleep(0.05)

    def own(self, *paths):
        if os.getuid() == 0:
            user = pwd.getpwnam("postgres")
            for path in paths:
                os.chown(path, user.pw_uid, user.pw_gid)

    def run(self, program, *arguments):
        done = subprocess.run(
            [self.programs / program, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd="/",
            env={**os.environ, "PGPASSWORD": PASSWORD}, **as_user())
        if done.returncode != 0:
            raise Standing(f"{program} failed: {done.stdout.decode(errors='replace')}")

    def promote(self):
        self.standby.sql("SELECT pg_promote(true, 30)")

    def close(self):
        self.primary.kill()
        self.standby.kill()
        # What was killed may take a moment to let go of its files.
        for _ in range(40):
            shutil.rmtree(self.folder, ignore_errors=True)
            if not self.folder.exists():
                break
            time.sleep(0.05)


def main():
    # Whoever ends this early still has the servers ended.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    pair = Pair(sys.argv[1] if len(sys.argv) > 1 else "18")
    try:
        print(f"listening on {pair.primary.port}", flush=True)
        for line in sys.stdin:
            word = line.strip()
            if word == "standby":
                print(pair.standby.port, flush=True)
                continue
            {"kill": pair.primary.kill, "promote": pair.promote,
             "pause": lambda: pair.standby.sql("SELECT pg_wal_replay_pause()"),
             "resume": lambda: pair.standby.sql("SELECT pg_wal_replay_resume()")}[word]()
            print("done", flush=True)
    finally:
        pair.close()


if __name__ == "__main__":
    main()
