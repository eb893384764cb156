"""NCBI's E-utilities for PubMed: ESearch, EFetch, ESummary, ELink.

Shapes of the answers: E-utilities Help, chapter 4, and its DTDs; ``small_answers`` judges and reads
those that are no records. An answer has to be complete before anything is taken from it; "nothing
there" is believed only where a whole answer says so.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import parse_qsl
from xml.etree.ElementTree import fromstring

from harvest.overlap import answers, overlapped
from harvest.plan import Span, spans
from harvest.service import TRIES, Again, Client, Parameters, Rate, Reply, said
from harvest.services.small_answers import (
    Dropped,
    fields_of,
    link_sets,
    root_of,
    search_answer,
)
from kb.answers import stated_pmid
from kb.errors import InputError, ServiceFailed
from kb.record.recordset import LONGEST_RECORD, cut

T = TypeVar("T")

NAME = "eutils"
CITED_IN = "pubmed_pubmed_citedin"
REFERENCES = "pubmed_pubmed_refs"
MOST_FOUND = 9_999
FETCH_BATCH = 200
# Bytes of an answer, unpacked: a record alone may have as many (kb.record.recordset), and a batch
# with more is fetched in parts. Of 3,751 real records the 200 longest have 7.8 million together.
LARGEST_RECORDS = LONGEST_RECORD
LINK_BATCH = 100
DOI_BATCH = 50
# Questions side by side, such as the parts of a search.
AT_ONCE = 10
SEARCH_TRIES = 3
# Twice as many as PubMed has handed out by 2025; parts that do not add up would show it is too few.
HIGHEST_UID = (1 << 27) - 1
# A part of a batch that failed has had its share of patience.
PART_TRIES = 3
# So many papers failing one by one, and none arriving, is the service and not the papers.
ENOUGH_FAILED = 3


@dataclass(frozen=True)
class Search:
    """PMIDs that a query finds, all of them, and how PubMed read the query; ``replies`` without
    those on a range in which nothing lies, because they count what lies outside of it."""

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
    client: Client,
    utility: str,
    parameters: Parameters,
    read: Callable[[Reply], T],
    tries: int = TRIES,
) -> T:
    path, asked = f"{utility}.fcgi", [("db", "pubmed"), *parameters]
    return client.ask(NAME, path, asked, read, tries)


def esearch(client: Client, query: str, dates: Parameters = (), *, within: str = "") -> Search:
    """All PMIDs that a query finds; beyond 9,999 the query is split into ranges of UIDs.

    ``dates`` is a window: datetype, mindate and maxdate. ``within`` is a range that nobody wrote
    into the query, such as ``2026/01/01:3000[mdat]``: where PubMed says that it does not know that
    phrase, nothing lies in it. Raises InputError where PubMed dropped a phrase or a field of the
    query, ServiceFailed where it gave other papers than it counted, three times over (a paper that
    is added meanwhile moves the count once).
    """
    for _ in range(SEARCH_TRIES - 1):
        try:
            return _search(client, query, dates, within)
        except _CountMoved:
            continue
    return _search(client, query, dates, within)


class _CountMoved(ServiceFailed):
    """A search gave other papers than it counted."""


def _search(client: Client, query: str, dates: Parameters, within: str) -> Search:
    query = f"({query}) AND {within}" if within else query
    whole = _search_page(client, query, dates, within=within)
    if whole.dropped:
        raise InputError(
            f"PubMed would not run the query as written: it does not know {whole.dropped[0]}. "
            f"Without that it finds other papers, so nothing was used. The query: {query}"
        )
    if whole.count <= MOST_FOUND:
        pages = _walk(client, query, dates, whole)
    else:
        pages = [whole, *_parts(client, query, dates, whole)]
    pmids = dict.fromkeys(pmid for page in pages for pmid in page.pmids)
    if len(pmids) != whole.count:
        raise _not_all(client, query, whole.count, len(pmids))
    replies = tuple(page.reply for page in pages if page.is_asked)
    return Search(whole.count, whole.translation, tuple(pmids), replies)


@dataclass(frozen=True)
class _Page:
    """One answer of ESearch; ``sample`` is all that it names, ``pmids`` empty where that is not
    all that it found. ``is_asked``: the query was run as it was asked."""

    count: int
    sample: list[int]
    translation: str
    dropped: list[Dropped]
    reply: Reply
    is_asked: bool = True

    @property
    def pmids(self) -> list[int]:
        return self.sample if self.count <= MOST_FOUND else []


def _search_page(
    client: Client, query: str, dates: Parameters, start: int = 0, within: str = ""
) -> _Page:
    def read(reply: Reply) -> _Page:
        answer = search_answer(client, reply)
        if within and answer.dropped and all(_is_of(within, one) for one in answer.dropped):
            # Run without its range, the query counts and names other papers than were asked for.
            return _Page(0, [], answer.translation, [], reply, is_asked=False)
        try:
            count, pmids = _count(answer.count), list(map(stated_pmid, answer.pmids))
        except ValueError as error:
            raise Again(f"an answer with a count or an id that is none ({error})") from error
        if count and not pmids and not start:
            raise Again(f"ESearch counted {count:,} papers and named none")
        return _Page(count, pmids, answer.translation, answer.dropped, reply)

    parameters = [
        ("term", query),
        *dates,
        ("retstart", str(start)),
        ("retmax", str(MOST_FOUND)),
        ("retmode", "xml"),
    ]
    return _ask(client, "esearch", parameters, read)


def _count(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,10}", text):
        raise ValueError(f"{text[:40]!r} is no count")
    return int(text)


def _is_of(within: str, dropped: Dropped) -> bool:
    """Whether what PubMed dropped is a range that was added to the query, or an end of it."""

    def shown(phrase: str) -> str:
        return re.sub(r"""["'() ]|\[.*""", "", phrase)

    ends = shown(within).split(":")
    return dropped.kind == "phrase" and {*shown(dropped.part).split(":")} <= {*ends}


def _walk(client: Client, query: str, dates: Parameters, first: _Page) -> list[_Page]:
    """All pages of a search whose count is in reach."""
    pages, got = [first], len(first.sample)
    while got < first.count and pages[-1].sample:
        pages.append(_search_page(client, query, dates, got))
        got += len(pages[-1].sample)
    return pages


def _parts(client: Client, query: str, dates: Parameters, whole: _Page) -> list[_Page]:
    """Pages of ranges of UIDs that together are the whole, none with too many to have them all.

    Raises ServiceFailed where the counts of the ranges do not add up to that of the whole.
    """

    def search(span: Span) -> list[_Page]:
        within = f"{span.low}:{span.high}[uid]"
        part = f"({query}) AND {within}"
        first = _search_page(client, part, dates, within=within)
        return _walk(client, part, dates, first) if first.count <= MOST_FOUND else [first]

    pages = []
    wide = [(Span(1, HIGHEST_UID), whole)]
    while wide:
        span, page = wide.pop()
        ranges = spans(span, page.count, page.sample, MOST_FOUND)
        parts = dict(answers(overlapped(search, ranges, AT_ONCE)))
        if (total := sum(part[0].count for part in parts.values())) != page.count:
            raise _not_all(client, query, page.count, total)
        for part, part_pages in parts.items():
            pages += part_pages
            if part_pages[0].count > MOST_FOUND:
                wide.append((part, part_pages[0]))
    return pages


def _not_all(client: Client, query: str, count: int, got: int) -> _CountMoved:
    why = f"ESearch counted {count:,} papers and gave {got:,}"
    return _CountMoved(
        f"{client.base(NAME)}: {why} for the query {query!r}. Nothing of it was used; "
        "run the same command again.",
        why=why,
    )


def fetches_at_once(rate: Rate) -> int:
    """Enough to use what NCBI grants although answers take a second and a half, and no more,
    because each may come to hold a batch of records."""
    return rate.most + 6


def einfo(client: Client) -> Reply:
    """The answer on PubMed itself; ``small_answers.fields_of`` reads it."""

    def read(reply: Reply) -> Reply:
        if not fields_of(client, reply):
            raise Again(f"EInfo names no field: {said(reply.body)}")
        return reply

    return _ask(client, "einfo", [], read)


def efetch(client: Client, pmids: Sequence[int]) -> Fetched:
    """Records of up to 200 PMIDs.

    A batch that keeps failing is halved until the records that make it fail stand alone and are
    named; PMIDs that the answer leaves out are asked for once more and then looked up by ESummary.
    Raises ServiceFailed where the service as a whole fails.
    """
    fetched = _fetch_parts(client, pmids)
    absent = [pmid for pmid in pmids if pmid not in fetched.records and pmid not in fetched.failed]
    if absent:
        again = _fetch_parts(client, absent)
        fetched.records |= again.records
        fetched.failed |= again.failed
        _look_up(client, [pmid for pmid in absent if pmid not in again.records], fetched)
    return fetched


def _fetch_parts(client: Client, pmids: Sequence[int]) -> Fetched:
    fetched = Fetched()
    parts, tries = [list(pmids)], TRIES
    while parts:
        part = parts.pop()
        try:
            fetched.records |= _fetch_once(client, part, tries)
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


def _fetch_once(client: Client, pmids: Sequence[int], tries: int) -> dict[int, bytes]:
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
    return _ask(client, "efetch", parameters, read, tries)


def _look_up(client: Client, absent: Sequence[int], fetched: Fetched) -> None:
    """Tell what PubMed does not have from what EFetch only failed to give."""
    absent = [pmid for pmid in absent if pmid not in fetched.failed]
    if not absent:
        return
    try:
        known = known_pmids(esummary(client, absent).body)
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
    """Whether PubMed has each paper of an eSummaryResult (version 2.0: those without an error).

    Raises ValueError where it names what is no PMID.
    """
    summaries = fromstring(body).iter("DocumentSummary")  # noqa: S314 (read by root_of before)
    return {stated_pmid(each.get("uid")): each.find("error") is None for each in summaries}


def esummary(client: Client, pmids: Sequence[int]) -> Reply:
    """The answer on up to 200 PMIDs; ``known_pmids`` and ``kb.answers.esummary_dois`` read it."""

    def read(reply: Reply) -> Reply:
        root_of(reply, "eSummaryResult")
        try:
            known = known_pmids(reply.body)
        except ValueError as error:
            raise Again(f"an id that is none ({error})") from error
        if left := [pmid for pmid in pmids if pmid not in known]:
            raise Again(f"ESummary left out {len(left)} PMIDs, among them {left[0]}")
        return reply

    parameters = [("id", ",".join(map(str, pmids))), ("retmode", "xml"), ("version", "2.0")]
    return _ask(client, "esummary", parameters, read)


def find_dois(client: Client, dois: Sequence[str]) -> list[Reply]:
    """The answers that tell which papers up to 50 DOIs name: ESearch, then ESummary of its finds.

    ``kb.answers.esummary_dois`` reads the second, and only what that gives as a paper's own DOI
    counts; where PubMed has none of them there is no second.
    """
    # That PubMed does not know a DOI is what is asked here, no fault of the query.
    page = _search_page(client, " OR ".join(f'"{doi}"[doi]' for doi in dois), ())
    return [page.reply, *([esummary(client, page.sample)] if page.sample else [])]


def dois_asked(question: str) -> list[str]:
    """The DOIs that a question of ``find_dois`` asked for; none of any other question."""
    return re.findall(r'"([^"]+)"\[doi\]', dict(parse_qsl(question)).get("term", ""))


def elink(client: Client, pmids: Sequence[int], linkname: str) -> Reply:
    """The answer that names the linked papers of up to 100 PMIDs; ``kb.answers`` reads it."""

    def read(reply: Reply) -> Reply:
        alone = [one for one in link_sets(client, reply) if len(one.papers) == 1]
        try:
            linked = {
                stated_pmid(one.papers[0]): [
                    pmid
                    for pmid, name in [(stated_pmid(pmid), name) for name, pmid in one.links]
                    if name == linkname
                ]
                for one in alone
            }
        except ValueError as error:
            raise Again(f"an id that is none ({error})") from error
        if left := [pmid for pmid in pmids if pmid not in linked]:
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
    return _ask(client, "elink", parameters, read)
