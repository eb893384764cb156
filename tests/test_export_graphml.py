from __future__ import annotations

import io
import sqlite3
from pathlib import Path
from xml.etree.ElementTree import Element, fromstring

import networkx
import pytest
from small_base import BUNDLED, LONG_DOI, NASTY, add, built_base, empty_base, small_base

from kb import exports, graph
from kb.errors import ConfigError, InputError

NAMESPACE = "{http://graphml.graphdrawing.org/xmlns}"
# What may change on the way: the sign for each character that XML cannot hold.
SHOWN = NASTY.replace("\x01", "␁").replace("\x1f", "␟").replace("\ufffe", "\ufffd")


def exported(db: sqlite3.Connection) -> bytes:
    stream = io.BytesIO()
    exports.export(db, "citation", "graphml", stream)
    return stream.getvalue()


def local(element: Element) -> str:
    return element.tag.removeprefix(NAMESPACE)


def expected_attributes(attributes: graph.Attributes) -> graph.Attributes:
    return {name: SHOWN if value == NASTY else value for name, value in attributes.items()}


def assert_reads_back_in_networkx(db: sqlite3.Connection) -> networkx.DiGraph[str]:
    found: networkx.DiGraph[str] = networkx.DiGraph(networkx.read_graphml(io.BytesIO(exported(db))))
    expected = graph.citation_graph(db)
    assert set(found) == set(expected)
    assert set(found.edges) == set(expected.edges)
    for node, attributes in expected.nodes(data=True):
        assert found.nodes[node] == expected_attributes(attributes)
    for citing, cited, attributes in expected.edges(data=True):
        assert found.edges[citing, cited] == expected_attributes(attributes)
    return found


def test_networkx_reads_every_field_of_every_node_and_edge_back() -> None:
    found = assert_reads_back_in_networkx(small_base())
    assert found.nodes["pmid:5"]["title"] == SHOWN
    assert type(found.nodes["pmid:1"]["year"]) is int
    assert type(found.nodes["pmid:1"]["is_paper"]) is bool


def test_the_bundled_papers_and_their_citations_read_back_whole(tmp_path: Path) -> None:
    found = assert_reads_back_in_networkx(built_base(tmp_path, BUNDLED))
    assert found.has_edge("pmid:36063183", "pmid:20558371")


def test_real_records_read_back_whole(tmp_path: Path, shared: Path) -> None:
    file = shared / "pubmed" / "xml" / "pubmedsample_2019.xml.gz"
    found = assert_reads_back_in_networkx(built_base(tmp_path, file))
    assert found.number_of_edges() == 599


def test_the_file_names_the_base_it_is_from() -> None:
    found = networkx.read_graphml(io.BytesIO(exported(small_base())))
    assert found.graph["base_id"] == "0123456789abcdef"


def test_igraph_reads_every_field_back_and_does_not_take_unchecked_for_not_retracted(
    tmp_path: Path,
) -> None:
    igraph = pytest.importorskip("igraph", reason="igraph is not installed: one reader less")
    db = small_base()
    (tmp_path / "g.graphml").write_bytes(exported(db))
    found = igraph.Graph.Read_GraphML(str(tmp_path / "g.graphml"))
    expected = graph.citation_graph(db)
    nodes = {vertex["id"]: vertex.attributes() for vertex in found.vs}
    assert found["base_id"] == "0123456789abcdef"
    assert set(nodes) == set(expected)
    for node, attributes in expected.nodes(data=True):
        present = {name: nodes[node][name] for name in attributes}
        assert present == expected_attributes(attributes)
    edges = {(found.vs[e.source]["id"], found.vs[e.target]["id"]): e.attributes() for e in found.es}
    assert edges == {(a, b): attributes for a, b, attributes in expected.edges(data=True)}
    unchecked = nodes["pmid:3"]["is_retracted"]
    assert unchecked != unchecked  # not a number: neither 1 nor 0


def test_all_keys_come_before_the_graph_with_the_types_that_graphml_has() -> None:
    root = fromstring(exported(small_base()))
    assert [local(child) for child in root] == ["key"] * (len(root) - 1) + ["graph"]
    keys = root[:-1]
    identifiers = [key.get("id") for key in keys]
    assert len(set(identifiers)) == len(identifiers)
    assert {key.get("attr.type") for key in keys} == {"boolean", "int", "string"}
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


def test_a_file_is_written_and_replaces_an_older_export(tmp_path: Path) -> None:
    small_base(tmp_path / "kb.db").close()
    out = tmp_path / "citations.graphml"
    out.write_text("older", encoding="utf-8")
    exports.write(tmp_path / "kb.db", "citation", "graphml", out)
    assert out.read_bytes() == exported(small_base())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["citations.graphml", "kb.db"]


@pytest.mark.parametrize(
    ("kind", "format", "says"),
    [
        ("citations", "graphml", "'citations' is no kind of export.*citation, references"),
        ("citation", "ris", "'ris' is no format for citation.*graphml"),
        ("references", "graphml", "'graphml' is no format for references.*ris"),
    ],
)
def test_an_unknown_kind_or_format_lists_the_right_ones(kind: str, format: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        exports.pieces(small_base(), kind, format)


@pytest.mark.parametrize(
    ("kind", "format", "table"),
    [("citation", "graphml", "paper_topics"), ("references", "ris", "keywords")],
)
def test_a_database_without_a_table_that_is_read_is_refused_and_the_table_named(
    tmp_path: Path, kind: str, format: str, table: str
) -> None:
    db = small_base(tmp_path / "kb.db")
    db.execute(f"DROP TABLE {table}")
    db.close()
    with pytest.raises(InputError, match=rf"kb\.db: .*{table}"):
        exports.write(tmp_path / "kb.db", kind, format, tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["kb.db"]


def test_a_file_that_is_no_database_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "kb.db").write_text("no database at all, but long enough to be read as one")
    for name in ("kb.db", "none.db"):
        with pytest.raises(ConfigError, match=name):
            exports.write(tmp_path / name, "citation", "graphml", tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["kb.db"]


def test_a_base_damaged_in_the_middle_leaves_the_older_export_as_it_was(tmp_path: Path) -> None:
    db = small_base(tmp_path / "kb.db")
    pages = db.execute("SELECT rootpage FROM sqlite_master WHERE tbl_name = 'cites'").fetchall()
    [(size,)] = db.execute("PRAGMA page_size")
    db.close()
    with (tmp_path / "kb.db").open("r+b") as file:
        for (page,) in pages:
            file.seek((page - 1) * size)
            file.write(b"\xff" * size)
    (tmp_path / "out").write_text("older", encoding="utf-8")
    with pytest.raises(InputError, match=r"kb\.db: cannot be read whole .*malformed"):
        exports.write(tmp_path / "kb.db", "citation", "graphml", tmp_path / "out")
    assert (tmp_path / "out").read_text(encoding="utf-8") == "older"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kb.db", "out"]


def test_a_place_that_cannot_be_written_is_named_and_no_half_file_stays(tmp_path: Path) -> None:
    small_base(tmp_path / "kb.db").close()
    (tmp_path / "folder").mkdir()
    for out in (tmp_path / "no" / "out", tmp_path / "kb.db" / "out", tmp_path / "folder"):
        with pytest.raises(ConfigError, match=f"{out}: cannot be written"):
            exports.write(tmp_path / "kb.db", "citation", "graphml", out)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "kb.db"]


def test_a_full_disk_leaves_the_older_export_as_it_was(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource", reason="no limit on file size on this system")
    small_base(tmp_path / "kb.db").close()
    out = tmp_path / "out"
    out.write_text("older", encoding="utf-8")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(ConfigError, match="out: cannot be written"):
            exports.write(tmp_path / "kb.db", "citation", "graphml", out)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert out.read_text(encoding="utf-8") == "older"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kb.db", "out"]


def test_a_database_is_never_replaced_by_an_export(tmp_path: Path) -> None:
    small_base(tmp_path / "kb.db").close()
    before = (tmp_path / "kb.db").read_bytes()
    with pytest.raises(ConfigError, match=r"kb\.db: is a database and was left alone"):
        exports.write(tmp_path / "kb.db", "citation", "graphml", tmp_path / "kb.db")
    assert (tmp_path / "kb.db").read_bytes() == before
