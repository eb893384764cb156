"""What the papers of a search or of a topic have in common, counted.

Which papers have which value is read once from each file (``kb.site.held``); a search is then
counted in milliseconds, whatever it finds.
"""

from __future__ import annotations

import json
import sqlite3
from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kb.site import held
from kb.site.filters import JOURNAL
from kb.site.lists import Rows, read_rows, tuples

# Each value with the papers that have it, by filter.
VALUES = {
    "topic": "SELECT topic, pmid FROM paper_topics",
    "year": "SELECT year, pmid FROM papers WHERE year IS NOT NULL",
    "design": "SELECT design, pmid FROM papers",
    "journal": f"SELECT {JOURNAL}, p.pmid FROM papers p WHERE {JOURNAL} IS NOT NULL",  # noqa: S608
    "type": "SELECT name, pmid FROM publication_types",
    "verdict": "SELECT v.verdict, v.pmid FROM verdicts v JOIN papers p ON p.pmid = v.pmid",
    "decision": "SELECT c.decision, p.pmid FROM curation c JOIN papers p ON p.pmid = c.pmid"
    " WHERE c.decision IN ('include', 'exclude')",
    "seed": "SELECT s.seed, p.pmid FROM provenance s JOIN papers p ON p.pmid = s.pmid",
}

# A topic has the papers of the narrower ones too.
NARROWER = "SELECT ancestor, topic FROM topic_closure"

TITLES = {
    "year": "Year",
    "design": "Study design",
    "journal": "Journal",
    "type": "Publication type",
    "verdict": "How it stands",
    "decision": "Decided by hand",
    "seed": "Brought by the seed",
}
MOST_VALUES = 12

# The most frequent topics of each scheme, those with narrower ones included.
TOPICS = """
WITH ranked AS (
    SELECT t.topic AS value, t.label, n.value AS papers, s.label AS scheme, t.scheme AS letter,
        row_number() OVER (PARTITION BY t.scheme ORDER BY n.value DESC, t.position) AS place
    FROM json_each(:counted) n JOIN topics t ON t.topic = n.key
    JOIN schemes s ON s.scheme = t.scheme
)
SELECT value, label, papers, scheme FROM ranked WHERE place <= 10 ORDER BY letter, place
"""

Papers = NDArray[np.uint32]
Value = str | int


@dataclass(frozen=True)
class Column:
    """The values of a filter; ``papers`` are places in ``Columns.pmids``, those of the value ``n``
    from ``starts[n]``, each once."""

    values: list[Value]
    papers: Papers
    starts: NDArray[np.int64]

    def counted(self, chosen: Papers) -> dict[Value, int]:
        """How many papers have each value, where any has; ``chosen`` is 1 for those to count."""
        if not self.values:
            return {}
        counts = np.add.reduceat(chosen[self.papers], self.starts).tolist()
        return {value: n for value, n in zip(self.values, counts, strict=True) if n}


@dataclass(frozen=True)
class Columns:
    """The PMIDs of all papers in order, and the values that they have by filter."""

    pmids: NDArray[np.int64]
    values: dict[str, Column]

    def counted(self, pmids: Iterable[int]) -> dict[str, dict[Value, int]]:
        """How many of these papers have each value, by filter."""
        wanted = np.fromiter(pmids, np.int64)
        chosen = np.isin(self.pmids, wanted, assume_unique=True).astype(np.uint32)
        return {name: column.counted(chosen) for name, column in self.values.items()}


def columns(connection: sqlite3.Connection) -> Columns:
    """All that can be counted in a base."""
    every = tuples(connection, "SELECT pmid FROM papers ORDER BY pmid")
    pmids = np.fromiter((pmid for (pmid,) in every), np.int64)
    having = {name: _having(tuples(connection, sql)) for name, sql in VALUES.items()}
    having["topic"] = _with_narrower(having["topic"], tuples(connection, NARROWER))
    return Columns(pmids, {name: _column(of, pmids) for name, of in having.items()})


def _having(rows: Iterable[tuple[Value, int]]) -> dict[Value, array[int]]:
    """The PMIDs of each value."""
    having: dict[Value, array[int]] = defaultdict(lambda: array("q"))
    for value, pmid in rows:
        having[value].append(pmid)
    return having


def _with_narrower(
    having: Mapping[Value, array[int]], closure: Iterable[tuple[str, str]]
) -> dict[Value, array[int]]:
    wider: dict[Value, array[int]] = defaultdict(lambda: array("q"))
    for ancestor, topic in closure:
        if topic in having:
            wider[ancestor] += having[topic]
    return wider


def _column(having: Mapping[Value, array[int]], pmids: NDArray[np.int64]) -> Column:
    papers = [np.searchsorted(pmids, np.unique(each)).astype(np.uint32) for each in having.values()]
    starts = np.cumsum([0, *map(len, papers)])[:-1]
    return Column(list(having), np.concatenate([*papers, np.empty(0, np.uint32)]), starts)


async def published(datasette: Any) -> Columns:
    """The columns of the file that is published now. Raises compat.TooSlow."""
    return await held.once(datasette, columns)


def by_year(counted: Mapping[str, Mapping[Value, int]]) -> dict[int, int]:
    """How many papers are of each year, of what ``Columns.counted`` gives."""
    return {int(year): papers for year, papers in counted["year"].items()}


@dataclass(frozen=True)
class Facet:
    name: str
    title: str
    values: Rows | list[dict[str, Value]]


def facets(
    connection: sqlite3.Connection,
    counted: Mapping[str, Mapping[Value, int]],
    chosen: Iterable[str],
) -> list[Facet]:
    """Topics by scheme, then the filters that are not ``chosen`` yet; the most frequent values."""
    topics: dict[str, Rows] = {}
    for row in read_rows(connection, TOPICS, counted=json.dumps(counted["topic"])):
        topics.setdefault(row["scheme"], []).append(row)
    return [
        *(Facet("topic", scheme, rows) for scheme, rows in topics.items()),
        *(
            Facet(name, title, most(counted[name], newest=name == "year"))
            for name, title in TITLES.items()
            if name not in chosen
        ),
    ]


def most(counts: Mapping[Value, int], *, newest: bool) -> list[dict[str, Value]]:
    """The most frequent values, or the largest ones."""
    if newest:
        ranked = sorted(counts.items(), reverse=True)
    else:
        ranked = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    return [{"value": v, "label": v, "papers": n} for v, n in ranked[:MOST_VALUES]]
