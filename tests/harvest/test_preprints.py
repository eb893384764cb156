"""`harvest preprints`: what it lists, what it keeps, and that it is off until it is switched on."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from building import paper
from click.testing import CliRunner, Result
from loopback import record_set

from harvest.cli import main
from harvest.standin import Answer, Corpus, Request, Standin, serve

CORPUS = (
    paper(1, title="MIBG scans of children", types=["Preprint"], doi="10.5555/one"),
    paper(2, title="MIBG scans, reviewed"),
)


def corpus(folder: Path) -> Corpus:
    (folder / "pubmed.xml").write_bytes(record_set(*CORPUS))
    return Corpus.from_files([folder / "pubmed.xml"])


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Standin]:
    with serve(corpus(tmp_path)) as server:
        yield server


def harvest(server: Standin, folder: Path, *words: str, on: bool = True) -> Result:
    bases = {"HARVEST_EUTILS_URL": server.url, "NCBI_EMAIL": "reader@example.org"}
    if on:
        bases["HARVEST_EUROPEPMC_URL"] = server.base("europepmc")
    return CliRunner(env=bases).invoke(main, [*words, "--raw", str(folder / "raw.db")])


def rows(folder: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(folder / "raw.db")) as db:
        return db.execute(sql).fetchall()


def test_preprints_are_listed_and_the_answers_kept(server: Standin, tmp_path: Path) -> None:
    result = harvest(server, tmp_path, "preprints", "MIBG")
    assert result.exit_code == 0, result.output
    assert "2020        10.5555/one  MIBG scans of children (Journal of examples)" in result.stdout
    assert "reviewed" not in result.stdout
    [(service, status, body)] = rows(tmp_path, "SELECT service, status, body FROM answers")
    assert (service, status) == ("europepmc", 200)
    assert b'"PPR1"' in body  # type: ignore[operator]
    assert rows(tmp_path, "SELECT job, state FROM runs") == [("preprints", "complete")]
    assert rows(tmp_path, "SELECT count(*) FROM records") == [(0,)]


def test_the_search_is_reported_for_a_review(server: Standin, tmp_path: Path) -> None:
    harvest(server, tmp_path, "preprints", "MIBG")
    said = harvest(server, tmp_path, "status", "--prisma-s").stdout
    assert "Preprints in Europe PMC only" in said
    assert "query: (MIBG) AND (SRC:PPR)" in said
    assert "records found: 1" in said
    assert "PubMed" not in said


def test_the_answers_are_replayed_by_the_stand_in(server: Standin, tmp_path: Path) -> None:
    harvest(server, tmp_path, "preprints", "MIBG")
    (tmp_path / "again").mkdir()
    with serve(Corpus.from_raw(tmp_path / "raw.db")) as replayed:
        result = harvest(replayed, tmp_path / "again", "preprints", "MIBG")
    assert result.exit_code == 0, result.output
    same = "SELECT question, body FROM answers"
    assert rows(tmp_path / "again", same) == rows(tmp_path, same)


def test_it_is_off_until_its_address_is_set(server: Standin, tmp_path: Path) -> None:
    result = harvest(server, tmp_path, "preprints", "MIBG", on=False)
    assert result.exit_code == 2
    assert "never tried with the real service" in result.output
    assert "export HARVEST_EUROPEPMC_URL=https://www.ebi.ac.uk/" in result.output
    assert not (tmp_path / "raw.db").exists()
    assert server.requests == []


def test_an_option_switches_it_on_for_one_command(server: Standin, tmp_path: Path) -> None:
    option = f"--europepmc-url={server.base('europepmc')}"
    result = harvest(server, tmp_path, "preprints", "MIBG", option, on=False)
    assert result.exit_code == 0, result.output


def test_a_search_that_fails_is_no_empty_list(tmp_path: Path) -> None:
    def refuse(_number: int, _request: Request, answer: Answer) -> Answer:
        return replace(answer, body=b'{"errCode":404,"errMsg":"Syntax error"}')

    with serve(corpus(tmp_path), fault=refuse) as server:
        result = harvest(server, tmp_path, "preprints", "MIBG")
    assert result.exit_code == 3
    assert "it says: Syntax error" in result.output
    assert rows(tmp_path, "SELECT state FROM runs") == [("incomplete",)]
    assert rows(tmp_path, "SELECT count(*) FROM answers") == [(0,)]
    said = harvest(server, tmp_path, "status", "--prisma-s").stdout
    assert "Preprints in Europe PMC only" in said
    assert "The search failed" in said


def test_an_empty_query_is_refused(server: Standin, tmp_path: Path) -> None:
    assert harvest(server, tmp_path, "preprints", " ").exit_code == 2
