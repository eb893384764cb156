"""Which test a figure judges, what it was looked for and against what it was judged. Pure.

A test is taken from the words that say whose the figure is ("for MIBG", "MIBG detected"), else
where the sentence names just one and states the measure once; what was looked for from the words
that lead to the figure ("sensitivity for bone metastases"); both are topics of the vocabulary. The
reference standard is told in the words of the figure's sentence, else in the only ones of the
passage. Where the words leave it open, nothing is taken.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from kb.appraisal.measures import Figure, Span
from kb.appraisal.reference_standard import standards
from kb.tagging.topics import TopicEvidence, Vocabulary
from kb.tagging.vocabulary import Role

# Of what a test looks for; scores and markers, which have cutoffs, are of the staging role.
TARGETS: frozenset[Role] = frozenset(("staging", "population", "disease"))
OF_TESTS = {
    *("sensitivity", "specificity", "ppv", "npv", "accuracy", "auc", "lr+", "lr-", "kappa", "icc"),
    *("detection-rate", "cutoff"),
}
# Figures of agreement have no reference standard.
AGAINST_STANDARD = OF_TESTS - {"kappa", "icc", "cutoff"}
# A label that the vocabulary does not know is a test where it is a short name: "for PHOX2B".
NAME = re.compile(r"(?:for|with|by|using)\s+(?:the\s+)?(?P<name>(?=\S*[A-Z0-9])\S+(?:\s\S+)?)$")
# Between a measure and its value.
OF_TEST = re.compile(r"\s(?:of|for|with)\s(?:the\s)?(?P<test>.+?)\s(?:was|were|is)\s(?:\w+\s)?")
LOOKED_FOR = re.compile(
    r"\b(?:for|(?:for|in|of) (?:the )?(?:detection of|detecting|diagnosing|diagnosis of|predicting)"
    r"|to (?:detect|find|predict)|in predicting)\s+(?:the\s+)?(?:\w+\s+)?$"
)


@dataclass(frozen=True, slots=True)
class DiagnosticQuestion:
    """Topic slugs, or the words where the vocabulary has none; words of the reference standard."""

    index_test: str | None
    target: str | None
    reference_standard: str | None


@dataclass(frozen=True)
class PassageTopics:
    """The topics of one passage that stand at a place, in order, and the role of each, if any."""

    text: str
    places: Sequence[tuple[int, int, str]]
    roles: Mapping[str, Role | None]

    def within(self, span: Span, wanted: Collection[Role | None]) -> list[tuple[int, int, str]]:
        first, stop = (bisect_left(self.places, (end,)) for end in span)
        return [
            place
            for place in self.places[first:stop]
            if place[1] <= span[1] and self.roles[place[2]] in wanted
        ]


def passage_topics(
    vocabulary: Vocabulary, evidence: Iterable[TopicEvidence], field: str, text: str
) -> PassageTopics:
    """What the tagger found in a passage, the denied left out."""
    of_scheme = {scheme.scheme: scheme.role for scheme in vocabulary.schemes}
    roles = {topic.topic: of_scheme[topic.scheme] for topic in vocabulary.topics}
    places = [
        (one.start, one.end, one.topic)
        for one in evidence
        if one.field == field and one.start is not None and one.end is not None and not one.negated
    ]
    return PassageTopics(text, sorted(places), roles)


def diagnostic_questions(
    figures: Sequence[Figure], tags: PassageTopics
) -> list[DiagnosticQuestion]:
    """What each of the figures of a passage judges."""
    named = standards(tags.text) if any(one.kind in AGAINST_STANDARD for one in figures) else []
    alike = Counter((one.kind, one.sentence) for one in figures if not one.label)
    return [
        DiagnosticQuestion(
            _test(one, tags, is_only=alike[one.kind, one.sentence] == 1),
            _target(one, tags),
            _standard(one, tags.text, named),
        )
        for one in figures
    ]


def _test(figure: Figure, tags: PassageTopics, *, is_only: bool) -> str | None:
    """``is_only``: the sentence has no other figure of the kind whose test is not named."""
    if figure.kind not in OF_TESTS:
        return None
    if figure.kind == "cutoff":
        own = tags.within((figure.start, figure.end), {"test", "staging"})
        return _only(own) or _only(tags.within(figure.sentence, {"test"}))
    if figure.label:
        named = tags.within(figure.label, set(tags.roles.values()))
        return _only(tags.within(figure.label, {"test"})) or (
            None if named else _name(figure, tags)
        )
    if figure.kind == "detection-rate" and (test := _only(_beside(figure, tags))):
        return test
    if test := _only(_of(figure, tags)):
        return test
    return _only(tags.within(figure.sentence, {"test"})) if is_only else None


def _beside(figure: Figure, tags: PassageTopics) -> list[tuple[int, int, str]]:
    """What found it: right before "detected 85% of lesions", right after "were detected by"."""
    return [
        place
        for place in tags.within(figure.sentence, {"test"})
        if place[1] == figure.start - 1 or place[0] == figure.end + 1
    ]


def _of(figure: Figure, tags: PassageTopics) -> list[tuple[int, int, str]]:
    """The tests of "sensitivity of MRI was 90%", where no other words lead to the value."""
    if not figure.link or not figure.start <= figure.link[1] < figure.end:
        return []
    words = OF_TEST.fullmatch(tags.text, *figure.link)
    if not words:
        return []
    start, end = words.span("test")
    places = tags.within((start, end), {"test"})
    reached = start
    for first, last, _ in places:
        reached = max(reached, last) if first <= reached + 1 else reached
    return places if reached == end else []


def _standard(figure: Figure, text: str, named: Sequence[Span]) -> str | None:
    if figure.kind not in AGAINST_STANDARD:
        return None
    own = [span for span in named if figure.sentence[0] <= span[0] < figure.sentence[1]]
    words = {text[slice(*span)].strip(" ,") for span in own or named}
    return words.pop() if len(words) == 1 else None


def _name(figure: Figure, tags: PassageTopics) -> str | None:
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


def _target(figure: Figure, tags: PassageTopics) -> str | None:
    # "For infants" after a figure says in whom it was.
    for span, roles in ((figure.link, TARGETS), (figure.label, TARGETS - {"population"})):
        places = tags.within(span, roles) if span else []
        targets = {
            topic
            for start, _, topic in places
            if LOOKED_FOR.search(tags.text[max(0, start - 40) : start])
        }
        if figure.kind in OF_TESTS and len(targets) == 1:
            return targets.pop()
    return None
