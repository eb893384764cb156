"""What the books of raw.db say: runs and sums, what is missing, due, and was searched for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from harvest.clock import moment
from harvest.jobs import Job
from harvest.ledger import outcomes
from harvest.services.entrez import dois_asked
from harvest.services.europepmc import EUROPEPMC, PREPRINTS, asked, page_of
from kb import raw
from kb.answers import esearch_count, esearch_query

if TYPE_CHECKING:
    from sqlite_utils import Database

MOST_NAMED = 20
COLUMNS = ("run", "job", "state", "asked", *raw.OUTCOMES, "started")


def rows(db: Database) -> list[dict[str, Any]]:
    """All runs with their sums, the newest last."""
    runs = db.execute("SELECT run, job, state, started, finished, note FROM runs ORDER BY run")
    names = ("run", "job", "state", "started", "finished", "note")
    return [dict(zip(names, row, strict=True)) | raw.sums(db, row[0]) for row in runs.fetchall()]


def summary(db: Database, runs: Sequence[int]) -> str:
    """One line on some runs, for the subject of a mail."""
    chosen = [row for row in rows(db) if row["run"] in runs]
    states = Counter(row["state"] for row in chosen)
    sums = {name: sum(row[name] for row in chosen) for name in ("asked", *raw.OUTCOMES)}
    told = ", ".join(f"{count:,} {name}" for name, count in sums.items() if count)
    ended = ", ".join(f"{count} {state}" for state, count in sorted(states.items()))
    return f"harvest: {ended}; {told or 'nothing to ask'}"


def due(db: Database, jobs: Sequence[Job], now: datetime) -> list[Job]:
    """Jobs whose schedule has had a time since they last ran, or whose last run did not finish
    its work; without a schedule a job is never due."""
    last = {
        job: (started, state)
        for job, started, state in db.execute("SELECT job, started, state FROM runs ORDER BY run")
    }

    def is_due(job: Job) -> bool:
        started, state = last.get(job.name, ("", ""))
        # A run of the future was begun by a clock that was wrong.
        is_known = state == "complete" and moment(started) <= now
        return bool(job.schedule) and (not is_known or job.due(moment(started), now))

    return [job for job in jobs if is_due(job)]


def shortfall(db: Database, run: int) -> list[str]:
    """What a run that is not complete lacks, in lines for the person who reads it."""
    job, state, note = db.execute(
        "SELECT job, state, note FROM runs WHERE run = ?", [run]
    ).fetchone()
    if state in {"complete", "running"}:
        return []
    failed = [f"PMID {pmid}: {why}" for pmid, why in outcomes(db, run, "failed").items()]
    lines = [*named((note or "").splitlines()), *named(failed)]
    return [f"run {run} ({job}) is {state}:", *(f"  {line}" for line in lines)]


def named(lines: Collection[str]) -> list[str]:
    """The first of many lines, and how many more there are."""
    shown = list(lines)[:MOST_NAMED]
    if left := len(lines) - len(shown):
        shown.append(f"and {left:,} more, all in the tables outcomes and runs of raw.db")
    return shown


def prisma_s(db: Database, run: int) -> list[str]:
    """The search record of a run, as PRISMA-S wants it reported (Rethlefsen 2021: items 1, 8, 13,
    15): database, exact query, PubMed's reading of it, date, records found."""
    job, started = db.execute("SELECT job, started FROM runs WHERE run = ?", [run]).fetchone()
    database, searches = "PubMed only, through NCBI's E-utilities (ESearch)", _of_pubmed(db, run)
    if job == PREPRINTS:
        database = "Preprints in Europe PMC only, through its REST API"
        searches = _of_europe_pmc(db, run) or ["  The search failed: nothing of it was used."]
    return [
        f"Run {run} (job {job}, {started}). {database}; no other database was searched.",
        *(searches or ["  Nothing was searched for: its papers are named one by one."]),
    ]


def _of_pubmed(db: Database, run: int) -> list[str]:
    lines = []
    for kept in raw.answers(db, "esearch", run=run):
        if dois_asked(kept.question):
            continue  # which paper has a DOI: looked up, not searched for
        count, translation = esearch_count(kept.body)
        lines += [
            f"  query: {esearch_query(kept.question)}",
            f"  read by PubMed as: {translation}",
            f"  searched: {kept.asked_at}, records found: {count:,}",
            "",
        ]
    return lines


def _of_europe_pmc(db: Database, run: int) -> list[str]:
    return [
        line
        for kept in raw.answers(db, EUROPEPMC.name, run=run)
        if (query := asked(kept.question))
        for line in (
            f"  query: {query}",
            f"  searched: {kept.asked_at}, records found: {page_of(kept.body).total:,}",
            "",
        )
    ]


def missing(db: Database, run: int) -> list[str]:
    """Papers that others cite and the service does not have: told, and no failure."""
    lines = []
    for outcome, what in (
        ("missing", "the service does not have"),
        ("withdrawn", "withdrawn from PubMed"),
    ):
        if pmids := [str(pmid) for pmid in outcomes(db, run, outcome)]:
            lines.append(f"Run {run}, {what}: PMID {', '.join(named(pmids))}")
    return lines


def table(runs: Sequence[Mapping[str, object]]) -> str:
    """Aligned columns, numbers to the right."""
    rows = [COLUMNS, *(tuple(str(run[name]) for name in COLUMNS) for run in runs)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(COLUMNS))]
    lines = []
    for row in rows:
        cells = [
            cell.ljust(width) if name in {"job", "state", "started"} else cell.rjust(width)
            for name, cell, width in zip(COLUMNS, row, widths, strict=True)
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)
