"""Measures one contender in this process: build, memory, and the sweep of recall against speed."""

import ctypes
import gc
import importlib.metadata
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np

from .catalogue import PEERS, library
from .contender import Contender, GraphParameters
from .work import BLOCK, Work, nearest

ROUNDS = 3  # a figure is at least the best of three: other work only ever slows a round down
SHORTEST = 0.5  # seconds of rounds, or else short ones would all fall into the same disturbance
ENOUGH_RECALL = 0.998  # a sweep ends here; wider searches are slower and find nothing more
Value = TypeVar("Value")
PACKAGES = {"faiss": "faiss-cpu", "svs": "scalable-vs"}


class Processors:
    """One-thread figures are taken on one processor, the others on all this process was given."""

    def __init__(self) -> None:
        self.allowed = os.sched_getaffinity(0)

    def pin(self) -> None:
        """Keeps this thread on the last allowed processor; the first serves most interrupts."""
        os.sched_setaffinity(0, {max(self.allowed)})

    def release(self) -> None:
        """Lets this thread run everywhere again."""
        os.sched_setaffinity(0, self.allowed)


def seconds(body: Callable[[], object]) -> float:
    """How long `body` takes."""
    start = time.perf_counter()
    body()
    return time.perf_counter() - start


def best_seconds(body: Callable[[], object]) -> float:
    """The fastest of the rounds a figure needs."""
    return min(rounds(lambda: seconds(body)))


def rounds(body: Callable[[], Value]) -> list[Value]:
    """Results of `body`, called as often as a figure needs."""
    start = time.perf_counter()
    results: list[Value] = []
    while len(results) < ROUNDS or time.perf_counter() - start < SHORTEST:
        results.append(body())
    return results


def resident_bytes() -> int:
    """What this process holds in memory, after freed memory went back to the system."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    fields = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(fields["VmRSS"].split()[0]) * 1024


def serialized_bytes(contender: Contender) -> int:
    """Size of what the library saves."""
    with tempfile.TemporaryDirectory() as folder:
        contender.save(Path(folder))
        return sum(file.stat().st_size for file in Path(folder).rglob("*") if file.is_file())


def one_by_one(contender: Contender, rows: Sequence[np.ndarray]) -> np.ndarray:
    """Seconds of each search, one query a call."""
    instants = [time.perf_counter()]
    for row in rows:
        contender.search_one(row)
        instants.append(time.perf_counter())
    return np.diff(instants)


def measure_width(contender: Contender, width: int, work: Work, processors: Processors | None) -> dict:
    """One point of the sweep.

    By one thread every peer is asked one query a call and all in one call; the better stands, so that a slow
    binding is not held against it. Latencies are those of single calls. With `processors`, two threads are
    measured too.
    """
    contender.set_width(width)
    queries = work.queries
    rows = [queries[i : i + 1] for i in range(len(queries))]
    recall = work.recall(contender.search(queries))
    in_one_call = best_seconds(lambda: contender.search(queries))
    singles = min(rounds(lambda: one_by_one(contender, rows)), key=np.sum)
    point = {
        "ef": width,
        "recall": recall,
        "queries_per_second": len(queries) / min(in_one_call, float(np.sum(singles))),
        "p50_microseconds": float(np.percentile(singles, 50) * 1e6),
        "p99_microseconds": float(np.percentile(singles, 99) * 1e6),
    }
    if processors is not None:
        processors.release()
        contender.set_threads(2)
        contender.search(queries)
        point["queries_per_second2"] = len(queries) / best_seconds(lambda: contender.search(queries))
        contender.set_threads(1)
        processors.pin()
    return point


def measure(
    name: str, work: Work, graph: GraphParameters, widths: Sequence[int] | None, two_threads: bool
) -> dict:
    """All of one peer's figures but its build by two threads, which is a process of its own."""
    processors = Processors()
    processors.pin()
    contender = PEERS[name](graph)
    contender.set_threads(1)
    before = resident_bytes()
    build = seconds(lambda: contender.build(work.base))
    grown = resident_bytes() - before
    print(f"{name}: built in {build:.1f} s", flush=True)
    points = []
    for width in widths if widths and contender.has_graph else contender.widths:
        points.append(measure_width(contender, width, work, processors if two_threads else None))
        print("  {ef}: recall {recall:.4f}, {queries_per_second:.0f}/s".format(**points[-1]), flush=True)
        if points[-1]["recall"] >= ENOUGH_RECALL:
            break
    count = len(work.base)
    return {
        "name": name,
        "library": library(name),
        "version": version(name),
        "ours": False,
        "parameters": contender.parameters,
        "build_seconds": {"1": build},
        "points": points,
        "bytes_per_vector": {"resident": grown / count, "serialized": serialized_bytes(contender) / count},
    }


def measure_build(name: str, work: Work, graph: GraphParameters, threads: int) -> dict:
    """Seconds to build by several threads; the process was started with OMP_NUM_THREADS to match."""
    contender = PEERS[name](graph)
    contender.set_threads(threads)
    elapsed = seconds(lambda: contender.build(work.base))
    print(f"{name}: built by {threads} threads in {elapsed:.1f} s", flush=True)
    return {"name": name, "build_seconds": {str(threads): elapsed}}


def measure_exact(work: Work, threads: int) -> dict:
    """numpy's sgemm and argpartition over the whole batch at once and in blocks, the better; threads as
    OPENBLAS_NUM_THREADS says."""
    if threads == 1:
        Processors().pin()
    blocks = (BLOCK, len(work.queries))
    fastest = min(best_seconds(partial(nearest, work.base, work.queries, block)) for block in blocks)
    speed = len(work.queries) / fastest
    print(f"numpy exact, {threads} threads: {speed:.1f} queries/s", flush=True)
    return {
        "name": "numpy exact",
        "library": "numpy",
        "version": np.__version__,
        "ours": False,
        "parameters": f"sgemm + argpartition, {len(work.queries)} queries",
        "points": [],
        "exact_queries_per_second": {str(threads): speed},
    }


def version(name: str) -> str:
    """The installed version of a peer's package."""
    return importlib.metadata.version(PACKAGES.get(library(name), library(name)))
