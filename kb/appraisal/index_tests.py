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
# Between the subject and the name of a measure.
SUBJECT = re.compile(
    r"(?:\s(?!(?:and|or|but|than)\b)[\w/-]+){0,4}\s(?:had|has|have|showed|shows|reached|achieved|yielded"
    r"|gave|demonstrated|provided|with)\s(?:an?\s|the\s)?(?:[\w-]+\s){0,3}"
)
PLURAL = re.compile(r"(?:ies|s)\)?\Z")
# Of a label: where, when or in whom, and no test.
ASIDE = re.compile(r"(?:in|on|at|after|before|during|among|when|if|below|above)\b", re.IGNORECASE)
OBJECT = re.compile(r"\b(?:from|on|of|by|in|with|using|to|for|at|than|over)\s(?:the\s)?$")
GOES_ON = re.compile(r"[\s,;()]*(?:(?:and|with|or|a|an|the|its)[\s,]+)*")
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
    only_one = _only([place for place in tags.places if tags.roles[place[2]] == "test"])
    questions: list[DiagnosticQuestion] = []
    for before, one in zip([None, *figures], figures, strict=False):
        test = _test(one, tags, is_only=alike[one.kind, one.sentence] == 1)
        if test is None and before and _goes_on(before, one, tags):
            test = questions[-1].index_test
        test = test or _of_clause(before, one, tags)
        if test is None and _leaves_it_open(one, tags):
            test = only_one
        questions.append(
            DiagnosticQuestion(test, _target(one, tags), _standard(one, tags.text, named))
        )
    return questions


def _leaves_it_open(figure: Figure, tags: PassageTopics) -> bool:
    """Whether a figure of accuracy stands alone, in a sentence without a test."""
    is_alone = figure.place[1] == 1 and not figure.label
    named = tags.within(figure.sentence, {"test"})
    return figure.kind in AGAINST_STANDARD and is_alone and not named


def _goes_on(before: Figure, figure: Figure, tags: PassageTopics) -> bool:
    """Whether a figure only goes on with the test of the one before: "and a specificity of 90%"."""
    if before.sentence != figure.sentence or not {before.kind, figure.kind} <= AGAINST_STANDARD:
        return False
    if figure.label or before.place[1] > 1 or figure.place[1] > 1:
        return False
    return GOES_ON.fullmatch(tags.text, before.end, max(before.end, figure.start)) is not None


def _of_clause(before: Figure | None, figure: Figure, tags: PassageTopics) -> str | None:
    """The subject: MIBG had a sensitivity of 88%, PET had one of 77%; or the only test between the
    figure before and this one."""
    if figure.kind not in AGAINST_STANDARD or figure.label:
        return None
    if figure.place[0] or not figure.link:
        return None
    since = before.end if before and before.sentence == figure.sentence else figure.sentence[0]
    places = tags.within((since, figure.start), {"test"})
    subjects = [place for place in places if SUBJECT.fullmatch(tags.text, place[1], figure.start)]
    return _only(subjects) or _only(places)


def _test(figure: Figure, tags: PassageTopics, *, is_only: bool) -> str | None:
    """``is_only``: the sentence has no other figure of the kind whose test is not named."""
    if figure.kind not in OF_TESTS:
        return None
    if figure.kind == "cutoff":
        own = tags.within((figure.start, figure.end), {"test", "staging"})
        return _only(own) or _only(tags.within(figure.sentence, {"test"}))
    if figure.place[1] > 1 and (test := _paired(figure, tags)):
        return test
    if figure.label:
        named = tags.within(figure.label, set(tags.roles.values()))
        test = _only(tags.within(figure.label, {"test"})) or (
            None if named else _name(figure, tags)
        )
        if test or not (named or ASIDE.match(tags.text, figure.label[0])):
            return test
    if figure.kind == "detection-rate" and (test := _only(_beside(figure, tags))):
        return test
    if test := _only(_of(figure, tags)):
        return test
    return _only(tags.within(figure.sentence, {"test"})) if is_only else None


def _paired(figure: Figure, tags: PassageTopics) -> str | None:
    """The sensitivities of MIBG and PET were 90% and 70%: as many tests as values, in order, all
    between measure and values, all before or all behind."""
    if not figure.link:
        return None
    place, count = figure.place
    first, last = figure.sentence
    is_list = "respectively" in tags.text[first:last] or PLURAL.search(
        tags.text[max(0, figure.link[0] - 5) : figure.link[0]]
    )
    around = ((first, figure.link[0]), (figure.end, last)) if is_list else ()
    for span in (figure.link, *around):
        tests = _groups(tags.within(span, {"test"}))
        if len(tests) > 1 and count % len(tests) == 0:
            return tests[place % len(tests)]
    return None


def _beside(figure: Figure, tags: PassageTopics) -> list[tuple[int, int, str]]:
    """What found it: right before "detected 85% of lesions", right after "were detected by"."""
    return [
        place
        for place in tags.within(figure.sentence, {"test"})
        if place[1] == figure.start - 1 or place[0] == figure.end + 1
    ]


def _of(figure: Figure, tags: PassageTopics) -> list[tuple[int, int, str]]:
    """The tests of "sensitivity of MRI was 90%", where no other words lead to the value."""
    is_first = figure.link and figure.start <= figure.link[1] < figure.end
    if not figure.link or not (is_first or figure.label):
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
    """The one test that the places name."""
    names = _groups(places)
    return names[0] if len(set(names)) == 1 else None


def _groups(places: Sequence[tuple[int, int, str]]) -> list[str]:
    """The tests that the places name. Those that touch are one, called by its first word: the FDG
    of FDG PET/CT."""
    names: list[str] = []
    reached = -2
    for start, end, topic in sorted(places, key=lambda place: (place[0], -place[1])):
        if start > reached + 1 and topic not in names[-1:]:
            names.append(topic)
        reached = max(reached, end)
    return names


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
