"""How many patients a paper rests on, from the counts in its title and abstract. Pure.

A count is a sample size where the words say so (enrolled, a total of, n = 43, or it stands in the
title); where they say it of no count, the largest is taken. A share ("113 patients (73%)") or a
group within a larger total is a subgroup; groups are summed where no total is stated. Those from
whom the studied were chosen ("of 640 eligible patients 344 were randomized") are neither. Every
other count is left out. The figures of tests and of survival are read by kb.appraisal.figures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Literal

from kb.appraisal.counts import Count, counts, described, shared, titled
from kb.tagging.vocabulary import NO_WORDS, FieldWords

Kind = Literal["sample_size", "subgroup_size"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A number of patients: ``text[start:end]`` of the passage ``field`` states it, in code points.

    ``unit`` is the noun of the words in lower case (children, cases), else patients; ``n`` the
    patients that the figure rests on.
    """

    kind: Kind
    value: float
    n: int
    unit: str
    field: str
    start: int
    end: int


def find(passages: Sequence[tuple[str, str]], words: FieldWords = NO_WORDS) -> list[Finding]:
    """The counts of one record in reading order; ``passages`` are (field, text), ``words`` those of
    the field of medicine."""
    order = _order(passages)
    everything = [count for field, text in passages for count in counts(field, text, words)]
    everything = _after_exclusions(everything, order)
    firm = [count for count in everything if count.role in ("whole", "part", "member", "open")]
    if not any(count.role == "whole" for count in firm) and (one := _one(passages, firm)):
        firm = [one, *(count for count in firm if count.role != "open")]
    told = max((count.n for count in firm if count.role != "open"), default=0)
    most = max((count.n for count in firm if count.role == "open"), default=0)
    if most >= told:
        firm = [_whole(count) if count.n == most else count for count in firm]
    if not any(count.role == "whole" for count in firm):
        firm += _sums(everything, told) or ([] if firm else _faint(passages, everything))
    total = max((count.n for count in firm if count.role == "whole"), default=None)
    return list(_told(sorted(firm, key=order), total))


def _after_exclusions(
    everything: Sequence[Count], order: Callable[[Count], tuple[int, int]]
) -> list[Count]:
    """Where the words say how many are left, the larger counts before are of those looked at."""
    kept: list[Count] = []
    for count in sorted(everything, key=order):
        if count.role == "final":
            kept = [one for one in kept if one.n <= count.n]
            count = replace(count, role="whole")
        kept.append(count)
    return kept


def _order(passages: Sequence[tuple[str, str]]) -> Callable[[Count], tuple[int, int]]:
    """Reading order."""
    places = {field: place for place, (field, _) in enumerate(passages)}
    return lambda count: (places[count.field], count.start)


def largest_n(findings: Iterable[Finding]) -> int | None:
    """The most patients that a sample size counts.

    None where there is none, or where a subgroup is larger than all: the text does not give the
    whole then.
    """
    largest = max(findings, key=lambda found: (found.n, found.kind == "sample_size"), default=None)
    return largest.n if largest and largest.kind == "sample_size" else None


def _one(passages: Sequence[tuple[str, str]], firm: Sequence[Count]) -> Count | None:
    """The patient of a case report, who is described before anybody is counted."""
    order = _order(passages)
    texts = dict(passages)
    found = [count for field, text in passages for count in described(field, text)]
    found = found or list(titled(texts.get("title", ""), texts.get("abstract", "")))
    if found and all(order(found[0]) < order(other) for other in firm):
        return replace(max(found, key=lambda count: count.n), role="whole")
    return None


def _whole(count: Count) -> Count:
    return replace(count, role="whole") if count.role != "part" else count


def _sums(everything: Sequence[Count], told: int) -> list[Count]:
    """Sets or arms of which a sentence gives each: training (n = 50) and validation (n = 20)."""
    groups = [count for count in everything if count.role == "group"]
    for _, found in groupby(groups, key=lambda count: (count.field, count.sentence)):
        first, *others = found
        n = first.n + sum(count.n for count in others)
        if others and n >= told:
            return [replace(first, n=n, role="whole", end=others[-1].end)]
    return []


def _faint(passages: Sequence[tuple[str, str]], everything: Sequence[Count]) -> list[Count]:
    """The largest of the counts that are taken only where there are no others."""
    faint = [count for count in everything if count.role == "faint"]
    faint = faint or [count for field, text in passages for count in shared(field, text)]
    return [replace(max(faint, key=lambda count: count.n), role="whole")] if faint else []


def _told(firm: Iterable[Count], total: int | None) -> Iterator[Finding]:
    for count in firm:
        if count.role == "whole":
            yield _finding(count, "sample_size")
        elif count.role == "part" or (count.role == "member" and total not in (None, count.n)):
            yield _finding(count, "subgroup_size")


def _finding(count: Count, kind: Kind) -> Finding:
    return Finding(kind, float(count.n), count.n, count.unit, count.field, count.start, count.end)
