"""The first pass of a build: what each paper fills by itself, and what the later passes need."""

from __future__ import annotations

import sqlite3
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Any, NamedTuple

from sqlite_utils import Database

from kb import raw as raw_db
from kb.build import readers, rows
from kb.build.field import Field
from kb.build.kept_readings import KeptReadings
from kb.build.notices import History
from kb.build.readings import KINDS, PaperReading, ReadReference, StoredPaper
from kb.citations.citation import Citable
from kb.errors import InputError
from kb.raw import StoredRecord
from kb.record.pubmed import parse
from kb.tables import columns_of, insert, insert_values, selected
from kb.tables.corpus import StudiesRow
from kb.tables.record import PapersRow, RawRecordsRow, StudyPapersRow

TOGETHER = 100  # papers whose rows are inserted at a time


class PrintedRow(NamedTuple):
    """A reference of a paper, in the temporary table ``printed`` until all papers are known: as
    ``ReadReference``."""

    pmid: int
    position: int
    text: str | None
    ref_pmid: int | None
    doi: str | None
    pmcid: str | None
    year: int | None
    work: str | None
    citation: str | None


@dataclass
class Gathered:
    """What the pass hands on; everything else is in the database. ``studies``: labels by study;
    ``problems``: a line for each record that could not be read."""

    citable: list[Citable] = field(default_factory=list)
    history: History = field(default_factory=History)
    studies: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


# Opens what earlier builds have read, for as long as papers are read.
Keeping = Callable[[], AbstractContextManager[KeptReadings]]


def fill(db: sqlite3.Connection, source: Database, of: Field, keeping: Keeping) -> Gathered:
    """Write every row that the records which live seeds reach make by themselves.

    What is read of a small base is not worth keeping. Raises Incomplete where a process that read
    was killed.
    """
    db.execute(f"CREATE TEMP TABLE printed ({', '.join(columns_of(PrintedRow))})")
    withdrawn = dict(
        source.execute("SELECT pmid, max(read_at) FROM withdrawals GROUP BY pmid").fetchall()
    )
    gathered = Gathered()
    pmids = _reached(source)
    with keeping() if len(pmids) >= readers.MANY else nullcontext(KeptReadings()) as kept:
        papers = partial(_stored, source, pmids, of)
        unread = sum(not kept.has(paper) for paper in papers()) if kept.places else len(pmids)
        with closing(readers.readings(papers(), unread, of, kept)) as read:
            while some := list(islice(read, TOGETHER)):
                _write(db, gathered, some, withdrawn)
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


def _stored(source: Database, pmids: Iterable[int], of: Field) -> Iterator[StoredPaper]:
    for pmid in pmids:
        versions: list[StoredRecord] = []
        problem = ""
        try:
            for version in raw_db.packed_records(source, f"SELECT {pmid}"):
                versions.append(version)
        except InputError as error:
            problem = f"PMID {pmid}: {error}"
        yield StoredPaper(pmid, versions, problem, dict(of.corrections.get(pmid, {})))


def _write(
    db: sqlite3.Connection,
    gathered: Gathered,
    read: Iterable[tuple[StoredPaper, PaperReading]],
    withdrawn: Mapping[int, str],
) -> None:
    """The rows of some papers, a table at a time: in one statement they are inserted fastest."""
    values: defaultdict[type[NamedTuple], list[Sequence[Any]]] = defaultdict(list)
    for paper, reading in read:
        _gather(gathered, values, paper.versions, reading, withdrawn.get(paper.pmid, ""))
    for kind, several in values.items():
        insert_values(db, kind, several)


def _gather(
    gathered: Gathered,
    values: defaultdict[type[NamedTuple], list[Sequence[Any]]],
    versions: Sequence[StoredRecord],
    reading: PaperReading,
    withdrawn: str,
) -> None:
    """Put the rows of a paper with those of others, and hand on what the later passes need."""
    gathered.problems += filter(None, [reading.problem])
    if not (reading.paper and reading.citable):
        return
    by_hash = {record.sha256: record for record in versions[: reading.versions]}
    record = by_hash[reading.record_sha256]
    # A file read once more does not bring back what PubMed has withdrawn since.
    gone = withdrawn >= max(record.first_read, record.checked or "")
    paper = rows.as_stored(reading.paper, record, gone)
    values[PapersRow].append(paper)
    for name, several in reading.rows.items():
        values[KINDS[name]] += several
    values[PrintedRow] += _printed(paper.pmid, reading.references)
    values[StudyPapersRow] += [
        StudyPapersRow(study=m.study, pmid=paper.pmid, basis=m.basis) for m in reading.studies
    ]
    for mention in reading.studies:
        gathered.studies.setdefault(mention.study, mention.label)
    gathered.citable.append(reading.citable)
    stating = {digest: parse(zlib.decompress(by_hash[digest].xml)) for digest in reading.stating}
    gathered.history.add(paper, list(by_hash.values()), reading.changes, stating)


def _printed(pmid: int, references: Iterable[ReadReference]) -> Iterator[PrintedRow]:
    for position, reference in enumerate(references, start=1):
        yield PrintedRow(
            pmid=pmid,
            position=position,
            text=reference.text,
            ref_pmid=reference.pmid,
            doi=reference.doi,
            pmcid=reference.pmcid,
            year=reference.year,
            work=reference.work,
            citation=reference.citation,
        )


def _raw_records(db: sqlite3.Connection, source: Database) -> None:
    """Every version of each paper's record, compressed as it is in raw.db."""
    kept = {pmid for (pmid,) in db.execute("SELECT pmid FROM papers")}
    versions = source.execute(
        "SELECT pmid, sha256, first_read, last_read, source AS read_from, xml FROM records"
        " ORDER BY pmid, first_read, sha256"
    )
    insert(db, (each for each in selected(RawRecordsRow, versions) if each.pmid in kept))
