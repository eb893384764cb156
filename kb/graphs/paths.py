"""The shortest citation paths between two works, and who states each citation on them.

Paths are found by networkx on citations alone; what names a work and vouches for a citation is read
for those on the paths that are shown.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from itertools import islice, pairwise
from pathlib import Path
from typing import NamedTuple, cast

import networkx

from kb.base import reading
from kb.errors import ConfigError
from kb.graphs.neighbourhood import links
from kb.graphs.works import Work, work_named, works_by_name

BASE_ID = "SELECT max(value) FROM meta WHERE key = 'base_id'"
SOURCES = "SELECT source FROM cites WHERE citing = ? AND cited = ? ORDER BY source"
PRINTED = """
SELECT r.position, r.text, r.method, r.score, r.reason
FROM reference_list r JOIN papers p USING (pmid) WHERE p.work = ? AND r.work = ? ORDER BY r.position
"""


class Paths(NamedTuple):
    """The shortest paths from ``start`` to ``end``: how many there are, and the first of them in
    the order of their works' identifiers. All are as long."""

    start: str
    end: str
    number: int
    first: tuple[tuple[str, ...], ...]

    @property
    def length(self) -> int:
        """Citations on each."""
        return len(self.first[0]) - 1


class PrintedReference(NamedTuple):
    """A line of a reference list, as printed, and how it was resolved to the cited work."""

    position: int
    text: str | None
    method: str
    score: float | None
    reason: str


class PathCitation(NamedTuple):
    """``sources`` say who states it; ``references`` are its lines in the citing paper's list."""

    citing: str
    cited: str
    sources: tuple[str, ...]
    references: tuple[PrintedReference, ...]


class Between(NamedTuple):
    """What lies between two works: paths of citations from the first to the second (``forth``),
    from the second to the first (``back``) and, where there are neither, those that take no heed of
    who cites whom (``either``). ``works`` and ``citations`` are all that are on the paths shown;
    ``base_id`` names the base that says so, where it has a name."""

    base_id: str | None
    start: str
    end: str
    forth: Paths | None
    back: Paths | None
    either: Paths | None
    works: Mapping[str, Work]
    citations: Mapping[tuple[str, str], PathCitation]


def read(base: Path, start: str, end: str, most: int) -> Between:
    """As ``between``, of a kb.db; raises what ``check_base`` raises too, and InputError where the
    base is damaged."""
    with reading(base) as db:
        return between(db, start, end, most)


def between(db: sqlite3.Connection, start: str, end: str, most: int) -> Between:
    """The first ``most`` shortest paths each way between two works by any of their identifiers.

    Raises ConfigError where both are one work, and what ``work_named`` raises.
    """
    a, b = work_named(db, start), work_named(db, end)
    if a == b:
        raise ConfigError(f"{start} and {end} are one work, {a}. Name two.")
    graph = links(db)
    forth, back = shortest(graph, a, b, most), shortest(graph, b, a, most)
    either = None
    if not (forth or back):
        either = shortest(graph.to_undirected(as_view=True), a, b, most)
    shown = [path for paths in (forth, back, either) if paths for path in paths.first]
    steps = {step for path in shown for step in pairwise(path)}
    if either:
        steps |= {step[::-1] for step in steps}
    works = works_by_name(db, {a, b, *(work for path in shown for work in path)})
    citations = {step: _stated(db, *step) for step in sorted(steps) if graph.has_edge(*step)}
    (base_id,) = db.execute(BASE_ID).fetchone()
    return Between(base_id, a, b, forth, back, either, works, citations)


def shortest(graph: networkx.Graph[str], start: str, end: str, most: int) -> Paths | None:
    """The first ``most`` (1 or more) of the shortest paths from one work of a graph to another;
    None where nothing leads there. Of a graph that is not directed, whichever way."""
    backwards = graph.reverse(copy=False) if isinstance(graph, networkx.DiGraph) else graph
    # Of each work that leads to the end the works that come next, those nearest to the end first.
    onward = cast("dict[str, list[str]]", networkx.predecessor(backwards, end))
    if start not in onward:
        return None
    ways = {end: 1}
    for work in islice(onward, 1, None):
        ways[work] = sum(ways[after] for after in onward[work])
    return Paths(start, end, ways[start], tuple(islice(_walked(onward, start, end), most)))


def _walked(onward: Mapping[str, list[str]], start: str, end: str) -> Iterator[tuple[str, ...]]:
    begun: list[tuple[str, ...]] = [(start,)]
    while begun:
        path = begun.pop()
        if path[-1] == end:
            yield path
        else:
            begun += [(*path, after) for after in sorted(onward[path[-1]], reverse=True)]


def _stated(db: sqlite3.Connection, citing: str, cited: str) -> PathCitation:
    sources = tuple(source for (source,) in db.execute(SOURCES, (citing, cited)))
    printed = tuple(PrintedReference(*row) for row in db.execute(PRINTED, (citing, cited)))
    return PathCitation(citing, cited, sources, printed)
