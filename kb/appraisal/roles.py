"""What the words around a number of people say of it, by rows of ``data/reading/people.yml``. Pure.

The first row that takes a number decides; what no row takes is for kb.appraisal.counts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal, NamedTuple

from kb.appraisal.numbers import DIGITS, SPELLED, VALUES, value
from kb.reading.literals import Finder
from kb.reading.passage import ReadSentence
from kb.reading.phrases import NUMBER
from kb.reading.rule_files import bundled
from kb.reading.search import Possible

# Whole: the words say that the paper rests on these. Final: those left of all counted before;
# analysed: so if not far fewer; definite: and if some were excluded. Part:
# they say a group of them. Member: part of whatever larger total there is, also those lost. Open:
# they say neither. Excluded: left out of those counted before; lost: perhaps so. Single: one
# patient, or a few, are described. Faint: taken only where the record counts nothing else. Group:
# an n of a set or an arm. Other: people who are not the patients of the paper.
Role = Literal[
    "whole",
    "final",
    "analysed",
    "definite",
    "part",
    "member",
    "open",
    "excluded",
    "lost",
    "single",
    "faint",
    "group",
    "other",
]
# A number as a count has it: no share, no decimal, no measure, no year, no code.
MEASURES = "%|per ?cent|[mck]?m|[mkµ]?g|gy|[mgk]bq|years?|months?|weeks?|days?|hours?|min|ml|times?"
YEAR = r"(?:19|20)[0-9]{2}\b(?!\s(?:[a-z]+\s){0,2}?(?:patients|children|infants|cases)\b)"
COUNT = (
    rf"(?<![\w.,±<>≤≥-])(?<![±<>≤≥]\s)(?!{YEAR})([1-9][0-9]{{0,2}}\s[0-9]{{3}}\b|{DIGITS}|{SPELLED})"
    rf"(?!\.\d|-\w|\s?(?:{MEASURES})(?!\w))"
)
NUMBER_FIRST = re.compile(rf"\(\?:(?:\\b)?{re.escape(COUNT)}")
CLAUSE_END = re.compile(r"\s*(?:[.,;:(]|$)")


@dataclass(frozen=True, slots=True)
class PeopleRule:
    """A row of the file, whose head explains the keys."""

    rule: str
    role: Role
    words: tuple[Finder, ...]
    example: str
    trap: str
    takes: Literal["last", "first", "all", "sum"] = "last"
    unless: Finder | None = None
    needs: Finder | None = None
    not_next: Finder | None = None
    clause_end: bool = False


class NumberRole(NamedTuple):
    """A number, or the sum of several, with the role that words give it; ``rule`` is the row, the
    places are in its sentence."""

    n: int
    role: Role
    start: int
    end: int
    rule: str


ROWS = bundled("people", PeopleRule)
# Every phrase in the order of the file, with a group for each number.
PHRASES = tuple(
    (row, Finder(words.pattern.pattern.replace(NUMBER, COUNT)))
    for row in ROWS
    for words in row.words
)
WORD = Finder(rf"\b(?:{'|'.join(VALUES)}|a hundred)")
KNOWN = frozenset(finder for _, finder in PHRASES)
NEEDED = {finder: row.needs for row, finder in PHRASES if row.needs}
FINDERS = (*KNOWN, *NEEDED.values(), WORD)
PLACES = {finder: place for place, (_, finder) in enumerate(PHRASES)}
LEADING = frozenset(finder for finder in KNOWN if NUMBER_FIRST.match(finder.pattern.pattern))
DIGIT = re.compile("[0-9][0-9,.]*")


def told(sentence: ReadSentence) -> dict[int, NumberRole | None]:
    """What rows say of the numbers of a sentence, by their place; None for those within a sum. Of
    those who are final the others of the phrase were the pool."""
    roles: dict[int, NumberRole | None] = {}
    places = _places(sentence.possible)
    text = sentence.text
    numbers = _numbers(sentence) if places else []
    for place in places if numbers else ():
        row, finder = PHRASES[place]
        matches = (
            filter(None, (finder.pattern.match(text, start) for start in numbers))
            if finder in LEADING
            else finder.pattern.finditer(text)
        )
        for match in matches:
            if _concerns(row, text) and _goes_on(row, match):
                _take(roles, row, match)
    return roles


def _numbers(sentence: ReadSentence) -> list[int]:
    """Where a number may begin."""
    return sorted(
        number.start()
        for numbers in (DIGIT.finditer(sentence.text), sentence.finditer(WORD))
        for number in numbers
    )


def _places(possible: Possible) -> list[int]:
    """The phrases that may find something in a sentence, in the order of the file."""
    return sorted(
        PLACES[finder]
        for finder in possible & KNOWN
        if finder not in NEEDED or NEEDED[finder] in possible
    )


def _concerns(row: PeopleRule, text: str) -> bool:
    return not (row.unless and row.unless.pattern.search(text)) and not (
        row.needs and not row.needs.pattern.search(text)
    )


def _goes_on(row: PeopleRule, match: re.Match[str]) -> bool:
    """Whether what follows lets a row be."""
    if match[0].count(")") > match[0].count("("):
        return False
    if row.clause_end and not CLAUSE_END.match(match.string, match.end()):
        return False
    return not row.not_next or not _next(row.not_next).match(match.string, match.end())


def _take(roles: dict[int, NumberRole | None], row: PeopleRule, match: re.Match[str]) -> None:
    """The numbers of a match that no row before has taken."""
    spans = [match.span(n) for n in range(1, match.re.groups + 1) if match[n]]
    if row.takes == "sum" and roles.keys().isdisjoint(start for start, _ in spans):
        n = sum(value(match.string[start:end]) for start, end in spans)
        roles |= dict.fromkeys((start for start, _ in spans))
        roles[spans[0][0]] = NumberRole(n, row.role, spans[0][0], spans[-1][1], row.rule)
        return
    taken = {"last": spans[-1:], "first": spans[:1], "all": spans}.get(row.takes, [])
    for start, end in spans:
        role = row.role if (start, end) in taken else "faint"
        if role == row.role or row.role == "final":
            n = value(match.string[start:end])
            roles.setdefault(start, NumberRole(n, role, start, end, row.rule))


@cache
def _next(words: Finder) -> re.Pattern[str]:
    return re.compile(rf"\s?{words.pattern.pattern}")
