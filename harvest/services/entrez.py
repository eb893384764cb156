"""NCBI's E-utilities for PubMed: ESearch, EFetch, ESummary, ELink.

Shapes of the answers: E-utilities Help, chapter 4, and its DTDs. An answer is judged by status,
root element, ERROR and completeness before anything is read from it; "nothing there" is believed
only where a whole answer says so.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import parse_qsl
from xml.etree.ElementTree import Element, ParseError, fromstring

from harvest.limits import TRIES
from harvest.overlap import answers, overlapped
from harvest.plan import Span, spans
from harvest.transport import Again, Parameters, Refused, Reply, Transport, said
from kb.answers import elink_links
from kb.errors import InputError, ServiceFailed
from kb.record.recordset import cut

T = TypeVar("T")

CITED_IN = "pubmed_pubmed_citedin"
REFERENCES = "pubmed_pubmed_refs"
MOST_FOUND = 9_999
FETCH_BATCH = 200
LINK_BATCH = 100
DOI_BATCH = 50
# Parts of a search that are asked for side by side.
AT_ONCE = 10
SEARCH_TRIES = 3
# Twice as many as PubMed has handed out by 2025; parts that do not add up would show it is too few.
HIGHEST_UID = (1 << 27) - 1
# A part of a batch that failed has had its share of patience.
PART_TRIES = 3
# So many papers failing one by one, and none arriving, is the service and not the papers.
ENOUGH_FAILED = 3
# Said with HTTP 200, and said again however often one asks; any other ERROR may pass.
FINAL_ERRORS = ("retstart", "invalid db name", "id list is empty", "empty id list", "nothing todo")


@dataclass(frozen=True)
class Search:
    """PMIDs that a query finds, all of them, and how PubMed read the query."""

    count: int
    translation: str
    pmids: tuple[int, ...]
    replies: tuple[Reply, ...]


@dataclass
class Fetched:
    """What became of each PMID of a batch: the record's bytes, not in PubMed, or why it failed."""

    records: dict[int, bytes] = field(default_factory=dict)
    missing: list[int] = field(default_factory=list)
    failed: dict[int, str] = field(default_factory=dict)


def _ask(
    transport: Transport,
    utility: str,
    parameters: Parameters,
    read: Callable[[Reply], T],
    tries: int = TRIES,
) -> T:
    path, asked = f"{utility}.fcgi", [("db", "pubmed"), *parameters]
    return transport.ask(utility, path, asked, read, tries)


def root_of(reply: Reply, expected: str) -> Element:
    """The root element of a small answer.

    Raises Again for what is no answer (HTML, JSON, a cut document, a passing ERROR), Refused for
    an error that stays.
    """
    body = reply.body.strip()
    if reply.status != 200:
        _judge_refusal(reply)
    if not body.startswith(b"<"):
        raise Again(f"not XML but {said(body)}")
    if b"<!ENTITY" in body:
        raise Again("an answer that declares entities, which NCBI's never do")
    try:
        root = fromstring(body)  # noqa: S314 (no entities: see above)
    except ParseError as error:
        kind = "HTML" if b"<html" in body[:1000].lower() else "broken XML"
        raise Again(f"{kind} ({error}): {said(body)}", wait=2.0) from error
    if errors := [" ".join((element.text or "").split()) for element in root.iter("ERROR")]:
        text = f"it says: {'; '.join(errors)}"
        if any(final in text.lower() for final in FINAL_ERRORS):
            raise Refused(text, "Check the query or the PMIDs.")
        raise Again(text)
    if root.tag != expected:
        raise Again(f"<{root.tag}> where <{expected}> was due: {said(body)}", wait=2.0)
    return root


def _judge_refusal(reply: Reply) -> None:
    text = f"HTTP {reply.status}: {said(reply.body)}"
    if b"proxy_stream()" in reply.body:
        raise Again(text)
    if b"api key" in reply.body.lower() or b"api-key" in reply.body.lower():
        raise Refused(text, "Check NCBI_API_KEY, or unset it.", down=True)
    raise Refused(text, "Check HARVEST_EUTILS_URL, the query or the PMIDs.")


def esearch(transport: Transport, query: str, dates: Parameters = ()) -> Search:
    """All PMIDs that a query finds; beyond 9,999 the query is split into ranges of UIDs.

    ``dates`` is a window: datetype, mindate and maxdate. Raises InputError where PubMed dropped a
    phrase or a field of the query, ServiceFailed where it gave other papers than it counted, three
    times over (a paper that is added meanwhile moves the count once).
    """
    for _ in range(SEARCH_TRIES - 1):
        try:
            return _search(transport, query, dates)
        except _CountMoved:
            continue
    return _search(transport, query, dates)


class _CountMoved(ServiceFailed):
    """A search gave other papers than it counted."""


def _search(transport: Transport, query: str, dates: Parameters) -> Search:
    whole = _search_page(transport, query, dates)
    if whole.dropped:
        raise InputError(
            f"PubMed would not run the query as written: it does not know {whole.dropped[0]}. "
            f"Without that it finds other papers, so nothing was used. The query: {query}"
        )
    if whole.count <= MOST_FOUND:
        pages = _walk(transport, query, dates, whole)
    else:
        pages = [whole, *_parts(transport, query, dates, whole)]
    found = dict.fromkeys(pmid for page in pages for pmid in page.found)
    if len(found) != whole.count:
        raise _not_all(transport, query, whole.count, len(found))
    return Search(whole.count, whole.translation, tuple(found), tuple(p.reply for p in pages))


@dataclass(frozen=True)
class _Page:
    """One answer of ESearch; ``sample`` is all it names, ``found`` empty where that is not all."""

    count: int
    sample: list[int]
    translation: str
    dropped: list[str]
    reply: Reply

    @property
    def found(self) -> list[int]:
        return self.sample if self.count <= MOST_FOUND else []


def _search_page(transport: Transport, query: str, dates: Parameters, start: int = 0) -> _Page:
    def read(reply: Reply) -> _Page:
        root = root_of(reply, "eSearchResult")
        try:
            count = int(root.findtext("Count", ""))
            pmids = [int(element.text or "") for element in root.iterfind("IdList/Id")]
        except ValueError as error:
            raise Again(f"an answer with a count or an id that is none ({error})") from error
        if count and not pmids and not start:
            raise Again(f"ESearch counted {count:,} papers and named none")
        translation = (root.findtext("QueryTranslation") or "").strip()
        return _Page(count, pmids, translation, _dropped(root), reply)

    parameters = [
        ("term", query),
        *dates,
        ("retstart", str(start)),
        ("retmax", str(MOST_FOUND)),
        ("retmode", "xml"),
    ]
    return _ask(transport, "esearch", parameters, read)


def _dropped(root: Element) -> list[str]:
    """Parts of the query that PubMed left out (ESearch's DTD: ErrorList, WarningList)."""
    kinds = {
        "ErrorList/FieldNotFound": "field",
        "ErrorList/PhraseNotFound": "phrase",
        "WarningList/QuotedPhraseNotFound": "phrase",
    }
    return [
        f"the {kind} {element.text!r}"
        for path, kind in kinds.items()
        for element in root.iterfind(path)
    ]


def _walk(transport: Transport, query: str, dates: Parameters, first: _Page) -> list[_Page]:
    """All pages of a search whose count is in reach."""
    pages, got = [first], len(first.sample)
    while got < first.count and pages[-1].sample:
        pages.append(_search_page(transport, query, dates, got))
        got += len(pages[-1].sample)
    return pages


def _parts(transport: Transport, query: str, dates: Parameters, whole: _Page) -> list[_Page]:
    """Pages of ranges of UIDs that together are the whole, none with too many to have them all.

    Raises ServiceFailed where the counts of the ranges do not add up to that of the whole.
    """

    def search(span: Span) -> list[_Page]:
        part = f"({query}) AND {span.low}:{span.high}[uid]"
        first = _search_page(transport, part, dates)
        return _walk(transport, part, dates, first) if first.count <= MOST_FOUND else [first]

    pages = []
    wide = [(Span(1, HIGHEST_UID), whole)]
    while wide:
        span, page = wide.pop()
        ranges = spans(span, page.count, page.sample, MOST_FOUND)
        parts = dict(answers(overlapped(search, ranges, AT_ONCE)))
        if (total := sum(part[0].count for part in parts.values())) != page.count:
            raise _not_all(transport, query, page.count, total)
        for part, found in parts.items():
            pages += found
            if found[0].count > MOST_FOUND:
                wide.append((part, found[0]))
    return pages


def _not_all(transport: Transport, query: str, count: int, got: int) -> _CountMoved:
    why = f"ESearch counted {count:,} papers and gave {got:,}"
    return _CountMoved(
        f"{transport.settings.eutils}: {why} for the query {query!r}. Nothing of it was used; "
        "run the same command again.",
        why=why,
    )


def efetch(transport: Transport, pmids: Sequence[int]) -> Fetched:
    """Records of up to 200 PMIDs.

    A batch that keeps failing is halved until the records that make it fail stand alone and are
    named; PMIDs that the answer leaves out are asked for once more and then looked up by ESummary.
    Raises ServiceFailed where the service as a whole fails.
    """
    fetched = _fetch_parts(transport, pmids)
    absent = [pmid for pmid in pmids if pmid not in fetched.records and pmid not in fetched.failed]
    if absent:
        again = _fetch_parts(transport, absent)
        fetched.records |= again.records
        fetched.failed |= again.failed
        _look_up(transport, [pmid for pmid in absent if pmid not in again.records], fetched)
    return fetched


def _fetch_parts(transport: Transport, pmids: Sequence[int]) -> Fetched:
    fetched = Fetched()
    parts, tries = [list(pmids)], TRIES
    while parts:
        part = parts.pop()
        try:
            fetched.records |= _fetch_once(transport, part, tries)
        except ServiceFailed as failure:
            if failure.down:
                raise
            if len(part) == 1:
                fetched.failed[part[0]] = failure.why
            elif not fetched.records and len(fetched.failed) >= ENOUGH_FAILED:
                fetched.failed |= dict.fromkeys(part, failure.why)
            else:
                half = len(part) // 2
                parts += [part[half:], part[:half]]
        tries = PART_TRIES
    return fetched


def _fetch_once(transport: Transport, pmids: Sequence[int], tries: int) -> dict[int, bytes]:
    def read(reply: Reply) -> dict[int, bytes]:
        if reply.status != 200 or b"<PubmedArticleSet" not in reply.body[:2000]:
            root_of(reply, "PubmedArticleSet")
        try:
            pieces = list(cut(io.BytesIO(reply.body), "the answer"))
        except InputError as error:
            raise Again(str(error)) from error
        for piece in pieces:
            if piece.kind == "broken":
                raise Again(f"record {piece.number} (PMID {piece.pmid}) is broken: {piece.problem}")
        return {piece.pmid: piece.xml for piece in pieces if piece.pmid in wanted}

    wanted = set(pmids)
    parameters = [("id", ",".join(map(str, pmids))), ("retmode", "xml")]
    return _ask(transport, "efetch", parameters, read, tries)


def _look_up(transport: Transport, absent: Sequence[int], fetched: Fetched) -> None:
    """Tell what PubMed does not have from what EFetch only failed to give."""
    absent = [pmid for pmid in absent if pmid not in fetched.failed]
    if not absent:
        return
    try:
        known = known_pmids(esummary(transport, absent).body)
    except ServiceFailed as failure:
        if failure.down:
            raise
        fetched.failed |= dict.fromkeys(absent, f"EFetch left it out; ESummary: {failure.why}")
        return
    for pmid in absent:
        if known[pmid]:
            fetched.failed[pmid] = "EFetch left it out twice, although ESummary knows it"
        else:
            fetched.missing.append(pmid)


def known_pmids(body: bytes) -> dict[int, bool]:
    """Whether PubMed has each paper of an eSummaryResult (version 2.0: those without an error)."""
    summaries = fromstring(body).iter("DocumentSummary")  # noqa: S314 (read by root_of before)
    return {int(summary.get("uid", "")): summary.find("error") is None for summary in summaries}


def esummary(transport: Transport, pmids: Sequence[int]) -> Reply:
    """The answer on up to 200 PMIDs; ``known_pmids`` and ``kb.answers.esummary_dois`` read it."""

    def read(reply: Reply) -> Reply:
        root_of(reply, "eSummaryResult")
        known = known_pmids(reply.body)
        if left := [pmid for pmid in pmids if pmid not in known]:
            raise Again(f"ESummary left out {len(left)} PMIDs, among them {left[0]}")
        return reply

    parameters = [("id", ",".join(map(str, pmids))), ("retmode", "xml"), ("version", "2.0")]
    return _ask(transport, "esummary", parameters, read)


def find_dois(transport: Transport, dois: Sequence[str]) -> list[Reply]:
    """The answers that tell which papers up to 50 DOIs name: ESearch, then ESummary of its finds.

    ``kb.answers.esummary_dois`` reads the second, and only what that gives as a paper's own DOI
    counts; where PubMed has none of them there is no second.
    """
    # That PubMed does not know a DOI is what is asked here, no fault of the query.
    page = _search_page(transport, " OR ".join(f'"{doi}"[doi]' for doi in dois), ())
    return [page.reply, *([esummary(transport, page.sample)] if page.sample else [])]


def dois_asked(question: str) -> list[str]:
    """The DOIs that a question of ``find_dois`` asked for; none of any other question."""
    return re.findall(r'"([^"]+)"\[doi\]', dict(parse_qsl(question)).get("term", ""))


def elink(transport: Transport, pmids: Sequence[int], linkname: str) -> Reply:
    """The answer that names the linked papers of up to 100 PMIDs; ``kb.answers`` reads it."""

    def read(reply: Reply) -> Reply:
        root_of(reply, "eLinkResult")
        try:
            found = elink_links(reply.body, linkname)
        except ValueError as error:
            raise Again(f"an id that is none ({error})") from error
        if left := [pmid for pmid in pmids if pmid not in found]:
            raise Again(f"ELink left out {len(left)} PMIDs, among them {left[0]}")
        return reply

    # id= repeated, not a list: a list would merge the links of all papers into one set.
    parameters = [
        ("dbfrom", "pubmed"),
        ("cmd", "neighbor"),
        ("linkname", linkname),
        ("retmode", "xml"),
        *(("id", str(pmid)) for pmid in pmids),
    ]
    return _ask(transport, "elink", parameters, read)
