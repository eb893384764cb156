"""The page of a paper: all that its record says and all that was read from it."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any
from urllib.parse import unquote

from datasette.utils.asgi import Response
from markupsafe import Markup

from kb.ids import clean_pmid
from kb.site import compat, record
from kb.site.citation import cite
from kb.site.links import Links
from kb.site.lists import Rows, read_row, read_rows
from kb.site.marks import Mark, with_marks
from kb.site.responses import missing, render
from kb.site.text import published, without_tags
from kb.site.work import WORK, Around, around_of

PAPER = "SELECT * FROM papers LEFT JOIN imprints USING (pmid) WHERE pmid = :pmid"

AUTHORS = "SELECT * FROM authors WHERE pmid = :pmid ORDER BY position"

CONTRIBUTORS = "SELECT * FROM contributors WHERE pmid = :pmid ORDER BY position LIMIT 200"

NOTICE_OF = """
SELECT n.kind, n.work, n.pmid, w.text, w.is_paper
FROM notices n LEFT JOIN works w ON w.work = n.work
WHERE n.notice_pmid = :pmid GROUP BY n.kind, n.work ORDER BY n.work
"""

# In a copy that was published without abstracts (kb.publish).
NO_ABSTRACTS = "SELECT value FROM meta WHERE key = 'abstracts'"

MESH = "SELECT * FROM mesh WHERE pmid = :pmid ORDER BY position"

SUPPLEMENTARY_MESH = "SELECT * FROM supplementary_mesh WHERE pmid = :pmid ORDER BY position"

KEYWORDS = "SELECT * FROM keywords WHERE pmid = :pmid ORDER BY position"

PUBLICATION_TYPES = "SELECT * FROM publication_types WHERE pmid = :pmid ORDER BY position"

DATABANKS = "SELECT * FROM databanks WHERE pmid = :pmid ORDER BY position LIMIT 100"

GRANTS = "SELECT * FROM grants WHERE pmid = :pmid ORDER BY position LIMIT 100"

OTHER_ABSTRACTS = "SELECT * FROM other_abstracts WHERE pmid = :pmid ORDER BY position"

DECISIONS = """
SELECT c.decision, c.topic, c.reason, c.who, c.date, t.label
FROM curation c LEFT JOIN topics t ON t.topic = c.topic WHERE c.pmid = :pmid ORDER BY c.line
"""

PROVENANCE = """
SELECT seed, via, hop, source FROM provenance WHERE pmid = :pmid ORDER BY hop, seed, via LIMIT 50
"""

PAPER_TOPICS = """
SELECT pt.topic, pt.basis, t.label, t.scheme, s.label AS scheme_label
FROM paper_topics pt JOIN topics t ON t.topic = pt.topic JOIN schemes s ON s.scheme = t.scheme
WHERE pt.pmid = :pmid ORDER BY t.position
"""

PAPER_EVIDENCE = """
SELECT e.topic, e.field, e.surface, e.rule, e.negated, t.label, count(*) AS times
FROM topic_evidence e JOIN topics t ON t.topic = e.topic
WHERE e.pmid = :pmid
GROUP BY e.topic, e.field, e.surface, e.rule, e.negated
ORDER BY t.position, min(e.id)
"""

# Where the words of its topics stand in the abstract; a denial is marked as one.
ABSTRACT_MARKS = """
SELECT e.start, e."end", e.topic, e.surface, e.rule, e.negated, t.label,
    (SELECT count(*) FROM schemes s WHERE s.scheme < t.scheme) AS schemes_before
FROM topic_evidence e JOIN topics t ON t.topic = e.topic
WHERE e.pmid = :pmid AND e.field = 'abstract'
ORDER BY e.start, e."end" DESC, t.position
"""

# Of schemes in site.css, by their order; the seventh has that of the first.
COLOURS = 6

EVIDENCE_OF_PAPER = """
SELECT e.task, t.label, e.scheme, e.level, e.design, e.n, e.basis
FROM evidence e JOIN topics t ON t.topic = e.task
WHERE e.pmid = :pmid ORDER BY t.position, e.scheme
"""

STATEMENTS_OF_PAPER = """
SELECT scheme, surface, field FROM statements WHERE pmid = :pmid ORDER BY field DESC, start LIMIT 20
"""

FINDINGS_OF_PAPER = """
SELECT f.*, p.text, coalesce(test.label, f.index_test) AS test_label, target.label AS target_label
FROM findings f LEFT JOIN passages p ON p.pmid = f.pmid AND p.field = f.field
LEFT JOIN topics test ON test.topic = f.index_test
LEFT JOIN topics target ON target.topic = f.target
WHERE f.pmid = :pmid ORDER BY f.field DESC, f.start LIMIT 60
"""

DIFFERENCES = """
SELECT words, kind, field FROM sums
WHERE pmid = :pmid AND verdict = 'differs' ORDER BY field DESC, start LIMIT 20
"""

STUDIES_OF_PAPER = """
SELECT s.study, s.label, sp.basis, count(*) - 1 AS others
FROM study_papers sp JOIN studies s ON s.study = sp.study
JOIN study_papers o ON o.study = s.study
WHERE sp.pmid = :pmid GROUP BY s.study ORDER BY s.study
"""

CHANGES = """
SELECT run, kind, date, detail FROM changes WHERE pmid = :pmid ORDER BY run DESC, kind LIMIT 40
"""

REFERENCES = """
SELECT r.position, r.text, r.ref_pmid, r.ref_doi, r.work, r.method, r.score, r.reason,
    w.text AS work_text, w.is_paper, w.pmid,
    (SELECT v.verdict FROM verdicts v WHERE v.work = w.work) AS verdict
FROM reference_list r JOIN works w ON w.work = r.work
WHERE r.pmid = :pmid ORDER BY r.position
"""


# What the findings of one sentence have in common.
BY_SENTENCE = itemgetter("field", "sentence_start", "sentence_end")


@dataclass(frozen=True)
class PaperTopic:
    """A topic of a paper and the rows of evidence that speak for it; ``decision`` where a person
    added it."""

    row: sqlite3.Row
    evidence: Rows
    decision: sqlite3.Row | None = None


@dataclass(frozen=True)
class Sentence:
    """A sentence and the figures read from it. Every second of its ``pieces`` is the words of one;
    there are none where the base holds no abstracts."""

    figures: Rows
    pieces: list[str]


@dataclass(frozen=True)
class PaperPage:
    row: sqlite3.Row
    citations: dict[str, str]
    title: Markup
    abstract: Markup
    no_abstracts: bool
    authors: Rows
    contributors: Rows
    notice_of: Rows
    schemes: dict[str, list[PaperTopic]]
    denied: Rows
    removed: list[PaperTopic]
    decisions: Rows
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
    statements: Rows
    findings: list[Sentence]
    differences: Rows
    studies: Rows
    changes: Rows
    records: Rows
    around: Around

    @property
    def unresolved(self) -> int:
        return sum(reference["method"] == "none" for reference in self.references)


def read(connection: sqlite3.Connection, pmid: int) -> PaperPage | None:
    row = read_row(connection, PAPER, pmid=pmid)
    if row is None:
        return None

    def of_paper(sql: str) -> Rows:
        return read_rows(connection, sql, pmid=pmid)

    authors = of_paper(AUTHORS)
    contributors = of_paper(CONTRIBUTORS)
    evidence = of_paper(PAPER_EVIDENCE)
    decisions = of_paper(DECISIONS)
    around = around_of(connection, row["work"])
    return PaperPage(
        row=row,
        citations=cite(
            dict(row),
            list(map(dict, authors)),
            [dict(person) for person in contributors if person["role"] == "editor"],
            verdict=around.stands,
        ),
        title=published(row["title_html"]),
        abstract=_abstract(row, of_paper(ABSTRACT_MARKS)),
        no_abstracts=read_row(connection, NO_ABSTRACTS) is not None,
        authors=authors,
        contributors=contributors,
        notice_of=of_paper(NOTICE_OF),
        schemes=_by_scheme(of_paper(PAPER_TOPICS), evidence, decisions),
        denied=[each for each in evidence if each["negated"]],
        removed=[
            PaperTopic(each, _words(each["topic"], evidence), each)
            for each in decisions
            if each["decision"] == "remove-topic"
        ],
        decisions=[each for each in decisions if not each["topic"]],
        mesh=of_paper(MESH),
        supplementary_mesh=of_paper(SUPPLEMENTARY_MESH),
        keywords=of_paper(KEYWORDS),
        publication_types=of_paper(PUBLICATION_TYPES),
        databanks=of_paper(DATABANKS),
        grants=of_paper(GRANTS),
        other_abstracts=of_paper(OTHER_ABSTRACTS),
        references=of_paper(REFERENCES),
        provenance=of_paper(PROVENANCE),
        evidence=of_paper(EVIDENCE_OF_PAPER),
        statements=of_paper(STATEMENTS_OF_PAPER),
        findings=sentences(of_paper(FINDINGS_OF_PAPER)),
        differences=of_paper(DIFFERENCES),
        studies=of_paper(STUDIES_OF_PAPER),
        changes=of_paper(CHANGES),
        records=record.versions(connection, pmid),
        around=around,
    )


def _abstract(row: sqlite3.Row, evidence: Rows) -> Markup:
    """The abstract with the words of its topics marked, each leading to its reason below."""
    marks = [
        Mark(
            each["start"],
            each["end"],
            "denied" if each["negated"] else f"scheme-{each['schemes_before'] % COLOURS + 1}",
            "#denied" if each["negated"] else f"#topic-{each['topic']}",
            f"{each['label']}{' is denied' if each['negated'] else ''} ({each['rule']})",
        )
        for each in evidence
    ]
    return with_marks(row["abstract_html"], row["abstract"], marks)


def sentences(findings: Rows) -> list[Sentence]:
    """Findings, in reading order, by the sentence that states them."""
    return [
        Sentence(rows, _pieces(rows) if rows[0]["text"] else [])
        for rows in (list(group) for _, group in groupby(findings, BY_SENTENCE))
    ]


def _pieces(rows: Rows) -> list[str]:
    """The sentence, cut where the words of its figures begin and end."""
    text, at, end = (rows[0][column] for column in ("text", "sentence_start", "sentence_end"))
    pieces: list[str] = []
    for row in rows:
        if row["end"] > at:
            pieces += [text[at : max(row["start"], at)], text[max(row["start"], at) : row["end"]]]
            at = row["end"]
    return [*pieces, text[at:end]]


def _by_scheme(topics: Rows, evidence: Rows, decisions: Rows) -> dict[str, list[PaperTopic]]:
    added = {each["topic"]: each for each in decisions if each["decision"] == "add-topic"}
    schemes: dict[str, list[PaperTopic]] = {}
    for topic in topics:
        name = topic["topic"]
        schemes.setdefault(topic["scheme_label"], []).append(
            PaperTopic(topic, _words(name, evidence), added.get(name))
        )
    return schemes


def _words(topic: str, evidence: Rows) -> Rows:
    """What speaks for a topic."""
    return [each for each in evidence if each["topic"] == topic and not each["negated"]]


def known_work(connection: sqlite3.Connection, pmid: int) -> sqlite3.Row | None:
    """A PMID that is cited here but was not harvested."""
    return read_row(connection, WORK, work=f"pmid:{pmid}")


async def page(datasette: Any, request: Any) -> Response:
    asked = unquote(request.url_vars["pmid"])
    pmid = clean_pmid(asked)
    if pmid is None:
        return await missing(
            datasette,
            request,
            f"“{asked[:80]}” is no PMID. A PMID is a number of up to ten digits.",
        )
    paper = await compat.read(datasette, lambda connection: read(connection, pmid))
    if paper is None:
        known = await compat.read(datasette, lambda connection: known_work(connection, pmid))
        return await missing(
            datasette, request, f"The record of PMID {pmid} is not in this base.", pmid, known
        )
    links = Links(datasette)
    return await render(
        datasette,
        request,
        "paper",
        page=paper,
        name=without_tags(paper.row["title_html"]),
        source=links.table("reference_list", pmid=pmid),
        table=links.table("papers", pmid=pmid),
        citing=links.table("citations", cited=paper.row["work"]),
        evidence=links.table("topic_evidence", pmid=pmid),
    )
