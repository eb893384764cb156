"""VOSviewer files of a graph: its JSON, and the older pair of map and network file.

The rules are those of VOSviewer Online, which reads both: at least three items, identifiers unique,
weights and strengths numbers from zero on, clusters from 1 to 1000, descriptions in HTML. It has no
direction and no link of an item to itself: self-citations are left out, and what A cites and what
cites A look the same. A map without places is laid out by VOSviewer itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html import escape
from typing import Any
from urllib.parse import quote

from kb.exports.cells import Cell, lines
from kb.exports.characters import one_line
from kb.exports.json_lines import dumped, listed
from kb.graphs.graph import Attributes, Graph, Value
from kb.graphs.labels import shortened
from kb.graphs.places import PLACE

LARGEST_CLUSTER = 1000
LONGEST_LABEL = 40
WEIGHTS = {"in_degree": "Citations", "papers": "Papers"}
SCORES = {"year": "Year", "is_retracted": "Retracted"}
Link = tuple[str, str, Value]


def pieces(graph: Graph) -> Iterator[str]:
    """The JSON file, an item or a link at a time."""
    names: dict[int, str] = {}
    yield '{"network": {\n"items": ['
    yield from listed(_item(graph, node, attributes) for node, attributes in _named(graph, names))
    yield '],\n"links": ['
    yield from listed(
        {"source_id": source, "target_id": target, "strength": strength}
        for source, target, strength in _links(graph)
    )
    yield '],\n"clusters": ['
    yield from listed({"cluster": number, "label": names[number]} for number in sorted(names))
    yield ']},\n"info": ' + dumped({"description": _about(graph)}) + "}\n"


def files(read: Callable[[], Graph]) -> dict[str, Iterator[str]]:
    """The map and the network file by the ending of their name."""
    return {
        "map.txt": lines(_map(read()), "\t"),
        "network.txt": lines(_links(read()), "\t"),
    }


def _named(graph: Graph, names: dict[int, str]) -> Iterator[tuple[str, Attributes]]:
    """The nodes; once they have passed, ``names`` holds what their clusters are called."""
    for node, attributes in graph.nodes:
        if (cluster := _cluster(attributes)) and "community_name" in attributes:
            names[cluster] = one_line(str(attributes["community_name"]))
        yield node, attributes


def _item(graph: Graph, node: str, attributes: Attributes) -> dict[str, Any]:
    named = {
        "id": node,
        "label": _label(node, attributes),
        "description": _description(node, attributes),
        "url": _url(attributes),
        **{axis: attributes.get(axis) for axis in PLACE},
        "cluster": _cluster(attributes),
        "weights": {name: attributes.get(key, 0) for key, name in _offered(graph, WEIGHTS)},
        "scores": {n: attributes[k] for k, n in _offered(graph, SCORES) if k in attributes},
    }
    return {key: value for key, value in named.items() if value not in (None, {})}


def _map(graph: Graph) -> Iterator[list[Cell]]:
    weights, scores = _offered(graph, WEIGHTS), _offered(graph, SCORES)
    axes = [axis for axis in PLACE if axis in graph.node_types]
    yield [
        *("id", "label", "description", "url", *axes, "cluster"),
        *(f"weight<{name}>" for _, name in weights),
        *(f"score<{name}>" for _, name in scores),
    ]
    for node, attributes in graph.nodes:
        yield [
            *(node, _label(node, attributes), _description(node, attributes)),
            *(_url(attributes), *(attributes[axis] for axis in axes), _cluster(attributes)),
            *(attributes.get(key, 0) for key, _ in weights),
            *(attributes.get(key) for key, _ in scores),
        ]


def _links(graph: Graph) -> Iterator[Link]:
    for source, target, attributes in graph.edges:
        if source != target:
            yield source, target, attributes.get("weight", 1)


def _offered(graph: Graph, names: dict[str, str]) -> list[tuple[str, str]]:
    """Which of the attributes this kind of graph has."""
    return [(key, name) for key, name in names.items() if key in graph.node_types]


def _label(node: str, attributes: Attributes) -> str:
    return shortened(one_line(str(attributes.get("label", node))), LONGEST_LABEL)


def _description(node: str, attributes: Attributes) -> str:
    """Who wrote what where, as far as known, and how it stands."""
    told = attributes.get("text", attributes.get("title", node)), attributes.get("status")
    return "<br>".join(escape(one_line(str(text))) for text in told if text)


def _url(attributes: Attributes) -> str | None:
    if "pmid" in attributes:
        return f"https://pubmed.ncbi.nlm.nih.gov/{attributes['pmid']}/"
    return f"https://doi.org/{quote(str(attributes['doi']))}" if "doi" in attributes else None


def _cluster(attributes: Attributes) -> int | None:
    community = int(attributes.get("community", 0))
    return community if 1 <= community <= LARGEST_CLUSTER else None


def _about(graph: Graph) -> str:
    return ", ".join(f"{name} {value}" for name, value in graph.about.items())
