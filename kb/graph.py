"""Graphs of kb.db: as rows that stream, as networkx graphs, as sparse matrices.

Nodes are work identifiers everywhere, never list positions. What only passes through (a file) takes
the rows, what is computed takes the matrix; networkx objects, which cost far more time and memory,
are made for those who ask for them, and networkx is imported no sooner.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy.sparse import csr_array

if TYPE_CHECKING:
    import networkx

Value = str | int | bool
Types = dict[str, type[Value]]
Attributes = dict[str, Value]

NODE_TYPES: Types = {
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
    "topics": str,
}
EDGE_TYPES: Types = {"sources": str}

NODES = """
SELECT w.work, w.pmid, w.doi, w.pmcid, w.year, w.title, w.first_author, w.journal, w.text,
    w.is_paper, p.is_retracted, p.integrity_checked,
    (SELECT group_concat(topic, ' ') FROM paper_topics AS t WHERE t.pmid = w.pmid)
FROM works AS w LEFT JOIN papers AS p USING (work) ORDER BY w.work
"""
EDGES = "SELECT citing, cited, sources FROM citations ORDER BY citing, cited"


@dataclass(frozen=True)
class Graph:
    """A directed graph as it streams out of kb.db: all nodes, then all edges, each once.

    ``about`` describes the graph itself. The types name every attribute that can occur; an
    attribute that is unknown or empty is absent from its node or edge.
    """

    about: Attributes
    node_types: Types
    edge_types: Types
    nodes: Iterator[tuple[str, Attributes]]
    edges: Iterator[tuple[str, str, Attributes]]


class Matrix(NamedTuple):
    """Works in the order of their identifiers; ``links[i, j]`` is 1 where work i cites work j."""

    works: list[str]
    links: csr_array


def citation(db: sqlite3.Connection) -> Graph:
    """Every work, unresolved ones included, and every citation from the citing to the cited work.

    The attributes are the columns of ``works`` and, of harvested papers, ``is_retracted`` (1, 0, or
    absent where never checked), the date of the record that says so and the topics; ``sources`` of
    an edge names who states it. Topics and sources are sorted and separated by spaces.
    """
    return Graph(_about(db), NODE_TYPES, EDGE_TYPES, _nodes(db), _edges(db))


def citation_graph(db: sqlite3.Connection) -> networkx.DiGraph[str]:
    """The same as a networkx graph; ``graph["base_id"]`` names the base it is from."""
    import networkx

    graph = citation(db)
    found: networkx.DiGraph[str] = networkx.DiGraph()
    found.graph.update(graph.about)
    found.add_nodes_from(graph.nodes)
    found.add_edges_from(graph.edges)
    return found


def citation_matrix(db: sqlite3.Connection) -> Matrix:
    """The same as a sparse matrix, for what is computed on it."""
    works = [work for (work,) in db.execute("SELECT work FROM works ORDER BY work")]
    return Matrix(works, links(works, db.execute("SELECT DISTINCT citing, cited FROM cites")))


def links(works: Sequence[str], pairs: Iterable[tuple[str, str]]) -> csr_array:
    """Square matrix over ``works`` with a 1 for each of the distinct pairs (citing, cited)."""
    position = {work: number for number, work in enumerate(works)}
    ends = np.array([(position[a], position[b]) for a, b in pairs], dtype=np.int64).reshape(-1, 2)
    ones = np.ones(len(ends), dtype=np.int32)
    return csr_array((ones, (ends[:, 0], ends[:, 1])), shape=(len(works), len(works)))


def _about(db: sqlite3.Connection) -> Attributes:
    return dict(db.execute("SELECT key, value FROM meta WHERE key = 'base_id'"))


def _nodes(db: sqlite3.Connection) -> Iterator[tuple[str, Attributes]]:
    for work, *values, topics in db.execute(NODES):
        yield work, _attributes(NODE_TYPES, [*values, _sorted_words(topics)])


def _edges(db: sqlite3.Connection) -> Iterator[tuple[str, str, Attributes]]:
    for citing, cited, sources in db.execute(EDGES):
        yield citing, cited, _attributes(EDGE_TYPES, [_sorted_words(sources)])


def _attributes(types: Types, values: Iterable[Any]) -> Attributes:
    return {
        name: kind(value)
        for (name, kind), value in zip(types.items(), values, strict=True)
        if value is not None and value != ""
    }


def _sorted_words(text: str | None) -> str:
    # SQLite promises no order inside group_concat.
    return " ".join(sorted((text or "").split()))
