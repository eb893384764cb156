"""What each table and column means, read from the comments of schema.sql."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SCHEMA = Path(__file__).with_name("schema.sql")

CREATE = re.compile(r"^CREATE (?:VIRTUAL )?(?:TABLE|VIEW) (\w+)", re.MULTILINE)
NAMED_EXPRESSION = re.compile(r"\bAS (\w+),?$")
NAME = re.compile(r'"?(\w+)')
# A full-text index holds columns of the table it indexes and describes none itself.
INDEXED = re.compile(r"^\s*([\w, ]+),\n\s*content = '(\w+)'", re.MULTILINE)


@dataclass(frozen=True)
class TableText:
    """The words about one table or view, and about each of its columns by name."""

    description: str
    columns: dict[str, str]


def descriptions(sql: str) -> dict[str, TableText]:
    """The comment lines above each CREATE TABLE or VIEW and the comment behind each column."""
    tables: dict[str, TableText] = {}
    for statement in _statements(sql):
        if not (create := CREATE.search(statement)):
            continue
        above = statement[: create.start()].strip().rpartition("\n\n")[2]
        body = statement[create.end() :]
        columns = dict(_columns(body))
        if indexed := INDEXED.search(body):
            described = tables[indexed[2]].columns
            columns = {name: described[name] for name in re.findall(r"\w+", indexed[1])}
        words = " ".join(line.lstrip("- ") for line in above.splitlines())
        tables[create[1]] = TableText(words, columns)
    return tables


def _statements(sql: str) -> Iterator[str]:
    statement = ""
    for line in sql.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _columns(body: str) -> Iterator[tuple[str, str]]:
    for line in body.splitlines():
        code, _, comment = (part.strip() for part in line.partition("--"))
        if code and comment and (named := NAMED_EXPRESSION.search(code) or NAME.match(code)):
            yield named[1], comment
