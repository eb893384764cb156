"""Whether the figures of a passage add up: percentages beside their counts, intervals of these,
2 × 2 tables, parts of a whole. Pure.

What does not come out is told only where no rounding, no common method and no other number of the
text can explain it; of everything else nothing is said. docs/findings.md has the rules.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from kb.appraisal import accuracy_tables, parts
from kb.appraisal.interval_sums import interval_sums
from kb.appraisal.lexicon import passage
from kb.appraisal.measures import Figure
from kb.appraisal.printed_sums import (
    PrintedNumber,
    Sum,
    Verdict,
    counted_numbers,
    in_steps,
    printed_numbers,
)
from kb.appraisal.share_sums import Share, explained, shares
from kb.appraisal.sum_words import ESTIMATED, POOLED, holds
from kb.reading.passage import ReadPassage, ReadSentence

IN_TABLE = frozenset(accuracy_tables.NAMES)
STOP = re.compile(r"(?<!\bvs)\.\s")
SHARES = IN_TABLE | {"detection-rate"}


def sums(field: str, text: str, figures: Sequence[Figure]) -> list[Sum]:
    """All that could be recomputed in one passage, in reading order; ``figures`` are those of
    ``kb.appraisal.figures`` there."""
    read = passage(text)
    beside = list(_shares(read, figures))
    each = [
        *_share_sums(read, beside),
        *interval_sums(read, figures, beside),
        *_table_sums(read, figures, beside),
        *_part_sums(read),
    ]
    each = [one._replace(field=field) for one in each]
    return sorted(each, key=lambda one: (one.start, one.end, one.kind))


def of_figure(each: Iterable[Sum], field: str, start: int, end: int) -> Verdict | None:
    """Whether a figure comes out; None where that cannot be told."""
    return _verdict(
        one
        for one in each
        if one.kind != "parts" and one.field == field and one.start < end and start < one.end
    )


def of_count(each: Iterable[Sum], kind: str, field: str, start: int, end: int) -> Verdict | None:
    """Whether the parts of a sample size make it, or a subgroup the percentage beside it."""
    of = "parts" if kind == "sample_size" else "share"
    here = [one for one in each if one.kind == of and one.field == field]
    if of == "share":
        return _verdict(one for one in here if one.from_start < end and start < one.from_end)
    return _verdict(one for one in here if one.start < end and start < one.end)


def _verdict(each: Iterable[Sum]) -> Verdict | None:
    verdicts = {one.verdict for one in each}
    return "differs" if "differs" in verdicts else "agrees" if verdicts else None


def _shares(read: ReadPassage, figures: Sequence[Figure]) -> Iterator[list[Share]]:
    """The shares of each sentence, by places in the passage."""
    for sentence in read.sentences:
        here = [figure for figure in figures if _is_in(figure, sentence)]
        decimals = [one for figure in here if (one := _decimal(read, figure, sentence.start))]
        if decimals or "%" in sentence.text or "cent" in sentence.text:
            firm = not any(sentence.finditer(ESTIMATED))
            yield [
                _moved(share, sentence.start)._replace(firm=firm and share.firm)
                for share in shares(sentence.text, decimals)
            ]


def _is_in(figure: Figure, sentence: ReadSentence) -> bool:
    return sentence.start <= figure.start < sentence.start + len(sentence.text)


def _decimal(read: ReadPassage, figure: Figure, start: int) -> PrintedNumber | None:
    """A share of accuracy printed as 0.85, as 85 %, by its place in the sentence."""
    if figure.kind not in SHARES or figure.unit or figure.sign or (figure.value or 2) > 1:
        return None
    number = _printed(read, figure)
    return number and number.in_percent._replace(start=number.start - start, end=number.end - start)


def _printed(read: ReadPassage, figure: Figure) -> PrintedNumber | None:
    """The figure's value as it is printed."""
    each = printed_numbers(read.low, figure.start, figure.end)
    return next((number for number in each if number.value == figure.value), None)


def _moved(share: Share, by: int) -> Share:
    percent = share.percent._replace(start=share.percent.start + by, end=share.percent.end + by)
    return share._replace(percent=percent, start=share.start + by, end=share.end + by)


def _share_sums(read: ReadPassage, by_sentence: Iterable[list[Share]]) -> Iterator[Sum]:
    for here in by_sentence:
        for share in here:
            comes_out = share.comes_out()
            others = set() if comes_out else counted_numbers(read.low)
            if not comes_out and (not share.firm or explained(share, others, here)):
                continue
            printed, exact = share.percent.shown, in_steps(share.exact, share.percent.step)
            told = f"{printed} %" if comes_out else f"{exact} %, not {printed} %"
            yield Sum(
                kind="share",
                verdict="agrees" if comes_out else "differs",
                words=f"{share.k} of {share.n} are {told}.",
                start=share.percent.start,
                end=share.percent.end,
                from_start=share.start,
                from_end=share.end,
            )


def _table_sums(
    read: ReadPassage,
    figures: Sequence[Figure],
    by_sentence: Iterable[list[Share]],
) -> Iterator[Sum]:
    tables = list(_tables(read, figures))
    if not tables or holds(read, POOLED):
        return
    known = {share.percent.start: share for here in by_sentence for share in here}
    pairs = {
        (group.one, group.other)
        for sentence in read.sentences
        for row, group in parts.groups(sentence)
        if row.of == "tests"
    }
    for printed in tables:
        of = {
            kind: known[number.start] for kind, number in printed.items() if number.start in known
        }
        if judged := _table_verdict(printed, of, pairs):
            start = min(number.start for number in printed.values())
            end = max(number.end for number in printed.values())
            yield Sum("table", *judged, start, end, start, end)


def _tables(read: ReadPassage, figures: Sequence[Figure]) -> Iterator[dict[str, PrintedNumber]]:
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
                figure.kind: number if figure.unit else number.in_percent
                for figure in ours
                if (number := _printed(read, figure))
            }
            is_whole = len(printed) == len(ours) and len({bool(one.unit) for one in ours}) == 1
            if is_whole and accuracy_tables.is_checked(printed) and _is_of_one(read, ours):
                yield printed


def _is_of_one(read: ReadPassage, figures: Sequence[Figure]) -> bool:
    """Whether figures are told of one test: in one sentence, also where the next begins without a
    capital, and with no two labels."""
    labels = {read.low[slice(*one.label)] for one in figures if one.label}
    start, end = min(one.start for one in figures), max(one.end for one in figures)
    return len(labels) <= 1 and not STOP.search(read.low, start, end)


def _table_verdict(
    printed: dict[str, PrintedNumber], of: dict[str, Share], pairs: set[tuple[int, int]]
) -> tuple[Verdict, str] | None:
    told = accuracy_tables.told(printed)
    tables: list[accuracy_tables.Counts] = []
    if {"sensitivity", "specificity"} <= of.keys():
        ill, well = of["sensitivity"], of["specificity"]
        tables = [accuracy_tables.Counts(ill.k, ill.n - ill.k, well.k, well.n - well.k)]
        is_of_both = "accuracy" not in of or of["accuracy"].n == ill.n + well.n
        if not (is_of_both and ill.comes_out() and well.comes_out()):
            return None
    if not accuracy_tables.is_possible(printed):
        return "differs", f"No 2 × 2 table has {told}."
    if not tables and len(pairs) == 1 and {"sensitivity", "specificity"} <= printed.keys():
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


def _part_sums(read: ReadPassage) -> Iterator[Sum]:
    for sentence in read.sentences:
        for one in parts.parts(sentence):
            comes_out = one.made == one.whole
            others = set() if comes_out else counted_numbers(read.low)
            before = set() if comes_out else counted_numbers(sentence.text[: one.start])
            if not comes_out and (not one.firm or parts.explained(one, others, before)):
                continue
            at, terms = sentence.start, " and ".join(map(str, one.parts))
            told = f"{one.made}" if comes_out else f"{one.made}, not {one.whole}"
            yield Sum(
                kind="parts",
                verdict="agrees" if comes_out else "differs",
                words=f"{terms} make {told}.",
                start=at + one.start,
                end=at + one.end,
                from_start=at + one.from_start,
                from_end=at + one.from_end,
            )
