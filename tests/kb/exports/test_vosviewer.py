from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import networkx
from reading_exports import (
    by_javascript,
    citation_graph,
    exported,
    links,
    opened,
    reader,
    two_topics,
)
from small_base import add, empty_base, small_base

from kb import exports
from kb.exports import vosviewer
from kb.exports.cells import harmless
from kb.graphs.graph import Attributes, Graph

KEYS = {"nodes": "items", "edges": "links", "source": "source_id", "target": "target_id"}


def network(base: Path) -> Any:
    return json.loads(exported(opened(base), "citation", "vosviewer"))["network"]


def test_networkx_finds_every_item_and_every_link_of_two_works(any_base: Path) -> None:
    found = networkx.node_link_graph(network(any_base), directed=True, multigraph=False, **KEYS)
    expected = citation_graph(any_base)
    assert set(found) == set(expected)
    assert set(found.edges) == {(a, b) for a, b in expected.edges if a != b}
    for node, attributes in expected.nodes(data=True):
        item = found.nodes[node]
        assert item.get("scores", {}).get("Year") == attributes.get("year")
        assert [item.get(axis) for axis in "xy"] == [attributes.get(axis) for axis in "xy"]
        assert item["weights"] == {"Citations": attributes.get("in_degree", 0)}


def test_igraph_finds_the_same(any_base: Path) -> None:
    read = network(any_base)
    found = reader("igraph").Graph.DictList(
        read["items"],
        read["links"],
        directed=True,
        vertex_name_attr="id",
        edge_foreign_keys=("source_id", "target_id"),
    )
    expected = citation_graph(any_base)
    assert found.vs["id"] == list(expected)
    names = found.vs["id"]
    assert {(names[a], names[b]) for a, b in found.get_edgelist()} == {
        (a, b) for a, b in expected.edges if a != b
    }


def assert_read_by_vosviewer(found: Any, base: Path) -> None:
    """Items with all that an item has, links without direction; no rule is broken."""
    expected = citation_graph(base)
    assert found["dataError"] is None
    items = {item["id"]: item for item in found["mapData"]}
    assert set(items) == set(expected)
    for node, attributes in expected.nodes(data=True):
        assert items[node]["score<Year>"] == attributes.get("year")
        assert items[node].get("score<Retracted>") == attributes.get("is_retracted")
        assert items[node]["weight<Citations>"] == attributes.get("in_degree", 0)
        assert items[node]["description"].endswith(attributes["status"])
        assert items[node]["label"] == harmless(attributes["label"])
        assert [items[node].get(axis) for axis in "xy"] == [attributes.get(axis) for axis in "xy"]
    found_links = {(a, b): strength for a, b, strength, *_ in found["networkData"]}
    assert links(found_links) == links(expected.edges)
    assert set(found_links.values()) <= {1}


def test_vosviewer_accepts_the_json_file_and_reads_every_field(
    any_base: Path, tmp_path: Path
) -> None:
    exports.write(any_base, "citation", "vosviewer", tmp_path / "map.json")
    assert_read_by_vosviewer(by_javascript("vosviewer", tmp_path / "map.json"), any_base)


def test_vosviewer_accepts_the_map_and_the_network_file(any_base: Path, tmp_path: Path) -> None:
    files = exports.write(any_base, "citation", "vosviewer-map", tmp_path / "c.txt")
    assert [file.name for file in files] == ["c.txt", "c.network.txt"]
    assert_read_by_vosviewer(by_javascript("vosviewer-map", *files), any_base)


def test_pandas_and_networkx_read_the_map_and_the_network_file(
    any_base: Path, tmp_path: Path
) -> None:
    map_, network_ = exports.write(any_base, "citation", "vosviewer-map", tmp_path / "c.txt")
    expected = citation_graph(any_base)
    items = (
        reader("pandas").read_csv(map_, sep="\t", keep_default_na=False, dtype=str).set_index("id")
    )
    assert list(items.index) == list(expected)
    years = {node: str(year or "") for node, year in expected.nodes(data="year")}
    assert dict(items["score<Year>"]) == years
    for axis in {"x", "y"} & set(items):
        places = {node: str(place) for node, place in expected.nodes(data=axis)}
        assert dict(items[axis]) == places
    found = networkx.read_weighted_edgelist(network_, delimiter="\t", create_using=networkx.DiGraph)
    assert set(found.edges(data="weight")) == {(a, b, 1.0) for a, b in expected.edges if a != b}


def test_a_label_has_at_most_40_characters_and_no_word_is_cut() -> None:
    name = "Imaging of children in trials of immunotherapy"
    nodes: list[tuple[str, Attributes]] = [("t", {"label": name, "title": name})]
    found = Graph({}, {"label": str, "title": str}, {}, iter(nodes), iter(()))
    [item] = json.loads("".join(vosviewer.pieces(found)))["network"]["items"]
    assert item["label"] == "Imaging of children in trials…"
    assert item["description"] == name


def test_a_label_is_the_author_and_year_and_the_description_is_harmless_html() -> None:
    db = small_base()
    about = {"year": 2008, "text": "Park JR. <script>x</script>"}
    add(db, "works", work='doi:10.1/"y', doi='10.1/"y', is_paper=0, **about)
    items = json.loads(exported(db, "citation", "vosviewer"))["network"]["items"]
    [item] = [item for item in items if item["id"] == 'doi:10.1/"y']
    assert item["label"] == "Park 2008a"  # another one of the base is cited as Park 2008
    assert item["description"] == "Park JR. &lt;script&gt;x&lt;/script&gt;<br>never checked"
    assert item["url"] == "https://doi.org/10.1/%22y"


def test_a_retracted_work_is_told_in_words_and_as_a_score() -> None:
    items = json.loads(exported(small_base(), "citation", "vosviewer"))["network"]["items"]
    by_id = {item["id"]: item for item in items}
    assert by_id["pmid:1"]["description"].endswith("<br>retracted")
    assert by_id["pmid:1"]["scores"]["Retracted"] == 1
    assert "Retracted" not in by_id["pmid:3"].get("scores", {})


def test_a_community_is_a_cluster_as_far_as_vosviewer_counts() -> None:
    db = small_base()
    for pmid, community in ((1, 1), (2, 1000), (3, 1001)):
        measured = {"pagerank": 0.1, "in_degree": 0, "out_degree": 0, "community": community}
        add(db, "metrics", work=f"pmid:{pmid}", **measured)
    items = json.loads(exported(db, "citation", "vosviewer"))["network"]["items"]
    clusters = {item["id"]: item.get("cluster") for item in items}
    assert [clusters[f"pmid:{pmid}"] for pmid in (1, 2, 3, 4)] == [1, 1000, None, None]


def test_a_cluster_has_the_name_of_its_community() -> None:
    db = small_base()
    for community, name in ((1, "MIBG\nscan"), (2, "OMS"), (1001, "Too many")):
        about = {"name": name, "size": 1, "papers": 1, "topics": "", "hub": "pmid:1"}
        add(db, "communities", community=community, **about)
    for pmid, community in ((1, 2), (2, 1), (3, 1001)):
        measured = {"pagerank": 0.1, "in_degree": 0, "out_degree": 0, "community": community}
        add(db, "metrics", work=f"pmid:{pmid}", **measured)
    network = json.loads(exported(db, "citation", "vosviewer"))["network"]
    assert network["clusters"] == [
        {"cluster": 1, "label": "MIBG scan"},
        {"cluster": 2, "label": "OMS"},
    ]


def test_a_base_without_works_gives_files_without_items(tmp_path: Path) -> None:
    empty_base(tmp_path / "kb.db").close()
    assert json.loads(exported(opened(tmp_path / "kb.db"), "citation", "vosviewer"))["network"] == {
        "items": [],
        "links": [],
        "clusters": [],
    }
    out = tmp_path / "c.txt"
    exports.write(tmp_path / "kb.db", "citation", "vosviewer-map", out)
    [header] = csv.reader(io.StringIO(out.read_text(encoding="utf-8")), delimiter="\t")
    assert header[:3] == ["id", "label", "description"]
    assert (tmp_path / "c.network.txt").read_bytes() == b""


def test_the_strength_of_a_link_is_the_weight_of_the_edge() -> None:
    found = json.loads("".join(vosviewer.pieces(two_topics())))["network"]
    assert found["links"] == [{"source_id": "mibg", "target_id": "oms", "strength": 3}]
    assert [item["label"] for item in found["items"]] == ["MIBG", "OMS"]
