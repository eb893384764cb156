"""Which work a printed reference is. Pure: it knows the works of the corpus and nothing else.

In order: the reference's own PMID, its DOI (given or in its text), its PMCID, and its text against
the harvested papers and the works that others cite with a PMID, where one alone agrees
(``kb.citations.agreement``). What is not resolved stays, as itself.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from kb.citations.agreement import Agreement, compare, compare_misplaced
from kb.citations.citation import Citable, Citation
from kb.ids import find_doi
from kb.record.article import Reference

NAMED = 3

T = TypeVar("T")


class Resolution(NamedTuple):
    """``method`` says what decided, ``none`` where nothing did.

    ``score`` is 1 for an identifier; for a text it is how much of the paper's title stands in it,
    from 0 to 1, and low where the citation prints no title.
    """

    work: str
    method: str
    score: float | None
    reason: str


@dataclass(frozen=True)
class CitableIndex:
    """The harvested papers by identifier; them and the cited works by what a citation prints.

    ``by_place`` is by volume and first page, an e before it left out; ``by_author`` by the first
    author's name and one of the two or "in" and the year; ``registered`` are PMIDs by DOI of works
    that are no papers.
    """

    by_pmid: Mapping[int, Citable]
    by_doi: Mapping[str, Sequence[Citable]]
    by_pmcid: Mapping[str, Sequence[Citable]]
    by_place: Mapping[tuple[str, str], Sequence[Citable]]
    by_author: Mapping[str, Mapping[str, Sequence[Citable]]]
    registered: Mapping[str, int]


def citable_index(
    papers: Iterable[Citable],
    cited: Iterable[Citable] = (),
    registered: Mapping[str, int] | None = None,
) -> CitableIndex:
    """Index the papers, and the ``cited`` works that are not among them.

    ``registered`` are the PMIDs that NCBI gives DOIs of works that are no papers here.
    """
    known = {paper.pmid: paper for paper in papers if paper.pmid}
    dois = {paper.doi for paper in known.values()} | (registered or {}).keys()
    others = {
        work.work: work
        for work in cited
        if work.pmid not in known and (work.pmid or work.doi not in dois)
    }
    printed = [work for work in (*known.values(), *others.values()) if work.author.keys]
    return CitableIndex(
        known,
        _grouped((paper.doi, paper) for paper in known.values() if paper.doi),
        _grouped((paper.pmcid, paper) for paper in known.values() if paper.pmcid),
        _grouped(
            ((work.volume, work.first_page.lstrip("e")), work)
            for work in printed
            if work.volume and work.first_page
        ),
        {
            name: _grouped((number, work) for work in works for number in _numbers(work))
            for name, works in _grouped((work.author.keys[-1], work) for work in printed).items()
        },
        registered or {},
    )


def _numbers(work: Citable) -> set[str]:
    """Volume and first page, or the year where it has neither; and that it is of the year."""
    place = {work.volume, work.first_page} - {""} or {str(work.year)}
    return {*place, f"in {work.year}"}


def _grouped(pairs: Iterable[tuple[T, Citable]]) -> dict[T, list[Citable]]:
    groups: dict[T, list[Citable]] = defaultdict(list)
    for key, paper in pairs:
        groups[key].append(paper)
    return dict(groups)


def resolve(
    reference: Reference,
    known: CitableIndex,
    *,
    place: str,
    citation: Citation | None = None,
) -> Resolution:
    """The work of one reference; ``place`` names a reference that prints nothing at all, and
    ``citation`` is its text where that was read already."""
    text = reference.text or ""
    doi = reference.doi or find_doi(text)
    if reference.pmid:
        reason = _pmid_reason(reference.pmid, doi, known)
        return Resolution(f"pmid:{reference.pmid}", "pmid", 1.0, reason)
    doubts = []
    if doi:
        name = f"DOI {doi}, {'given with the reference' if reference.doi else 'in its text'}"
        owners = known.by_doi.get(doi, ())
        if len(owners) == 1:
            return _identified(owners[0], "doi", name)
        if (pmid := known.registered.get(doi)) and not owners:
            return Resolution(
                f"pmid:{pmid}", "doi", 1.0, f"{name}, to which NCBI gives PMID {pmid}"
            )
        doubts.append(_not_one(name, owners))
    if reference.pmcid:
        name = f"{reference.pmcid}, given with the reference"
        owners = known.by_pmcid.get(reference.pmcid, ())
        if len(owners) == 1 and not _another(doi, owners[0].doi):
            return _identified(owners[0], "pmcid", name)
        doubts.append(_not_one(name, owners))
    citation = citation or Citation(text)
    matched, why_not = match(citation, known, doi=doi, pmcid=reference.pmcid)
    if matched:
        return matched._replace(reason="; ".join([*doubts, matched.reason]))
    if doi:
        return Resolution(f"doi:{doi}", "doi", 1.0, "; ".join(doubts))
    named = named_by(citation) if citation.words else unresolved(place)
    return Resolution(named, "none", None, "; ".join([*doubts, why_not]))


def _pmid_reason(pmid: int, doi: str | None, known: CitableIndex) -> str:
    reason = f"PMID {pmid} given with the reference"
    paper = known.by_pmid.get(pmid)
    if paper and _another(doi, paper.doi):
        reason += f"; but the DOI of that paper is {paper.doi}, not {doi}"
    elif doi and (owners := [p.pmid for p in known.by_doi.get(doi, ()) if p.pmid != pmid]):
        reason += f"; but its DOI {doi} is that of PMID {', '.join(map(str, owners))}"
    return reason


def _identified(paper: Citable, method: str, name: str) -> Resolution:
    return Resolution(f"pmid:{paper.pmid}", method, 1.0, f"{name}, is that of PMID {paper.pmid}")


def _not_one(name: str, owners: Sequence[Citable]) -> str:
    if not owners:
        return f"{name}; no paper here has it"
    pmids = ", ".join(f"PMID {paper.pmid}" for paper in owners)
    return f"{name}; it is that of {pmids}, which does not settle it"


def _another(one: str | None, other: str | None) -> bool:
    return bool(one and other and one != other)


def unresolved(text: str) -> str:
    """``ref:`` and 16 hex digits: the same citation, however spaced or dotted, is one work."""
    return named_by(Citation(text))


def named_by(citation: Citation) -> str:
    """As ``unresolved``, of a text that was read."""
    return f"ref:{hashlib.sha256(citation.words.encode()).hexdigest()[:16]}"


def match(
    citation: Citation, known: CitableIndex, *, doi: str | None = None, pmcid: str | None = None
) -> tuple[Resolution | None, str]:
    """The work that a citation text names, or why none does.

    First among those that have its volume and first page, then among those that have its first
    author and one of these, then, where it prints no page, among the author's of its year. Works
    that have another DOI or PMCID than the reference are known not to be it.
    """
    compared: list[tuple[str, Agreement]] = []
    for block, rule in BLOCKS:
        candidates = {
            work.work: work
            for work in block(citation, known)
            if not (doi and work.doi and doi != work.doi)
            and not (pmcid and work.pmcid and pmcid != work.pmcid)
        }
        if not candidates:
            continue
        ordered = sorted(candidates.values(), key=lambda work: work.order)
        agreements = [(work, rule(work, citation)) for work in ordered]
        agreeing = [(work, agreement) for work, agreement in agreements if agreement.agrees]
        if len(agreeing) == 1:
            work, agreement = agreeing[0]
            reason = agreement.reason
            if work.known_as:
                reason += f"; {work.name} is known here as {work.known_as}"
            return Resolution(work.work, "text", agreement.score, reason), ""
        if agreeing:
            names = ", ".join(work.name for work, _ in agreeing)
            return None, f"several papers here agree with it: {names}"
        compared += [(work.name, agreement) for work, agreement in agreements if agreement.near]
    return None, _why_none(compared)


def _of_its_place(citation: Citation, known: CitableIndex) -> Iterator[Citable]:
    for volume, page in citation.places:
        yield from known.by_place.get((volume, page.lstrip("e")), ())


def _of_its_author(citation: Citation, known: CitableIndex) -> Iterator[Citable]:
    numbers = {number for place in citation.places for number in place if number}
    numbers.update(map(str, citation.years))
    for works in filter(None, map(known.by_author.get, citation.names)):
        for number in numbers:
            yield from works.get(number, ())


def _of_its_year(citation: Citation, known: CitableIndex) -> Iterator[Citable]:
    """Where no page is printed: of the author's works those of the year, wherever they stand."""
    if any(page for _, page in citation.places):
        return
    for works in filter(None, map(known.by_author.get, citation.names)):
        for year in citation.years:
            yield from works.get(f"in {year}", ())


BLOCKS: Sequence[
    tuple[
        Callable[[Citation, CitableIndex], Iterable[Citable]],
        Callable[[Citable, Citation], Agreement],
    ]
] = (
    (_of_its_place, compare),
    (_of_its_author, compare_misplaced),
    (_of_its_year, compare_misplaced),
)


def _why_none(compared: Sequence[tuple[str, Agreement]]) -> str:
    near = [f"not {name} ({agreement.reason})" for name, agreement in compared[:NAMED]]
    more = [f"nor {len(compared) - NAMED} more papers"] if len(compared) > NAMED else []
    return "; ".join(near + more) or "no paper here has its volume and first page"
