"""Measures of works in the citation graph. Pure: they take a sparse matrix and give arrays."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from kb.graphs.graph import Floats, Matrix, Positions, out_of
from kb.graphs.mainpath import MainPath
from kb.graphs.peeling import cores, undirected
from kb.tables.corpus import MetricsRow

# Citations that are followed for betweenness in all: some seconds. Where the works that cite
# number so many that following all would take more, a sample of them has to do.
MOST_FOLLOWED = 300_000_000
# Citations that are followed side by side, which bounds the memory.
AT_ONCE = 2_000_000
SEED = 1
DIGITS = 12


class Betweenness(NamedTuple):
    """The share of shortest paths that run through each work, and from how many of the ``citing``
    works, those that cite others, it was found: exact where from all."""

    shares: Floats
    sources: int
    citing: int


def rows(
    graph: Matrix,
    is_paper: NDArray[np.bool_],
    between: Floats,
    partition: Positions,
    main_path: MainPath,
) -> Iterator[MetricsRow]:
    """Rows of the table ``metrics``, by work; ``is_paper`` tells which were harvested."""
    links = graph.links
    place = {work: number for number, work in enumerate(main_path.works, start=1)}
    on_cycle = {work for pair in main_path.dropped for work in pair}
    measured = (
        graph.works,
        pagerank(links).round(DIGITS).tolist(),
        in_degree(links).tolist(),
        (is_paper.astype(np.int64) @ links).tolist(),
        out_degree(links).tolist(),
        between.round(DIGITS).tolist(),
        partition.tolist(),
        cores(undirected(links)).tolist(),
    )
    for number, (work, rank, cited_by, papers, cites, share, community, core) in enumerate(
        zip(*measured, strict=True)
    ):
        on_path = place.get(number)
        yield MetricsRow(
            work=work,
            pagerank=rank,
            in_degree=cited_by,
            in_degree_local=papers,
            out_degree=cites,
            betweenness=share,
            community=community or None,
            on_main_path=int(on_path is not None),
            main_path_place=on_path,
            on_cycle=int(number in on_cycle),
            core=core,
        )


def pagerank(matrix: csr_array, damping: float = 0.85, tolerance: float = 1e-12) -> Floats:
    """PageRank of each work; the ranks sum to 1. Empty for the empty matrix.

    As in networkx, a work that cites nothing passes its rank to all works alike and a
    self-citation counts as a citation. What all works get alike changes no proportion, so that the
    rank is what a random reader brings who starts anywhere, follows citations, and leaves with a
    chance of 1 - ``damping`` at each step and for good at a work that cites nothing. In a graph of
    citations few steps get far. What is left out adds up to less than ``tolerance``.
    """
    size = matrix.shape[0]
    if not size:
        return np.zeros(0)
    passed = damping / np.maximum(out_degree(matrix), 1)
    followed = csr_array((np.ones(matrix.nnz), matrix.indices, matrix.indptr), shape=matrix.shape).T
    readers = np.ones(size)
    ranks = readers.copy()
    while readers.sum() > tolerance * size * (1 - damping):
        readers = followed @ (readers * passed)
        ranks += readers
    return np.asarray(ranks / ranks.sum())


def in_degree(matrix: csr_array) -> Positions:
    """How many works cite each work."""
    return np.bincount(matrix.indices, minlength=matrix.shape[1])


def out_degree(matrix: csr_array) -> Positions:
    """How many works each work cites."""
    return np.asarray(np.diff(matrix.indptr), dtype=np.int64)


def betweenness(matrix: csr_array, most_followed: int = MOST_FOLLOWED) -> Betweenness:
    """Betweenness in the directed graph (Brandes 2001), divided by (n - 1)(n - 2).

    Exact while following every citation from every citing work stays within ``most_followed``;
    else estimated from a sample of citing works drawn with a fixed seed (Brandes & Pich 2007).
    """
    size, citing = matrix.shape[0], np.flatnonzero(out_degree(matrix))
    sources = citing
    if citing.size * matrix.nnz > most_followed:
        count = max(1, min(citing.size, most_followed // matrix.nnz))
        drawn = np.random.default_rng(SEED).choice(citing.size, count, replace=False)
        sources = citing[np.sort(drawn)]
    depending = np.zeros(size)
    step = max(1, AT_ONCE // (size + matrix.nnz + 1))
    for start in range(0, sources.size, step):
        depending += _dependencies(matrix, sources[start : start + step])
    pairs = max(1, (size - 1) * (size - 2)) * max(1, sources.size)
    return Betweenness(depending * citing.size / pairs, sources.size, citing.size)


def _dependencies(matrix: csr_array, sources: Positions) -> Floats:
    """How much the shortest paths from some works depend on each work, summed over those works.

    Each source has the graph to itself: work ``w`` from source ``s`` stands at ``s * size + w``.
    """
    size = matrix.shape[0]
    own = np.arange(sources.size) * size
    reached = np.zeros(sources.size * size, dtype=bool)
    paths = np.zeros(sources.size * size)
    front = own + sources
    reached[front], paths[front] = True, 1
    steps = []
    while front.size:
        citing, cited = out_of(matrix, front % size)
        ends = front[citing], cited + (front - front % size)[citing]
        new = ~reached[ends[1]]
        before, after = ends[0][new], ends[1][new]
        np.add.at(paths, after, paths[before])
        steps.append((before, after))
        front = np.unique(after)
        reached[front] = True
    depends = np.zeros_like(paths)
    for before, after in reversed(steps):
        np.add.at(depends, before, paths[before] / paths[after] * (1 + depends[after]))
    depends[own + sources] = 0
    return np.asarray(depends.reshape(sources.size, size).sum(axis=0))
