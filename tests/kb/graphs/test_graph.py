from __future__ import annotations

import sqlite3
import subprocess
import sys

import networkx
from small_base import LONG_DOI, NASTY, add, empty_base, small_base

from kb.graphs import graph
from kb.graphs.labels import labels
from kb.graphs.maps import as_networkx

WORKS = sorted(["pmid:1", "pmid:2", "pmid:3", "pmid:4", "pmid:5"])
OTHERS = [LONG_DOI, "doi:10.1/x", "ref:00ff00ff00ff00ff"]


def networkx_of(db: sqlite3.Connection) -> networkx.Graph[str]:
    return as_networkx(graph.citation(db))


def test_every_work_is_a_node_under_its_identifier_whether_resolved_or_not() -> None:
    found = networkx_of(small_base())
    assert sorted(found) == sorted([*WORKS, *OTHERS])


def test_an_edge_leads_from_the_citing_to_the_cited_work_and_names_its_sources() -> None:
    found = networkx_of(small_base())
    assert found.number_of_edges() == 6
    assert found.edges["pmid:1", "pmid:2"] == {"sources": "elink reference_list"}
    assert found.edges["pmid:4", "pmid:1"] == {"sources": "comments_corrections"}
    assert found.has_edge("pmid:5", "pmid:5")


def test_a_paper_carries_its_attributes() -> None:
    assert networkx_of(small_base()).nodes["pmid:1"] == {
        "label": "Müller-Łoś 2023",
        "label_is_guessed": False,
        "pmid": 1,
        "doi": "10.1007/s1",
        "pmcid": "PMC77",
        "year": 2023,
        "title": "Imaging in neuroblastoma.",
        "text": "PMID 1",
        "is_paper": True,
        "is_retracted": 1,
        "integrity_checked": "2024-01-02",
        "status": "retracted",
        "retracted_on": "2023-12-01",
        "record_status": "active",
        "pub_date": "2023-04",
        "epub_date": "2022-09-05",
        "topics": "mibg staging",
    }


def test_a_work_carries_all_that_was_measured_and_the_name_of_its_community() -> None:
    db = small_base()
    about = {"name": "MIBG", "size": 2, "papers": 1, "topics": "mibg", "hub": "pmid:1"}
    add(db, "communities", community=1, **about)
    measures = {
        "in_degree": 2,
        "in_degree_local": 1,
        "out_degree": 3,
        "pagerank": 0.25,
        "betweenness": 0.5,
        "community": 1,
        "on_main_path": 1,
        "main_path_place": 2,
        "on_cycle": 0,
    }
    add(db, "metrics", work="pmid:1", **measures)
    found = networkx_of(db).nodes["pmid:1"]
    assert {name: found[name] for name in measures} == measures
    assert found["community_name"] == "MIBG"


def test_what_is_unknown_is_absent_and_never_checked_is_not_the_same_as_not_retracted() -> None:
    nodes = networkx_of(small_base()).nodes
    assert nodes["pmid:2"]["is_retracted"] == 0
    assert nodes["pmid:3"] == {
        "label": "PMID 3",
        "label_is_guessed": False,
        "pmid": 3,
        "title": "PMID 3",
        "text": "PMID 3",
        "is_paper": True,
        "status": "never checked",
        "record_status": "withdrawn",
    }
    assert nodes[LONG_DOI] == {
        "label": labels(small_base())[LONG_DOI].text,
        "label_is_guessed": True,
        "doi": LONG_DOI[4:],
        "title": NASTY,
        "text": NASTY,
        "journal": "J <X>",
        "is_paper": False,
        "status": "never checked",
    }


def test_a_notice_marks_a_work_that_was_not_harvested_and_a_paper_whose_record_is_older() -> None:
    db = small_base()
    for work in ("pmid:2", "doi:10.1/x"):
        add(db, "notices", work=work, kind="retraction", date="2024-02", source="record")
    nodes = networkx_of(db).nodes
    for work in ("pmid:2", "doi:10.1/x"):
        assert nodes[work]["is_retracted"] == 1
        assert nodes[work]["status"] == "retracted"
        assert nodes[work]["retracted_on"] == "2024-02"


def test_an_expression_of_concern_is_a_status_of_its_own() -> None:
    found = networkx_of(small_base()).nodes["pmid:2"]
    assert (found["status"], found["is_retracted"]) == ("expression of concern", 0)


def test_measures_of_the_base_stand_at_the_works() -> None:
    db = small_base()
    add(db, "metrics", work="pmid:1", pagerank=0.25, in_degree=1, out_degree=2)
    found = networkx_of(db).nodes["pmid:1"]
    assert (found["pagerank"], found["in_degree"], found["out_degree"]) == (0.25, 1, 2)
    assert "betweenness" not in found


def test_the_graph_names_the_base_it_is_from() -> None:
    assert networkx_of(small_base()).graph == {"base_id": "0123456789abcdef"}
    assert networkx_of(empty_base()).graph == {}


def test_every_attribute_has_the_declared_type() -> None:
    found = graph.citation(small_base())
    for _, attributes in found.nodes:
        for name, value in attributes.items():
            assert type(value) is found.node_types[name]


def test_the_order_of_rows_does_not_depend_on_the_order_of_insertion() -> None:
    db = small_base()
    add(db, "works", work="doi:10.0/first", doi="10.0/first", text="late", is_paper=0)
    add(db, "cites", citing="pmid:1", cited="doi:10.0/first", source="elink")
    nodes = [node for node, _ in graph.citation(db).nodes]
    edges = [(citing, cited) for citing, cited, _ in graph.citation(db).edges]
    assert nodes == sorted(nodes)
    assert edges == sorted(edges)


def test_the_matrix_holds_the_same_citations_once_each() -> None:
    db = small_base()
    works, links = graph.citation_matrix(db)
    rows, columns = links.nonzero()
    found = {(works[row], works[column]) for row, column in zip(rows, columns, strict=True)}
    assert works == sorted([*WORKS, *OTHERS])
    assert found == set(networkx_of(db).edges)
    assert set(links.data) == {1}


def test_an_empty_base_gives_an_empty_graph_and_an_empty_matrix() -> None:
    assert len(networkx_of(empty_base())) == 0
    works, links = graph.citation_matrix(empty_base())
    assert works == []
    assert links.shape == (0, 0)


def test_networkx_is_imported_only_where_its_graph_is_asked_for() -> None:
    code = "import sys, kb.exports, kb.graphs.metrics; sys.exit('networkx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
