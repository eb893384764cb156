"""What changed between two runs: exactly what was planted, and nothing that was so before."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from building import Raw, article, paper

from kb.notices.changes import (
    Change,
    Told,
    Version,
    merged,
    of_notices,
    of_record,
    revised,
    withdrawn,
)
from kb.notices.integrity import IntegrityNotice

FIRST, SECOND, THIRD = "2024-01-01T00:30:00Z", "2024-02-01T00:00:00Z", "2024-03-01T00:00:00Z"
RETRACTION = ("RetractionIn", "J Example. 2024 Jan 5;1(1):1", 900)


def told(
    run: int, kind: str, notice_pmid: int | None = None, doi: str | None = None, pmid: int = 1
) -> Told:
    about = (notice_pmid, doi, "text", None, "source", None)
    return Told(
        run, f"2024-0{run}-01T00:00:00Z", IntegrityNotice(f"pmid:{pmid}", pmid, kind, *about)
    )


def events(*notices: Told) -> list[tuple[int, str]]:
    """Of paper 1, first read by run 1."""
    return [(change.run, change.kind) for change in of_notices(notices, {1: 1})]


# Records


def test_the_first_version_is_new_and_each_later_one_revised_with_its_fields() -> None:
    versions = [
        Version(3, THIRD, article(1, title="B", abstract="Words")),
        Version(1, FIRST, article(1, title="A")),
        Version(2, SECOND, article(1, title="B", year=2021)),
    ]
    assert list(of_record(versions)) == [
        Change(1, 1, "new", FIRST, None),
        Change(2, 1, "revised", SECOND, "title, year, pub_date"),
        Change(3, 1, "revised", THIRD, "abstract, sections, year, pub_date"),
    ]


def test_a_version_of_which_nothing_that_is_read_differs_names_no_field() -> None:
    same = article(1)
    assert revised(same, same) == []
    (_, change) = of_record([Version(1, FIRST, same), Version(2, SECOND, same)])
    assert (change.kind, change.detail) == ("revised", None)


def test_text_and_its_markup_are_one_field() -> None:
    assert revised(article(1, title="a"), article(1, title="b")) == ["title"]


# Notices


@pytest.mark.parametrize(
    ("kind", "event"),
    [
        ("retraction", "retracted"),
        ("expression_of_concern", "doubted"),
        ("contradictory", "doubted"),
        ("reinstatement", "reinstated"),
        ("erratum", "corrected"),
        ("republication", "corrected"),
    ],
)
def test_a_notice_that_a_later_run_reads_is_an_event_of_that_run(kind: str, event: str) -> None:
    assert events(told(2, kind, 900)) == [(2, event)]


@pytest.mark.parametrize("kind", ["comment", "update"])
def test_a_comment_or_update_is_no_event(kind: str) -> None:
    assert events(told(2, kind, 900)) == []


def test_what_was_known_when_the_paper_was_first_read_is_no_change() -> None:
    assert events(told(1, "retraction", 900), told(2, "retraction", 900)) == []


def test_a_paper_that_is_not_in_the_base_has_no_events() -> None:
    assert events(told(2, "retraction", 900, pmid=2)) == []


def test_a_retraction_told_again_by_another_source_is_no_further_event() -> None:
    notices = [told(2, "retraction", 900), told(3, "retraction", None, "10.1/r")]
    assert events(*notices) == [(2, "retracted")]


def test_each_correction_is_an_event_and_the_same_without_its_number_is_none() -> None:
    notices = [told(2, "erratum"), told(2, "erratum", 900), told(3, "erratum", 901)]
    notices += [told(4, "erratum")]
    assert events(*notices) == [(2, "corrected"), (3, "corrected")]


def test_the_order_in_which_notices_are_given_changes_nothing() -> None:
    notices = [told(2, "erratum"), told(2, "erratum", 900), told(3, "retraction", 901)]
    assert events(*notices) == events(*reversed(notices))


def test_several_changes_of_a_kind_in_a_run_are_one_with_all_details() -> None:
    changes = [Change(2, 1, "corrected", SECOND, "PMID 901"), Change(2, 1, "corrected", FIRST, "x")]
    assert merged(changes) == [Change(2, 1, "corrected", FIRST, "x; PMID 901")]


# Withdrawals


def test_a_paper_goes_once_and_again_only_where_it_was_there_in_between() -> None:
    gone = [(1, 2, SECOND), (1, 3, THIRD)]
    assert [change.run for change in withdrawn(gone, {1: FIRST})] == [2]
    assert [change.run for change in withdrawn(gone, {1: "2024-02-15T00:00:00Z"})] == [2, 3]


# Two snapshots, built


@pytest.fixture
def raw(tmp_path: Path) -> Raw:
    raw = Raw(tmp_path / "raw.db")
    for run in (1, 2, 3):
        raw.run(run)
    return raw


def test_two_snapshots_differ_by_exactly_what_was_planted(raw: Raw) -> None:
    for pmid in range(1, 12):
        raw.read(pmid, paper(pmid, title=f"Paper {pmid}", doi=f"10.1000/{pmid}"))
    raw.read(12, paper(12, types=["Retracted Publication"]))
    reread = partial(raw.read, run=2, now=SECOND)
    reread(1, paper(1, title="Paper 1", doi="10.1000/1"))
    reread(2, paper(2, title="Paper 2, revised", doi="10.1000/2"))
    reread(3, paper(3, title="Paper 3", doi="10.1000/3", comments=[RETRACTION]))
    reread(20, paper(20, title="Retraction", comments=[("RetractionOf", "x", 4)]))
    erratum = [("ErratumIn", "J Example. 2024;2:2", 902)]
    reread(5, paper(5, title="Paper 5", doi="10.1000/5", comments=erratum))
    concern = [("ExpressionOfConcernIn", "J Example. 2024;3:3", 903)]
    reread(6, paper(6, title="Paper 6", doi="10.1000/6", comments=concern))
    raw.withdraw(7, run=2, now=SECOND)
    raw.withdraw(8, run=2, now=SECOND)
    reread(21, paper(21, title="Paper 8", doi="10.1000/8"))
    reread(22, paper(22, types=["Retracted Publication"]))
    base = raw.build()
    assert base.rows("SELECT pmid, kind, detail FROM changes WHERE run = 2 ORDER BY 1, 2") == [
        (2, "revised", "title"),
        (3, "retracted", "retraction, PMID 900, the paper's record"),
        (3, "revised", "comments"),
        (4, "retracted", "retraction, PMID 20, the notice's record"),
        (5, "corrected", "erratum, PMID 902, the paper's record"),
        (5, "revised", "comments"),
        (6, "doubted", "expression of concern, PMID 903, the paper's record"),
        (6, "revised", "comments"),
        (7, "withdrawn", None),
        (8, "merged", "into PMID 21"),
        (20, "new", None),
        (21, "new", None),
        (22, "new", None),
    ]
    gone = base.rows("SELECT pmid, record_status FROM papers WHERE record_status <> 'active'")
    assert sorted(gone) == [(7, "withdrawn"), (8, "merged")]
    assert base.rows("SELECT pmid FROM papers WHERE is_retracted ORDER BY 1") == [3, 4, 12, 22]


def test_a_third_snapshot_that_brings_nothing_new_has_no_change(raw: Raw) -> None:
    raw.read(1, paper(1, comments=[RETRACTION]), run=1)
    raw.withdraw(1, run=2, now=SECOND)
    raw.withdraw(1, run=3, now=THIRD)
    assert raw.build().rows("SELECT run, kind FROM changes") == [(1, "new"), (2, "withdrawn")]


def test_an_old_file_read_once_more_does_not_bring_back_a_withdrawn_paper(raw: Raw) -> None:
    raw.read(1, source="baseline.xml")
    raw.withdraw(1, run=2, now=SECOND)
    raw.read(1, run=3, now=THIRD, source="baseline.xml")
    assert raw.build().rows("SELECT record_status FROM papers") == ["withdrawn"]
    raw.read(1, run=3, now=THIRD)
    assert raw.build().rows("SELECT record_status FROM papers") == ["active"]
