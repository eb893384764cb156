"""A list is checked entry by entry: where each is, how it stands, what it cites."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from serving import asking, posting, text_of
from specimen_site import CITED_DOI, CITED_ONLY, CITING, IMAGING, RETRACTED, UNCHECKED, Get

from kb.site import check
from kb.site.values import BadRequest


@pytest.fixture(scope="module")
def db(specimen: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(specimen)) as connection:
        connection.row_factory = sqlite3.Row
        yield connection


@pytest.fixture(scope="module")
def post(specimen: Path) -> Iterator[Any]:
    with posting(specimen) as post:
        yield post


def told(db: sqlite3.Connection, text: str) -> list[tuple[str, str]]:
    return [(row.place, row.stands) for row in check.checked(db, text)]


def test_each_entry_says_where_it_is_and_how_it_stands(db: sqlite3.Connection) -> None:
    text = f"{RETRACTED}\n{UNCHECKED}\n{CITED_ONLY}\n12345\nA title alone\n{CITED_DOI}"
    assert told(db, text) == [
        ("here", "retracted"),
        ("here", "never checked"),
        ("cited here, not harvested", "never checked"),
        ("not here", "unknown"),
        ("no identifier", "unknown"),
        ("cited here, not harvested", "never checked"),
    ]


def test_one_unknown_entry_does_not_refuse_the_rest(db: sqlite3.Connection) -> None:
    assert [place for place, _ in told(db, f"12345 {IMAGING} 999")] == [
        "not here",
        "here",
        "not here",
    ]


def test_what_an_entry_cites_that_is_retracted_is_named(db: sqlite3.Connection) -> None:
    cites = "SELECT DISTINCT work FROM exposure WHERE hops = 1 AND kind = 'retraction'"
    works = [work for (work,) in db.execute(cites)]
    pmids = [work.removeprefix("pmid:") for work in works if work.startswith("pmid:")]
    rows = check.checked(db, "\n".join(pmids))
    assert pmids
    for row in rows:
        assert {each["retracted"] for each in row.rests_on}
        assert all(each["work"] == row.work["work"] for each in row.rests_on if row.work)
    assert check.summary(rows)["that cite a retracted work"] == len(pmids)


def test_identifiers_of_two_works_are_told_and_not_chosen_from(db: sqlite3.Connection) -> None:
    doi = db.execute("SELECT doi FROM works WHERE pmid = ?", [IMAGING]).fetchone()[0]
    (row,) = check.checked(db, f"A title. doi:{doi} PMID: {CITING}")
    assert check.remarks(row) == [f"its identifiers are of two works: also pmid:{IMAGING}"]
    (sound,) = check.checked(db, f"A title. doi:{doi} PMID: {IMAGING}")
    assert check.remarks(sound) == []


def test_what_stands_twice_is_told_once_as_repeated(db: sqlite3.Connection) -> None:
    doi = db.execute("SELECT doi FROM works WHERE pmid = ?", [IMAGING]).fetchone()[0]
    rows = check.checked(db, f"{IMAGING}\n{doi}\n12345\n12345\nNo identifier\nNo identifier")
    assert [row.is_repeated for row in rows] == [False, True, False, True, False, False]


def test_more_entries_than_a_list_takes_are_refused_and_not_dropped(db: sqlite3.Connection) -> None:
    most = check.MOST_ENTRIES
    assert len(check.checked(db, "\n".join(map(str, range(1, most + 1))))) == most
    with pytest.raises(BadRequest, match="this one has 2,001"):
        check.checked(db, "\n".join(map(str, range(1, most + 2))))


def test_the_page_shows_a_list_and_keeps_it_for_another_go(post: Any) -> None:
    text = f"{RETRACTED}\n12345\n<b>no identifier</b>"
    answer = post("/check", f"list={quote(text)}")
    seen = text_of(answer)
    assert answer.status_code == 200
    assert "3 entries" in seen
    assert "1 retracted" in seen
    assert "1 no identifier" in seen
    assert f'href="/paper/{RETRACTED}"' in answer.text
    assert 'href="https://pubmed.ncbi.nlm.nih.gov/12345/"' in answer.text
    assert "<b>no identifier" not in answer.text
    assert f"{RETRACTED}\n12345\n&lt;b&gt;" in answer.text


def test_the_same_as_a_table_that_no_spreadsheet_runs(post: Any) -> None:
    text = f"{RETRACTED}\n=1+1"
    answer = post("/check.csv", f"list={quote(text)}")
    rows = list(csv.DictReader(answer.text.splitlines()))
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert [(row["place"], row["stands"]) for row in rows] == [
        ("here", "retracted"),
        ("no identifier", "unknown"),
    ]
    assert rows[1]["entry"] == "'=1+1"


def test_a_list_that_is_too_large_is_refused(post: Any) -> None:
    answer = post("/check", "list=" + "1" * check.LARGEST)
    assert answer.status_code == 400
    assert "A list has up to 1 MB" in text_of(answer)


def test_without_a_list_there_is_a_form(get: Get, post: Any) -> None:
    assert "<textarea" in get("/check").text
    assert "<textarea" in post("/check", "").text
    assert get("/check.csv").status_code == 400


def test_no_other_page_takes_a_form(specimen: Path) -> None:
    with posting(specimen) as post:
        for address in ("/", "/search", "/checks", "/kb", "/kb/papers", "/check/x"):
            assert post(address, "list=1").status_code in (404, 405)


def test_a_list_leaves_nothing_behind(specimen: Path, post: Any) -> None:
    before = specimen.read_bytes()
    post("/check", "list=424242424")
    assert specimen.read_bytes() == before
    with asking(specimen) as get:
        assert "424242424" not in get("/check").text
