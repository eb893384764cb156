from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from kb.graphs.drawn import drawn
from kb.graphs.selection import EVERYTHING
from kb.site.hues import COLOURS, MOST, Hues, hues
from kb.site.lists import Rows, read_rows
from kb.site.picture import WORKS


@pytest.fixture
def db(specimen: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(specimen)) as connection:
        connection.row_factory = sqlite3.Row
        yield connection


def rows_of(db: sqlite3.Connection) -> Rows:
    works = drawn(db, EVERYTHING, 200).works
    return read_rows(db, WORKS, works=json.dumps(works))


def coloured(db: sqlite3.Connection, colour: str) -> Hues:
    return hues(db, rows_of(db), colour)


@pytest.mark.parametrize("colour", COLOURS)
def test_the_legend_names_each_colour_and_counts_its_works(
    db: sqlite3.Connection, colour: str
) -> None:
    found = coloured(db, colour)
    assert set(found.of) == {row["work"] for row in rows_of(db)}
    assert {each.number: each.works for each in found.legend} == Counter(found.of.values())
    assert len({each.name for each in found.legend}) == len(found.legend) <= MOST + 1
    assert all(each.name for each in found.legend)


def test_groups_have_the_numbers_of_their_rank(db: sqlite3.Connection) -> None:
    legend = coloured(db, "community").legend
    named = [each for each in legend if each.number]
    assert [each.number for each in named] == list(range(1, len(named) + 1))
    assert [each.works for each in named] == sorted((each.works for each in named), reverse=True)


def test_years_follow_one_another_and_what_has_none_stands_apart(db: sqlite3.Connection) -> None:
    found = coloured(db, "year")
    years = {row["work"]: row["year"] for row in rows_of(db)}
    for one, hue in found.of.items():
        assert (hue == 0) == (years[one] is None)
    spans = [each for each in found.legend if each.ordered]
    assert [each.name[:4] for each in spans] == sorted(each.name[:4] for each in spans)
    assert found.legend[-1].name == "No year"


def test_standing_is_named_as_everywhere_else(db: sqlite3.Connection) -> None:
    retracted = {
        row["work"] for row in db.execute("SELECT work FROM verdicts WHERE verdict = 'retracted'")
    }
    found = coloured(db, "standing")
    (hue,) = (each.number for each in found.legend if each.name == "Retracted")
    assert {work for work, number in found.of.items() if number == hue} == retracted


def test_only_harvested_papers_have_a_design(db: sqlite3.Connection) -> None:
    found = coloured(db, "design")
    assert all(found.of[row["work"]] == 0 for row in rows_of(db) if not row["is_paper"])


def test_a_topic_that_most_works_have_gives_no_colour(db: sqlite3.Connection) -> None:
    names = {each.name for each in coloured(db, "topic").legend}
    ((label, papers),) = db.execute(
        "SELECT t.label, count(*) AS n FROM paper_topics JOIN topics t USING (topic)"
        " GROUP BY topic ORDER BY n DESC LIMIT 1"
    )
    assert (label in names) == (2 * papers <= len(rows_of(db)))
