"""References and citations of a build: what papers print, what services state and know of it.

The rules are in ``kb.citations``, its modules ``references`` and ``stated_citations``; here they
meet the database. Services only name candidates: a work that they name is compared with the
citation like any other.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, groupby
from operator import itemgetter

from sqlite_utils import Database

from kb import answers, raw
from kb.build import rows
from kb.build.readings import citation_of, work_of
from kb.build.records import PrintedRow
from kb.citations.citation import Citable, only_year, printed_years
from kb.citations.cited_work import described_work
from kb.citations.references import CitableIndex, Resolution, citable_index, named_by, resolve
from kb.citations.stated_citations import citations
from kb.ids import find_doi
from kb.record.article import Reference
from kb.tables import columns_of, insert
from kb.tables.corpus import CitesRow, ReferenceListRow, WorkIdsRow

SEARCH = "works?query"  # of Crossref; its other questions name DOIs


def fill(db: sqlite3.Connection, source: Database, papers: Iterable[Citable]) -> None:
    """Write the works that are no papers, reference_list, cites and work_ids.

    The references wait in the temporary table ``printed``.
    """
    registered = _registered(source)
    described = chain(_cited_works(db), _described(source))
    known = citable_index(papers, described, registered)
    listed = _Listed()
    insert(db, (listed.add(reference, known) for reference in _printed(db)))
    for citing, pmid, text in db.execute(
        "SELECT pmid, ref_pmid, ref_source FROM comments_corrections"
        " WHERE ref_type = 'Cites' AND ref_pmid IS NOT NULL ORDER BY pmid, position"
    ):
        listed.cite(f"pmid:{citing}", f"pmid:{pmid}", text)
    harvested = {f"pmid:{pmid}" for pmid in known.by_pmid}
    others = [work for work in listed.cited if work not in harvested]
    insert(db, (rows.cited_work(work, *listed.cited[work]) for work in others))
    insert(db, sorted(listed.cites))
    _state(db, source, registered)
    insert(db, _former(db, listed.former, registered))


@dataclass
class _Listed:
    """What the references make as they are resolved, beside their rows: the works and citations,
    and the ids that the works had as long as they were not resolved."""

    cited: dict[str, rows.Mention] = field(default_factory=dict)
    cites: set[CitesRow] = field(default_factory=set)
    former: set[tuple[str, str]] = field(default_factory=set)

    def add(self, printed: PrintedRow, known: CitableIndex) -> ReferenceListRow:
        reference = Reference(printed.text, printed.ref_pmid, printed.doi, printed.pmcid)
        place = f"Reference {printed.position} of PMID {printed.pmid}, which prints nothing"
        citation = citation_of(printed.citation) if printed.citation else None
        resolved = resolve(reference, known, place=place, citation=citation)
        said = rows.Mention(reference.text, reference.pmcid, printed.year)
        if not reference.text and resolved.method == "none":
            said = said._replace(text=place, year=only_year(printed_years(place)))
        cites = CitesRow(
            citing=f"pmid:{printed.pmid}", cited=resolved.work, source="reference_list"
        )
        self._cite(cites, said)
        if resolved.method == "text" and citation and reference.text:
            doi = reference.doi or find_doi(reference.text)
            self.former.add((f"doi:{doi}" if doi else named_by(citation), resolved.work))
        return _entry(printed, resolved)

    def cite(self, citing: str, cited: str, text: str | None) -> None:
        known = self.cited.get(cited)
        # Reading a citation takes time, and of a work the first that was printed counts.
        year = None if known and known.text else only_year(printed_years(text or ""))
        cites = CitesRow(citing=citing, cited=cited, source="comments_corrections")
        self._cite(cites, rows.Mention(text, None, year))

    def _cite(self, cites: CitesRow, said: rows.Mention) -> None:
        self.cited[cites.cited] = rows.mention(self.cited.get(cites.cited), said)
        self.cites.add(cites)


def _entry(printed: PrintedRow, resolved: Resolution) -> ReferenceListRow:
    return ReferenceListRow(
        pmid=printed.pmid,
        position=printed.position,
        text=printed.text,
        ref_pmid=printed.ref_pmid,
        ref_doi=printed.doi,
        ref_pmcid=printed.pmcid,
        work=resolved.work,
        method=resolved.method,
        score=resolved.score,
        reason=resolved.reason,
    )


def _printed(db: sqlite3.Connection) -> Iterator[PrintedRow]:
    names = ", ".join(columns_of(PrintedRow))
    rows = db.execute(f"SELECT {names} FROM printed ORDER BY pmid, position")  # noqa: S608
    return map(PrintedRow._make, rows)


def _cited_works(db: sqlite3.Connection) -> Iterator[Citable]:
    """The works that references give a PMID of, each from its longest citation that can be read."""
    given = db.execute(
        "SELECT ref_pmid, work FROM printed WHERE work IS NOT NULL"
        " ORDER BY ref_pmid, length(text) DESC, pmid, position"
    )
    for _, several in groupby(given, key=itemgetter(0)):
        _, longest = next(several)
        yield work_of(longest)


def _described(source: Database) -> Iterator[Citable]:
    """The candidates that ECitMatch and Crossref named, as PubMed and Crossref describe them."""
    candidates = {
        pmid
        for body in _bodies(source, "ecitmatch")
        for several in answers.ecitmatch_pmids(body).values()
        for pmid in several
    }
    for body in _bodies(source, "esummary"):
        for pmid, described in answers.esummary_described(body).items():
            if pmid in candidates and (work := described_work(described, "ECitMatch names it")):
                yield work
    for body in _bodies(source, "crossref", SEARCH):
        for described in answers.crossref_found(body):
            if described.doi and (work := described_work(described, "Crossref names it")):
                yield work


def _registered(source: Database) -> dict[str, int]:
    """PMIDs that NCBI gives DOIs; of several the one that it gave last."""
    pmids: dict[str, int] = {}
    for body in _bodies(source, "idconv"):
        pmids |= answers.idconv_pmids(body)
    for body in _bodies(source, "esummary"):
        pmids |= answers.esummary_dois(body)
    return {doi.lower(): pmid for doi, pmid in pmids.items()}


def _bodies(source: Database, service: str, begins: str = "") -> Iterator[bytes]:
    """Whole answers to questions that begin so."""
    for answer in raw.answers(source, service, status=200):
        if answer.question.startswith(begins):
            yield answer.body


def _state(db: sqlite3.Connection, source: Database, registered: Mapping[str, int]) -> None:
    """Citations that services state between works, one of them a paper of the base."""
    papers = {work for (work,) in db.execute("SELECT work FROM papers")}
    own = db.execute("SELECT doi, pmid FROM papers WHERE doi IS NOT NULL ORDER BY pmid").fetchall()
    kept = (
        answer
        for answer in raw.answers(source, "elink", "icite", "crossref")
        if not answer.question.startswith(SEARCH)
    )
    stated = {
        CitesRow(citing=citing, cited=cited, source=service)
        for citing, cited, service in citations(kept, {**registered, **dict(own)})
        if papers.intersection((citing, cited)) and citing != cited
    }
    known = {work for (work,) in db.execute("SELECT work FROM works")}
    new = sorted({work for citing, cited, _ in stated for work in (citing, cited)} - known)
    insert(db, [rows.cited_work(work) for work in new])
    insert(db, sorted(stated))


def _former(
    db: sqlite3.Connection, resolved: Iterable[tuple[str, str]], registered: Mapping[str, int]
) -> list[WorkIdsRow]:
    """The rows of ``work_ids``: works that had another id as long as less was known of them, a DOI
    or a citation. An id that is still one, or that two works had, leads nowhere."""
    known = {work for (work,) in db.execute("SELECT work FROM works")}
    own = db.execute("SELECT 'doi:' || doi, work FROM papers WHERE doi IS NOT NULL")
    stated = ((f"doi:{doi}", f"pmid:{pmid}") for doi, pmid in registered.items())
    works: dict[str, set[str]] = {}
    for former, work in chain(resolved, own, stated):
        if former not in known and work in known:
            works.setdefault(former, set()).add(work)
    return [
        WorkIdsRow(id=former, work=min(several))
        for former, several in sorted(works.items())
        if len(several) == 1
    ]
