"""The search page: papers that are found, their facets, their feed."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from datasette.utils.asgi import Response
from markupsafe import Markup

from kb.ids import clean_doi, clean_pmcid, clean_pmid
from kb.site import compat, held, search
from kb.site.answer import in_words
from kb.site.apart import INTERRUPTED
from kb.site.facets import Columns, Facet, Value, by_year, facets, published
from kb.site.filters import (
    COUNTED_BY,
    ORDERS,
    SINGLE,
    TOLD,
    Asked,
    asked_for,
    level,
    matching,
    orders,
)
from kb.site.links import Links
from kb.site.lists import (
    MOST_IN_FEED,
    Pager,
    PaperLine,
    Rows,
    page_of,
    paper_lines,
    pmids_of,
    read_rows,
    tuples,
)
from kb.site.names import Names, names
from kb.site.responses import Entered, feed, render
from kb.site.spelling import KnownWords, known_words
from kb.site.understood import Understood, meant, understood, unfound
from kb.site.values import LAST_PAGE, number
from kb.site.years import Years, years


def hits(params: dict[str, object], order: str) -> str:
    """The papers that a search finds, in order."""
    columns = "p.pmid, p.title, p.authors, p.journal_abbrev, p.year, p.doi, p.is_retracted"
    if order == "evidence":
        columns += f",\n    p.design, p.n_patients,\n    {level(params)} AS level"
    if order in COUNTED_BY:
        columns += f",\n    {COUNTED_BY[order]} AS cited_by"
    return f"SELECT {columns}\n{matching(params)}\nORDER BY {ORDERS[order]}"


def hits_entered(params: dict[str, object]) -> str:
    """The papers that a search finds, those that entered the base last first."""
    entered = "coalesce((SELECT min(c.date) FROM changes c WHERE c.pmid = p.pmid), p.read_at)"
    return (
        f"SELECT p.pmid, p.title, p.authors, p.journal_abbrev, p.year, {entered} AS date"
        f" {matching(params)} ORDER BY date DESC, p.pmid DESC"
    )


def all_hits(params: dict[str, object]) -> str:
    """The papers that a search finds, in no order."""
    if params.keys() == {"q"}:  # a third of the time
        return "SELECT rowid FROM papers_fts WHERE papers_fts MATCH :q"
    return f"SELECT p.pmid {matching(params)}"


STANDING = """
SELECT v.verdict, count(*) FROM json_each(:pmids) found JOIN verdicts v ON v.pmid = found.value
GROUP BY v.verdict
"""


# Which of the topics that were named a paper has, and the words that first gave it, those of a
# narrower one only where there are no others.
BY_TOPIC = """
SELECT t.pmid, a.label, e.surface, min((e.topic <> a.topic) * 1e12 + e.id)
FROM json_each(:topics) wanted JOIN topics a ON a.topic = wanted.value
JOIN topic_closure c ON c.ancestor = a.topic JOIN paper_topics t ON t.topic = c.topic
LEFT JOIN topic_evidence e ON e.pmid = t.pmid AND e.topic = t.topic AND e.negated = 0
WHERE t.pmid IN (SELECT value FROM json_each(:pmids))
GROUP BY t.pmid, a.topic ORDER BY wanted.key
"""

WORKS_BY_IDENTIFIER = """
SELECT work, pmid, text, is_paper FROM works
WHERE pmid = :pmid OR doi = :doi OR pmcid = :pmcid
ORDER BY is_paper DESC, work LIMIT 5
"""


@dataclass(frozen=True)
class SearchPage:
    """``pmids`` are all papers found, ``lines`` those of the page. ``match`` is None for a text
    without words; ``unfound`` are the words that are in no paper, where nothing was found, and
    ``meant`` what may have been meant; ``labels`` are the names of topics."""

    pmids: list[int]
    match: str | None
    dropped: int
    lines: list[PaperLine]
    pager: Pager
    sql: str
    params: dict[str, object]
    identified: Rows
    absent: int | None
    understood: Understood
    unfound: list[str]
    meant: str | None
    labels: dict[str, str]


def find(
    connection: sqlite3.Connection,
    asked: Asked,
    page: int,
    known: Names,
    words: KnownWords | None = None,
) -> SearchPage:
    """Papers that hold the words asked for and pass the filters; without words, all that pass."""
    text, query, order = asked.text, asked.query, asked.order
    params = parameters(asked)
    sql = hits(params, order)
    named = identified(connection, text)
    nothing = bool(text) and query.match is None
    rows = [] if nothing else page_of(connection, sql, params, page)
    every = [] if nothing else _pmids(connection, params)
    lines = paper_lines(connection, rows, query.match, judged=order == "evidence")
    absent = None if named else clean_pmid(_bare(text))
    is_lost = bool(text) and not (every or named or absent)
    return SearchPage(
        pmids=every,
        match=query.match,
        dropped=query.dropped,
        lines=with_topics(connection, lines, query.topics),
        pager=Pager(page, len(every)),
        sql=sql,
        params=params,
        identified=named,
        absent=absent,
        understood=understood(connection, text, query, known),
        unfound=[] if every else unfound(connection, query),
        meant=meant(connection, text, query, known, words) if is_lost and words else None,
        labels=labels(connection),
    )


def parameters(asked: Asked) -> dict[str, object]:
    """Of the statements that find."""
    return dict(asked.filters) | ({"q": asked.query.match} if asked.query.match else {})


def with_topics(
    connection: sqlite3.Connection, lines: list[PaperLine], topics: Sequence[str]
) -> list[PaperLine]:
    """Papers in which no word is marked tell the topic by which they were found."""
    bare = [line.row for line in lines if not line.snippets and "<mark>" not in line.title]
    if not topics or not bare:
        return lines
    reasons: dict[int, list[tuple[str, Markup]]] = {}
    wanted = {"topics": json.dumps(topics), "pmids": pmids_of(bare)}
    for row in read_rows(connection, BY_TOPIC, **wanted):
        told = Markup("{}: <q>{}</q>") if row["surface"] else Markup("{}")
        reason = ("topic", told.format(row["label"], row["surface"]))
        reasons.setdefault(row["pmid"], []).append(reason)
    return [
        replace(line, snippets=line.snippets or reasons.get(line.row["pmid"], [])) for line in lines
    ]


def entered(connection: sqlite3.Connection, asked: Asked) -> Rows:
    """The papers of a search for its feed."""
    if asked.text and asked.query.match is None:
        return []
    params = parameters(asked)
    sql = f"{hits_entered(params)} LIMIT :limit"
    return read_rows(connection, sql, **params, limit=MOST_IN_FEED)


def all_found(connection: sqlite3.Connection, asked: Asked) -> frozenset[int] | None:
    """The PMIDs of all that a search finds; None where it asks for nothing."""
    if not asked.text and not asked.filters:
        return None
    if asked.text and asked.query.match is None:
        return frozenset()
    return frozenset(_pmids(connection, parameters(asked)))


def _pmids(connection: sqlite3.Connection, params: dict[str, object]) -> list[int]:
    return [pmid for (pmid,) in tuples(connection, all_hits(params), params)]


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
    known = await held.once(datasette, names) if asked.text else search.NO_NAMES

    def answered(
        connection: sqlite3.Connection, words: KnownWords | None = None
    ) -> tuple[SearchPage, Counted]:
        papers = find(connection, asked, page_number, known, words)
        return papers, _counted(connection, columns, papers)

    results, counted = await compat.search(datasette, answered)
    if results.unfound:
        words = await held.once(datasette, known_words)
        results, counted = await compat.search(datasette, lambda db: answered(db, words))
    return await render(
        datasette,
        request,
        "search",
        page=results,
        counted=counted,
        filters=SINGLE,
        told=TOLD,
        title=in_words(asked, results.labels),
        chosen=asked.chosen,
        order=asked.order,
        natural=asked.natural,
        most_terms=search.MOST_TERMS,
        orders=await orders(datasette, words=bool(asked.text)),
        source=Links(datasette).sql(results.sql, results.params),
    )


async def _columns(datasette: Any) -> Columns | None:
    try:
        return await published(datasette)
    except compat.TooSlow:
        return None


class Counted(NamedTuple):
    """How the papers of a search stand, what they have in common, and their years; the last two are
    None where counting took too long."""

    standing: Mapping[Value, int]
    facets: list[Facet] | None
    years: Years | None


def _counted(
    connection: sqlite3.Connection, columns: Columns | None, results: SearchPage
) -> Counted:
    if columns is None:
        pmids = json.dumps(results.pmids)
        return Counted(dict(tuples(connection, STANDING, {"pmids": pmids}).fetchall()), None, None)
    counted = columns.counted(results.pmids)
    of_years = years(len(results.pmids), by_year(counted))
    try:
        common = facets(connection, counted, results.params) if results.lines else []
        return Counted(counted["verdict"], common, of_years)
    except sqlite3.OperationalError as error:
        if str(error) != INTERRUPTED:
            raise
        return Counted(counted["verdict"], None, of_years)


async def page_feed(datasette: Any, request: Any) -> Response:
    """The papers that a search finds, those that entered the base last first."""
    asked = await asked_for(datasette, request)
    rows = await compat.search(datasette, lambda connection: entered(connection, asked))
    entries = [Entered(row["pmid"], row["title"], row["date"], _by(row)) for row in rows]
    links = Links(datasette)
    page = links.search(**asked.chosen | {"sort": None})
    words = in_words(asked, await held.once(datasette, labels))
    title = f"Papers: {words}" if words else "Papers"
    return await feed(datasette, request, page, title, entries)


def labels(connection: sqlite3.Connection) -> dict[str, str]:
    """The names of topics."""
    return dict(connection.execute("SELECT topic, label FROM topics").fetchall())


def _by(row: Any) -> str:
    about = (row["authors"], row["journal_abbrev"], row["year"])
    return ". ".join(str(each) for each in about if each)
