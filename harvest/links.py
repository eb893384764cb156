"""What papers cite and what cites them: asked of every source of a job, each link with its source.

An answer that is young enough is not asked for again. A source that fails makes the run incomplete
and leaves the others to answer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterable, Iterator, Sequence
from typing import TypeVar

from harvest.jobs import Job
from harvest.ledger import Ledger
from harvest.overlap import answers, overlapped
from harvest.plan import Link, batches
from harvest.progress import Progress
from harvest.service import Reply, Service
from harvest.services import SERVICES, crossref, entrez, icite
from harvest.services.crossref import CROSSREF
from harvest.services.eutils import EUTILS
from harvest.services.icite import ICITE
from harvest.transport import Transport
from kb.answers import (
    crossref_asked,
    crossref_references,
    crossref_works,
    elink_links,
    esummary_dois,
    icite_links,
)
from kb.errors import ServiceFailed
from kb.record.article import Article

T = TypeVar("T")
CITES, CITED_BY = "references", "cited-by"


class RunLinks:
    """The links of one run of a job."""

    def __init__(
        self, book: Ledger, job: Job, transport: Transport, progress: Progress, not_before: str
    ) -> None:
        self.book = book
        self.job = job
        self.transport = transport
        self.progress = progress
        self.not_before = not_before
        self.is_crossref = False

    def of(self, pmids: Iterable[int], directions: Collection[str]) -> list[Link]:
        """Links of those of the papers that are stored, in these directions."""
        if not directions:
            return []
        articles = {article.pmid: article for article in self.book.articles(pmids)}
        asks = {
            "references": self.from_records,
            "elink": self.from_elink,
            "icite": self.from_icite,
            "crossref": self.from_crossref,
        }
        off = self.switched_off()
        return [
            link
            for source in self.job.sources
            if source not in off
            for link in asks[source](articles, directions)
        ]

    def switched_off(self) -> set[str]:
        return {each.name for each in SERVICES if not self.transport.base(each.name)}

    def from_records(
        self, articles: dict[int, Article], directions: Collection[str]
    ) -> Iterator[Link]:
        if CITES in directions:
            for article in articles.values():
                cited = [reference.pmid for reference in article.references]
                cited += [comment.ref_pmid for comment in article.cites]
                for pmid in dict.fromkeys(filter(None, cited)):
                    yield Link(article.pmid, pmid, "references", CITES)

    def from_elink(self, articles: dict[int, Article], directions: Collection[str]) -> list[Link]:
        linknames = {CITES: entrez.REFERENCES, CITED_BY: entrez.CITED_IN}
        return [
            Link(paper, linked, "elink", direction)
            for direction in directions
            for paper, several in self.ask_elink(articles, linknames[direction]).items()
            for linked in several
        ]

    def ask_elink(self, papers: Collection[int], linkname: str) -> dict[int, list[int]]:
        self.ask(
            "elink",
            papers,
            self.elink_known(linkname),
            lambda batch: [entrez.elink(self.transport, batch, linkname)],
            EUTILS,
            entrez.LINK_BATCH,
        )
        known = self.elink_known(linkname)
        return {pmid: known[pmid] for pmid in papers if pmid in known}

    def elink_known(self, linkname: str) -> dict[int, list[int]]:
        linked: dict[int, list[int]] = {}
        for question, _, body in self.book.answers("elink", self.not_before):
            if f"linkname={linkname}&" in question:
                linked |= elink_links(body, linkname)
        return linked

    def from_icite(self, articles: dict[int, Article], directions: Collection[str]) -> list[Link]:
        asked = {int(pmid) for q in self.questions("icite") for pmid in icite.asked(q)}
        self.ask("icite", articles, asked, lambda batch: [icite.pubs(self.transport, batch)], ICITE)
        return [
            Link(paper, linked, "icite", direction)
            for _, _, body in self.book.answers("icite", self.not_before)
            for paper, known in icite_links(body).items()
            if paper in articles
            for direction, several in ((CITES, known.references), (CITED_BY, known.cited_by))
            if direction in directions
            for linked in several
        ]

    def from_crossref(
        self, articles: dict[int, Article], directions: Collection[str]
    ) -> list[Link]:
        if CITES not in directions:
            return []
        papers = {article.doi: article.pmid for article in articles.values() if article.doi}
        self.ask_crossref(papers, len(papers))
        cited = [
            (papers[doi], reference)
            for question, status, body in self.book.answers("crossref", self.not_before)
            if status == 200 and not papers.keys().isdisjoint(crossref_asked(question))
            for doi, work in crossref_works(question, body).items()
            if doi in papers
            for reference in crossref_references(work)
        ]
        printed = {
            reference.doi: reference.pmid
            for article in articles.values()
            for reference in article.references
            if reference.doi and reference.pmid
        }
        wanted = {doi for _, doi in cited} - printed.keys()
        pmids = printed | papers | self.dois(sorted(wanted))
        return [Link(paper, pmids[doi], "crossref", CITES) for paper, doi in cited if doi in pmids]

    def ask_crossref(self, dois: Iterable[str], most: int) -> None:
        """In lists; what a list cannot name or did not return by itself, so that a DOI that
        Crossref does not have is known as such, once anything shows that it is Crossref. Of the
        ``dois``, at most ``most``, each is drawn when its question is due."""
        listed, known = self.crossref_asked()
        lacking: list[str] = []

        def ask(batch: Sequence[str]) -> list[Reply]:
            reply, lacks = crossref.works(self.transport, batch)
            if reply.status == 404 and not self.is_crossref:
                crossref.confirm(self.transport)
            self.is_crossref |= reply.status in (200, 404)
            lacking.extend(lacks)
            return [reply]

        questions = crossref.questions((doi for doi in dois if doi not in known), listed)
        if self.put("crossref", questions, most, ask, CROSSREF):
            alone = [[doi] for doi in lacking]
            self.put("crossref", alone, len(alone), ask, CROSSREF)

    def crossref_asked(self) -> tuple[set[str], set[str]]:
        """The DOIs that lists named, and those of which it is known what Crossref has."""
        listed: set[str] = set()
        known: set[str] = set()
        for question, status, body in self.book.answers("crossref", self.not_before):
            dois = crossref_asked(question)
            if crossref.is_list(question):
                listed.update(dois)
                known.update(crossref_works(question, body) if status == 200 else ())
            else:
                known.update(dois)
        return listed, known

    def refresh(self, pmids: Iterable[int]) -> None:
        """Ask Crossref again about papers, where the job names it: it tells of retractions too."""
        if "crossref" in self.job.sources and "crossref" not in self.switched_off():
            several = sorted(pmids)
            dois = (article.doi for article in self.book.articles(several))
            self.ask_crossref(filter(None, dois), len(several))

    def dois(self, wanted: Sequence[str]) -> dict[str, int]:
        """PMIDs by DOI, of those that PubMed has."""
        asked = {doi for q in self.questions("esearch") for doi in entrez.dois_asked(q)}
        self.ask(
            "esearch",
            wanted,
            asked,
            lambda batch: entrez.find_dois(self.transport, batch),
            EUTILS,
            entrez.DOI_BATCH,
        )
        pmids: dict[str, int] = {}
        for _, _, body in self.book.answers("esummary", self.not_before):
            pmids |= esummary_dois(body)
        return {doi: pmids[doi] for doi in wanted if doi in pmids}

    def questions(self, service: str) -> Iterator[str]:
        """What a service was asked whose answer is young enough."""
        return (question for question, _, _ in self.book.answers(service, self.not_before))

    def ask(
        self,
        source: str,
        wanted: Iterable[T],
        asked: Container[T],
        ask: Callable[[Sequence[T]], list[Reply]],
        service: Service,
        batch: int = 0,
    ) -> None:
        """Ask about what was not asked about yet, in batches of the service or smaller ones."""
        unasked = [each for each in wanted if each not in asked]
        self.put(source, batches(unasked, batch or service.batch), len(unasked), ask, service)

    def put(
        self,
        source: str,
        questions: Iterable[Sequence[T]],
        most: int,
        ask: Callable[[Sequence[T]], list[Reply]],
        service: Service,
    ) -> bool:
        """Put questions, about ``most`` things in all, and keep the answers; where one fails, the
        rest is not asked, and this is False."""
        if not most:
            return True
        label = f"{self.job.name}: asking {source} for links"
        try:
            with self.progress.track(label, most) as done:
                for batch, replies in answers(overlapped(ask, questions, service.at_once)):
                    self.book.answered(replies)
                    done(len(batch))
        except ServiceFailed as failure:
            self.book.problem(f"not all links could be asked of {source}: {failure}")
            return False
        return True
