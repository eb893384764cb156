"""Which test a figure judges, what it was looked for and against what it was judged. Pure.

Each figure is asked one after the other: is it one of a list beside a list of as many tests; do
words of its own say whose it is ("for MIBG", "CT 80%"); whose measure is it ("sensitivity of CT");
is there just one test in the sentence; does it go on with the figure before; what is the subject of
its part of the sentence; do the tests of the list before hold for it too; is there just one test in
the passage. The first answer counts; where the words leave it open, there is none.

A test is an examination, or where it is the subject or its measure is named a score or a marker
too. What was looked for is told by the words that lead to the figure ("sensitivity for bone
metastases"), the reference standard by words of its sentence, else by the only ones of the passage.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from kb.appraisal.measures import Figure, Span
from kb.appraisal.reference_standard import standards
from kb.tagging.topics import TopicEvidence, Vocabulary
from kb.tagging.vocabulary import Role

# Of what a test looks for; scores and markers, which have cutoffs, are of the staging role.
TARGETS: frozenset[Role] = frozenset(("staging", "population", "disease"))
TEST: frozenset[Role] = frozenset(("test",))
MARKER: frozenset[Role] = frozenset(("test", "staging"))
OF_TESTS = {
    *("sensitivity", "specificity", "ppv", "npv", "accuracy", "auc", "lr+", "lr-", "kappa", "icc"),
    *("detection-rate", "cutoff"),
}
# Figures of agreement have no reference standard.
AGAINST_STANDARD = OF_TESTS - {"kappa", "icc", "cutoff"}
PROGNOSTIC = {"hr", "or"}
# From the beginning of a sentence, or of what follows a figure, to a marker that is its subject.
OPENING = re.compile(
    r"[\s;,)]*(?:(?:in|on|by) (?:the )?(?:\w+ )?(?:\w+ )?(?:analys[ie]s|regression|models?),?\s)?"
    r"(?:(?:only|an?|the|any|high|higher|late|positive|elevated|increased|post-?\w+|baseline)\s)*",
    re.IGNORECASE,
)
PREDICTS = re.compile(
    r"(?:\s(?!(?:and|or|in|with|who)\b)[\w<>≤≥=.-]+){0,4}\s(?:was|were|predicted|remained|had|carried|conferred|increased)"
    r"\b[^,;:()]{0,90}\s?[(\[]?"
)
# A label that the vocabulary does not know is a test where it is a short name: "for PHOX2B".
NAME = re.compile(r"(?:for|with|by|using)\s+(?:the\s+)?(?P<name>(?=\S*[A-Z0-9])\S+(?:\s\S+)?)$")
# Between a measure and the name of its test, and behind that name another.
OF_TEST = re.compile(
    r"\s(?:of|for|with|using|by|on)\s(?:an?\s|the\s)?(?:(?!(?:and|or|plus|with)\b)[\w-]+\s){0,2}?"
)
OF_MARKER = re.compile(r"\s(?:of|using)\s(?:an?\s|any\s|the\s)?(?:(?!(?:and|or)\b)[\w-]+\s)?")
THAN = re.compile(r"\b(?:than|compared (?:with|to)|versus|vs)\b")
THAN_RIGHT_BEFORE = re.compile(r"\b(?:than|compared (?:with|to)|versus|vs)\s(?:the\s|that of\s)?\Z")
LISTED = re.compile(
    r"(?:\s(?!and\b|or\b|vs?\b)[\w-]+)?\s?,?\s?(?:(?:and|or|vs?\.?|versus)\s)?(?:the\s)?"
)
LAST_JOINT = re.compile(r"\b(?:and|or|vs?|versus)\b")
NEXT_VALUE = re.compile(r"\s?(?:\([^()]{0,40}\)\s?)?(?:,|,? ?and|,? ?or|;|to|/)?\s")
WITH_ANOTHER = re.compile(r"\b(?:and|or|plus|with|versus|vs)\s(?:the\s)?$")
ALL_OF_THEM = re.compile(r",?\s(?:and|or)\s(?:either|both|all|any)\b")
AND_ANOTHER = re.compile(
    r"(?:\s(?!(?:for|in|to|was|were|is|are|had)\b)[\w-]+){0,2}"
    r"(?:\s?[,/+&]|\s(?:and|or|plus|with|versus|vs|than|combined|followed)\b)"
)
# Between two names of one subject.
TOGETHER = re.compile(
    r"(?:\s[\w-]+){0,2}[\s,]*(?:(?:and|or|plus|with|combined with|in addition to)\b|[+&/])"
    r"(?:\s[\w-]+){0,2}\s?"
)
AND_THEN = re.compile(r"(?:\s[\w-]+)?\s(?:and|or|plus|combined with)\s(?:the\s)?")
# Between the subject and the name of a measure.
SUBJECT = re.compile(
    r"(?:\s(?!(?:and|or|but|than)\b)[\w/<>≤≥=.-]+){0,8}\s(?:had|has|have|showed|shows|reached|achieved|yielded"
    r"|gave|demonstrated|provided|with)\s(?:an?\s|the\s)?(?:[\w-]+\s){0,3}"
)
PLURAL = re.compile(r"(?:ies|s)\)?\Z")
# Of a label: where, when or in whom, and no test.
ASIDE = re.compile(
    r"(?:in|on|at|per|after|before|during|among|when|if|below|above)\b", re.IGNORECASE
)
WITH = re.compile(r"(?:with|by|using|on)\s(?:the\s)?", re.IGNORECASE)
# Of one figure: what was looked for, or in whom.
FOR = re.compile(r"(?:for|in)\b", re.IGNORECASE)
AGAINST = re.compile(r"\b(?:vs?|versus|compared|against|than|that of|those of)\b")
OBJECT = re.compile(r"\b(?:from|on|of|by|in|with|using|to|for|at|than|over|without)\s(?:the\s)?$")
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


Place = tuple[int, int, str]


@dataclass(frozen=True)
class PassageTopics:
    """The topics of one passage that stand at a place, in order; of each topic its role, if any,
    and the one above it; and the names of scores and markers that are always tests."""

    text: str
    places: Sequence[Place]
    roles: Mapping[str, Role | None]
    broader: Mapping[str, str | None]
    scores: Sequence[str]

    def within(self, span: Span, wanted: Collection[Role | None]) -> list[Place]:
        first, stop = (bisect_left(self.places, (end,)) for end in span)
        return [
            place
            for place in self.places[first:stop]
            if place[1] <= span[1] and self.roles[place[2]] in wanted
        ]

    def tests(self, span: Span) -> list[Place]:
        """Examinations, and scores and markers that are always tests."""
        return [
            place
            for place in self.within(span, MARKER)
            if self.roles[place[2]] == "test" or self.is_score(place)
        ]

    def is_score(self, place: Place) -> bool:
        words = self.text[place[0] : place[1]].lower()
        return any(score in words for score in self.scores)


def passage_topics(
    vocabulary: Vocabulary, evidence: Iterable[TopicEvidence], field: str, text: str
) -> PassageTopics:
    """What the tagger found in a passage, the denied left out."""
    places = [
        (one.start, one.end, one.topic)
        for one in evidence
        if one.field == field and one.start is not None and one.end is not None and not one.negated
    ]
    return PassageTopics(text, sorted(places), *_roles(vocabulary), vocabulary.words.scores)


# Asked for every passage.
@lru_cache(maxsize=2)
def _roles(vocabulary: Vocabulary) -> tuple[dict[str, Role | None], dict[str, str | None]]:
    """The role of each topic, and the topic above it."""
    of_scheme = {scheme.scheme: scheme.role for scheme in vocabulary.schemes}
    roles = {topic.topic: of_scheme[topic.scheme] for topic in vocabulary.topics}
    return roles, {topic.topic: topic.broader for topic in vocabulary.topics}


class _Asked(NamedTuple):
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


def diagnostic_questions(
    figures: Sequence[Figure], tags: PassageTopics
) -> list[DiagnosticQuestion]:
    """What each of the figures of a passage judges."""
    named = standards(tags.text) if any(one.kind in AGAINST_STANDARD for one in figures) else []
    alike = Counter((one.kind, one.sentence) for one in figures if not one.label)
    only_one = _only([place for place in tags.places if tags.roles[place[2]] == "test"])
    questions: list[DiagnosticQuestion] = []
    listed: tuple[list[str | None], Span] = ([], (0, 0))
    whole: list[str | None] = []
    test: str | None = None
    for before, one in zip([None, *figures], figures, strict=False):
        is_only = alike[one.kind, one.sentence] == 1
        test = _test(_Asked(one, before, test, is_only, listed, only_one, tags))
        if one.place[1] > 1:
            whole = [*(whole if one.place[0] else []), test]
            listed = (whole, one.sentence) if len(whole) == one.place[1] else listed
        questions.append(
            DiagnosticQuestion(test, _target(one, tags), _standard(one, tags.text, named))
        )
    return questions


def _test(asked: _Asked) -> str | None:
    if asked.figure.kind in PROGNOSTIC:
        return _prognostic(asked)
    if asked.figure.kind not in OF_TESTS:
        return None
    ways = (_of_cutoff,) if asked.figure.kind == "cutoff" else WAYS
    test = next((test for way in ways if (test := way(asked))), None)
    return test and _narrowed(test, asked)


def _prognostic(asked: _Asked) -> str | None:
    """The marker that is the subject: "a Curie score > 2 was associated with relapse (HR 2.6)"."""
    figure, before, tags = asked.figure, asked.before, asked.tags
    since = before.end if before and before.sentence == figure.sentence else figure.sentence[0]
    places = tags.within((since, figure.start), MARKER)
    is_first = places and OPENING.fullmatch(tags.text, since, places[0][0])
    is_subject = is_first and PREDICTS.fullmatch(tags.text, places[0][1], figure.start)
    return _only(places) if is_subject else None


def _narrowed(test: str, asked: _Asked) -> str:
    """MIBG is 123I-MIBG where the passage, but not the sentence, tells of that alone."""
    tags, (first, last) = asked.tags, asked.figure.sentence
    wide = [place for place in tags.places if place[2] == test]
    narrower = [
        place
        for place in tags.places
        if tags.broader.get(place[2]) == test and _is_called(place, wide, tags.text.lower())
    ]
    is_here = any(first <= place[0] < last for place in narrower)
    return test if is_here else _only(narrower) or test


def _is_called(place: Place, wide: Sequence[Place], text: str) -> bool:
    """Whether a test is called by the wider name: 123I-MIBG, or I-131 benzylguanidine (MIBG)."""
    words = text[place[0] : place[1]]
    return any(text[start:end] in words or 0 <= start - place[1] <= 2 for start, end, _ in wide)


def _of_cutoff(asked: _Asked) -> str | None:
    figure, tags = asked.figure, asked.tags
    own = tags.within((figure.start, figure.end), MARKER)
    return _only(own) or _only(tags.within(figure.sentence, TEST))


def _by_list(asked: _Asked) -> str | None:
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
    lists = [_named_in(figure.link, tags), *(tags.tests(span) for span in spans)]
    for n, places in enumerate(lists):
        tests = _groups(places, each=True)
        is_open = not figure.label or (n == 3 and _begins_list(figure, places))
        if n > 1 and not (is_list or (is_open and _in_one_list(places, tags.text))):
            continue
        if len(tests) > 1 and count % len(tests) == 0:
            return tests[place % len(tests)]
    return None


def _begins_list(figure: Figure, places: Sequence[Place]) -> bool:
    """Whether the words of the last value name the first of all: 95% and 85% for CT and MRI."""
    count = len(_groups(places, each=True))
    is_last = count == figure.place[1] == figure.place[0] + 1
    return is_last and figure.label is not None and places[0][0] < figure.label[1]


def _in_one_list(places: Sequence[Place], text: str) -> bool:
    """CT and MRI; but not "on CT, MRI"."""
    gaps = [text[one[1] : other[0]] for one, other in pairwise(places) if other[0] > one[1] + 1]
    return (
        all(map(LISTED.fullmatch, gaps)) and bool(gaps) and LAST_JOINT.search(gaps[-1]) is not None
    )


def _by_label(asked: _Asked) -> str | None:
    """For MIBG, with PHOX2B, CT 80%; but not "when MIBG and PET were combined"."""
    figure, tags = asked.figure, asked.tags
    if not figure.label:
        return None
    whole = [one for one in tags.within(figure.label, MARKER) if _is_whole(one, figure, tags)]
    places = tags.tests(figure.label) or whole
    behind = tags.tests((figure.label[1], figure.label[1] + 40)) if places else []
    if behind and not whole and AND_THEN.fullmatch(tags.text, figure.label[1], behind[0][0]):
        return None
    return _only(places) or _name(figure, tags)


def _is_whole(place: Place, figure: Figure, tags: PassageTopics) -> bool:
    """Whether a name stands alone beside the figure, or right behind "with" or "by"."""
    if not figure.label or place[0] == figure.label[0]:
        return figure.label is not None
    return WITH.fullmatch(tags.text, figure.label[0], place[0]) is not None


def _leaves_label_open(asked: _Asked) -> bool:
    """Whether the words beside the figure say something else, but not just in whom, where or when:
    then nobody knows whose it is."""
    figure, tags = asked.figure, asked.tags
    if not figure.label or ASIDE.match(tags.text, figure.label[0]):
        return False
    return not tags.within(figure.label, set(tags.roles.values()))


def _beside(asked: _Asked) -> str | None:
    """What found it: right before "detected 85% of lesions", right after "were detected by"."""
    figure = asked.figure
    if figure.kind != "detection-rate":
        return None
    places = asked.tags.within(figure.sentence, TEST)
    return _only([p for p in places if p[1] == figure.start - 1 or p[0] == figure.end + 1])


def _of_measure(asked: _Asked) -> str | None:
    """The test of "sensitivity of MRI for bone was 90%", where the link names no other."""
    figure, tags = asked.figure, asked.tags
    if not figure.link or (figure.place[0] and _is_of_another(asked)):
        return None
    named = _named_in(figure.link, tags)
    if not named or len(set(_groups(named))) > 1:
        return None
    end = named[-1][1]
    others = tags.tests((end, figure.link[1]))
    if AND_ANOTHER.match(tags.text, end, figure.link[1]) and not ALL_OF_THEM.match(tags.text, end):
        return None
    return None if others else named[0][2]


def _named_in(link: Span, tags: PassageTopics) -> list[Place]:
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


def _is_of_another(asked: _Asked) -> bool:
    """Whether a further value of a list is compared with the first, or has words of its own."""
    figure, before = asked.figure, asked.before
    is_compared = before and AGAINST.search(asked.tags.text, before.end, figure.start)
    return bool(is_compared) or _leaves_label_open(asked)


def _of_sentence(asked: _Asked) -> str | None:
    is_open = _leaves_label_open(asked) or not asked.is_only
    return None if is_open else _only(asked.tags.tests(asked.figure.sentence))


def _next_value(asked: _Asked) -> str | None:
    """The test of the value before in the same list: from 0.87 to 0.95."""
    figure, before = asked.figure, asked.before
    if not before or not figure.place[0] or figure.label or before.kind != figure.kind:
        return None
    is_next = NEXT_VALUE.fullmatch(asked.tags.text, before.end, max(before.end, figure.start))
    return asked.test_before if is_next else None


def _goes_on(asked: _Asked) -> str | None:
    """The test of the figure before: "and a specificity of 90%"."""
    figure, before = asked.figure, asked.before
    if not before or before.sentence != figure.sentence or figure.label:
        return None
    if (
        not {before.kind, figure.kind} <= AGAINST_STANDARD
        or max(before.place[1], figure.place[1]) > 1
    ):
        return None
    is_next = GOES_ON.fullmatch(asked.tags.text, before.end, max(before.end, figure.start))
    return asked.test_before if is_next else None


def _of_clause(asked: _Asked) -> str | None:
    """The subject: MIBG had a sensitivity of 88%, PET had one of 77%; or the only test between the
    figure before and this one."""
    figure, before, tags = asked.figure, asked.before, asked.tags
    is_for = figure.label and FOR.match(tags.text, figure.label[0]) and figure.place[1] == 1
    if (figure.label and not is_for) or figure.place[0] or not _has_words(figure):
        return None
    since = before.end if before and before.sentence == figure.sentence else figure.sentence[0]
    places = tags.within((since, figure.start), MARKER)
    tests = tags.tests((since, figure.start))
    subjects = [place for place in places if _is_subject(place, places, figure, tags)]
    is_one_of = len(tests) > 1 and _stand_together(tests, tags.text)
    if tests and figure.place[1] > 1 and WITH_ANOTHER.search(tags.text, since, tests[0][0]):
        is_one_of = True
    return None if is_one_of else _only(subjects) or _only(tests)


def _has_words(figure: Figure) -> bool:
    """Whether the name of its measure stands with it, before or behind the value."""
    return figure.link is not None or (figure.place[1] == 1 and figure.kind != "detection-rate")


def _is_subject(place: Place, places: Sequence[Place], figure: Figure, tags: PassageTopics) -> bool:
    if not SUBJECT.fullmatch(tags.text, place[1], figure.start):
        return False
    before = tags.text[max(0, place[0] - 15) : place[0]].lower()
    return tags.roles[place[2]] == "test" or not OBJECT.search(before)


def _stand_together(places: Sequence[Place], text: str) -> bool:
    """Whether the last test and the one before it are one subject: "MRI combined with MIBG"."""
    start = places[-1][0]
    others = list(places[:-1])
    while others and others[-1][1] >= start - 1:
        start = others.pop()[0]
    return bool(others) and TOGETHER.fullmatch(text, others[-1][1], start) is not None


def _compared(asked: _Asked) -> str | None:
    """More sensitive than bone scintigraphy (94% versus 60%)."""
    figure, tags = asked.figure, asked.tags
    if figure.link or figure.place[1] != 2 or figure.kind == "detection-rate":
        return None
    places = tags.tests((figure.sentence[0], figure.start))
    names = _groups(places)
    than = places and THAN.search(tags.text, figure.sentence[0], places[-1][0])
    if len(names) == 2 and than and than.start() >= places[0][1]:
        return names[figure.place[0]]
    is_second = bool(than) and THAN_RIGHT_BEFORE.search(tags.text, 0, places[0][0]) is not None
    return names[0] if len(names) == 1 and is_second == (figure.place[0] == 1) else None


def _like_list(asked: _Asked) -> str | None:
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


def _of_passage(asked: _Asked) -> str | None:
    """Of a figure of accuracy that stands alone, in a sentence without a test."""
    figure = asked.figure
    is_alone = figure.place[1] == 1 and not figure.label and figure.kind in AGAINST_STANDARD
    is_open = is_alone and not asked.tags.within(figure.sentence, TEST)
    return asked.only_one if is_open else None


# In this order.
WAYS: tuple[Callable[[_Asked], str | None], ...] = (
    *(
        _by_list,
        _by_label,
        _compared,
        _like_list,
        _next_value,
        _beside,
        _of_measure,
        _of_sentence,
        _goes_on,
    ),
    *(_of_clause, _of_passage),
)


def _standard(figure: Figure, text: str, named: Sequence[Span]) -> str | None:
    if figure.kind not in AGAINST_STANDARD:
        return None
    own = [span for span in named if figure.sentence[0] <= span[0] < figure.sentence[1]]
    words = {text[slice(*span)].strip(" ,") for span in own or named}
    return words.pop() if len(words) == 1 else None


def _name(figure: Figure, tags: PassageTopics) -> str | None:
    if not figure.label or tags.within(figure.label, set(tags.roles.values())):
        return None
    match = NAME.fullmatch(tags.text[slice(*figure.label)])
    return match["name"] if match else None


def _only(places: Sequence[tuple[int, int, str]]) -> str | None:
    """The one test that the places name."""
    names = _groups(places)
    return names[0] if len(set(names)) == 1 else None


def _groups(places: Sequence[Place], *, each: bool = False) -> list[str]:
    """The tests that the places name, or ``each`` time they name one. Those that touch are one,
    called by its first word: the FDG of FDG PET/CT."""
    names: list[str] = []
    reached = -2
    for start, end, topic in sorted(places, key=lambda place: (place[0], -place[1])):
        if start > reached + 1 and (each or topic not in names[-1:]):
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
