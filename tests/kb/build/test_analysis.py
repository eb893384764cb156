from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any

import networkx
import pytest
from small_base import empty_base, small_base

from kb.build import analysis
from kb.graphs import communities, layouts, mainpath, metrics
from kb.graphs.maps import digraph


@pytest.fixture
def base(specimen: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(specimen)) as db:
        yield db


def rows(db: sqlite3.Connection, sql: str) -> list[Any]:
    return db.execute(sql).fetchall()


def test_every_work_is_measured_and_has_a_place_by_year(base: sqlite3.Connection) -> None:
    works = rows(base, "SELECT work FROM works ORDER BY work")
    assert rows(base, "SELECT work FROM metrics ORDER BY work") == works
    assert rows(base, "SELECT work FROM layouts WHERE layout = 'year' ORDER BY work") == works


def test_measures_are_those_of_networkx(base: sqlite3.Connection) -> None:
    whole = digraph(base)
    ranks = dict(rows(base, "SELECT work, pagerank FROM metrics"))
    assert ranks == pytest.approx(networkx.pagerank(whole, tol=1e-12), abs=1e-9)
    shares = dict(rows(base, "SELECT work, betweenness FROM metrics"))
    assert shares == pytest.approx(networkx.betweenness_centrality(whole), abs=1e-12)
    assert dict(rows(base, "SELECT work, in_degree FROM metrics")) == dict(whole.in_degree)
    assert dict(rows(base, "SELECT work, out_degree FROM metrics")) == dict(whole.out_degree)


def test_works_cited_here_are_counted_apart_from_those_that_papers_cite(
    base: sqlite3.Connection,
) -> None:
    counted = (
        "SELECT work, (SELECT count(DISTINCT citing) FROM cites JOIN papers p ON p.work = citing"
        " WHERE cited = m.work) FROM metrics m ORDER BY work"
    )
    assert rows(base, "SELECT work, in_degree_local FROM metrics ORDER BY work") == rows(
        base, counted
    )


def test_a_community_holds_the_works_that_it_counts(base: sqlite3.Connection) -> None:
    told = "SELECT community, size, papers FROM communities ORDER BY community"
    counted = (
        "SELECT community, count(*), sum(is_paper) FROM metrics JOIN works USING (work)"
        " WHERE community IS NOT NULL GROUP BY community ORDER BY community"
    )
    assert rows(base, told) == rows(base, counted)
    hubs = "SELECT hub FROM communities c JOIN metrics m ON m.work = c.hub"
    assert len(rows(base, f"{hubs} AND m.community = c.community")) == len(rows(base, told))


def test_the_main_path_leads_from_work_to_work(base: sqlite3.Connection) -> None:
    path = rows(base, "SELECT work FROM metrics WHERE on_main_path ORDER BY main_path_place")
    whole = digraph(base)
    assert len(path) > 5
    assert all(whole.has_edge(*a, *b) for a, b in pairwise(path))


def test_works_that_cite_each_other_in_a_circle_are_marked(base: sqlite3.Connection) -> None:
    whole = digraph(base)
    circles = [each for each in networkx.strongly_connected_components(whole) if len(each) > 1]
    marked = {work for (work,) in rows(base, "SELECT work FROM metrics WHERE on_cycle")}
    assert marked == set().union(*circles)
    assert marked


def test_how_it_was_measured_is_noted(base: sqlite3.Connection) -> None:
    told = dict(rows(base, "SELECT key, value FROM meta"))
    citing = rows(base, "SELECT count(DISTINCT citing) FROM cites")[0][0]
    assert told["betweenness_from"] == f"{citing} of the {citing} works that cite others"
    assert int(told["citations_on_cycles"]) >= 2
    assert told["main_path_of"].endswith(" paths")


def test_every_work_has_a_place_by_force_in_the_square(base: sqlite3.Connection) -> None:
    works = rows(base, "SELECT work FROM works ORDER BY work")
    drawn = "SELECT work FROM layouts WHERE layout = 'force' ORDER BY work"
    assert rows(base, drawn) == works
    outside = "SELECT * FROM layouts WHERE layout = 'force' AND NOT (x BETWEEN 0 AND 1)"
    assert rows(base, outside) == []


@pytest.mark.parametrize("base_of", [small_base, empty_base])
def test_the_same_base_is_measured_alike(base_of: Any) -> None:
    first, second = base_of(), base_of()
    for db in (first, second):
        analysis.fill(db)
    assert list(first.iterdump()) == list(second.iterdump())


@pytest.mark.parametrize("module", [communities, layouts, mainpath, metrics])
def test_what_is_measured_does_not_know_of_databases(module: Any) -> None:
    assert "sqlite3" not in vars(module)
