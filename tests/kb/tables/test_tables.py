"""The classes of rows against schema.sql: of two swapped columns one must be noticed."""

from __future__ import annotations

import ast
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple, get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kb
from kb.schema import SCHEMA
from kb.tables import columns_of, corpus, insert, record, selected, table_of

PACKAGE = Path(kb.__file__).parent
TYPES = {"INTEGER": int, "REAL": float, "TEXT": str, "BLOB": bytes}
NONE = type(None)
Column = tuple[str, frozenset[type]]  # its name, and the types of its values


def rows_of(module: Any) -> list[type[NamedTuple]]:
    return [each for name, each in vars(module).items() if name.endswith("Row")]


ROWS = [*rows_of(record), *rows_of(corpus)]


def declared(kind: type[NamedTuple]) -> list[Column]:
    hints = get_type_hints(kind)
    return [
        (column, frozenset(get_args(hints[field]) or (hints[field],)))
        for column, field in zip(columns_of(kind), kind._fields, strict=True)
    ]


def stated(db: sqlite3.Connection, table: str) -> list[Column]:
    """Columns of a table as SQLite has them. A key must have a value, save an ``id``, which SQLite
    numbers by itself."""
    return [
        (name, frozenset([TYPES[kind], *([] if needed or (key and name != "id") else [NONE])]))
        for _, name, kind, needed, _, key in db.execute(f"PRAGMA table_info({table})")
    ]


@pytest.fixture(scope="module")
def db() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as made:
        made.executescript(SCHEMA.read_text(encoding="utf-8"))
        yield made


def test_every_table_has_a_class_of_rows_and_no_class_is_without_a_table(
    db: sqlite3.Connection,
) -> None:
    made = db.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'papers_fts%'"
    )
    assert sorted(map(table_of, ROWS)) == sorted(name for (name,) in made)


@pytest.mark.parametrize("module", [record, corpus])
def test_the_classes_stand_in_the_order_of_the_schema(module: Any, db: sqlite3.Connection) -> None:
    order = [name for (name,) in db.execute("SELECT name FROM sqlite_schema ORDER BY rowid")]
    places = [order.index(table_of(kind)) for kind in rows_of(module)]
    assert places == sorted(places)


@pytest.mark.parametrize("kind", ROWS)
def test_fields_are_the_columns_in_name_order_type_and_null(
    kind: type[NamedTuple], db: sqlite3.Connection
) -> None:
    assert declared(kind) == stated(db, table_of(kind))


@pytest.mark.parametrize("kind", ROWS)
def test_two_swapped_fields_are_noticed(kind: type[NamedTuple], db: sqlite3.Connection) -> None:
    fields = declared(kind)
    for one, other in combinations(range(len(fields)), 2):
        swapped = list(fields)
        swapped[one], swapped[other] = fields[other], fields[one]
        assert swapped != stated(db, table_of(kind))


def test_the_rule_of_names() -> None:
    assert table_of(corpus.WorkLinksRow) == "work_links"
    assert columns_of(corpus.SearchesRow)[-1] == "count"
    assert columns_of(record.FindingsRow)[-2:] == ["start", "end"]


class LinkedRow(NamedTuple):
    b: str
    count_: int
    a: str


class OtherRow(NamedTuple):
    end: int


@given(st.lists(st.tuples(st.text("xyz"), st.integers(0, 9), st.text("xyz")) | st.integers(0, 9)))
def test_a_value_lands_in_the_column_of_its_name_whatever_the_order(
    values: list[tuple[str, int, str] | int],
) -> None:
    rows = [OtherRow(v) if isinstance(v, int) else LinkedRow(*v) for v in values]
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute("CREATE TABLE linked (a TEXT, b TEXT, count INTEGER)")
        db.execute('CREATE TABLE other ("end" INTEGER)')
        insert(db, iter(rows))
        linked = db.execute("SELECT b, count, a FROM linked ORDER BY rowid").fetchall()
        other = db.execute("SELECT * FROM other ORDER BY rowid").fetchall()
    assert linked == [row for row in rows if isinstance(row, LinkedRow)]
    assert other == [row for row in rows if isinstance(row, OtherRow)]


def test_a_column_that_the_table_does_not_have_is_refused() -> None:
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute("CREATE TABLE linked (a TEXT, c TEXT, count INTEGER)")
        with pytest.raises(sqlite3.OperationalError, match="no column named b"):
            insert(db, [LinkedRow("b", 1, "a")])


def test_a_query_gives_rows_where_its_columns_are_those_of_the_table() -> None:
    with closing(sqlite3.connect(":memory:")) as db:
        found = list(selected(LinkedRow, db.execute("SELECT 'x' AS b, 1 AS count, 'y' AS a")))
        assert found == [LinkedRow(b="x", count_=1, a="y")]
        with pytest.raises(ValueError, match="a, count, b are not the columns of linked"):
            selected(LinkedRow, db.execute("SELECT 'x' AS a, 1 AS count, 'y' AS b"))


BUILD = sorted([*PACKAGE.glob("build/*.py"), *PACKAGE.glob("graphs/*.py")])


@pytest.mark.parametrize("path", BUILD, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_build_inserts_and_makes_rows_by_name_alone(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    written = re.findall(r"INSERT\s+(?:OR\s+\w+\s+)?INTO\s+(\w+)", text)
    assert set(written) <= {"papers_fts"}  # an index of what is there
    by_place = [
        ast.unparse(node)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and node.args and ast.unparse(node.func).endswith("Row")
    ]
    assert by_place == []
