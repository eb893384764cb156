"""Pajek files of a graph: the network, and per vertex partitions (.clu) and vectors (.vec).

A vertex is its number in the file and its label is the node's identifier, for Pajek has no other
name for it: percent-encoded where it is not plain ASCII or holds a quote, a backslash or a percent
sign, which no reader takes in a label. Everything else that is a number goes into the other files;
texts have no place in Pajek. networkx's writer would renumber, drop what is no string and warn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import quote

from kb.graphs.graph import Attributes, Graph
from kb.graphs.places import DIGITS, SIDE

PLAIN = "".join(chr(n) for n in range(32, 127) if chr(n) not in '"\\%')
STATUS = {
    "never checked": 0,
    "not retracted": 1,
    "expression of concern": 2,
    "retracted": 3,
    "contradictory": 4,
    "reinstated": 5,
    "corrected": 6,
    "none known": 7,
}
PARTITIONS = ("status", "year", "community", "on_main_path", "main_path_place", "on_cycle")
VECTORS = ("in_degree", "in_degree_local", "out_degree", "pagerank", "betweenness", "papers")
# Pajek's own signs for a missing value.
NO_CLASS, NO_NUMBER = 9999998, 999999998


def files(read: Callable[[], Graph]) -> dict[str, Iterator[str]]:
    """The network and what any node has of PARTITIONS and VECTORS, by the ending of their name.

    Partition ``status``: 0 never checked, 1 not retracted, 2 expression of concern, 3 retracted,
    4 contradictory, 5 reinstated, 6 corrected, 7 none known.
    """
    known = {name for _, attributes in read().nodes for name in attributes}
    texts = {"net": _network(read())}
    texts |= {
        f"{name}.clu": _values(read(), name, NO_CLASS) for name in PARTITIONS if name in known
    }
    texts |= {f"{name}.vec": _values(read(), name, NO_NUMBER) for name in VECTORS if name in known}
    return texts


def _network(graph: Graph) -> Iterator[str]:
    numbers, vertices = {}, []
    for number, (node, attributes) in enumerate(graph.nodes, start=1):
        numbers[node] = number
        vertices.append(f'{number} "{label(node)}"{_place(attributes)}\n')
    yield f"*Vertices {len(numbers)}\n"
    yield from vertices
    yield "*Arcs\n" if graph.directed else "*Edges\n"
    for source, target, attributes in graph.edges:
        yield f"{numbers[source]} {numbers[target]} {attributes.get('weight', 1)}\n"


def label(node: str) -> str:
    """An identifier as it stands in the network; ``urllib.parse.unquote`` gives it back."""
    return quote(node, safe=PLAIN)


def _place(attributes: Attributes) -> str:
    """x, y and z from 0 to 1, as Pajek draws; a flat map lies in the middle."""
    if "x" not in attributes:
        return ""
    x, y = (round(float(attributes[axis]) / SIDE, DIGITS) for axis in ("x", "y"))
    return f" {x:.{DIGITS}f} {y:.{DIGITS}f} 0.5"


def _values(graph: Graph, name: str, missing: int) -> Iterator[str]:
    values = [_number(attributes, name, missing) for _, attributes in graph.nodes]
    yield f"*Vertices {len(values)}\n"
    yield from (f"{value}\n" for value in values)


def _number(attributes: Attributes, name: str, missing: int) -> float:
    value = attributes.get(name, missing)
    return STATUS[value] if isinstance(value, str) else value
