"""CSV of a graph, a file for the nodes and one for the edges, headed as Gephi wants them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kb.exports.cells import Cell, lines
from kb.graphs.graph import Graph


def files(read: Callable[[], Graph]) -> dict[str, Iterator[str]]:
    """The two files by the ending of their name."""
    return {"nodes.csv": lines(_nodes(read())), "edges.csv": lines(_edges(read()))}


def _nodes(graph: Graph) -> Iterator[list[Cell]]:
    # Not also as "label": spreadsheets and Gephi take the two names for one.
    names = [name for name in graph.node_types if name != "label"]
    yield ["Id", "Label", *names]
    for node, attributes in graph.nodes:
        values = [attributes.get(name) for name in names]
        yield [node, attributes.get("label", node), *values]


def _edges(graph: Graph) -> Iterator[list[Cell]]:
    direction = "Directed" if graph.directed else "Undirected"
    names = [name for name in graph.edge_types if name != "weight"]
    yield ["Source", "Target", "Type", "Weight", *names]
    for source, target, attributes in graph.edges:
        values = [attributes.get(name) for name in names]
        yield [source, target, direction, attributes.get("weight", 1), *values]
