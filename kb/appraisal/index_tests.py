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
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kb.appraisal.listed_tests import AskedFigure, by_list, like_list, named_in, next_value
from kb.appraisal.measures import Figure, Span
from kb.appraisal.passage_topics import MARKER, TEST, PassageTopics, Place, groups, only, target
from kb.appraisal.passage_topics import passage_topics as passage_topics
from kb.appraisal.reference_standard import standard_of, standards

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
THAN = re.compile(r"\b(?:than|compared (?:with|to)|versus|vs)\b")
THAN_RIGHT_BEFORE = re.compile(r"\b(?:than|compared (?:with|to)|versus|vs)\s(?:the\s|that of\s)?\Z")
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


@dataclass(frozen=True, slots=True)
class DiagnosticQuestion:
    """Topic slugs, or the words where the vocabulary has none; words of the reference standard."""

    index_test: str | None
    target: str | None
    reference_standard: str | None


def diagnostic_questions(
    figures: Sequence[Figure], tags: PassageTopics
) -> list[DiagnosticQuestion]:
    """What each of the figures of a passage judges."""
    named = standards(tags.text) if any(one.kind in AGAINST_STANDARD for one in figures) else []
    alike = Counter((one.kind, one.sentence) for one in figures if not one.label)
    only_one = only([place for place in tags.places if tags.roles[place[2]] == "test"])
    questions: list[DiagnosticQuestion] = []
    listed: tuple[list[str | None], Span] = ([], (0, 0))
    whole: list[str | None] = []
    test: str | None = None
    for before, one in zip([None, *figures], figures, strict=False):
        is_only = alike[one.kind, one.sentence] == 1
        test = _test(AskedFigure(one, before, test, is_only, listed, only_one, tags))
        if one.place[1] > 1:
            whole = [*(whole if one.place[0] else []), test]
            listed = (whole, one.sentence) if len(whole) == one.place[1] else listed
        sought = target(one, tags) if one.kind in OF_TESTS else None
        is_judged = one.kind in AGAINST_STANDARD
        standard = standard_of(one, tags.text, named) if is_judged else None
        questions.append(DiagnosticQuestion(test, sought, standard))
    return questions


def _test(asked: AskedFigure) -> str | None:
    if asked.figure.kind in PROGNOSTIC:
        return _prognostic(asked)
    if asked.figure.kind not in OF_TESTS:
        return None
    ways = (_of_cutoff,) if asked.figure.kind == "cutoff" else WAYS
    test = next((test for way in ways if (test := way(asked))), None)
    return test and _narrowed(test, asked)


def _prognostic(asked: AskedFigure) -> str | None:
    """The marker that is the subject: "a Curie score > 2 was associated with relapse (HR 2.6)"."""
    figure, before, tags = asked.figure, asked.before, asked.tags
    since = before.end if before and before.sentence == figure.sentence else figure.sentence[0]
    places = tags.within((since, figure.start), MARKER)
    is_first = places and OPENING.fullmatch(tags.text, since, places[0][0])
    is_subject = is_first and PREDICTS.fullmatch(tags.text, places[0][1], figure.start)
    return only(places) if is_subject else None


def _narrowed(test: str, asked: AskedFigure) -> str:
    """MIBG is 123I-MIBG where the passage, but not the sentence, tells of that alone."""
    tags, (first, last) = asked.tags, asked.figure.sentence
    wide = [place for place in tags.places if place[2] == test]
    narrower = [
        place
        for place in tags.places
        if tags.broader.get(place[2]) == test and _is_called(place, wide, tags.text.lower())
    ]
    is_here = any(first <= place[0] < last for place in narrower)
    return test if is_here else only(narrower) or test


def _is_called(place: Place, wide: Sequence[Place], text: str) -> bool:
    """Whether a test is called by the wider name: 123I-MIBG, or I-131 benzylguanidine (MIBG)."""
    words = text[place[0] : place[1]]
    return any(text[start:end] in words or 0 <= start - place[1] <= 2 for start, end, _ in wide)


def _of_cutoff(asked: AskedFigure) -> str | None:
    figure, tags = asked.figure, asked.tags
    own = tags.within((figure.start, figure.end), MARKER)
    return only(own) or only(tags.within(figure.sentence, TEST))


def _by_label(asked: AskedFigure) -> str | None:
    """For MIBG, with PHOX2B, CT 80%; but not "when MIBG and PET were combined"."""
    figure, tags = asked.figure, asked.tags
    if not figure.label:
        return None
    whole = [one for one in tags.within(figure.label, MARKER) if _is_whole(one, figure, tags)]
    places = tags.tests(figure.label) or whole
    behind = tags.tests((figure.label[1], figure.label[1] + 40)) if places else []
    if behind and not whole and AND_THEN.fullmatch(tags.text, figure.label[1], behind[0][0]):
        return None
    return only(places) or _name(figure, tags)


def _is_whole(place: Place, figure: Figure, tags: PassageTopics) -> bool:
    """Whether a name stands alone beside the figure, or right behind "with" or "by"."""
    if not figure.label or place[0] == figure.label[0]:
        return figure.label is not None
    return WITH.fullmatch(tags.text, figure.label[0], place[0]) is not None


def _leaves_label_open(asked: AskedFigure) -> bool:
    """Whether the words beside the figure say something else, but not just in whom, where or when:
    then nobody knows whose it is."""
    figure, tags = asked.figure, asked.tags
    if not figure.label or ASIDE.match(tags.text, figure.label[0]):
        return False
    return not tags.within(figure.label, set(tags.roles.values()))


def _beside(asked: AskedFigure) -> str | None:
    """What found it: right before "detected 85% of lesions", right after "were detected by"."""
    figure = asked.figure
    if figure.kind != "detection-rate":
        return None
    places = asked.tags.within(figure.sentence, TEST)
    return only([p for p in places if p[1] == figure.start - 1 or p[0] == figure.end + 1])


def _of_measure(asked: AskedFigure) -> str | None:
    """The test of "sensitivity of MRI for bone was 90%", where the link names no other."""
    figure, tags = asked.figure, asked.tags
    if not figure.link or (figure.place[0] and _is_of_another(asked)):
        return None
    named = named_in(figure.link, tags)
    if not named or len(set(groups(named))) > 1:
        return None
    end = named[-1][1]
    others = tags.tests((end, figure.link[1]))
    if AND_ANOTHER.match(tags.text, end, figure.link[1]) and not ALL_OF_THEM.match(tags.text, end):
        return None
    return None if others else named[0][2]


def _is_of_another(asked: AskedFigure) -> bool:
    """Whether a further value of a list is compared with the first, or has words of its own."""
    figure, before = asked.figure, asked.before
    is_compared = before and AGAINST.search(asked.tags.text, before.end, figure.start)
    return bool(is_compared) or _leaves_label_open(asked)


def _of_sentence(asked: AskedFigure) -> str | None:
    is_open = _leaves_label_open(asked) or not asked.is_only
    return None if is_open else only(asked.tags.tests(asked.figure.sentence))


def _goes_on(asked: AskedFigure) -> str | None:
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


def _of_clause(asked: AskedFigure) -> str | None:
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
    return None if is_one_of else only(subjects) or only(tests)


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


def _compared(asked: AskedFigure) -> str | None:
    """More sensitive than bone scintigraphy (94% versus 60%)."""
    figure, tags = asked.figure, asked.tags
    if figure.link or figure.place[1] != 2 or figure.kind == "detection-rate":
        return None
    places = tags.tests((figure.sentence[0], figure.start))
    names = groups(places)
    than = places and THAN.search(tags.text, figure.sentence[0], places[-1][0])
    if len(names) == 2 and than and than.start() >= places[0][1]:
        return names[figure.place[0]]
    is_second = bool(than) and THAN_RIGHT_BEFORE.search(tags.text, 0, places[0][0]) is not None
    return names[0] if len(names) == 1 and is_second == (figure.place[0] == 1) else None


def _of_passage(asked: AskedFigure) -> str | None:
    """Of a figure of accuracy that stands alone, in a sentence without a test."""
    figure = asked.figure
    is_alone = figure.place[1] == 1 and not figure.label and figure.kind in AGAINST_STANDARD
    is_open = is_alone and not asked.tags.within(figure.sentence, TEST)
    return asked.only_one if is_open else None


# In this order.
WAYS: tuple[Callable[[AskedFigure], str | None], ...] = (
    *(
        by_list,
        _by_label,
        _compared,
        like_list,
        next_value,
        _beside,
        _of_measure,
        _of_sentence,
        _goes_on,
    ),
    *(_of_clause, _of_passage),
)


def _name(figure: Figure, tags: PassageTopics) -> str | None:
    if not figure.label or tags.within(figure.label, set(tags.roles.values())):
        return None
    match = NAME.fullmatch(tags.text[slice(*figure.label)])
    return match["name"] if match else None
