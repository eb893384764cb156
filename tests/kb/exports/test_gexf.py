from __future__ import annotations

import io
import re
import sqlite3
from pathlib import Path
from typing import Any

import networkx
import pytest
from lxml import etree
from reading_exports import (
    by_javascript,
    citation_graph,
    exported,
    in_xml,
    opened,
    two_topics,
    without,
)
from small_base import add, empty_base, small_base

from kb import exports, site
from kb.exports import gexf

OWN = ("label", "start", "end", "size", "color", gexf.OVER_TIME)


@pytest.fixture(scope="session", params=["gexf.xsd", "gexf.rng"])
def schema(request: pytest.FixtureRequest, shared: Path) -> Any:
    """The official schemas of GEXF 1.3."""
    document = etree.parse(shared / "reference" / "schemas" / "gexf-1.3" / request.param)
    kind = etree.XMLSchema if request.param.endswith("xsd") else etree.RelaxNG
    return kind(document)


def assert_valid(schema: Any, content: bytes) -> None:
    assert schema.validate(etree.fromstring(content)), schema.error_log


def test_the_official_schemas_accept_the_file(schema: Any, any_base: Path) -> None:
    assert_valid(schema, exported(opened(any_base), "citation", "gexf"))


def test_the_official_schemas_accept_an_empty_graph_and_one_without_direction(schema: Any) -> None:
    assert_valid(schema, exported(empty_base(), "citation", "gexf"))
    assert_valid(schema, "".join(gexf.pieces(two_topics())).encode())


@pytest.mark.parametrize("namespace", ["http://gexf.net/1.3", "http://gexf.net/1.3/viz"])
@pytest.mark.parametrize(
    "element", ['position x="1" y="2"', 'size value="3"', 'color r="1" g="2" b="3"']
)
def test_the_official_schemas_leave_no_element_for_a_place_a_size_or_a_colour(
    element: str, namespace: str, shared: Path
) -> None:
    """Were they mended, the attributes ``x``, ``y``, ``size`` and ``color`` should go there."""
    text = "".join(gexf.pieces(two_topics()))
    there = f'<v:{element} xmlns:v="{namespace}"/></node>'
    document = etree.fromstring(text.replace("</node>", there).encode())
    folder = shared / "reference" / "schemas" / "gexf-1.3"
    xsd = etree.XMLSchema(etree.parse(folder / "gexf.xsd"))
    rng = etree.RelaxNG(etree.parse(folder / "gexf.rng"))
    assert xsd.validate(document) != rng.validate(document)


def test_networkx_reads_every_field_back(any_base: Path) -> None:
    content = exported(opened(any_base), "citation", "gexf")
    found = networkx.read_gexf(io.BytesIO(content), version="1.3")
    expected = citation_graph(any_base)
    assert found.is_directed()
    assert set(found) == set(expected)
    for node, attributes in expected.nodes(data=True):
        assert without(found.nodes[node], *OWN) == without(in_xml(attributes), "label")
        assert found.nodes[node]["label"] == attributes["label"]
    edges = {(a, b): without(values, *OWN) for a, b, values in found.edges(data=True)}
    assert edges == {(a, b): in_xml(values) for a, b, values in expected.edges(data=True)}


def test_graphology_reads_every_field_back(any_base: Path, tmp_path: Path) -> None:
    exports.write(any_base, "citation", "gexf", tmp_path / "g.gexf")
    found = by_javascript("gexf", tmp_path / "g.gexf")
    expected = citation_graph(any_base)
    assert found["type"] == "directed"
    own = without(dict.fromkeys(OWN), "label")
    nodes = {node: without(values, *own) for node, values in found["nodes"].items()}
    assert nodes == {node: in_xml(values) for node, values in expected.nodes(data=True)}
    edges = {(a, b): without(values, *OWN) for a, b, values in found["edges"]}
    assert edges == {(a, b): in_xml(values) for a, b, values in expected.edges(data=True)}


def test_a_graph_without_dates_and_direction_is_static_and_weighted() -> None:
    content = "".join(gexf.pieces(two_topics()))
    found = networkx.read_gexf(io.BytesIO(content.encode()), version="1.3")
    assert not found.is_directed()
    assert found.graph["mode"] == "static"
    assert found.edges["mibg", "oms"]["weight"] == 3
    assert found.nodes["mibg"]["label"] == "MIBG"


def test_a_node_is_sized_by_its_citations_and_has_the_colour_of_its_community() -> None:
    db = small_base()
    for pmid, community, cited in ((1, 1, 0), (2, 1, 15), (3, 8, 3), (4, 9, 0), (5, None, 0)):
        measured = {"pagerank": 0.1, "in_degree": cited, "out_degree": 0, "community": community}
        add(db, "metrics", work=f"pmid:{pmid}", **measured)
    nodes = read(db).nodes
    drawn = [(nodes[f"pmid:{n}"]["size"], nodes[f"pmid:{n}"].get("color")) for n in range(1, 6)]
    assert drawn == [
        (4.0, gexf.COLOURS[1]),
        (16.0, gexf.COLOURS[1]),
        (8.0, gexf.COLOURS[8]),
        (4.0, gexf.COLOURS[0]),
        (4.0, None),
    ]


def test_the_colours_are_those_of_the_picture_on_the_site() -> None:
    style = Path(site.__file__).with_name("static").joinpath("site.css").read_text()
    found = dict(re.findall(r"\.community-(\d) { fill: (#[0-9a-f]{6}); }", style))
    assert {str(number): colour for number, colour in enumerate(gexf.COLOURS)} == found


def test_topics_and_authors_are_sized_by_their_papers_and_have_no_colour() -> None:
    nodes = networkx.read_gexf(io.BytesIO(exported(small_base(), "topics", "gexf")), version="1.3")
    assert nodes.nodes["topic:mibg"]["size"] == pytest.approx(4 * 2**0.5, abs=0.01)
    assert "color" not in nodes.nodes["topic:mibg"]


def read(db: sqlite3.Connection) -> Any:
    return networkx.read_gexf(io.BytesIO(exported(db, "citation", "gexf")), version="1.3")


def test_a_work_begins_with_its_publication_and_a_citation_with_the_later_of_its_works() -> None:
    found = read(small_base())
    assert found.nodes["pmid:1"]["start"] == "2023-04-01"
    assert found.nodes["pmid:2"]["start"] == "2021-01-01"
    assert "start" not in found.nodes["pmid:3"]
    assert found.edges["pmid:1", "pmid:2"]["start"] == "2023-04-01"
    assert found.edges["pmid:4", "pmid:1"]["start"] == "2023-04-01"
    assert found.edges["pmid:5", "doi:10.1/x"]["start"] == "2008-01-01"
    assert "start" not in found.edges["pmid:5", "pmid:5"]


def test_the_status_of_a_retracted_paper_changes_with_the_day_of_the_notice() -> None:
    assert read(small_base()).nodes["pmid:1"][gexf.OVER_TIME] == [
        ("not retracted", "2023-04-01", "2023-11-30"),
        ("retracted", "2023-12-01", "None"),
    ]


NOT = "not retracted"
CONCERN = "expression of concern"


@pytest.mark.parametrize(
    ("attributes", "spells"),
    [
        ({"status": "never checked"}, []),
        ({"status": NOT, "integrity_checked": "2024-05-06"}, [(NOT, "2020-01-01", "2024-05-06")]),
        ({"status": NOT}, [(NOT, "2020-01-01", None)]),
        ({"status": "retracted"}, [("retracted", None, None)]),
        ({"status": "contradictory", "concern_on": "2021"}, [("contradictory", None, None)]),
        (
            {"status": "retracted", "retracted_on": "2022", "integrity_checked": "2024-01-01"},
            [(NOT, "2020-01-01", "2021-12-31"), ("retracted", "2022-01-01", None)],
        ),
        (
            {"status": "retracted", "concern_on": "2021-03", "retracted_on": "2022-02-03"},
            [
                (NOT, "2020-01-01", "2021-02-28"),
                (CONCERN, "2021-03-01", "2022-02-02"),
                ("retracted", "2022-02-03", None),
            ],
        ),
        (
            {"status": "retracted", "concern_on": "2023", "retracted_on": "2022"},
            [(NOT, "2020-01-01", "2021-12-31"), ("retracted", "2022-01-01", None)],
        ),
        (
            {"status": "retracted", "retracted_on": "2019-12-31"},
            [("retracted", "2019-12-31", None)],
        ),
        ({"status": CONCERN}, [(CONCERN, None, None)]),
        (
            {"status": CONCERN, "concern_on": "2021"},
            [(NOT, "2020-01-01", "2020-12-31"), (CONCERN, "2021-01-01", None)],
        ),
        ({"status": "corrected"}, [("corrected", None, None)]),
        (
            {"status": "corrected", "corrected_on": "2021-05", "integrity_checked": "2024-01-01"},
            [(NOT, "2020-01-01", "2021-04-30"), ("corrected", "2021-05-01", None)],
        ),
        (
            {"status": "retracted", "corrected_on": "2021", "retracted_on": "2022"},
            [(NOT, "2020-01-01", "2021-12-31"), ("retracted", "2022-01-01", None)],
        ),
        ({"status": "reinstated", "corrected_on": "2021"}, [("reinstated", None, None)]),
    ],
)
def test_a_status_holds_as_long_as_it_was_known(
    attributes: dict[str, Any], spells: list[gexf.Spell]
) -> None:
    assert gexf.spells(attributes, "2020-01-01") == spells


def test_a_single_work_that_cites_itself_is_legal() -> None:
    db = empty_base()
    add(db, "works", work="pmid:7", pmid=7, text="alone", is_paper=0)
    add(db, "cites", citing="pmid:7", cited="pmid:7", source="elink")
    assert list(read(db).edges) == [("pmid:7", "pmid:7")]
