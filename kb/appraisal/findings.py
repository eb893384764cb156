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

from kb.appraisal.counts import Count, case_patients, counts, title_patient, without_noun
from kb.appraisal.measures import Span
from kb.record.sentences import around
from kb.tagging.vocabulary import NO_WORDS, FieldWords

Kind = Literal["sample_size", "subgroup_size"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A number of patients: ``text[start:end]`` of the passage ``field`` states it, in code points.

    ``unit`` is the noun of the words in lower case (children, cases), else patients; ``n`` the
    patients that the figure rests on; ``sentence`` is the place of the whole, its stop included.
    """

    kind: Kind
    value: float
    n: int
    unit: str
    field: str
    start: int
    end: int
    sentence: Span


def find(passages: Sequence[tuple[str, str]], words: FieldWords = NO_WORDS) -> list[Finding]:
    """The counts of one record in reading order; ``passages`` are (field, text), ``words`` those of
    the field of medicine."""
    order = _order(passages)
    everything = [count for field, text in passages for count in counts(field, text, words)]
    everything = _after_exclusions(everything, order)
    firm = [count for count in everything if count.role in ("whole", "part", "member", "open")]
    if not any(count.role == "whole" for count in firm) and (one := _one(passages, firm)):
        firm = [one, *(count for count in firm if count.role != "open")]
    of_part = max((count.n for count in firm if count.role != "open"), default=0)
    most = max((count.n for count in firm if count.role == "open"), default=0)
    if most >= of_part:
        firm = [_whole(count) if count.n == most else count for count in firm]
    if not any(count.role == "whole" for count in firm):
        firm += _sums(everything, of_part) or ([] if firm else _faint(passages, everything))
    total = max((count.n for count in firm if count.role == "whole"), default=None)
    texts = dict(passages)
    return [
        _finding(count, kind, texts[count.field])
        for count, kind in _sizes(sorted(firm, key=order), total)
    ]


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
    largest = max(
        findings, key=lambda finding: (finding.n, finding.kind == "sample_size"), default=None
    )
    return largest.n if largest and largest.kind == "sample_size" else None


def _one(passages: Sequence[tuple[str, str]], firm: Sequence[Count]) -> Count | None:
    """The patient of a case report, who is described before anybody is counted."""
    order = _order(passages)
    texts = dict(passages)
    patients = [count for field, text in passages for count in case_patients(field, text)]
    patients = patients or list(title_patient(texts.get("title", ""), texts.get("abstract", "")))
    if patients and all(order(patients[0]) < order(other) for other in firm):
        return replace(max(patients, key=lambda count: count.n), role="whole")
    return None


def _whole(count: Count) -> Count:
    return replace(count, role="whole") if count.role != "part" else count


def _sums(everything: Sequence[Count], of_part: int) -> list[Count]:
    """Sets or arms of which a sentence gives each: training (n = 50) and validation (n = 20)."""
    groups = [count for count in everything if count.role == "group"]
    for _, arms in groupby(groups, key=lambda count: (count.field, count.sentence)):
        first, *others = arms
        n = first.n + sum(count.n for count in others)
        if others and n >= of_part:
            return [replace(first, n=n, role="whole", end=others[-1].end)]
    return []


def _faint(passages: Sequence[tuple[str, str]], everything: Sequence[Count]) -> list[Count]:
    """The largest of the counts that are taken only where there are no others."""
    faint = [count for count in everything if count.role == "faint"]
    faint = faint or [count for field, text in passages for count in without_noun(field, text)]
    return [replace(max(faint, key=lambda count: count.n), role="whole")] if faint else []


def _sizes(firm: Iterable[Count], total: int | None) -> Iterator[tuple[Count, Kind]]:
    for count in firm:
        if count.role == "whole":
            yield count, "sample_size"
        elif count.role == "part" or (count.role == "member" and total not in (None, count.n)):
            yield count, "subgroup_size"


def _finding(count: Count, kind: Kind, text: str) -> Finding:
    place = (count.field, count.start, count.end, around(text, count.start, count.end))
    return Finding(kind, float(count.n), count.n, count.unit, *place)
