"""The numbers of a sentence that can be values of a measure: sign, error and interval. Pure.

They are read in the plain form of kb.record.sentences and in lower case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from kb.appraisal.numbers import EXPONENT, FACTOR, NO_FACTOR, NOTE, UNRAISED
from kb.appraisal.signs import AFTER, BEFORE, sign

NUMBER = rf"(?:\d{{1,3}}(?:,\d{{3}})+|\d+(?:\.\d+)?|\.\d+){UNRAISED}"
PERCENT = r"\s?(?:%|per ?cent\b)"
BETWEEN = r"\s?(?:-|to|,|;|and)\s?"
CI = (
    r"(?:confiden\w+ (?:intervals?|limits?|bounds?)|credible intervals?|cis?|cri|c\.i\.)(?![a-z])"
    r"(?:\s?95\s?%?)?"
)
LEVEL = rf"(?:9[059](?:\.\d)?{PERCENT}[\s-]?)"
# Confidence interval (95% CI), confidence intervals CI.
CALLED_CI = rf"(?:\s?[\[(]{LEVEL}?{CI}[\])]|\s{CI})?"
# The end of a number: no unit of time, no letter, no second half of a date or a code.
NO_TIME = r"(?!\s?-?\s?(?:years?|yr|months?|mo|weeks?|days?|hours?|minutes?|min|h)\b)"
WHOLE = rf"(?![\w.]*\d){NO_TIME}(?![a-z°]|-[a-z]|-[,\s]|-\d)"
# Words after a number without %, which then counts or measures nothing.
FREE = re.compile(
    r"(?!\s(?!(?:for|with|and|or|in|at|by|on|of|when|if|as|vs?|versus|compared|after|before|to|from"
    r"|than|against|using|while|whereas|but|respectively|during|among|between|was|were|is|are|had"
    r"|has|have"
    r"|indicates|suggests|shows|per|sensitiv\w+|specific\w+|\w+ed|\w+ing)\b)[a-zµ°]+)"
)
SAID_INTERVAL = (
    rf"\s*[,;:]?\s?(?P<open>[\[(])?\s*[,;]?\s*(?:with an? |and )?{LEVEL}?{CI}{CALLED_CI}"
    rf"\s?(?:of (?:[a-z]+\s?=\s?)?|was |from |[:=,])?\s?(?P<inner>[\[(])?\s?"
    rf"(?P<low>-?{NUMBER})(?:{PERCENT})?{BETWEEN}(?P<high>{NUMBER})(?:{PERCENT})?"
    r"(?(inner)\s*[\])])(?(open)(?:\s*[\])])?)"
)
IN_BRACKETS = (
    rf"\s?[\[(]\s?(?:{LEVEL}[,:]?\s?)?(?P<low2>{NUMBER})(?:{PERCENT})?"
    rf"\s?(?:-|to|;|,)\s?(?P<high2>{NUMBER})(?:{PERCENT})?\s*(?:[\])]|(?=[,;]|\swith\b))"
)
BARE_INTERVAL = (
    rf"{IN_BRACKETS}"
    rf"|[,;]\s(?P<low3>{NUMBER})(?:{PERCENT})?\s?(?:-|to)\s?(?P<high3>{NUMBER})(?:{PERCENT})?"
)
# What follows ±, or is called the standard error. A standard deviation is no error of the value.
CALLED = r"(?:sem?|sd|s\.e\.(?:m\.)?|s\.d\.|standard errors?|standard deviations?)(?![a-z])"
ERROR = (
    rf"(?P<error>\s?(?:(?P<bracket>[(\[])\s?(?:(?P<called>{CALLED})[:=,]?\s?(?:of\s)?(?:±\s?)?"
    rf"|(?:±|\+/-|\+-)\s?)|(?:±|\+/-|\+-)\s?)(?P<se>{NUMBER})(?:{PERCENT})?"
    rf"(?:\s?\(?(?P<called2>{CALLED})\)?)?(?(bracket)[\s,;]*[)\]]))"
)
# Of the second of two: 94% (SE 3.5) and 98% (2.0).
ERROR_ALONE = re.compile(rf"\s?\((?P<se>{NUMBER})(?:{PERCENT})?\)")
DEVIATION = re.compile(r"(?:±|\+/-)\s?(?:sd\b|standard deviations?\b)")
# Powers of ten are read where a unit follows them, by those who know it.
NO_POWER = (
    rf"(?:(?={FACTOR}\s?mm)|(?={NOTE.pattern})|(?!\s?[×x*]\s?10(?:[{EXPONENT}^(]|\s?-?\d)|\s?\^))"
)
VALUE = re.compile(
    r"(?=[<>≤≥=.\d-])(?:(?<![\w.,/+^-])|(?<=%/)|(?<=\d/)(?=[\d.]+{PERCENT}))(?:(?P<sign>[<>≤≥]\s?=?|=)\s?)?"
    rf"(?P<value>(?:-(?=0?\.\d))?{NUMBER}){WHOLE}{NO_POWER}(?:{NOTE.pattern})?"
    rf"(?P<percent>{PERCENT})?(?:{ERROR})?(?P<percent2>{PERCENT})?(?:\s(?P<after>{AFTER}))?"
    rf"(?:{SAID_INTERVAL}|{BARE_INTERVAL})?(?P<percent3>(?<=[)\]]){PERCENT})?"
)
# Words for a sign, read from the number back: they would be tried at every place else.
SIGN_WORDS = re.compile(rf"(?P<words>{BEFORE})\s(?:about |around |approximately )?$")
LONGEST_SIGN = 45
# The head of an interval without its value: "sensitivity (95% CI) was"; with its ends.
LONE_INTERVAL = re.compile(
    rf"{LEVEL}?{CI}{CALLED_CI}(?:\s?(?:of |was |from |[:=,])?\s?[\[(]?\s?"
    rf"-?{NUMBER}(?:{PERCENT})?{BETWEEN}{NUMBER}(?:{PERCENT})?)?"
)
CI_LETTERS = re.compile(r"\bci|\bcri\b|c\.i\.|interval|confiden")
INTERVAL = re.compile(rf"(?:{SAID_INTERVAL}|{IN_BRACKETS})")
RANGE = re.compile(
    rf"\b(?:between|from|rang(?:ed|ing)(?: between| from)?)\s+(?P<low>{NUMBER})(?:{PERCENT})?"
    rf"\s?(?:-|to|and)\s?(?P<high>{NUMBER})(?P<percent>{PERCENT})?{NO_FACTOR}"
)
# A value that rose from one figure to another has two, no range.
CHANGED = re.compile(
    r"\b(?:rose|raised|rais(?:es|ing)|increas\w+|improv\w+|fell|fall|decreas\w+|declin\w+|dropp?\w*"
    r"|reduc\w+|chang\w+)\b(?:[^.;]|\.\d){0,90}$"
)
# Counts and fractions, which are nobody's value: n = 43, 10 of 12, 33/37, 43 patients, 1 in 7000.
THINGS = (
    "patients|children|infants|neonates|newborns|adults|cases|subjects|participants|survivors"
    "|controls|lesions|scans|studies|tumou?rs|samples|sites|foci|readers|examinations|events|deaths"
    "|institutions|cent(?:er|re)s|cycles|courses"
)
TIMES = r"(?:years?|yrs?|y|months?|mo|weeks?|days?)"
NO_VALUES = re.compile(
    r"(?=[\dnptgs])(?:"  # with which they begin
    rf"\bn\s?=\s?{NUMBER}"
    rf"|(?<![\d.])(?:\d+\s?(?:/|of|out of)|1 in)\s?{NUMBER}(?!\.?\d|{PERCENT})"
    rf"|(?<![\d.])(?:\d+(?:\s?(?:,|,? and|,? or|to|-|&)\s?))+\d+\s?-?\s?{TIMES}\b"
    rf"|(?<![\d.])(?<!vs )(?<!vs\. )(?<!versus ){NUMBER}{PERCENT}\s(?:of|were|had)\b"
    rf"|(?<![\d.])\d+\s(?:[a-z-]+\s){{0,2}}(?:{THINGS})\b|\btesla\b|\b(?:stages?|grades?|phase"
    rf"|table) \d)"
)


# 14/15 (93%): a share with its counts is one value.
COUNTED_BEFORE = re.compile(
    r"(?<![\d.])\d+\s?(?:/|of|out of)\s?(?:the\s|all\s)?\d+(?:\s[a-z-]+){0,3}\s?\($"
)
LONGEST_COUNTS = 50


class Value(NamedTuple):
    """A value, or with ``value`` None a range, which has ``low`` and ``high`` alone; ``deviation``
    is what the text calls a standard deviation."""

    value: float | None
    low: float | None
    high: float | None
    se: float | None
    sign: str | None
    percent: bool
    is_free: bool
    start: int
    end: int
    deviation: float | None = None


def values(text: str) -> list[Value]:
    """The values of a sentence in lower case; counts are none."""
    uncounted = NO_VALUES.sub(lambda match: " " * len(match[0]), text)
    ranges = list(_ranges(uncounted))
    singles = [
        _with_counts(text, value)
        for value in _single(uncounted)
        if not any(one.start < value.end and value.start < one.end for one in ranges)
    ]
    return sorted(ranges + singles, key=lambda value: value.start)


def _with_counts(text: str, value: Value) -> Value:
    counts = COUNTED_BEFORE.search(text, max(0, value.start - LONGEST_COUNTS), value.start)
    is_closed = counts and value.percent and text.startswith(")", value.end)
    return (
        value._replace(start=counts.start(), end=value.end + 1) if counts and is_closed else value
    )


def _ranges(text: str) -> Iterator[Value]:
    for match in RANGE.finditer(text):
        if not CHANGED.search(text, 0, match.start()):
            ends = (number(match["low"]), number(match["high"]))
            percent = match["percent"] is not None
            yield Value(None, *ends, None, None, percent, True, match.start(), match.end())


def _single(text: str) -> Iterator[Value]:
    lone = list(LONE_INTERVAL.finditer(text)) if CI_LETTERS.search(text) else []
    is_called = False
    has_deviations = DEVIATION.search(text) is not None
    place = 0
    while match := VALUE.search(text, place):
        start = match.start("value")
        while lone and lone[0].end() <= start:
            lone.pop(0)
        if lone and lone[0].start() <= start:
            place = lone[0].end()
            continue
        low, high, place = _interval(match)
        begins, written = _sign(text, match)
        error = number(match["se"]) if match["se"] else None
        if error is None and is_called and (alone := ERROR_ALONE.match(text, place)):
            error, place = number(alone["se"]), alone.end()
        is_called = is_called or (match["called"] is not None and match["bracket"] is not None)
        is_deviation = has_deviations or _is_called_deviation(match)
        yield Value(
            number(match["value"]),
            *(low, high, None if is_deviation else error, sign(written)),
            bool(_is_percent(match) or "%" in (match["error"] or "")),
            FREE.match(text, place) is not None,
            *(begins, place, error if is_deviation else None),
        )


def _sign(text: str, match: re.Match[str]) -> tuple[int, str | None]:
    """Where the value begins with its sign, and the sign, or the words for one."""
    start = match.start()
    if match["sign"]:
        return start, match["sign"]
    words = SIGN_WORDS.search(text, max(0, start - LONGEST_SIGN), start)
    return (words.start(), words["words"]) if words else (start, match["after"])


def _is_percent(match: re.Match[str]) -> bool:
    return any(match[f"percent{n}"] for n in ("", 2, 3))


def _is_called_deviation(match: re.Match[str]) -> bool:
    called = match["called"] or match["called2"] or ""
    return "d" in called.removeprefix("standard")


def interval_after(text: str, place: int, value: float | None) -> tuple[float, float, int] | None:
    """Ends of the interval of a value that stands at a place, and where it is over."""
    match = INTERVAL.match(text, place)
    if match is None or value is None:
        return None
    low, high = number(match["low"] or match["low2"]), number(match["high"] or match["high2"])
    return (low, high, match.end()) if match["low"] or low <= value <= high else None


def _interval(match: re.Match[str]) -> tuple[float | None, float | None, int]:
    """Ends of the interval, and the end of the value with it. Numbers in brackets that do not hold
    the value are no interval of it."""
    low, high = (match[end] or match[f"{end}2"] or match[f"{end}3"] for end in ("low", "high"))
    bare = max(match.end(group) for group in ("value", "percent", "error", "percent2", "after"))
    if not low or not high:
        return None, None, bare
    if match["low"] or number(low) <= number(match["value"]) <= number(high):
        return number(low), number(high), match.end()
    return None, None, bare


def number(text: str) -> float:
    return float(text.replace(",", ""))
