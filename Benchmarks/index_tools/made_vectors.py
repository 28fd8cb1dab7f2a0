"""Vectors made by a recipe, shaped as text embeddings are, for sizes and oddities that no text at hand has.

A row is *m* + √*s* · centre + √(1 − *s*) · noise, turned by one random rotation:

- *m* is one vector shared by all rows, of length `mean`: embeddings of one model lean one way;
- the centre is one of `clusters`; the share of cluster *c* falls as 1 / (*c* + 10): topics are of unequal
  size;
- *s*, drawn anew for each row between `closeness`' ends, is how much of a row is its topic: two rows of a
  topic have a cosine near √(*s*₁ *s*₂);
- centre and noise are normal with variances falling as *i*^−`decay`: few directions carry most of the
  variance. The effective dimension is (Σ λ)² / Σ λ², for 1024 dimensions and a decay of 0.85 about 80.

The standard recipe was fitted to the embedded sentences of `make-vectors debian`: the cosines of a query with
its first, tenth, hundredth and median row are near 0.69, 0.55, 0.44 and 0.12 there, at 40,000 rows.

The last rows are queries; a share `far` of them has *s* = 0 and so is far from every topic.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

BLOCK = 8192


@dataclass(frozen=True)
class Recipe:
    """Everything the vectors depend on: the same recipe makes the same file."""

    count: int = 101_000  # rows, queries included
    dimension: int = 384
    queries: int = 1000  # rows at the end that are to be asked, not indexed
    clusters: int = 2000
    decay: float = 0.65
    closeness: tuple[float, float] = (0.2, 0.8)
    mean: float = 0.35
    far: float = 0.0  # share of queries outside every cluster
    duplicates: float = 0.0  # share of the indexed rows that repeat an earlier one exactly
    sorted: bool = False  # rows come cluster by cluster: the worst order to insert in
    seed: int = 1

    def validate(self) -> None:
        """Refuses what cannot be made."""
        if not 0 < self.queries < self.count:
            raise ValueError(
                f"{self.queries} queries of {self.count} rows: at least one of each must be left"
            )
        if not (0 <= self.far <= 1 and 0 <= self.duplicates < 1):
            raise ValueError(f"shares are between 0 and 1: far {self.far}, duplicates {self.duplicates}")
        if self.dimension < 2 or self.clusters < 1:
            raise ValueError(f"dimension {self.dimension}, clusters {self.clusters}: too small")


HARD = Recipe(dimension=1024, decay=0.85, closeness=(0.1, 0.7), mean=0.0, far=0.2)


class Maker:
    """Draws rows by a recipe, block by block."""

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe
        self.random = np.random.default_rng(recipe.seed)
        variances = np.arange(1, recipe.dimension + 1) ** -recipe.decay
        self.scales = np.sqrt(variances / variances.sum()).astype(np.float32)
        self.effective_dimension = float(variances.sum() ** 2 / (variances**2).sum())
        self.rotation = np.linalg.qr(self.normal(recipe.dimension))[0]
        self.centres = self.normal(recipe.clusters) * self.scales
        direction = self.normal(1)[0]
        self.mean = recipe.mean * direction / np.linalg.norm(direction)
        weights = 1 / (np.arange(recipe.clusters) + 10)
        self.assigned = self.random.choice(recipe.clusters, recipe.count, p=weights / weights.sum())
        if recipe.sorted:
            self.assigned[: -recipe.queries].sort()

    def normal(self, rows: int) -> np.ndarray:
        """Standard normal rows."""
        return self.random.standard_normal((rows, self.recipe.dimension), dtype=np.float32)

    def block(self, start: int, end: int) -> np.ndarray:
        """Rows start..<end; blocks must be asked for in order."""
        share = self.random.uniform(*self.recipe.closeness, size=end - start).astype(np.float32)
        is_query = np.arange(start, end) >= self.recipe.count - self.recipe.queries
        share[is_query & (self.random.random(end - start) < self.recipe.far)] = 0
        rows = np.sqrt(share)[:, None] * self.centres[self.assigned[start:end]]
        rows += np.sqrt(1 - share)[:, None] * (self.normal(end - start) * self.scales)
        return rows @ self.rotation + self.mean


def write(recipe: Recipe, path: Path) -> dict[str, float]:
    """Writes the vectors block by block, so that they need not fit in memory; says what they are like."""
    maker = Maker(recipe)
    out = np.lib.format.open_memmap(path, "w+", np.float32, (recipe.count, recipe.dimension))
    for start in range(0, recipe.count, BLOCK):
        end = min(start + BLOCK, recipe.count)
        out[start:end] = maker.block(start, end)
        repeated = np.flatnonzero(maker.random.random(end - start) < recipe.duplicates) + start
        for row in repeated[(repeated > 0) & (repeated < recipe.count - recipe.queries)]:
            out[row] = out[maker.random.integers(row)]
    out.flush()
    return {"effective_dimension": round(maker.effective_dimension, 1)}
