"""How a work stands: what the witnesses stated of it, weighed (docs/standing.md). Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from kb.notices.changes import Told
from kb.notices.integrity import CONTRADICTORY as CONTRADICTORY_KIND
from kb.notices.integrity import UNKNOWN_KIND, IntegrityNotice, Stated
from kb.notices.verdict import (
    CONCERN,
    CONTRADICTORY,
    CORRECTION,
    ENDS,
    OTHER,
    REINSTATEMENT,
    RETRACTED,
    RETRACTION,
    UNKNOWN,
    VERDICTS,
    Assertion,
    Verdict,
    verdict,
)

# What kinds of notices assert; those that are not here say nothing of what a paper is worth.
NATURES = {
    "retraction": RETRACTION,
    "expression_of_concern": CONCERN,
    "reinstatement": REINSTATEMENT,
    "erratum": CORRECTION,
    UNKNOWN_KIND: UNKNOWN,
}
# A republication is of the same paper or of a corrected one: the word tells.
CORRECTED_AGAIN = "CorrectedandRepublished"
ENDED = {"retraction": "retracted", "expression_of_concern": "in doubt"}


class Standing(NamedTuple):
    """The verdict on a work, and each statement with what it asserts, in a fixed order."""

    verdict: Verdict
    stated: list[tuple[Stated, Assertion]]


class Said(NamedTuple):
    """A statement, the run that read it, and the later run that read something in its place."""

    run: int
    date: str
    stated: Stated
    until: int | None


def by_work(stated: Iterable[Stated]) -> dict[str, list[Stated]]:
    """In the order of the works' identifiers."""
    of_works: defaultdict[str, list[Stated]] = defaultdict(list)
    for each in stated:
        of_works[each.notice.work].append(each)
    return dict(sorted(of_works.items()))


def weigh(stated: Iterable[Stated], names: Mapping[str, int], checked: bool) -> Standing:
    """How one work stands; ``names`` are PMIDs by DOI, for notices that one witness names by the
    one and another by the other; ``checked`` whether any witness was asked about the work."""
    once = _once(stated)
    names = {**_told_names(once), **names}
    asserted = [(each, _assertion(each, names)) for each in once]
    drawn = verdict((assertion for _, assertion in asserted), checked)
    sure = [assertion for each, assertion in asserted if not each.unsure]
    if len(sure) < len(asserted):
        drawn = _with_and_without(drawn, verdict(sure, checked))
    return Standing(drawn, asserted)


def _with_and_without(every: Verdict, sure: Verdict) -> Verdict:
    """Rule 8: of the verdicts drawn with and without what may be about another work."""
    if every.verdict == sure.verdict:
        return every
    stands = {each for each in sure.counted if each not in sure.undone}
    drawn = min(every, sure, key=lambda drawn: VERDICTS.index(drawn.verdict))._replace(
        counted=tuple(dict.fromkeys((*every.counted, *sure.counted))),
        undone=tuple(each for each in every.undone if each not in stands),
        unknown=every.unknown,
    )
    if drawn.verdict not in (RETRACTED, CONTRADICTORY):
        return drawn
    rule = "whether it is retracted hangs on a statement whose PMID and DOI are of two works"
    basis = tuple(dict.fromkeys((*every.basis, *sure.basis)))
    return drawn._replace(verdict=CONTRADICTORY, rule=rule, basis=basis)


def _once(stated: Iterable[Stated]) -> list[Stated]:
    """Of statements that differ only in when they were made, the last."""
    last: dict[Stated, Stated] = {}
    for each in stated:
        what = each._replace(notice=each.notice._replace(checked=None), place=0)
        last[what] = max(last.get(what, each), each, key=_when)
    return sorted(last.values(), key=repr)


def _when(stated: Stated) -> tuple[str, int]:
    return stated.notice.checked or "", stated.place


def _told_names(stated: Iterable[Stated]) -> dict[str, int]:
    """PMIDs by DOI of notices that a statement names by both, where all name the same."""
    pmids_of: defaultdict[str, set[int]] = defaultdict(set)
    for notice, *_ in stated:
        if notice.notice_pmid and notice.notice_doi:
            pmids_of[notice.notice_doi].add(notice.notice_pmid)
    return {doi: min(pmids) for doi, pmids in pmids_of.items() if len(pmids) == 1}


def _assertion(stated: Stated, names: Mapping[str, int]) -> Assertion:
    notice = stated.notice
    nature = NATURES.get(notice.kind, OTHER)
    if stated.wrote.startswith(CORRECTED_AGAIN):
        nature = CORRECTION
    which = _written(notice.notice_pmid, notice.notice_doi, names)
    date, asked = notice.date, notice.checked
    return Assertion(stated.witness, stated.record, nature, date, which, asked, stated.place)


def _written(pmid: int | None, doi: str | None, names: Mapping[str, int]) -> str | None:
    """A notice in one way, whoever names it: by its PMID where that is known."""
    pmid = names.get(doi or "", pmid)
    return f"pmid:{pmid}" if pmid else f"doi:{doi}" if doi else None


def shown(standing: Standing) -> Iterator[tuple[Stated, IntegrityNotice]]:
    """The notices that the verdict leaves, each with the statement that it is from: none of what is
    superseded or unknown, what was undone as part of the reinstatement, and a retraction that does
    not stand beyond doubt as contradictory."""
    drawn = standing.verdict
    counted, undone, basis = map(frozenset, (drawn.counted, drawn.undone, drawn.basis))
    for stated, assertion in standing.stated:
        notice = stated.notice
        if assertion not in counted:
            continue
        if assertion.nature in ENDS and assertion in undone:
            text = f"{ENDED[notice.kind]} {notice.date or 'before'}, reinstated since"
            notice = notice._replace(kind="reinstatement", text=text)
        elif assertion.nature == RETRACTION and not (
            drawn.verdict == RETRACTED and assertion in basis
        ):
            notice = notice._replace(kind=CONTRADICTORY_KIND)
        yield stated, notice


def as_told(said: Iterable[Said], names: Mapping[str, int]) -> Iterator[Told]:
    """The notices of each work as every run that told of it left them."""
    of_works: defaultdict[str, list[Said]] = defaultdict(list)
    for each in said:
        of_works[each.stated.notice.work].append(each)
    for of_work in of_works.values():
        for run in sorted({each.run for each in of_work}):
            known = [each for each in of_work if each.run <= run and run < (each.until or run + 1)]
            when = _dates(each for each in of_work if each.run == run)
            for stated, notice in shown(weigh((each.stated for each in known), names, True)):
                date = when.get(stated.notice._replace(checked=None)) or min(when.values())
                yield Told(run, date, notice)


def _dates(said: Iterable[Said]) -> dict[IntegrityNotice, str]:
    """When a run first read each notice."""
    first: dict[IntegrityNotice, str] = {}
    for each in said:
        notice = each.stated.notice._replace(checked=None)
        first[notice] = min(each.date, first.get(notice, each.date))
    return first
