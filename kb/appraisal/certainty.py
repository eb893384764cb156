"""What a paper itself says of the level or the certainty of evidence. Pure.

GRADE is for a body of evidence and never assigned here; what a review states is kept as its
statement, with the place of its words. Nobody reads for which outcome it holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kb.reading.literals import Finder, fewest
from kb.record.sentences import plain

GRADED = r"(?P<level>very[ -]low|low|moderate|high)"
EVIDENCE = (
    r"(?:certainty|quality|confidence|strength) (?:of|in) (?:the |this )?(?:\w+ ){0,2}?evidence"
    r"(?: \(GRADE\))?"
)
# Low-certainty evidence; the quality of evidence was rated as low; evidence of low quality.
CERTAINTY = Finder(
    rf"\b{GRADED}[ -](?:certainty|quality|confidence) (?:of )?(?:the )?evidence\b(?!-)"
    rf"|\b{EVIDENCE}(?: for [^.;:,]{{3,60}}?)?\s?(?::|(?:was|is|being)(?: \w+)?(?: as| to be)?)\s?"
    rf"{GRADED.replace('level', 'level2')}\b"
    rf"|\bevidence (?:was|is) of {GRADED.replace('level', 'level3')} (?:certainty|quality)\b",
    re.IGNORECASE,
)
GRADE = Finder(r"\bGRADE\b(?:[:,]? | \()" + GRADED + r"(?!-| (?:certainty|quality))\b")
# Evidence that is missed or wished for: no high-quality evidence, high-quality evidence is lacking.
MISSED_BEFORE = re.compile(
    r"\b(?:no|not|lack of|without|little|few|absence of|need for|needs?|more|further|any|until)\s"
    r"(?:\w+\s){0,2}$",
    re.IGNORECASE,
)
MISSED_AFTER = re.compile(
    r" (?:is|was|are|remains) (?:\w+ )?(?:lacking|needed|missing|scarce|absent)\b"
)
NAMES_GRADE = re.compile(r"\bGRADE\b|Grading of Recommendations")
# LEVEL OF EVIDENCE: Treatment study, level III; evidence level 4; level II evidence; PDQ's C1.
LEVEL = Finder(
    r"\blevels? of evidence\b[\s:.,(-]{1,4}(?:[a-z]+ stud(?:y|ies)[\s:,-]{1,3})?(?:was |is )?"
    r"(?:level )?(?P<level>[1-5][abc]?|i{1,3}|iv|v|[abc][1-4])\b(?!\s?[-/%]|\.\d)"
    r"|\bevidence level\b[\s:]{1,2}(?P<level2>[1-5][abc]?|i{1,3}|iv|v)\b(?!\s?[-/%]|\.\d)"
    r"|\blevel (?P<level3>[1-5][abc]?|i{1,3}|iv|v) evidence\b",
    re.IGNORECASE,
)
OXFORD = re.compile(r"\bOxford\b|\bOCEBM\b|\bCEBM\b")
PDQ = re.compile(r"[ABC][1-4]", re.IGNORECASE)


# Without one of these, in lower case, nothing is stated.
LETTERS = fewest(
    letters.lower() for finder in (CERTAINTY, GRADE, LEVEL) for letters in finder.letters or ("",)
)


class Statement(NamedTuple):
    """``level`` as the paper writes it, in ``text[start:end]`` of the passage ``field``; ``scheme``
    is GRADE, OCEBM or PDQ, None where the paper does not name it."""

    scheme: str | None
    level: str
    field: str
    start: int
    end: int


def statements(passages: Sequence[tuple[str, str]]) -> list[Statement]:
    """The statements of one record in reading order; ``passages`` are (field, text)."""
    low = "\n".join(text for _, text in passages).lower()
    if not any(letters in low for letters in LETTERS):
        return []
    return [
        each for field, text in passages for each in sorted(_statements_in(field, text), key=_place)
    ]


def _place(statement: Statement) -> int:
    return statement.start


def _statements_in(field: str, text: str) -> Iterator[Statement]:
    read = plain(text)
    graded = "GRADE" if NAMES_GRADE.search(read) else None
    for match in CERTAINTY.finditer(read):
        before = read[max(0, match.start() - 40) : match.start()]
        if not MISSED_BEFORE.search(before) and not MISSED_AFTER.match(read, match.end()):
            yield _statement(graded, match, field)
    for match in GRADE.finditer(read):
        yield _statement("GRADE", match, field)
    for match in LEVEL.finditer(read):
        scheme = "OCEBM" if OXFORD.search(read) else None
        yield _statement("PDQ" if PDQ.fullmatch(_level(match)) else scheme, match, field)


def _level(match: re.Match[str]) -> str:
    return next(words for words in match.groups() if words)


def _statement(scheme: str | None, match: re.Match[str], field: str) -> Statement:
    return Statement(scheme, _level(match), field, match.start(), match.end())
