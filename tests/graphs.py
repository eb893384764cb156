"""Citation graphs for tests, small ones from pairs and larger ones grown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import networkx
import numpy as np

from kb.graphs.coupling import incidence
from kb.graphs.graph import Matrix

Pair = tuple[str, str]


def matrix_of(works: Sequence[str], pairs: Iterable[Pair]) -> Matrix:
    return Matrix(list(works), incidence(works, works, pairs))


def networkx_of(works: Iterable[str], pairs: Iterable[Pair]) -> networkx.DiGraph[str]:
    graph: networkx.DiGraph[str] = networkx.DiGraph()
    graph.add_nodes_from(works)
    graph.add_edges_from(pairs)
    return graph


def grown(size: int, references: int, seed: int = 1) -> tuple[list[str], list[Pair]]:
    """Works in the order of their appearance, each citing earlier ones, the recent more often."""
    chance = np.random.default_rng(seed)
    works = [f"pmid:{10_000 + number}" for number in range(size)]
    ages = 1 + chance.exponential(size / 5, (size, references)).astype(int)
    pairs = {
        (works[citing], works[citing - age])
        for citing in range(size)
        for age in ages[citing].tolist()
        if age <= citing
    }
    return works, sorted(pairs)
