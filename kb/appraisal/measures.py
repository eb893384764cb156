"""The measures whose figures are kept, and how a text names them. Pure.

They are rows of ``data/reading/measures.yml``. An abbreviation stands in capitals; one that the
record puts in brackets behind a measure's name is that measure's, behind other words another
thing's: heart rate (HR).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

from kb.reading.literals import Finder
from kb.reading.passage import ReadPassage, ReadSentence
from kb.reading.rule_files import bundled

Form = Literal["share", "unit", "ratio", "threshold", "other"]
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Measure:
    """A row of the file, whose head explains the keys."""

    rule: str
    kind: str
    form: Form
    words: Finder
    example: str
    trap: str
    before: Finder | None = None
    short: tuple[str, ...] = ()
    spelled: str = ""


MEASURES = bundled("measures", Measure)
# Each abbreviation, in lower case, and the measure that it is where the record says nothing else.
SHORT = {short: measure for measure in MEASURES for short in measure.short}
RATE = r"(?:[\s-](?:rates?|probabilit(?:y|ies)|estimates?)\b)?"
# An abbreviation in brackets behind a name: sensitivity (Se), positive likelihood ratio (LR+).
IN_BRACKETS = r"(?:\s?[\[(][a-z][a-z+-]{0,6}[\])])?"


def _words(measure: Measure) -> str:
    if measure.before:
        return rf"{measure.words.pattern.pattern}(?=\s?{measure.before.pattern.pattern})"
    return rf"{measure.words.pattern.pattern}{IN_BRACKETS}{RATE}"


def _spelled(measures: tuple[Measure, ...]) -> str:
    each = (f"(?P<m{n}>{_words(one)})" for n, one in enumerate(measures))
    return f"(?:{'|'.join(each)})"


_SHORTS = "|".join(sorted(map(re.escape, SHORT), key=len, reverse=True))
NAMES = re.compile(
    rf"(?<![\w-])(?:{_spelled(MEASURES)}(?![\w+])"
    rf"|(?P<short>{_SHORTS})(?P<many>s?){RATE}(?![\w+]))"
)
# Without one of these a sentence names no measure that is kept.
KEPT = tuple(measure.words for measure in MEASURES if measure.form != "other")
CAPITALS = re.compile(
    r"\b(?:"
    + "|".join(
        re.escape(short.upper()) for short, measure in SHORT.items() if measure.form != "other"
    )
    + r")|\ba?s?(?:HR|OR)s?\b"
)
# In brackets; with a comma behind it, it is used and not defined where no name stands before it.
BRACKETED = re.compile(r"[\[(](?P<short>[A-Za-z][A-Za-z+-]{0,6}?)s?(?:(?P<end>[\])])|(?=[;,]))")
LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure: ``text[start:end]`` of the passage states it, in code points.

    ``value`` is None for a range, which has ``low`` and ``high`` alone; else they are the ends of
    the stated interval, and ``se`` is what follows ±. ``sign`` is one of <, >, ≤ and ≥ where the
    text has it. ``label`` are the words that say whose the figure is ("for MIBG"), ``link`` those
    from the measure to the value; ``place`` counts it among the values that the measure has there,
    and how many these are; ``sentence`` the whole, its stop included.
    """

    kind: str
    value: float | None
    low: float | None = None
    high: float | None = None
    se: float | None = None
    sign: str | None = None
    unit: str | None = None
    time_point: str | None = None
    unit_of_analysis: str | None = None
    start: int = 0
    end: int = 0
    label: Span | None = None
    link: Span | None = None
    place: tuple[int, int] = (0, 1)
    sentence: Span = (0, 0)


class MeasureName(NamedTuple):
    measure: Measure
    start: int
    end: int


Defined = Mapping[str, Measure | None]


def defined(passage: ReadPassage) -> dict[str, Measure | None]:
    """The abbreviations that a passage puts in brackets behind a measure's name, and the known
    ones, as they are written, that it puts behind other words (None)."""
    shorts: dict[str, Measure | None] = {}
    for match in BRACKETED.finditer(passage.cased):
        short = match["short"]
        if short.islower() or shorts.get(short):
            continue
        before = passage.low[max(0, match.start() - LONGEST_NAME) : match.start()].rstrip()
        known = SHORT.get(short.lower())
        measure, is_kept = _named_last(before, short[0].lower())
        if measure and is_kept:
            shorts[short] = measure
        elif (
            known and match["end"] and (measure or not (known.spelled and known.spelled in before))
        ):
            shorts[short] = None
    return shorts


def _named_last(before: str, initial: str) -> tuple[Measure | None, bool]:
    """The measure that is named at the end of a text, and whether it may have an abbreviation that
    begins with a letter."""
    for match in NAMES.finditer(before):
        if match.end() == len(before):
            measure = _measure(match)
            initials = {word[0] for word in re.split(r"[\s-]+", match[0])}
            return measure, measure.form not in ("other", "threshold") and initial in initials
    return None, False


def _measure(match: re.Match[str]) -> Measure:
    if match["short"]:
        return SHORT[match["short"]]
    return next(one for n, one in enumerate(MEASURES) if match[f"m{n}"] is not None)


def may_name(sentence: ReadSentence, shorts: Defined) -> bool:
    """Whether a sentence can name a measure that is kept."""
    return (
        not sentence.possible.isdisjoint(KEPT)
        or CAPITALS.search(sentence.cased) is not None
        or any(short in sentence.cased for short, measure in shorts.items() if measure)
    )


def names(text: str, cased: str, shorts: Defined) -> list[MeasureName]:
    """Names of measures in a sentence; ``text`` is the sentence in lower case, ``shorts`` what the
    passage says of abbreviations. Of those that overlap, the first and longest."""
    each = [*_spelled_or_known(text, cased, shorts), *_defined_here(cased, shorts)]
    kept: list[MeasureName] = []
    for name in sorted(each, key=lambda name: (name.start, -name.end)):
        if not kept or name.start >= kept[-1].end:
            kept.append(name)
    return kept


def _spelled_or_known(text: str, cased: str, shorts: Defined) -> Iterator[MeasureName]:
    for match in NAMES.finditer(text):
        if short := match["short"]:
            written = cased[slice(*match.span("short"))]
            if not written.rstrip("+-").lstrip("as").isupper() or written in shorts:
                continue
            if shorts.get(written.lstrip("as"), SHORT[short]) is None:
                continue
        yield MeasureName(_measure(match), match.start(), match.end())


def _defined_here(cased: str, shorts: Defined) -> Iterator[MeasureName]:
    own = tuple(short for short, measure in shorts.items() if measure)
    for match in _pattern(own).finditer(cased) if own else ():
        measure = shorts[match["short"]]
        if measure:
            yield MeasureName(measure, match.start(), match.end())


@lru_cache(maxsize=64)
def _pattern(shorts: tuple[str, ...]) -> re.Pattern[str]:
    each = "|".join(sorted(map(re.escape, shorts), key=len, reverse=True))
    return re.compile(rf"(?<![\w-])(?P<short>{each})s?{RATE}(?![\w+])")
