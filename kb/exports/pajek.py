"""Pajek files of a graph: the network, what its vertices are, partitions (.clu) and vectors (.vec).

A vertex is its number in the file, and its label what people call the work, in plain letters: no
reader takes others, or quotes and backslashes, in a label. Which work it is says ``vertices.csv``,
which is no file of Pajek, for Pajek has no other place for a text. Everything that is a number goes
into the other files. networkx's writer would renumber, drop what is no string and warn.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple
from urllib.parse import quote

from kb.exports.cells import Cell, lines
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
# Letters that are not made of a plain one and an accent.
LETTERS = str.maketrans("łŁøØđĐıð‐–‘’ʼ′", "lLoOdDid--''''") | str.maketrans(
    {"ß": "ss", "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "þ": "th", "Þ": "Th"}
)


class Vertex(NamedTuple):
    """A vertex as the network and ``vertices.csv`` have it."""

    node: str
    label: str
    attributes: Attributes

    def line(self, number: int) -> str:
        return f'{number} "{self.label}"{_place(self.attributes)}\n'

    def cells(self, number: int) -> list[Cell]:
        about = self.attributes
        return [number, self.node, about.get("label"), about.get("title")]


def files(read: Callable[[], Graph]) -> dict[str, Iterator[str]]:
    """The network, its vertices and what any node has of PARTITIONS and VECTORS, by the ending of
    their name.

    Partition ``status``: 0 never checked, 1 not retracted, 2 expression of concern, 3 retracted,
    4 contradictory, 5 reinstated, 6 corrected, 7 none known.
    """
    numbers = _numbers(read())
    texts = {"net": _network(read()), "vertices.csv": lines(_table(read()))}
    texts |= {f"{name}.clu": _values(numbers[name]) for name in PARTITIONS if name in numbers}
    texts |= {f"{name}.vec": _values(numbers[name]) for name in VECTORS if name in numbers}
    return texts


def _network(graph: Graph) -> Iterator[str]:
    numbers, vertices = {}, []
    for number, vertex in enumerate(_vertices(graph), start=1):
        numbers[vertex.node] = number
        vertices.append(vertex.line(number))
    yield f"*Vertices {len(numbers)}\n"
    yield from vertices
    yield "*Arcs\n" if graph.directed else "*Edges\n"
    for source, target, attributes in graph.edges:
        yield f"{numbers[source]} {numbers[target]} {attributes.get('weight', 1)}\n"


def _table(graph: Graph) -> Iterator[list[Cell]]:
    yield ["Number", "Id", "Label", "Title"]
    for number, vertex in enumerate(_vertices(graph), start=1):
        yield vertex.cells(number)


def _vertices(graph: Graph) -> Iterator[Vertex]:
    """Each under another label: readers take two of one label for one vertex."""
    taken: set[str] = set()
    for node, attributes in graph.nodes:
        label = plain(str(attributes.get("label", node)))
        label = quoted(node) if not label or label in taken else label
        taken.add(label)
        yield Vertex(node, label, attributes)


def plain(text: str) -> str:
    """In ASCII without accents: Zoe of Zoë; empty where there are no such letters for it."""
    apart = unicodedata.normalize("NFKD", text.translate(LETTERS))
    letters = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return letters if all(letter in PLAIN for letter in letters) else ""


def quoted(node: str) -> str:
    """An identifier as a label; ``urllib.parse.unquote`` gives it back."""
    return quote(node, safe=PLAIN)


def _place(attributes: Attributes) -> str:
    """x, y and z from 0 to 1, as Pajek draws; a flat map lies in the middle."""
    if "x" not in attributes:
        return ""
    x, y = (round(float(attributes[axis]) / SIDE, DIGITS) for axis in ("x", "y"))
    return f" {x:.{DIGITS}f} {y:.{DIGITS}f} 0.5"


def _numbers(graph: Graph) -> dict[str, list[float]]:
    """Of what any node has of PARTITIONS and VECTORS the values of all, by its name."""
    missing = dict.fromkeys(PARTITIONS, NO_CLASS) | dict.fromkeys(VECTORS, NO_NUMBER)
    numbers: dict[str, list[float]] = {name: [] for name in missing}
    for _, attributes in graph.nodes:
        for name, values in numbers.items():
            value = attributes.get(name, missing[name])
            values.append(STATUS[value] if isinstance(value, str) else value)
    return {name: all_ for name, all_ in numbers.items() if set(all_) - {missing[name]}}


def _values(values: Sequence[float]) -> Iterator[str]:
    yield f"*Vertices {len(values)}\n"
    yield from (f"{value}\n" for value in values)
