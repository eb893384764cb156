from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from kb.errors import ConfigError
from kb.graphs.drawn import drawn
from kb.graphs.selection import EVERYTHING, Selection, selected

ALWAYS = (
    "SELECT work FROM verdicts WHERE verdict = 'retracted'"
    " UNION SELECT work FROM metrics WHERE on_main_path"
    " UNION SELECT work FROM papers JOIN provenance USING (pmid) WHERE source = 'seed'"
)


@pytest.fixture
def db(specimen: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(specimen)) as connection:
        yield connection


def column(db: sqlite3.Connection, sql: str) -> list[str]:
    return [value for (value,) in db.execute(sql)]


def test_where_there_is_room_all_works_are_drawn_the_most_cited_first(
    db: sqlite3.Connection,
) -> None:
    found = drawn(db, EVERYTHING, 10_000)
    assert found.works == column(db, "SELECT work FROM metrics ORDER BY in_degree DESC, work")
    assert found.selected == len(found.works)
    pairs = "SELECT DISTINCT citing, cited FROM cites WHERE citing <> cited ORDER BY 1, 2"
    assert found.citations == db.execute(pairs).fetchall()


def test_few_works_are_those_that_hang_together_with_all_that_has_to_be_seen(
    db: sqlite3.Connection,
) -> None:
    always = set(column(db, ALWAYS))
    found = drawn(db, EVERYTHING, 60)
    assert len(found.works) == 60 > len(always)
    assert always <= set(found.works)
    assert all(citing in found.works and cited in found.works for citing, cited in found.citations)
    cited = column(db, "SELECT work FROM metrics ORDER BY in_degree DESC, work LIMIT 60")
    among = [pair for pair in drawn(db, EVERYTHING, 10_000).citations if {*pair} <= set(cited)]
    assert len(found.citations) > len(among)


def test_where_even_they_are_too_many_no_more_are_drawn(db: sqlite3.Connection) -> None:
    found = drawn(db, EVERYTHING, 3)
    assert len(found.works) == 3
    assert set(found.works) <= set(column(db, ALWAYS))


def test_of_a_selection_only_its_works_are_drawn(db: sqlite3.Connection) -> None:
    years = Selection(first_year=2010, last_year=2020)
    inside = selected(db, years)
    found = drawn(db, years, 40)
    assert found.selected == len(inside) > 40
    assert set(found.works) <= set(inside)
    sound = drawn(db, Selection(without_retracted=True), 10_000)
    assert not set(column(db, "SELECT work FROM verdicts WHERE verdict = 'retracted'")) & set(
        sound.works
    )


def test_a_topic_that_is_none_is_refused(db: sqlite3.Connection) -> None:
    with pytest.raises(ConfigError, match="no topics nonsense"):
        drawn(db, Selection(topics=("nonsense",)), 10)


def test_of_real_records_far_more_citations_are_drawn_than_the_most_cited_works_have(
    real_base: Path,
) -> None:
    with closing(sqlite3.connect(real_base)) as connection:
        found = drawn(connection, EVERYTHING, 150).citations
        every = drawn(connection, EVERYTHING, 100_000)
    cited = set(every.works[:150])
    among = [pair for pair in every.citations if {*pair} <= cited]
    assert len(found) >= 250 > 5 * len(among)
