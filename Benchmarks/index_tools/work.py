"""What every contender is asked: a folder with the base, the queries and the true neighbours, and recall."""

import json
from pathlib import Path

import numpy as np

K = 10
BLOCK = 250  # queries compared with the whole base at once
ROUNDING = 1e-6  # two similarities closer than this are one


class WorkError(ValueError):
    """Why the vectors cannot be used, in words."""


def unit_rows(rows: np.ndarray, offset: int) -> np.ndarray:
    """A float32 copy of rows, each of length 1; `offset` is the first one's number, for the error."""
    copy = np.array(rows, np.float32, order="C")
    lengths = np.linalg.norm(copy, axis=1)
    wrong = np.flatnonzero(~np.isfinite(lengths) | (lengths == 0))
    if len(wrong):
        raise WorkError(f"row {offset + wrong[0]} is zero or not finite; cosine needs a direction")
    return copy / lengths[:, None]


def nearest(base: np.ndarray, queries: np.ndarray, block: int = BLOCK) -> np.ndarray:
    """Ids of the K nearest rows of each query by inner product, nearest first: sgemm and argpartition."""
    truth = np.empty((len(queries), K), np.int32)
    for start in range(0, len(queries), block):
        similarity = queries[start : start + block] @ base.T
        part = np.argpartition(similarity, -K, axis=1)[:, -K:]
        order = np.argsort(-np.take_along_axis(similarity, part, 1), axis=1)
        truth[start : start + block] = np.take_along_axis(part, order, 1)
    return truth


def prepare(data: Path, folder: Path, count: int | None, query_count: int) -> None:
    """Writes base.npy, queries.npy and truth.npy, unless the folder already holds just these.

    The base is the first `count` rows of `data`, the queries are its last rows; all are scaled to length 1.
    """
    rows = np.load(data, mmap_mode="r")
    if rows.ndim != 2:
        raise WorkError(f"{data.name} is not a matrix; its shape is {rows.shape}")
    count = len(rows) - query_count if count is None else count
    if count < K or count + query_count > len(rows):
        raise WorkError(
            f"{count} vectors and {query_count} queries do not fit {len(rows)} rows of {data.name}"
        )
    made_from = {
        "data": data.name,
        "bytes": data.stat().st_size,
        "modified": data.stat().st_mtime_ns,
        "count": count,
        "queries": query_count,
    }
    stamp = folder / "work.json"
    if stamp.exists() and json.loads(stamp.read_text()) == made_from:
        return
    folder.mkdir(parents=True, exist_ok=True)
    stamp.unlink(missing_ok=True)
    base = unit_rows(rows[:count], 0)
    queries = unit_rows(rows[len(rows) - query_count :], len(rows) - query_count)
    for name, array in (("base", base), ("queries", queries), ("truth", nearest(base, queries))):
        np.save(folder / f"{name}.npy", array)
    stamp.write_text(json.dumps(made_from))


class Work:
    """A prepared folder, read."""

    def __init__(self, folder: Path) -> None:
        self.base: np.ndarray = np.load(folder / "base.npy")
        self.queries: np.ndarray = np.load(folder / "queries.npy")
        truth = np.load(folder / "truth.npy")
        self.thresholds = (
            np.einsum("qd,qd->q", self.queries, self.base[truth[:, -1]], dtype=np.float64) - ROUNDING
        )

    def recall(self, found: np.ndarray) -> float:
        """Mean recall@10. A result counts once, and if it is as near as the true tenth, so that of equal
        vectors any may be returned; `Benchmarks/Index/IndexWork.swift` counts alike for ours."""
        ids = np.sort(np.asarray(found).astype(np.int64), axis=1)
        counts = (ids >= 0) & (ids < len(self.base))
        counts[:, 1:] &= ids[:, 1:] != ids[:, :-1]
        hits = 0
        for query, threshold, row, is_new in zip(self.queries, self.thresholds, ids, counts):
            hits += int(np.sum(self.base[row[is_new]].astype(np.float64) @ query >= threshold))
        return hits / (K * len(self.queries))
