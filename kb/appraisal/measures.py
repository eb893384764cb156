"""The names of measures and the values of a sentence, as medical abstracts write them. Pure.

Sentences are plain (kb.record.sentences). Names and values are told apart here; which value
belongs to which name is for kb.appraisal.figures.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from kb.reading.literals import Finder, fewest, needed_strings

Form = Literal["share", "unit", "ratio", "threshold", "other"]
Span = tuple[int, int]

NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?|\.\d+)"
PERCENT = r"\s?(?:%|per ?cent\b)"
BETWEEN = r"\s?(?:-|to|,|;|and)\s?"
CI = r"(?:confiden\w+ intervals?|credible intervals?|cis?|cri|c\.i\.)(?:\s?95\s?%?)?"
LEVEL = rf"(?:9[059](?:\.\d)?{PERCENT}[\s-]?)"
# The end of a number: no unit of time, no letter, no second half of a date or a code.
NO_TIME = r"(?!\s?-?\s?(?:years?|yr|months?|mo|weeks?|days?|hours?|minutes?|min|h)\b)"
WHOLE = rf"(?![\w.]*\d){NO_TIME}(?![a-z°]|-[a-z])"
# Words after a number without %, which then counts or measures nothing.
FREE = re.compile(
    r"(?!\s(?!(?:for|with|and|or|in|at|by|on|of|when|if|as|vs?|versus|compared|after|before|to|from"
    r"|than|against|using|while|whereas|but|respectively|during|among|between|was|were|is|are|had"
    r"|has|have"
    r"|indicates|suggests|shows|per|sensitiv\w+|specific\w+|\w+ed|\w+ing)\b)[a-zµ°]+)"
)
SAID_INTERVAL = (
    rf"\s?[,;:]?\s?(?P<open>[\[(])?\s?(?:with an? |and )?{LEVEL}?{CI}(?:\s?[\[(]{CI}[\])])?"
    rf"\s?(?:of |was |from |[:=,])?\s?(?P<inner>[\[(])?\s?"
    rf"(?P<low>-?{NUMBER})(?:{PERCENT})?{BETWEEN}(?P<high>{NUMBER})(?:{PERCENT})?"
    r"(?(inner)\s*[\])])(?(open)(?:\s*[\])])?)"
)
BARE_INTERVAL = (
    rf"\s?[\[(]\s?(?:{LEVEL}[,:]?\s?)?(?P<low2>{NUMBER})(?:{PERCENT})?"
    rf"\s?(?:-|to|;|,)\s?(?P<high2>{NUMBER})(?:{PERCENT})?\s*(?:[\])]|(?=[,;]|\swith\b))"
    rf"|[,;]\s(?P<low3>{NUMBER})(?:{PERCENT})?\s?(?:-|to)\s?(?P<high3>{NUMBER})(?:{PERCENT})?"
)
ERROR = (
    rf"(?P<error>\s?(?:±|\+/-|\+-|(?P<bracket>\()(?:se|standard error)[:=,]?\s?(?:of\s|±\s?)?)\s?"
    rf"(?P<se>{NUMBER})(?:{PERCENT})?(?(bracket)\s?\)))"
)
VALUE = re.compile(
    rf"(?<![\w.,/+-])(?:(?P<sign>[<>≤≥]=?|=)\s?)?(?P<value>{NUMBER}){WHOLE}"
    rf"(?P<percent>{PERCENT})?(?:{ERROR})?(?P<percent2>{PERCENT})?"
    rf"(?:{SAID_INTERVAL}|{BARE_INTERVAL})?"
)
RANGE = re.compile(
    rf"\b(?:between|from|rang(?:ed|ing)(?: between| from)?)\s+(?P<low>{NUMBER})(?:{PERCENT})?"
    rf"\s?(?:-|to|and)\s?(?P<high>{NUMBER})(?P<percent>{PERCENT})?"
)
# A value that rose from one figure to another has two, no range.
CHANGED = re.compile(
    r"\b(?:rose|raised|rais(?:es|ing)|increas\w+|improv\w+|fell|fall|decreas\w+|declin\w+|dropp?\w*"
    r"|reduc\w+|chang\w+)\b[^.;]{0,60}$"
)
P_VALUE = Finder(
    r"(?<![\w-])p(?:[\s-]?values?)?(?:[\s-]?(?:for )?(?:trend|interaction))?\s?"
    rf"(?:(?:(?:of|was|were|is) )?(?P<sign>[<>=≤≥]=?|:)|(?:of|was|is)\b"
    rf"|(?=\s?0?\.\d))\s?(?P<value>{NUMBER})"
    r"(?:\s?[×x]\s?10\s?\^?-(?P<power>\d+))?"
)
# Counts and fractions, which are nobody's value: n = 43, 10 of 12, 33/37, 43 patients, 1 in 7000.
THINGS = (
    "patients|children|infants|neonates|newborns|adults|cases|subjects|participants|survivors"
    "|controls|lesions|scans|studies|tumou?rs|samples|sites|foci|readers|examinations|events|deaths"
    "|institutions|cent(?:er|re)s|cycles|courses"
)
NO_VALUES = re.compile(
    rf"\bn\s?=\s?{NUMBER}|(?<![\d.])(?:\d+\s?(?:/|of|out of)|1 in)\s?{NUMBER}(?!\.?\d|{PERCENT})"
    rf"|(?<![\d.]){NUMBER}{PERCENT}\s(?:of|were|had)\b"
    rf"|(?<![\d.])\d+\s(?:[a-z-]+\s){{0,2}}(?:{THINGS})\b|\btesla\b|\b(?:stages?|grades?|phase"
    rf"|table) \d"
)


class Measure(NamedTuple):
    """A measure: the words for it, and what its values look like: ``share`` (a percentage, or a
    fraction of 1), ``unit`` (0 to 1), ``ratio`` or ``threshold``; ``other`` is none that is kept,
    but its values are not those of the measure before."""

    kind: str
    words: str
    form: Form


RATE = r"(?:[\s-](?:rates?|probabilit(?:y|ies)|estimates?))?"


def _survival(kind: str, full: str, short: str) -> Measure:
    """In full, by its abbreviation, or as the first half of "event-free and overall survival"."""
    return Measure(
        kind,
        rf"{full} survival(?:\s?[\[(]{short}[\])])?{RATE}|{short}{RATE}"
        rf"|{full}(?= (?:survival )?(?:and|or) (?:[a-z]+-free|overall) survival)",
        "share",
    )


def _predictive(kind: str, sign: str, other: str, short: str) -> Measure:
    return Measure(
        kind,
        rf"{sign} predictive values?(?:\s?\({short}s?\))?|{short}s?"
        rf"|{sign}(?= (?:and|or) {other} predictive)",
        "share",
    )


def _likelihood(kind: str, sign: str, other: str, short: str) -> Measure:
    return Measure(
        kind,
        rf"{sign} likelihood ratios?(?:\s?\({short}\))?|{short}"
        rf"|{sign}(?= (?:and|or) {other} likelihood)",
        "ratio",
    )


MEASURES = (
    Measure(
        "sensitivity",
        r"sensitivit(?:y|ies)|(?:more|less|equally) sensitive|true[- ]positive rates?",
        "share",
    ),
    Measure("specificity", r"specificit(?:y|ies)|(?:more|less|equally) specific", "share"),
    _predictive("ppv", "positive", "negative", "ppv"),
    _predictive("npv", "negative", "positive", "npv"),
    Measure("other", r"area under the (?:[a-z-]+ )?(?:concentration|time)[\w -]*", "other"),
    Measure(
        "auc",
        r"areas? under (?:the )?(?:(?:receiver[ -]operating[ -]characteristics?|roc)[ -])?"
        r"(?:\(roc\) )?curves?(?:\s?\(au(?:ro)?cs?\))?|au(?:ro)?cs?|c-(?:index|statistic)",
        "unit",
    ),
    Measure("accuracy", r"(?:diagnostic |overall )?accurac(?:y|ies)", "share"),
    _likelihood("lr+", "positive", "negative", r"(?:lr\+|plr)"),
    _likelihood("lr-", "negative", "positive", r"(?:lr-|nlr)"),
    Measure(
        "kappa",
        r"(?:weighted |cohen's |fleiss' )*kappa(?: (?:values?|coefficients?|statistics?))?"
        r"(?:\s?\([κk]\))?|κ",
        "unit",
    ),
    Measure("icc", r"intra-?class correlation(?: coefficients?)?(?:\s?\(iccs?\))?|iccs?", "unit"),
    Measure("hr", r"(?:sub-?)?hazards? ratios?(?:\s?[\[(]a?s?hr[\])])?|a?s?hrs?", "ratio"),
    Measure("or", r"odds ratios?(?:\s?[\[(]a?or[\])])?|a?ors?", "ratio"),
    _survival("efs", "event-free", "efs"),
    _survival("os", "overall", "os"),
    _survival("pfs", "progression-free", "pfs"),
    Measure("detection-rate", r"detection rates?", "share"),
    Measure("other", r"(?:cycle|detection|pain|hearing|noise) thresholds?", "other"),
    Measure(
        "cutoff",
        r"(?:optimal |best )?(?:cut[\s-]?(?:off|point)s?|thresholds?)"
        r"(?: (?:values?|scores?|points?|levels?))?",
        "threshold",
    ),
    Measure(
        "other",
        r"(?:loco-?regional|local|disease|tumou?r) control"
        r"|(?:graft|cell|implant|renal|kidney|median|mean) survival"
        r"|rates?|ratios?|means?|medians?|correlations?|coefficients?|incidence"
        r"|prevalence|proportions?|frequenc(?:y|ies)|probabilit(?:y|ies)",
        "other",
    ),
    Measure("os", rf"survival{RATE}", "share"),
)
# Relapse-free survival and its like, read from their last words; no measure that is kept.
FREE_SURVIVAL = r"[- ]free(?: survival|(?= (?:and|or) overall survival))"
NAMES = re.compile(
    r"(?<![\w-])(?:"
    + "|".join(f"(?P<m{i}>(?:{measure.words})(?![\\w+]))" for i, measure in enumerate(MEASURES))
    + f")|(?P<other>{FREE_SURVIVAL})"
)
OTHER = Measure("other", FREE_SURVIVAL, "other")
KEPT = [re.compile(measure.words) for measure in MEASURES if measure.form != "other"]
# Abbreviations stand in capitals; one that the text puts in brackets after other words than its
# measure's is another thing: heart rate (HR).
SHORT = {
    "ppv": "positive predictive",
    "npv": "negative predictive",
    "auc": "under",
    "auroc": "under",
    "icc": "class",
    "hr": "hazard",
    "or": "odds",
    "efs": "event",
    "os": "overall",
    "pfs": "progression",
}
ABBREVIATION = re.compile(rf"a?s?(?P<short>{'|'.join(SHORT)})s?(?![a-z])")
BRACKETED = re.compile(r"\(([A-Z]{2,5})s?\)")
# Letters of the names that are kept, in lower case, and of their abbreviations, in capitals.


ADJECTIVES = Finder(rf"(?P<value>{NUMBER}){PERCENT}\s+(?P<word>sensitive|specific|accurate)\b")
# Without one of these letters a sentence names no measure that is kept; the text is in lower case,
# but for abbreviations.
NEEDED = needed_strings(*KEPT) or {""}
LETTERS = fewest(each for each in NEEDED if not ABBREVIATION.fullmatch(each))
CAPITALS = fewest(each["short"].upper() for each in map(ABBREVIATION.match, NEEDED) if each)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure: ``text[start:end]`` of the passage states it, in code points.

    ``value`` is None for a range, which has ``low`` and ``high`` alone; else they are the ends of
    the stated interval, and ``se`` is what follows ±. ``sign`` is one of <, >, ≤ and ≥ where the
    text has it. ``label`` are the words that say whose the figure is ("for MIBG"), ``link`` those
    from the measure to the value, ``sentence`` the whole, its stop included.
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
    sentence: Span = (0, 0)


class MeasureName(NamedTuple):
    measure: Measure
    start: int
    end: int


class Value(NamedTuple):
    """A value, or with ``value`` None a range, which has ``low`` and ``high`` alone."""

    value: float | None
    low: float | None
    high: float | None
    se: float | None
    sign: str | None
    percent: bool
    is_free: bool
    start: int
    end: int


def other_senses(text: str) -> set[str]:
    """Abbreviations that the passage gives another meaning, in lower case."""
    senses = set()
    for match in BRACKETED.finditer(text):
        short = match[1].lower()
        before = text[max(0, match.start() - 70) : match.start()].lower()
        if short in SHORT and (SHORT[short] not in before or "concentration" in before):
            senses.add(short)
    return senses


def may_name(text: str, sentence: str) -> bool:
    """Whether a sentence can name a measure that is kept; parameters as for ``names``."""
    return any(each in text for each in LETTERS) or any(each in sentence for each in CAPITALS)


def names(text: str, sentence: str, others: Iterable[str]) -> list[MeasureName]:
    """Names of measures in a sentence; ``text`` is the sentence in lower case. Of those that
    overlap, the first and longest."""
    measures = []
    for match in NAMES.finditer(text):
        words = sentence[match.start() : match.end()]
        short = ABBREVIATION.match(match[0])
        is_word = short and not words[slice(*short.span("short"))].isupper()
        if not is_word and not (short and short["short"] in others):
            measure = OTHER if match["other"] else MEASURES[int((match.lastgroup or "m0")[1:])]
            measures.append(MeasureName(measure, match.start(), match.end()))
    return measures


def values(text: str) -> list[Value]:
    """The values of a sentence in lower case; counts are none."""
    text = NO_VALUES.sub(lambda match: " " * len(match[0]), text)
    ranges = list(_ranges(text))
    singles = [
        value
        for value in _single(text)
        if not any(one.start < value.end and value.start < one.end for one in ranges)
    ]
    return sorted(ranges + singles, key=lambda value: value.start)


def _ranges(text: str) -> Iterator[Value]:
    for match in RANGE.finditer(text):
        if not CHANGED.search(text, 0, match.start()):
            ends = (number(match["low"]), number(match["high"]))
            percent = match["percent"] is not None
            yield Value(None, *ends, None, None, percent, True, match.start(), match.end())


def _single(text: str) -> Iterator[Value]:
    place = 0
    while match := VALUE.search(text, place):
        low, high, place = _interval(match)
        yield Value(
            number(match["value"]),
            *(low, high, number(match["se"]) if match["se"] else None, sign(match["sign"])),
            bool(match["percent"] or match["percent2"] or "%" in (match["error"] or "")),
            FREE.match(text, place) is not None,
            match.start(),
            place,
        )


def _interval(match: re.Match[str]) -> tuple[float | None, float | None, int]:
    """Ends of the interval, and the end of the value with it. Numbers in brackets that do not hold
    the value are no interval of it."""
    low, high = (match[end] or match[f"{end}2"] or match[f"{end}3"] for end in ("low", "high"))
    bare = max(match.end(group) for group in ("value", "percent", "error", "percent2"))
    if not low or not high:
        return None, None, bare
    if match["low"] or number(low) <= number(match["value"]) <= number(high):
        return number(low), number(high), match.end()
    return None, None, bare


def number(text: str) -> float:
    return float(text.replace(",", ""))


def sign(text: str | None) -> str | None:
    """One of <, >, ≤ and ≥; None for an equals sign."""
    if text is None or text[0] in "=:":
        return None
    return {"<=": "≤", ">=": "≥"}.get(text, text[0])
