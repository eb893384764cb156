"""Cytoscape.js JSON of a graph, for Cytoscape and Cytoscape.js.

Every ``id``, ``source`` and ``target`` is a string, as both demand; networkx writes the ends of an
edge in the type of its nodes. ``value`` and ``directed`` are there for networkx, which reads no
file without them; ``name`` is what Cytoscape shows.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kb.exports.json_lines import dumped, listed
from kb.graphs.graph import Graph
from kb.graphs.places import PLACE

Element = dict[str, dict[str, Any]]


def pieces(graph: Graph) -> Iterator[str]:
    """The file as text, a node or an edge at a time."""
    head = {
        "format_version": "1.0",
        "target_cytoscapejs_version": "~3.0",
        "directed": graph.directed,
        "multigraph": False,
        "data": graph.about,
    }
    yield f'{dumped(head)[:-1]}, "elements": {{\n"nodes": ['
    yield from listed(_nodes(graph))
    yield '],\n"edges": ['
    yield from listed(_edges(graph))
    yield "]}}\n"


def _nodes(graph: Graph) -> Iterator[Element]:
    for node, attributes in graph.nodes:
        named = {"id": node, "value": node, "name": attributes.get("label", node)}
        element: Element = {"data": {**named, **attributes}}
        if "x" in attributes:
            element["position"] = {axis: attributes[axis] for axis in PLACE}
        yield element


def _edges(graph: Graph) -> Iterator[Element]:
    for source, target, attributes in graph.edges:
        ends = {"id": f"{source} → {target}", "source": source, "target": target}
        yield {"data": {**ends, **attributes}}
