"""Values of measures that were named before: what a text goes on with. Pure.

"MRI had a sensitivity of 88% and a specificity of 94%, CT 80% and 90%": a test, and as many values
as there were measures; "for CT the corresponding values were 70% and 85%", of the sentence before
too. Sentences are read in lower case and plain form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from kb.appraisal.figure_lists import BRACKET, figure_of, fits
from kb.appraisal.measures import Figure, Measure, Span
from kb.appraisal.values import Value

CUE = re.compile(
    r"\b(?:corresponding|respective|equivalent|analogous|same|these|those)\s(?:values?|figures?"
    r"|numbers?|rates?|results?|percentages?|estimates?)\b(?P<whose>\s(?:for|of|with|in|on)\s"
    r"[^,;.()]{1,60}?)?\s(?:were|was|are)\s$"
)
IT_WAS = re.compile(
    r"\b(?:for|with|of|by|on)\s(?:the\s)?(?P<whose>\0+(?:[\s/-]\0+)*)[^,;.()]{0,20},?\s"
    r"(?:it|this|they|these)\s(?:was|were)\s$"
)
HEAD = re.compile(
    rf"{BRACKET}\s*(?:[,;]\s*(?:and |while |whereas |but )?|and (?=those of))(?:those of )?"
    r"(?:(?:for|with|of|on|by) )?(?:the )?"
    r"(?P<test>\0+(?:[\s/-]\0+)*)(?:\s(?!and\b|or\b)[a-z-]+){0,2}?\s"
    r"(?:(?:had|was|were|of|reached) )?"
)
AFTER_TEST = re.compile(r"(?P<test>\0+(?:[\s/-]\0+)*)(?:\s[a-z-]+){0,2}\s?[(\[]$")
NEXT = re.compile(rf"{BRACKET}\s*(?:,\s*(?:and )?|;\s*(?:and )?|and |/)\s*")
LAST = re.compile(rf"{BRACKET}\s*(?:[,;.)]|respectively|and\b|$)")


def carried(
    text: str, measures: Sequence[Measure], since: int, rest: Sequence[Value], tests: Sequence[Span]
) -> Iterator[Figure]:
    """Figures of the measures that were named, in order, last; ``rest`` are the values that nothing
    has claimed, ``since`` where the last of the others ends."""
    masked = _masked(text, tests)
    k = len(measures)
    ahead = [value for value in rest if value.start >= since]
    while k and len(ahead) >= k:
        label = _whose(masked, since, ahead[0], tests, k)
        run = ahead[:k]
        if label and _is_list(text, ahead, k) and all(map(fits, measures, run, [True] * k)):
            for measure, value in zip(measures, run, strict=True):
                figure = figure_of(measure.kind, value, value.start, value.end)
                yield replace(figure, label=label if label[1] else None)
            ahead, since = ahead[k:], run[-1].end
        else:
            ahead, since = ahead[1:], ahead[0].end


def in_brackets(
    text: str, measure: Measure, values: Sequence[Value], tests: Sequence[Span]
) -> Iterator[tuple[Figure, Value]]:
    """Values of the only measure of a sentence that stand in brackets behind a test each: it was
    highest for MRI (91%), followed by CT (82%)."""
    masked = _masked(text, tests)
    behind = [
        (value, AFTER_TEST.search(masked, max(0, value.start - 60), value.start))
        for value in values
    ]
    named = [
        (value, match) for value, match in behind if match and value.percent == values[0].percent
    ]
    if len({text[slice(*match.span("test"))] for _, match in named}) < 2:
        return
    for value, match in named:
        if fits(measure, value, listed_percent=value.percent):
            figure = figure_of(measure.kind, value, value.start, value.end)
            yield replace(figure, label=match.span("test")), value


def _masked(text: str, tests: Sequence[Span]) -> str:
    for start, end in tests:
        text = text[:start] + "\0" * (end - start) + text[end:]
    return text


def _whose(
    masked: str, since: int, first: Value, tests: Sequence[Span], measures: int
) -> Span | None:
    """The place of the test whose values follow, (0, 0) where other words tell it; None where
    nothing says that they follow."""
    cue = CUE.search(masked, max(0, first.start - 120), first.start)
    if cue or (cue := IT_WAS.search(masked, max(0, first.start - 120), first.start)):
        inside = [test for test in tests if cue.start("whose") <= test[0] < cue.end("whose")]
        return inside[0] if inside else (0, 0)
    head = HEAD.fullmatch(masked, since, first.start) if measures > 1 else None
    return head.span("test") if head else None


def _is_list(text: str, ahead: Sequence[Value], k: int) -> bool:
    """Whether the first k values stand in a list, and no more of them."""
    gaps = [NEXT.fullmatch(text, one.end, other.start) for one, other in pairwise(ahead[: k + 1])]
    return (
        all(gaps[: k - 1])
        and not any(gaps[k - 1 :])
        and LAST.match(text, ahead[k - 1].end) is not None
    )
