"""`harvest status` and `verify`: what they show of a raw.db."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from harvest_commands import SCHEDULED, harvest, ledger_of

from harvest.standin import Standin
from kb import raw as raw_db


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NCBI_EMAIL", raising=False)
    # With a key ten requests a second may go, and the tests wait less.
    monkeypatch.setenv("NCBI_API_KEY", "0123456789abcdef0123456789abcdef0123")


def test_status_shows_the_runs_and_what_is_missing(raw: Path, pubmed: Standin) -> None:
    harvest("pmid", 100, 998, "--refs", 1, "--raw", raw, url=pubmed.url)
    result = harvest("status", "--raw", raw)
    assert result.exit_code == 0
    assert ledger_of(result)[0]["state"] == "incomplete"
    assert "the service does not have: PMID 998, 999" in result.stdout
    assert "PMID 998, a seed of the job" in result.stdout


def test_status_for_programs_has_the_sums_and_every_pmid_by_name(
    raw: Path, pubmed: Standin
) -> None:
    harvest("pmid", 100, "--refs", 1, "--raw", raw, url=pubmed.url)
    (run,) = json.loads(harvest("status", "--raw", raw, "--json").stdout)["runs"]
    assert (run["job"], run["state"], run["asked"], run["stored"]) == ("adhoc", "complete", 4, 3)
    assert run["missing_pmids"] == {"999": "the service does not have it"}
    assert run["failed_pmids"] == {}


def test_status_of_a_raw_db_without_runs_and_of_none(tmp_path: Path, raw: Path) -> None:
    raw_db.open_raw(raw, write=True).close()
    assert f"{raw} holds no run yet." in harvest("status", "--raw", raw).stdout
    result = harvest("status", "--raw", tmp_path / "none.db")
    assert result.exit_code == 2
    assert "there is no such file" in result.stderr
    assert not (tmp_path / "none.db").exists()


def test_status_tells_a_run_that_goes_on_from_one_that_died(raw: Path, pubmed: Standin) -> None:
    harvest("pmid", 100, "--raw", raw, url=pubmed.url)
    connection = sqlite3.connect(raw)
    connection.execute("UPDATE runs SET state = 'running', finished = NULL")
    connection.commit()
    connection.close()
    with raw_db.locked(raw):
        assert ledger_of(harvest("status", "--raw", raw))[0]["state"] == "running"
    result = harvest("status", "--raw", raw)
    assert ledger_of(result)[0]["state"] == "killed"
    assert "the run was killed before an answer came" in result.stdout


def test_verify_finds_a_record_that_changed_on_the_disk(raw: Path, pubmed: Standin) -> None:
    harvest("pmid", 100, 101, "--raw", raw, url=pubmed.url)
    assert "2 records are as they were stored" in harvest("verify", "--raw", raw).stdout
    connection = sqlite3.connect(raw)
    connection.execute("UPDATE records SET xml = zeroblob(9) WHERE pmid = 101")
    connection.commit()
    connection.close()
    result = harvest("verify", "--raw", raw)
    assert result.exit_code == 1
    assert "1 records or answers are not as they were stored" in result.stderr
    assert "PMID 101" in result.stderr


def test_the_seeds_follow_the_jobs_file_although_nothing_is_due(
    tmp_path: Path, raw: Path, pubmed: Standin
) -> None:
    jobs = tmp_path / "scheduled.yml"
    jobs.write_text(SCHEDULED)
    harvest("run", "daily", "never", "--jobs", jobs, "--raw", raw, url=pubmed.url)
    jobs.write_text(SCHEDULED.partition("  - name: never")[0])
    result = harvest("run", "--due", "--jobs", jobs, "--raw", raw, url=pubmed.url)
    assert "No longer in the jobs file" in result.output
    with closing(sqlite3.connect(raw)) as db:
        assert db.execute("SELECT seed FROM seeds WHERE live").fetchall() == [("daily:pmid:102",)]
    assert "Due by their schedule: none" in harvest("status", "--raw", raw, "--jobs", jobs).stdout


def test_a_run_that_is_incomplete_or_long_ago_is_due(
    tmp_path: Path, raw: Path, pubmed: Standin
) -> None:
    jobs = tmp_path / "scheduled.yml"
    jobs.write_text(SCHEDULED)
    harvest("run", "daily", "--jobs", jobs, "--raw", raw, url=pubmed.url)
    for change in ("state = 'killed'", "state = 'complete', started = '2026-01-01T00:00:00Z'"):
        with closing(sqlite3.connect(raw)) as db, db:
            db.execute(f"UPDATE runs SET {change}")
        status = harvest("status", "--raw", raw, "--jobs", jobs)
        assert "Due by their schedule: daily" in status.stdout
        assert json.loads(harvest("status", "--json", "--raw", raw, "--jobs", jobs).stdout)[
            "due"
        ] == ["daily"]
