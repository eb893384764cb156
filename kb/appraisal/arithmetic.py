"""Whether the figures of a passage add up: percentages beside their counts, intervals of these,
2 × 2 tables, parts of a whole. Pure.

What does not come out is told only where no rounding, no common method and no other number of the
text can explain it; of everything else nothing is said. docs/findings.md has the rules.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import groupby

from kb.appraisal import accuracy_tables, parts
from kb.appraisal.binomial import intervals
from kb.appraisal.lexicon import passage
from kb.appraisal.measures import Figure
from kb.appraisal.printed_sums import (
    PrintedNumber,
    Sum,
    SumKind,
    Verdict,
    counted_numbers,
    in_steps,
    printed_number,
)
from kb.appraisal.shares import Share, explained, shares
from kb.appraisal.sum_words import POOLED, RESAMPLED
from kb.appraisal.values import CI_LETTERS, interval_after
from kb.reading.literals import Finder
from kb.reading.passage import ReadPassage, ReadSentence

DIGITS = re.compile(r"(?<![\d.,])(?:\d+(?:\.\d+)?|\.\d+)(?![\d]|\.\d)")
IN_TABLE = frozenset(accuracy_tables.NAMES)
SHARES = IN_TABLE | {"detection-rate"}
WITH_INTERVALS = SHARES | {"auc", "lr+", "lr-", "kappa", "icc", "hr", "or", "efs", "os", "pfs"}
LEVEL = re.compile(r"\b(9[059](?:\.\d)?)\s?%")
SHOWN_METHODS = ("exact", "Wilson", "Wald")


def sums(field: str, text: str, figures: Sequence[Figure]) -> list[Sum]:
    """All that could be recomputed in one passage, in reading order; ``figures`` are those of
    ``kb.appraisal.figures`` there."""
    read = passage(text)
    made = partial(Sum, field=field)
    beside = list(_shares(read, figures))
    each = [
        *_share_sums(made, read, beside),
        *_interval_sums(made, read, figures, beside),
        *_table_sums(made, read, figures, beside),
        *_part_sums(made, read),
    ]
    return sorted(each, key=lambda one: (one.start, one.end, one.kind))


def arithmetic(each: Iterable[Sum], kinds: Iterable[SumKind], field: str, start: int, end: int) -> Verdict | None:
    """Whether what stands at a place comes out, by sums of these kinds; None where that cannot be
    told."""
    verdicts = {
        one.verdict
        for one in each
        if one.field == field and one.kind in kinds and one.start < end and start < one.end
    }
    return "differs" if "differs" in verdicts else "agrees" if verdicts else None


def _has(read: ReadPassage, words: Finder) -> bool:
    return words in read.possible and words.pattern.search(read.low) is not None


def _shares(read: ReadPassage, figures: Sequence[Figure]) -> Iterator[list[Share]]:
    """The shares of each sentence, by places in the passage."""
    for sentence in read.sentences:
        here = [figure for figure in figures if _is_in(figure, sentence)]
        decimals = [one for figure in here if (one := _decimal(read, figure, sentence.start))]
        if decimals or "%" in sentence.text or "cent" in sentence.text:
            yield [_moved(share, sentence.start) for share in shares(sentence.text, decimals)]


def _is_in(figure: Figure, sentence: ReadSentence) -> bool:
    return sentence.start <= figure.start < sentence.start + len(sentence.text)


def _decimal(read: ReadPassage, figure: Figure, start: int) -> PrintedNumber | None:
    """A share of accuracy printed as 0.85, as 85 %, by its place in the sentence."""
    if figure.kind not in SHARES or figure.unit or figure.sign or (figure.value or 2) > 1:
        return None
    number = _printed(read, figure)
    return number and _in_percent(number)._replace(start=number.start - start, end=number.end - start)


def _in_percent(number: PrintedNumber) -> PrintedNumber:
    return number._replace(value=100 * number.value, step=100 * number.step)


def _printed(read: ReadPassage, figure: Figure) -> PrintedNumber | None:
    """The figure's value as it is printed."""
    return next(
        (
            printed_number(read.low, *match.span())
            for match in DIGITS.finditer(read.low, figure.start, figure.end)
            if float(match[0]) == figure.value
        ),
        None,
    )


def _moved(share: Share, by: int) -> Share:
    percent = share.percent._replace(
        start=share.percent.start + by, end=share.percent.end + by
    )
    return share._replace(percent=percent, start=share.start + by, end=share.end + by)


def _share_sums(
    made: partial[Sum], read: ReadPassage, by_sentence: Iterable[list[Share]]
) -> Iterator[Sum]:
    for here in by_sentence:
        for share in here:
            comes_out = share.comes_out()
            if not comes_out and not share.firm:
                continue
            if not comes_out and explained(share, counted_numbers(read.low), here):
                continue
            exact = in_steps(share.exact, share.percent.step)
            not_so = "" if comes_out else f", not {share.percent.shown} %"
            yield made(
                kind="share",
                verdict="agrees" if comes_out else "differs",
                words=f"{share.k} of {share.n} are {exact if not comes_out else share.percent.shown} %{not_so}.",
                start=share.percent.start,
                end=share.percent.end,
                from_start=share.start,
                from_end=share.end,
            )


def _interval_sums(
    made: partial[Sum],
    read: ReadPassage,
    figures: Sequence[Figure],
    by_sentence: Iterable[list[Share]],
) -> Iterator[Sum]:
    yield from _outside(made, read, figures)
    if _has(read, RESAMPLED) or _has(read, POOLED):
        return
    for share in (share for here in by_sentence for share in here if share.comes_out()):
        found = _interval(read, share)
        if found is None:
            continue
        low, high, level = found
        if verdict := _judged(share, low, high, level):
            ways = intervals(share.k, share.n, level)
            each = ", ".join(
                f"{in_steps(ways[way][0], low.step)} to {in_steps(ways[way][1], high.step)} ({way})"
                for way in SHOWN_METHODS
            )
            yield made(
                kind="interval",
                verdict=verdict,
                words=f"{share.k} of {share.n} have an interval of {each} %; "
                f"{low.shown} to {high.shown} % is {'printed' if verdict == 'differs' else 'one'}.",
                start=low.start,
                end=high.end,
                from_start=min(share.start, share.percent.start),
                from_end=max(share.end, share.percent.end),
            )


def _outside(made: partial[Sum], read: ReadPassage, figures: Sequence[Figure]) -> Iterator[Sum]:
    """A value that its own interval does not hold."""
    for figure in figures:
        if figure.value is None or figure.low is None or figure.high is None:
            continue
        numbers = [
            printed_number(read.low, *match.span())
            for match in DIGITS.finditer(read.low, figure.start, figure.end)
        ]
        value = next((one for one in numbers if one.value == figure.value), None)
        ends = [one for one in numbers if one.value in (figure.low, figure.high)]
        if figure.kind not in WITH_INTERVALS or value is None or len(ends) < 2 or figure.low > figure.high:
            continue
        step = max(value.step, *(one.step for one in ends))
        alike = (figure.value > 1) == (figure.high > 1) or figure.unit is None
        if alike and not figure.low - step <= figure.value <= figure.high + step:
            yield made(
                kind="interval",
                verdict="differs",
                words=f"{value.shown} does not lie between {figure.low:g} and {figure.high:g}, its interval.",
                start=value.start,
                end=value.end,
                from_start=ends[-2].start,
                from_end=ends[-1].end,
            )


def _interval(read: ReadPassage, share: Share) -> tuple[PrintedNumber, PrintedNumber, float] | None:
    """The interval behind a share, in per cent, and its level; only where it is called one."""
    value = share.percent.value
    ends = {share.percent.end, share.end}
    ends |= {end + 1 for end in ends if read.low[end : end + 1] in (")", "]")}
    for place in sorted(ends):
        found = interval_after(read.low, place, value)
        if not found or not CI_LETTERS.search(read.low, place, found[2]):
            continue
        each = [
            printed_number(read.low, *match.span())
            for match in DIGITS.finditer(read.low, place, found[2])
        ]
        low = next((one for one in each if one.value == found[0]), None)
        high = next((one for one in reversed(each) if one.value == found[1]), None)
        if not low or not high or low.value > high.value:
            return None
        if high.value <= 1 and value > 1:
            low, high = _in_percent(low), _in_percent(high)
        level = LEVEL.search(read.low, place, found[2])
        return low, high, float(level[1]) / 100 if level and level.start() < low.start else 0.95
    return None


def _judged(
    share: Share, low: PrintedNumber, high: PrintedNumber, level: float
) -> Verdict | None:
    """Of an interval that some method gives, and of one that lies outside all."""
    ways = intervals(share.k, share.n, level).values()
    if any(low.comes_from(ends[0]) and high.comes_from(ends[1]) for ends in ways):
        return "agrees"
    lows, highs = zip(*ways, strict=True)
    below, above = low.value < min(lows) - low.step, high.value > max(highs) + high.step
    inner = low.value > max(lows) + low.step or high.value < min(highs) - high.step
    # Wider on both sides: lesions of one patient are no independent ones.
    return "differs" if inner or below != above else None


def _table_sums(
    made: partial[Sum],
    read: ReadPassage,
    figures: Sequence[Figure],
    by_sentence: Iterable[list[Share]],
) -> Iterator[Sum]:
    tables = list(_tables(read, figures))
    if not tables or _has(read, POOLED):
        return
    known = {share.percent.start: share for here in by_sentence for share in here}
    pairs = {
        (group.one, group.other)
        for sentence in read.sentences
        for row, group in parts.groups(sentence)
        if row.of == "tests"
    }
    for printed in tables:
        of = {kind: known[number.start] for kind, number in printed.items() if number.start in known}
        if found := _table_verdict(printed, of, pairs):
            verdict, words = found
            places = [(number.start, number.end) for number in printed.values()]
            start, end = min(places)[0], max(places)[1]
            yield made(
                kind="table",
                verdict=verdict,
                words=words,
                start=start,
                end=end,
                from_start=start,
                from_end=end,
            )


def _tables(
    read: ReadPassage, figures: Sequence[Figure]
) -> Iterator[dict[str, PrintedNumber]]:
    """The figures of each sentence that are of one test, as often as it has each."""
    in_table = [figure for figure in figures if figure.kind in IN_TABLE]
    for _, group in groupby(in_table, key=lambda figure: figure.sentence):
        here = list(group)
        shapes = {figure.place[1] for figure in here}
        if len(shapes) > 1 or any(figure.sign or figure.value is None for figure in here):
            continue
        for n in range(shapes.pop()):
            ours = [figure for figure in here if figure.place[0] == n]
            printed = {
                figure.kind: number if figure.unit else _in_percent(number)
                for figure in ours
                if (number := _printed(read, figure))
            }
            units = {bool(figure.unit) for figure in ours}
            if len(printed) == len(ours) and len(units) == 1 and accuracy_tables.is_checked(printed):
                yield printed


def _table_verdict(
    printed: dict[str, PrintedNumber], of: dict[str, Share], pairs: set[tuple[int, int]]
) -> tuple[Verdict, str] | None:
    told = accuracy_tables.told(printed)
    if not accuracy_tables.is_possible(printed):
        return "differs", f"No 2 × 2 table has {told}."
    tables: list[accuracy_tables.Counts] = []
    if {"sensitivity", "specificity"} <= of.keys():
        ill, well = of["sensitivity"], of["specificity"]
        tables = [accuracy_tables.Counts(ill.k, ill.n - ill.k, well.k, well.n - well.k)]
        if "accuracy" in of and of["accuracy"].n != ill.n + well.n:
            return None
    elif len(pairs) == 1 and {"sensitivity", "specificity"} <= printed.keys():
        ((one, other),) = pairs
        tables = [
            *accuracy_tables.of_groups(printed, one, other),
            *accuracy_tables.of_groups(printed, other, one),
        ]
    wrong = [accuracy_tables.wrong(printed, table) for table in tables]
    if wrong and all(wrong):
        tp, fn, tn, fp = tables[0]
        told = accuracy_tables.recomputed(printed, wrong[0])
        return "differs", f"With {tp} of {tp + fn} and {tn} of {tn + fp}, {told}."
    if wrong or len(printed) >= 4:
        return "agrees", f"There is a 2 × 2 table with {told}."
    return None


def _part_sums(made: partial[Sum], read: ReadPassage) -> Iterator[Sum]:
    for sentence in read.sentences:
        for one in parts.parts(sentence):
            comes_out = one.made == one.whole
            if not comes_out and not one.firm:
                continue
            before = counted_numbers(sentence.text[: one.start])
            if not comes_out and parts.explained(one, counted_numbers(read.low), before):
                continue
            at = sentence.start
            terms = " and ".join(map(str, one.parts))
            yield made(
                kind="parts",
                verdict="agrees" if comes_out else "differs",
                words=f"{terms} make {one.made}{'' if comes_out else f', not {one.whole}'}.",
                start=at + one.start,
                end=at + one.end,
                from_start=at + one.from_start,
                from_end=at + one.from_end,
            )
