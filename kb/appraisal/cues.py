"""The words in which a paper tells its own design, by rows of ``data/reading/design.yml``. Pure.

A design that is denied ("were not randomised"), wished for ("prospective studies are needed") or
another paper's ("a previous retrospective study") is not told.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import NamedTuple

from kb.reading.literals import Finder
from kb.reading.passage import ReadPassage, ReadSentence
from kb.reading.rule_files import bundled

FEW = 9  # patients that case reports and series describe at the most
REACH = 80  # characters before a cue in which words that undo it are looked for


@dataclass(frozen=True, slots=True)
class DesignRule:
    """A row of the file, whose head explains the keys."""

    rule: str
    design: str
    words: tuple[Finder, ...]
    example: str
    trap: str
    title: bool = False
    start: bool = False
    end: bool = False
    most: int | None = None
    corrects: bool = False
    unless: Finder | None = None
    unless_before: Finder | None = None
    unless_next: Finder | None = None


class Cue(NamedTuple):
    """Rows that follow each other and tell one design, in the title alone or anywhere.

    ``most`` is for words that papers on patients of their own have too: they count only where the
    sample size is not stated, or no larger.
    """

    design: str
    rows: tuple[DesignRule, ...]
    in_title: bool
    most: float


# What is denied, wished for or cited is no design of the paper's own: before a cue, and after it.
NOT_OWN_BEFORE = re.compile(
    r"\b(?:not|non|never|no|without|previous(?:ly)?|prior|earlier|former|published|past|future"
    r"|further|larger|need for|lack of|ongoing|unlike|after|since|existing|recent|other|few|awaits?"
    r"|require[sd]?|needs?|shown|demonstrated)[\s-]+"
    r"(?:(?:a|an|the|any|this|been|be|well|small|large|single|randomi[sz]ed|controlled|prospective"
    r"|multicent(?:er|re)|national|international)[\s,-]+){0,4}$"
    r"|\b(?:should|must|needs? to|remains? to|ha(?:s|ve) to|ought to|will|in order to)\b"
    r"(?:\s+\w+){0,3}\s+$",
    re.I,
)
NOT_OWN_AFTER = re.compile(
    r"(?:\s+[\w-]+){0,3}\s+(?:(?:is|are|will be|would be|may be|remain|should be)\s+(?:\w+\s+)?"
    r"(?:needed|required|warranted|necessary|lacking|awaited|limited|planned|desirable|missing|done"
    r"|under way|underway)"
    r"|(?:have|has|had)\s+(?:shown|suggested|found|reported|demonstrated|proved|proven))\b",
    re.I,
)


def cue(rows: Sequence[DesignRule]) -> Cue:
    """The rows of one design as one; the first decides where they may stand."""
    first = rows[0]
    return Cue(
        first.design, tuple(rows), first.title, math.inf if first.most is None else first.most
    )


def _kind(row: DesignRule) -> tuple[str, bool, int | None, bool]:
    return row.design, row.title, row.most, row.corrects


ROWS = bundled("design", DesignRule)
FINDERS = tuple(finder for row in ROWS for finder in row.words)
CUES = tuple(cue(list(rows)) for _, rows in groupby(ROWS, key=_kind))
KNOWN = frozenset(FINDERS)
PLACES = {
    finder: place for place, each in enumerate(CUES) for row in each.rows for finder in row.words
}
# "Retracted:" before a title marks the paper itself, which keeps its design.
NOTICE = CUES[0]
# What also counts against a publication type or heading.
_CORRECTING = {each.design: each for each in CUES if each.rows[0].corrects}
SYSTEMATIC = _CORRECTING["systematic review"]
RETROSPECTIVE = _CORRECTING["retrospective study"]
RANDOMISED_TITLE = _CORRECTING["randomised trial"]

Texts = Sequence[tuple[str, ReadPassage]]


def design_in_words(texts: Texts, n: int | None) -> tuple[str, str] | None:
    """Design and the words for it, from (field, passage) of title and abstract; None if untold.

    ``n`` is the sample size, where stated.
    """
    possible = frozenset[Finder]().union(*(passage.possible & KNOWN for _, passage in texts))
    for place in sorted({PLACES[finder] for finder in possible}):
        each = CUES[place]
        if (n or 0) <= each.most and each is not NOTICE and (words := own_words(each, texts)):
            return each.design, words
    return None


def own_words(told: Cue, texts: Texts) -> str | None:
    """Field and words of the first place where the paper says this of itself."""
    for field, passage in texts:
        if field != "title" and told.in_title:
            continue
        places = [place for row in told.rows for place in _own(row, passage)]
        if places:
            start, end = min(places)
            return f'{field} "{passage.text[start:end]}"'
    return None


def _own(row: DesignRule, passage: ReadPassage) -> Iterator[tuple[int, int]]:
    """Where the words of a row tell the paper's own design, sentence by sentence."""
    here = [finder for finder in row.words if finder in passage.possible]
    for sentence in passage.sentences if here else ():
        for finder in here:
            for match in sentence.finditer(finder):
                if _holds(row, sentence, match, passage):
                    yield sentence.start + match.start(), sentence.start + match.end()


def _holds(
    row: DesignRule, sentence: ReadSentence, match: re.Match[str], passage: ReadPassage
) -> bool:
    text, (start, end) = sentence.text, match.span()
    if row.start and (sentence.start or text[:start].strip(" [(\"'")):
        return False
    if row.end and passage.low[sentence.start + end :].strip(" .]"):
        return False
    before = text[max(0, start - REACH) : start]
    if row.unless and row.unless.pattern.search(text):
        return False
    if row.unless_before and _right_before(row.unless_before).search(before):
        return False
    if row.unless_next and _right_after(row.unless_next).match(text, end):
        return False
    return not NOT_OWN_BEFORE.search(before) and not NOT_OWN_AFTER.match(text, end)


@cache
def _right_before(words: Finder) -> re.Pattern[str]:
    return re.compile(rf"{words.pattern.pattern}\s$")


@cache
def _right_after(words: Finder) -> re.Pattern[str]:
    return re.compile(rf"\s?{words.pattern.pattern}")
