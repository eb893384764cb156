"""Ask about cited works that a base could not resolve; the next build reads the answers.

DOIs are put to the ID converter, and what is not in PMC to PubMed; citations without any identifier
to ECitMatch and, where that has no candidate, to Crossref. Nothing is asked twice, and nothing is
decided here: an answer names candidates, which the build compares with the citation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from harvest import ledger
from harvest.clock import Clock
from harvest.ledger import Ledger, Store
from harvest.overlap import answers, overlapped
from harvest.plan import batches
from harvest.progress import Progress
from harvest.service import Reply
from harvest.services import crossref, ecitmatch, entrez, idconv
from harvest.services.crossref import CROSSREF
from harvest.services.ecitmatch import CitationParts
from harvest.services.eutils import EUTILS
from harvest.services.idconv import IDCONV
from harvest.settings import Settings
from harvest.transport import Transport
from kb.answers import ecitmatch_pmids, esummary_described, esummary_dois, idconv_pmids
from kb.citations.cited_work import cited_work
from kb.citations.open_questions import Unresolved
from kb.errors import ConfigError, ServiceFailed

T = TypeVar("T")
# Crossref answers one citation at a time, one to three a second; so many in a run take a quarter of
# an hour to half an hour.
MOST_SEARCHED = 2_000


def resolve(
    raw: Path,
    wanted: Unresolved,
    settings: Settings,
    progress: Progress,
    clock: Clock | None = None,
) -> int:
    """Ask all that was not asked before; returns the run's number.

    A source that fails makes the run incomplete and leaves the others to answer. Raises
    ConfigError where ``wanted`` is of another raw.db, and what ``ledger.opened`` raises.
    """
    clock = clock or Clock()
    with ledger.opened(raw, clock) as store:
        own = set(store.db.execute("SELECT run, job, started FROM runs").fetchall())
        if not own.issuperset(wanted.runs):
            raise ConfigError(
                f"{raw}: the base was built from another raw.db. Name the two that belong together."
            )
        return _ask(store, wanted, settings, progress)


def _ask(store: Store, wanted: Unresolved, settings: Settings, progress: Progress) -> int:
    with ledger.begun(store, "resolve") as book:
        transport = Transport(settings, store.sent.append, store.clock, progress.say)
        _Questions(book, transport, progress).ask(wanted)
        return book.run


class _Questions:
    """The questions of one run."""

    def __init__(self, book: Ledger, transport: Transport, progress: Progress) -> None:
        self.book = book
        self.transport = transport
        self.progress = progress

    def ask(self, wanted: Unresolved) -> None:
        self.ask_idconv(wanted.dois)
        self.ask_pubmed(wanted.dois)
        self.ask_ecitmatch(wanted.citations)
        self.ask_summaries()
        self.ask_crossref(wanted.citations)

    def kept(self, service: str) -> Iterator[tuple[str, bytes]]:
        """Question and body of every whole answer of a service, whenever it was given."""
        for question, status, body in self.book.answers(service, ""):
            if status == 200:
                yield question, body

    def ask_idconv(self, dois: Iterable[str]) -> None:
        if not self.transport.base(IDCONV.name):
            return
        known = {doi for question, _ in self.kept("idconv") for doi in idconv.asked(question)}
        # A comma parts the identifiers of a question.
        new = [doi for doi in dois if doi not in known and "," not in doi]
        self.put(
            "idconv",
            list(batches(new, IDCONV.batch)),
            lambda batch: [idconv.pmids(self.transport, "doi", batch)],
        )

    def ask_pubmed(self, dois: Iterable[str]) -> None:
        known = {doi for _, body in self.kept("idconv") for doi in idconv_pmids(body)}
        known |= {
            doi for question, _ in self.kept("esearch") for doi in entrez.dois_asked(question)
        }
        for _, body in self.kept("esummary"):
            known |= esummary_dois(body).keys()
        new = [doi for doi in dois if doi not in known and '"' not in doi]
        self.put(
            "esearch",
            list(batches(new, entrez.DOI_BATCH)),
            lambda batch: entrez.find_dois(self.transport, batch),
            EUTILS.at_once,
        )

    def ask_ecitmatch(self, citations: Mapping[str, str]) -> None:
        known = {c.key for q, _ in self.kept("ecitmatch") for c in ecitmatch.asked(q)}
        readable = filter(None, (_in_parts(key, text) for key, text in citations.items()))
        new = [cited for cited in readable if cited.key not in known]
        self.put(
            "ecitmatch",
            list(batches(new, ecitmatch.BATCH)),
            lambda batch: [ecitmatch.ecitmatch(self.transport, batch)],
        )

    def ask_summaries(self) -> None:
        """What the candidates of ECitMatch are, of which there is no record."""
        candidates = {
            pmid
            for _, body in self.kept("ecitmatch")
            for several in ecitmatch_pmids(body).values()
            for pmid in several
        }
        for _, body in self.kept("esummary"):
            candidates -= esummary_described(body).keys()
        candidates -= self.book.live()
        self.put(
            "esummary",
            list(batches(sorted(candidates), entrez.FETCH_BATCH)),
            lambda batch: [entrez.esummary(self.transport, batch)],
        )

    def ask_crossref(self, citations: Mapping[str, str]) -> None:
        if not self.transport.base(CROSSREF.name):
            return
        known = {crossref.asked(question) for question, _ in self.kept("crossref")}
        matched = {
            key
            for _, body in self.kept("ecitmatch")
            for key, several in ecitmatch_pmids(body).items()
            if several
        }
        new = [t for key, t in citations.items() if key not in matched and t not in known]
        if (left := len(new) - MOST_SEARCHED) > 0:
            self.progress.say(f"Crossref: {left:,} citations are left for the next time.")
        self.put(
            "crossref",
            new[:MOST_SEARCHED],
            lambda text: [crossref.search(self.transport, text)],
            CROSSREF.at_once,
        )

    def put(
        self,
        source: str,
        questions: Sequence[T],
        ask: Callable[[T], list[Reply]],
        at_once: int = 1,
    ) -> None:
        """Put questions and keep the answers; where one fails, the rest is not asked."""
        if not questions:
            return
        try:
            with self.progress.track(f"asking {source}", len(questions)) as done:
                for _, replies in answers(overlapped(ask, questions, at_once)):
                    self.book.answered(replies)
                    done(1)
        except ServiceFailed as failure:
            self.book.problem(f"not all could be asked of {source}: {failure}")


def _in_parts(key: str, text: str) -> CitationParts | None:
    """A citation as ECitMatch wants it; None where it cannot be read with certainty."""
    work = cited_work(0, text, doi=None, pmcid=None)
    if not work:
        return None
    year = str(work.year or "")
    cited = CitationParts(work.journal, year, work.volume, work.first_page, work.first_author, key)
    return None if any("|" in part for part in cited) else cited
