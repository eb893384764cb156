"""What each program shows of a map, as a table: a file of every format is read by the program
itself and compared with the graph that it was made of.

    PYTHONPATH=tests:. python -m map_readers KB_DB

writes the table into docs/exports.md, between its marks; ``tests/kb/exports/test_exports.py`` tells
where it is not what the readers say.
"""

from __future__ import annotations

import csv
import json
import math
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import networkx
from reading_exports import ROOT, by_javascript, opened, reader

from kb import exports
from kb.graphs.graph import Attributes
from kb.graphs.maps import MAPS, as_networkx
from kb.graphs.selection import EVERYTHING

PAGE = ROOT / "docs" / "exports.md"
MARKS = ("<!-- maps as their readers show them -->\n", "<!-- end of the maps -->\n")
TRUTHS = ("is_paper", "is_retracted", "label_is_guessed")
# A column of the table, and the attributes that are compared for it.
COLUMNS = {
    "label": ("label",),
    "title": ("title",),
    "status": ("status",),
    "yes and no": TRUTHS,
    "places": ("x", "y"),
    "community": ("community",),
    "citations": ("in_degree",),
    "who states it": ("sources",),
}
HEAD = ["format", "reader", *COLUMNS, "direction", "weight"]


class Seen(NamedTuple):
    """A graph as a program has it; ``directed`` is None where it knows no directions."""

    directed: bool | None
    nodes: dict[str, Attributes]
    edges: dict[tuple[str, str], Attributes]


Read = Callable[[list[Path]], Seen]


def of_networkx(graph: Any, names: list[str] | None = None) -> Seen:
    named = dict(zip(graph, names or list(graph), strict=True))
    return Seen(
        graph.is_directed(),
        {named[node]: values for node, values in graph.nodes(data=True)},
        {(named[a], named[b]): values for a, b, values in graph.edges(data=True)},
    )


def of_igraph(graph: Any, names: list[str]) -> Seen:
    nodes = dict(zip(names, (vertex.attributes() for vertex in graph.vs), strict=True))
    edges = {(names[e.source], names[e.target]): e.attributes() for e in graph.es}
    return Seen(graph.is_directed(), nodes, edges)


def of_javascript(name: str) -> Read:
    def read(files: list[Path]) -> Seen:
        found = by_javascript(name, *files)
        edges = {(a, b): values for a, b, values in found["edges"]}
        return Seen(found["type"] == "directed", found["nodes"], edges)

    return read


def cytoscape(files: list[Path]) -> Seen:
    """Whether its edges have arrows is a matter of style; that the file says so is of the head."""
    found = by_javascript("cyjs", *files)
    nodes = {node["id"]: {**node, **found["places"][node["id"]]} for node in found["nodes"]}
    edges = {(edge["source"], edge["target"]): edge for edge in found["edges"]}
    return Seen(json.loads(files[0].read_text(encoding="utf-8"))["directed"], nodes, edges)


def vosviewer(name: str) -> Read:
    def read(files: list[Path]) -> Seen:
        found = by_javascript(name, *files)
        nodes = {item["id"]: _item(item) for item in found["mapData"]}
        edges = {(a, b): {"weight": strength} for a, b, strength, *_ in found["networkData"]}
        return Seen(None, nodes, edges)

    return read


def _item(item: dict[str, Any]) -> Attributes:
    *title, status = item["description"].split("<br>")
    told = {"in_degree": item["weight<Citations>"], "community": item.get("cluster")}
    told["is_retracted"] = item.get("score<Retracted>")
    return {**item, **told, "text": "<br>".join(title), "status": status}


def networkit(files: list[Path]) -> Seen:
    """It numbers the nodes in the order of the file, and keeps nothing else of them."""
    found = reader("networkit").graphio.GraphMLReader().read(str(files[0]))
    names = list(networkx.read_graphml(files[0]))
    edges = {
        (names[a], names[b]): {"weight": found.weight(a, b)} if found.isWeighted() else {}
        for a, b in found.iterEdges()
    }
    return Seen(found.isDirected(), {name: {} for name in names}, edges)


def tables(files: list[Path]) -> Seen:
    nodes, edges = (
        reader("pandas").read_csv(path, keep_default_na=False, na_values="") for path in files
    )
    return Seen(
        set(edges["Type"]) == {"Directed"},
        {row["Id"]: {**row, "label": row["Label"]} for row in nodes.to_dict("records")},
        {
            (row["Source"], row["Target"]): {**row, "weight": row["Weight"]}
            for row in edges.to_dict("records")
        },
    )


def vertices(files: list[Path]) -> list[str]:
    with files[1].open(encoding="utf-8", newline="") as stream:
        return [row["Id"] for row in csv.DictReader(stream)]


def pajek(files: list[Path]) -> Seen:
    found = networkx.read_pajek(files[0])
    seen = of_networkx(found, vertices(files))
    return seen._replace(nodes=_of_pajek(seen.nodes, list(found), files))


def pajek_by_igraph(files: list[Path]) -> Seen:
    seen = of_igraph(reader("igraph").Graph.Read_Pajek(str(files[0])), vertices(files))
    labels = [values["name"] for values in seen.nodes.values()]
    return seen._replace(nodes=_of_pajek(seen.nodes, labels, files))


def _of_pajek(
    nodes: dict[str, Attributes], labels: list[Any], files: list[Path]
) -> dict[str, Attributes]:
    """With what partitions and vectors say, as Pajek has them beside a network; its square is 1
    wide."""
    columns = {path.name.split(".")[-2]: _numbers(path) for path in files[2:]}
    words = {code: word for word, code in exports.pajek.STATUS.items()}
    columns["status"] = [words[int(code)] for code in columns["status"]]
    return {
        node: {
            "label": labels[number],
            **{axis: 1000 * float(values[axis]) for axis in "xy" if axis in values},
            **{name: column[number] for name, column in columns.items()},
        }
        for number, (node, values) in enumerate(nodes.items())
    }


def _numbers(path: Path) -> list[Any]:
    missing = (exports.pajek.NO_CLASS, exports.pajek.NO_NUMBER)
    numbers = map(float, path.read_text(encoding="utf-8").splitlines()[1:])
    return [None if number in missing else number for number in numbers]


def graphml_by_igraph(files: list[Path]) -> Seen:
    found = reader("igraph").Graph.Read_GraphML(str(files[0]))
    return of_igraph(found, found.vs["id"])


READERS: list[tuple[str, str, Read]] = [
    ("graphml", "networkx", lambda files: of_networkx(networkx.read_graphml(files[0]))),
    ("graphml", "igraph", graphml_by_igraph),
    ("graphml", "graphology", of_javascript("graphml")),
    ("graphml", "networkit", networkit),
    ("gexf", "networkx", lambda f: of_networkx(networkx.read_gexf(f[0], version="1.3"))),
    ("gexf", "graphology", of_javascript("gexf")),
    (
        "cyjs",
        "networkx",
        lambda f: of_networkx(networkx.cytoscape_graph(json.loads(f[0].read_text("utf-8")))),
    ),
    ("cyjs", "Cytoscape.js", cytoscape),
    ("vosviewer", "VOSviewer Online", vosviewer("vosviewer")),
    ("vosviewer-map", "VOSviewer Online", vosviewer("vosviewer-map")),
    ("pajek", "networkx", pajek),
    ("pajek", "igraph", pajek_by_igraph),
    ("csv", "pandas", tables),
]


def rows(base: Path) -> list[list[str]]:
    """A row a format and reader: what of the map of citations and, for the weight, of the one of
    works cited together comes to be seen."""
    told = []
    for format_, name, read in READERS:
        compared = []
        for kind in ("citation", "cocitation"):
            with tempfile.TemporaryDirectory() as folder:
                files = exports.write(base, kind, format_, Path(folder, f"map.{format_}"))
                compared.append((_expected(base, kind), read(files)))
        told.append([f"`{format_}`", name, *_cells(*compared)])
    return told


def _expected(base: Path, kind: str) -> Seen:
    db = opened(base)
    return of_networkx(as_networkx(MAPS[kind](db, EVERYTHING)))


def _cells(citations: tuple[Seen, Seen], weighted: tuple[Seen, Seen]) -> list[str]:
    made, seen = citations
    assert set(seen.nodes) == set(made.nodes)
    cells = []
    for names in COLUMNS.values():
        edges = names == ("sources",)
        pairs = _pairs(made.edges, seen.edges) if edges else _pairs(made.nodes, seen.nodes)
        cells.append(_verdict(pairs, names))
    is_seen = seen.directed and not weighted[1].directed
    cells.append("yes" if is_seen and set(seen.edges) == set(made.edges) else "no")
    strengths = _pairs(
        {frozenset(ends): values for ends, values in weighted[0].edges.items()},
        {frozenset(ends): values for ends, values in weighted[1].edges.items()},
    )
    cells.append(_verdict(strengths, ("weight",)))
    return cells


def _pairs(made: dict[Any, Attributes], seen: dict[Any, Attributes]) -> list[tuple[Any, Any]]:
    return [(values, seen.get(key, {})) for key, values in made.items()]


def _verdict(pairs: list[tuple[Any, Any]], names: tuple[str, ...]) -> str:
    """*no* where a reader has nothing of it, *yes* where all is as it was made."""
    of_all = [(made.get(name), seen.get(name)) for made, seen in pairs for name in names]
    if all(_is_unknown(seen) for _, seen in of_all):
        return "no"
    if all(_same(made, seen) for made, seen in of_all):
        return "yes"
    if all(_same(_plain(made), seen) for made, seen in of_all):
        return "plain letters"
    of_some = {name: [(made.get(name), seen.get(name)) for made, seen in pairs] for name in names}
    right = [n for n, both in of_some.items() if all(_same(made, seen) for made, seen in both)]
    return f"`{'`, `'.join(right)}` alone" if right else "partly"


def _same(made: Any, seen: Any) -> bool:
    if made is None or _is_unknown(seen):
        # VOSviewer has no item without a number of citations, and Cytoscape none without a place.
        return made is None and (_is_unknown(seen) or seen == 0)
    if isinstance(made, float) or isinstance(seen, float):
        return math.isclose(made, float(seen), abs_tol=1e-3)
    return bool(made == seen)


def _plain(value: Any) -> Any:
    return exports.pajek.plain(value) if isinstance(value, str) else value


def _is_unknown(value: Any) -> bool:
    return value is None or value == "" or (isinstance(value, float) and math.isnan(value))


def table(base: Path) -> str:
    lines = [HEAD, ["---"] * len(HEAD), *rows(base)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def written(page: str) -> str:
    """The table that a page has."""
    return page.split(MARKS[0])[1].split(MARKS[1])[0].strip("\n") + "\n"


def main() -> None:
    page = PAGE.read_text(encoding="utf-8")
    head, rest = page.split(MARKS[0])
    tail = rest.split(MARKS[1])[1]
    made = table(Path(sys.argv[1]).resolve())
    PAGE.write_text(f"{head}{MARKS[0]}\n{made}\n{MARKS[1]}{tail}", encoding="utf-8")


if __name__ == "__main__":
    main()
