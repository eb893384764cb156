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
EXAM, MARKER, SHARE, BARE = "ꝏ", "ꝗ", "ꝍ", "ꝑ"
A_TEST = re.compile(f"[{EXAM}{MARKER}]+(?:[\\s/-]{{1,2}}[{EXAM}{MARKER}]+)*")
A_VALUE = re.compile(f"{SHARE}+|{BARE}+")
# Between the shares of a list.
LISTED = re.compile(r"\s?(?:,|,?\s?and|,?\s?vs\.?|,?\s?versus|,?\s?compared (?:with|to))\s")
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
    r"|foci|nodes|deposits|infants)\b"
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


def has_percent(text: str) -> bool:
    """Whether a sentence in lower case can have a percentage."""
    return "%" in text or "cent" in text


def shares(text: str, tests: Sequence[Span], exams: Sequence[Span]) -> Iterator[Figure]:
    """The shares of a sentence in lower case, each with the place of its test as label; ``tests``
    are the places of what the vocabulary knows as one, ``exams`` those of them that are
    examinations."""
    read = _mentions(text, tests, exams)
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
    matches = [(row, match) for row in rows if (match := row.words.pattern.search(text, place))]
    return min(matches, key=lambda one: one[1].start(), default=None)


def _mentions(text: str, tests: Sequence[Span], exams: Sequence[Span]) -> _Mentions:
    read, printed = text, {}
    for spans, letter in ((tests, MARKER), (exams, EXAM)):
        for start, end in spans:
            read = read[:start] + letter * (end - start) + read[end:]
    for pattern, letter in ((A_SHARE, SHARE), (A_PERCENT, BARE)):
        matches = list(pattern.finditer(read))
        for match in matches:
            words = next((part for part in match.groups() if part), match[0])
            printed[match.start()] = (number(NUMERAL.match(words)[0]), match.end())  # type: ignore[index]
            read = read[: match.start()] + letter * len(match[0]) + read[match.end() :]
    return _Mentions(read, printed)


def _from(row: ShareRule, first: re.Match[str], read: _Mentions) -> Iterator[Figure]:
    """The shares of the first match, and those that the sentence goes on with."""
    match: re.Match[str] | None = first
    while match:
        figures = _figures(row.kind, match, read)
        yield from figures
        if not figures:
            return
        match = NEXT.match(read.text, max(match.end(), figures[-1].end))


def _figures(kind: str, match: re.Match[str], read: _Mentions) -> list[Figure]:
    """As many as tests are named in a list, none where the numbers of both differ."""
    tests = [one.span() for one in A_TEST.finditer(read.text, *match.span())]
    place = A_VALUE.search(read.text, *match.span())
    places = []
    while place:
        places.append(place.start())
        joint = LISTED.match(read.text, place.end()) if len(places) < len(tests) else None
        place = A_VALUE.match(read.text, joint.end()) if joint else None
    if len(places) != max(1, len(tests)):
        return []
    named: list[Span | None] = [*tests] or [None]
    each = zip(places, named, strict=True)
    return [
        _figure(kind, start, test, read) for start, test in each if read.values[start][0] <= 100
    ]


def _figure(kind: str, start: int, test: Span | None, read: _Mentions) -> Figure:
    value, end = read.values[start]
    return Figure(kind, value, unit="%", start=start, end=end, label=test)
