"""Measures of works in the citation graph. Pure: they take a sparse matrix and give arrays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array

from kb.graph import links

Row = tuple[str, float, int, int, None, None, None]


def rows(works: Sequence[str], pairs: Iterable[tuple[str, str]]) -> list[Row]:
    """Rows of the table ``metrics``, by work; ``pairs`` are the distinct (citing, cited).

    PageRank is rounded to 12 digits; betweenness, community and main path are not computed here.
    """
    ordered = sorted(works)
    matrix = links(ordered, pairs)
    ranks = pagerank(matrix).round(12).tolist()
    cited_by, cites = in_degree(matrix).tolist(), out_degree(matrix).tolist()
    return [
        (*measured, None, None, None)
        for measured in zip(ordered, ranks, cited_by, cites, strict=True)
    ]


def pagerank(
    matrix: csr_array, damping: float = 0.85, tolerance: float = 1e-12
) -> NDArray[np.float64]:
    """PageRank of each work; the ranks sum to 1. Empty for the empty matrix.

    As in networkx, a work that cites nothing passes its rank to all works alike and a
    self-citation counts as a citation. The iteration ends when the ranks together change by less
    than ``tolerance``; each step shrinks the change by ``damping``, so it does end.
    """
    size = matrix.shape[0]
    if not size:
        return np.zeros(0)
    cites = out_degree(matrix)
    dangling = cites == 0
    flow = (diags_array(1 / np.maximum(cites, 1)) @ matrix).T.tocsr()
    rank, change = np.full(size, 1 / size), 1.0
    while change >= tolerance:
        before = rank
        rank = damping * (flow @ before + before[dangling].sum() / size) + (1 - damping) / size
        change = np.abs(rank - before).sum()
    return rank


def in_degree(matrix: csr_array) -> NDArray[np.int64]:
    """How many works cite each work."""
    return np.asarray(matrix.sum(axis=0), dtype=np.int64)


def out_degree(matrix: csr_array) -> NDArray[np.int64]:
    """How many works each work cites."""
    return np.asarray(matrix.sum(axis=1), dtype=np.int64)
