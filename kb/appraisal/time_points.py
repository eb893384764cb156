"""When a survival was reached, and whether a figure counts patients or lesions. Pure.

They read sentences in the plain form of kb.record.sentences and in lower case.
"""

from __future__ import annotations

import re
from dataclasses import replace

from kb.appraisal.measures import SURVIVAL, Figure
from kb.appraisal.numbers import VALUES

NUMERALS = VALUES | {"twenty-four": 24}
# Survival at a time; ages, and how long patients were followed, are none.
AT_TIME = re.compile(
    r"(?<![\w.<>≤≥±-])(?<![<>≤≥±]\s)(?<!than )(?<!least )(?<!under )(?<!below )(?<!above )"
    r"(?<!over )(?<!aged )(?<!age )(?<!follow-up of )(?<!follow-up was )"
    rf"(?P<n>\d+|{'|'.join(sorted(NUMERALS, reverse=True))})[\s-](?P<unit>y|m)"
    r"(?:(?<=y)(?:r|ear)?|(?<=m)(?:o|onth))s?\b(?!\.?[\s-](?:old|of age)\b)"
)
# The last of several: "3- and 5-year", "at 3 and 5 years".
ANOTHER_TIME = re.compile(
    rf"(?:\d|\b(?:{'|'.join(VALUES)}))(?:[\s-]*(?:y|yr|year|mo|month)s?)?-?\s?(?:,|/|&|-|and|or|to)\s?$"
)
# Right before the name of a measure.
LEADING_TIME = re.compile(rf"{AT_TIME.pattern}[\s-]+(?:[a-z-]+\s)?$")
# 3- and 5-year; 1, 3 and 5 years.
_N = rf"(?:\d+|(?:{'|'.join(sorted(VALUES, reverse=True))})\b)"
TIME_NUMBER = re.compile(rf"\d+|\b(?:{'|'.join(sorted(VALUES, reverse=True))})\b")
TIME_LIST = re.compile(
    rf"(?<![\w.<>≤≥±-])(?P<numbers>{_N}(?:(?:[\s-]*(?:y|yr|year|mo|month)s?)?-?\s?"
    rf"(?:,\s?(?:and\s)?|/|&|and|or)\s?{_N})+)[\s-]*(?P<unit>y|m)(?:r|o|ears?|onths?)?s?\b"
)
TIME_UNITS = {"y": "years", "m": "months"}
UNITS = (
    (
        "lesion",
        re.compile(r"\b(?:per[\s-]|by |a )?lesion(?:s|[\s-](?:based|level|wise|basis|by))?\b"),
    ),
    (
        "patient",
        re.compile(r"\b(?:(?:per|by|a)[\s-]patient|patient[\s-](?:based|level|wise|basis))\b"),
    ),
)


def placed(text: str, figure: Figure) -> Figure:
    """With the time and the unit of analysis, where the label or else the sentence names one."""
    label = text[slice(*figure.label)] if figure.label else ""
    is_survival = figure.kind in SURVIVAL
    time = _time(text, label, figure) if is_survival else None
    unit = None if figure.kind in {"p", "hr", "or"} else _only_unit(label) or _only_unit(text)
    return replace(figure, time_point=time, unit_of_analysis=unit)


def _time(text: str, label: str, figure: Figure) -> str | None:
    """The time that the label, or else the words before the measure, or else the sentence names;
    of a list of times the one that stands where the value does in its own."""
    if time := _only_time(label):
        return time
    if time := _time_of_list(text, figure):
        return time
    leading = LEADING_TIME.search(text, max(0, figure.start - 50), figure.start)
    if leading and not _is_listed(text, leading):
        return _named_time(leading)
    return _only_time(text)


def _time_of_list(text: str, figure: Figure) -> str | None:
    place, count = figure.place
    lists = list(TIME_LIST.finditer(text)) if count > 1 else []
    if len(lists) != 1:
        return None
    times = TIME_NUMBER.findall(lists[0]["numbers"])
    unit = TIME_UNITS[lists[0]["unit"]]
    return f"{NUMERALS.get(times[place], times[place])} {unit}" if len(times) == count else None


def _only_time(text: str) -> str | None:
    times = list(AT_TIME.finditer(text))
    if any(_is_listed(text, time) for time in times):
        return None
    named = set(map(_named_time, times))
    return named.pop() if len(named) == 1 else None


def _is_listed(text: str, time: re.Match[str]) -> bool:
    return ANOTHER_TIME.search(text, max(0, time.start() - 20), time.start()) is not None


def _named_time(time: re.Match[str]) -> str:
    return f"{NUMERALS.get(time['n'], time['n'])} {TIME_UNITS[time['unit']]}"


def _only_unit(text: str) -> str | None:
    units = [unit for unit, words in UNITS if words.search(text)]
    return units[0] if len(units) == 1 else None
