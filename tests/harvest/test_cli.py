from __future__ import annotations

import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from harvest_commands import SCHEDULED, harvest, jobs_file, ledger_of
from loopback import record, record_set, serving, without_waiting
from starting import SLOW, loaded_for

from harvest.cli import main
from harvest.standin import Corpus, Standin


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NCBI_EMAIL", raising=False)
    # With a key ten requests a second may go, and the tests wait less.
    monkeypatch.setenv("NCBI_API_KEY", "0123456789abcdef0123456789abcdef0123")


def test_a_run_fetches_prints_the_ledger_and_names_what_the_service_does_not_have(
    tmp_path: Path, raw: Path, pubmed: Standin
) -> None:
    result = harvest("run", "review", "--jobs", jobs_file(tmp_path), "--raw", raw, url=pubmed.url)
    assert result.exit_code == 0, result.output
    (row,) = ledger_of(result)
    assert row | {"started": ""} == {
        "run": "1",
        "job": "review",
        "state": "complete",
        "asked": "4",
        "stored": "3",
        "unchanged": "0",
        "missing": "1",
        "withdrawn": "0",
        "failed": "0",
        "filtered": "0",
        "started": "",
    }
    assert "Run 1, the service does not have: PMID 999" in result.stdout
    assert "review, hop 1: fetching: 3 of 3" in result.stderr


def test_without_a_name_all_jobs_run_but_those_that_want_to_be_named(
    tmp_path: Path, raw: Path, pubmed: Standin
) -> None:
    result = harvest("run", "--jobs", jobs_file(tmp_path), "--raw", raw, url=pubmed.url)
    assert [row["job"] for row in ledger_of(result)] == ["review", "search"]


def test_a_job_that_is_none_is_refused_with_a_list_of_those_there_are(raw: Path) -> None:
    result = harvest("run", "littoij", "--raw", raw)
    assert result.exit_code == 2
    assert (
        "there is no job 'littoij'. It has: demo, imaging, littooij, oms, specimen, staging, "
        "surveillance." in result.stderr
    )
    assert not raw.exists()


def test_a_dry_run_says_what_would_be_asked_and_asks_nothing(
    tmp_path: Path, raw: Path, pubmed: Standin
) -> None:
    result = harvest(
        "run", "--dry-run", "--jobs", jobs_file(tmp_path), "--raw", raw, url=pubmed.url
    )
    assert result.exit_code == 0
    assert "review: 1 papers known to be due, 0 searches" in result.stdout
    assert "At least 3 requests, 1 s at 10 a second" in result.stdout
    assert pubmed.requests == []
    assert not raw.exists()


def test_a_run_builds_the_base_where_it_is_told_to(
    tmp_path: Path, raw: Path, pubmed: Standin
) -> None:
    kb = tmp_path / "kb.db"
    file = jobs_file(tmp_path)
    result = harvest("run", "review", "--jobs", file, "--raw", raw, "--kb", kb, url=pubmed.url)
    assert result.exit_code == 0, result.output
    connection = sqlite3.connect(kb)
    assert connection.execute("SELECT count(*) FROM papers").fetchall() == [(3,)]
    connection.close()


def test_ncbi_is_not_asked_without_an_address_and_the_message_says_how_to_set_it(
    raw: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HARVEST_EUTILS_URL", raising=False)
    result = CliRunner().invoke(main, ["pmid", "36063183", "--raw", str(raw)], prog_name="harvest")
    assert result.exit_code == 2
    assert "export NCBI_EMAIL=" in result.stderr
    assert not raw.exists()


def test_pmids_bring_what_they_cite_as_far_as_asked(raw: Path, pubmed: Standin) -> None:
    result = harvest("pmid", 100, 102, 100, "--refs", 1, "--raw", raw, url=pubmed.url)
    assert result.exit_code == 0, result.output
    (row,) = ledger_of(result)
    assert (row["job"], row["asked"], row["stored"], row["missing"]) == ("adhoc", "4", "3", "1")
    alone = harvest("pmid", 101, "--cited-by", 1, "--raw", raw, url=pubmed.url)
    assert ledger_of(alone)[0]["asked"] == "0"
    assert "elink" in [utility for utility, _ in pubmed.requests]


@pytest.mark.parametrize("wrong", ["abc", "0", "-3", "PMC123", "123456789012", "10.1/x", ""])
def test_a_pmid_that_is_none_is_named_and_explained(raw: Path, wrong: str) -> None:
    result = harvest("pmid", "36063183", wrong, "--raw", raw)
    assert result.exit_code == 2
    assert f"{wrong!r} is no PMID. A PMID is the number that PubMed gives" in result.stderr
    assert not raw.exists()


def test_a_pmid_that_the_service_does_not_have_ends_incomplete_and_is_named(
    raw: Path, pubmed: Standin
) -> None:
    result = harvest("pmid", 100, 998, "--raw", raw, url=pubmed.url)
    assert result.exit_code == 3
    assert "run 1 (adhoc) is incomplete:" in result.stderr
    assert "PMID 998, a seed of the job: the service does not have it." in result.stderr


def test_a_search_fetches_what_it_finds(raw: Path, pubmed: Standin) -> None:
    result = harvest("search", "neuroblastoma[ti]", "--raw", raw, url=pubmed.url)
    assert result.exit_code == 0
    assert ledger_of(result)[0]["stored"] == "2"
    assert 'PubMed read the query as: "neuroblastoma"[Title]' in result.stderr


def test_a_search_that_pubmed_would_change_fetches_nothing(raw: Path, pubmed: Standin) -> None:
    result = harvest("search", "neuroblastoma AND xyzzy", "--raw", raw, url=pubmed.url)
    assert result.exit_code == 3
    assert "does not know the phrase 'xyzzy'" in result.stderr
    assert harvest("search", " ", "--raw", raw).exit_code == 2


def test_files_are_read_without_asking_anyone(tmp_path: Path, raw: Path) -> None:
    file = tmp_path / "one.xml"
    file.write_bytes(record_set(record(1, "Neuroblastoma"), record(2, "Wilms tumour")))
    result = harvest("files", file, "--raw", raw, "--filter", "neuroblastoma", "--workers", 2)
    assert result.exit_code == 0, result.output
    (row,) = ledger_of(result)
    assert (row["asked"], row["stored"], row["filtered"]) == ("2", "1", "1")


def test_a_file_that_is_no_pubmed_xml_ends_incomplete_by_its_name(
    tmp_path: Path, raw: Path
) -> None:
    good, bad = tmp_path / "good.xml", tmp_path / "bad.xml"
    good.write_bytes(record_set(record(1)))
    bad.write_bytes(b"<html/>")
    result = harvest("files", bad, good, "--raw", raw)
    assert result.exit_code == 3
    assert f"{bad}: this is no PubMed XML" in result.stderr
    assert ledger_of(result)[0]["stored"] == "1"


@pytest.mark.parametrize("path", ["none.xml", "."])
def test_a_file_that_is_not_there_is_refused_before_anything_is_done(
    tmp_path: Path, raw: Path, path: str
) -> None:
    result = harvest("files", tmp_path / path, "--raw", raw)
    assert result.exit_code == 2
    assert not raw.exists()


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path, pubmed: Standin) -> None:
    (tmp_path / "file").write_text("")
    result = harvest("pmid", 100, "--raw", tmp_path / "file" / "raw.db", url=pubmed.url)
    assert result.exit_code == 2
    assert "there is no folder" in result.stderr


def test_the_demo_brings_every_bundled_paper_and_the_second_time_nothing_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_waiting(monkeypatch)
    bundled = Path(__file__).resolve().parents[2] / "data" / "demo" / "pubmed.xml"
    expected = sorted(Corpus.from_files([bundled]).entries)
    folder = tmp_path / "deep" / "demo"
    # Any address but the stand-in's would be seen: nothing listens on the one of the environment.
    first = harvest("demo", "--dir", folder, "--no-serve")
    assert first.exit_code == 0, first.output
    connection = sqlite3.connect(folder / "raw.db")
    assert [
        pmid for (pmid,) in connection.execute("SELECT pmid FROM records ORDER BY 1")
    ] == expected
    hosts = {url.split(":")[1] for (url,) in connection.execute("SELECT url FROM requests")}
    assert hosts == {"//127.0.0.1"}
    connection.close()
    assert (folder / "kb.db").is_file()
    second = harvest("demo", "--dir", folder, "--no-serve")
    assert second.exit_code == 0
    assert ledger_of(second)[0]["stored"] == "0"


def test_the_demo_says_so_where_its_port_is_taken_or_its_folder_cannot_be_made(
    tmp_path: Path,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = harvest("demo", "--dir", tmp_path / "demo", "--port", port)
    assert result.exit_code == 2
    assert f"127.0.0.1:{port}: cannot listen there" in result.stderr
    assert not (tmp_path / "demo").exists()
    (tmp_path / "file").write_text("")
    result = harvest("demo", "--dir", tmp_path / "file" / "demo", "--no-serve")
    assert result.exit_code == 2
    assert "cannot be made" in result.stderr


def test_the_standin_wants_to_know_what_to_serve() -> None:
    result = harvest("standin")
    assert result.exit_code == 2
    assert "--raw" in result.stderr


def test_every_command_and_option_explains_itself() -> None:
    context = click.Context(main)
    names = main.list_commands(context)
    assert sorted(names) == [
        "backup", "demo", "doctor", "files", "pmid", "preprints", "resolve", "restore",
        "retraction-watch", "run", "search", "standin", "status", "verify",
    ]  # fmt: skip
    for name in names:
        command = main.get_command(context, name)
        assert command is not None
        assert command.help
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.help, f"{name} {parameter.opts}"
        assert harvest(name, "--help").exit_code == 0


@pytest.mark.parametrize("words", [("--help",), ("run", "--help"), ("--version",)])
def test_help_does_without_what_takes_long_to_load(words: tuple[str, ...]) -> None:
    assert not loaded_for("harvest", *words) & SLOW


def test_the_program_starts_as_a_module() -> None:
    command = [sys.executable, "-m", "harvest.cli", "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "lose none in silence" in done.stdout


def test_what_is_due_runs_and_is_not_due_again(tmp_path: Path, raw: Path, pubmed: Standin) -> None:
    jobs = tmp_path / "scheduled.yml"
    jobs.write_text(SCHEDULED)
    due = ("run", "--due", "--jobs", jobs, "--raw", raw)
    first = harvest(*due, url=pubmed.url)
    assert first.exit_code == 0, first.output
    assert [row["job"] for row in ledger_of(first)] == ["daily"]
    assert first.stdout.splitlines()[-1] == "harvest: 1 complete; 1 asked, 1 stored"
    again = harvest(*due, url=pubmed.url)
    assert (again.exit_code, again.stdout) == (0, "harvest: nothing is due.\n")
    with closing(sqlite3.connect(raw)) as db, db:
        db.execute("UPDATE runs SET started = '2099-01-01T00:00:00Z'")
    assert harvest(*due, url=pubmed.url).stdout.splitlines()[-1].startswith("harvest: 1 complete")


@pytest.mark.parametrize("way", [str.lower, str.upper])
def test_key_and_password_are_in_no_database_and_no_line_that_is_printed(
    way: Callable[[str], str], raw: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The service repeats both, in errors and in an answer that would do."""
    secrets = ("0123456789abcdef0123456789abcdef0123", "pass-word")
    told = way(" and ".join(secrets))
    answers = [(told.encode(), 503), (record_set(record(7, told)), 200)]
    without_waiting(monkeypatch)
    with serving(lambda asked: asked.answer(*answers[asked.number > 1])) as server:
        url = server.url.replace("http://", "http://me:pass-word@")
        result = harvest("pmid", "7", "--raw", raw, url=url)
    assert result.exit_code == 3
    assert "the answer repeats the key, so it was not kept" in result.output
    kept = b"".join(path.read_bytes() for path in raw.parent.iterdir()).lower()
    assert b"http://127.0.0.1:" in kept
    for secret in secrets:
        assert secret not in result.output.lower()
        assert secret.encode() not in kept
