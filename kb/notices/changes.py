"""What each run changed: papers that are new, revised, retracted, doubted, corrected. Pure.

A change is one of state between two runs: a paper that was retracted before it was first harvested
is new, and not newly retracted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from itertools import pairwise
from typing import NamedTuple

from kb.notices.integrity import CONTRADICTORY, IntegrityNotice
from kb.record.article import Article


class Version(NamedTuple):
    """A version of a record, and the run that first read it; ``date`` is UTC, to the second."""

    run: int
    date: str
    article: Article


class Told(NamedTuple):
    """A notice, and a run that read a statement of it."""

    run: int
    date: str
    notice: IntegrityNotice


class Change(NamedTuple):
    run: int
    pmid: int
    kind: str
    date: str
    detail: str | None


EVENTS = {
    "retraction": "retracted",
    "expression_of_concern": "doubted",
    CONTRADICTORY: "doubted",
    "reinstatement": "reinstated",
    "erratum": "corrected",
    "republication": "corrected",
}
# The same words a second time.
TWINS = {"title_html": "title", "abstract_html": "abstract", "pub_date_text": "pub_date"}


def of_record(versions: Sequence[Version]) -> Iterator[Change]:
    """New at the first version, revised at each later one, with the fields that differ."""
    ordered = sorted(versions, key=lambda version: (version.run, version.date))
    first = ordered[0]
    yield Change(first.run, first.article.pmid, "new", first.date, None)
    for before, after in pairwise(ordered):
        changed = ", ".join(revised(before.article, after.article)) or None
        yield Change(after.run, after.article.pmid, "revised", after.date, changed)


def revised(before: Article, after: Article) -> list[str]:
    """Names of the fields that differ, as they are called in kb.db."""
    differ = [
        field.name
        for field in fields(Article)
        if getattr(before, field.name) != getattr(after, field.name)
    ]
    return [name for name in differ if TWINS.get(name) not in differ]


def of_notices(told: Iterable[Told], first_read: Mapping[int, int]) -> Iterator[Change]:
    """What notices changed for papers that an earlier run had read: at the run that told it first.

    ``first_read`` is the run that first read each paper.
    """
    seen: set[tuple[int, str, int | str | None]] = set()
    for run, date, notice in sorted(told, key=_in_time):
        pmid, event = notice.pmid, EVENTS.get(notice.kind)
        if event and pmid and pmid in first_read:
            own = (pmid, event, _which(notice) if event == "corrected" else None)
            # The same correction told without its number is no further one.
            known = own in seen or (own[2] is None and any(s[:2] == own[:2] for s in seen))
            seen.add(own)
            if not known and run > first_read[pmid]:
                yield Change(run, pmid, event, date, _detail(notice))


def _in_time(told: Told) -> tuple[int, bool, str]:
    """By run; those with a number first, and then in one fixed order."""
    return told.run, _which(told.notice) is None, repr(told)


def _which(notice: IntegrityNotice) -> int | str | None:
    return notice.notice_pmid or notice.notice_doi


def _detail(notice: IntegrityNotice) -> str:
    which = f"PMID {notice.notice_pmid}" if notice.notice_pmid else notice.notice_doi
    return ", ".join(filter(None, (notice.kind.replace("_", " "), which, notice.source)))


def merged(changes: Iterable[Change]) -> list[Change]:
    """One change for each run, paper and kind, in that order: the first, with all details."""
    first: dict[tuple[int, int, str], Change] = {}
    for change in sorted(changes, key=lambda c: (*c[:4], c.detail or "")):
        before = first.setdefault(change[:3], change)
        if change.detail and change.detail not in (before.detail or ""):
            details = "; ".join(filter(None, (before.detail, change.detail)))
            first[change[:3]] = before._replace(detail=details)
    return list(first.values())


def withdrawn(
    withdrawals: Iterable[tuple[int, int, str]], last_read: Mapping[int, str]
) -> Iterator[Change]:
    """When papers went: the first of the withdrawals (PMID, run, date) since each was last read."""
    gone: dict[int, str] = {}
    for pmid, run, date in sorted(withdrawals, key=lambda each: each[1]):
        if pmid not in gone or gone[pmid] < last_read.get(pmid, "") <= date:
            yield Change(run, pmid, "withdrawn", date, None)
        gone[pmid] = date
