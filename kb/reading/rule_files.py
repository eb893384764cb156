"""Files of rules (``data/reading/*.yml``), read into the rows that a module asks for.

A file is ``sets`` (words that can replace each other) and ``rules``, a list of which each has a
name, words and what its module wants to know of them; the fields of the row are the keys that a
rule takes. What is not known, lacking or not to be read is refused with its line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, fields
from functools import cache
from pathlib import Path
from typing import Any, Literal, NoReturn, TypeVar, get_args, get_origin, get_type_hints

from kb.data import data_dir
from kb.errors import ConfigError
from kb.reading.literals import Finder
from kb.reading.phrases import pattern
from kb.yaml_lines import Lined, constructed

SECTIONS = {"sets", "rules"}
Row = TypeVar("Row")


def bundled(name: str, row: type[Row]) -> tuple[Row, ...]:
    """The rules of a file that the package brings along, read once."""
    return _bundled(name, row)  # type: ignore[arg-type, return-value]


@cache
def _bundled(name: str, row: type) -> tuple[object, ...]:
    return load(data_dir() / "reading" / f"{name}.yml", row)


def load(path: Path, row: type[Row]) -> tuple[Row, ...]:
    """The rules of a file in order; ``row`` is a frozen dataclass whose fields have a type of text,
    number, ``bool``, ``Literal``, a tuple of text, ``Finder`` for words, or a tuple of these with
    one for each phrase. Raises ConfigError naming file, line and rule."""
    document = constructed(path, "the rules")
    if not isinstance(document, Lined) or not isinstance(document.get("rules"), list):
        raise ConfigError(f"{path}: expected sets and rules")
    reader = _Reader(path, row, _sets(path, document))
    reader.check_keys(document, SECTIONS, "the file")
    rows = [reader.row(node) for node in document["rules"]]
    reader.check_names(document["rules"])
    return tuple(rows)


def _sets(path: Path, document: Lined) -> Mapping[str, Sequence[str]]:
    sets = document.get("sets") or {}
    if not isinstance(sets, Mapping):
        raise ConfigError(f"{path}, line {document.line}: sets must be names, each with its words")
    for name, words in sets.items():
        # Of no words a pattern would be made that finds something everywhere.
        if not isinstance(words, list) or not words or not all(isinstance(w, str) for w in words):
            raise ConfigError(f"{path}, line {document.line}: set {name} must be a list of words")
    return sets


class _Reader:
    """One file, and the rows that are made of its rules."""

    def __init__(self, path: Path, row: type, sets: Mapping[str, Sequence[str]]) -> None:
        self.path, self.row_type, self.sets = path, row, sets
        hints = get_type_hints(row)
        self.fields: dict[str, tuple[Field[Any], Any]] = {
            field.name: (field, hints[field.name]) for field in fields(row)
        }

    def fail(self, node: object, message: str) -> NoReturn:
        line = f", line {node.line}" if isinstance(node, Lined) else ""
        name = f", rule {node['rule']}" if isinstance(node, Lined) and "rule" in node else ""
        raise ConfigError(f"{self.path}{line}{name}: {message}")

    def check_keys(self, node: Lined, allowed: set[str], what: str) -> None:
        if unknown := sorted(node.keys() - allowed):
            self.fail(
                node, f"unknown key {', '.join(unknown)}; {what} takes {', '.join(sorted(allowed))}"
            )

    def check_names(self, nodes: Sequence[Lined]) -> None:
        seen: set[str] = set()
        for node in nodes:
            if node["rule"] in seen:
                self.fail(node, "another rule has this name")
            seen.add(node["rule"])

    def row(self, node: object) -> Any:
        if not isinstance(node, Lined):
            self.fail(node, f"a rule has keys with values below it, not {node!r}")
        self.check_keys(node, set(self.fields), "a rule")
        for name, (field, _) in self.fields.items():
            if name not in node and field.default is MISSING and field.default_factory is MISSING:
                self.fail(node, f"{name} is missing")
        return self.row_type(**{key: self.value(node, key, self.fields[key][1]) for key in node})

    def value(self, node: Lined, key: str, hint: Any) -> Any:
        value = node[key]
        options = [option for option in get_args(hint) or (hint,) if option is not type(None)]
        if Finder in options:
            phrases = self.texts(node, key, str)
            each = [[one] for one in phrases] if get_origin(hint) is tuple else [phrases]
            finders = tuple(self.words(node, key, group) for group in each)
            return finders if get_origin(hint) is tuple else finders[0]
        if get_origin(hint) is Literal:
            if value not in options:
                self.fail(node, f"{key} {value!r} is none of {', '.join(map(str, options))}")
            return value
        if get_origin(hint) is tuple:
            return self.texts(node, key, options[0])
        if type(value) not in options:
            self.fail(node, f"{key} {value!r} is no {options[0].__name__}")
        return value

    def texts(self, node: Lined, key: str, choices: Any) -> tuple[str, ...]:
        values = node[key]
        # Of no words a pattern would be made that finds something everywhere.
        is_list = isinstance(values, list) and values
        if not is_list or not all(isinstance(value, str) and value for value in values):
            self.fail(node, f"{key} must be a list; put quotes around what YAML takes otherwise")
        known = get_args(choices)
        if wrong := [value for value in values if known and value not in known]:
            self.fail(node, f"{key} {wrong[0]!r} is none of {', '.join(known)}")
        return tuple(values)

    def words(self, node: Lined, key: str, phrases: Sequence[str]) -> Finder:
        try:
            return Finder(pattern(phrases, self.sets))
        except ValueError as error:
            self.fail(node, f"{key}: {error}")
