"""Graphs of kb.db: as rows that stream, as sparse matrices.

Nodes are work identifiers everywhere, never list positions. What only passes through (a file) takes
the rows, what is computed of all works takes the matrix. networkx graphs, which cost far more time
and memory, are made for those who ask for them (``kb.graphs.maps.digraph``) and of citations alone
where a part of the graph is asked for (``kb.graphs.neighbourhood``).
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from kb.graphs.labels import labels
from kb.graphs.works import STATUS, WORKS

Value = str | int | float | bool
Types = dict[str, type[Value]]
Attributes = dict[str, Value]
Positions = NDArray[np.int64]
Floats = NDArray[np.float64]

NODE_TYPES: Types = {
    "label": str,
    "label_is_guessed": bool,
    "pmid": int,
    "doi": str,
    "pmcid": str,
    "year": int,
    "title": str,
    "first_author": str,
    "journal": str,
    "text": str,
    "is_paper": bool,
    # Not bool: igraph and others read an absent boolean as false, and would say of a paper that
    # was never checked that it is not retracted.
    "is_retracted": int,
    "integrity_checked": str,
    "status": str,
    "concern_on": str,
    "retracted_on": str,
    "corrected_on": str,
    "record_status": str,
    "pub_date": str,
    "epub_date": str,
    "topics": str,
    "in_degree": int,
    "in_degree_local": int,
    "out_degree": int,
    "pagerank": float,
    "betweenness": float,
    "community": int,
    "community_name": str,
    "on_main_path": int,
    "main_path_place": int,
    "on_cycle": int,
}
EDGE_TYPES: Types = {"sources": str}

# When the notices about a work are from, as far as the verdict leaves them.
NOTICED = """
WITH noticed AS (
    SELECT work, min(date) FILTER (WHERE kind = 'retraction') AS retracted_on,
        min(date) FILTER (WHERE kind = 'expression_of_concern') AS concern_on,
        min(date) FILTER (WHERE kind = 'erratum') AS corrected_on
    FROM notices GROUP BY work
)
"""
NODES = f"""
{NOTICED}
SELECT w.work, w.pmid, w.doi, w.pmcid, w.year, ifnull(nullif(w.title, ''), w.text),
    w.first_author, w.journal, w.text, w.is_paper,
    iif(v.verdict = 'retracted', 1, p.is_retracted) AS is_retracted, p.integrity_checked, {STATUS},
    n.concern_on, n.retracted_on, n.corrected_on, p.record_status, p.pub_date, p.epub_date,
    (SELECT group_concat(topic, ' ') FROM paper_topics AS t WHERE t.pmid = w.pmid),
    m.in_degree, m.in_degree_local, m.out_degree, m.pagerank, m.betweenness, m.community, c.name,
    m.on_main_path, m.main_path_place, m.on_cycle
FROM {WORKS} LEFT JOIN noticed AS n USING (work)
LEFT JOIN metrics AS m USING (work) LEFT JOIN communities AS c USING (community)
{{}}
ORDER BY w.work
"""  # noqa: S608
EDGES = """
SELECT citing, cited, group_concat(source, ' ') FROM cites
{} GROUP BY citing, cited ORDER BY citing, cited
"""
# Of a part of the graph.
AMONG = "(SELECT value FROM json_each(:works))"
NODES_AMONG = f"WHERE w.work IN {AMONG}"
# The plus keeps SQLite from looking for every pair of the two.
EDGES_AMONG = f"WHERE citing IN {AMONG} AND +cited IN {AMONG}"
# A list a work and not a row a citation, and PMIDs apart, which are read as numbers: three times as
# fast. The plus keeps SQLite to the order of the citing works.
CITED = """
SELECT citing, group_concat(cited, '\n') FROM cites
WHERE +cited {} BETWEEN 'pmid:' AND 'pmid;' GROUP BY citing
"""
LISTS = 20_000


@dataclass(frozen=True)
class Graph:
    """A graph as it streams out of kb.db: all nodes, then all edges, each once.

    ``about`` describes the graph itself. The types name every attribute that can occur; an
    attribute that is unknown or empty is absent from its node or edge. Every node has a ``label``,
    by which people know it, and a ``title``; the strength of an edge, where it has one, is its
    ``weight``.
    """

    about: Attributes
    node_types: Types
    edge_types: Types
    nodes: Iterator[tuple[str, Attributes]]
    edges: Iterator[tuple[str, str, Attributes]]
    directed: bool = True


class Matrix(NamedTuple):
    """Works in the order of their identifiers; ``links[i, j]`` is 1 where work i cites work j."""

    works: list[str]
    links: csr_array


def citation(db: sqlite3.Connection, works: frozenset[str] | None = None) -> Graph:
    """Every work, unresolved ones included, and every citation from the citing to the cited work;
    of ``works`` alone where they are named.

    The attributes are the columns of ``works`` and ``metrics``, the label (``kb.graphs.labels``),
    the name of the community and, of harvested papers, their dates, ``is_retracted`` (1, 0, or
    absent where unknown), the date of the record that says so and the topics. Where no title is
    known, ``title`` is the citation as printed. A notice marks a work as retracted whether it was
    harvested or not; ``status`` says it in words, ``concern_on``, ``retracted_on`` and
    ``corrected_on`` are the dates of the first notices as far as known. ``sources`` of an edge
    names who states it. Topics and sources are sorted and separated by spaces.
    """
    return Graph(_about(db), NODE_TYPES, EDGE_TYPES, _nodes(db, works), _edges(db, works))


def citation_matrix(db: sqlite3.Connection) -> Matrix:
    """The same as a sparse matrix, for what is computed on it."""
    works = [work for (work,) in db.execute("SELECT work FROM works ORDER BY work")]
    position = {work: number for number, work in enumerate(works)}
    readers = {"": _by_pmid(works), "NOT": _by_name(position)}
    citing, cited = [np.zeros(0, dtype=np.int32)], [np.zeros(0, dtype=np.int32)]
    for which, positions in readers.items():
        lists = db.execute(CITED.format(which))
        while some := lists.fetchmany(LISTS):
            names, texts = zip(*some, strict=True)
            numbers = np.array([position[work] for work in names], dtype=np.int32)
            citing.append(np.repeat(numbers, [text.count("\n") + 1 for text in texts]))
            cited.append(positions("\n".join(texts)))
    ends = np.concatenate(citing), np.concatenate(cited)
    ones = np.ones(len(ends[0]), dtype=np.int32)
    links = csr_array((ones, ends), shape=(len(works), len(works)))
    links.data[:] = 1  # several sources state the same
    return Matrix(works, links)


def out_of(matrix: csr_array, works: Positions) -> tuple[Positions, NDArray[np.int32]]:
    """The citations of some works: numbers in ``works`` of the citing, positions of the cited."""
    starts = matrix.indptr[works]
    lengths = matrix.indptr[works + 1] - starts
    citing = np.repeat(np.arange(len(works)), lengths)
    shifts = starts - (np.cumsum(lengths) - lengths)
    return citing, matrix.indices[np.arange(len(citing)) + shifts[citing]]


def _by_pmid(works: Sequence[str]) -> Callable[[str], NDArray[np.int32]]:
    """What gives the positions of works that have a PMID, a line each."""
    places = [number for number, work in enumerate(works) if work.startswith("pmid:")]
    pmids = np.array([int(works[place][5:]) for place in places], dtype=np.int64)
    order = pmids.argsort()
    pmids, known = pmids[order], np.array(places, dtype=np.int32)[order]

    def positions(text: str) -> NDArray[np.int32]:
        wanted = np.fromstring(text.replace("pmid:", ""), np.int64, sep="\n")
        return known[pmids.searchsorted(wanted)]

    return positions


def _by_name(position: Mapping[str, int]) -> Callable[[str], NDArray[np.int32]]:
    return lambda text: np.array([position[work] for work in text.split("\n")], dtype=np.int32)


def _about(db: sqlite3.Connection) -> Attributes:
    return dict(db.execute("SELECT key, value FROM meta WHERE key = 'base_id'"))


def _nodes(
    db: sqlite3.Connection, works: frozenset[str] | None
) -> Iterator[tuple[str, Attributes]]:
    topics = list(NODE_TYPES).index("topics")
    called = labels(db, works)
    for work, *values in _among(db, NODES, NODES_AMONG, works):
        values = [*called[work], *values]
        values[topics] = _sorted_words(values[topics])
        yield work, _attributes(NODE_TYPES, values)


def _edges(
    db: sqlite3.Connection, works: frozenset[str] | None
) -> Iterator[tuple[str, str, Attributes]]:
    for citing, cited, sources in _among(db, EDGES, EDGES_AMONG, works):
        yield citing, cited, {"sources": _sorted_words(sources)}


def _among(
    db: sqlite3.Connection, sql: str, condition: str, works: frozenset[str] | None
) -> sqlite3.Cursor:
    if works is None:
        return db.execute(sql.format(""))
    return db.execute(sql.format(condition), {"works": json.dumps(sorted(works))})


def _attributes(types: Types, values: Iterable[Any]) -> Attributes:
    return {
        name: kind(value)
        for (name, kind), value in zip(types.items(), values, strict=True)
        if value is not None and value != ""
    }


def _sorted_words(text: str | None) -> str:
    # SQLite promises no order inside group_concat.
    return " ".join(sorted(text.split())) if text and " " in text else text or ""
