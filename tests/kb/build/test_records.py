"""The first pass: what each record fills by itself."""

from __future__ import annotations

from typing import Any

import pytest
from building import Base, Raw, paper

from kb.errors import Incomplete


def test_papers_are_those_that_a_live_seed_reaches(base: Base) -> None:
    assert base.rows("SELECT pmid FROM papers ORDER BY pmid") == [1, 2, 3, 4, 5, 9]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize(
    ("loser", "winner"),
    [
        (
            {"version": 1, "revised": "2023-01-01", "now": "2024-03-01T00:00:00Z"},
            {"version": 2, "revised": "2020-01-01", "now": "2024-01-01T00:00:00Z"},
        ),
        (
            {"version": 1, "revised": "", "now": "2024-03-01T00:00:00Z"},
            {"version": 1, "revised": "2020-01-01", "now": "2024-01-01T00:00:00Z"},
        ),
        (
            {"version": 1, "revised": "2020-01-01", "now": "2024-03-01T00:00:00Z"},
            {"version": 1, "revised": "2020-01-02", "now": "2024-01-01T00:00:00Z"},
        ),
        (
            {"version": 9, "revised": "2020-01-01", "now": "2024-03-01T00:00:00Z"},
            {"version": 10, "revised": "2020-01-01", "now": "2024-01-01T00:00:00Z"},
        ),
        (
            {"version": 1, "revised": "2020-01-01", "now": "2024-01-01T00:00:00Z"},
            {"version": 1, "revised": "2020-01-01", "now": "2024-03-01T00:00:00Z"},
        ),
    ],
    ids=["version", "a date of revision", "later revised", "version as a number", "later read"],
)
def test_of_a_pmid_the_version_then_the_revision_then_the_reading_decides(
    raw: Raw, loser: dict[str, Any], winner: dict[str, Any], order: tuple[int, int]
) -> None:
    both = [{**loser, "title": "Loser"}, {**winner, "title": "Winner"}]
    for position in order:
        about = dict(both[position])
        now = about.pop("now")
        raw.read(1, paper(1, **about), now=now)
    assert raw.build().rows("SELECT title, read_at FROM papers") == [("Winner", winner["now"])]


def test_a_record_read_again_unchanged_counts_as_read_then(raw: Raw) -> None:
    raw.read(1, paper(1, title="Old"), now="2024-01-01T00:00:00Z")
    raw.read(1, paper(1, title="New"), now="2024-01-02T00:00:00Z")
    raw.read(1, paper(1, title="Old"), now="2024-01-03T00:00:00Z")
    assert raw.build().one("SELECT title FROM papers") == "Old"


def test_a_withdrawn_record_stays_and_says_so(base: Base) -> None:
    assert base.rows("SELECT pmid FROM papers WHERE record_status <> 'active'") == [4]


def test_a_record_that_came_back_is_active_again(raw: Raw) -> None:
    raw.read(1)
    raw.withdraw(1)
    assert raw.build().one("SELECT record_status FROM papers") == "withdrawn"
    raw.read(1, now="2024-03-01T00:00:00Z")
    assert raw.build().one("SELECT record_status FROM papers") == "active"


def test_a_dead_seed_takes_exactly_what_only_it_brought(raw: Raw) -> None:
    raw.read(1, seed="job:pmid:1")
    raw.read(2, seed="job:query:x")
    raw.read(3, seed="job:pmid:1")
    raw.read(3, seed="job:query:x")
    before = raw.build().rows("SELECT pmid FROM papers")
    raw.do("UPDATE seeds SET live = 0 WHERE seed = 'job:query:x'")
    base = raw.build()
    assert (before, base.rows("SELECT pmid FROM papers")) == ([1, 2, 3], [1, 3])
    assert base.rows("SELECT DISTINCT pmid FROM changes") == [1, 3]
    assert Base(raw.path).rows("SELECT pmid FROM records ORDER BY 1") == [1, 2, 3]
    raw.do("UPDATE seeds SET live = 1")
    assert raw.build().rows("SELECT pmid FROM papers") == before


def test_every_table_that_a_record_fills_is_filled(base: Base) -> None:
    assert base.rows("SELECT field, text FROM passages WHERE pmid = 1") == [
        ("abstract", "A study of MIBG scans. It has 😀 in it: a tumour."),
        ("keyword:1", "MIBG"),
        ("title", "Imaging of tumours"),
    ]
    assert base.one("SELECT descriptor, is_major FROM mesh WHERE pmid = 1") == ("Neuroblastoma", 1)
    assert base.one("SELECT last_name, initials FROM authors WHERE pmid = 3") == ("Pötschger", "U")


def test_topics_have_their_evidence_at_its_place(base: Base) -> None:
    found = base.rows(
        'SELECT e.topic, field, surface, substr(p.text, e.start + 1, e."end" - e.start)'
        " FROM topic_evidence e LEFT JOIN passages p USING (pmid, field) WHERE pmid = 1"
        " ORDER BY field, e.start"
    )
    assert found == [
        ("mibg", "abstract", "MIBG scans", "MIBG scans"),
        ("tumour", "abstract", "tumour", "tumour"),
        ("mibg", "keyword:1", "MIBG", "MIBG"),
        ("neuroblastoma", "mesh", "Neuroblastoma", None),
        ("imaging", "title", "Imaging", "Imaging"),
        ("tumour", "title", "tumours", "tumours"),
    ]
    assert base.rows("SELECT topic, basis FROM paper_topics WHERE pmid = 1 ORDER BY topic") == [
        ("imaging", "title"),
        ("mibg", "keyword"),
        ("neuroblastoma", "mesh-major"),
        ("tumour", "title"),
    ]


def test_a_record_that_cannot_be_read_is_named_and_the_rest_is_published(raw: Raw) -> None:
    raw.read(1)
    raw.read(2, b"<PubmedArticle><MedlineCitation/></PubmedArticle>")
    with pytest.raises(Incomplete, match=r"kb\.db was built without 1 .*\n  PMID 2: ") as caught:
        raw.build()
    assert caught.value.exit_code == 3
    assert Base(raw.path.with_name("kb.db")).rows("SELECT pmid FROM papers") == [1]


def test_stored_bytes_that_are_damaged_are_named_and_the_rest_is_published(raw: Raw) -> None:
    raw.read(1)
    raw.read(2)
    raw.do("UPDATE records SET xml = x'00' WHERE pmid = 2")
    with pytest.raises(Incomplete, match="PMID 2: "):
        raw.build()
    assert Base(raw.path.with_name("kb.db")).rows("SELECT pmid FROM papers") == [1]


def test_of_a_record_with_an_unreadable_version_the_other_is_published(raw: Raw) -> None:
    raw.read(1, paper(1, title="Sound"))
    raw.read(1, b"<PubmedArticle/>", now="2024-05-01T00:00:00Z")
    with pytest.raises(Incomplete, match="PMID 1: "):
        raw.build()
    assert Base(raw.path.with_name("kb.db")).one("SELECT title FROM papers") == "Sound"
