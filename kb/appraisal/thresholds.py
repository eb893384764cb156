"""Figures with words of their own: p values, cutoffs of scores, shares that a test found. Pure.

They read sentences in the plain form of kb.record.sentences and in lower case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from kb.appraisal.measures import Figure
from kb.appraisal.numbers import EXPONENT, FACTOR, NO_FACTOR, power_of_ten
from kb.appraisal.signs import AFTER, ANY_BEFORE, BEFORE, sign
from kb.appraisal.values import NO_TIME, NUMBER, PERCENT, number
from kb.reading.literals import Finder
from kb.reading.passage import ReadSentence
from kb.tagging.vocabulary import NO_WORDS, FieldWords

FOUND = (
    r"(?:lesions|patients|children|tumou?rs|metastases|sites|relapses|recurrences|primaries|cases"
    r"|foci|nodes|deposits)"
)
DETECTED = Finder(
    r"\b(?:detected|identified|revealed|found|depicted|visuali[sz]ed|showed|demonstrated"
    r"|locali[sz]ed"
    r"|recogni[sz]ed)\s(?:(?P<value>"
    rf"{NUMBER}){PERCENT}\s+of\s+(?:the\s+|all\s+)?(?:[a-z-]+\s+){{0,2}}{FOUND}\b"
    rf"|\d+\s(?:of|out of)\s(?:the\s)?\d+\s(?:[a-z-]+\s+){{0,2}}{FOUND}\s\("
    rf"(?P<share>{NUMBER}){PERCENT}\))"
    rf"|\b(?P<passive>{NUMBER}){PERCENT}\s+of\s+(?:the\s+"
    rf"|all\s+)?(?:[a-z-]+\s+){{0,2}}{FOUND}\s(?:was|were)\s"
    r"(?:detected|identified|visuali[sz]ed|depicted|seen|shown|found)\s(?:by|on|with)\b"
)
ADJECTIVES = Finder(rf"(?P<value>{NUMBER}){PERCENT}\s+(?P<word>sensitive|specific|accurate)\b")
SMALL = rf"10\s?(?:⁻[{EXPONENT}]+|\^?\s?\(?-\d+\)?)"
POWER = (
    rf"(?:\s?[×x*]\s?(?P<times>{SMALL})|e-(?P<e>\d+))?"
    rf"(?!\d|\.\d|[{EXPONENT}^]|e-?\d){NO_FACTOR}"
)
RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
P_VALUE = Finder(
    r"(?<!-)\bp\b(?:[\s-]?values?)?(?:[\s-]?(?:for )?(?:trend|interaction))?,?\s?"
    rf"(?:(?:(?:of|was|were|is|being) )?(?:(?P<sign>{ANY_BEFORE}|=)|:)|(?:of|was|were|is)\b"
    rf"|(?=\s?0?\.\d))\s?(?:(?P<alone>{SMALL})(?!\d|[{EXPONENT}])|(?P<value>{NUMBER}){POWER})"
)
ANOTHER_P = re.compile(
    rf"\s?(?:,\s?(?:and |or )?|;\s?|and |or |vs\.? )\s?(?P<number>(?:(?P<sign>{ANY_BEFORE}|=)\s?)?"
    rf"(?P<value>0?\.\d+)){POWER}(?![\d%]|\s?%)"
)
# What follows the first of them: all up to "respectively", or up to the end of a bracket.
P_LIST = re.compile(
    rf"(?:\s?(?:,\s?(?:and |or )?|;\s?|and |or |vs\.? )\s?(?:{ANY_BEFORE}|=)?\s?0?\.\d+)+"
    r"(?:,?\s?respectively|\s?[)\]]|,? for )"
)
# Measures of images in all medicine, beside the scores and markers that the field names.
IMAGED = (r"suv\w*", "adc", "uptake")
# A threshold whose accuracy the sentence goes on to tell.
MARKED = Finder(
    rf"\b(?P<words>{BEFORE})\s(?P<value>{NUMBER})(?P<percent>{PERCENT})?(?!\s?"
    rf"(?:[a-z]*m[lm]?\b"
    rf"|years|months|weeks|days)|\.?\d){NO_FACTOR}[^.;]{{0,60}}?"
    r"\b(?:a|with|had|reached) (?:a )?sensitivity\b"
)
AS_CUTOFF = Finder(
    rf"\b(?P<value>{NUMBER})\s(?:was used |was taken |was chosen )?as (?:an? |the )?(?:optimal )?"
    r"(?:cut[\s-]?(?:off|point)|threshold)\b"
)
UNIT = r"(?:mm2/s|mm²/s|ng/ml|u/l|ms)\b"
OF_UNIT = re.compile(rf"(?P<factor>{FACTOR})?\s?(?P<unit>{UNIT})")


def p_values(sentence: ReadSentence) -> Iterator[Figure]:
    """Each, and those of a list behind it: P = 0.006, 0.03 and 0.002, respectively."""
    for match in sentence.finditer(P_VALUE):
        comparison = sign(match["sign"])
        yield from _p(match, comparison)
        place = match.end()
        while another := ANOTHER_P.match(sentence.text, place):
            if not P_LIST.match(sentence.text, another.start()):
                break
            yield from _p(another, sign(another["sign"]) or comparison)
            place = another.end()


def _p(match: re.Match[str], comparison: str | None) -> Iterator[Figure]:
    groups = match.groupdict()
    printed = groups.get("alone") or match["times"] or f"10-{match['e'] or 0}"
    exponent = abs(power_of_ten(re.sub(r"[\s^()]", "", printed)[2:]))
    value = float(number(match["value"] or "1") / 10**exponent)
    if value <= 1:
        start = match.start("number") if "number" in match.re.groupindex else match.start()
        yield Figure("p", value, sign=comparison, start=start, end=match.end())


@cache
def score(names: tuple[str, ...]) -> Finder:
    """The number of a score; ``names`` are scores and markers of the field, in lower case."""
    scores = "|".join((*map(re.escape, names), *IMAGED))
    return Finder(
        rf"\b(?:(?:{scores})(?:\s+(?:scores?|values?|ratios?|levels?))?"
        r"|(?:[\w-]+-)?scores?|(?:[\w-]+-)?ratios?)"
        rf"(?:\s+of)?\s*(?:(?P<sign>[<>≤≥]=?)\s*|(?P<words>{BEFORE})\s)?"
        rf"(?P<value>{NUMBER})(?!\s?%|\.?\d){NO_TIME}(?:(?={FACTOR}\s?{UNIT})|{NO_FACTOR})(?:\s(?P<after>{AFTER})\b)?"
    )


def cutoffs(sentence: ReadSentence, words: FieldWords | None = NO_WORDS) -> list[Figure]:
    """Scores, ``words`` naming those of the field, and thresholds that have a sign or words for
    one."""
    scores = _scores(sentence, score(words.scores)) if words else ()
    figures = [*scores, *_named(sentence)]
    taken = {figure.end for figure in figures}
    return figures + [figure for figure in _marked(sentence) if figure.end not in taken]


def _scores(sentence: ReadSentence, scores: Finder) -> Iterator[Figure]:
    for match in scores.finditer(sentence.text):
        comparison = sign(match["sign"] or match["words"] or match["after"])
        if comparison:
            unit = OF_UNIT.match(sentence.text, match.end())
            end, name = (unit.end(), unit_name(unit)) if unit else (match.end(), None)
            yield _cutoff(match, comparison, name, match.start(), end)


def unit_name(unit: re.Match[str]) -> str:
    """The unit that OF_UNIT found, with the power of ten in which the value counts: 1.2 × 10−3
    mm2/s is 1.2, and its unit 10⁻³ mm2/s."""
    if not unit["factor"]:
        return unit["unit"]
    power = power_of_ten(re.sub(r"[\s^()×x*]", "", unit["factor"])[2:])
    return f"10{str(power).translate(RAISED)} {unit['unit']}"


def _named(sentence: ReadSentence) -> Iterator[Figure]:
    for match in sentence.finditer(AS_CUTOFF):
        yield _cutoff(match, None, None, match.start(), match.end())


def _marked(sentence: ReadSentence) -> Iterator[Figure]:
    for match in sentence.finditer(MARKED):
        unit = "%" if match["percent"] else None
        end = max(match.end("value"), match.end("percent"))
        yield _cutoff(match, sign(match["words"]), unit, match.start(), end)


def _cutoff(
    match: re.Match[str], comparison: str | None, unit: str | None, start: int, end: int
) -> Figure:
    return Figure(
        "cutoff", number(match["value"]), sign=comparison, unit=unit, start=start, end=end
    )


def detection_rates(sentence: ReadSentence) -> Iterator[Figure]:
    """Shares of lesions or patients that a test found."""
    for match in sentence.finditer(DETECTED):
        value = number(match["value"] or match["share"] or match["passive"])
        figure = Figure("detection-rate", value, unit="%", start=match.start(), end=match.end())
        yield figure
