"""The comments of schema.sql are what Datasette shows and the documentation is made of."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from kb.schema import SCHEMA, descriptions

SQL = SCHEMA.read_text(encoding="utf-8")


def executed() -> Iterator[tuple[str, list[str]]]:
    with closing(sqlite3.connect(":memory:")) as db:
        db.executescript(SQL)
        names = db.execute(
            "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')"
            " AND name NOT LIKE 'papers_fts\\_%' ESCAPE '\\' ORDER BY name"
        )
        for (name,) in names.fetchall():
            columns = db.execute("SELECT name FROM pragma_table_info(?)", [name])
            yield name, [column for (column,) in columns]


@pytest.mark.parametrize(("table", "columns"), list(executed()), ids=lambda value: str(value)[:24])
def test_every_table_view_and_column_is_described(table: str, columns: list[str]) -> None:
    text = descriptions(SQL)[table]
    assert text.description.endswith(".")
    assert list(text.columns) == columns
    assert all(text.columns.values())


def test_nothing_is_described_that_does_not_exist() -> None:
    assert set(descriptions(SQL)) == {name for name, _ in executed()}


def test_the_words_are_those_of_the_comments_and_nothing_else() -> None:
    sql = """
-- About the file; a semicolon; and more.

-- People,
-- in order.
CREATE TABLE people (
    "end" INTEGER NOT NULL CHECK ("end" IN (0, 1)), -- the end; 1 where it came
    name TEXT, -- family name
    PRIMARY KEY (name)
) STRICT;
CREATE INDEX people_name ON people (name);

-- Counts.
CREATE VIEW counts AS
SELECT
    name, -- whose
    count(*) AS n -- how many
FROM people GROUP BY name;

-- Words.
CREATE VIRTUAL TABLE words USING fts5 (
    name,
    content = 'people'
);
"""
    found = descriptions(sql)
    assert {table: text.description for table, text in found.items()} == {
        "people": "People, in order.",
        "counts": "Counts.",
        "words": "Words.",
    }
    assert found["people"].columns == {"end": "the end; 1 where it came", "name": "family name"}
    assert found["counts"].columns == {"name": "whose", "n": "how many"}
    assert found["words"].columns == {"name": "family name"}
