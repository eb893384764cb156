"""Which test a figure judges and what it was looked for, as topics of the vocabulary. Pure.

A test is taken from the words that say whose the figure is ("for MIBG"), else where the sentence
names just one; what was looked for from the words that lead to the figure ("sensitivity for bone
metastases"). Where the words leave it open, nothing is taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kb.measures import Figure, Span
from kb.topics import Evidence, Vocabulary

TESTS = "A"  # scheme of the examinations
SCORES = "C"  # scheme of scores and markers, which have cutoffs
PEOPLE = "E"  # scheme of populations and sites
TARGETS = {SCORES, PEOPLE, "F"}  # schemes of what a test looks for
JUDGING = {
    *("sensitivity", "specificity", "ppv", "npv", "accuracy", "auc", "lr+", "lr-", "kappa", "icc"),
    *("detection-rate", "cutoff"),
}
# A label that the vocabulary does not know is a test where it is a short name: "for PHOX2B".
NAME = re.compile(r"(?:for|with|by|using)\s+(?:the\s+)?(?P<name>(?=\S*[A-Z0-9])\S+(?:\s\S+)?)$")
LOOKED_FOR = re.compile(
    r"\b(?:for|(?:for|in|of) (?:the )?(?:detection of|detecting|diagnosing|diagnosis of|predicting)"
    r"|to (?:detect|find|predict)|in predicting)\s+(?:the\s+)?(?:\w+\s+)?$"
)


@dataclass(frozen=True, slots=True)
class Judged:
    """Topic slugs, or the words where the vocabulary has none."""

    index_test: str | None
    target: str | None


@dataclass(frozen=True)
class Tagged:
    """The topics of one passage that stand at a place, and the scheme of each."""

    text: str
    places: Sequence[tuple[int, int, str]]
    schemes: dict[str, str]

    def within(self, span: Span, schemes: Iterable[str]) -> list[tuple[int, int, str]]:
        wanted = set(schemes)
        return [
            place
            for place in self.places
            if span[0] <= place[0] and place[1] <= span[1] and self.schemes[place[2]] in wanted
        ]


def tagged(vocabulary: Vocabulary, evidence: Iterable[Evidence], field: str, text: str) -> Tagged:
    """What the tagger found in a passage, the denied left out."""
    schemes = {topic.topic: topic.scheme for topic in vocabulary.topics}
    places = [
        (one.start, one.end, one.topic)
        for one in evidence
        if one.field == field and one.start is not None and one.end is not None and not one.negated
    ]
    return Tagged(text, sorted(places), schemes)


def judged(figure: Figure, tags: Tagged) -> Judged:
    return Judged(_test(figure, tags), _target(figure, tags))


def _test(figure: Figure, tags: Tagged) -> str | None:
    if figure.kind not in JUDGING:
        return None
    if figure.kind == "cutoff":
        own = tags.within((figure.start, figure.end), {TESTS, SCORES})
        return _only(own) or _only(tags.within(figure.sentence, {TESTS}))
    if figure.label:
        named = tags.within(figure.label, tags.schemes.values())
        return _only(tags.within(figure.label, {TESTS})) or (None if named else _name(figure, tags))
    return _only(tags.within(figure.sentence, {TESTS}))


def _name(figure: Figure, tags: Tagged) -> str | None:
    match = NAME.fullmatch(tags.text[slice(*figure.label)]) if figure.label else None
    return match["name"] if match else None


def _only(places: Sequence[tuple[int, int, str]]) -> str | None:
    """The one test that the places name. Those that touch are one, called by its first word: the
    FDG of FDG PET/CT."""
    names: list[str] = []
    reached = -2
    for start, end, topic in sorted(places, key=lambda place: (place[0], -place[1])):
        if start > reached + 1:
            names.append(topic)
        reached = max(reached, end)
    return names[0] if len(set(names)) == 1 else None


def _target(figure: Figure, tags: Tagged) -> str | None:
    # "For infants" after a figure says in whom it was.
    for span, schemes in ((figure.link, TARGETS), (figure.label, TARGETS - {PEOPLE})):
        places = tags.within(span, schemes) if span else []
        found = {
            topic
            for start, _, topic in places
            if LOOKED_FOR.search(tags.text[max(0, start - 40) : start])
        }
        if figure.kind in JUDGING and len(found) == 1:
            return found.pop()
    return None
