"""The named queries of ``data/queries.yml``: read, checked against schema.sql, ready to be asked.

The head of that file explains its keys to the person who edits it. Nothing here opens a base.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from kb.schema import SCHEMA
from kb.yaml_lines import Node, Reader, name_in

KEYS = ("name", "group", "title", "question", "notes", "parameters", "sql")
PARAMETER_KEYS = ("help", "default", "example")
# No table has a hyphen in its name, so no query can hide one at its address.
NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+")
# Strings, quoted names and comments are read past: what stands in them is no parameter.
PARAMETER = re.compile(r"""'[^']*'|"[^"]*"|--[^\n]*|:(?P<name>\w+)""")
PARAMETER_NAME = re.compile(r"(?!sql$)[a-z][a-z_]*")  # Datasette takes sql and _names for itself


@dataclass(frozen=True)
class Parameter:
    """``default`` stands in for an empty value; where it is empty itself, so does the query."""

    name: str
    help: str
    default: str
    example: str


@dataclass(frozen=True)
class NamedQuery:
    """A question to kb.db. ``question`` is a researcher's, ``notes`` what the answer can say and
    what it cannot, ``sql`` as the file has it."""

    name: str
    group: str
    title: str
    question: str
    notes: str
    parameters: tuple[Parameter, ...]
    sql: str

    @property
    def statement(self) -> str:
        """The SQL in which an empty parameter counts as its default."""
        defaults = {each.name: each.default for each in self.parameters if each.default}

        def filled(parameter: re.Match[str]) -> str:
            if parameter["name"] not in defaults:
                return parameter[0]
            literal = defaults[parameter["name"]].replace("'", "''")
            return f"coalesce(nullif(:{parameter['name']}, ''), '{literal}')"

        return PARAMETER.sub(filled, self.sql)

    @property
    def example(self) -> dict[str, str]:
        return {each.name: each.example for each in self.parameters}


def load(path: Path) -> tuple[NamedQuery, ...]:
    """All queries, in file order. Raises ConfigError naming file, line and query."""
    with closing(sqlite3.connect(":memory:")) as empty:
        empty.executescript(SCHEMA.read_text(encoding="utf-8"))
        empty.execute("PRAGMA query_only = ON")
        return tuple(_Queries(path, empty).queries())


class _Queries(Reader):
    """``empty`` is a base without rows."""

    def __init__(self, path: Path, empty: sqlite3.Connection) -> None:
        super().__init__(path, "the queries")
        self.empty = empty

    def queries(self) -> Iterator[NamedQuery]:
        top = self.with_keys(self.root, self.mapping(self.root), ("groups", "queries"))
        groups = {name: self.text(label) for name, label in self.mapping(top["groups"]).items()}
        names = set()
        for node in self.items(top["queries"], "queries must be a list."):
            name = name_in(node)
            self.where = f", query {name}" if name else ""
            query = self.query(node, groups)
            if query.name in names:
                self.fail(node, "there is another query of that name.")
            names.add(query.name)
            yield query

    def query(self, node: Node, groups: dict[str, str]) -> NamedQuery:
        values = self.with_keys(node, self.mapping(node), KEYS)
        name = self.text(values["name"])
        if not NAME.fullmatch(name):
            self.fail(values["name"], "name takes words of a-z and 0-9, two or more, and hyphens.")
        group = self.text(values["group"])
        if group not in groups:
            self.fail(values["group"], f"group {group} is not among the groups.")
        parameters = tuple(
            self.parameter(name, about)
            for name, about in self.mapping(values["parameters"]).items()
        )
        sql = self.text(values["sql"])
        self.check(values["sql"], sql, parameters)
        return NamedQuery(
            name=name,
            group=groups[group],
            title=self.text(values["title"]),
            question=self.text(values["question"]),
            notes=self.text(values["notes"]),
            parameters=parameters,
            sql=sql,
        )

    def parameter(self, name: str, node: Node) -> Parameter:
        if not PARAMETER_NAME.fullmatch(name):
            self.fail(node, f"parameter {name}: a name takes a-z and _, and is not sql.")
        values = self.with_keys(node, self.mapping(node), PARAMETER_KEYS)
        default, example = (self.text(values[key], empty=True) for key in ("default", "example"))
        return Parameter(name, self.text(values["help"]), default, example)

    def check(self, node: Node, sql: str, parameters: Sequence[Parameter]) -> None:
        """Whether SQLite takes it as one statement that reads, with just these parameters."""
        described = {each.name for each in parameters}
        used = {match["name"] for match in PARAMETER.finditer(sql) if match["name"]}
        if missing := used - described:
            self.fail(node, f"parameter {', '.join(sorted(missing))} has no help in parameters.")
        if unused := described - used:
            self.fail(node, f"parameter {', '.join(sorted(unused))} does not occur in the SQL.")
        if sql.split(maxsplit=1)[0].upper() not in ("SELECT", "WITH"):
            self.fail(node, "SQL must begin with SELECT or WITH.")
        try:
            self.empty.execute(sql, {each.name: each.example for each in parameters}).fetchall()
        except (sqlite3.Error, sqlite3.Warning) as error:
            self.fail(node, f"SQLite does not take it as one SELECT over schema.sql: {error}.")

    def mapping(self, node: Node | None) -> dict[str, Node]:
        """The values by key."""
        pairs = self.pairs(node, "expected keys with values below it.")
        return {str(key.value): value for key, value in pairs}

    def with_keys(
        self, node: Node | None, values: dict[str, Node], keys: Sequence[str]
    ) -> dict[str, Node]:
        """The values, once they are known to be those of all the keys and of no other."""
        if unknown := [key for key in values if key not in keys]:
            self.fail(node, f"unknown key {', '.join(unknown)}; it takes {', '.join(keys)}.")
        if missing := [key for key in keys if key not in values]:
            self.fail(node, f"{', '.join(missing)} is missing.")
        return values

    def text(self, node: Node, *, empty: bool = False) -> str:
        text = self.written(node)
        if text is None or not (text.strip() or empty):
            self.fail(node, "expected text.")
        return text.strip()
