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
from kb.reading.phrases import SPACE
from kb.reading.rule_files import bundled
from kb.reading.search import Possible

Form = Literal["share", "unit", "ratio", "threshold", "other"]
Span = tuple[int, int]
SURVIVAL = frozenset(("efs", "os", "pfs"))


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
RATE = r"(?:[\s-](?:rates?|probabilit(?:y|ies)|estimates?|proportions?)\b)?"


VALUES = r"(?:\s?\([^()]{1,60}\))?"


@dataclass(frozen=True, slots=True)
class _Name:
    """A measure and how its name is written, in lower case."""

    measure: Measure
    order: int
    pattern: re.Pattern[str]


def _name(order: int, measure: Measure) -> _Name:
    words = measure.words.pattern.pattern
    if measure.before:
        # Positive (47%) and negative (75%) predictive values: a bracket may stand between words.
        behind = measure.before.pattern.pattern.replace(SPACE, rf"{VALUES}{SPACE}")
        words = rf"{words}(?={VALUES}\s?{behind})"
    else:
        words = rf"{words}(?:\s?[\[(](?P<short>[a-z][a-z+-]{{0,6}}?)s?[\])])?{RATE}"
    return _Name(measure, order, re.compile(rf"(?<![\w-])(?:{words})(?![\w+])"))


# Without one of these a sentence names no measure that is kept in words.
KEPT = tuple(measure.words for measure in MEASURES if measure.form != "other")
NAMES = tuple(_name(order, measure) for order, measure in enumerate(MEASURES))
FINDERS = tuple(measure.words for measure in MEASURES)
NAMED = frozenset(FINDERS)


def _capitals(short: str) -> set[str]:
    """An abbreviation in capitals, but for a small letter before it: HR, aHR, pOS."""
    written = {short[:n] + short[n:].upper() for n in range(3) if set(short[:n]) <= {"a", "s"}}
    return written | ({f"p{short.upper()}"} if short in SURVIVAL else set())


_WRITTEN = {way: SHORT[short] for short in SHORT for way in _capitals(short)}
_KNOWN = "|".join(sorted(map(re.escape, _WRITTEN), key=len, reverse=True))
# 5-y-OS, 5-year-OS
AFTER_TIME = r"(?:(?<![\w-])|(?<=y-)|(?<=yr-)|(?<=year-))"
ABBREVIATED = re.compile(rf"{AFTER_TIME}(?P<short>{_KNOWN})s?(?i:{RATE})(?![\w+])")
# In brackets, where it is defined.
BRACKETED = re.compile(rf"[\[(](?P<short>{_KNOWN})s?[\])]")
REACH = 80  # characters before a bracket in which the words of an abbreviation stand


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
    if passage.possible & NAMED:
        for sentence in passage.sentences:
            if ")" in sentence.text or "]" in sentence.text:
                shorts |= dict(_defined_in(sentence))
    for match in BRACKETED.finditer(passage.cased):
        known = _WRITTEN[match["short"]]
        before = passage.low[max(0, match.start() - REACH) : match.start()]
        is_another = match["short"].isupper() and not (known.spelled and known.spelled in before)
        if is_another and match["short"] not in shorts:
            shorts[match["short"]] = None
    return shorts


def _defined_in(sentence: ReadSentence) -> Iterator[tuple[str, Measure | None]]:
    """Each abbreviation in brackets that begins like a word of the name before it."""
    for match, measure in _spelled(sentence.text, sentence.possible):
        if match.groupdict().get("short"):
            short = sentence.cased[slice(*match.span("short"))]
            name = sentence.text[match.start() : match.start("short")]
            initials = {word[0] for word in re.split(r"[\s(\[-]+", name) if word}
            if measure.form in ("other", "threshold"):
                if short in _WRITTEN:
                    yield short, None
            elif not short.islower() and short[0].lower() in initials:
                yield short, measure


def _spelled(text: str, possible: Possible) -> list[tuple[re.Match[str], Measure]]:
    """Names in words, of those that overlap the first; of rules that begin together the first."""
    here = possible & NAMED
    names = [name for name in NAMES if name.measure.words in here] if here else ()
    each = [
        (match.start(), name.order, match, name.measure)
        for name in names
        for match in name.pattern.finditer(text)
    ]
    kept: list[tuple[re.Match[str], Measure]] = []
    for start, _, match, measure in sorted(each, key=lambda one: one[:2]):
        if not kept or start >= kept[-1][0].end():
            kept.append((match, measure))
    return kept


def names_any(passage: ReadPassage) -> bool:
    """Whether a passage can name a measure that is kept, in words or by a known abbreviation."""
    return not passage.possible.isdisjoint(KEPT) or ABBREVIATED.search(passage.cased) is not None


def may_name(sentence: ReadSentence, shorts: Defined) -> bool:
    """Whether a sentence can name a measure that is kept."""
    return (
        not sentence.possible.isdisjoint(KEPT)
        or ABBREVIATED.search(sentence.cased) is not None
        or any(short in sentence.cased for short, measure in shorts.items() if measure)
    )


def names(sentence: ReadSentence, shorts: Defined) -> list[MeasureName]:
    """Names of measures in a sentence; ``shorts`` is what the passage says of abbreviations. Of
    those that overlap, the first and longest."""
    spelled = (
        MeasureName(measure, match.start(), match.end())
        for match, measure in _spelled(sentence.text, sentence.possible)
    )
    kept: list[MeasureName] = []
    each = [*spelled, *_abbreviated(sentence.cased, shorts)]
    for name in sorted(each, key=lambda name: (name.start, -name.end)):
        if not kept or name.start >= kept[-1].end:
            kept.append(name)
    return kept


def _abbreviated(cased: str, shorts: Defined) -> Iterator[MeasureName]:
    for match in ABBREVIATED.finditer(cased):
        short = match["short"]
        measure = shorts.get(short, shorts.get(short.lstrip("as"), _WRITTEN[short]))
        if measure:
            yield MeasureName(measure, match.start(), match.end())
    own = tuple(short for short, measure in shorts.items() if measure and short not in _WRITTEN)
    for match in _pattern(own).finditer(cased) if own else ():
        if measure := shorts[match["short"]]:
            yield MeasureName(measure, match.start(), match.end())


@lru_cache(maxsize=64)
def _pattern(shorts: tuple[str, ...]) -> re.Pattern[str]:
    each = "|".join(sorted(map(re.escape, shorts), key=len, reverse=True))
    return re.compile(rf"(?<![\w-])(?P<short>{each})s?(?i:{RATE})(?![\w+])")
