"""FAISS's graphs and its inverted lists as contenders. FAISS is imported only when one is made."""

from pathlib import Path
from typing import Any

import numpy as np

from .contender import LIST_WIDTHS, Contender, GraphParameters


class FaissIndex(Contender):
    """What all of FAISS's kinds share."""

    refine = 0  # results fetched a result wanted, compared again on the floats; 0: not compared again

    def make(self, dimension: int, count: int) -> Any:
        """An empty index of this kind."""
        raise NotImplementedError

    def build(self, base: np.ndarray) -> None:
        import faiss

        faiss.omp_set_num_threads(self.threads)
        self.inner = self.make(base.shape[1], len(base))
        self.index = self.inner
        if self.refine:
            self.index = faiss.IndexRefineFlat(self.inner)
            self.index.k_factor = self.refine
        self.index.train(base)
        self.index.add(base)

    def set_threads(self, threads: int) -> None:
        import faiss

        self.threads = threads
        faiss.omp_set_num_threads(threads)

    def search(self, queries: np.ndarray) -> np.ndarray:
        return self.index.search(queries, self.k)[1]

    def save(self, folder: Path) -> None:
        import faiss

        faiss.write_index(self.index, str(folder / "index"))


class FaissHNSW(FaissIndex):
    """HNSW over floats, or over one of FAISS's scalar quantizers (`QT_…`)."""

    def __init__(self, graph: GraphParameters, quantizer: str | None = None, refine: int = 0) -> None:
        super().__init__(graph)
        self.quantizer = quantizer
        self.refine = refine

    def make(self, dimension: int, count: int) -> Any:
        import faiss

        if self.quantizer is None:
            index = faiss.IndexHNSWFlat(dimension, self.graph.M, faiss.METRIC_INNER_PRODUCT)
        else:
            kind = getattr(faiss.ScalarQuantizer, self.quantizer)
            index = faiss.IndexHNSWSQ(dimension, kind, self.graph.M, faiss.METRIC_INNER_PRODUCT)
        index.hnsw.efConstruction = self.graph.efConstruction
        return index

    def set_width(self, width: int) -> None:
        self.inner.hnsw.efSearch = width


class FaissNSG(FaissIndex):
    """A navigating spreading-out graph of degree 2 M, by L2, which orders vectors of length 1 alike."""

    def __init__(self, graph: GraphParameters, quantizer: str | None = None, refine: int = 0) -> None:
        super().__init__(graph)
        self.quantizer = quantizer
        self.refine = refine

    @property
    def parameters(self) -> str:
        return f"degree {2 * self.graph.M}"

    def make(self, dimension: int, count: int) -> Any:
        import faiss

        degree = 2 * self.graph.M
        if self.quantizer is None:
            return faiss.IndexNSGFlat(dimension, degree)
        return faiss.IndexNSGSQ(dimension, getattr(faiss.ScalarQuantizer, self.quantizer), degree)

    def set_width(self, width: int) -> None:
        self.inner.nsg.search_L = width


class FaissLists(FaissIndex):
    """Inverted lists over a code; the width is the number of lists that are looked through."""

    has_graph = False

    def __init__(self, graph: GraphParameters, code: str, refine: int = 0) -> None:
        super().__init__(graph)
        self.code = code
        self.refine = refine

    @property
    def parameters(self) -> str:
        return f"4 √n lists, {self.code}"

    def make(self, dimension: int, count: int) -> Any:
        import faiss

        lists = int(4 * count**0.5)
        self.widths = [width for width in LIST_WIDTHS if width <= lists]
        code = self.code.format(half=dimension // 2)
        index = faiss.index_factory(dimension, f"IVF{lists},{code}", faiss.METRIC_INNER_PRODUCT)
        index.cp.min_points_per_centroid = 1  # small sets are for trying the benchmark; the warning is noise
        return index

    def set_width(self, width: int) -> None:
        self.inner.nprobe = width
