"""The commands of harvest that look and fetch no paper: status, doctor, verify."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from harvest import ledger, reports
from harvest.clock import Clock
from harvest.jobs import Job
from harvest.jobs_file import read_jobs
from kb import raw as raw_db
from kb.commands import EXISTING, FILE, data_option
from kb.errors import CheckFailed, ConfigError, Locked

if TYPE_CHECKING:
    from sqlite_utils import Database


@click.command()
@click.option("--raw", required=True, type=FILE, help="The raw.db to look into.")
@click.option("--jobs", "jobs_file", type=EXISTING, help="Jobs file. Default: that of --data.")
@data_option
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.option(
    "--prisma-s", is_flag=True, help="The search record of each run, for a review's methods."
)
def status(raw: Path, jobs_file: Path | None, data: Path, as_json: bool, prisma_s: bool) -> None:
    """Show the runs, their sums, what is missing, and which jobs are due."""
    jobs = read_jobs(jobs_file or data / "jobs.yml")
    with raw_db.damage_named(raw), closing(opened_for_status(raw)) as db:
        runs = reports.rows(db)
        due = [job.name for job in reports.due(db, jobs, Clock().now())]
        if as_json:
            named = [run | _named(db, run["run"]) for run in runs]
            click.echo(json.dumps({"runs": named, "due": due}, indent=2))
        elif prisma_s:
            for run in runs:
                click.echo("\n".join(reports.prisma_s(db, run["run"])))
        elif runs:
            click.echo(reports.table(runs))
            for number in sorted({run["job"]: run["run"] for run in runs}.values()):
                for line in (*reports.missing(db, number), *reports.shortfall(db, number)):
                    click.echo(line)
            click.echo(f"Due by their schedule: {', '.join(due) or 'none'}")
        else:
            click.echo(f"{raw} holds no run yet.")


def _named(db: Database, run: int) -> dict[str, dict[int, str]]:
    """PMIDs that a run could not store, with the reason of each."""
    return {
        f"{outcome}_pmids": ledger.outcomes(db, run, outcome)
        for outcome in ("missing", "withdrawn", "failed")
    }


@click.command(name="doctor")
@click.option("--raw", type=FILE, help="Look at the place of this raw.db too.")
@click.option("--jobs", "jobs_file", type=EXISTING, help="Jobs file. Default: that of --data.")
@data_option
@click.option(
    "--live",
    is_flag=True,
    help="Ask the services some forty small questions, and compare the answers with what harvest "
    "takes for granted.",
)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def see_doctor(
    raw: Path | None, jobs_file: Path | None, data: Path, live: bool, as_json: bool
) -> None:
    """Check installation, settings, disk, lock and whether the services answer.

    The key is used and not shown. Exit code 1 where something is wrong.
    """
    from harvest import doctor

    findings = []
    jobs = jobs_file or data / "jobs.yml"
    for finding in doctor.reports(raw, jobs, is_live=live, log=lambda _sent: None):
        findings.append(finding)
        if not as_json:
            click.echo("\n".join(finding.lines()))
    if as_json:
        click.echo(json.dumps([finding._asdict() for finding in findings], indent=2))
    if wrong := [finding.name for finding in findings if finding.fault]:
        raise CheckFailed(f"{len(wrong)} of the checks found something: {', '.join(wrong)}.")


@click.command()
@click.option("--raw", required=True, type=FILE, help="The raw.db to check.")
def verify(raw: Path) -> None:
    """Compute the hash of every stored record and answer again and compare."""
    with closing(raw_db.open_raw(raw)) as db:
        wrong = raw_db.verify(db)
        count = 0 if wrong else db["records"].count  # what is damaged may not let itself be counted
    if wrong:
        lines = "\n".join(f"  {line}" for line in reports.named(wrong))
        raise CheckFailed(
            f"{raw}: {len(wrong):,} records or answers are not as they were stored:\n{lines}\n"
            "Take the file from a backup, or harvest again into a new one."
        )
    click.echo(f"{raw}: {count:,} records are as they were stored.")


def due_jobs(raw: Path, jobs: Sequence[Job]) -> list[Job]:
    if not raw.exists():
        return [job for job in jobs if job.schedule]
    with raw_db.damage_named(raw), closing(opened_for_status(raw)) as db:
        return reports.due(db, jobs, Clock().now())


def opened_for_status(raw: Path) -> Database:
    """Open for reading; before, where it can be had, bring it up to date and close dead runs."""
    if raw.is_file() and raw.stat().st_size:  # of nothing, status makes nothing
        try:
            with ledger.opened(raw, Clock()):
                pass
        except (Locked, ConfigError):
            pass  # in use, or not ours to write: read as it is, which says what else is wrong
    return raw_db.open_raw(raw)
