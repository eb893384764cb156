"""JSON lists that stream: an item a line, keys in the order they come in."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any


def dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def listed(items: Iterable[Any]) -> Iterator[str]:
    """The list between its brackets, an item a piece."""
    comma = "\n"
    for item in items:
        yield comma + dumped(item)
        comma = ",\n"
    yield "\n"
