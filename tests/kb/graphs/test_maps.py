from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from itertools import combinations
from pathlib import Path

import pytest
from small_base import LONG_DOI, add, add_paper, empty_base, small_base

from kb.errors import ConfigError
from kb.exports import gexf, graphml
from kb.graphs import graph, maps
from kb.graphs.graph import Graph
from kb.graphs.places import PLACE
from kb.graphs.selection import Selection, selected

OUTSIDE = "doi:10.1/outside"


@pytest.fixture
def base(specimen: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(specimen)) as db:
        yield db


def works_that(db: sqlite3.Connection, sql: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for one, other in db.execute(sql):
        found.setdefault(one, set()).add(other)
    return found


CITED = "SELECT citing, cited FROM cites"
CITING = "SELECT cited, citing FROM cites"


def meetings(sets: dict[str, set[str]]) -> dict[frozenset[str], int]:
    shared = {
        frozenset((one, other)): len(sets[one] & sets[other])
        for one, other in combinations(sets, 2)
    }
    return {pair: count for pair, count in shared.items() if count}


def weights(found: Graph) -> dict[frozenset[str], int]:
    made = maps.as_networkx(found)
    return {frozenset((a, b)): data["weight"] for a, b, data in made.edges(data=True)}


def test_without_a_selection_the_citation_map_is_the_whole_graph_with_places(
    base: sqlite3.Connection,
) -> None:
    found, whole = maps.digraph(base), maps.as_networkx(graph.citation(base))
    assert found.is_directed()
    unplaced = {
        node: {name: value for name, value in values.items() if name not in PLACE}
        for node, values in found.nodes(data=True)
    }
    assert unplaced == dict(whole.nodes)
    assert dict(found.edges) == dict(whole.edges)
    assert found.graph == {**whole.graph, "layout": "year"}


def test_a_digraph_of_any_selection_comes_in_one_call(specimen: Path) -> None:
    chosen = Selection(around="990000001", hops=2)
    graph = maps.digraph(specimen, chosen)
    with closing(sqlite3.connect(specimen)) as db:
        works = selected(db, chosen)
        whole = maps.digraph(db)
    assert graph.is_directed()
    assert list(graph) == works
    assert len(whole) > len(works) > 2
    assert set(graph.edges) == set(whole.subgraph(works).edges)
    assert all(graph.nodes[work]["text"] == whole.nodes[work]["text"] for work in works)


def test_a_digraph_of_what_is_no_base_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.db: there is no such file"):
        maps.digraph(tmp_path / "none.db")


def test_a_citation_map_holds_the_works_selected_and_the_citations_among_them() -> None:
    found = maps.as_networkx(maps.citation(small_base(), Selection(papers_only=True)))
    assert sorted(found) == [f"pmid:{n}" for n in range(1, 6)]
    edges = {("pmid:1", "pmid:2"), ("pmid:4", "pmid:1"), ("pmid:5", "pmid:5")}
    assert set(found.edges) == edges


def test_works_are_cocited_as_often_as_set_arithmetic_says(base: sqlite3.Connection) -> None:
    assert weights(maps.cocitation(base)) == meetings(works_that(base, CITING))


def test_papers_are_coupled_as_often_as_set_arithmetic_says(base: sqlite3.Connection) -> None:
    assert weights(maps.coupling(base)) == meetings(works_that(base, CITED))


def test_references_outside_the_selection_and_the_harvest_count_in_coupling(
    base: sqlite3.Connection,
) -> None:
    oms = Selection(topics=("oms",), papers_only=True)
    papers = set(maps.as_networkx(maps.citation(base, oms)))
    lists = {work: cited for work, cited in works_that(base, CITED).items() if work in papers}
    inside = {work: cited & papers for work, cited in lists.items()}
    found = weights(maps.coupling(base, oms))
    assert found == meetings(lists)
    assert sum(found.values()) > sum(meetings(inside).values())


def test_only_works_of_the_selection_cocite(base: sqlite3.Connection) -> None:
    oms = Selection(topics=("oms",))
    works = set(maps.as_networkx(maps.citation(base, oms)))
    citing = {
        cited: {work for work in by if work in works}
        for cited, by in works_that(base, CITING).items()
        if cited in works
    }
    assert weights(maps.cocitation(base, oms)) == meetings(citing)


@pytest.mark.parametrize("map_of", [maps.cocitation, maps.coupling, maps.topics, maps.authors])
def test_pairs_below_the_least_weight_are_left_out(base: sqlite3.Connection, map_of) -> None:  # type: ignore[no-untyped-def]
    strong = {pair: weight for pair, weight in weights(map_of(base)).items() if weight >= 2}
    assert strong
    assert weights(map_of(base, least=2)) == strong


def test_topics_meet_in_the_papers_that_have_both(base: sqlite3.Connection) -> None:
    rows = "SELECT 'topic:' || topic, pmid FROM paper_topics"
    sets = works_that(base, rows)
    found = maps.as_networkx(maps.topics(base))
    assert weights(maps.topics(base)) == meetings(sets)
    assert {node: about["papers"] for node, about in found.nodes(data=True)} == {
        topic: len(papers) for topic, papers in sets.items()
    }
    assert found.nodes["topic:oms"]["label"] == "Opsoclonus-myoclonus syndrome"


def test_papers_and_their_topics_stand_in_one_map() -> None:
    found = maps.as_networkx(maps.paper_topic(small_base()))
    assert {node: about["kind"] for node, about in found.nodes(data=True)} == {
        "pmid:1": "paper",
        "topic:mibg": "topic",
        "topic:staging": "topic",
    }
    assert set(found.edges) == {("pmid:1", "topic:mibg"), ("pmid:1", "topic:staging")}
    assert found.edges["pmid:1", "topic:mibg"] == {"basis": "mesh"}
    assert found.nodes["topic:mibg"]["text"] == "mibg"


def called(name: str) -> dict[str, str]:
    return dict.fromkeys(("label", "title", "name"), name)


def test_an_author_is_an_orcid_or_else_a_name_and_a_group_is_no_person() -> None:
    db = empty_base()
    for pmid in (1, 2, 3):
        add_paper(db, pmid)
    orcid = "0000-0002-1825-0097"
    people = [
        (1, {"last_name": "Li", "initials": "W", "orcid": orcid}),
        (1, {"last_name": "Roe", "initials": "J"}),
        (2, {"last_name": "Li", "initials": "WX", "orcid": orcid}),
        (2, {"last_name": "ROE", "fore_name": "Jane"}),
        (3, {"last_name": "Li", "initials": "W"}),
        (3, {"collective": "The Group"}),
    ]
    for position, (pmid, about) in enumerate(people, start=1):
        add(db, "authors", pmid=pmid, position=position, **about)
    found = maps.as_networkx(maps.authors(db))
    assert {node: found.nodes[node] for node in found} == {
        f"orcid:{orcid}": {**called("Li W"), "orcid": orcid, "papers": 2},
        "author:roe j": {**called("Roe J"), "papers": 2},
        "author:li w": {**called("Li W"), "papers": 1},
        "group:the group": {**called("The Group"), "papers": 1},
    }
    assert weights(maps.authors(db)) == {
        frozenset((f"orcid:{orcid}", "author:roe j")): 2,
        frozenset(("author:li w", "group:the group")): 1,
    }


def test_a_historiograph_holds_the_dated_works_cited_most_and_the_citations_among_them() -> None:
    db = empty_base()
    for pmid, year in [(1, 2000), (2, 2005), (3, 2010), (4, None), (5, 2012)]:
        add_paper(db, pmid, year=year)
    pairs = [(2, 1), (3, 1), (3, 2), (5, 2), (5, 1), (5, 3), (1, 4), (2, 4), (3, 4), (5, 4)]
    for citing, cited in pairs:
        add(db, "cites", citing=f"pmid:{citing}", cited=f"pmid:{cited}", source="icite")
    found = maps.as_networkx(maps.historiograph(db, most=2))
    assert {node: about["year"] for node, about in found.nodes(data=True)} == {
        "pmid:1": 2000,
        "pmid:2": 2005,
    }
    assert list(found.edges) == [("pmid:2", "pmid:1")]
    assert len(maps.as_networkx(maps.historiograph(db))) == 3


@pytest.mark.parametrize("name", maps.MAPS)
def test_a_map_is_in_order_keeps_its_types_and_names_its_base(
    base: sqlite3.Connection, name: str
) -> None:
    found = maps.MAPS[name](base, Selection(without_retracted=True))
    assert "base_id" in found.about
    nodes, edges = list(found.nodes), list(found.edges)
    names = [node for node, _ in nodes]
    ends = [(a, b) for a, b, _ in edges]
    assert names == sorted(set(names))
    assert ends == sorted(set(ends))
    assert {end for pair in ends for end in pair} <= set(names)
    for types, rows in ((found.node_types, nodes), (found.edge_types, edges)):
        for *_, about in rows:
            assert all(type(value) is types[key] for key, value in about.items())
    assert all(about["label"] and about["title"] for _, about in nodes)


@pytest.mark.parametrize("name", maps.MAPS)
def test_a_base_and_a_selection_that_hold_nothing_give_an_empty_map(
    base: sqlite3.Connection, name: str
) -> None:
    for found in (
        maps.MAPS[name](empty_base(), Selection()),
        maps.MAPS[name](base, Selection(first_year=3000)),
    ):
        assert len(maps.as_networkx(found)) == 0


@pytest.mark.parametrize("name", maps.MAPS)
def test_a_map_can_be_exported(base: sqlite3.Connection, name: str) -> None:
    for write in (graphml.pieces, gexf.pieces):
        assert "".join(write(maps.MAPS[name](base, Selection()))).startswith("<?xml")


def test_hostile_identifiers_stay_whole() -> None:
    found = maps.as_networkx(maps.cocitation(small_base()))
    assert found.edges["pmid:2", LONG_DOI] == {"weight": 1}


def test_networkx_is_imported_only_where_its_graph_is_asked_for() -> None:
    code = "import sys, kb.graphs.maps; sys.exit('networkx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
