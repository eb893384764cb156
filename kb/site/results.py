"""The search page: papers that are found, their facets, their feed."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from datasette.utils.asgi import Response

from kb.ids import clean_doi, clean_pmcid, clean_pmid
from kb.site import compat, search
from kb.site.apart import INTERRUPTED
from kb.site.facets import Columns, Facet, facets, published
from kb.site.filters import ORDERS, SINGLE, asked_for, level, matching
from kb.site.links import Links
from kb.site.lists import (
    MOST_IN_FEED,
    Pager,
    PaperLine,
    Rows,
    page_of,
    paper_lines,
    read_rows,
    tuples,
)
from kb.site.responses import Entered, feed, render
from kb.site.values import LAST_PAGE, number


def hits(params: dict[str, object], order: str) -> str:
    """The papers that a search finds, in order."""
    columns = "p.pmid, p.title, p.authors, p.journal_abbrev, p.year, p.doi, p.is_retracted"
    if order == "evidence":
        columns += f",\n    p.design, p.n_patients,\n    {level(params)} AS level"
    return f"SELECT {columns}\n{matching(params)}\nORDER BY {ORDERS[order]}"


def hits_entered(params: dict[str, object]) -> str:
    """The papers that a search finds, those that entered the base last first."""
    entered = "coalesce((SELECT min(c.date) FROM changes c WHERE c.pmid = p.pmid), p.read_at)"
    return (
        f"SELECT p.pmid, p.title, p.authors, p.journal_abbrev, p.year, {entered} AS date"
        f" {matching(params)} ORDER BY date DESC, p.pmid DESC"
    )


def all_hits(params: dict[str, object]) -> str:
    """The papers that a search finds, in no order, and how each stands."""
    return (
        "SELECT p.pmid, (SELECT v.verdict FROM verdicts v WHERE v.work = p.work)"  # noqa: S608
        f" {matching(params)}"
    )


SORTED = {"relevance": "relevance", "newest": "newest", "evidence": "best evidence"}

ANY_HIT = "SELECT 1 FROM papers_fts WHERE papers_fts MATCH :q LIMIT 1"

TOPICS_NAMED = """
SELECT topic, label, papers FROM topics
WHERE lower(label) = lower(:text)
    OR '|' || lower(coalesce(synonyms, '') || '|' || coalesce(abbreviations, '')) || '|'
        LIKE '%|' || replace(replace(lower(:text), '%', ''), '_', '') || '|%'
ORDER BY papers DESC LIMIT 3
"""

WORKS_BY_IDENTIFIER = """
SELECT work, pmid, text, is_paper FROM works
WHERE pmid = :pmid OR doi = :doi OR pmcid = :pmcid
ORDER BY is_paper DESC, work LIMIT 5
"""


@dataclass(frozen=True)
class SearchPage:
    """``pmids`` are all papers found, ``lines`` those of the page. ``match`` is None for a text
    without words; ``dropped`` counts terms beyond the most;
    ``unfound`` are the terms that are in no paper, where nothing was found; ``topics`` are those
    that the text names, and ``labels`` the names of those that were chosen."""

    pmids: list[int]
    match: str | None
    dropped: int
    lines: list[PaperLine]
    pager: Pager
    retracted: int
    contradictory: int
    unchecked: int
    sql: str
    params: dict[str, object]
    identified: Rows
    absent: int | None
    unfound: list[str]
    topics: Rows
    labels: dict[str, str]


def find(
    connection: sqlite3.Connection, text: str, filters: dict[str, object], order: str, page: int
) -> SearchPage:
    """Papers that hold the words of ``text`` and pass the filters; without words, all that pass."""
    query = search.parse(text)
    params = dict(filters)
    if query.match:
        params["q"] = query.match
    sql = hits(params, order)
    named = identified(connection, text)
    nothing = bool(text) and query.match is None
    rows = [] if nothing else page_of(connection, sql, params, page)
    every = [] if nothing else tuples(connection, all_hits(params), params).fetchall()
    standing = Counter(stands for _, stands in every)
    return SearchPage(
        pmids=[pmid for pmid, _ in every],
        match=query.match,
        dropped=query.dropped,
        lines=paper_lines(connection, rows, query.match, judged=order == "evidence"),
        pager=Pager(page, len(every)),
        retracted=standing["retracted"],
        contradictory=standing["contradictory"],
        unchecked=standing["never checked"],
        sql=sql,
        params=params,
        identified=named,
        absent=None if named else clean_pmid(_bare(text)),
        unfound=[] if every else unfound(connection, query.wanted),
        topics=read_rows(connection, TOPICS_NAMED, text=text.strip(' "')) if text else [],
        labels=dict(connection.execute("SELECT topic, label FROM topics").fetchall()),
    )


def entered(connection: sqlite3.Connection, text: str, filters: dict[str, object]) -> Rows:
    """The papers of a search for its feed."""
    query = search.parse(text)
    if text and query.match is None:
        return []
    params = dict(filters) | ({"q": query.match} if query.match else {})
    sql = f"{hits_entered(params)} LIMIT :limit"
    return read_rows(connection, sql, **params, limit=MOST_IN_FEED)


def all_found(
    connection: sqlite3.Connection, text: str, filters: dict[str, object]
) -> frozenset[int] | None:
    """The PMIDs of all that a search finds; None where it asks for nothing."""
    if not text and not filters:
        return None
    query = search.parse(text)
    if text and query.match is None:
        return frozenset()
    params = dict(filters) | ({"q": query.match} if query.match else {})
    return frozenset(pmid for pmid, _ in tuples(connection, all_hits(params), params))


def unfound(connection: sqlite3.Connection, wanted: Sequence[str]) -> list[str]:
    """Those of the terms of a search that occur in no paper at all."""
    occurs = [bool(connection.execute(ANY_HIT, {"q": term}).fetchone()) for term in wanted]
    return [
        re.sub(r'[(){}":]', "", term)
        for term, is_in in zip(wanted, occurs, strict=True)
        if not is_in
    ]


def identified(connection: sqlite3.Connection, text: str) -> Rows:
    """The works that the text names by PMID, DOI or PMCID."""
    text = _bare(text)
    pmid, doi = clean_pmid(text), clean_doi(text)
    pmcid = clean_pmcid(text) if text.strip().upper().startswith("PMC") else None
    if pmid is None and doi is None and pmcid is None:
        return []
    return read_rows(connection, WORKS_BY_IDENTIFIER, pmid=pmid, doi=doi, pmcid=pmcid)


def _bare(text: str) -> str:
    """An identifier without the word that says what it is."""
    return re.sub(r"^\s*(?:pmid|doi|pmcid)(?:\s*:\s*|\s+)", "", text, flags=re.I)


async def page(datasette: Any, request: Any) -> Response:
    asked = await asked_for(datasette, request)
    page_number = number(request, "page", most=LAST_PAGE)
    columns = await _columns(datasette)

    def answered(connection: sqlite3.Connection) -> tuple[SearchPage, list[Facet] | None]:
        papers = find(connection, asked.text, asked.filters, asked.order, page_number)
        return papers, _facets(connection, columns, papers)

    results, counted = await compat.search(datasette, answered)
    return await render(
        datasette,
        request,
        "search",
        page=results,
        facets=counted,
        filters=SINGLE,
        chosen=asked.chosen,
        order=asked.order,
        natural=asked.natural,
        most_terms=search.MOST_TERMS,
        orders={name: told for name, told in SORTED.items() if asked.text or name != "relevance"},
        source=Links(datasette).sql(results.sql, results.params),
    )


async def _columns(datasette: Any) -> Columns | None:
    try:
        return await published(datasette)
    except compat.TooSlow:
        return None


def _facets(
    connection: sqlite3.Connection, columns: Columns | None, results: SearchPage
) -> list[Facet] | None:
    """None where counting took too long: the papers found are shown without it."""
    if not results.lines:
        return []
    if columns is None:
        return None
    try:
        return facets(connection, columns.counted(results.pmids), results.params)
    except sqlite3.OperationalError as error:
        if str(error) != INTERRUPTED:
            raise
        return None


async def page_feed(datasette: Any, request: Any) -> Response:
    """The papers that a search finds, those that entered the base last first."""
    asked = await asked_for(datasette, request)
    rows = await compat.search(
        datasette, lambda connection: entered(connection, asked.text, asked.filters)
    )
    entries = [Entered(row["pmid"], row["title"], row["date"], _by(row)) for row in rows]
    links = Links(datasette)
    page = links.search(**asked.chosen | {"sort": None})
    others = (v for name, v in asked.filters.items() if not name.startswith("topic"))
    words = ", ".join(map(str, filter(None, [asked.text, *asked.topics, *others])))
    title = f"Papers: {words}" if words else "Papers"
    return await feed(datasette, request, page, title, entries)


def _by(row: Any) -> str:
    about = (row["authors"], row["journal_abbrev"], row["year"])
    return ". ".join(str(each) for each in about if each)
