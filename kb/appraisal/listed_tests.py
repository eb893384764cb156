"""Which tests of a list are those of which values of another. Pure.

"The sensitivities of MIBG and PET were 90% and 70%": as many tests as values, in order; they stand
between measure and values, before both or behind both, or beside the list of values before.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from kb.appraisal.measures import Figure, Span
from kb.appraisal.passage_topics import MARKER, TEST, PassageTopics, Place, groups

# Between a measure and the name of its test, and behind that name another.
OF_TEST = re.compile(
    r"\s(?:of|for|with|using|by|on)\s(?:an?\s|the\s)?(?:(?!(?:and|or|plus|with)\b)[\w-]+\s){0,2}?"
)
OF_MARKER = re.compile(r"\s(?:of|using)\s(?:an?\s|any\s|the\s)?(?:(?!(?:and|or)\b)[\w-]+\s)?")
LISTED = re.compile(
    r"(?:\s(?!and\b|or\b|vs?\b)[\w-]+)?\s?,?\s?(?:(?:and|or|vs?\.?|versus)\s)?(?:the\s)?"
)
LAST_JOINT = re.compile(r"\b(?:and|or|vs?|versus)\b")
NEXT_VALUE = re.compile(r"\s?(?:\([^()]{0,40}\)\s?)?(?:,|,? ?and|,? ?or|;|to|/)?\s")
PLURAL = re.compile(r"(?:ies|s)\)?\Z")


class AskedFigure(NamedTuple):
    """A figure, what came before it, and what the passage names. ``is_only``: the sentence has no
    other figure of the kind whose test is not named; ``listed``: tests of the last list of values,
    and its sentence."""

    figure: Figure
    before: Figure | None
    test_before: str | None
    is_only: bool
    listed: tuple[Sequence[str | None], Span]
    only_one: str | None
    tags: PassageTopics


def by_list(asked: AskedFigure) -> str | None:
    """The sensitivities of MIBG and PET were 90% and 70%: as many tests as values, in order, all
    between measure and values, all before or all behind."""
    figure, tags = asked.figure, asked.tags
    place, count = figure.place
    if count < 2 or not figure.link:
        return None
    first, last = figure.sentence
    is_list = "respectively" in tags.text[first:last] or PLURAL.search(
        tags.text[max(0, figure.link[0] - 5) : figure.link[0]]
    )
    begins = figure.label[0] if figure.label else figure.end
    spans = (figure.link, (first, figure.link[0]), (min(begins, figure.end), last))
    lists = [named_in(figure.link, tags), *(tags.tests(span) for span in spans)]
    for n, places in enumerate(lists):
        tests = groups(places, each=True)
        is_open = not figure.label or (n == 3 and _begins_list(figure, places))
        if n > 1 and not (is_list or (is_open and _in_one_list(places, tags.text))):
            continue
        if len(tests) > 1 and count % len(tests) == 0:
            return tests[place % len(tests)]
    return None


def _begins_list(figure: Figure, places: Sequence[Place]) -> bool:
    """Whether the words of the last value name the first of all: 95% and 85% for CT and MRI."""
    count = len(groups(places, each=True))
    is_last = count == figure.place[1] == figure.place[0] + 1
    return is_last and figure.label is not None and places[0][0] < figure.label[1]


def _in_one_list(places: Sequence[Place], text: str) -> bool:
    """CT and MRI; but not "on CT, MRI"."""
    gaps = [text[one[1] : other[0]] for one, other in pairwise(places) if other[0] > one[1] + 1]
    return (
        all(map(LISTED.fullmatch, gaps)) and bool(gaps) and LAST_JOINT.search(gaps[-1]) is not None
    )


def named_in(link: Span, tags: PassageTopics) -> list[Place]:
    """The tests that a link from a measure begins with: of VMA and HVA."""
    named: list[Place] = []
    for place in tags.within(link, MARKER):
        begins = OF_TEST if tags.roles[place[2]] == "test" else OF_MARKER
        if named and place[0] <= named[-1][1] + 1:
            named.append(place)
        elif named:
            if not LISTED.fullmatch(tags.text, named[-1][1], place[0]):
                break
            named.append(place)
        elif begins.fullmatch(tags.text, link[0], place[0]):
            named.append(place)
    return named


def next_value(asked: AskedFigure) -> str | None:
    """The test of the value before in the same list: from 0.87 to 0.95."""
    figure, before = asked.figure, asked.before
    if not before or not figure.place[0] or figure.label or before.kind != figure.kind:
        return None
    is_next = NEXT_VALUE.fullmatch(asked.tags.text, before.end, max(before.end, figure.start))
    return asked.test_before if is_next else None


def like_list(asked: AskedFigure) -> str | None:
    """Sensitivity of CT and MRI was 80% and 90%; specificity was 85% and 95%."""
    figure, (tests, sentence) = asked.figure, asked.listed
    place, count = figure.place
    if figure.label or count < 2 or len(tests) != count or not all(tests):
        return None
    if figure.link and asked.tags.tests(figure.link):
        return None
    is_near = sentence == figure.sentence or 0 <= figure.sentence[0] - sentence[1] < 3
    names = asked.tags.within(figure.sentence, TEST) if sentence != figure.sentence else ()
    return tests[place] if is_near and not names else None
