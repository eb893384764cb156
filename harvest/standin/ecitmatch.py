"""ECitMatch: PMIDs of citations (E-utilities Help, chapter 4).

Journal, volume and first page decide, the year within one; of a citation without a page the
author decides. Outcomes as they were seen: a PMID, NOT_FOUND, NOT_FOUND;INVALID_JOURNAL,
AMBIGUOUS and the PMIDs or how many there are.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from harvest.standin.corpus import Corpus, words
from harvest.standin.state import State
from harvest.standin.wire import Answer, Request

FEW = 5
UNKNOWN = "NOT_FOUND"


class CitationLine(NamedTuple):
    journal: str
    year: str
    volume: str
    page: str
    author: str
    key: str


def ecitmatch(state: State, request: Request) -> Answer:
    lines = "".join(f"{line}\n" for line in _answers(state.corpus, request.value("bdata")))
    return Answer(lines.encode(), "text/plain; charset=UTF-8")


def _answers(corpus: Corpus, bdata: str) -> Iterator[str]:
    """A line for each line asked, up to the first without a journal that has no candidate: there
    the service ends its answer."""
    for line in bdata.replace("\n", "\r").split("\r"):
        if not line.strip():
            continue
        columns = [part.strip() for part in line.split("|")[:6]]
        cited = CitationLine(*(columns + [""] * 6)[:6])
        outcome = _outcome(corpus, cited)
        yield "|".join([*columns, outcome])
        if not cited.journal and outcome == UNKNOWN:
            return


def _outcome(corpus: Corpus, cited: CitationLine) -> str:
    journal = f"\n {words(cited.journal)} \n"
    known = corpus.holding(("journal",), journal) if cited.journal else frozenset(corpus.entries)
    if not known:
        return f"{UNKNOWN};INVALID_JOURNAL"
    pmids = sorted(pmid for pmid in known if _fits(corpus, cited, pmid))
    if len(pmids) > FEW:
        return f"AMBIGUOUS ({len(pmids)} citations)"
    if len(pmids) > 1:
        return f"AMBIGUOUS {','.join(map(str, pmids))}"
    return str(pmids[0]) if pmids else UNKNOWN


def _fits(corpus: Corpus, cited: CitationLine, pmid: int) -> bool:
    entry = corpus.entries[pmid]
    if cited.volume and cited.volume.casefold() != entry.volume:
        return False
    if cited.page and cited.page.casefold() != entry.first_page:
        return False
    if cited.year.isdecimal() and abs(int(cited.year) - (entry.year or 0)) > 1:
        return False
    name = words(cited.author).partition(" ")[0]
    return bool(cited.page) or not name or entry.authors.startswith(f"\n {name} ")
