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
    ended = {run for (run,) in source.execute("SELECT run FROM runs WHERE state <> 'running'")}
    asked = (each for each in raw_db.answers(source, "esearch") if each.run in ended)
    for number, kept in enumerate(asked, start=1):
        count, translation = answers.esearch_count(kept.body)
        yield SearchesRow(
            id=number,
            run=kept.run,
            source=kept.service,
            question=kept.question,
            query=answers.esearch_query(kept.question),
            translation=translation,
            asked_at=kept.asked_at,
            count_=count,
        )
