"""Parts that add up to a whole: 52 children (27 boys and 25 girls); of 60, 8 were excluded,
leaving 52. Pure.

Only parts that leave no third are held to their sum, those of ``data/reading/sums.yml``; others may
overlap or be a choice, and can only be told to agree. Sentences are read in the plain form of
kb.record.sentences and in lower case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from itertools import combinations
from typing import NamedTuple

from kb.appraisal.numbers import value
from kb.appraisal.printed_sums import ALONE, ANY_COUNT, COUNT, NOT_WITHIN
from kb.appraisal.sum_words import PARTS, SumWords, either
from kb.reading.passage import ReadSentence

SHARE = r"(?:\s?[(\[]\s?\d{1,3}(?:\.\d+)?\s?%\s?[)\]])?"
NOUNS = {
    "persons": either("persons"),
    "things": either("things"),
    "tests": f"(?:{either('persons')}|{either('things')})",
}
# A third part, or somebody of whom it is not known.
UNTOLD = re.compile(
    r"\b(?:unknown|unspecified|not (?:known|stated|recorded|specified)|unclear|both)\b"
)
THIRD = re.compile(rf"\s?(?:,|;|/|,?\sand)\s?(?P<n>{COUNT}){ALONE}")
EXCLUDED = re.compile(
    rf"\bof\s(?:the\s|these\s|our\s)?(?P<n>{COUNT}){ALONE}[^;:]{{0,60}}?,\s(?P<parts>[^;:]{{0,200}}?\b"
    r"(?:excluded|ineligible|lost|withdr[ae]wn?|removed|dropped\sout)\b[^;:]{0,200}?)\b(?:leaving|"
    rf"remain(?:ed|ing)|left)\s(?:a\stotal\sof\s|us\swith\s)?(?P<rest>{COUNT}){ALONE}"
    rf"(?=\s?[.,;)]|$|\s(?:for|who|were|to|in|as)\b|\s(?:[a-z]+\s){{0,2}}{NOUNS['persons']})"
)
IN_BRACKETS = re.compile(r"\([^()]*\)")
MOST_EXCLUDED = 6  # numbers between the whole and the rest, of which any may be added


class Parts(NamedTuple):
    """A whole, its parts and what they make, by places in a sentence; ``firm``: the words leave no
    room for another part. ``is_rest``: they are those who went and those who are left."""

    whole: int
    parts: tuple[int, ...]
    made: int
    start: int
    end: int
    from_start: int
    from_end: int
    firm: bool
    is_rest: bool = False


class Group(NamedTuple):
    """Two parts that leave no third; ``places`` are those of both."""

    one: int
    other: int
    start: int
    end: int


def _pair(row: SumWords) -> re.Pattern[str]:
    one, other = (each.pattern.pattern if each else "" for each in (row.words, row.other))
    joint = r"\s?(?:,|;|/|,?\sand|&)\s?"
    a, b = (rf"(?P<{name}>{COUNT}){SHARE}\s(?:were\s)?" for name in ("a", "b"))
    c, d = (rf"(?P<{name}>{COUNT}){SHARE}\s(?:were\s)?" for name in ("c", "d"))
    behind = rf"{SHARE}(?:\s(?!and\b)[a-z-]+)?"
    return re.compile(
        rf"{NOT_WITHIN}(?:{a}{one}{behind}{joint}{b}{other}|{c}{other}{behind}{joint}{d}{one})"
        rf"{SHARE}"
    )


PAIRS = tuple((row, _pair(row)) for row in PARTS)
WHOLES = {
    of: re.compile(rf"{NOT_WITHIN}(?P<n>{COUNT})\s(?:[a-z][a-z-]*\s){{0,4}}?{noun}")
    for of, noun in NOUNS.items()
}
# From the noun to its parts: what else is said of those.
INTO = re.compile(r"(?:\s[a-z][a-z'-]*){0,6},?(?:\saged?\s[^(),;]{1,40})?\s?[(\[:,]\s?")


def groups(sentence: ReadSentence) -> Iterator[tuple[SumWords, Group]]:
    """The pairs of parts of a sentence."""
    for row, pattern in PAIRS:
        if not {row.words, row.other} <= sentence.possible:
            continue
        for match in pattern.finditer(sentence.text):
            one, other = match["a"] or match["d"], match["b"] or match["c"]
            yield row, Group(value(one), value(other), *match.span())


def parts(sentence: ReadSentence) -> Iterator[Parts]:
    """The wholes of a sentence with their parts."""
    text = sentence.text
    for row, group in groups(sentence):
        before = [
            match
            for match in WHOLES[row.of].finditer(text, 0, group.start)
            if INTO.fullmatch(text, match.end(), group.start)
        ]
        if before:
            yield _of(text, row, group, before[-1])
    if any(word in text for word in ("leaving", "remain", "left")):
        yield from _exclusions(text)


def _of(text: str, row: SumWords, group: Group, whole: re.Match[str]) -> Parts:
    n, made = value(whole["n"]), [group.one, group.other]
    third = THIRD.match(text, group.end)
    closing = text.find(")", group.end)
    rest = text[group.end : closing if closing >= 0 else len(text)]
    firm = third is None and not UNTOLD.search(rest) and " or " not in text[group.start : group.end]
    # 20 couples (20 men and 20 women), 12 hips (6 boys, 6 girls) of another whole.
    firm = firm and n not in made
    return Parts(
        n, tuple(made), sum(made), whole.start("n"), whole.end(), group.start, group.end, firm
    )


def _exclusions(text: str) -> Iterator[Parts]:
    for match in EXCLUDED.finditer(text):
        n, rest = value(match["n"]), value(match["rest"])
        outer = IN_BRACKETS.sub("", match["parts"])
        gone = tuple(value(one[0]) for one in ANY_COUNT.finditer(outer))
        if not gone or len(gone) > MOST_EXCLUDED:
            continue
        first, *others = gone
        # 8 were excluded, 5 for age and 3 for lack of data
        if sum(others) == first and n - rest != sum(gone):
            gone = (first,)
        made = rest + sum(gone)
        some = {sum(each) for r in range(1, len(gone)) for each in combinations(gone, r)}
        if made != n and n - rest in some:
            continue
        place = (match.start("rest"), match.end("rest"), match.start("n"), match.end("parts"))
        yield Parts(n, (rest, *gone), made, *place, firm=True, is_rest=True)


def explained(of: Parts, numbers: Set[int], before: Set[int]) -> bool:
    """Whether the parts can belong to another whole: to another of the ``numbers`` of the text, or
    to this one and another ``before`` it in the sentence: 52 patients and 10 controls."""
    if of.is_rest:
        return False
    others = numbers - {of.whole, *of.parts}
    return of.made in others or any(of.whole + other == of.made for other in before)
