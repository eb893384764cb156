"""JSON lists that are written an item at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.exports.json_lines import dumped, listed

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.none() | st.booleans() | NUMBERS | TEXTS | st.dictionaries(TEXTS, TEXTS, max_size=3)


@given(st.lists(VALUES, max_size=6))
def test_a_list_reads_back_as_it_was(items: list[Any]) -> None:
    assert json.loads("[" + "".join(listed(items)) + "]") == items


def test_each_item_has_a_line_of_its_own() -> None:
    assert "".join(listed([{"b": "ü\n", "a": 1}, 2])) == '\n{"b": "ü\\n", "a": 1},\n2\n'


def test_an_item_is_written_before_the_next_is_read() -> None:
    read: list[int] = []

    def items() -> Iterator[int]:
        for number in range(9):
            read.append(number)
            yield number

    assert next(listed(items())) == "\n0"
    assert read == [0]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {"a": [float("-inf")]}])
def test_a_number_that_json_does_not_have_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        dumped(value)
