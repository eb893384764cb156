"""Which work a printed reference is. Pure: it knows the harvested papers and nothing else.

In order: the reference's own PMID, its DOI (given or in its text), its PMCID, and its text against
the harvested papers, where one paper alone agrees (``kb.citation``). What is not resolved stays,
as itself.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from kb.article import Reference
from kb.citation import Citable, Comparison, compare, fold, places
from kb.ids import find_doi

NAMED = 3

T = TypeVar("T")


@dataclass(frozen=True)
class Resolution:
    """``method`` says what decided, ``none`` where nothing did.

    ``score`` is 1 for an identifier; for a text it is how much of the paper's title stands in it,
    from 0 to 1, and low where the citation prints no title.
    """

    work: str
    method: str
    score: float | None
    reason: str


@dataclass(frozen=True)
class Corpus:
    """The harvested papers by what a citation can name."""

    by_pmid: Mapping[int, Citable]
    by_doi: Mapping[str, Sequence[Citable]]
    by_pmcid: Mapping[str, Sequence[Citable]]
    by_place: Mapping[tuple[str, str], Sequence[Citable]]


def corpus(papers: Iterable[Citable]) -> Corpus:
    """Index the papers; ``by_place`` is by volume and first page."""
    known = {paper.pmid: paper for paper in papers}
    return Corpus(
        known,
        _grouped((paper.doi, paper) for paper in known.values() if paper.doi),
        _grouped((paper.pmcid, paper) for paper in known.values() if paper.pmcid),
        _grouped(
            ((paper.volume, paper.first_page), paper)
            for paper in known.values()
            if paper.volume and paper.first_page and paper.author_keys
        ),
    )


def _grouped(pairs: Iterable[tuple[T, Citable]]) -> dict[T, list[Citable]]:
    found: dict[T, list[Citable]] = defaultdict(list)
    for key, paper in pairs:
        found[key].append(paper)
    return dict(found)


def resolve(reference: Reference, known: Corpus, *, place: str) -> Resolution:
    """The work of one reference; ``place`` names a reference that prints nothing at all."""
    text = reference.text or ""
    # Nearly all references pass here: the cheap test comes first.
    doi = reference.doi or (find_doi(text) if "10." in text else None)
    if reference.pmid:
        reason = _pmid_reason(reference.pmid, doi, known)
        return Resolution(f"pmid:{reference.pmid}", "pmid", 1.0, reason)
    doubts = []
    if doi:
        name = f"DOI {doi}, {'given with the reference' if reference.doi else 'in its text'}"
        owners = known.by_doi.get(doi, ())
        if len(owners) == 1:
            return _identified(owners[0], "doi", name)
        doubts.append(_not_one(name, owners))
    if reference.pmcid:
        name = f"{reference.pmcid}, given with the reference"
        owners = known.by_pmcid.get(reference.pmcid, ())
        if len(owners) == 1 and not _another(doi, owners[0].doi):
            return _identified(owners[0], "pmcid", name)
        doubts.append(_not_one(name, owners))
    matched, why_not = match(text, known, doi=doi, pmcid=reference.pmcid)
    if matched:
        return replace(matched, reason="; ".join([*doubts, matched.reason]))
    if doi:
        return Resolution(f"doi:{doi}", "doi", 1.0, "; ".join(doubts))
    named = unresolved(text if fold(text) else place)
    return Resolution(named, "none", None, "; ".join([*doubts, why_not]))


def _pmid_reason(pmid: int, doi: str | None, known: Corpus) -> str:
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
    return f"ref:{hashlib.sha256(fold(text).encode()).hexdigest()[:16]}"


def match(
    text: str, known: Corpus, *, doi: str | None = None, pmcid: str | None = None
) -> tuple[Resolution | None, str]:
    """The paper that a citation text names, or why none does.

    Papers whose record has another DOI or PMCID than the reference are known not to be it.
    """
    candidates = {
        paper.pmid: paper
        for place in places(text)
        for paper in known.by_place.get(place, ())
        if not _another(doi, paper.doi) and not _another(pmcid, paper.pmcid)
    }
    compared = [(pmid, compare(paper, text)) for pmid, paper in sorted(candidates.items())]
    agreeing = [(pmid, found) for pmid, found in compared if found.agrees]
    if len(agreeing) == 1:
        pmid, found = agreeing[0]
        return Resolution(f"pmid:{pmid}", "text", found.score, found.words), ""
    if agreeing:
        pmids = ", ".join(f"PMID {pmid}" for pmid, _ in agreeing)
        return None, f"several papers here agree with it: {pmids}"
    return None, _why_none(compared)


def _why_none(compared: Sequence[tuple[int, Comparison]]) -> str:
    near = [f"not PMID {pmid} ({found.words})" for pmid, found in compared[:NAMED]]
    more = [f"nor {len(compared) - NAMED} more papers"] if len(compared) > NAMED else []
    return "; ".join(near + more) or "no paper here has its volume and first page"
