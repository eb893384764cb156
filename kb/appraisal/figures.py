"""Figures of accuracy, agreement, risk and survival that a passage states. Pure.

A sentence is read as names of measures and values. A value belongs to the measure that stands
before it ("a sensitivity of 83% (68-98%)") or right after it ("83% (68-98%) sensitivity"); a list
of measures to a list of as many values, in order ("sensitivity, specificity and PPV were 74, 67 and
78.6%, respectively"); one measure, or a list of them, to as many values as tests are named for them
("88% for MIBG and 76% for PET"). Where the numbers do not match, nothing is taken: a figure is read
or left out, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from kb.appraisal.carried_measures import carried, in_brackets
from kb.appraisal.figure_lists import LISTED, VERSUS, figure_of, fits, grouped, paired, run_of
from kb.appraisal.lexicon import passage
from kb.appraisal.measures import (
    Defined,
    Figure,
    Measure,
    MeasureName,
    Span,
    defined,
    may_name,
    names,
    names_any,
)
from kb.appraisal.own import is_own
from kb.appraisal.passage_topics import MARKER, TEST, PassageTopics, Place
from kb.appraisal.shares import has_percent, shares
from kb.appraisal.thresholds import (
    ADJECTIVES,
    AS_CUTOFF,
    DETECTED,
    MARKED,
    P_VALUE,
    cutoffs,
    detection_rates,
    p_values,
    score,
)
from kb.appraisal.time_points import placed
from kb.appraisal.values import Value, interval_after, values
from kb.reading.passage import ReadSentence
from kb.record.sentences import around
from kb.tagging.vocabulary import NO_WORDS, FieldWords

SPECIAL = frozenset((P_VALUE, AS_CUTOFF, MARKED, DETECTED))
DIGIT = re.compile(r"\d")
OBJECT_OF = re.compile(r"\s(?:of|for|between)\s(?:the\s|an?\s)?(?:[\w-]+\s){0,2}")
# In a passage that has one of them: HR 2,4 (1,3-4,4).
ANY_DECIMAL_COMMA = re.compile(
    r"(?<![\d.,])(?:(\d{1,3}),(?=\d{1,2}(?![\d,]|\.\d))|(0),(?=\d{1,4}(?![\d,]|\.\d)))"
)
# Words that only a share has in which a test is positive or right.
UPTAKE = re.compile(r"\b(?:uptake|accumulation|correct|right) ")
ADJECTIVE = {"sensitive": "sensitivity", "specific": "specificity", "accurate": "accuracy"}

# Between a value and the name that follows it: 88% pooled sensitivity, 100% first pass accuracy.
BEFORE_NAME = re.compile(
    r"\s(?:(?!(?:of|in|and|or|for|with|was|were|is|are|had|has|at|by|to|from|than|as|on|vs|versus|but"
    r"|the|an?|that|which|when|while|whereas)\b)[a-z-]+\s){0,2}"
)
# The mass number of (123)I-MIBG parts no words.
MASS_NUMBER = re.compile(r"\((\d{2,3}m?)\)(?=[A-Z])")
# 93,8 % and p < 0,001: a comma before less than three digits is no mark of thousands.
DECIMAL_COMMA = re.compile(
    r"(?<![\d.,])(?:(\d{1,3}),(?=\d{1,2}\s?(?:%|per ?cent))|(0),(?=\d{1,4}(?![\d,]|\.\d)))"
)


def figures(
    text: str, words: FieldWords = NO_WORDS, topics: PassageTopics | None = None
) -> list[Figure]:
    """The figures of one passage in reading order; ``words`` are those of the field of medicine,
    ``topics`` what it names: without them figures that only their test tells are not read."""
    read = passage(text)
    shorts = defined(read) if names_any(read) else None
    scored = words if score(words.scores).may_find(read.low) else None
    stated: set[Figure] = set()
    before: list[Measure] = []
    has_commas = DECIMAL_COMMA.search(read.cased) is not None
    for sentence in read.sentences:
        is_asked = shorts is not None or scored or sentence.possible & SPECIAL
        if (is_asked or has_percent(sentence.text)) and DIGIT.search(sentence.text):
            known = _Known(shorts, scored, *_tests(sentence, topics), before)
            printed, before = _in_sentence(_plainer(sentence, has_commas), known)
            stated.update(
                _moved(figure, sentence.start, text)
                for figure in printed
                if is_own(figure, sentence)
            )
    return sorted(stated, key=lambda figure: (figure.start, figure.end, figure.kind))


def _tests(sentence: ReadSentence, topics: PassageTopics | None) -> tuple[list[Span], list[Span]]:
    """The tests that a sentence names, as places in it, and those that are examinations."""
    span = (sentence.start, sentence.start + len(sentence.text))
    tests, exams = (topics.within(span, roles) if topics else () for roles in (MARKER, TEST))
    return _within(tests, sentence.start), _within(exams, sentence.start)


def _within(places: Iterable[Place], start: int) -> list[Span]:
    return [(first - start, last - start) for first, last, _ in places]


def _moved(figure: Figure, by: int, text: str) -> Figure:
    """The figure of a sentence as one of the passage."""
    label, link = (span and (span[0] + by, span[1] + by) for span in (figure.label, figure.link))
    return replace(
        figure,
        start=figure.start + by,
        end=figure.end + by,
        label=label,
        link=link,
        sentence=around(text, figure.start + by, figure.end + by),
    )


def _plainer(sentence: ReadSentence, has_commas: bool) -> ReadSentence:
    """With plain mass numbers and decimal points; its length stays."""
    cased = MASS_NUMBER.sub(r"_\1_", sentence.cased) if "(" in sentence.text else sentence.cased
    if has_commas and "," in cased:
        cased = ANY_DECIMAL_COMMA.sub(r"\1\2.", cased)
    if cased == sentence.cased:
        return sentence
    return sentence._replace(cased=cased, text=cased.lower())


class _Known(NamedTuple):
    """What a passage tells of a sentence: ``shorts`` is None where it names no measure, ``words``
    where it has no scores; the places of tests, and of those that are examinations; the measures
    of the sentence before."""

    shorts: Defined | None
    words: FieldWords | None
    tests: list[Span]
    exams: list[Span]
    measures: list[Measure]


def _in_sentence(sentence: ReadSentence, of: _Known) -> tuple[list[Figure], list[Measure]]:
    """The figures, and the measures that the next sentence may go on with."""
    figures = _special(sentence, of)
    # They stand in no list of other values.
    text = _without(sentence.text, figures)
    is_named = of.shorts is not None and may_name(sentence, of.shorts)
    named = names(sentence._replace(text=text), of.shorts or {}) if is_named else []
    if not named and not of.measures and ADJECTIVES not in sentence.possible:
        return [placed(text, figure) for figure in figures], []
    known = values(text)
    named = [name for n, name in enumerate(named) if not _is_object(text, named[n - 1 : n], name)]
    # 95% CI of HR = 1.2-34.2: a name within a value names none.
    named = [name for name in named if not any(one.start < name.start < one.end for one in known)]
    taken = [*_adjectives(text, known), *_before(text, named, known)]
    measures = {name.measure for name in named}
    if len(measures) == 1 and of.tests and named[0].measure.form != "other":
        ahead = [
            value
            for value in known
            if value.start >= named[0].end and value not in dict(taken).values()
        ]
        taken += in_brackets(text, named[0].measure, ahead, of.tests) if len(ahead) > 1 else []
    for figure, value in taken:
        known.remove(value)
        named = [name for name in named if not figure.start <= name.start < figure.end]
    before = [figure for figure, _ in taken if figure.kind != "other"]
    of_measures = [*before, *_after(text, named, known)]
    kept = {name.measure.kind: name.measure for name in named if name.measure.form != "other"}
    each = [kept[kind] for kind in dict.fromkeys(one.kind for one in of_measures) if kind in kept]
    since = max((figure.end for figure in of_measures), default=0)
    goes_on = carried(text, each or [*kept.values()] or of.measures, since, known, of.tests)
    figures += [*of_measures, *goes_on]
    return [placed(text, figure) for figure in figures], each


def _is_object(text: str, before: Sequence[MeasureName], name: MeasureName) -> bool:
    """Kappa for the correlation was 0.8: of what the measure is told, no other one."""
    if not before or name.measure.form != "other" or before[0].measure.form == "other":
        return False
    return OBJECT_OF.fullmatch(text, before[0].end, name.start) is not None


def _special(sentence: ReadSentence, of: _Known) -> list[Figure]:
    """Figures with words of their own."""
    special: list[Figure] = []
    if of.words or sentence.possible & SPECIAL:
        special = [*p_values(sentence), *cutoffs(sentence, of.words)]
    if not has_percent(sentence.text):
        return special
    if of.tests or UPTAKE.search(sentence.text):
        special += shares(_without(sentence.text, special), of.tests, of.exams)
    if DETECTED in sentence.possible:
        special += [one for one in detection_rates(sentence) if not _overlaps(one, special)]
    return special


def _after(text: str, named: list[MeasureName], known: list[Value]) -> Iterator[Figure]:
    """Those whose measure stands before them."""
    groups = grouped(text, named)
    for group, after in zip(groups, [*groups[1:], []], strict=False):
        stop = after[0].start if after else len(text)
        run = run_of(text, group, stop, known)
        for figure in paired(text, group, run):
            yield replace(figure, link=(group[-1].end, run.values[0].start))
        if not run.values and len(named) == 1:
            yield from _compared_in_brackets(text, group[0], known)


def _compared_in_brackets(text: str, name: MeasureName, known: Sequence[Value]) -> Iterator[Figure]:
    """Survival was better in girls than in boys (74% vs 45%): of the only measure of a sentence."""
    for one, other in pairwise(known):
        opens = text[: one.start].rstrip()[-1:] in ("(", "[") and name.end <= one.start
        if opens and VERSUS.fullmatch(text, one.end, other.start) and one.percent:
            for n, value in enumerate((one, other)):
                if fits(name.measure, value, listed_percent=one.percent):
                    figure = figure_of(name.measure.kind, value, value.start, value.end)
                    yield replace(figure, place=(n, 2))


def _overlaps(figure: Figure, others: Sequence[Figure]) -> bool:
    return any(one.start < figure.end and figure.start < one.end for one in others)


def _without(text: str, figures: Sequence[Figure]) -> str:
    for figure in figures:
        text = _blanked(text, figure)
    return text


def _blanked(text: str, figure: Figure) -> str:
    """The text without the figure; a p value goes with the comma that parts it from another."""
    before, after = text[: figure.start], text[figure.end :]
    before = before[:-2] + "  " if figure.kind == "p" and before.endswith(("; ", ", ")) else before
    return before + ("_" if figure.kind != "p" else " ") * (figure.end - figure.start) + after


def _adjectives(text: str, known: Sequence[Value]) -> Iterator[tuple[Figure, Value]]:
    """82% sensitive."""
    for match in ADJECTIVES.finditer(text):
        for value in known:
            if value.start == match.start("value"):
                kind = ADJECTIVE[match["word"]]
                yield figure_of(kind, value, match.start(), match.end()), value


def _before(
    text: str, measures: Sequence[MeasureName], known: Sequence[Value]
) -> Iterator[tuple[Figure, Value]]:
    """83% (68-98%) sensitivity: the value right before its measure, and after no other's."""
    taken: set[Value] = set()
    for earlier, name in zip([None, *measures], measures, strict=False):
        for value in known:
            is_next = value.end <= name.start and BEFORE_NAME.fullmatch(text, value.end, name.start)
            is_free = is_next and value not in taken and _is_free(text, earlier, value, known)
            if is_free and fits(name.measure, value, listed_percent=False):
                taken.add(value)
                figure = figure_of(name.measure.kind, value, value.start, name.end)
                yield _with_interval(text, figure), value


def _with_interval(text: str, figure: Figure) -> Figure:
    """96% sensitivity (95% CI 90-99%): the interval may stand behind the name."""
    if figure.low is None and (ends := interval_after(text, figure.end, figure.value)):
        low, high, end = ends
        return replace(figure, low=low, high=high, end=end)
    return figure


def _is_free(text: str, earlier: MeasureName | None, value: Value, known: Sequence[Value]) -> bool:
    """Whether no measure before the value can claim it, as one with a value of its own cannot."""
    if earlier is None or earlier.end > value.start:
        return True
    if any(earlier.end <= own.start and own.end < value.start for own in known):
        return True
    link = text[earlier.end : value.start]
    return LISTED.fullmatch(link) is not None or len(link.split()) > 3
