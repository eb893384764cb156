"""The main path of a citation graph, by search path count, in exact integers.

Hummon & Doreian (1989) count for each citation the paths that run through it, from works that
nobody cites down to works that cite nobody; Batagelj (2003) gives the way to count in one pass. The
main path is the one of all these paths whose counts add up to most (the critical path). Counts
reach 55 digits and more in a large graph, so that neither 64 bits nor floating point can hold them.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from kb.graphs.graph import Floats, Positions, out_of

Integers = NDArray[np.object_]  # Python's own, which have no largest


# What floating point can hold, and within what part of the best a sum may be the best: far more
# than rounding can shift it.
LARGEST_FLOAT = 10**300
NEAR = 1 - 1e-9


class PathCounts(NamedTuple):
    """How many ways lead from works that nobody cites to each work, and from it to works that cite
    nobody. A citation lies on ``down[citing] * up[cited]`` paths."""

    down: Integers
    up: Integers


class MainPath(NamedTuple):
    """``works`` are positions, the newest first, and ``counts`` those of the citations between
    them; ``paths`` is how many paths there are; ``dropped`` are the citations, as (citing, cited),
    that were left out because they lie on a cycle."""

    works: list[int]
    counts: list[int]
    paths: int
    dropped: list[tuple[int, int]]


def main_path(matrix: csr_array) -> MainPath:
    """The main path; of several that add up to the same, the one through the works cited by most,
    then that of the lower positions. No works where nothing cites anything."""
    links, dropped = acyclic(matrix)
    layers = levels(links)
    counts = path_counts(links, layers)
    sums = _sums(links, layers, counts)
    works = _followed(links, counts, sums) if links.nnz else []
    steps = pairwise(works)
    ends = np.flatnonzero((np.diff(links.indptr) == 0) & (_cited_by(links) > 0))
    return MainPath(
        works,
        [counts.down[citing] * counts.up[cited] for citing, cited in steps],
        sum(counts.down[ends].tolist()),
        dropped,
    )


def acyclic(matrix: csr_array) -> tuple[csr_array, list[tuple[int, int]]]:
    """The citations that lie on no cycle, and those that do.

    Works that cite each other in a circle, as papers of one issue or versions of one paper do, have
    no order in time; a work that cites itself is the smallest circle.
    """
    _, circle = connected_components(matrix, directed=True, connection="strong")
    citing = np.repeat(np.arange(matrix.shape[0], dtype=np.int32), np.diff(matrix.indptr))
    cyclic = circle[citing] == circle[matrix.indices]
    if not cyclic.any():
        return matrix, []
    ends = citing[~cyclic], matrix.indices[~cyclic]
    links = csr_array((matrix.data[~cyclic], ends), shape=matrix.shape)
    return links, list(zip(citing[cyclic].tolist(), matrix.indices[cyclic].tolist(), strict=True))


def levels(links: csr_array) -> list[Positions]:
    """All works in layers, of which each is cited from those before it alone. No cycles."""
    waiting = _cited_by(links)
    layer = np.flatnonzero(waiting == 0)
    layers = []
    while layer.size:
        layers.append(layer)
        _, cited = out_of(links, layer)
        np.subtract.at(waiting, cited, 1)
        layer = np.unique(cited[waiting[cited] == 0])
    return layers


def path_counts(links: csr_array, layers: Sequence[Positions]) -> PathCounts:
    """Ways down to each work and on from it; ``layers`` are those of ``levels``."""
    return PathCounts(_summed(links.T.tocsr(), layers), _summed(links, [*reversed(layers)]))


def search_path_counts(links: csr_array) -> list[int]:
    """The count of each citation, in the order of the matrix. No cycles."""
    counts = path_counts(links, levels(links))
    citing = np.repeat(np.arange(links.shape[0]), np.diff(links.indptr))
    return list(counts.down[citing] * counts.up[links.indices])


def _summed(links: csr_array, layers: Sequence[Positions]) -> Integers:
    """For each work the sum over the works it leads to, which come in earlier layers; 1 at an
    end."""
    counts: Integers = np.full(links.shape[0], 1, dtype=object)
    for layer in layers:
        linked, _, others, starts = _rows(links, layer)
        if linked.size:
            counts[linked] = np.add.reduceat(counts[others], starts)
    return counts


def _sums(links: csr_array, layers: Sequence[Positions], counts: PathCounts) -> Integers:
    """The most that the counts of a path from each work on can add up to.

    Where floating point can hold the sums, it tells first which ways on cannot be the best; among
    the few that can the exact sums decide.
    """
    sums: Integers = np.full(links.shape[0], 0, dtype=object)
    largest = counts.down.max(initial=0) * counts.up.max(initial=0) * len(layers)
    rough = _Rough(*map(_floats, (*counts, sums))) if largest < LARGEST_FLOAT else None
    for layer in reversed(layers):
        linked, citing, cited, starts = _rows(links, layer)
        if linked.size:
            if rough:
                about = rough.down[citing] * rough.up[cited] + rough.sums[cited]
                best = np.maximum.reduceat(about, starts)
                near = about >= NEAR * np.repeat(best, np.diff(starts, append=citing.size))
                citing, cited = citing[near], cited[near]
                starts = np.searchsorted(citing, linked)
            exact = counts.down[citing] * counts.up[cited] + sums[cited]
            sums[linked] = np.maximum.reduceat(exact, starts)
            if rough:
                rough.sums[linked] = _floats(sums[linked])
    return sums


class _Rough(NamedTuple):
    down: Floats
    up: Floats
    sums: Floats


def _floats(counts: Integers) -> Floats:
    return counts.astype(np.float64)


def _rows(
    links: csr_array, layer: Positions
) -> tuple[Positions, Positions, NDArray[np.int32], Positions]:
    """The works of a layer that link to others; their links, both ends; where those of each
    begin."""
    linked = layer[links.indptr[layer] < links.indptr[layer + 1]]
    source, others = out_of(links, linked)
    return linked, linked[source], others, np.searchsorted(source, np.arange(linked.size))


def _followed(links: csr_array, counts: PathCounts, sums: Integers) -> list[int]:
    cited_by = _cited_by(links)

    def best(works: Any, reached: Integers) -> int:
        most = np.flatnonzero(reached == reached.max())
        return int(min(works[most], key=lambda work: (-cited_by[work], work)))

    starts = np.flatnonzero(cited_by == 0)
    path = [best(starts, sums[starts])]
    while (cited := links.indices[slice(*links.indptr[path[-1] : path[-1] + 2])]).size:
        path.append(best(cited, counts.down[path[-1]] * counts.up[cited] + sums[cited]))
    return path


def _cited_by(links: csr_array) -> Positions:
    return np.bincount(links.indices, minlength=links.shape[0])
