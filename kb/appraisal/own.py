"""Whether a figure is a result of the paper itself. Pure.

Abstracts print figures of other papers, those that a trial was planned with, levels of
significance and what everybody knows; the words for them are rows of ``data/reading/own.yml``.
Those that stand in a sentence take away what stands in the same part of it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache
from typing import Literal

from kb.appraisal.measures import SURVIVAL, Figure
from kb.reading.literals import Finder
from kb.reading.passage import ReadSentence
from kb.reading.rule_files import bundled

BEFORE_RESULTS = {"background", "aims"}
# Of a threshold: found, not fixed beforehand.
DERIVED = re.compile(r"\b(?:optimal|best|roc|receiver|youden|derived|sensitivity)\b")
REACH = 110  # characters before a figure in which words right before it begin


@dataclass(frozen=True, slots=True)
class NotOwn:
    """A row of the file, whose head explains the keys."""

    rule: str
    of: Literal["all", "p", "survival"]
    place: Literal["sentence", "before", "after", "end"]
    words: Finder
    example: str
    trap: str
    unless: Finder | None = None
    round: bool = False

    def concerns(self, figure: Figure) -> bool:
        if self.round and not _is_round(figure):
            return False
        kinds = SURVIVAL if self.of == "survival" else {self.of}
        return self.of == "all" or figure.kind in kinds


def _is_round(figure: Figure) -> bool:
    is_exact = figure.se is not None or figure.value is None or figure.low is not None
    return not is_exact and (figure.value or 0) % 5 == 0


ROWS = bundled("own", NotOwn)
FINDERS = tuple(row.words for row in ROWS)
ENDS = tuple(row.words for row in ROWS if row.place == "end")


def is_own(figure: Figure, sentence: ReadSentence) -> bool:
    """Whether the figure, by its places in the sentence, is one of the paper."""
    if sentence.section in BEFORE_RESULTS or _is_bound(figure):
        return False
    if (
        figure.kind == "cutoff"
        and sentence.section == "methods"
        and not DERIVED.search(sentence.text)
    ):
        return False
    return not any(
        row.words in sentence.possible and row.concerns(figure) and _takes(row, figure, sentence)
        for row in ROWS
    )


def _is_bound(figure: Figure) -> bool:
    """Survival of more than 97 % is no estimate."""
    return figure.kind in SURVIVAL and figure.sign is not None


def _takes(row: NotOwn, figure: Figure, sentence: ReadSentence) -> bool:
    text = sentence.text
    if row.unless and row.unless.pattern.search(text):
        return False
    if row.place == "before":
        before = text[max(0, figure.start - REACH) : figure.start]
        return _right_before(row.words).search(before) is not None
    if row.place == "after":
        return _right_after(row.words).match(text, figure.end) is not None
    if row.place == "end":
        return False
    parts = _parts(sentence)
    here = bisect_right(parts, figure.start)
    return any(
        bisect_right(parts, match.start()) == here for match in row.words.pattern.finditer(text)
    )


def _parts(sentence: ReadSentence) -> list[int]:
    """Where the parts of a sentence begin behind the first."""
    return sorted(match.start() for words in ENDS for match in sentence.finditer(words))


@cache
def _right_before(words: Finder) -> re.Pattern[str]:
    return re.compile(rf"{words.pattern.pattern}[\s(,:]*(?:an? )?$")


@cache
def _right_after(words: Finder) -> re.Pattern[str]:
    return re.compile(rf"[\s),]*{words.pattern.pattern}")
