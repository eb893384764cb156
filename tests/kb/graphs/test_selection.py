from __future__ import annotations

import sqlite3
import subprocess
import sys
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_base import add, add_paper, empty_base

from kb.errors import ConfigError
from kb.graphs.neighbourhood import components, core, links
from kb.graphs.selection import EVERYTHING, Selection, selected, slices


@pytest.fixture(scope="module")
def db() -> sqlite3.Connection:
    """Papers 1 (2010) ← 2 (2015, MIBG) ← 3 (2020, OMS, retracted); 2 cites an undated work and one
    of 1999, 3 cites one without a date that nobody else cites, and another stands by itself."""
    db = empty_base()
    add_paper(db, 1, year=2010, pub_date="2010-05", epub_date="2009-12-30")
    add_paper(db, 2, year=2015)
    add_paper(db, 3, year=2020, pub_date="2020-03", is_retracted=1)
    years = {"doi:10/undated": None, "doi:10/1999": 1999, "doi:10/late": None, "doi:10/alone": 2001}
    for work, year in years.items():
        add(db, "works", work=work, doi=work[4:], text=work, is_paper=0, year=year)
    for citing, cited in [
        ("pmid:2", "pmid:1"),
        ("pmid:3", "pmid:2"),
        ("pmid:2", "doi:10/undated"),
        ("pmid:2", "doi:10/1999"),
        ("pmid:3", "doi:10/undated"),
        ("pmid:3", "doi:10/late"),
    ]:
        add(db, "cites", citing=citing, cited=cited, source="icite")
    add(db, "schemes", scheme="A", label="A", description="a")
    for position, (topic, broader) in enumerate([("imaging", None), ("mibg", "imaging")]):
        about = {"scheme": "A", "label": topic, "position": position, "papers": 1}
        add(db, "topics", topic=topic, broader=broader, definition="x", **about)
        add(db, "topic_closure", ancestor=topic, topic=topic)
    add(db, "topic_closure", ancestor="imaging", topic="mibg")
    counts = dict.fromkeys(("n_mesh", "n_keyword", "n_title", "n_abstract"), 1)
    add(db, "paper_topics", pmid=2, topic="mibg", basis="mesh", **counts)
    for pmid, seed, hop in [(1, "job:pmid:1", 0), (2, "job:pmid:1", 1), (3, "job:search:x", 0)]:
        add(db, "provenance", pmid=pmid, seed=seed, via="", hop=hop, source="seed")
    add(db, "evidence", pmid=3, task="imaging", scheme="s", design="case series", basis="title")
    return db


PAPERS = {"pmid:1", "pmid:2", "pmid:3"}
CITED = {"doi:10/1999", "doi:10/undated", "doi:10/late"}


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        (EVERYTHING, PAPERS | CITED | {"doi:10/alone"}),
        (Selection(papers_only=True), PAPERS),
        # Papers, and the works that they bring along.
        (Selection(topics=("imaging",)), {"pmid:2", "doi:10/1999", "doi:10/undated"}),
        (Selection(topics=("imaging",), papers_only=True), {"pmid:2"}),
        (Selection(seeds=("job:pmid:1",), papers_only=True), {"pmid:1", "pmid:2"}),
        (Selection(hops=0, papers_only=True), {"pmid:1", "pmid:3"}),
        (Selection(seeds=("job:pmid:1",), hops=0), {"pmid:1"}),
        (Selection(designs=("case series",)), {"pmid:3", "doi:10/late", "doi:10/undated"}),
        (Selection(topics=("mibg",), designs=("case series",)), set()),
        # Years and dates.
        (Selection(first_year=2001, last_year=2015), {"doi:10/alone", "pmid:1", "pmid:2"}),
        (Selection(last_year=1999), {"doi:10/1999"}),
        (Selection(as_of="2009"), {"doi:10/1999", "doi:10/alone", "pmid:1"}),
        (Selection(as_of="2009-11"), {"doi:10/1999", "doi:10/alone"}),
        (Selection(as_of="2009-12-30", papers_only=True), {"pmid:1"}),
        (Selection(as_of="2009-12-29", papers_only=True), set()),
        (
            Selection(as_of="2019-06"),
            {"pmid:1", "pmid:2", "doi:10/1999", "doi:10/undated", "doi:10/alone"},
        ),
        (Selection(as_of="2020-03", papers_only=True), PAPERS),
        # Around a work, whatever the works are.
        (Selection(around="1"), {"pmid:1", "pmid:2"}),
        (Selection(around="doi:10/1999", hops=2), PAPERS | CITED - {"doi:10/late"}),
        (Selection(around="pmid:2", direction="citing"), {"pmid:2", "pmid:3"}),
        (Selection(around="pmid:3", direction="cited", hops=9), PAPERS | CITED),
        (Selection(around="pmid:2", hops=0), {"pmid:2"}),
        (
            Selection(around="pmid:2", hops=9, papers_only=True, first_year=2015),
            PAPERS - {"pmid:1"},
        ),
        # It may itself be left out; what comes along does so with the papers that are near.
        (Selection(around="pmid:1", topics=("mibg",)), {"pmid:2"}),
        (
            Selection(around="pmid:1", hops=2, topics=("mibg",)),
            {"pmid:2"} | CITED - {"doi:10/late"},
        ),
        (Selection(around="doi:10/alone"), {"doi:10/alone"}),
        (Selection(around="pmid:1", seeds=("job:search:x",)), set()),
        # What hangs together, of what is left.
        (Selection(component="weak"), PAPERS | CITED),
        (Selection(component="strong"), set()),
        (Selection(component="weak", first_year=2001), PAPERS),
        (Selection(component="weak", last_year=2001), set()),
        (Selection(core=2), {"pmid:2", "pmid:3", "doi:10/undated"}),
        (Selection(core=2, papers_only=True), set()),
        (Selection(core=1, papers_only=True), PAPERS),
        (Selection(core=1, component="weak", around="pmid:1"), {"pmid:1", "pmid:2"}),
        # Integrity.
        (Selection(without_retracted=True, papers_only=True), {"pmid:1", "pmid:2"}),
    ],
)
def test_what_is_named_has_to_hold(
    db: sqlite3.Connection, selection: Selection, expected: set[str]
) -> None:
    assert selected(db, selection) == sorted(expected)


@pytest.mark.parametrize(
    ("pub_date", "epub_date", "before", "on"),
    [
        ("2019-08", None, "2019-07", "2019-08"),
        ("2019-08-02", None, "2019-08-01", "2019-08-02"),
        # A year or a month alone says less than a day in it.
        ("2019", "2019-08-02", "2019-07", "2019-08"),
        ("2019-08", "2019-08-20", "2019-08-19", "2019-08-20"),
        ("2020", "2019-08-20", "2019-08-19", "2019-08-20"),
        ("2019-08", "2020", "2019-07", "2019-08"),
        # What is not known to the month counts from its first day.
        ("2019", None, "2018-12", "2019-01"),
        (None, None, "2018-12-31", "2019-01-01"),
    ],
)
def test_what_appeared_later_in_the_same_year_is_left_out(
    pub_date: str | None, epub_date: str | None, before: str, on: str
) -> None:
    db = empty_base()
    add_paper(db, 1, year=2019, pub_date=pub_date, epub_date=epub_date)
    assert selected(db, Selection(as_of=before)) == []
    assert selected(db, Selection(as_of=on)) == ["pmid:1"]


def test_a_notice_leaves_out_a_work_that_was_not_harvested_too() -> None:
    db = empty_base()
    add(db, "works", work="doi:10/x", doi="10/x", text="x", is_paper=0)
    add(db, "notices", work="doi:10/x", kind="retraction", source="Crossref")
    assert selected(db, Selection(without_retracted=True)) == []


@pytest.mark.parametrize(
    ("selection", "message"),
    [
        (Selection(topics=("mibg", "pet")), "no topics pet. It has: imaging, mibg"),
        (Selection(seeds=("job:doi:x",)), "no seeds job:doi:x. It has: job:pmid:1, job:search:x"),
        (Selection(designs=("trial",)), "no designs trial. It has: case series"),
        (Selection(as_of="last year"), "last year: is no date. Write 2019, 2019-07 or 2019-07-31"),
        (Selection(as_of="2019-7"), "2019-7: is no date"),
        (Selection(around="pmid:9"), "pmid:9: the base has no such work"),
        (Selection(around="x"), "'x' is no identifier of a work"),
        (Selection(direction="cited"), r"direction: starts from a work\. Name it with around"),
        (Selection(around="1", direction="up"), "direction up: .* There are: both, cited, citing"),
        (Selection(component="big"), "component big: there is none. There are: weak, strong"),
        (
            Selection(around="1", hops=1, seeds=("job:pmid:1",)),
            "hops: count from the seeds or from the work around",
        ),
        (Selection(hops=-1), "hops -1: write a number from 0 to 9999"),
        (Selection(core=0), "core 0: write a number from 1 to 9999"),
        (Selection(hops=10**23), r"hops 1\d+: write a number from 0 to 9999"),
        (Selection(first_year=10**27), r"from 1\d+: is no year. Write a number from 0 to 9999"),
    ],
)
def test_what_the_base_does_not_have_is_refused_with_what_it_has(
    db: sqlite3.Connection, selection: Selection, message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        selected(db, selection)


@given(
    st.lists(st.sampled_from(list(product(range(1, 7), range(1, 7)))), max_size=16),
    st.integers(1, 3),
    st.sampled_from(["weak", "strong"]),
    st.integers(2011, 2016),
)
def test_of_a_core_the_component_is_taken_and_both_of_what_is_left(
    pairs: list[tuple[int, int]], least: int, kind: str, last_year: int
) -> None:
    db = empty_base()
    for pmid in range(1, 7):
        add_paper(db, pmid, year=2010 + pmid)
    for citing, cited in set(pairs):
        add(db, "cites", citing=f"pmid:{citing}", cited=f"pmid:{cited}", source="icite")
    chosen = Selection(last_year=last_year, core=least, component=kind)
    graph = links(db)
    left = graph.subgraph(selected(db, replace(chosen, core=None, component=None)))
    parts = [part for part in components(graph.subgraph(core(left, least)), kind) if len(part) > 1]
    assert selected(db, chosen) == (sorted(parts[0]) if parts else [])


def test_networkx_is_imported_only_where_it_has_to_follow_citations() -> None:
    code = "import sys, kb.cli, kb.graphs.selection; sys.exit('networkx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_slices_are_spans_of_years_of_which_the_last_may_be_short() -> None:
    found = list(slices(Selection(topics=("mibg",)), 2001, 2012, 5))
    spans = [(each.first_year, each.last_year) for each in found]
    assert spans == [(2001, 2005), (2006, 2010), (2011, 2012)]
    assert {each.topics for each in found} == {("mibg",)}
