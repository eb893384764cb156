"""YAML files that people edit, read so that a message can name the line of what is wrong.

Two ways: ``Reader`` walks the nodes of a file, where it matters how a value is written (YAML makes
ten of 012); ``constructed`` gives the values themselves, of which each mapping knows its line. In
both a key that is there twice is refused, since YAML would drop the first in silence.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import yaml

from kb.errors import ConfigError

Node = yaml.Node


# The C library reads the same and is several times faster, where PyYAML was built with it.
_SafeLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# Far more than any file of ours has. What walks over values goes a call deeper with each level, and
# Python ends it after some hundreds; an alias of aliases of aliases is a short file and endless.
DEEPEST, MOST_VALUES = 30, 1_000_000


def _read(path: Path) -> str:
    """The text of a file. Raises yaml.YAMLError where its values nest too deep, or are too many
    with every alias written out: looked through event by event, without calls within calls."""
    text = path.read_text(encoding="utf-8")
    counts = [0]  # of values, of the file and of each list and mapping that is open
    anchors: list[str | None] = []
    sizes: dict[str | None, int] = {}
    for event in yaml.parse(text, Loader=_SafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            counts.append(1)
            anchors.append(event.anchor)
        elif isinstance(event, yaml.CollectionEndEvent):
            size = counts.pop()
            sizes[anchors.pop()] = size
            counts[-1] += size
        elif isinstance(event, yaml.AliasEvent):
            counts[-1] += sizes.get(event.anchor, 1)
        elif isinstance(event, yaml.ScalarEvent):
            counts[-1] += 1
        if len(counts) > DEEPEST or sum(counts) > MOST_VALUES:
            line = event.start_mark.line + 1 if event.start_mark else 0
            what = f"deeper than {DEEPEST} levels" if len(counts) > DEEPEST else "without an end"
            raise yaml.YAMLError(f"its values are nested {what}, in line {line}")
    return text


@contextmanager
def _named(path: Path, what: str) -> Iterator[None]:
    """Raise ConfigError naming file and line where it cannot be read or is no YAML."""
    try:
        yield
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: {what} cannot be read ({error}).") from error
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise ConfigError(f"{path}{line}: is not YAML ({error.problem}).") from error
    except (yaml.YAMLError, ValueError) as error:  # ValueError: a day that no month has
        raise ConfigError(f"{path}: is not YAML ({error}).") from error


class Reader:
    """Walks the nodes of a file; ``where`` names the entry that it is in, and ``what`` what the
    file holds, for the messages. Every method raises ConfigError naming file, line and entry."""

    def __init__(self, path: Path, what: str) -> None:
        self.path = path
        self.what = what
        self.where = ""
        with _named(path, what):
            self._loader = _Loader(_read(path))
            self.root: Node | None = self._loader.get_single_node()

    def fail(self, node: Node | None, message: str) -> NoReturn:
        """An empty file has no node."""
        line = f", line {node.start_mark.line + 1}" if node else ""
        raise ConfigError(f"{self.path}{line}{self.where}: {message}")

    def pairs(self, node: Node | None, expected: str) -> list[tuple[Node, Node]]:
        """The nodes of keys and values; ``expected`` is told where there are none."""
        if not isinstance(node, yaml.MappingNode):
            self.fail(node, expected)
        seen = set()
        for key, _ in node.value:
            if (name := str(key.value)) in seen:
                self.fail(key, f"{name} is there twice.")
            seen.add(name)
        return list(node.value)

    def items(self, node: Node, expected: str) -> list[Node]:
        """The nodes of a list; ``expected`` is told where it is none."""
        if not isinstance(node, yaml.SequenceNode):
            self.fail(node, expected)
        return list(node.value)

    def written(self, node: Node) -> str | None:
        """A value as it is written; None where it is a list or has keys."""
        return str(node.value) if isinstance(node, yaml.ScalarNode) else None

    def value(self, node: Node) -> object:
        """A value as YAML reads it."""
        with _named(self.path, self.what):
            value: object = self._loader.construct_object(node, deep=True)
        return value


def name_in(node: Node) -> str:
    """The name of an entry that may be wrong elsewhere, to name it in the message."""
    pairs = node.value if isinstance(node, yaml.MappingNode) else ()
    return next((str(value.value) for key, value in pairs if key.value == "name"), "")


class Lined(dict[str, Any]):
    """A mapping that knows the line on which it begins."""

    line = 0


class _Loader(_SafeLoader):  # type: ignore[misc, valid-type]
    """Safe YAML in which a key written twice is an error."""


def _lined(loader: _Loader, node: yaml.MappingNode) -> Lined:
    keys = [key.value for key, _ in node.value]
    for position, (key, _) in enumerate(node.value):
        if key.value in keys[:position]:
            raise yaml.MarkedYAMLError(
                problem=f"{key.value} is there twice", problem_mark=key.start_mark
            )
    mapping = Lined({str(k): v for k, v in loader.construct_mapping(node, deep=True).items()})
    mapping.line = node.start_mark.line + 1
    return mapping


_Loader.add_constructor("tag:yaml.org,2002:map", _lined)


def constructed(path: Path, what: str) -> object:
    """What a file holds, its mappings as ``Lined``; ``what`` that is, for the message. Raises
    ConfigError naming file and line where it cannot be read or is no YAML."""
    with _named(path, what):
        value: object = _Loader(_read(path)).get_single_data()
    return value
