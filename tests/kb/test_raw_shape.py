"""The steps from an older raw.db to the newest shape."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from sqlite_utils import Database, Migrations

from kb import raw_shape

STEPS = (
    raw_shape.m001_first_shape,
    raw_shape.m002_hops_and_further_seeds,
    raw_shape.m003_hash_of_answers,
)


def shape(db: Database) -> list[tuple[str, str]]:
    return db.execute(
        "SELECT name, sql FROM sqlite_schema WHERE name NOT LIKE '\\_%' ESCAPE '\\' ORDER BY name"
    ).fetchall()


def test_step_by_step_leads_to_the_shape_of_a_new_one() -> None:
    with (
        closing(sqlite3.connect(":memory:")) as new,
        closing(sqlite3.connect(":memory:")) as old,
    ):
        raw_shape.migrations.apply(Database(new))
        for number in range(1, len(STEPS) + 1):
            known = Migrations("raw")
            for step in STEPS[:number]:
                known(name=step.__name__)(step)
            known.apply(Database(old))
        assert shape(Database(old)) == shape(Database(new))
        assert not raw_shape.migrations.pending(Database(old))


def test_every_table_says_what_it_holds() -> None:
    shapes = raw_shape.FIRST_SHAPE + raw_shape.SECOND_SHAPE
    for statement in shapes.split(";\n"):
        if "CREATE TABLE" in statement:
            assert statement.lstrip().startswith("-- "), statement
