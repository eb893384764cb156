"""A search says what it looked for, offers the topics that it names, and what may be meant."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from serving import text_of
from specimen_site import Get

from kb.site.names import Names, names
from kb.site.search import parse
from kb.site.spelling import known_words
from kb.site.understood import Understood, meant, understood, unfound


@pytest.fixture(scope="module")
def db(specimen: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(specimen)) as connection:
        connection.row_factory = sqlite3.Row
        yield connection


@pytest.fixture(scope="module")
def known(db: sqlite3.Connection) -> Names:
    return names(db)


def read(db: sqlite3.Connection, known: Names, text: str) -> Understood:
    return understood(db, text, parse(text, known), known)


def offered(rows: list[sqlite3.Row]) -> list[str]:
    return [row["topic"] for row in rows]


def test_the_topic_that_is_named_comes_before_those_of_like_names(
    db: sqlite3.Connection, known: Names
) -> None:
    shown = read(db, known, "iobenguane")
    assert offered(shown.topics) == ["mibg-scan", "theranostics"]
    assert "mibg-123" in offered(shown.partly)
    assert not set(offered(shown.topics)) & set(offered(shown.partly))


def test_what_is_compared_is_offered_with_the_papers_on_both(
    db: sqlite3.Connection, known: Names
) -> None:
    both = db.execute(
        "SELECT count(*) FROM papers p WHERE (SELECT count(DISTINCT c.ancestor) FROM paper_topics t"
        " JOIN topic_closure c ON c.topic = t.topic"
        " WHERE t.pmid = p.pmid AND c.ancestor IN ('mibg-scan', 'fdg-pet')) = 2"
    ).fetchone()[0]
    for text in ("MIBG vs FDG-PET", "MIBG versus FDG PET", "mibg VS. fdg pet"):
        shown = read(db, known, text)
        assert offered(shown.topics) == ["mibg-scan", "fdg-pet"]
        assert shown.on_both == both > 0
    assert read(db, known, "MIBG FDG-PET").on_both is None
    assert read(db, known, "children vs adults").on_both is None


def test_other_ways_to_write_a_word_are_told_where_a_paper_has_them(
    db: sqlite3.Connection, known: Names
) -> None:
    (((said,),), (left_out,)) = (
        (shown := read(db, known, "tumour NOT review")).wanted,
        shown.excluded,
    )
    assert (said.words, said.also, left_out.words) == ("tumour", ("tumor",), "review")
    assert read(db, known, "promise").wanted[0][0].also == ()  # "promize" is in no paper


def test_each_word_that_is_in_no_paper_is_named(db: sqlite3.Connection, known: Names) -> None:
    query = parse("MRI neurobastoma OR nothingness", known)
    assert unfound(db, query) == ["neurobastoma OR nothingness"]


@pytest.mark.parametrize(
    ("text", "better"),
    [
        ("neurobastoma MRI", "neuroblastoma MRI"),
        ('"opsoclonous-myoclonus"', '"opsoclonus-myoclonus"'),
        ("neurobastoma photosynthesis", None),  # finds nothing either
        ("photosynthesis", None),
    ],
)
def test_a_proposal_finds_papers(
    db: sqlite3.Connection, known: Names, text: str, better: str | None
) -> None:
    assert meant(db, text, parse(text, known), known, known_words(db)) == better


@pytest.mark.parametrize("word", ["OMAS", "Kinsbourne", "dancing eyes"])
def test_a_name_of_a_topic_finds_its_papers_and_says_so(get: Get, word: str) -> None:
    answer = get(f"/search?q={word}")
    seen = text_of(answer)
    papers = re.search(r"Topic Opsoclonus-myoclonus syndrome : (\d+) papers", seen)
    assert papers
    assert int(papers[1]) > 10
    assert f"Searched for {word} or topic Opsoclonus-myoclonus syndrome" in seen
    assert answer.text.index('href="/topic/oms"') < answer.text.index('<ol class="papers"')
    found = re.search(r'role="status">\s*(\d+) papers', answer.text)
    assert found
    assert int(found[1]) >= int(papers[1])


def test_in_quotes_a_name_is_only_words(get: Get) -> None:
    assert "No paper here matches" in text_of(get('/search?q="OMAS"'))


def test_a_feed_and_a_file_have_the_papers_of_the_page(get: Get) -> None:
    found = re.search(r'role="status">\s*(\d+) papers', get("/search?q=OMAS").text)
    assert found
    assert get("/search.atom?q=OMAS").text.count("<entry>") == int(found[1])
    assert get("/export/references.ris?q=OMAS").text.count("TY  - ") == int(found[1])


def test_a_misspelt_word_gets_a_proposal_that_keeps_the_filters(get: Get) -> None:
    answer = get("/search?q=neurobastoma&year=2014")
    assert "Did you mean neuroblastoma ?" in text_of(answer)
    assert 'href="/search?q=neuroblastoma&amp;year=2014"' in answer.text
