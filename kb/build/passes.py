"""The passes of a build: what raw.db and data/ say, written table by table by ``schema.sql``."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlite_utils import Database

from kb import answers
from kb import raw as raw_db
from kb.appraisal.figures import figures
from kb.appraisal.findings import find, largest_n
from kb.appraisal.index_test import judged, tagged
from kb.appraisal.studies import Protocol, study_of
from kb.appraisal.studies import load as load_studies
from kb.build import analysis, curation, gaps, linking, notices, prisma, rows
from kb.build.identity import base_id, library_versions
from kb.citations.citation import Citable, citable
from kb.errors import InputError
from kb.raw import StoredRecord
from kb.record.article import Article
from kb.record.pubmed import parse
from kb.schema import SCHEMA, insert
from kb.tagging.topics import TopicEvidence, Vocabulary, closure, holds, load, tag
from kb.tagging.vocabulary import Question


@dataclass(frozen=True)
class Field:
    """What data/ says of the field of medicine; a field may have no studies and no decisions."""

    data: Path
    vocabulary: Vocabulary
    protocols: Sequence[Protocol]
    decisions: Sequence[curation.Decision]

    @classmethod
    def read(cls, data: Path) -> Field:
        """Raises ConfigError where a file of ``data`` is missing or not sound."""
        vocabulary = load(data / "topics.yml")
        topics = {topic.topic for topic in vocabulary.topics}
        studies, decisions = data / "studies.yml", data / "curation.csv"
        return cls(
            data,
            vocabulary,
            load_studies(studies) if studies.is_file() else (),
            curation.read(decisions, topics) if decisions.is_file() else (),
        )


@dataclass
class _Pass:
    """The pass over the records, and what it hands on: everything else is in the database."""

    db: sqlite3.Connection
    vocabulary: Vocabulary
    protocols: Sequence[Protocol]
    corrections: Mapping[int, Mapping[str, bool]]
    citable: list[Citable] = field(default_factory=list)
    history: notices.History = field(default_factory=notices.History)
    problems: list[str] = field(default_factory=list)


def write(source: Database, new: Path, of: Field) -> list[str]:
    """Fill the empty file ``new``; what of ``source`` could not be read, a line each.

    Raises InputError where an answer that raw.db keeps cannot be read.
    """
    db = sqlite3.connect(new)
    try:
        db.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
        db.executescript(SCHEMA.read_text(encoding="utf-8"))
        builder = _Pass(db, of.vocabulary, of.protocols, curation.corrections(of.decisions))
        with db:
            _vocabulary(db, of.vocabulary)
            insert(db, "curation", of.decisions)
            _records(builder, source)
            _raw_records(db, source)
            count_papers(db)
            _unknown_descriptors(db, of.vocabulary)
            linking.fill(db, source, builder.citable)
            analysis.fill(db)
            _ledger(db, source)
            notices.fill(db, source, builder.history)
            gaps.fill(db)
            prisma.fill(db, source)
            insert(db, "meta", _meta(db, source, of))
            db.execute("INSERT INTO papers_fts (papers_fts) VALUES ('rebuild')")
        db.executescript("PRAGMA synchronous = FULL; ANALYZE; VACUUM;")
        return builder.problems
    finally:
        db.close()


def _vocabulary(db: sqlite3.Connection, vocabulary: Vocabulary) -> None:
    insert(db, "schemes", [(s.scheme, s.label, s.description, s.role) for s in vocabulary.schemes])
    topics = []
    for position, topic in enumerate(vocabulary.topics, start=1):
        joined = (
            "|".join(words) or None
            for words in (
                [heading.ui for heading in topic.mesh],
                dict.fromkeys(term.text for term in topic.synonyms),
                dict.fromkeys(term.text for term in topic.abbreviations),
            )
        )
        topics.append(
            (
                topic.topic,
                topic.scheme,
                topic.label,
                topic.definition,
                topic.broader,
                *joined,
                topic.note or None,
                position,
                0,
                topic.question,
            )
        )
    insert(db, "topics", topics)
    insert(db, "topic_closure", closure(vocabulary))


def _records(builder: _Pass, source: Database) -> None:
    """The first pass: every table that a record fills by itself, and what the second one needs."""
    withdrawn = dict(
        source.execute("SELECT pmid, max(read_at) FROM withdrawals GROUP BY pmid").fetchall()
    )
    builder.db.execute(
        "CREATE TEMP TABLE printed (pmid INTEGER, position INTEGER, text TEXT, ref_pmid INTEGER,"
        " doi TEXT, pmcid TEXT)"
    )
    for versions in _reached(builder, source):
        record, article = max(versions, key=_rank)
        db = builder.db
        insert(db, "works", [rows.paper_work(article)])
        # A file read once more does not bring back what PubMed has withdrawn since.
        gone = withdrawn.get(record.pmid, "") >= max(record.first_read, record.checked or "")
        found = find(article.texts, builder.vocabulary.words)
        study = rows.study(article, largest_n(found))
        paper = rows.paper(article, record, gone, study)
        names, marks = ", ".join(paper), ", ".join(f":{name}" for name in paper)
        db.execute(f"INSERT INTO papers ({names}) VALUES ({marks})", paper)  # noqa: S608
        for table, values in rows.per_record(article):
            insert(db, table, values)
        printed = enumerate(article.references, start=1)
        insert(db, "printed", [(article.pmid, n, *reference) for n, reference in printed])
        tasks, tags = _topics(builder, article)
        insert(db, "findings", rows.counted(article.pmid, found))
        _figures(builder, article, tags)
        insert(db, "evidence", rows.evidence(article, tasks, study))
        insert(db, "statements", rows.stated(article))
        _studies(builder, article)
        builder.citable.append(citable(article))
        builder.history.add(article, paper["integrity_checked"], versions)


def _raw_records(db: sqlite3.Connection, source: Database) -> None:
    """Every version of each paper's record, compressed as it is in raw.db."""
    kept = {pmid for (pmid,) in db.execute("SELECT pmid FROM papers")}
    versions = source.execute(
        "SELECT pmid, sha256, first_read, last_read, source, xml FROM records"
        " ORDER BY pmid, first_read, sha256"
    )
    db.executemany(
        "INSERT INTO raw_records VALUES (?, ?, ?, ?, ?, ?)",
        (version for version in versions if version[0] in kept),
    )


def count_papers(db: sqlite3.Connection) -> None:
    """Once here, and not on each visit of a page that shows all topics."""
    db.execute(
        "UPDATE topics SET papers = (SELECT count(DISTINCT p.pmid)"
        " FROM topic_closure c JOIN paper_topics p ON p.topic = c.topic"
        " WHERE c.ancestor = topics.topic)"
    )


def _unknown_descriptors(db: sqlite3.Connection, vocabulary: Vocabulary) -> None:
    """What is on papers with a topic and not in the vocabulary, by identifier or name."""
    names = set(vocabulary.descriptors.values())
    borne = db.execute(
        "SELECT descriptor, descriptor_ui, count(DISTINCT pmid),"
        " count(DISTINCT CASE WHEN is_major THEN pmid END) FROM mesh"
        " WHERE pmid IN (SELECT pmid FROM paper_topics) GROUP BY 1, 2 ORDER BY 4 DESC, 3 DESC, 1, 2"
    ).fetchall()
    insert(
        db,
        "unknown_descriptors",
        [(*row, vocabulary.descriptors.get(row[1])) for row in borne if row[0] not in names],
    )


def _reached(builder: _Pass, source: Database) -> Iterator[list[tuple[StoredRecord, Article]]]:
    """All versions of each PMID that a live seed reaches."""
    reached = source.execute(
        "SELECT DISTINCT pmid FROM records"
        " WHERE pmid IN (SELECT pmid FROM live_reach) ORDER BY pmid"
    ).fetchall()
    for (pmid,) in reached:
        if versions := list(_versions(builder, source, pmid)):
            yield versions


def _versions(
    builder: _Pass, source: Database, pmid: int
) -> Iterator[tuple[StoredRecord, Article]]:
    """What can be read of a PMID; what cannot is noted."""
    try:
        for record in raw_db.records(source, f"SELECT {pmid}"):
            yield record, parse(record.xml)
    except (InputError, zlib.error) as error:
        builder.problems.append(f"PMID {pmid}: {error}")


def _rank(version: tuple[StoredRecord, Article]) -> tuple[int, str, str, str]:
    """Of several versions counts the highest Version, then the later DateRevised, then the later
    read."""
    record, article = version
    return article.version, article.date_revised or "", record.last_read, record.sha256


def _studies(builder: _Pass, article: Article) -> None:
    mentions = study_of(article.databanks, article.passages, builder.protocols)
    builder.db.executemany(
        "INSERT OR IGNORE INTO studies VALUES (?, ?)", [(m.study, m.label) for m in mentions]
    )
    insert(builder.db, "study_papers", [(m.study, article.pmid, m.basis) for m in mentions])


def _figures(builder: _Pass, article: Article, tags: Sequence[TopicEvidence]) -> None:
    for name, text in article.texts:
        if found := figures(text, builder.vocabulary.words):
            known = tagged(builder.vocabulary, tags, name, text)
            of = zip(found, judged(found, known), strict=True)
            insert(builder.db, "findings", rows.measured(article.pmid, name, of))


def _topics(
    builder: _Pass, article: Article
) -> tuple[dict[str, Question | None], list[TopicEvidence]]:
    """Write the topics of a paper; its clinical tasks with the question of each, and where each
    topic stands."""
    found = tag(builder.vocabulary, article.passages, article.headings)
    builder.db.executemany(
        'INSERT INTO topic_evidence (pmid, topic, field, start, "end", surface, rule, negated)'
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (article.pmid, e.topic, e.field, e.start, e.end, e.surface, e.rule, int(e.negated))
            for e in found
        ],
    )
    held = curation.corrected(holds(found), builder.corrections.get(article.pmid, {}))
    insert(builder.db, "paper_topics", [(article.pmid, *topic) for topic in held])
    tasks = builder.vocabulary.tasks()
    return {t.topic: tasks[t.topic] for t in held if t.topic in tasks}, found


def _ledger(db: sqlite3.Connection, source: Database) -> None:
    """Runs that have ended, what they asked and what they changed, and who brought what."""
    for run, *about in source.execute(
        "SELECT run, job, started, finished, state, note FROM runs WHERE state <> 'running'"
        " ORDER BY run"
    ).fetchall():
        *first, note = about
        insert(db, "runs", [(run, *first, *raw_db.sums(source, run).values(), note)])
    insert(db, "searches", _searches(source))
    kept = {pmid for (pmid,) in db.execute("SELECT pmid FROM papers")}
    reach = source.execute(
        "SELECT pmid, seed, via, hop, source FROM live_reach ORDER BY pmid, seed, via"
    )
    insert(db, "provenance", (row for row in reach if row[0] in kept))


def _searches(source: Database) -> Iterator[rows.Row]:
    found = source.execute(
        "SELECT a.run, service, question, asked_at, body FROM answers a JOIN runs USING (run)"
        " WHERE service = 'esearch' AND state <> 'running' ORDER BY a.id"
    )
    for number, (run, service, question, asked_at, body) in enumerate(found, start=1):
        count, translation = answers.esearch_count(body)
        query = answers.esearch_query(question)
        yield number, run, service, question, query, translation, asked_at, count


def _meta(db: sqlite3.Connection, source: Database, of: Field) -> list[tuple[str, str]]:
    counts = {
        "papers": "SELECT count(*) FROM papers",
        "works": "SELECT count(*) FROM works",
        "citations": "SELECT count(*) FROM citations",
        "unresolved_references": "SELECT count(*) FROM reference_list WHERE method = 'none'",
        "newest_read": "SELECT coalesce(max(read_at), '') FROM papers",
    }
    values = {key: str(db.execute(sql).fetchone()[0]) for key, sql in counts.items()}
    values |= library_versions()
    if of.vocabulary.mesh_year is not None:
        values["mesh_year"] = str(of.vocabulary.mesh_year)
    values["base_id"] = base_id(source, of.data, values)
    return sorted(values.items())
