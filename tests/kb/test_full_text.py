"""Words are found however their letters are printed, and marked as they stand."""

from __future__ import annotations

import sqlite3
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from building import Base, Raw, paper
from hypothesis import given
from hypothesis import strategies as st

from kb.full_text import fill, fold, topic_word
from kb.site.search import parse

PAPERS = {
    1: paper(1, title="Uptake of ¹²³I at 3 m² in TGF-β signalling", authors=["Chełmecka E"]),
    2: paper(2, title="Uptake of 123I at 3 m2 in TGF-beta signalling", authors=["Chelmecka E"]),
    3: paper(3, title="Bone metastases and their prognoses", authors=["Jørgensen A", "Aydın G"]),
    4: paper(4, title="Bone metastasis and its prognosis", authors=["Jorgensen A", "Aydin G"]),
    5: paper(5, title="Straße, œdème, λ and neuroblastomata", authors=["Großmann Þ"]),
    6: paper(6, title="Strasse, oedeme, lambda and neuroblastoma", authors=["Grossmann Th"]),
}
ALIKE = [
    ("¹²³I", "123I", [1, 2]),
    ("m²", "m2", [1, 2]),
    ("β", "beta", [1, 2]),
    ('"TGF-β signalling"', '"TGF-beta signalling"', [1, 2]),
    ("Chełmecka", "chelmecka", [1, 2]),
    ("Jørgensen[au]", "Jorgensen[au]", [3, 4]),
    ("Aydın", "AYDIN", [3, 4]),
    ("metastasis", "metastases", [3, 4]),
    ('"bone metastasis"', '"bone metastases"', [3, 4]),
    ("prognosis", "Prognoses", [3, 4]),
    ("Großmann", "grossmann", [5, 6]),
    ("œdème", "oedeme", [5, 6]),
    ("neuroblastomata", "neuroblastoma", [5, 6]),
    ("straß*", "strass*", [5, 6]),
    ("Λ", "lambda", [5, 6]),
]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Base:
    made = Raw(tmp_path_factory.mktemp("letters") / "raw.db")
    made.run()
    for pmid, record in PAPERS.items():
        made.read(pmid, record)
    return made.build()


@pytest.mark.parametrize(("printed", "plain", "papers"), ALIKE)
def test_what_is_printed_and_what_is_typed_find_the_same(
    base: Base, printed: str, plain: str, papers: list[int]
) -> None:
    sql = "SELECT rowid FROM papers_fts WHERE papers_fts MATCH ? ORDER BY rowid"
    assert base.rows(sql, parse(printed).match) == papers
    assert base.rows(sql, parse(plain).match) == papers


def test_words_are_marked_as_they_are_printed(base: Base) -> None:
    sql = "SELECT highlight(papers_fts, 0, '[', ']') FROM papers_fts WHERE papers_fts MATCH ?"
    marked = "Uptake of [¹²³I] at 3 m² in TGF-[β] signalling"
    assert base.rows(sql, "123i AND beta")[0] == marked


def test_the_topics_of_a_paper_and_the_wider_ones_are_in_the_index(specimen: Path) -> None:
    sql = "SELECT rowid FROM papers_fts WHERE papers_fts MATCH ?"
    by_table = (
        "SELECT DISTINCT pmid FROM topic_closure c JOIN paper_topics t ON t.topic = c.topic"
        " WHERE c.ancestor = ?"
    )
    with closing(sqlite3.connect(specimen)) as db:
        for (topic,) in db.execute("SELECT topic FROM topics").fetchall():
            found = set(db.execute(sql, [f'{{topics}} : "{topic_word(topic)}"']))
            assert found == set(db.execute(by_table, [topic])), topic
        assert db.execute(sql, ["{topics} : oms*"]).fetchall() == []


def test_the_view_tells_the_topics_of_a_paper(specimen: Path) -> None:
    with closing(sqlite3.connect(specimen)) as db:
        told = db.execute("SELECT topics FROM paper_texts WHERE pmid = 990000005").fetchone()[0]
        assert {"mri", "wbmri", "modality"} <= set(told.split(","))
        assert db.execute("SELECT topics FROM papers_fts WHERE rowid = 990000005").fetchone()[0]


def test_filling_again_changes_nothing(specimen: Path) -> None:
    vocabulary = "SELECT * FROM temp.vocabulary"
    with closing(sqlite3.connect(specimen)) as db:
        db.execute("CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab (main, papers_fts, row)")
        before = db.execute(vocabulary).fetchall()
        fill(db)
        assert db.execute(vocabulary).fetchall() == before
        db.rollback()


def words_of_each(texts: list[str]) -> Iterator[int]:
    """How many words FTS5 sees in each text."""
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute("CREATE VIRTUAL TABLE t USING fts5 (x, tokenize = 'unicode61')")
        db.execute("CREATE VIRTUAL TABLE v USING fts5vocab (t, instance)")
        db.executemany("INSERT INTO t (rowid, x) VALUES (?, ?)", enumerate(texts))
        counted = Counter(doc for (doc,) in db.execute("SELECT doc FROM v"))
        yield from (counted[place] for place in range(len(texts)))


def test_each_word_stays_one_word() -> None:
    """Else FTS5 would mark another word than the one that was found."""
    characters = [chr(code) for code in range(0x80, sys.maxunicode + 1)]
    changed = [char for char in characters if fold(char) != char]
    assert len(changed) > 1000
    printed, folded = ([f"x{c}y {c}" for c in each] for each in (changed, map(fold, changed)))
    assert list(words_of_each(printed)) == list(words_of_each(folded))


@given(st.text(max_size=40))
def test_a_folded_text_is_folded_and_plain_text_stays(text: str) -> None:
    once = fold(text)
    assert fold(once) == once
    assert fold(once.encode("ascii", "ignore").decode()) == once.encode("ascii", "ignore").decode()
