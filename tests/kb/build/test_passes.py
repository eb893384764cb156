"""The passes of a build together."""

from __future__ import annotations

import pytest
from building import Base, Raw

from kb import checks


def test_the_vocabulary_is_in_the_base_with_its_closure(base: Base) -> None:
    assert base.rows("SELECT topic, position, note FROM topics ORDER BY position") == [
        ("imaging", 1, None),
        ("mibg", 2, None),
        ("dose", 3, None),
        ("tumour", 4, "Any growth"),
        ("neuroblastoma", 5, None),
    ]
    assert base.one("SELECT definition FROM topics WHERE topic = 'mibg'") == "A scan with MIBG."
    assert base.rows("SELECT ancestor FROM topic_closure WHERE topic = 'mibg'") == [
        "imaging",
        "mibg",
    ]


@pytest.mark.parametrize("words", ["imaging tumours", "potschger", "MIBG", "neuroblastoma"])
def test_full_text_finds_title_authors_keywords_and_mesh(base: Base, words: str) -> None:
    assert base.rows("SELECT rowid FROM papers_fts WHERE papers_fts MATCH ?", words)


def test_an_empty_raw_db_makes_an_empty_base(raw: Raw) -> None:
    base = raw.build()
    assert base.one("SELECT count(*) FROM papers") == 0
    assert base.one("SELECT value FROM meta WHERE key = 'newest_read'") == ""


def test_the_base_refers_to_nothing_that_is_not_there(base: Base) -> None:
    assert base.rows("PRAGMA foreign_key_check") == []
    assert base.rows("PRAGMA integrity_check") == ["ok"]
    assert checks.check(base.path) == []


def test_measures_count_each_citation_once(base: Base) -> None:
    measures = "SELECT in_degree, out_degree FROM metrics WHERE work = ?"
    assert base.one(measures, "pmid:3") == (4, 0)
    assert base.one(measures, "pmid:1") == (0, 6)
    assert base.one("SELECT count(*) FROM metrics") == base.one("SELECT count(*) FROM works")
