"""How often two things meet: works that are cited together, papers that cite the same, topics and
authors of the same papers. Pure, on sparse matrices.

The pairs of a large graph fill more memory than the graph a hundred times over, so they come in
blocks of rows, each cut to bound what it takes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

Works = NDArray[np.int32]  # positions, as scipy keeps them

# Meetings that are counted in one block, each of some 12 bytes.
BLOCK = 1_000_000


class Pairs(NamedTuple):
    """Pairs of positions, the first lower than the second, and how often each meets."""

    first: Works
    second: Works
    weight: Works


def incidence(
    rows: Sequence[str], columns: Sequence[str], pairs: Iterable[tuple[str, str]]
) -> csr_array:
    """Matrix over ``rows`` and ``columns`` with a 1 for each of the pairs, given once or more."""
    row = {name: number for number, name in enumerate(rows)}
    column = {name: number for number, name in enumerate(columns)}
    ends = {(row[a], column[b]) for a, b in pairs}
    places = np.array(sorted(ends), dtype=np.int32).reshape(-1, 2)
    ones = np.ones(len(places), dtype=np.int32)
    return csr_array((ones, (places[:, 0], places[:, 1])), shape=(len(rows), len(columns)))


def coupled(matrix: csr_array, least: int = 1, block: int = BLOCK) -> Iterator[Pairs]:
    """Pairs of rows by how many columns they share, ``least`` or more; in order.

    Of citations: bibliographic coupling, the references that two works have in common.
    """
    shared = matrix.T.tocsr()
    for start, end in _blocks(matrix @ np.diff(shared.indptr), block):
        meetings = matrix[start:end] @ shared
        first = np.repeat(np.arange(start, end, dtype=np.int32), np.diff(meetings.indptr))
        kept = (meetings.indices > first) & (meetings.data >= least)
        yield _in_order(start, first[kept], meetings.indices[kept], meetings.data[kept])


def cocited(matrix: csr_array, least: int = 1, block: int = BLOCK) -> Iterator[Pairs]:
    """Pairs of columns by how many rows they share: of citations, co-citation, the works that cite
    both. In order."""
    return coupled(matrix.T.tocsr(), least, block)


def _blocks(work: NDArray[np.int64], block: int) -> Iterator[tuple[int, int]]:
    """Ranges of rows that take about ``block`` meetings each, one row at least."""
    done, start = np.cumsum(work), 0
    while start < len(work):
        before = done[start - 1] if start else 0
        end = max(start + 1, int(np.searchsorted(done, before + block, side="right")))
        yield start, end
        start = end


def _in_order(start: int, first: Works, second: Works, weight: Works) -> Pairs:
    """``first`` is in order already, from ``start`` on."""
    if first.size:
        ends = np.concatenate([[0], np.cumsum(np.bincount(first - start))])
        shape = (len(ends) - 1, int(second.max()) + 1)
        ordered = csr_array((weight, second, ends), shape=shape)
        ordered.sort_indices()
        second, weight = ordered.indices, ordered.data
    return Pairs(first, second, weight)
