"""Every peer by the name the table and the plot give it."""

import importlib.util
from collections.abc import Callable
from functools import partial

from .contender import Contender, GraphParameters
from .faiss_library import FaissHNSW, FaissLists, FaissNSG
from .graph_libraries import SVS, HNSWLib, USearch, Voyager

PEERS: dict[str, Callable[[GraphParameters], Contender]] = {
    "hnswlib f32": HNSWLib,
    "faiss HNSW f32": FaissHNSW,
    "faiss HNSW f16": partial(FaissHNSW, quantizer="QT_fp16"),
    "faiss HNSW bf16": partial(FaissHNSW, quantizer="QT_bf16"),
    "faiss HNSW SQ8": partial(FaissHNSW, quantizer="QT_8bit"),
    "faiss HNSW SQ8 + refine": partial(FaissHNSW, quantizer="QT_8bit", refine=3),
    "faiss HNSW SQ4 + refine": partial(FaissHNSW, quantizer="QT_4bit", refine=4),
    "faiss NSG f32": FaissNSG,
    "faiss NSG SQ8 + refine": partial(FaissNSG, quantizer="QT_8bit", refine=3),
    "faiss IVF-SQ8": partial(FaissLists, code="SQ8"),
    "faiss IVF-PQ4fs + refine": partial(FaissLists, code="PQ{half}x4fs", refine=10),
    "faiss IVF-RaBitQfs + refine": partial(FaissLists, code="RaBitQfs", refine=10),
    "svs Vamana f32": partial(SVS, kind="float32"),
    "svs Vamana f16": partial(SVS, kind="float16"),
    "svs Vamana int8": partial(SVS, kind="int8"),
    "svs Vamana LVQ8": partial(SVS, kind="LVQ8x0"),
    "svs Vamana LVQ4x8": partial(SVS, kind="LVQ4x8"),
    "svs Vamana LeanVec": partial(SVS, kind="LeanVec"),
    "usearch f32": partial(USearch, dtype="f32"),
    "usearch bf16": partial(USearch, dtype="bf16"),
    "usearch f16": partial(USearch, dtype="f16"),
    "usearch i8": partial(USearch, dtype="i8"),
    "voyager f32": partial(Voyager, dtype="Float32"),
    "voyager Float8": partial(Voyager, dtype="Float8"),
}


def library(name: str) -> str:
    """The Python module a peer belongs to."""
    return name.split()[0]


def chosen(only: str | None) -> list[str]:
    """The peers whose name begins with one of the names in `only`, which commas part; all if there is none.

    Raises ValueError for a name that no peer's begins with.
    """
    prefixes = tuple(part.strip() for part in (only or "").split(",") if part.strip())
    for prefix in prefixes:
        if not any(name.startswith(prefix) for name in PEERS):
            raise ValueError(f"no peer's name begins with {prefix!r}; there are {', '.join(PEERS)}")
    return [name for name in PEERS if not prefixes or name.startswith(prefixes)]


def missing_libraries(names: list[str]) -> list[str]:
    """Libraries among those of `names` that are not installed."""
    return sorted({library(name) for name in names if importlib.util.find_spec(library(name)) is None})
