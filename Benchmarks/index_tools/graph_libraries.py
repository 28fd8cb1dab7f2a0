"""hnswlib, usearch, voyager and SVS as contenders. Each is imported only when it is made."""

from pathlib import Path

import numpy as np

from .contender import Contender, GraphParameters


class HNSWLib(Contender):
    """hnswlib; floats."""

    def build(self, base: np.ndarray) -> None:
        import hnswlib

        self.index = hnswlib.Index("ip", base.shape[1])
        self.index.init_index(len(base), M=self.graph.M, ef_construction=self.graph.efConstruction)
        self.index.add_items(base, num_threads=self.threads)

    def set_width(self, width: int) -> None:
        self.index.set_ef(width)

    def search(self, queries: np.ndarray) -> np.ndarray:
        return self.index.knn_query(queries, self.k, num_threads=self.threads)[0]

    def save(self, folder: Path) -> None:
        self.index.save_index(str(folder / "index"))


class USearch(Contender):
    """usearch in one of its number formats; it does not search again on the floats."""

    def __init__(self, graph: GraphParameters, dtype: str) -> None:
        super().__init__(graph)
        self.dtype = dtype

    def build(self, base: np.ndarray) -> None:
        from usearch.index import Index

        self.index = Index(
            ndim=base.shape[1],
            metric="cos",
            dtype=self.dtype,
            connectivity=self.graph.M,
            expansion_add=self.graph.efConstruction,
        )
        self.index.add(np.arange(len(base)), base, threads=self.threads)

    def set_width(self, width: int) -> None:
        self.index.expansion_search = width

    def search(self, queries: np.ndarray) -> np.ndarray:
        return self.index.search(queries, self.k, threads=self.threads).keys

    def search_one(self, query: np.ndarray) -> object:
        return self.index.search(query[0], self.k, threads=1)

    def save(self, folder: Path) -> None:
        self.index.save(str(folder / "index"))


class Voyager(Contender):
    """voyager; `dtype` is the name of one of its storage types."""

    def __init__(self, graph: GraphParameters, dtype: str) -> None:
        super().__init__(graph)
        self.dtype = dtype

    def build(self, base: np.ndarray) -> None:
        import voyager

        self.index = voyager.Index(
            voyager.Space.Cosine,
            num_dimensions=base.shape[1],
            M=self.graph.M,
            ef_construction=self.graph.efConstruction,
            storage_data_type=getattr(voyager.StorageDataType, self.dtype),
        )
        self.index.add_items(base, num_threads=self.threads)

    def set_width(self, width: int) -> None:
        self.index.ef = width

    def search(self, queries: np.ndarray) -> np.ndarray:
        return self.index.query(queries, self.k, num_threads=self.threads)[0].astype(np.int64)

    def search_one(self, query: np.ndarray) -> object:
        return self.index.query(query[0], self.k)

    def save(self, folder: Path) -> None:
        self.index.save(str(folder / "index"))


class SVS(Contender):
    """Intel's Vamana graph of degree 2 M. `kind` is float32, float16, int8 or an LVQ or LeanVec loader.

    int8 is ours to scale, SVS having no scalar quantizer here: all components by one factor, queries too,
    which keeps the order of inner products but for rounding.
    """

    def __init__(self, graph: GraphParameters, kind: str) -> None:
        super().__init__(graph)
        self.kind = kind
        self.factor = 1.0

    @property
    def parameters(self) -> str:
        return f"degree {2 * self.graph.M}, window {self.graph.efConstruction}, alpha 0.95"

    def build(self, base: np.ndarray) -> None:
        import svs

        settings = svs.VamanaBuildParameters(
            graph_max_degree=2 * self.graph.M, window_size=self.graph.efConstruction, alpha=0.95
        )
        if self.kind == "int8":
            self.factor = 127 / float(np.abs(base).max())
        self.index = svs.Vamana.build(
            settings, self.data(base), svs.DistanceType.MIP, num_threads=self.threads
        )

    def data(self, base: np.ndarray) -> object:
        """The base as the kind wants it: an array, or a loader of a compressed form."""
        if self.kind in ("float32", "float16", "int8"):
            return self.coded(base)
        import tempfile

        import svs

        folder = Path(tempfile.mkdtemp(prefix="svs-"))
        svs.write_vecs(base, str(folder / "base.fvecs"))
        svs.convert_vecs_to_svs(str(folder / "base.fvecs"), str(folder / "base.svs"), svs.DataType.float32)
        plain = svs.VectorDataLoader(str(folder / "base.svs"), svs.DataType.float32, dims=base.shape[1])
        if self.kind == "LeanVec":
            return svs.LeanVecLoader(
                plain,
                leanvec_dims=base.shape[1] // 2,
                primary_kind=svs.LeanVecKind.lvq8,
                secondary_kind=svs.LeanVecKind.lvq8,
            )
        primary, residual = self.kind.removeprefix("LVQ").split("x")
        return svs.LVQLoader(plain, primary=int(primary), residual=int(residual))

    def coded(self, rows: np.ndarray) -> np.ndarray:
        """Vectors or queries in the index's number format."""
        if self.kind == "int8":
            return np.clip(np.rint(rows * self.factor), -127, 127).astype(np.int8)
        return rows.astype(np.float16) if self.kind == "float16" else rows

    def set_width(self, width: int) -> None:
        self.index.search_window_size = max(width, self.k)

    def set_threads(self, threads: int) -> None:
        self.threads = threads
        if hasattr(self, "index"):
            self.index.num_threads = threads

    def search(self, queries: np.ndarray) -> np.ndarray:
        return self.index.search(self.coded(queries), self.k)[0].astype(np.int64)

    def save(self, folder: Path) -> None:
        self.index.save(*(str(folder / part) for part in ("config", "graph", "data")))
