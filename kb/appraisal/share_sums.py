"""Percentages that stand beside the counts they are made of: 17/20 (85 %), 85 % (17 of 20). Pure.

Which counts a percentage is of is told by where it stands, never by what fits. Where it does not
come out, another number of the text may be its whole ("17 of 20 boys (34 %)", of 50 children), or
it may be the share of the others; then nothing is said. Sentences are read in the plain form of
kb.record.sentences and in lower case.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from kb.appraisal.numbers import value
from kb.appraisal.printed_sums import (
    ALONE,
    COUNT,
    NOT_WITHIN,
    PrintedNumber,
    printed_number,
)
from kb.appraisal.sum_words import APPROXIMATE, SCALE, stands_before
from kb.appraisal.values import CI_LETTERS, LONE_INTERVAL

SIGN = r"\s?(?:%|per\s?cent\b)"
PERCENT = re.compile(rf"(?<![\d.,/\u00a0-])(?P<value>\d{{1,3}}(?:\.\d+)?){SIGN}")
RANGE_NEXT = re.compile(r"\s?(?:-|to\b)\s?\d")
FRACTION = re.compile(
    rf"{NOT_WITHIN}(?P<k>{COUNT}|none|no)(?:\s?/\s?|(?P<of>\s(?:out\s)?of\s(?:a\stotal\sof\s|the\s"
    rf"|these\s|those\s|our\s|all\s)?))(?P<n>{COUNT}){ALONE}"
)
# What may stand between two that belong together: a few words of one thought.
STOPS = r"(?!(?:and|or|but|while|whereas|vs|versus|compared|than|of\swhom|of\swhich)\b)"
WORDS = rf"(?:\s{STOPS}[a-z][a-z'-]*){{0,6}}"
OPEN = r"\s?[(\[]\s?"
INTO = re.compile(rf"{WORDS}{OPEN}(?:n\s?=\s?|i\.e\.,?\s)?|\s?=\s?")
EQUALS = re.compile(r"\s?=\s?")
WITHIN = re.compile(r"\s?(?:[,;:=]|,?\sor)\s?")
# 85% (95% CI 62-97%; 17/20).
PAST_INTERVAL = re.compile(rf"{OPEN}[^()\[\]]{{0,20}}\b(?:ci|interval)\b[^()\[\]]{{3,30}}[;,]\s")
CLOSES = re.compile(r"(?:\s[a-z][a-z-]*){0,4}\s?[)\]]")
ENDS = re.compile(r"\s?[)\],;]")
LISTED = re.compile(
    r"(?:\s[a-z][a-z-]*){0,4}?,?\s?(?:,|;|\b(?:and|or|vs\.?|versus)\b|/)(?:\s[a-z][a-z-]*){0,2}\s?"
)
OF_ALL = re.compile(
    rf"{NOT_WITHIN}(?P<k>{COUNT})(?:\s[a-z][a-z-]*){{0,3}}{OPEN}(?P<p>\d{{1,3}}(?:\.\d+)?){SIGN}"
    rf"\s?[)\]](?P<words>(?:\s{STOPS}[a-z][a-z-]*){{0,2}})\s(?:out\s)?of\s"
    rf"(?:the\s|these\s|our\s|all\s|those\s|a\stotal\sof\s)?(?P<n>{COUNT}){ALONE}"
)
OF_THEM = re.compile(
    rf"(?:^\s*|[:;]\s|\b[a-z]+:\s)(?:of|among|out\sof|in)\s(?:a\stotal\sof\s|the\s|these\s|our\s)?"
    rf"(?P<n>{COUNT}){ALONE}(?P<words>(?:\s[a-z][a-z'-]*){{1,7}})(?P<comma>,)"
)
ITEM = re.compile(
    rf"{NOT_WITHIN}(?P<k>{COUNT})(?:\s[a-z][a-z-]*){{0,3}}{OPEN}(?P<p>\d{{1,3}}(?:\.\d+)?){SIGN}"
    r"\s?[)\]](?!\s(?:out\s)?of\b)"
)
ANOTHER_WHOLE = re.compile(r"\b(?:whom|which|these|them|those|among|former|latter|remaining)\b")
SMALLEST = 6  # of wholes behind a stroke: 3/4 and 4/5 are mostly grades
YEARS = range(1900, 2100)


class Share(NamedTuple):
    """``percent`` of ``k`` among ``n``, by places in a sentence; ``firm``: the words leave no doubt
    that it is their share."""

    percent: PrintedNumber
    k: int
    n: int
    start: int
    end: int
    firm: bool

    @property
    def exact(self) -> float:
        return 100 * self.k / self.n

    def comes_out(self) -> bool:
        return self.percent.comes_from(self.exact)


class _Fraction(NamedTuple):
    k: int
    n: int
    start: int
    end: int
    firm: bool


def shares(text: str, decimals: Sequence[PrintedNumber] = ()) -> list[Share]:
    """The percentages of a sentence whose counts stand beside them, in order; ``decimals`` are
    measures printed as 0.85, already in per cent."""
    percents = [*_percents(text), *decimals]
    if not percents:
        return []
    percents.sort(key=lambda percent: percent.start)
    fractions = list(_fractions(text)) if percents else []
    by_place = {
        share.percent.start: share
        for share in [
            *_items(text, percents),
            *_whole_behind(text, percents),
            *_beside(text, percents, fractions),
            *_lists(text, percents, fractions),
        ]
        if share.n and share.k <= share.n
    }
    return [by_place[place] for place in sorted(by_place)]


def _percents(text: str) -> Iterator[PrintedNumber]:
    """Neither levels nor ends of intervals are any."""
    if CI_LETTERS.search(text):
        text = LONE_INTERVAL.sub(lambda match: "_" * len(match[0]), text)
    for match in PERCENT.finditer(text):
        is_end = RANGE_NEXT.match(text, match.end())
        if not is_end and not stands_before(APPROXIMATE, text, match.start()):
            number = printed_number(text, *match.span("value"))
            yield number._replace(end=match.end())


def _fractions(text: str) -> Iterator[_Fraction]:
    if "/" not in text and "of" not in text:
        return
    for match in FRACTION.finditer(text):
        k = 0 if match["k"].startswith("no") else value(match["k"])
        n = value(match["n"])
        is_scale = not match["of"] and stands_before(SCALE, text, match.start())
        if not is_scale and not (n in YEARS and (k in YEARS or k <= 31) and not match["of"]):
            firm = match["of"] is not None or n >= SMALLEST
            yield _Fraction(k, n, match.start(), match.end(), firm)


def _share(percent: PrintedNumber, of: _Fraction, firm: bool = True) -> Share:
    return Share(percent, of.k, of.n, of.start, of.end, firm and of.firm)


def _beside(
    text: str, percents: Sequence[PrintedNumber], fractions: Sequence[_Fraction]
) -> Iterator[Share]:
    """One percentage and one fraction with nothing but a few words and a bracket between."""
    each: list[PrintedNumber | _Fraction] = sorted([*percents, *fractions], key=_start)
    for n, (one, other) in enumerate(pairwise(each)):
        gap = text[one.end : other.start]
        if isinstance(one, _Fraction) and isinstance(other, PrintedNumber):
            if _leads(text, one, other):
                yield _share(other, one, firm=_is_alone(text, other, each[n + 2 :]))
        elif isinstance(one, PrintedNumber) and isinstance(other, _Fraction):
            is_into = INTO.fullmatch(gap) or PAST_INTERVAL.fullmatch(gap)
            if is_into and (CLOSES.match(text, other.end) or ENDS.match(text, other.end)):
                yield _share(one, other, firm=_is_alone(text, other, each[n + 2 :]))


def _start(one: PrintedNumber | _Fraction) -> int:
    return one.start


def _leads(text: str, one: _Fraction, other: PrintedNumber) -> bool:
    """17 of 20 patients (85%), or both in one bracket."""
    if EQUALS.fullmatch(text, one.end, other.start):
        return True
    if not ENDS.match(text, other.end):
        return False
    if INTO.fullmatch(text, one.end, other.start):
        return True
    opened = text.rfind("(", 0, one.start) > text.rfind(")", 0, one.start)
    return opened and WITHIN.fullmatch(text, one.end, other.start) is not None


def _is_alone(
    text: str, last: PrintedNumber | _Fraction, later: Sequence[PrintedNumber | _Fraction]
) -> bool:
    """Whether no other number of its kind follows in the same bracket, as in a list."""
    closing = min((at for sign in ")]" if (at := text.find(sign, last.end)) >= 0), default=-1)
    return not any(other.start < closing and isinstance(other, type(last)) for other in later)


def _lists(
    text: str, percents: Sequence[PrintedNumber], fractions: Sequence[_Fraction]
) -> Iterator[Share]:
    """80% and 90% (8/10 and 9/10): as many in the bracket as right before it."""
    for first, others in ((fractions, percents), (percents, fractions)):
        for one, other in zip(_runs(text, first), _runs_after(text, first, others), strict=True):
            if len(one) == len(other) > 1:
                for a, b in zip(one, other, strict=True):
                    percent, of = (b, a) if isinstance(a, _Fraction) else (a, b)
                    if isinstance(percent, PrintedNumber) and isinstance(of, _Fraction):
                        yield _share(percent, of)


Numbers = Sequence[PrintedNumber | _Fraction]


def _runs(text: str, numbers: Numbers) -> list[list[PrintedNumber | _Fraction]]:
    """Numbers that stand in one list."""
    runs: list[list[PrintedNumber | _Fraction]] = []
    for number in numbers:
        if runs and LISTED.fullmatch(text, runs[-1][-1].end, number.start):
            runs[-1].append(number)
        else:
            runs.append([number])
    return runs


RESPECTIVELY = re.compile(rf"(?:,?\srespectively,?)?{WORDS}{OPEN}(?:n\s?=\s?)?")


def _runs_after(
    text: str, first: Numbers, others: Numbers
) -> list[list[PrintedNumber | _Fraction]]:
    """For each run of the first the run of the others in the bracket right behind it."""
    behind = _runs(text, others)
    return [
        next(
            (
                run
                for run in behind
                if RESPECTIVELY.fullmatch(text, before[-1].end, run[0].start)
                and ENDS.match(text, run[-1].end)
            ),
            [],
        )
        for before in _runs(text, first)
    ]


def _whole_behind(text: str, percents: Sequence[PrintedNumber]) -> Iterator[Share]:
    """17 (85%) of the 20."""
    by_place = {percent.start: percent for percent in percents}
    for match in OF_ALL.finditer(text):
        if percent := by_place.get(match.start("p")):
            k, n = value(match["k"]), value(match["n"])
            yield Share(percent, k, n, match.start("k"), match.end("n"), not match["words"])


def _items(text: str, percents: Sequence[PrintedNumber]) -> Iterator[Share]:
    """Of 20 patients, 17 (85%) were seen and 3 (15%) were not: firm as long as all come out."""
    by_place = {percent.start: percent for percent in percents}
    for whole in OF_THEM.finditer(text):
        firm, last, n = True, whole.end(), value(whole["n"])
        for match in ITEM.finditer(text, whole.end()):
            words = text[last : match.start()]
            if ANOTHER_WHOLE.search(words) or ";" in words:
                break
            firm = firm and (last > whole.end() or len(words.split()) <= 4)
            if percent := by_place.get(match.start("p")):
                share = Share(percent, value(match["k"]), n, whole.start("n"), match.end("k"), firm)
                yield share
                firm = firm and share.comes_out()
            last = match.end()


def explained(share: Share, numbers: Collection[int], others: Sequence[Share]) -> bool:
    """Whether another number of the text can be the whole of the percentage, or the count."""
    k, n, percent = share.k, share.n, share.percent
    if percent.comes_from(100 - share.exact):
        return True
    if any(other is not share and percent.comes_from(other.exact) for other in others):
        return True
    return any(m >= max(k, 1) and m != n and percent.comes_from(100 * k / m) for m in numbers)
