"""CSV of a graph, read back field by field."""

from __future__ import annotations

import csv
from pathlib import Path

import networkx
from reading_exports import as_cell, citation_graph, reader, two_topics

from kb import exports
from kb.exports import graph_csv
from kb.graphs.graph import NODE_TYPES


def test_csv_and_networkx_read_every_field_of_the_graph_back(
    any_base: Path, tmp_path: Path
) -> None:
    nodes, edges = exports.write(any_base, "citation", "csv", tmp_path / "c.csv")
    assert edges.name == "c.edges.csv"
    expected = citation_graph(any_base)
    with nodes.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["Id"] for row in rows] == list(expected)
    for row in rows:
        attributes = expected.nodes[row["Id"]]
        assert row["Label"] == as_cell(attributes["label"])
        assert "label" not in row  # Gephi and spreadsheets take it for the same column
        names = [name for name in NODE_TYPES if name != "label"]
        found = {name: row[name] for name in names}
        assert found == {
            name: as_cell(attributes.get(name)).lower()
            if NODE_TYPES[name] is bool
            else as_cell(attributes.get(name))
            for name in names
        }
    table = reader("pandas").read_csv(edges, dtype=str)
    read = networkx.from_pandas_edgelist(table, "Source", "Target", True, networkx.DiGraph)
    assert {(a, b): values["sources"] for a, b, values in read.edges(data=True)} == {
        (a, b): values["sources"] for a, b, values in expected.edges(data=True)
    }


def test_pandas_and_igraph_read_the_same(any_base: Path, tmp_path: Path) -> None:
    nodes, edges = exports.write(any_base, "citation", "csv", tmp_path / "c.csv")
    expected = citation_graph(any_base)
    tables = [
        reader("pandas").read_csv(path, dtype=str, keep_default_na=False) for path in (edges, nodes)
    ]
    found = reader("igraph").Graph.DataFrame(
        tables[0], directed=True, vertices=tables[1], use_vids=False
    )
    assert found.vs["name"] == list(expected)
    for vertex in found.vs:
        attributes = expected.nodes[vertex["name"]]
        assert vertex["title"] == as_cell(attributes.get("title"))
        assert vertex["year"] == as_cell(attributes.get("year"))
        assert vertex["status"] == attributes["status"]
    names = found.vs["name"]
    assert {(names[a], names[b]) for a, b in found.get_edgelist()} == set(expected.edges)


def test_an_edge_tells_its_kind_and_its_weight() -> None:
    files = {ending: "".join(pieces) for ending, pieces in graph_csv.files(two_topics).items()}
    assert files["nodes.csv"] == "Id,Label\r\nmibg,MIBG\r\noms,OMS\r\n"
    assert files["edges.csv"] == "Source,Target,Type,Weight\r\nmibg,oms,Undirected,3\r\n"
