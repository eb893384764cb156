"""What lies around a work, and what hangs together: parts of the citation graph, by networkx.

Pure functions over graphs whose edges lead from the citing to the cited work. What is measured of
all works goes by sparse matrices (``kb.graphs.metrics``): these graphs take some 0.5 KB a citation.
Whoever imports this imports networkx, which takes a while.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

import networkx

LINKS = "SELECT DISTINCT citing, cited FROM cites"
WORKS = "SELECT work FROM works ORDER BY work"


def links(db: sqlite3.Connection) -> networkx.DiGraph[str]:
    """Every work and who cites whom, in the order of their identifiers, without attributes."""
    graph: networkx.DiGraph[str] = networkx.DiGraph()
    graph.add_nodes_from(work for (work,) in db.execute(WORKS))
    graph.add_edges_from(db.execute(LINKS))
    return graph


def around(
    graph: networkx.DiGraph[str], work: str, hops: int, direction: str = "both"
) -> frozenset[str]:
    """The work and all that is at most so many citations from it: works that it leads to
    (``cited``), works that lead to it (``citing``), or whichever way citations run (``both``)."""
    ways: dict[str, networkx.Graph[str]] = {
        "both": graph.to_undirected(as_view=True),
        "cited": graph,
        "citing": graph.reverse(copy=False),
    }
    near = networkx.single_source_shortest_path_length(ways[direction], work, cutoff=hops)
    return frozenset(near)


def core(graph: networkx.DiGraph[str], least: int) -> frozenset[str]:
    """The k-core (Seidman 1983): the most works of which each cites or is cited by ``least`` of the
    others. Two works that cite each other are linked once, a work that cites itself not at all."""
    linked: networkx.Graph[str] = networkx.Graph()
    linked.add_nodes_from(graph)
    linked.add_edges_from((citing, cited) for citing, cited in graph.edges if citing != cited)
    return frozenset(networkx.k_core(linked, least))


def components(graph: networkx.DiGraph[str], kind: str = "weak") -> list[frozenset[str]]:
    """The works that hang together, the most works first, of as many those of the lower identifier:
    linked by citations whichever way (``weak``), or each leading to each (``strong``)."""
    parts: Iterable[set[str]] = (
        networkx.weakly_connected_components(graph)
        if kind == "weak"
        else networkx.strongly_connected_components(graph)
    )
    return sorted(map(frozenset, parts), key=lambda part: (-len(part), min(part)))
