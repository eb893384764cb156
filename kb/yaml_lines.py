"""YAML files that people edit, read so that a message can name the line of what is wrong.

Two ways: ``Reader`` walks the nodes of a file, where it matters how a value is written (YAML makes
ten of 012); ``constructed`` gives the values themselves, of which each mapping knows its line.
"""

from __future__ import annotations

from pathlib import Path
from typing import IO, Any, NoReturn

import yaml

from kb.errors import ConfigError


class Reader:
    """Walks the nodes of a file; ``where`` names the entry that it is in, for the messages."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.where = ""

    def fail(self, node: yaml.Node | None, message: str) -> NoReturn:
        """Raise ConfigError naming file, line and entry; an empty file has no node."""
        line = f", line {node.start_mark.line + 1}" if node else ""
        raise ConfigError(f"{self.path}{line}{self.where}: {message}")


def name_in(node: yaml.Node) -> str:
    """The name of an entry that may be wrong elsewhere, to name it in the message."""
    pairs = node.value if isinstance(node, yaml.MappingNode) else ()
    return next((str(value.value) for key, value in pairs if key.value == "name"), "")


class Lined(dict[str, Any]):
    """A mapping that knows the line on which it begins."""

    line = 0


# The C library reads the same and is several times faster, where PyYAML was built with it.
_SafeLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_SafeLoader):  # type: ignore[misc, valid-type]
    """Safe YAML in which a key written twice is an error: YAML would drop the first in silence."""


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


def constructed(stream: IO[bytes]) -> object:
    """What a file holds, its mappings as ``Lined``. Raises yaml.YAMLError, also of a key that is
    there twice."""
    document: object = _Loader(stream).get_single_data()
    return document
