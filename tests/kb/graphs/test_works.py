"""A work is found by whatever people call it, and nothing is taken for another."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from building import Raw, paper
from small_base import LONG_DOI, add, add_paper, empty_base, small_base
from standing_base import STANDS

from kb.answers import RETRACTION_WATCH
from kb.errors import ConfigError
from kb.graphs.graph import citation
from kb.graphs.works import work_named, works_by_name


@pytest.fixture(scope="module")
def db() -> sqlite3.Connection:
    db = small_base()
    add(db, "work_ids", id="doi:10.1101/preprint", work="pmid:2")
    add(db, "work_ids", id="ref:1111111111111111", work="pmid:2")
    return db


@pytest.mark.parametrize(
    ("name", "work"),
    [
        ("1", "pmid:1"),
        ("pmid:1", "pmid:1"),
        ("PMID: 1", "pmid:1"),
        ("PMID 1", "pmid:1"),
        (" 00000001 ", "pmid:1"),
        ("10.1007/S1", "pmid:1"),
        ("https://doi.org/10.1007/s1", "pmid:1"),
        ("doi:10.1007/s1", "pmid:1"),
        ("PMC77", "pmid:1"),
        ("pmc77.1", "pmid:1"),
        ("doi:10.1/x", "doi:10.1/x"),
        ("10.1101/PREPRINT", "pmid:2"),
        (LONG_DOI, LONG_DOI),
        ("ref:00ff00ff00ff00ff", "ref:00ff00ff00ff00ff"),
        ("REF:00FF00FF00FF00FF", "ref:00ff00ff00ff00ff"),
        ("ref:1111111111111111", "pmid:2"),
    ],
)
def test_a_work_answers_to_each_of_its_identifiers(
    db: sqlite3.Connection, name: str, work: str
) -> None:
    assert work_named(db, name) == work


@pytest.mark.parametrize(
    "name",
    [
        "",
        "0",
        "pmid",
        "pmid:x",
        "neuroblastoma",
        "doi:",
        "ref:",
        "77.5",
        "12345678901",
        "pmcx",
        "%",
    ],
)
def test_what_is_no_identifier_is_refused_with_what_is_one(
    db: sqlite3.Connection, name: str
) -> None:
    with pytest.raises(ConfigError, match=r"is no identifier of a work\. Write a PMID, a DOI"):
        work_named(db, name)


@pytest.mark.parametrize(
    "name", ["77", "pmid:99", "10.1007/s2", "PMC1", "ref:00ff", "ref:00ff00ff00ff00f%"]
)
def test_a_work_that_is_not_here_is_none_of_those_that_are(
    db: sqlite3.Connection, name: str
) -> None:
    with pytest.raises(ConfigError, match=f"{name}: the base has no such work"):
        work_named(db, name)


def test_a_doi_of_several_works_names_them() -> None:
    db = empty_base()
    for pmid in (8, 7):
        add_paper(db, pmid, doi="10.1000/book")
    with pytest.raises(ConfigError, match=r"stands for several works: pmid:7, pmid:8\. Name"):
        work_named(db, "10.1000/book")


def test_what_names_works_has_the_status_that_maps_give_them(real_base: Path) -> None:
    with closing(sqlite3.connect(real_base)) as db:
        nodes = dict(citation(db).nodes)
        works = works_by_name(db, nodes)
    assert list(works) == list(nodes)
    for name, about in nodes.items():
        told = (about["text"], about.get("year"), about["status"])
        assert works[name] == (name, *told)
    assert {"retracted", "not retracted", "never checked"} <= {w.status for w in works.values()}


def test_the_status_is_the_verdict_whether_a_work_was_harvested_checked_or_only_cited(
    every_verdict: Path,
) -> None:
    with closing(sqlite3.connect(every_verdict)) as db:
        works = works_by_name(db, STANDS)
        nodes = dict(citation(db).nodes)
    assert {name: work.status for name, work in works.items()} == STANDS
    assert {name: nodes[name]["status"] for name in STANDS} == STANDS
    for name, status in STANDS.items():
        mark = {"retracted": 1, "contradictory": None, "never checked": None}.get(status, 0)
        checked = name.startswith("pmid:2")
        assert nodes[name].get("is_retracted") == (mark if checked or mark == 1 else None)


def test_a_work_that_only_a_file_tells_of_is_not_called_never_checked(tmp_path: Path) -> None:
    raw = Raw(tmp_path / "raw.db")
    raw.run()
    raw.read(1, paper(1, references=[("One", {"doi": "10.1000/d"}), ("Two", {"doi": "10.1000/e"})]))
    columns = "Record ID,Title,RetractionDate,RetractionDOI,RetractionPubMedID,OriginalPaperDOI"
    rows = f"{columns},OriginalPaperPubMedID,RetractionNature,Reason\n"
    rows += "1,T,1/2/2020,,0,10.1000/d,0,Correction,\n2,T,1/2/2020,,0,10.1000/e,0,Odd,\n"
    raw.answer(RETRACTION_WATCH, rows)
    with closing(sqlite3.connect(raw.build().path)) as db:
        works = works_by_name(db, ["doi:10.1000/d", "doi:10.1000/e"])
        assert [work.status for work in works.values()] == ["corrected", "none known"]
        assert {dict(citation(db).nodes)[name]["status"] for name in works} == {
            *("corrected", "none known"),
        }


def test_a_work_that_is_not_here_has_no_name(db: sqlite3.Connection) -> None:
    assert list(works_by_name(db, ["pmid:2", "pmid:99"])) == ["pmid:2"]
