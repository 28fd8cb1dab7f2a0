#!/usr/bin/env python3
"""Measures vector indexes side by side on the same vectors; `scripts/bench index` calls it.

    index_peers.py run --data BASE.npy --out RESULT.json [--count N] [--ours MILLRACE-BENCH] [--only faiss]

BASE.npy holds float32 rows; the first N are indexed, the last --queries are asked, all scaled to length 1.
Every contender has a process of its own, so that neither its memory nor its crash touches another. Peers that
are not installed are named and left out; one that refuses this machine is recorded with its reason. The
subcommand `worker` measures a single contender and is what `run` starts.
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np

from index_tools import measure
from index_tools.catalogue import PEERS, chosen, library, missing_libraries
from index_tools.contender import GraphParameters
from index_tools.environment import cache
from index_tools.sitting import Sitting, circumstances
from index_tools.work import Work, prepare


def parsed() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="measure everything in one sitting")
    run.add_argument("--data", type=Path, required=True, help="float32 matrix in NumPy's format")
    run.add_argument("--count", type=int, help="rows to index; the standard is all but the queries")
    run.add_argument("--queries", type=int, default=1000, help="rows at the file's end that are asked")
    run.add_argument("--only", help="peers whose names begin so, parted by commas")
    run.add_argument("--ours", type=Path, help="the millrace-bench to measure beside the peers")
    run.add_argument(
        "--rounds", type=int, default=1, help="passes over all contenders; the best figures stand"
    )
    run.add_argument("--work", type=Path, help="folder for base, queries and truth")
    worker = commands.add_parser("worker", help="measure one contender in this process")
    worker.add_argument("--work", type=Path, required=True)
    worker.add_argument("--contender", choices=PEERS, metavar="NAME")
    worker.add_argument("--exact", action="store_true", help="numpy's exact search instead of a contender")
    worker.add_argument("--threads", type=int, default=1)
    worker.add_argument("--build-threads", type=int, help="only build, with so many threads")
    for command in (run, worker):
        command.add_argument("--out", type=Path, required=True, help="the JSON file to write")
        command.add_argument("--efs", help="widths of the graphs' sweep, parted by commas")
        command.add_argument(
            "--two-threads", action="store_true", help="also search and build by two threads"
        )
        command.add_argument("--M", type=int, default=16)
        command.add_argument("--ef-construction", type=int, default=200)
    return parser.parse_args()


def run_sitting(options: argparse.Namespace) -> None:
    """Prepares the work and measures every contender."""
    folder = options.work or cache() / "index-work" / f"{options.data.stem}-{options.count or 'all'}"
    prepare(options.data, folder, options.count, options.queries)
    peers = chosen(options.only)
    absent = missing_libraries(peers)
    for name in absent:
        print(f"bench: {name} is not installed; left out", file=sys.stderr)
    sitting = Sitting(
        work=folder,
        peers=[name for name in peers if library(name) not in absent],
        ours=options.ours,
        two_threads=options.two_threads,
        efs=options.efs,
        M=options.M,
        efConstruction=options.ef_construction,
    )
    contenders = sitting.run(options.rounds)
    count, dimension = np.load(folder / "base.npy", mmap_mode="r").shape
    facts = circumstances(count, dimension, options.data.stem, sitting, options.rounds)
    write(options.out, facts | {"queries": options.queries, "left_out": absent, "contenders": contenders})


def run_worker(options: argparse.Namespace) -> None:
    """Measures one contender."""
    work = Work(options.work)
    graph = GraphParameters(options.M, options.ef_construction)
    widths = [int(text) for text in options.efs.split(",")] if options.efs else None
    if options.exact:
        result = measure.measure_exact(work, options.threads)
    elif options.build_threads:
        result = measure.measure_build(options.contender, work, graph, options.build_threads)
    else:
        result = measure.measure(options.contender, work, graph, widths, options.two_threads)
    write(options.out, result)


def write(path: Path, result: dict) -> None:
    """Writes the JSON whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    partial.write_text(json.dumps(result, indent=1) + "\n")
    partial.replace(path)


def main() -> None:
    options = parsed()
    try:
        if options.command == "run":
            run_sitting(options)
        else:
            run_worker(options)
    except (ValueError, OSError) as error:
        sys.exit(f"bench: {error}")


if __name__ == "__main__":
    main()
