"""The ledger of the harvest in a base: runs that have ended, what they asked, who brought what."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from sqlite_utils import Database

from kb import answers
from kb import raw as raw_db
from kb.tables import insert, selected
from kb.tables.corpus import ProvenanceRow, RunsRow, SearchesRow


def fill(db: sqlite3.Connection, source: Database) -> None:
    """Write runs, searches and provenance."""
    insert(db, _runs(source))
    insert(db, _searches(source))
    kept = {pmid for (pmid,) in db.execute("SELECT pmid FROM papers")}
    reach = source.execute(
        "SELECT pmid, seed, via, hop, source FROM live_reach ORDER BY pmid, seed, via"
    )
    insert(db, (each for each in selected(ProvenanceRow, reach) if each.pmid in kept))


def _runs(source: Database) -> Iterator[RunsRow]:
    for run, job, started, finished, state, note in source.execute(
        "SELECT run, job, started, finished, state, note FROM runs WHERE state <> 'running'"
        " ORDER BY run"
    ).fetchall():
        yield RunsRow(
            run=run,
            job=job,
            started=started,
            finished=finished,
            state=state,
            note=note,
            **raw_db.sums(source, run),
        )


def _searches(source: Database) -> Iterator[SearchesRow]:
    asked = source.execute(
        "SELECT a.run, service, question, asked_at, body FROM answers a JOIN runs USING (run)"
        " WHERE service = 'esearch' AND state <> 'running' ORDER BY a.id"
    )
    for number, (run, service, question, asked_at, body) in enumerate(asked, start=1):
        count, translation = answers.esearch_count(body)
        yield SearchesRow(
            id=number,
            run=run,
            source=service,
            question=question,
            query=answers.esearch_query(question),
            translation=translation,
            asked_at=asked_at,
            count_=count,
        )
