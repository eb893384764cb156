"""The first pass of a build: what each record fills by itself, and what the later passes need."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlite_utils import Database

from kb import raw as raw_db
from kb.appraisal.figures import figures
from kb.appraisal.findings import find, largest_n
from kb.appraisal.index_tests import diagnostic_questions, passage_topics
from kb.appraisal.studies import study_of
from kb.build import rows
from kb.build.curation import corrected
from kb.build.field import Field
from kb.build.notices import History
from kb.citations.citation import Citable, citable
from kb.errors import InputError
from kb.raw import StoredRecord
from kb.record.article import Article
from kb.record.pubmed import parse
from kb.tables import insert, selected
from kb.tables.corpus import StudiesRow
from kb.tables.record import FindingsRow, RawRecordsRow, StudyPapersRow
from kb.tagging.topics import TopicEvidence, holds, tag

Version = tuple[StoredRecord, Article]  # as stored and as read


class PrintedRow(NamedTuple):
    """A reference as printed, in the temporary table ``printed`` until all papers are known."""

    pmid: int
    position: int
    text: str | None
    ref_pmid: int | None
    doi: str | None
    pmcid: str | None


@dataclass
class Gathered:
    """What the pass hands on; everything else is in the database. ``studies``: labels by study;
    ``problems``: a line for each record that could not be read."""

    citable: list[Citable] = field(default_factory=list)
    history: History = field(default_factory=History)
    studies: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def fill(db: sqlite3.Connection, source: Database, of: Field) -> Gathered:
    """Write every row that the records which live seeds reach make by themselves."""
    db.execute(
        "CREATE TEMP TABLE printed (pmid INTEGER, position INTEGER, text TEXT, ref_pmid INTEGER,"
        " doi TEXT, pmcid TEXT)"
    )
    withdrawn = dict(
        source.execute("SELECT pmid, max(read_at) FROM withdrawals GROUP BY pmid").fetchall()
    )
    gathered = Gathered()
    for pmid in _reached(source):
        versions, problems = _versions(source, pmid)
        gathered.problems += problems
        if not versions:
            continue
        record, article = newest = max(versions, key=_rank)
        # A file read once more does not bring back what PubMed has withdrawn since.
        gone = withdrawn.get(pmid, "") >= max(record.first_read, record.checked or "")
        insert(db, _rows(of, newest, gone))
        mentions = study_of(article.databanks, article.passages, of.protocols)
        insert(db, [StudyPapersRow(study=m.study, pmid=pmid, basis=m.basis) for m in mentions])
        for mention in mentions:
            gathered.studies.setdefault(mention.study, mention.label)
        gathered.citable.append(citable(article))
        gathered.history.add(article, rows.checked(article, record), versions)
    insert(db, [StudiesRow(study=each, label=label) for each, label in gathered.studies.items()])
    _raw_records(db, source)
    return gathered


def _reached(source: Database) -> list[int]:
    """The PMIDs with a record that a live seed reaches, in order."""
    reached = source.execute(
        "SELECT DISTINCT pmid FROM records"
        " WHERE pmid IN (SELECT pmid FROM live_reach) ORDER BY pmid"
    )
    return [pmid for (pmid,) in reached]


def _versions(source: Database, pmid: int) -> tuple[list[Version], list[str]]:
    """What can be read of a PMID, and a line on what cannot."""
    versions: list[Version] = []
    try:
        for record in raw_db.records(source, f"SELECT {pmid}"):
            versions.append((record, parse(record.xml)))
    except (InputError, zlib.error) as error:
        return versions, [f"PMID {pmid}: {error}"]
    return versions, []


def _rank(version: Version) -> tuple[int, str, str, str]:
    """Of several versions counts the highest Version, then the later DateRevised, then the later
    read."""
    record, article = version
    return article.version, article.date_revised or "", record.last_read, record.sha256


def _rows(of: Field, version: Version, withdrawn: bool) -> Iterator[NamedTuple]:
    """Every row that a paper makes by itself, save those of its studies."""
    record, article = version
    counts = find(article.texts, of.vocabulary.words)
    study = rows.study(article, largest_n(counts))
    places = tag(of.vocabulary, article.passages, article.headings)
    held = corrected(holds(places), of.corrections.get(article.pmid, {}))
    tasks = {topic.topic: of.tasks[topic.topic] for topic in held if topic.topic in of.tasks}
    yield rows.paper_work(article)
    yield rows.paper(article, record, withdrawn, study)
    yield from rows.per_record(article)
    yield from _printed(article)
    yield from rows.topics(article.pmid, places, held)
    yield from rows.counted(article.pmid, counts)
    yield from _figures(of, article, places)
    yield from rows.evidence(article.pmid, tasks, study)
    yield from rows.stated(article)


def _printed(article: Article) -> Iterator[PrintedRow]:
    for position, reference in enumerate(article.references, start=1):
        yield PrintedRow(
            pmid=article.pmid,
            position=position,
            text=reference.text,
            ref_pmid=reference.pmid,
            doi=reference.doi,
            pmcid=reference.pmcid,
        )


def _figures(of: Field, article: Article, places: Sequence[TopicEvidence]) -> Iterator[FindingsRow]:
    for name, text in article.texts:
        known = passage_topics(of.vocabulary, places, name, text)
        if printed := figures(text, of.vocabulary.words, known):
            yield from rows.measured(
                article.pmid, name, zip(printed, diagnostic_questions(printed, known), strict=True)
            )


def _raw_records(db: sqlite3.Connection, source: Database) -> None:
    """Every version of each paper's record, compressed as it is in raw.db."""
    kept = {pmid for (pmid,) in db.execute("SELECT pmid FROM papers")}
    versions = source.execute(
        "SELECT pmid, sha256, first_read, last_read, source AS read_from, xml FROM records"
        " ORDER BY pmid, first_read, sha256"
    )
    insert(db, (each for each in selected(RawRecordsRow, versions) if each.pmid in kept))
