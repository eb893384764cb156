"""How many patients a paper rests on, from the counts in its title and abstract. Pure.

A count is a sample size where the words say so (enrolled, a total of, n = 43, or it stands in the
title); where they say it of no count, the largest is taken. A share ("113 patients (73%)") or a
group within a larger total is a subgroup; groups are summed where no total is stated. Those from
whom the studied were chosen ("of 640 eligible patients 344 were randomized") are neither. Every
other count is left out. The figures of tests and of survival are read by kb.appraisal.figures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Literal

from kb.appraisal import people
from kb.appraisal.counts import Count, case_patients, counts, title_patient, without_noun
from kb.appraisal.lexicon import passage
from kb.appraisal.measures import Span
from kb.reading.literals import Finder
from kb.record.sentences import around
from kb.tagging.vocabulary import NO_WORDS, FieldWords

WITH_PEOPLE = {"faint", "group", "member", "part"}  # that count nobody where nobody is named
LEFT_AT_LEAST = 0.7  # of those counted before, where the rest were not analysed
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
    texts = dict(passages)
    everything = list(_of_people(everything, texts))
    everything = _after_exclusions(_less_excluded(everything, order), order)
    firm = [count for count in everything if count.role in ("whole", "part", "member", "open")]
    if not any(count.role == "whole" for count in firm) and (one := _one(passages, firm)):
        firm = [one, *(count for count in firm if count.role != "open")]
    firm = _without_later(firm, order)
    of_part = max((count.n for count in firm if count.role != "open"), default=0)
    most = max((count.n for count in firm if count.role == "open"), default=0)
    if most >= of_part:
        firm = [_whole(count) if count.n == most else count for count in firm]
    if not any(count.role == "whole" for count in firm):
        firm += _sums(everything, of_part) or ([] if firm else _faint(passages, everything))
    total = max((count.n for count in firm if count.role == "whole"), default=None)
    return [
        _finding(count, kind, texts[count.field])
        for count, kind in _sizes(sorted(firm, key=order), total)
    ]


def _without_later(firm: Sequence[Count], order: Callable[[Count], tuple[int, int]]) -> list[Count]:
    """Where the first that are counted are those of the paper, more who follow are others'."""
    first = min(firm, key=order, default=None)
    if not first or first.role != "whole":
        return list(firm)
    place = first.field, first.sentence
    return [
        count
        for count in firm
        if count.role != "open" or count.n <= first.n or (count.field, count.sentence) == place
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
        elif count.role in ("analysed", "definite"):
            most = max((one.n for one in kept if one.role in ("whole", "open")), default=0)
            is_most = most * LEFT_AT_LEAST <= count.n
            kept = [one for one in kept if one.n <= count.n] if is_most else kept
            count = replace(count, role="whole" if is_most else "open")
        kept.append(count)
    return kept


def _less_excluded(
    everything: Sequence[Count], order: Callable[[Count], tuple[int, int]]
) -> list[Count]:
    """Those who are left when some of all counted before were excluded: where the text counts them
    too, or else by subtraction."""
    gone = [count for count in everything if count.role in ("excluded", "lost")]
    others = [replace(one, role="member") if one in gone else one for one in everything]
    if not gone or any(count.role == "final" for count in everything):
        return others
    if any(count.field == "title" for count in everything):
        gone = [count for count in gone if count.role == "excluded"]
    before = _before(gone[0], everything, order) if gone else ()
    pool = max(before, key=lambda count: count.n, default=None)
    if not pool:
        return others
    total = sum(count.n for count in gone)
    for less in (total, *(count.n for count in gone)):
        left = [count for count in everything if count.n == pool.n - less]
        if left and 2 * less < pool.n:
            return [one for one in others if one.n <= left[0].n] + [replace(left[0], role="final")]
    if len(gone) == 1 and gone[0].role == "excluded" and 2 * total < pool.n:
        whole = replace(pool, n=pool.n - total, end=gone[0].end, role="final")
        return [one for one in others if one.n < pool.n] + [whole]
    return others


def _before(
    gone: Count, everything: Iterable[Count], order: Callable[[Count], tuple[int, int]]
) -> Iterator[Count]:
    """What the passage may have counted as its patients before some were left out."""
    for count in everything:
        is_pool = count.role in ("whole", "open") and count.field == gone.field
        if is_pool and order(count) < order(gone):
            yield count


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


def _of_people(everything: Iterable[Count], texts: Mapping[str, str]) -> Iterator[Count]:
    """Counts that are of people, where any are named; definite ones only beside some who were left
    out."""
    for count in everything:
        if count.role in WITH_PEOPLE and not _says(texts, people.NAMED, people.MODEL_SETS):
            continue
        if count.role == "definite" and not _says(texts, people.LEFT_OUT):
            count = replace(count, role="open")
        yield count


def _says(texts: Mapping[str, str], *words: Finder) -> bool:
    return any(
        each in passage(text).possible and each.pattern.search(passage(text).low)
        for text in texts.values()
        for each in words
    )


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
