"""What the benchmark asks of a library, whatever its own interface looks like."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .work import K

GRAPH_WIDTHS = (10, 12, 16, 20, 24, 28, 32, 40, 48, 56, 64, 80, 96, 128, 192, 256, 384, 512, 768)
LIST_WIDTHS = (1, 2, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512)


@dataclass(frozen=True)
class GraphParameters:
    """How a graph is built; every library gets the same two."""

    M: int = 16
    efConstruction: int = 200


class Contender(ABC):
    """One library in one number format. Ids are row numbers of the base; vectors have length 1."""

    widths: Sequence[int] = GRAPH_WIDTHS
    has_graph = True  # else `--efs` does not apply
    k = K

    def __init__(self, graph: GraphParameters) -> None:
        self.graph = graph
        self.threads = 1

    @property
    def parameters(self) -> str:
        """What the figures were taken with, for the table."""
        return f"M {self.graph.M}, efConstruction {self.graph.efConstruction}"

    @abstractmethod
    def build(self, base: np.ndarray) -> None:
        """Indexes the base with `self.threads` threads."""

    @abstractmethod
    def set_width(self, width: int) -> None:
        """Sets efSearch, or what the library has in its place."""

    @abstractmethod
    def search(self, queries: np.ndarray) -> np.ndarray:
        """The ids found for each row, searched in one call with `self.threads` threads."""

    def search_one(self, query: np.ndarray) -> object:
        """Searches for a single row of shape (1, dimension); the result is the library's own."""
        return self.search(query)

    def set_threads(self, threads: int) -> None:
        """Threads of the builds and searches to come."""
        self.threads = threads

    @abstractmethod
    def save(self, folder: Path) -> None:
        """Writes the index into an empty folder, for its size."""
