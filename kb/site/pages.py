"""What each page shows, read from one connection. No Datasette, no HTML but the published text."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from markupsafe import Markup

from kb.ids import clean_doi, clean_pmcid, clean_pmid
from kb.site import queries, search
from kb.site.citation import cite
from kb.site.lists import (
    Pager,
    PaperLine,
    Rows,
    page_of,
    paper_lines,
    pmids_of,
    read_number,
    read_row,
    read_rows,
)
from kb.site.marks import Mark, with_marks
from kb.site.text import published

MOST_IN_FEED = 200
SENTENCE_END = re.compile(r"[.?!]\s+(?=[^a-z\s])|\n")
MOST_LISTED = 100  # citing works, notices and the like on one page; the rest is in the tables

# Home ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Scheme:
    row: sqlite3.Row
    topics: Rows


@dataclass(frozen=True)
class Home:
    counts: sqlite3.Row
    schemes: list[Scheme]
    last_run: sqlite3.Row | None
    alerts: Rows
    changes: Rows
    integrity: sqlite3.Row
    retracted: list[PaperLine]


def home(connection: sqlite3.Connection) -> Home:
    topics = read_rows(connection, queries.SCHEME_COUNTS)
    return Home(
        counts=read_rows(connection, queries.COUNTS)[0],
        schemes=[
            Scheme(scheme, [topic for topic in topics if topic["scheme"] == scheme["scheme"]])
            for scheme in read_rows(connection, queries.SCHEMES)
        ],
        last_run=read_row(connection, queries.LAST_RUNS, limit=1),
        alerts=read_rows(connection, queries.LAST_ALERTS),
        changes=page_of(connection, queries.NEWEST_CHANGES, {}, 1)[:6],
        integrity=read_rows(connection, queries.INTEGRITY_COUNTS)[0],
        retracted=_retracted(connection, 3),
    )


def base_id(connection: sqlite3.Connection) -> str | None:
    row = read_row(connection, queries.BASE_ID)
    return row["value"] if row else None


# Search ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Search:
    """``match`` is None for a text without words; ``dropped`` counts terms beyond the most;
    ``unfound`` are the terms that are in no paper, where nothing was found; ``topics`` are those
    that the text names, and ``labels`` the names of those that were chosen."""

    match: str | None
    dropped: int
    lines: list[PaperLine]
    pager: Pager
    retracted: int
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
) -> Search:
    """Papers that hold the words of ``text`` and pass the filters; without words, all that pass."""
    query = search.parse(text)
    params = dict(filters)
    if query.match:
        params["q"] = query.match
    sql = queries.hits(params, order)
    named = identified(connection, text)
    nothing = bool(text) and query.match is None
    rows = [] if nothing else page_of(connection, sql, params, page)
    counts = connection.execute(queries.hits_count(params), params).fetchone()
    total = 0 if nothing else counts["papers"]
    return Search(
        match=query.match,
        dropped=query.dropped,
        lines=paper_lines(connection, rows, query.match),
        pager=Pager(page, total),
        retracted=int(counts["retracted"]),
        unchecked=total - counts["checked"],
        sql=sql,
        params=params,
        identified=named,
        absent=None if named else clean_pmid(_bare(text)),
        unfound=[] if total else unfound(connection, query.wanted),
        topics=read_rows(connection, queries.TOPICS_NAMED, text=text.strip(' "')) if text else [],
        labels=dict(connection.execute("SELECT topic, label FROM topics").fetchall()),
    )


def entered(connection: sqlite3.Connection, text: str, filters: dict[str, object]) -> Rows:
    """The papers of a search for its feed."""
    query = search.parse(text)
    if text and query.match is None:
        return []
    params = dict(filters) | ({"q": query.match} if query.match else {})
    sql = f"{queries.hits_entered(params)} LIMIT :limit"
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
    return frozenset(pmid for (pmid,) in connection.execute(queries.all_hits(params), params))


def unfound(connection: sqlite3.Connection, wanted: Sequence[str]) -> list[str]:
    """Those of the terms of a search that occur in no paper at all."""
    found = [bool(connection.execute(queries.ANY_HIT, {"q": term}).fetchone()) for term in wanted]
    return [
        re.sub(r'[(){}":]', "", term)
        for term, is_in in zip(wanted, found, strict=True)
        if not is_in
    ]


def identified(connection: sqlite3.Connection, text: str) -> Rows:
    """The works that the text names by PMID, DOI or PMCID."""
    text = _bare(text)
    pmid, doi = clean_pmid(text), clean_doi(text)
    pmcid = clean_pmcid(text) if text.strip().upper().startswith("PMC") else None
    if pmid is None and doi is None and pmcid is None:
        return []
    return read_rows(connection, queries.WORKS_BY_IDENTIFIER, pmid=pmid, doi=doi, pmcid=pmcid)


def _bare(text: str) -> str:
    """An identifier without the word that says what it is."""
    return re.sub(r"^\s*(?:pmid|doi|pmcid)(?:\s*:\s*|\s+)", "", text, flags=re.I)


@dataclass(frozen=True)
class Facet:
    name: str
    title: str
    values: Rows


def facets(connection: sqlite3.Connection, params: dict[str, object]) -> list[Facet]:
    """Counts over the papers found: topics by scheme, then the filters that are not set yet."""
    topics: dict[str, Rows] = {}
    for row in read_rows(connection, queries.facet_topics(params), **params):
        topics.setdefault(row["scheme"], []).append(row)
    others = queries.facets(params).items()
    return [
        *(Facet("topic", scheme, rows) for scheme, rows in topics.items()),
        *(
            Facet(name, title, read_rows(connection, statement, **params))
            for name, (title, statement) in others
            if name not in params
        ),
    ]


def unknown_value(connection: sqlite3.Connection, filters: dict[str, object]) -> str | None:
    """What is wrong with a filter that no paper can pass, and what could be meant."""
    pmids = {"pmid": filters.get("pmid", "[]")}
    if absent := [str(pmid) for (pmid,) in connection.execute(queries.ABSENT, pmids)]:
        more = " …" if absent[20:] else ""
        return f"pmid: no record of {', '.join(absent[:20])}{more} is in this base."
    for name, value in filters.items():
        name = name.rstrip(queries.DIGITS)
        if name in queries.VALUES:
            possible = [row[0] for row in connection.execute(queries.VALUES[name])]
            if value not in possible:
                near = get_close_matches(str(value), possible, n=5, cutoff=0.4) or possible[:8]
                more = "" if len(near) == len(possible) else " …"
                return f"{name}={str(value)[:80]}: there is none here. Try {', '.join(near)}{more}"
    return None


# Paper -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Around:
    """What is known of a work beside itself: who cites it (at most MOST_LISTED are listed), the
    notices about it, the retracted and doubted works that it rests on, and what belongs to it."""

    cited_by: Rows
    n_cited_by: int
    notices: Rows
    exposed: Rows
    linked: Rows
    coupled: Rows
    cocited: Rows

    @property
    def retracted(self) -> bool:
        return any(notice["kind"] == "retraction" for notice in self.notices)


@dataclass(frozen=True)
class PaperTopic:
    """A topic of a paper and the rows of evidence that speak for it."""

    row: sqlite3.Row
    evidence: Rows


@dataclass(frozen=True)
class Paper:
    row: sqlite3.Row
    retracted: bool
    citations: dict[str, str]
    title: Markup
    abstract: Markup
    authors: Rows
    contributors: Rows
    notice_of: Rows
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
    evidence: Rows
    findings: list[Finding]
    studies: Rows
    versions: Rows
    around: Around

    @property
    def unresolved(self) -> int:
        return sum(reference["method"] == "none" for reference in self.references)


def paper(connection: sqlite3.Connection, pmid: int) -> Paper | None:
    row = read_row(connection, queries.PAPER, pmid=pmid)
    if row is None:
        return None

    def of_paper(sql: str) -> Rows:
        return read_rows(connection, sql, pmid=pmid)

    authors = of_paper(queries.AUTHORS)
    contributors = of_paper(queries.CONTRIBUTORS)
    evidence = of_paper(queries.PAPER_EVIDENCE)
    around = _around(connection, row["work"])
    retracted = row["is_retracted"] == 1 or around.retracted
    return Paper(
        row=row,
        retracted=retracted,
        citations=cite(
            dict(row),
            list(map(dict, authors)),
            [dict(person) for person in contributors if person["role"] == "editor"],
            retracted=retracted,
        ),
        title=published(row["title_html"]),
        abstract=_abstract(row, of_paper(queries.ABSTRACT_MARKS)),
        authors=authors,
        contributors=contributors,
        notice_of=of_paper(queries.NOTICE_OF),
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
        evidence=of_paper(queries.EVIDENCE_OF_PAPER),
        findings=list(map(_finding, of_paper(queries.FINDINGS_OF_PAPER))),
        studies=of_paper(queries.STUDIES_OF_PAPER),
        versions=of_paper(queries.VERSIONS),
        around=around,
    )


def _abstract(row: sqlite3.Row, evidence: Rows) -> Markup:
    """The abstract with the words of its topics marked, each leading to its reason below."""
    marks = [
        Mark(
            each["start"],
            each["end"],
            "denied" if each["negated"] else f"scheme-{each['scheme'].lower()}",
            f"#topic-{each['topic']}",
            f"{each['label']}{' is denied' if each['negated'] else ''} ({each['rule']})",
        )
        for each in evidence
    ]
    return with_marks(row["abstract_html"], row["abstract"], marks)


@dataclass(frozen=True)
class Finding:
    """A figure and its sentence, in three parts: what stands before it, its words, what follows."""

    row: sqlite3.Row
    before: str
    words: str
    after: str


def _finding(row: sqlite3.Row) -> Finding:
    text, start, end = row["text"], row["start"], row["end"]
    first = max((stop.end() for stop in SENTENCE_END.finditer(text, 0, start)), default=0)
    last = SENTENCE_END.search(text, end)
    return Finding(
        row, text[first:start], text[start:end], text[end : last.start() + 1 if last else None]
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
        cited_by=read_rows(connection, queries.CITED_BY, work=work, limit=MOST_LISTED),
        n_cited_by=read_number(connection, queries.CITED_BY_COUNT, {"work": work}),
        notices=read_rows(connection, queries.NOTICES, work=work),
        exposed=read_rows(connection, queries.RETRACTED_BEHIND, work=work),
        linked=read_rows(connection, queries.LINKED_WORKS, work=work),
        coupled=read_rows(connection, queries.COUPLED, work=work),
        cocited=read_rows(connection, queries.COCITED, work=work),
    )


def known_work(connection: sqlite3.Connection, pmid: int) -> sqlite3.Row | None:
    """A PMID that is cited here but was not harvested."""
    return read_row(connection, queries.WORK, work=f"pmid:{pmid}")


# Work ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Work:
    """``moved`` where it was asked for by another identifier than the one it has now."""

    row: sqlite3.Row
    printed: Rows
    around: Around
    moved: bool


def work(connection: sqlite3.Connection, name: str) -> Work | None:
    """A work by its identifier, whatever its case, or by one it was known under before."""
    row = read_row(connection, queries.WORK, work=name) or read_row(
        connection, queries.WORK, work=name.lower()
    )
    if row is None:
        now = read_row(connection, queries.WORK_NOW, work=name)
        row = read_row(connection, queries.WORK, work=now["work"]) if now else None
    if row is None:
        return None
    return Work(
        row=row,
        printed=read_rows(connection, queries.WORK_PRINTED, work=row["work"]),
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
    row = read_row(connection, queries.TOPIC, topic=name)
    if row is None:
        return None
    params = {"topic": name}
    rows = page_of(connection, queries.TOPIC_PAPERS, params, page)
    reasons = read_rows(connection, queries.TOPIC_REASONS, topic=name, pmids=pmids_of(rows))
    years = {
        each["year"]: each["papers"]
        for each in read_rows(connection, queries.TOPIC_YEARS, **params)
    }
    return Topic(
        row=row,
        wider=read_rows(connection, queries.TOPIC_WIDER, topic=name),
        narrower=read_rows(connection, queries.TOPIC_NARROWER, topic=name),
        lines=[
            TopicLine(line, [why for why in reasons if why["pmid"] == line.row["pmid"]])
            for line in paper_lines(connection, rows)
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


# Gaps ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Gaps:
    """The evidence gap map: topics of a scheme by clinical tasks; every cell is there."""

    schemes: Rows
    rows: Rows
    tasks: Rows
    cells: dict[tuple[str, str], sqlite3.Row]


def gaps(connection: sqlite3.Connection, scheme: str) -> Gaps | None:
    """None where there is no such scheme of topics, or it is that of the tasks."""
    schemes = read_rows(connection, queries.GAP_SCHEMES)
    if scheme not in {row["scheme"] for row in schemes}:
        return None
    cells = read_rows(connection, queries.GAP_CELLS, scheme=scheme)
    return Gaps(
        schemes=schemes,
        rows=read_rows(connection, queries.GAP_ROWS, scheme=scheme),
        tasks=read_rows(connection, queries.GAP_ROWS, scheme="D"),
        cells={(cell["topic"], cell["task"]): cell for cell in cells},
    )


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
        counts=read_rows(connection, queries.INTEGRITY_COUNTS)[0],
        papers=read_rows(connection, queries.COUNTS)[0]["papers"],
        retracted=_retracted(connection, MOST_LISTED),
        notices=read_rows(connection, queries.CONCERNS, limit=MOST_LISTED),
        citing=read_rows(connection, queries.CITING_RETRACTED, limit=MOST_LISTED),
    )


def _retracted(connection: sqlite3.Connection, limit: int) -> list[PaperLine]:
    return paper_lines(connection, read_rows(connection, queries.GONE, limit=limit))


@dataclass(frozen=True)
class Changes:
    rows: Rows
    pager: Pager


def changes(connection: sqlite3.Connection, page: int) -> Changes:
    rows = page_of(connection, queries.NEWEST_CHANGES, {}, page)
    return Changes(rows, Pager(page, read_number(connection, queries.CHANGES_COUNT, {})))


def feed(connection: sqlite3.Connection, query: str) -> Rows:
    return read_rows(connection, f"{query} LIMIT :limit", limit=MOST_IN_FEED)


@dataclass(frozen=True)
class Runs:
    runs: Rows
    searches: Rows


def runs(connection: sqlite3.Connection) -> Runs:
    return Runs(
        read_rows(connection, queries.LAST_RUNS, limit=MOST_LISTED),
        read_rows(connection, queries.SEARCHES, limit=MOST_LISTED),
    )
