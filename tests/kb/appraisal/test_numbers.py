"""Numbers in digits and in words, and what only looks like one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.appraisal.numbers import NUMBER, TEENS, TENS, UNITS, power_of_ten, value
from kb.record.sentences import NARROW


def read(text: str) -> list[int]:
    return [value(match["number"]) for match in NUMBER.finditer(f"{text} ")]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("4,832", 4832),
        (f"12{NARROW}345", 12345),
        ("seven", 7),
        ("ninety-eight", 98),
        ("a hundred", 100),
        ("one hundred and two", 102),
        ("two hundred and fifty-three", 253),
        ("three thousand and twelve", 3012),
        ("12/30", 30),
    ],
)
def test_a_number_is_read_in_digits_and_in_words(text: str, number: int) -> None:
    assert read(text) == [number]


@pytest.mark.parametrize(
    "text",
    [
        "0.5",
        "-3",
        "a",
        "someone",
        "4s",
        "12,34",
        "fortyish",
        "x12",
        "10⁴",
        "10^4",
        "3 × 10⁶",
        "2 x 104",
    ],
)
def test_what_only_looks_like_a_number_is_none(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize(
    ("exponent", "power"), [("⁻⁵", -5), ("⁹", 9), ("-12", -12), ("4", 4), ("⁺²", 2)]
)
def test_an_exponent_is_read_raised_and_plain(exponent: str, power: int) -> None:
    assert power_of_ten(exponent) == power


def spelled(number: int) -> str:
    if number >= 1000:
        rest = number % 1000
        return f"{spelled(number // 1000)} thousand" + (f" and {spelled(rest)}" if rest else "")
    if number >= 100:
        rest = number % 100
        return f"{UNITS[number // 100 - 1]} hundred" + (f" and {spelled(rest)}" if rest else "")
    if number >= 20:
        tens = TENS[number // 10 - 2]
        return f"{tens}-{UNITS[number % 10 - 1]}" if number % 10 else tens
    return (*UNITS, *TEENS)[number - 1]


@given(st.integers(1, 999_999))
def test_every_number_is_read_as_it_is_spelled_and_as_it_is_printed(number: int) -> None:
    assert read(spelled(number)) == [number]
    assert read(f"{number:,}") == read(str(number)) == [number]
