from __future__ import annotations

import io
import sqlite3
from pathlib import Path
from xml.etree.ElementTree import Element, fromstring

import networkx
from reading_exports import (
    by_javascript,
    citation_graph,
    in_xml,
    named,
    opened,
    reader,
    two_topics,
)
from reading_exports import (
    exported as export,
)
from small_base import LONG_DOI, add, empty_base, small_base

from kb import exports
from kb.exports import graphml
from kb.graphs import maps

NAMESPACE = "{http://graphml.graphdrawing.org/xmlns}"


def exported(db: sqlite3.Connection) -> bytes:
    return export(db, "citation", "graphml")


def local(element: Element) -> str:
    return element.tag.removeprefix(NAMESPACE)


def assert_reads_back_in_networkx(db: sqlite3.Connection) -> networkx.DiGraph[str]:
    found: networkx.DiGraph[str] = networkx.DiGraph(networkx.read_graphml(io.BytesIO(exported(db))))
    expected = maps.as_networkx(maps.citation(db))
    assert set(found) == set(expected)
    assert set(found.edges) == set(expected.edges)
    for node, attributes in expected.nodes(data=True):
        assert found.nodes[node] == in_xml(named(attributes))
    for citing, cited, attributes in expected.edges(data=True):
        assert found.edges[citing, cited] == in_xml(attributes)
    return found


def test_networkx_reads_every_field_of_every_node_and_edge_back(any_base: Path) -> None:
    assert_reads_back_in_networkx(opened(any_base))


def test_whole_numbers_and_truths_stay_what_they_are() -> None:
    found = assert_reads_back_in_networkx(small_base())
    assert type(found.nodes["pmid:1"]["year"]) is int
    assert type(found.nodes["pmid:1"]["is_paper"]) is bool


def test_graphology_reads_every_field_back(any_base: Path, tmp_path: Path) -> None:
    exports.write(any_base, "citation", "graphml", tmp_path / "g.graphml")
    found = by_javascript("graphml", tmp_path / "g.graphml")
    expected = citation_graph(any_base)
    assert found["type"] == "directed"
    nodes = {node: in_xml(named(values)) for node, values in expected.nodes(data=True)}
    assert found["nodes"] == nodes
    edges = {(a, b): values for a, b, values in found["edges"]}
    assert edges == {(a, b): in_xml(values) for a, b, values in expected.edges(data=True)}


def test_networkit_finds_every_node_and_edge(any_base: Path, tmp_path: Path) -> None:
    exports.write(any_base, "citation", "graphml", tmp_path / "g.graphml")
    networkit = reader("networkit")
    found = networkit.graphio.GraphMLReader().read(str(tmp_path / "g.graphml"))
    expected = citation_graph(any_base)
    works = list(expected)
    assert found.isDirected()
    assert found.numberOfNodes() == len(works)
    # It numbers the nodes in the order of the file.
    assert {(works[a], works[b]) for a, b in found.iterEdges()} == set(expected.edges)


def test_networkit_sees_the_weight_of_a_graph_that_has_one(tmp_path: Path) -> None:
    (tmp_path / "g.graphml").write_text("".join(graphml.pieces(two_topics())), encoding="utf-8")
    networkit = reader("networkit")
    found = networkit.graphio.GraphMLReader().read(str(tmp_path / "g.graphml"))
    assert not found.isDirected()
    assert found.isWeighted()
    assert found.weight(0, 1) == 3


def test_igraph_reads_every_field_back_and_does_not_take_unchecked_for_not_retracted(
    any_base: Path, tmp_path: Path
) -> None:
    exports.write(any_base, "citation", "graphml", tmp_path / "g.graphml")
    found = reader("igraph").Graph.Read_GraphML(str(tmp_path / "g.graphml"))
    expected = citation_graph(any_base)
    nodes = {vertex["id"]: vertex.attributes() for vertex in found.vs}
    assert found["base_id"] == expected.graph["base_id"]
    assert set(nodes) == set(expected)
    for node, attributes in expected.nodes(data=True):
        present = {name: nodes[node][name] for name in named(attributes)}
        assert present == in_xml(named(attributes))
        if "is_retracted" not in attributes:
            unchecked = nodes[node]["is_retracted"]
            assert unchecked != unchecked  # not a number: neither 1 nor 0
    names = found.vs["id"]
    edges = {(names[e.source], names[e.target]): e.attributes() for e in found.es}
    assert edges == {(a, b): in_xml(values) for a, b, values in expected.edges(data=True)}


def test_an_ampersand_that_igraph_spoils_in_an_identifier_is_whole_in_the_doi(
    tmp_path: Path,
) -> None:
    db = empty_base()
    add(db, "works", work="doi:10.1/a&b", doi="10.1/a&b", text="a & b", is_paper=0)
    (tmp_path / "g.graphml").write_bytes(exported(db))
    [work] = reader("igraph").Graph.Read_GraphML(str(tmp_path / "g.graphml")).vs
    assert (work["id"], work["doi"], work["text"]) == ("doi:10.1/a&#38;b", "10.1/a&b", "a & b")
    assert list(networkx.read_graphml(tmp_path / "g.graphml")) == ["doi:10.1/a&b"]


def test_the_file_names_the_base_it_is_from() -> None:
    found = networkx.read_graphml(io.BytesIO(exported(small_base())))
    assert found.graph["base_id"] == "0123456789abcdef"


def test_all_keys_come_before_the_graph_with_the_types_that_graphml_has() -> None:
    root = fromstring(exported(small_base()))
    assert [local(child) for child in root] == ["key"] * (len(root) - 1) + ["graph"]
    keys = root[:-1]
    identifiers = [key.get("id") for key in keys]
    assert len(set(identifiers)) == len(identifiers)
    assert {key.get("attr.type") for key in keys} == {"boolean", "double", "int", "string"}
    used = {data.get("key") for data in root.iter(f"{NAMESPACE}data")}
    assert used <= set(identifiers)


def test_the_nodes_come_before_the_edges_and_every_edge_joins_two_of_them() -> None:
    [found] = fromstring(exported(small_base())).iter(f"{NAMESPACE}graph")
    names = [local(child) for child in found]
    assert names == ["data"] + ["node"] * names.count("node") + ["edge"] * names.count("edge")
    nodes = [child.get("id") for child in found if local(child) == "node"]
    assert len(set(nodes)) == len(nodes)
    for edge in found.iter(f"{NAMESPACE}edge"):
        assert {edge.get("source"), edge.get("target")} <= set(nodes)


def test_an_identifier_with_angle_brackets_ampersand_and_quotes_comes_back() -> None:
    db = small_base()
    doi = "10.1/<a>&\"b\"'c'"
    add(db, "works", work=f"doi:{doi}", doi=doi, text="quotes", is_paper=0)
    add(db, "cites", citing="pmid:1", cited=f"doi:{doi}", source="elink")
    found = assert_reads_back_in_networkx(db)
    assert found.has_edge("pmid:1", f"doi:{doi}")
    assert found.has_edge("pmid:1", LONG_DOI)


def test_a_base_without_works_gives_a_valid_empty_graph() -> None:
    found = networkx.read_graphml(io.BytesIO(exported(empty_base())))
    assert found.is_directed()
    assert len(found) == 0


def test_a_single_work_and_a_self_citation_are_legal() -> None:
    db = empty_base()
    add(db, "works", work="pmid:7", pmid=7, text="alone", is_paper=0)
    add(db, "cites", citing="pmid:7", cited="pmid:7", source="elink")
    assert list(assert_reads_back_in_networkx(db).edges) == [("pmid:7", "pmid:7")]


def test_the_same_base_gives_the_same_bytes() -> None:
    assert exported(small_base()) == exported(small_base())
