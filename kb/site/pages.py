"""What each page shows, read from one connection. No Datasette, no HTML but the published text."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from kb.ids import clean_doi, clean_pmcid, clean_pmid
from kb.site import queries, search
from kb.site.citation import cite
from kb.site.text import LONGEST_HEADLINE, headline, marked, published

Rows = list[sqlite3.Row]

PAGE_SIZE = 20
MOST_LISTED = 100  # citing works, notices and the like on one page; the rest is in the tables


def _rows(connection: sqlite3.Connection, sql: str, **params: object) -> Rows:
    return connection.execute(sql, params).fetchall()


def _row(connection: sqlite3.Connection, sql: str, **params: object) -> sqlite3.Row | None:
    row: sqlite3.Row | None = connection.execute(sql, params).fetchone()
    return row


def _number(connection: sqlite3.Connection, sql: str, params: Mapping[str, object]) -> int:
    return int(connection.execute(sql, dict(params)).fetchone()[0])


@dataclass(frozen=True)
class PaperLine:
    """A paper in a list; ``found`` holds the places other than the title where words were found."""

    row: sqlite3.Row
    title: Markup
    found: list[tuple[str, Markup]] = field(default_factory=list)


def paper_lines(
    connection: sqlite3.Connection, pmids: Sequence[int], match: str | None = None
) -> list[PaperLine]:
    wanted = json.dumps(list(pmids))
    marks = {}
    if match:
        marks = {
            row["pmid"]: row for row in _rows(connection, queries.MARKED, q=match, pmids=wanted)
        }
    return [
        _line(row, marks.get(row["pmid"]))
        for row in _rows(connection, queries.PAPER_LINES, pmids=wanted)
    ]


def _line(row: sqlite3.Row, marks: sqlite3.Row | None) -> PaperLine:
    title = headline(row["title_html"])
    if marks is None:
        return PaperLine(row, title)
    places = ("abstract", "authors", "keywords", "mesh")
    found = [(place, words) for place in places if (words := marked(marks[place]))]
    in_title = marked(marks["title"]) if len(marks["title"]) <= LONGEST_HEADLINE else None
    return PaperLine(row, in_title or title, found)


@dataclass(frozen=True)
class Pager:
    """Where a page stands in a list of ``total``; pages count from 1."""

    page: int
    total: int

    @property
    def first(self) -> int:
        return (self.page - 1) * PAGE_SIZE + 1

    @property
    def last(self) -> int:
        return min(self.page * PAGE_SIZE, self.total)

    @property
    def pages(self) -> int:
        return -(-self.total // PAGE_SIZE)


def _pmids(
    connection: sqlite3.Connection, sql: str, params: Mapping[str, object], page: int
) -> list[int]:
    limited = {**params, "limit": PAGE_SIZE, "offset": (page - 1) * PAGE_SIZE}
    return [
        row["pmid"] for row in connection.execute(f"{sql}\nLIMIT :limit OFFSET :offset", limited)
    ]


# Home ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Scheme:
    row: sqlite3.Row
    topics: Rows


@dataclass(frozen=True)
class Home:
    meta: dict[str, str]
    counts: sqlite3.Row
    schemes: list[Scheme]
    last_run: sqlite3.Row | None
    changes: Rows
    integrity: sqlite3.Row
    retracted: list[PaperLine]


def home(connection: sqlite3.Connection) -> Home:
    topics = _rows(connection, queries.SCHEME_COUNTS)
    return Home(
        meta=meta(connection),
        counts=_rows(connection, queries.COUNTS)[0],
        schemes=[
            Scheme(scheme, [topic for topic in topics if topic["scheme"] == scheme["scheme"]])
            for scheme in _rows(connection, queries.SCHEMES)
        ],
        last_run=_row(connection, queries.LAST_RUNS, limit=1),
        changes=_rows(connection, queries.NEWEST_CHANGES, limit=6, offset=0),
        integrity=_rows(connection, queries.INTEGRITY_COUNTS)[0],
        retracted=_retracted(connection, 3),
    )


def meta(connection: sqlite3.Connection) -> dict[str, str]:
    return {row["key"]: row["value"] for row in _rows(connection, queries.META)}


# Search ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Search:
    """``match`` is None for a text without words; ``dropped`` counts terms beyond the most."""

    match: str | None
    dropped: int
    lines: list[PaperLine]
    pager: Pager
    sql: str
    params: dict[str, object]
    identified: Rows
    topic: sqlite3.Row | None


def find(
    connection: sqlite3.Connection, text: str, filters: dict[str, object], order: str, page: int
) -> Search:
    """Papers that hold the words of ``text`` and pass the filters; without words, all that pass."""
    query = search.parse(text)
    params = dict(filters)
    if query.match:
        params["q"] = query.match
    sql = queries.hits(params, order)
    nothing = bool(text) and query.match is None
    pmids = [] if nothing else _pmids(connection, sql, params, page)
    total = 0 if nothing else _number(connection, queries.hits_count(params), params)
    return Search(
        match=query.match,
        dropped=query.dropped,
        lines=paper_lines(connection, pmids, query.match),
        pager=Pager(page, total),
        sql=sql,
        params=params,
        identified=identified(connection, text),
        topic=_row(connection, queries.TOPIC, topic=filters.get("topic")),
    )


def identified(connection: sqlite3.Connection, text: str) -> Rows:
    """The works that the text names by PMID, DOI or PMCID."""
    pmid, doi = clean_pmid(text), clean_doi(text)
    pmcid = clean_pmcid(text) if text.strip().upper().startswith("PMC") else None
    if pmid is None and doi is None and pmcid is None:
        return []
    return _rows(connection, queries.WORKS_BY_IDENTIFIER, pmid=pmid, doi=doi, pmcid=pmcid)


@dataclass(frozen=True)
class Facet:
    name: str
    title: str
    values: Rows


def facets(connection: sqlite3.Connection, params: dict[str, object]) -> list[Facet]:
    """Counts over the papers found, for the filters that are not set yet."""
    kinds = (
        ("topic", "Topic", queries.facet_topics),
        ("year", "Year", queries.facet_years),
        ("type", "Publication type", queries.facet_types),
    )
    return [
        Facet(name, title, _rows(connection, statement(params), **params))
        for name, title, statement in kinds
        if name not in params or name == "topic"
    ]


# Paper -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Around:
    """What is known of a work beside itself: who cites it (at most MOST_LISTED are listed), the
    retracted works that it rests on, and what belongs to it."""

    cited_by: Rows
    n_cited_by: int
    retracted: Rows
    linked: Rows


@dataclass(frozen=True)
class PaperTopic:
    """A topic of a paper and the rows of evidence that speak for it."""

    row: sqlite3.Row
    evidence: Rows


@dataclass(frozen=True)
class Paper:
    row: sqlite3.Row
    citation: str
    title: Markup
    abstract: Markup
    authors: Rows
    contributors: Rows
    notices: Rows
    schemes: dict[str, list[PaperTopic]]
    denied: Rows
    mesh: Rows
    supplementary_mesh: Rows
    keywords: Rows
    publication_types: Rows
    databanks: Rows
    grants: Rows
    other_abstracts: Rows
    references: Rows
    provenance: Rows
    around: Around

    @property
    def retracted(self) -> bool:
        return _is_retracted(self.row, self.notices)

    @property
    def unresolved(self) -> int:
        return sum(reference["method"] == "none" for reference in self.references)


def _is_retracted(row: sqlite3.Row, notices: Rows) -> bool:
    return row["is_retracted"] == 1 or any(each["kind"] == "retraction" for each in notices)


def paper(connection: sqlite3.Connection, pmid: int) -> Paper | None:
    row = _row(connection, queries.PAPER, pmid=pmid)
    if row is None:
        return None

    def of_paper(sql: str) -> Rows:
        return _rows(connection, sql, pmid=pmid)

    authors = of_paper(queries.AUTHORS)
    evidence = of_paper(queries.PAPER_EVIDENCE)
    notices = of_paper(queries.NOTICES)
    return Paper(
        row=row,
        citation=cite(row, authors, retracted=_is_retracted(row, notices)),
        title=published(row["title_html"]),
        abstract=published(row["abstract_html"]),
        authors=authors,
        contributors=of_paper(queries.CONTRIBUTORS),
        notices=notices,
        schemes=_by_scheme(of_paper(queries.PAPER_TOPICS), evidence),
        denied=[each for each in evidence if each["negated"]],
        mesh=of_paper(queries.MESH),
        supplementary_mesh=of_paper(queries.SUPPLEMENTARY_MESH),
        keywords=of_paper(queries.KEYWORDS),
        publication_types=of_paper(queries.PUBLICATION_TYPES),
        databanks=of_paper(queries.DATABANKS),
        grants=of_paper(queries.GRANTS),
        other_abstracts=of_paper(queries.OTHER_ABSTRACTS),
        references=of_paper(queries.REFERENCES),
        provenance=of_paper(queries.PROVENANCE),
        around=_around(connection, row["work"]),
    )


def _by_scheme(topics: Rows, evidence: Rows) -> dict[str, list[PaperTopic]]:
    schemes: dict[str, list[PaperTopic]] = {}
    for topic in topics:
        words = [
            each for each in evidence if each["topic"] == topic["topic"] and not each["negated"]
        ]
        schemes.setdefault(topic["scheme_label"], []).append(PaperTopic(topic, words))
    return schemes


def _around(connection: sqlite3.Connection, work: str) -> Around:
    return Around(
        cited_by=_rows(connection, queries.CITED_BY, work=work, limit=MOST_LISTED),
        n_cited_by=_number(connection, queries.CITED_BY_COUNT, {"work": work}),
        retracted=_rows(connection, queries.RETRACTED_BEHIND, work=work),
        linked=_rows(connection, queries.LINKED_WORKS, work=work),
    )


def known_work(connection: sqlite3.Connection, pmid: int) -> sqlite3.Row | None:
    """A PMID that is cited here but was not harvested."""
    return _row(connection, queries.WORK, work=f"pmid:{pmid}")


# Work ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Work:
    """``moved`` is the identifier under which the work is kept now, where it was asked by another."""

    row: sqlite3.Row
    printed: Rows
    around: Around
    moved: bool


def work(connection: sqlite3.Connection, name: str) -> Work | None:
    """A work by its identifier, whatever its case, or by one it was known under before."""
    row = _row(connection, queries.WORK, work=name) or _row(
        connection, queries.WORK, work=name.lower()
    )
    if row is None:
        now = _row(connection, queries.WORK_NOW, work=name)
        row = _row(connection, queries.WORK, work=now["work"]) if now else None
    if row is None:
        return None
    return Work(
        row=row,
        printed=_rows(connection, queries.WORK_PRINTED, work=row["work"]),
        around=_around(connection, row["work"]),
        moved=row["work"] != name,
    )


# Topic -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Bar:
    """A column of a chart: a year, its papers and its height in a hundred."""

    year: int
    papers: int
    height: float


@dataclass(frozen=True)
class TopicLine:
    line: PaperLine
    reasons: Rows


@dataclass(frozen=True)
class Topic:
    row: sqlite3.Row
    wider: Rows
    narrower: Rows
    lines: list[TopicLine]
    pager: Pager
    bars: list[Bar]
    undated: int


def topic(connection: sqlite3.Connection, name: str, page: int) -> Topic | None:
    row = _row(connection, queries.TOPIC, topic=name)
    if row is None:
        return None
    params = {"topic": name}
    pmids = _pmids(connection, queries.TOPIC_PAPERS, params, page)
    reasons = _rows(connection, queries.TOPIC_REASONS, topic=name, pmids=json.dumps(pmids))
    years = {
        each["year"]: each["papers"] for each in _rows(connection, queries.TOPIC_YEARS, **params)
    }
    return Topic(
        row=row,
        wider=_rows(connection, queries.TOPIC_WIDER, topic=name),
        narrower=_rows(connection, queries.TOPIC_NARROWER, topic=name),
        lines=[
            TopicLine(line, [why for why in reasons if why["pmid"] == line.row["pmid"]])
            for line in paper_lines(connection, pmids)
        ],
        pager=Pager(page, sum(years.values())),
        bars=bars({year: papers for year, papers in years.items() if year is not None}),
        undated=years.get(None, 0),
    )


def bars(years: dict[int, int]) -> list[Bar]:
    """A column for every year from the first to the last, empty ones too."""
    most = max(years.values(), default=0)
    return [
        Bar(year, years.get(year, 0), 100 * years.get(year, 0) / most)
        for year in (range(min(years), max(years) + 1) if years else ())
    ]


# Integrity, changes, runs ----------------------------------------------------------------------


@dataclass(frozen=True)
class Integrity:
    counts: sqlite3.Row
    papers: int
    retracted: list[PaperLine]
    notices: Rows
    citing: Rows


def integrity(connection: sqlite3.Connection) -> Integrity:
    return Integrity(
        counts=_rows(connection, queries.INTEGRITY_COUNTS)[0],
        papers=_rows(connection, queries.COUNTS)[0]["papers"],
        retracted=_retracted(connection, MOST_LISTED),
        notices=_rows(connection, queries.CONCERNS, limit=MOST_LISTED),
        citing=_rows(connection, queries.CITING_RETRACTED, limit=MOST_LISTED),
    )


def _retracted(connection: sqlite3.Connection, limit: int) -> list[PaperLine]:
    found = _rows(connection, queries.RETRACTED, limit=limit)
    return paper_lines(connection, [row["pmid"] for row in found])


@dataclass(frozen=True)
class Changes:
    rows: Rows
    pager: Pager


def changes(connection: sqlite3.Connection, page: int) -> Changes:
    rows = _rows(connection, queries.NEWEST_CHANGES, limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE)
    return Changes(rows, Pager(page, _number(connection, queries.CHANGES_COUNT, {})))


@dataclass(frozen=True)
class Runs:
    runs: Rows
    searches: Rows


def runs(connection: sqlite3.Connection) -> Runs:
    return Runs(
        _rows(connection, queries.LAST_RUNS, limit=MOST_LISTED),
        _rows(connection, queries.SEARCHES, limit=MOST_LISTED),
    )
