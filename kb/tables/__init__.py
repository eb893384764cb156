"""The tables of kb.db: of each a class of rows, whose fields are its columns in their order.

``WorkLinksRow`` is a row of ``work_links``. A field is called as its column; one that a tuple has a
method for, ``count``, has an underscore behind it. What a column means and allows says schema.sql.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import groupby
from typing import NamedTuple, TypeVar

Row = TypeVar("Row", bound=NamedTuple)


def table_of(kind: type[NamedTuple]) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__.removesuffix("Row")).lower()


def columns_of(kind: type[NamedTuple]) -> list[str]:
    return [field.removesuffix("_") for field in kind._fields]


def insert(db: sqlite3.Connection, rows: Iterable[NamedTuple]) -> None:
    """Insert rows of one table or several: the class names the table, its fields the columns."""
    for kind, alike in groupby(rows, type):
        db.executemany(_insertion(kind), alike)


def insert_values(
    db: sqlite3.Connection, kind: type[NamedTuple], values: Iterable[Sequence[object]]
) -> None:
    """Insert into the table of ``kind`` what stands in the order of its columns."""
    db.executemany(_insertion(kind), values)


@cache
def _insertion(kind: type[NamedTuple]) -> str:
    marks = ", ".join("?" * len(kind._fields))
    names = ", ".join(f'"{column}"' for column in columns_of(kind))
    return f"INSERT INTO {table_of(kind)} ({names}) VALUES ({marks})"  # noqa: S608


def selected(kind: type[Row], cursor: sqlite3.Cursor) -> Iterator[Row]:
    """What a query found as rows of a table. Raises ValueError where its columns are not those of
    the table, in their order."""
    names = [about[0] for about in cursor.description]
    if names != columns_of(kind):
        raise ValueError(f"{', '.join(names)} are not the columns of {table_of(kind)}")
    return map(kind._make, cursor)
