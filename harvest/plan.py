"""What to ask next, decided from what is known. Pure: no file, no network, no clock."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from kb.raw import Reach

T = TypeVar("T")


def wanted(pmids: Iterable[int], last_read: Mapping[int, str], not_before: str) -> list[int]:
    """PMIDs never read, or read last before ``not_before``; in the order given, each once."""
    return [pmid for pmid in dict.fromkeys(pmids) if last_read.get(pmid, "") < not_before]


def batches(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def expand(
    frontier: Iterable[Reach],
    references: Mapping[int, Collection[int]],
    citing: Mapping[int, Collection[int]],
) -> list[Reach]:
    """Papers one hop further: those that the papers of the frontier cite, and those that cite them.

    Both maps go from a paper of the frontier to PMIDs; a paper that they lack leads nowhere.
    """
    ways = ((references, "references"), (citing, "elink"))
    return [
        Reach(step.seed, pmid, str(step.pmid), step.hop + 1, source)
        for step in frontier
        for linked, source in ways
        for pmid in linked.get(step.pmid, ())
        if pmid != step.pmid
    ]


def frontier(steps: Iterable[Reach], visited: Collection[tuple[str, int]]) -> list[Reach]:
    """Of each seed and paper that were not visited, one step: the first that leads there."""
    first: dict[tuple[str, int], Reach] = {}
    for step in steps:
        if (step.seed, step.pmid) not in visited:
            first.setdefault((step.seed, step.pmid), step)
    return list(first.values())


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
