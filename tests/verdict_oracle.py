"""How a paper stands, read a second time from docs/standing.md: slow, literal, pair by pair.

Written by other hands than ``kb/notices/verdict.py`` and sharing nothing with it but the shape of
an assertion and the names; where the two differ, the page decides.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from kb.notices.verdict import Assertion

# "the graver nature" of rule 2, gravest first; what is not listed is unknown (rule 1).
GRAVEST_FIRST = ("retraction", "expression_of_concern", "reinstatement", "correction", "other")


class Told(NamedTuple):
    """A counted assertion, with the notice and the date that rule 3 gives it."""

    said: Assertion
    notice: str | None
    date: str | None


def oracle(assertions: Collection[Assertion], checked: bool) -> str:
    """The name of the verdict."""
    known = {a for a in assertions if a.nature in GRAVEST_FIRST}  # rule 1
    known = {a for a in known if not wordless(a, known)}  # rule 2
    counted = {a for a in known if not any(supersedes(b, a) for b in known)}  # rule 2
    told = {completed(a, counted) for a in counted}  # rule 3
    retractions = {t for t in told if t.said.nature == "retraction"}
    concerns = {t for t in told if t.said.nature == "expression_of_concern"}
    reinstatements = {t for t in told if t.said.nature == "reinstatement"}

    undone = {r for r in retractions if any(follows(back, r) for back in reinstatements)}  # rule 4
    standing = retractions - undone
    contradicted = {r for r in standing if any(undecided(back, r) for back in reinstatements)}
    contradicted |= {r for r in standing if disputed(r.notice, told)}  # rules 5 and 6

    # Rule 7, row by row.
    if standing - contradicted:
        return "retracted"
    if contradicted:
        return "contradictory"
    if any(not any(follows(back, c) for back in reinstatements) for c in concerns):
        return "expression of concern"
    if reinstatements:
        return "reinstated"
    if any(a.nature == "correction" for a in counted):
        return "corrected"
    return "none known" if checked or assertions else "never checked"


# Rule 2


def supersedes(newer: Assertion, older: Assertion) -> bool:
    """Whether two are states of one record, and the first is the newer."""
    if older.record is None or newer.record != older.record:
        return False
    if keeper(newer.witness) != keeper(older.witness):
        return False
    if newer.asked != older.asked:
        return as_written(newer.asked) > as_written(older.asked)
    if newer.date != older.date:
        return as_written(newer.date) > as_written(older.date)
    if newer.place != older.place:
        return newer.place > older.place
    if newer.nature != older.nature:
        return GRAVEST_FIRST.index(newer.nature) < GRAVEST_FIRST.index(older.nature)
    return newer.notice is not None and older.notice is None


def wordless(a: Assertion, known: Collection[Assertion]) -> bool:
    """Whether Crossref hands it on of a record that the file now calls a reinstatement."""
    of_file = [b for b in known if b.witness == "retraction-watch" and b.record == a.record]
    now = [b for b in of_file if not any(supersedes(c, b) for c in of_file)]
    reinstated = any(b.nature == "reinstatement" for b in now)
    return a.witness == "crossref-retraction-watch" and a.record is not None and reinstated


def keeper(witness: str) -> str:
    """Whose record ids a witness hands on."""
    return "retraction-watch" if witness == "crossref-retraction-watch" else witness


def as_written(date: str | None) -> list[int]:
    """None before a year, a year before its months, a month before its days."""
    return [] if date is None else [int(part) for part in date.split("-")]


# Rule 3


def completed(a: Assertion, counted: Collection[Assertion]) -> Told:
    """An assertion with what rule 3 adds to it: nothing, where it is no retraction."""
    if a.nature != "retraction" or a.date is not None:
        return Told(a, a.notice, a.date)
    if a.notice is not None:
        return Told(a, a.notice, date_of(a.notice, counted))
    named = {
        b.notice for b in counted if b != a and b.nature == "retraction" and b.notice is not None
    }
    if len(named) != 1:
        return Told(a, None, None)
    (notice,) = named
    return Told(a, notice, date_of(notice, counted))


def date_of(notice: str, counted: Collection[Assertion]) -> str | None:
    others = (b for b in counted if b.notice == notice and b.nature != "reinstatement")
    dates = [b.date for b in others if b.date is not None]
    return min(dates, key=as_written, default=None)


# Rule 4


def after(one: str | None, other: str | None) -> bool:
    """Whether both dates are known, and the first is after the second as far as both go."""
    for here, there in zip(as_written(one), as_written(other), strict=False):
        if here != there:
            return here > there
    return False


def follows(back: Told, doubt: Told) -> bool:
    """Whether a reinstatement is later than a retraction or a concern."""
    if after(back.date, doubt.date):
        return True
    same = back.notice is not None and back.notice == doubt.notice
    return same and doubt.date is None


def undecided(back: Told, retraction: Told) -> bool:
    """Whether it cannot be told which came first."""
    return not follows(back, retraction) and not after(retraction.date, back.date)


# Rules 5 and 6


def disputed(notice: str | None, told: Collection[Told]) -> bool:
    """Whether the witnesses contradict each other about what a notice is."""
    if notice is None:
        return False
    of_it = [t.said for t in told if t.notice == notice]
    sure = {a.nature for a in of_it if a.witness in ("pubmed", "person")}
    called = {a.nature for a in of_it}
    if "retraction" in sure:  # rule 5
        return False
    return "retraction" in called and bool(called & {"expression_of_concern", "correction"})
