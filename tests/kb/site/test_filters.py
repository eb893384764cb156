"""What a search is narrowed by, as conditions of SQL, and which level of evidence counts for it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from serving import text_of
from specimen_site import IMAGING, Get

from kb.site import filters, results


@pytest.fixture(scope="module")
def db(specimen: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(specimen)) as connection:
        yield connection


def pmids(db: sqlite3.Connection, **params: object) -> set[int]:
    sql = f"SELECT p.pmid {filters.matching(params)}"
    return {pmid for (pmid,) in db.execute(sql, params)}


def levels(db: sqlite3.Connection, **params: object) -> dict[int, int | None]:
    sql = f"SELECT p.pmid, {filters.level(params)} {filters.matching(params)}"
    return dict(db.execute(sql, params).fetchall())


def test_without_filters_every_paper_matches(db: sqlite3.Connection) -> None:
    assert pmids(db) == {pmid for (pmid,) in db.execute("SELECT pmid FROM papers")}


def test_filters_and_words_narrow_each_other(db: sqlite3.Connection) -> None:
    of_topic, of_year = pmids(db, topic="modality"), pmids(db, year=2014)
    of_words = pmids(db, q="neuroblastoma")
    assert pmids(db, topic="modality", year=2014) == of_topic & of_year != set()
    assert pmids(db, q="neuroblastoma", topic="modality") == of_words & of_topic != set()


def test_each_of_several_topics_narrows_with_those_below_it(db: sqlite3.Connection) -> None:
    both = pmids(db, topic="modality", topic2="surveillance")
    assert both == pmids(db, topic="modality") & pmids(db, topic="surveillance") != set()
    below = "SELECT pmid FROM paper_topics WHERE topic = 'fdg-pet'"
    assert {pmid for (pmid,) in db.execute(below)} <= pmids(db, topic="modality")


@pytest.mark.parametrize("name", sorted(filters.VALUES))
def test_a_value_that_no_paper_can_have_is_told_with_those_that_it_can(
    db: sqlite3.Connection, name: str
) -> None:
    wrong = filters.unknown_value(db, {name: "no such value"})
    assert wrong
    assert wrong.startswith(f"{name}=no such value: there is none here. Try ")


def test_every_value_that_a_filter_names_is_known(db: sqlite3.Connection) -> None:
    for name, sql in filters.VALUES.items():
        for (value,) in db.execute(sql).fetchall():
            assert filters.unknown_value(db, {name: value}) is None


def test_a_pmid_that_is_not_here_is_named(db: sqlite3.Connection) -> None:
    assert filters.unknown_value(db, {"pmid": "[990000001]"}) is None
    assert filters.unknown_value(db, {"pmid": "[7]"}) == "pmid: no record of 7 is in this base."


# For any task; of a paper without any, by its design for treatment.
BEST = """
SELECT p.pmid, coalesce(min(e.level), d.treatment)
FROM papers p JOIN designs d USING (design) LEFT JOIN evidence e USING (pmid) GROUP BY p.pmid
"""


def test_of_a_task_its_own_level_counts_and_else_the_best_for_any(db: sqlite3.Connection) -> None:
    best = dict(db.execute(BEST).fetchall())
    by_task = "SELECT pmid, level FROM evidence WHERE task = 'prognosis'"
    own = dict(db.execute(by_task).fetchall())
    assert levels(db, topic="prognosis") == own
    assert any(own[pmid] != best[pmid] for pmid in own)
    assert levels(db, topic="mri") == {p: best.get(p) for p in pmids(db, topic="mri")}
    both = levels(db, topic="mri", topic2="prognosis")
    assert both == {pmid: own[pmid] for pmid in pmids(db, topic="mri", topic2="prognosis")} != {}


def test_which_topic_is_a_task_is_told_by_the_role_of_its_scheme(specimen: Path) -> None:
    with closing(sqlite3.connect(specimen)) as source, closing(sqlite3.connect(":memory:")) as copy:
        source.backup(copy)
        own = levels(copy, topic="prognosis")
        copy.execute("UPDATE schemes SET role = NULL")
        assert levels(copy, topic="prognosis") != own


def in_order(db: sqlite3.Connection, order: str, **params: object) -> list[int]:
    return [pmid for pmid, *_ in db.execute(results.hits(params, order), params)]


def test_of_one_level_the_stronger_design_stands_first(db: sqlite3.Connection) -> None:
    strength = dict(db.execute("SELECT pmid, position FROM papers JOIN designs USING (design)"))
    level = levels(db)
    gone = {pmid for (pmid,) in db.execute(f"SELECT p.pmid FROM papers p WHERE {filters.GONE}")}
    sound = [pmid for pmid in in_order(db, "evidence") if pmid not in gone]
    ranked = [(level[pmid] or 9, strength[pmid]) for pmid in sound]
    assert ranked == sorted(ranked)
    assert len({level for level, _ in ranked}) > 3


def test_a_trial_whose_task_nobody_recognised_stands_before_reviews(specimen: Path) -> None:
    with closing(sqlite3.connect(specimen)) as source, closing(sqlite3.connect(":memory:")) as db:
        source.backup(db)
        trial = 990000031
        db.execute("UPDATE evidence SET level = NULL WHERE pmid = ?", [trial])
        design = dict(db.execute("SELECT pmid, design FROM papers").fetchall())
        before = in_order(db, "evidence", topic="oms")
        assert {design[pmid] for pmid in before[: before.index(trial)]} <= {"systematic review"}
        assert level_of(db, trial, topic="oms") == 2
        assert level_of(db, trial, topic="prognosis") is None  # a task, for which it has none


def level_of(db: sqlite3.Connection, pmid: int, **params: object) -> int | None:
    return levels(db, **params)[pmid]


def test_every_design_of_a_paper_has_its_place(db: sqlite3.Connection) -> None:
    places = dict(db.execute("SELECT design, position FROM designs").fetchall())
    assert {design for (design,) in db.execute("SELECT design FROM papers")} <= places.keys()
    assert places["systematic review"] < places["randomised trial"] < places["narrative review"]


def test_the_most_cited_stand_first(db: sqlite3.Connection) -> None:
    cited = dict(
        db.execute(
            "SELECT p.pmid, m.in_degree FROM papers p JOIN metrics m USING (work)"
        ).fetchall()
    )
    counts = [cited[pmid] for pmid in in_order(db, "cited", topic="mri")]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > counts[-1]


def test_icites_count_is_an_order_where_it_was_asked(specimen: Path) -> None:
    with closing(sqlite3.connect(specimen)) as source, closing(sqlite3.connect(":memory:")) as db:
        source.backup(db)
        assert not filters.asked_of_icite(db)
        last = in_order(db, "icite")[-1]
        db.execute(
            "INSERT INTO cites SELECT work, 'pmid:' || ?1, 'icite' FROM papers LIMIT 3", [last]
        )
        assert filters.asked_of_icite(db)
        assert in_order(db, "icite")[0] == last


def test_years_from_and_to_are_those_between(db: sqlite3.Connection) -> None:
    years = dict(db.execute("SELECT pmid, year FROM papers").fetchall())
    for asked in ({"year_from": 2010}, {"year_to": 2014}, {"year_from": 2010, "year_to": 2014}):
        first, last = asked.get("year_from", 0), asked.get("year_to", 9999)
        between = {pmid for pmid, year in years.items() if year and first <= year <= last}
        assert pmids(db, **asked) == between != set()


def test_years_that_run_backwards_are_refused(get: Get) -> None:
    answer = get("/search?year_from=2014&year_to=2010")
    assert answer.status_code == 400
    assert "year_from=2014 is after year_to=2010" in text_of(answer)


def test_a_pmid_that_is_not_here_is_not_left_out_in_silence(get: Get) -> None:
    for address in ("/search", "/search.atom", "/export/references.ris"):
        answer = get(f"{address}?pmid={IMAGING}&pmid=12345")
        assert answer.status_code == 400
        assert "no record of 12345 is in this base" in text_of(answer)
    assert "pmid=x: is no PMID" in text_of(get("/search?pmid=x"))


def test_more_topics_than_a_search_takes_are_refused_and_not_dropped(get: Get) -> None:
    seven = "&".join(f"topic=t{n}" for n in range(7))
    answer = get(f"/search?{seven}")
    assert answer.status_code == 400
    assert "topic= may stand 6 times; here it stands 7 times" in text_of(answer)
