"""Shares of patients or lesions in whom a test was positive or right. Pure.

They have no measure's name; the words for them are rows of ``data/reading/shares.yml``, which see a
sentence with its tests and its shares made one word each. Only where the vocabulary knows the test,
or the words can only be of one, a share is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from kb.appraisal.measures import Figure, Span
from kb.appraisal.numbers import BELOW_100
from kb.appraisal.values import NUMBER, PERCENT, number
from kb.reading.literals import Finder
from kb.reading.rule_files import bundled

# Letters that stand for a mention in the rules.
TEST, SHARE, BARE = "ꝏ", "ꝍ", "ꝑ"
COUNT = rf"(?<![\d.,/])(?:\d+|{BELOW_100})"
THINGS = r"(?:\s(?!(?:was|were|had|by|on|with|in|and|or)\b)[a-z-]+){0,4}"
# 34/38 patients (89%), 89% (34 of 38), 89% of all lesions, 34 (89%).
A_SHARE = re.compile(
    rf"(?:{COUNT}\s?(?:/|of|out of)\s?(?:the\s|all\s|these\s)?\d+{THINGS}\s?[(\[]"
    rf"(?P<counted>{NUMBER}){PERCENT}(?:[;,][^()\[\]]{{0,60}})?[)\]]"
    rf"|(?<![\d.,/])(?P<before>{NUMBER}){PERCENT}\s?[(\[](?:n\s?=\s?)?\d+\s?(?:/|of|out of)\s?\d+"
    rf"{THINGS}[)\]](?:\sof\s(?:the\s|all\s)?[a-z-]+)?"
    rf"|(?<![\d.,/])(?P<of>{NUMBER}){PERCENT}\sof\s(?:the\s|all\s|these\s)?(?:\d+\s)?(?:[a-z-]+\s){{0,2}}"
    r"(?:lesions|patients|children|tumou?rs|metastases|sites|relapses|recurrences|primaries|cases"
    r"|foci|nodes|deposits|neuroblastomas|infants)\b"
    rf"|{COUNT}{THINGS}\s?[(\[](?P<one>{NUMBER}){PERCENT}[)\]])"
)
A_PERCENT = re.compile(rf"(?<![\d.,/ꝍ-]){NUMBER}{PERCENT}")
NUMERAL = re.compile(NUMBER)
JOINT = (
    r"[^.()]{0,45}?(?:[,;]|\b(?:and|but|while|whereas|versus|vs|against|compared (?:with|to))\b)"
    r"(?:\s?(?:and|but|while|whereas|as compared with|as compared to|compared with))?\s"
)


@dataclass(frozen=True, slots=True)
class ShareRule:
    """A row of the file, whose head explains the keys."""

    rule: str
    kind: Literal["detection-rate", "accuracy"]
    place: Literal["first", "next"]
    words: Finder
    example: str
    trap: str
    unless: Finder | None = None


ROWS = bundled("shares", ShareRule)
FIRST = tuple(row for row in ROWS if row.place == "first")
NEXT = re.compile(
    rf"{JOINT}(?:{'|'.join(row.words.pattern.pattern for row in ROWS if row.place == 'next')})"
)


class _Mentions(NamedTuple):
    """A sentence with tests, shares and percentages as one word each, and the value of each."""

    text: str
    values: dict[int, tuple[float, int]]


def shares(text: str, tests: Sequence[Span]) -> Iterator[Figure]:
    """The shares of a sentence in lower case, each with the place of its test as label; ``tests``
    are the places of what the vocabulary knows as one."""
    if "%" not in text and "cent" not in text:
        return
    read = _mentions(text, tests)
    if not read.values:
        return
    rows = [row for row in FIRST if not (row.unless and row.unless.pattern.search(text))]
    place = 0
    while first := _first(rows, read.text, place):
        for figure in _from(*first, read):
            yield figure
            place = max(place, figure.end)
        place = max(place, first[1].end())


def _first(
    rows: Sequence[ShareRule], text: str, place: int
) -> tuple[ShareRule, re.Match[str]] | None:
    """The rule that finds a share first, of several the one that stands first in the file."""
    found = [(row, match) for row in rows if (match := row.words.pattern.search(text, place))]
    return min(found, key=lambda one: one[1].start(), default=None)


def _mentions(text: str, tests: Sequence[Span]) -> _Mentions:
    read, found = text, {}
    for start, end in tests:
        read = read[:start] + TEST * (end - start) + read[end:]
    for pattern, letter in ((A_SHARE, SHARE), (A_PERCENT, BARE)):
        matches = list(pattern.finditer(read))
        for match in matches:
            printed = next((part for part in match.groups() if part), match[0])
            found[match.start()] = (number(NUMERAL.match(printed)[0]), match.end())  # type: ignore[index]
            read = read[: match.start()] + letter * len(match[0]) + read[match.end() :]
    return _Mentions(read, found)


def _from(row: ShareRule, first: re.Match[str], read: _Mentions) -> Iterator[Figure]:
    """The first share, and those that the sentence goes on with."""
    match: re.Match[str] | None = first
    while match:
        figure = _figure(row.kind, match, read)
        if not figure:
            return
        yield figure
        match = NEXT.match(read.text, max(match.end(), figure.end))


def _figure(kind: str, match: re.Match[str], read: _Mentions) -> Figure | None:
    share = re.search(f"{SHARE}+|{BARE}+", match[0])
    test = re.search(rf"{TEST}+(?:[\s/-]{TEST}+)*", match[0])
    if not share:
        return None
    start = match.start() + share.start()
    value, end = read.values[start]
    if value > 100:
        return None
    label = (match.start() + test.start(), match.start() + test.end()) if test else None
    return Figure(kind, value, unit="%", start=start, end=end, label=label)
