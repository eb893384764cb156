"""The passes of a build: what raw.db and data/ say, written table by table by ``schema.sql``."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlite_utils import Database

from kb.build import analysis, gaps, ledger, linking, notices, prisma, records
from kb.build.field import Field
from kb.build.identity import base_id, library_versions
from kb.schema import SCHEMA
from kb.tables import insert
from kb.tables.corpus import (
    CurationRow,
    MetaRow,
    SchemesRow,
    TopicClosureRow,
    TopicsRow,
    UnknownDescriptorsRow,
)
from kb.tagging.topics import closure
from kb.tagging.vocabulary import Topic, Vocabulary


def write(source: Database, new: Path, of: Field, keeping: records.Keeping) -> list[str]:
    """Fill the empty file ``new``; what of ``source`` could not be read, a line each.

    ``keeping`` opens what earlier builds have read. Raises InputError where an answer that raw.db
    keeps cannot be read, Incomplete where a process that read was killed.
    """
    db = sqlite3.connect(new)
    try:
        db.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
        db.executescript(SCHEMA.read_text(encoding="utf-8"))
        with db:
            _vocabulary(db, of.vocabulary)
            insert(db, [CurationRow(**each._asdict()) for each in of.decisions])
            gathered = records.fill(db, source, of, keeping)
            count_papers(db)
            _unknown_descriptors(db, of.vocabulary)
            linking.fill(db, source, gathered.citable)
            analysis.fill(db)
            ledger.fill(db, source)
            notices.fill(db, source, gathered.history)
            gaps.fill(db)
            prisma.fill(db, source)
            insert(db, _meta(db, source, of))
            db.execute("INSERT INTO papers_fts (papers_fts) VALUES ('rebuild')")
        db.executescript("PRAGMA synchronous = FULL; ANALYZE; VACUUM;")
        return gathered.problems
    finally:
        db.close()


def _vocabulary(db: sqlite3.Connection, vocabulary: Vocabulary) -> None:
    insert(
        db,
        (
            SchemesRow(scheme=s.scheme, label=s.label, description=s.description, role=s.role)
            for s in vocabulary.schemes
        ),
    )
    insert(db, (_topic(n, topic) for n, topic in enumerate(vocabulary.topics, start=1)))
    insert(
        db,
        (
            TopicClosureRow(ancestor=ancestor, topic=topic)
            for ancestor, topic in closure(vocabulary)
        ),
    )


def _topic(position: int, topic: Topic) -> TopicsRow:
    """Its papers are counted once there are any."""
    return TopicsRow(
        topic=topic.topic,
        scheme=topic.scheme,
        label=topic.label,
        definition=topic.definition,
        broader=topic.broader,
        mesh_ui="|".join(heading.ui for heading in topic.mesh) or None,
        synonyms="|".join(dict.fromkeys(term.text for term in topic.synonyms)) or None,
        abbreviations="|".join(dict.fromkeys(term.text for term in topic.abbreviations)) or None,
        note=topic.note or None,
        position=position,
        papers=0,
        question=topic.question,
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
        [
            UnknownDescriptorsRow(
                descriptor=name,
                descriptor_ui=ui,
                papers=papers,
                papers_major=papers_major,
                vocabulary_name=vocabulary.descriptors.get(ui),
            )
            for name, ui, papers, papers_major in borne
            if name not in names
        ],
    )


def _meta(db: sqlite3.Connection, source: Database, of: Field) -> list[MetaRow]:
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
    return [MetaRow(key=key, value=value) for key, value in sorted(values.items())]
