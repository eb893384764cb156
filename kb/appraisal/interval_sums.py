"""Whether a printed interval is one of its share, and holds its value. Pure.

An interval agrees where one of the common methods gives both its ends as rounded. It differs where
an end lies within what all of them leave out, or the whole is far wider than all. One that is a
little wider is left alone: lesions of one patient are no independent ones, and an interval that
minds this is wider.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from kb.appraisal.binomial import intervals
from kb.appraisal.measures import Figure
from kb.appraisal.printed_sums import PrintedNumber, Sum, Verdict, in_steps, printed_numbers
from kb.appraisal.share_sums import Share
from kb.appraisal.sum_words import POOLED, RESAMPLED, holds
from kb.appraisal.values import CI_LETTERS, interval_after
from kb.reading.passage import ReadPassage

WITHOUT = {"cutoff", "p"}  # their two ends are no interval
LEVEL = re.compile(r"\b(9[059](?:\.\d)?)\s?%")
MUCH_WIDER = 1.6  # than by the widest method: as if of two patients in five
SHOWN_METHODS = ("exact", "Wilson", "Wald")


class PrintedInterval(NamedTuple):
    """Both ends in per cent; ``level`` is 0.95 where the text says no other."""

    low: PrintedNumber
    high: PrintedNumber
    level: float


def interval_sums(
    read: ReadPassage, figures: Sequence[Figure], shares: Iterable[Iterable[Share]]
) -> Iterator[Sum]:
    """The intervals of a passage, of figures and of shares beside their counts."""
    yield from (each for figure in figures if (each := _outside(read, figure)))
    if holds(read, RESAMPLED) or holds(read, POOLED):
        return
    for share in (share for here in shares for share in here if share.comes_out()):
        interval = _interval(read, share)
        verdict = interval and judged(share.k, share.n, interval)
        if interval and verdict:
            yield Sum(
                kind="interval",
                verdict=verdict,
                words=_told(share, interval, verdict),
                start=interval.low.start,
                end=interval.high.end,
                from_start=min(share.start, share.percent.start),
                from_end=max(share.end, share.percent.end),
            )


def _told(share: Share, interval: PrintedInterval, verdict: Verdict) -> str:
    ways = intervals(share.k, share.n, interval.level)
    each = ", ".join(
        f"{in_steps(ways[way][0], interval.low.step)} to"
        f" {in_steps(ways[way][1], interval.high.step)} % ({way})"
        for way in SHOWN_METHODS
    )
    printed = f"{interval.low.shown} to {interval.high.shown} %"
    if verdict == "agrees":
        return f"{printed} is an interval of {share.k} of {share.n}."
    return f"{share.k} of {share.n} have an interval of {each}, not {printed}."


def _outside(read: ReadPassage, figure: Figure) -> Sum | None:
    """A value that its own interval does not hold."""
    value, low, high = figure.value, figure.low, figure.high
    if figure.kind in WITHOUT or value is None or low is None or high is None or low > high:
        return None
    numbers = printed_numbers(read.low, figure.start, figure.end)
    first = next((one for one in numbers if one.value == value), None)
    ends = [one for one in numbers if one.value in (low, high)]
    if first is None or len(ends) < 2:
        return None
    step = max(first.step, *(one.step for one in ends))
    in_one_unit = figure.unit is None or (value > 1) == (high > 1)
    if not in_one_unit or low - step <= value <= high + step:
        return None
    words = f"{first.shown} does not lie between {low:g} and {high:g}, the ends of its interval."
    place = (first.start, first.end, ends[-2].start, ends[-1].end)
    return Sum("interval", "differs", words, *place)


def _interval(read: ReadPassage, share: Share) -> PrintedInterval | None:
    """The interval behind a share; only where it is called one."""
    behind = {share.percent.end, share.end}
    behind |= {end + 1 for end in behind if read.low[end : end + 1] in (")", "]")}
    for place in sorted(behind):
        ends = interval_after(read.low, place, share.percent.value)
        if not ends or not CI_LETTERS.search(read.low, place, ends[2]):
            continue
        each = printed_numbers(read.low, place, ends[2])
        low = next((one for one in each if one.value == ends[0]), None)
        high = next((one for one in reversed(each) if one.value == ends[1]), None)
        if low is None or high is None or low.value > high.value:
            return None
        if high.value <= 1 < share.percent.value:
            low, high = low.in_percent, high.in_percent
        level = LEVEL.search(read.low, place, low.start)
        return PrintedInterval(low, high, float(level[1]) / 100 if level else 0.95)
    return None


def judged(k: int, n: int, interval: PrintedInterval) -> Verdict | None:
    """Whether some method gives the interval of k in n, or it lies outside all; None between."""
    low, high, level = interval
    ways = intervals(k, n, level).values()
    if any(low.comes_from(ends[0]) and high.comes_from(ends[1]) for ends in ways):
        return "agrees"
    lows, highs = zip(*ways, strict=True)
    within = low.value > max(lows) + low.step or high.value < min(highs) - high.step
    widest = max(high - low for low, high in ways) + low.step + high.step
    return "differs" if within or high.value - low.value > MUCH_WIDER * widest else None
