"""One sitting: every contender in a process of its own, ours between the peers."""

import json
import os
import platform
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
WORKER = [sys.executable, str(ROOT / "Benchmarks" / "index_peers.py"), "worker"]


@dataclass
class Sitting:
    """What is measured, and on what."""

    work: Path  # a prepared folder
    peers: list[str]
    ours: Path | None  # millrace-bench, if ours is measured
    two_threads: bool = False
    efs: str | None = None
    M: int = 16
    efConstruction: int = 200
    results: dict[str, dict] = field(default_factory=dict)

    def run(self, rounds: int) -> list[dict]:
        """All figures, best of `rounds` passes over all contenders, in the order they were measured."""
        formats = our_formats(self.ours) if self.ours else []
        for _ in range(rounds):
            for kind, name in interleaved(self.peers, formats):
                if kind == "ours":
                    self.run_ours(name)
                else:
                    self.run_peer(name)
            self.run_exact()
        return list(self.results.values())

    def run_peer(self, name: str) -> None:
        """One peer, and its build by two threads."""
        options = ["--contender", name, *self.graph_options()]
        result = self.child(name, [*WORKER, *options, *self.sweep_options()], threads=1)
        if self.two_threads and "refused" not in result:
            self.child(name, [*WORKER, *options, "--build-threads", "2"], threads=2)

    def run_ours(self, number_format: str) -> None:
        """One of our formats: measured, saved, and opened by another process."""
        name = f"millrace {number_format}"
        options = ["--format", number_format, *self.graph_options()]
        with tempfile.TemporaryDirectory(dir=self.work) as folder:
            sweep = [str(self.ours), "index", *options, *self.sweep_options(), "--save", folder]
            if "refused" not in self.child(name, sweep, threads=1):
                opening = [str(self.ours), "index-open", *options, "--directory", folder]
                self.child(name, opening, threads=1, part="opened")

    def run_exact(self) -> None:
        """A whole batch exactly: numpy, and ours right behind it."""
        for threads in (1, 2) if self.two_threads else (1,):
            tail = ["--threads", str(threads)]
            numpy = [*WORKER, "--exact", *tail]
            self.child("numpy exact", numpy, threads)
            if self.ours:
                self.child("millrace exact", [str(self.ours), "index-exact", *tail], threads)

    def graph_options(self) -> list[str]:
        """How every graph is built."""
        return ["--M", str(self.M), "--ef-construction", str(self.efConstruction)]

    def sweep_options(self) -> list[str]:
        """What is searched with."""
        return (["--efs", self.efs] if self.efs else []) + (["--two-threads"] if self.two_threads else [])

    def child(self, name: str, command: list[str], threads: int, part: str | None = None) -> dict:
        """Runs one process that writes one JSON file, and merges the file into the results.

        It goes under the key `part` if there is one. A process that fails is recorded as refused, in its own
        last words.
        """
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "out.json"
            done = subprocess.run(
                [*command, "--work", str(self.work), "--out", str(out)],
                env=environment(threads, folder),
                capture_output=True,
                text=True,
            )
            print(done.stdout, end="", flush=True)
            if out.exists() and done.returncode == 0:
                result = json.loads(out.read_text())
            else:
                words = done.stderr.strip() or done.stdout.strip() or f"exit code {done.returncode}"
                result = {"name": name, "refused": words.splitlines()[-1]}
                print(f"{name}: refused: {result['refused']}", flush=True)
        empty = {"name": name, "ours": name.startswith("millrace"), "points": []}
        merged = self.results.setdefault(name, empty)
        merge(merged, {part: result} if part else result)
        return result


def environment(threads: int, scratch: str) -> dict[str, str]:
    """The children's: as many BLAS and OpenMP threads as are measured, and a scratch folder that outlives
    their crash. OPENBLAS_CORETYPE would hold numpy to slower kernels than the machine has."""
    variables = {key: value for key, value in os.environ.items() if key != "OPENBLAS_CORETYPE"}
    return variables | {
        "OMP_NUM_THREADS": str(threads),
        "OPENBLAS_NUM_THREADS": str(threads),
        "TMPDIR": scratch,
    }


def our_formats(binary: Path) -> list[str]:
    """The number formats this build of ours has."""
    done = subprocess.run([str(binary), "index-formats"], check=True, capture_output=True, text=True)
    return done.stdout.split()


def interleaved(peers: list[str], formats: list[str]) -> list[tuple[str, str]]:
    """Ours spread evenly between the peers, so that a machine that slows down slows both."""
    order = [("peer", name) for name in peers]
    step = len(peers) / (len(formats) + 1)
    for position in reversed(range(len(formats))):
        order.insert(round(step * (position + 1)), ("ours", formats[position]))
    return order


def merge(known: dict, new: dict) -> None:
    """Takes the better of two measurements of the same thing."""
    for key, value in new.items():
        if key == "points":
            known[key] = merged_points(known.get(key, []), value)
        elif key in ("build_seconds", "exact_queries_per_second"):
            better = min if key == "build_seconds" else max
            table = known.setdefault(key, {})
            for threads, figure in value.items():
                table[threads] = better(table.get(threads, figure), figure)
        else:
            known[key] = value


def merged_points(known: list[dict], new: list[dict]) -> list[dict]:
    """Point by point: the higher speed, the lower latency, the mean recall of a width."""
    table = {point["ef"]: point for point in known}
    for point in new:
        old = table.get(point["ef"], point)
        table[point["ef"]] = {
            key: max(old.get(key, value), value)
            if key.startswith("queries")
            else min(old.get(key, value), value)
            if key.endswith("microseconds")
            else (old["recall"] + value) / 2
            if key == "recall"
            else value
            for key, value in point.items()
        }
    return [table[ef] for ef in sorted(table)]


def processor() -> tuple[str, list[str]]:
    """The processor's name, and what it has of the instructions that matter here."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    model = next(
        (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "unknown"
    )
    flags = next((line.split() for line in lines if line.startswith("flags")), [])
    return model, [flag for flag in ("avx2", "avx512f", "avx512_vnni", "avx512_bf16") if flag in flags]


def circumstances(count: int, dimension: int, data: str, sitting: Sitting, rounds: int) -> dict:
    """What the figures were taken with: without it they say nothing."""
    model, instructions = processor()
    commit = subprocess.run(
        ["git", "-C", str(ROOT), "describe", "--always", "--dirty"], capture_output=True, text=True
    )
    return {
        "date": datetime.now(timezone.utc).strftime("%Y-%m-%d"),
        "commit": commit.stdout.strip() or "unknown",
        "processor": model,
        "processors": len(os.sched_getaffinity(0)),
        "system": platform.release(),
        "instructions": instructions,
        "data": data,
        "count": count,
        "dimension": dimension,
        "M": sitting.M,
        "efConstruction": sitting.efConstruction,
        "rounds": rounds,
    }
