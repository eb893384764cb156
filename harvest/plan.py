"""What to ask next, decided from what is known. Pure: no file, no network, no clock."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from kb.raw import Reach

T = TypeVar("T")


def wanted(pmids: Iterable[int], last_read: Mapping[int, str], not_before: str) -> list[int]:
    """PMIDs never read, or read last before ``not_before``; in the order given, each once."""
    return [pmid for pmid in dict.fromkeys(pmids) if last_read.get(pmid, "") < not_before]


def batches(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


class Span(NamedTuple):
    """A range of UIDs, both ends in it."""

    low: int
    high: int


# How full a range is planned to be, so that what was not foreseen still finds room.
FULL = 0.9


def spans(span: Span, count: int, sample: Sequence[int], most: int) -> list[Span]:
    """Divide a range of UIDs that holds ``count`` papers into ranges that should each hold fewer
    than ``most``; together they are the whole range.

    ``sample`` is what a search gave of them. PubMed gives the newest first, so it tells how densely
    the upper end is filled, and the ranges below are cut as if all were. Where that leads out of
    the range, the sample is no upper end, and equal ranges are cut.
    """
    low, high = min(sample), min(span.high, max(sample))
    parts = math.ceil(count / (FULL * most))
    width = FULL * most * (high - low + 1) / len(sample)
    if high - (parts - 1) * width < span.low:
        parts = math.ceil(parts / FULL**3)
        width = (high - span.low + 1) / parts
    cuts = dict.fromkeys(round(high - part * width) for part in range(1, parts))
    inside = [cut for cut in cuts if span.low <= cut < span.high]
    tops = [span.high, *(inside or [(span.low + span.high) // 2])]
    bottoms = [*(top + 1 for top in tops[1:]), span.low]
    return [Span(low, high) for low, high in zip(bottoms, tops, strict=True)]


class Link(NamedTuple):
    """A paper and one that it cites (``direction`` references) or that cites it (cited-by)."""

    paper: int
    linked: int
    source: str
    direction: str


def expand(frontier: Iterable[Reach], links: Iterable[Link]) -> list[Reach]:
    """Papers one hop further, along the links of the papers of the frontier."""
    by_paper: dict[int, list[Link]] = {}
    for link in links:
        if link.paper != link.linked:
            by_paper.setdefault(link.paper, []).append(link)
    return [
        Reach(step.seed, link.linked, str(step.pmid), step.hop + 1, link.source, link.direction)
        for step in frontier
        for link in by_paper.get(step.pmid, ())
    ]


def frontier(steps: Iterable[Reach], visited: Collection[tuple[str, int]]) -> list[Reach]:
    """Of each seed and paper that were not visited, one step: the first that leads there."""
    first: list[Reach] = []
    taken: dict[str, set[int]] = defaultdict(set)
    for step in steps:
        if step.pmid not in taken[step.seed] and (step.seed, step.pmid) not in visited:
            taken[step.seed].add(step.pmid)
            first.append(step)
    return first


def settled(before: str | None, now: str) -> str:
    """The one outcome of a PMID met twice in a run.

    A deletion holds until a later record; else what was stored counts before what was there
    already, and either before a copy that was damaged or filtered out.
    """
    if before is None or now == "withdrawn":
        return now
    rank = ("stored", "unchanged", "withdrawn", "failed", "filtered")
    return min(before, now, key=rank.index)


@dataclass(frozen=True)
class Estimate:
    """Requests that a job will need at least: hits of searches and further hops add to it."""

    searches: int
    pmids: int
    fetches: int
    links: int

    @property
    def requests(self) -> int:
        return self.searches + self.fetches + self.links

    def seconds(self, per_second: int) -> int:
        return math.ceil(self.requests / per_second)
