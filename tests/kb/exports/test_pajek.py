from __future__ import annotations

import csv
from pathlib import Path
from urllib.parse import unquote

import networkx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading_exports import citation_graph, reader, two_topics
from small_base import add, empty_base, small_base

from kb import exports
from kb.exports import pajek
from kb.graphs.graph import Attributes, Graph


def files_of(base: Path, folder: Path) -> dict[str, Path]:
    """The files by the ending of their name."""
    found = exports.write(base, "citation", "pajek", folder / "map.net")
    return {path.name.removeprefix("map."): path for path in found}


def test_networkx_reads_every_vertex_and_every_arc_back(any_base: Path, tmp_path: Path) -> None:
    files = files_of(any_base, tmp_path)
    found = networkx.read_pajek(files["net"])
    expected = citation_graph(any_base)
    assert found.is_directed()
    named = dict(zip(found, vertices(files), strict=True))
    assert list(named.values()) == list(expected)
    arcs = [(named[a], named[b], values) for a, b, values in found.edges(data=True)]
    assert sorted(arcs) == sorted((a, b, {"weight": 1.0}) for a, b in expected.edges)
    for label, values in found.nodes(data=True):
        assert_in_its_place(expected.nodes[named[label]], values.get("x"), values.get("y"))


def vertices(files: dict[str, Path]) -> list[str]:
    """The identifiers in the order of the vertices."""
    with files["vertices.csv"].open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["Number"] for row in rows] == [str(n) for n in range(1, len(rows) + 1)]
    return [row["Id"] for row in rows]


def assert_in_its_place(attributes: Attributes, *found: float | None) -> None:
    """Pajek's square is 1 wide."""
    for axis, place in zip("xy", found, strict=True):
        if axis in attributes:
            assert place == pytest.approx(float(attributes[axis]) / 1000, abs=1e-6)
        else:
            assert place is None


def test_igraph_reads_every_vertex_and_every_arc_back(any_base: Path, tmp_path: Path) -> None:
    files = files_of(any_base, tmp_path)
    found = reader("igraph").Graph.Read_Pajek(str(files["net"]))
    expected = citation_graph(any_base)
    assert found.is_directed()
    assert len(set(found.vs["name"])) == len(expected)
    names = vertices(files)
    assert names == list(expected)
    assert {(names[a], names[b]) for a, b in found.get_edgelist()} == set(expected.edges)
    for vertex, name in zip(found.vs, names, strict=True):
        values = vertex.attributes()
        assert_in_its_place(expected.nodes[name], values.get("x"), values.get("y"))


def test_numpy_and_pandas_read_the_partitions_and_vectors_back(
    any_base: Path, tmp_path: Path
) -> None:
    files = files_of(any_base, tmp_path)
    expected = citation_graph(any_base)
    for ending, path in files.items():
        if ending in ("net", "vertices.csv"):
            continue
        name, kind = ending.split(".")
        missing = pajek.NO_CLASS if kind == "clu" else pajek.NO_NUMBER
        values = [expected.nodes[node].get(name, missing) for node in expected]
        if name == "status":
            values = [pajek.STATUS[value] for value in values]
        assert path.read_text().startswith(f"*Vertices {len(expected)}\n")
        assert np.loadtxt(path, skiprows=1).tolist() == values
        assert reader("pandas").read_csv(path, skiprows=1, header=None)[0].tolist() == values


def test_retracted_doubted_sound_and_never_checked_works_are_told_apart(tmp_path: Path) -> None:
    small_base(tmp_path / "kb.db").close()
    lines = files_of(tmp_path / "kb.db", tmp_path)["status.clu"].read_text().splitlines()
    nodes = list(citation_graph(tmp_path / "kb.db"))
    status = dict(zip(nodes, lines[1:], strict=True))
    assert [status[f"pmid:{n}"] for n in range(1, 6)] == ["3", "2", "0", "1", "1"]


def test_what_no_work_has_gets_no_file(tmp_path: Path) -> None:
    small_base(tmp_path / "kb.db").close()
    assert list(files_of(tmp_path / "kb.db", tmp_path)) == [
        *("net", "vertices.csv"),
        *("status.clu", "year.clu"),
    ]


def test_an_empty_graph_and_a_single_work_that_cites_itself_are_legal(tmp_path: Path) -> None:
    db = empty_base(tmp_path / "kb.db")
    assert files_of(tmp_path / "kb.db", tmp_path)["net"].read_text() == "*Vertices 0\n*Arcs\n"
    add(db, "works", work="pmid:7", pmid=7, text="alone", is_paper=0)
    add(db, "cites", citing="pmid:7", cited="pmid:7", source="elink")
    db.commit()
    found = networkx.read_pajek(files_of(tmp_path / "kb.db", tmp_path)["net"])
    assert list(found.edges()) == [("alone", "alone")]


def test_a_graph_without_direction_has_edges_with_their_weight() -> None:
    text = "".join(pajek.files(two_topics)["net"])
    assert text == '*Vertices 2\n1 "MIBG"\n2 "OMS"\n*Edges\n1 2 3\n'


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Müller-Łoś 2023", "Muller-Los 2023"),
        ("Children's Oncology… 2010", "Children's Oncology... 2010"),
        ("O’Conor 2014", "O'Conor 2014"),
        ("张涛 2012", ""),
        ('say "no" 2012', ""),
        ("100% 2012", ""),
    ],
)
def test_a_label_is_in_plain_letters_where_there_are_such(text: str, label: str) -> None:
    assert pajek.plain(text) == label


def test_what_has_no_label_in_plain_letters_or_that_of_another_is_called_by_its_identifier() -> (
    None
):
    nodes: list[tuple[str, Attributes]] = [
        ("pmid:1", {"label": "Müller 2010"}),
        ("pmid:2", {"label": "Muller 2010"}),
        ("doi:10.1/ä", {"label": "张涛 2012"}),
    ]
    files = pajek.files(lambda: Graph({}, {"label": str}, {}, iter(nodes), iter(())))
    assert "".join(files["net"]).splitlines()[1:4] == [
        *('1 "Muller 2010"', '2 "pmid:2"'),
        '3 "doi:10.1/%C3%A4"',
    ]
    assert "".join(files["vertices.csv"]).splitlines()[3] == "3,doi:10.1/ä,张涛 2012,"


@given(st.text(min_size=1))
def test_a_label_is_plain_ascii_without_quotes(text: str) -> None:
    assert unquote(pajek.quoted(text)) == text
    for label in (pajek.quoted(text), pajek.plain(text)):
        assert label.isascii()
        assert not label or label.isprintable()
        assert not {'"', "\\"} & set(label)
