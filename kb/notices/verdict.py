"""One verdict per work from what five witnesses assert. Pure.

The rules are those of docs/standing.md, by number. Crossref goes on serving a retraction after the
paper was reinstated, and serves an old and a new state of one Retraction Watch record side by side;
so that no statement counts by being there, and each is weighed against the others.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

PUBMED = "pubmed"
CROSSREF_PUBLISHER = "crossref-publisher"
CROSSREF_WATCH = "crossref-retraction-watch"
WATCH = "retraction-watch"
PERSON = "person"
WITNESSES = (PUBMED, CROSSREF_PUBLISHER, CROSSREF_WATCH, WATCH, PERSON)
SUFFICE = (PUBMED, PERSON)  # rule 5

RETRACTION, CONCERN = "retraction", "expression_of_concern"
REINSTATEMENT, CORRECTION = "reinstatement", "correction"
OTHER, UNKNOWN = "other", "unknown"
NATURES = (RETRACTION, CONCERN, REINSTATEMENT, CORRECTION, OTHER, UNKNOWN)

# What a reinstatement undoes, in words.
UNDONE_WORDS = {RETRACTION: "retraction", CONCERN: "expression of concern"}
ENDS = tuple(UNDONE_WORDS)

RETRACTED, CONTRADICTORY, DOUBTED = "retracted", "contradictory", "expression of concern"
REINSTATED, CORRECTED = "reinstated", "corrected"
NONE_KNOWN, NEVER_CHECKED = "none known", "never checked"
VERDICTS = (*(RETRACTED, CONTRADICTORY, DOUBTED, REINSTATED, CORRECTED, NONE_KNOWN, NEVER_CHECKED),)


class VerdictMark(NamedTuple):
    """What marks a work: as a flag on pages, behind its title where it is cited, and in text."""

    flag: str
    cited: str
    told: str


# By the verdict, wherever a work is named; the verdicts that are not here have nothing to mark.
MARKS = {
    RETRACTED: VerdictMark("Retracted", "retracted", "RETRACTED"),
    CONTRADICTORY: VerdictMark(
        "Contradictory", "retracted as some say", "CONTRADICTORY AS TO RETRACTION"
    ),
    DOUBTED: VerdictMark("Expression of concern", "expression of concern", "EXPRESSION OF CONCERN"),
    REINSTATED: VerdictMark("Reinstated", "reinstated", "REINSTATED"),
    CORRECTED: VerdictMark("Corrected", "corrected", "CORRECTED"),
}
ALARMS = (RETRACTED, CONTRADICTORY, DOUBTED)  # what nobody should rely on unread


class Assertion(NamedTuple):
    """What a witness states of a work. ``record`` is the witness's own id of it; ``nature`` one of
    NATURES; ``date`` that of the notice, ISO 8601 as far as known; ``notice`` its ``pmid:`` or
    ``doi:``; ``asked`` the day on which the witness last said so, null where only files hold it;
    ``place`` orders the assertions of one answer."""

    witness: str
    record: str | None
    nature: str
    date: str | None
    notice: str | None
    asked: str | None
    place: int


class Verdict(NamedTuple):
    """``verdict`` is one of VERDICTS, ``rule`` says in words why, ``basis`` are the assertions that
    it rests on, ``unknown`` those that decide nothing because nobody knows what they mean,
    ``counted`` the newest state of each record, and ``undone`` the retractions and concerns among
    them that a later reinstatement undoes."""

    verdict: str
    rule: str
    basis: tuple[Assertion, ...]
    unknown: tuple[Assertion, ...]
    counted: tuple[Assertion, ...]
    undone: tuple[Assertion, ...]


class _Notice(NamedTuple):
    """An assertion with what others tell of its notice (rule 3)."""

    assertion: Assertion
    notice: str | None
    date: str | None


def verdict(assertions: Iterable[Assertion], checked: bool) -> Verdict:
    """The verdict on one work; ``checked`` tells whether any witness was asked about it at all."""
    every = set(assertions)
    unknown = {each for each in every if each.nature == UNKNOWN}
    counted = _current(every - unknown)
    notices = _dated(counted)
    name, rule, basis = _decided(notices)
    if not basis and not (checked or every):
        name, rule = NEVER_CHECKED, "no witness was asked"
    reinstatements = [each for each in notices if each.assertion.nature == REINSTATEMENT]
    ended = _of(n for n in notices if n.assertion.nature in ENDS and _undone(n, reinstatements))
    return Verdict(name, rule, *map(_in_order, (basis, unknown, counted, ended)))


def _in_order(assertions: Iterable[Assertion]) -> tuple[Assertion, ...]:
    return tuple(sorted(assertions, key=lambda each: tuple(str(value or "") for value in each)))


def _current(known: Iterable[Assertion]) -> list[Assertion]:
    """Rule 2: the newest state of each record; several where they differ in the notice alone."""
    states: dict[object, list[Assertion]] = {}
    for each in known:
        holder = WATCH if each.witness == CROSSREF_WATCH else each.witness
        states.setdefault((holder, each.record) if each.record else each, []).append(each)
    return [each for of_one in states.values() for each in _newest(_sayable(of_one))]


def _newest(states: Sequence[Assertion]) -> list[Assertion]:
    age = max(map(_age, states))
    return [each for each in states if _age(each) == age]


def _sayable(states: Sequence[Assertion]) -> Sequence[Assertion]:
    """Without what Crossref hands on of a record that its keeper calls a reinstatement."""
    kept = [each for each in states if each.witness == WATCH]
    is_reinstated = bool(kept) and _newest(kept)[0].nature == REINSTATEMENT
    return kept if is_reinstated else states


def _age(assertion: Assertion) -> tuple[str, str, int, int, bool]:
    graver = -NATURES.index(assertion.nature)
    newer = (assertion.asked or "", assertion.date or "", assertion.place, graver)
    return *newer, assertion.notice is not None


def _dated(counted: Sequence[Assertion]) -> list[_Notice]:
    """Rule 3: retractions without a date, and those without a notice too, take it from others."""
    named = {each.notice for each in counted if each.nature == RETRACTION and each.notice}
    only = next(iter(named)) if len(named) == 1 else None
    dates: dict[str | None, str] = {}
    for each in counted:
        if each.notice and each.date and each.nature != REINSTATEMENT:
            dates[each.notice] = min(each.date, dates.get(each.notice, each.date))
    return [_known(each, only, dates) for each in counted]


def _known(each: Assertion, only: str | None, dates: Mapping[str | None, str]) -> _Notice:
    if each.nature != RETRACTION or each.date:
        return _Notice(each, each.notice, each.date)
    notice = each.notice or only
    return _Notice(each, notice, dates.get(notice))


def _decided(notices: Sequence[_Notice]) -> tuple[str, str, set[Assertion]]:
    """Rules 4 to 7: the verdict, why, and what it rests on."""
    by_nature = {nature: [n for n in notices if n.assertion.nature == nature] for nature in NATURES}
    reinstatements = by_nature[REINSTATEMENT]
    ends = [(each, _undone(each, reinstatements)) for each in by_nature[RETRACTION]]
    unclear = [each for each, undone in ends if undone is None]
    standing = [each for each, undone in ends if undone is False]
    disputed = [each for each in standing if _is_disputed(each, notices)]
    agreed = [each for each in standing if each not in disputed]
    if agreed:
        return RETRACTED, "a retraction stands, undone by no later reinstatement", _of(agreed)
    if unclear:
        rule = "whether the retraction or the reinstatement is later cannot be told"
        return CONTRADICTORY, rule, _of([*unclear, *reinstatements])
    if disputed:
        about = {each.notice for each in disputed}
        rule = (
            "witnesses give one notice different natures, and neither PubMed nor a person calls it "
            "a retraction"
        )
        return CONTRADICTORY, rule, _of(each for each in notices if each.notice in about)
    concerns = [each for each in by_nature[CONCERN] if not _undone(each, reinstatements)]
    if concerns:
        return DOUBTED, "an expression of concern stands", _of(concerns)
    if reinstatements:
        undone = [*by_nature[RETRACTION], *by_nature[CONCERN]]
        rule = _undone_by_reinstatement({each.assertion.nature for each in undone})
        return REINSTATED, rule, _of([*reinstatements, *undone])
    if corrections := by_nature[CORRECTION]:
        return CORRECTED, "a correction is stated, and nothing graver", _of(corrections)
    return NONE_KNOWN, "witnesses state nothing that decides", set()


def _undone_by_reinstatement(natures: Collection[str]) -> str:
    named = [words for nature, words in UNDONE_WORDS.items() if nature in natures]
    if not named:
        return "a reinstatement is stated, and no retraction"
    return f"a reinstatement is later than every {' and every '.join(named)}"


def _of(notices: Iterable[_Notice]) -> set[Assertion]:
    return {each.assertion for each in notices}


def _undone(notice: _Notice, reinstatements: Iterable[_Notice]) -> bool | None:
    """Whether any reinstatement undoes it; None where that cannot be told."""
    ends = [_undoes(reinstatement, notice) for reinstatement in reinstatements]
    return True if True in ends else None if None in ends else False


def _undoes(reinstatement: _Notice, notice: _Notice) -> bool | None:
    """Rule 4; None where it cannot be told which came first."""
    if notice.date and reinstatement.date:
        written = min(len(notice.date), len(reinstatement.date))
        before, after = notice.date[:written], reinstatement.date[:written]
        if before != after:
            return before < after
    named = not notice.date and notice.notice and notice.notice == reinstatement.notice
    return True if named else None


def _is_disputed(retraction: _Notice, notices: Sequence[_Notice]) -> bool:
    """Rule 6: others call the notice something less, and no witness whose word suffices (rule 5)
    calls it a retraction."""
    same = [each.assertion for each in notices if each.notice and each.notice == retraction.notice]
    calls = same or [retraction.assertion]
    suffices = any(each.witness in SUFFICE and each.nature == RETRACTION for each in calls)
    return not suffices and any(each.nature in (CONCERN, CORRECTION) for each in calls)
