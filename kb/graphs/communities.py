"""Communities of works that cite each other, and what to call them.

The Leiden algorithm (Traag, Waltman & van Eck 2019) at resolution 1, which makes modularity as
large as it can, in graspologic-native (docs/decisions/). Who cites whom does not matter to it, only
that two works are linked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import log
from textwrap import shorten
from typing import NamedTuple

import graspologic_native
import numpy as np
from scipy.sparse import csr_array

from kb.graphs.graph import Matrix, Positions
from kb.graphs.peeling import undirected

SEED = 1
ITERATIONS = 2
# One trial can end in a poor place and costs a second on a million links: the best of many is
# taken where they cost little.
TRIALS, LINKS_TRIED = 20, 2_000_000
# Topics in a name.
NAMED = 3
LONGEST_TEXT = 80


class Community(NamedTuple):
    """``topics`` are slugs, what tells it from the others first; ``hub`` is the work that most of
    its works cite."""

    community: int
    name: str
    size: int
    papers: int
    topics: tuple[str, ...]
    hub: str


def partition(matrix: csr_array) -> Positions:
    """The number of each work's community: 1 has the most works, of as many the one that has the
    lower position; 0 stands for works without a link to another. The same matrix gives the same
    partition."""
    links = undirected(matrix)
    numbers = np.zeros(matrix.shape[0], dtype=np.int64)
    linked = np.flatnonzero(np.diff(links.indptr))
    if linked.size:
        _, by_work = graspologic_native.leiden_csr(
            links.indptr.astype(np.int64),
            links.indices.astype(np.int32, copy=False),
            np.ones(links.nnz),
            matrix.shape[0],
            seed=SEED,
            iterations=ITERATIONS,
            trials=max(1, min(TRIALS, LINKS_TRIED // links.nnz)),
        )
        numbers[linked] = _by_size(np.array([by_work[work] for work in linked.tolist()]))
    return numbers


def _by_size(labels: Positions) -> Positions:
    _, first, number, size = np.unique(
        labels, return_index=True, return_inverse=True, return_counts=True
    )
    place = np.empty(len(size), dtype=np.int64)
    place[np.lexsort((first, -size))] = np.arange(1, len(size) + 1)
    return place[number]


def communities(
    graph: Matrix,
    partition: Positions,
    topics: Mapping[str, Sequence[str]],
    labels: Mapping[str, str],
    texts: Mapping[str, str],
) -> list[Community]:
    """What is to be told of each community, by number.

    ``topics`` are the slugs of each harvested paper by its work, ``labels`` their names, ``texts``
    the line that names a work. A community is called by the topics that set its papers apart, one
    without topics by its hub.
    """
    works, matrix = graph
    members: list[list[int]] = [[] for _ in range(int(partition.max(initial=0)) + 1)]
    for position, number in enumerate(partition.tolist()):
        members[number].append(position)
    everywhere = Counter(topic for slugs in topics.values() for topic in slugs)
    cited_by = _within(matrix, partition)
    told = []
    for number, inside in enumerate(members[1:], start=1):
        papers = [works[position] for position in inside if works[position] in topics]
        own = Counter(topic for paper in papers for topic in topics[paper])
        slugs = tuple(_telling(own, len(papers), everywhere, len(topics)))
        hub = works[min(inside, key=lambda position: (-cited_by[position], position))]
        name = ", ".join(labels[topic] for topic in slugs) or f"Around {_cut(texts[hub])}"
        told.append(Community(number, name, len(inside), len(papers), slugs, hub))
    return told


def _cut(text: str) -> str:
    """As much of a citation as a name has room for."""
    return shorten(text, LONGEST_TEXT, placeholder=" …")


def _within(matrix: csr_array, partition: Positions) -> Positions:
    """How many works of its own community cite each work."""
    citing = np.repeat(partition, np.diff(matrix.indptr))
    own = matrix.indices[citing == partition[matrix.indices]]
    return np.bincount(own, minlength=matrix.shape[0])


def _telling(own: Counter[str], papers: int, all_: Counter[str], all_papers: int) -> Iterable[str]:
    """The topics that hold of more of its papers than of papers at large: that which tells most
    (its papers times the logarithm of how many times as often), and those at least half as good."""
    scores = {
        topic: count * log(count * all_papers / (papers * all_[topic]))
        for topic, count in own.items()
    }
    best = max(scores.values(), default=0)
    least = min(best, best / 2)
    telling = [topic for topic in scores if scores[topic] >= least]
    return sorted(telling, key=lambda topic: (-scores[topic], -own[topic], topic))[:NAMED]
