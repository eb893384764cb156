"""`harvest backup` and `restore`: a copy is whole and checked, and nothing is written over."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from harvest_commands import harvest

from harvest.standin import Standin
from kb import raw as raw_db


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NCBI_API_KEY", "0123456789abcdef0123456789abcdef0123")


@pytest.fixture
def filled(raw: Path, pubmed: Standin) -> Path:
    harvest("pmid", 100, "--refs", 1, "--raw", raw, url=pubmed.url)
    return raw


def content(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as db:
        return list(db.iterdump())


def damage(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE records SET xml = substr(xml, 2) WHERE pmid = 100")


def only(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_copy_holds_the_same_and_says_what(filled: Path, tmp_path: Path) -> None:
    out = tmp_path / "monday.db"
    result = harvest("backup", "--raw", filled, "--out", out)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith(f"{out}: 3 records, ")
    assert result.stdout.endswith(f" 1 runs, as they stand in {filled}.\n")
    assert content(out) == content(filled)
    assert harvest("verify", "--raw", out).exit_code == 0


def test_while_a_run_writes_its_last_whole_state_is_copied(filled: Path, tmp_path: Path) -> None:
    before = content(filled)
    with raw_db.locked(filled), closing(raw_db.open_raw(filled, write=True)) as db, db.conn:
        db.execute("BEGIN")
        db.execute("INSERT INTO runs (job, started, state) VALUES ('late', '2026', 'running')")
        result = harvest("backup", "--raw", filled, "--out", tmp_path / "copy.db")
    assert result.exit_code == 0
    assert content(tmp_path / "copy.db") == before


def test_a_raw_db_in_wal_mode_is_copied_into_one_file(filled: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(filled)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("UPDATE runs SET note = 'in the WAL'")
        db.commit()
        folder = tmp_path / "copies"
        folder.mkdir()
        assert harvest("backup", "--raw", filled, "--out", folder / "copy.db").exit_code == 0
    assert only(folder) == {"copy.db"}
    assert any("in the WAL" in line for line in content(folder / "copy.db"))


def test_what_is_there_is_left_alone(filled: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    other.write_bytes(b"mine")
    result = harvest("backup", "--raw", filled, "--out", other)
    assert result.exit_code == 2
    assert f"{other}: is there already and was left alone. Name another file." in result.stderr
    assert other.read_bytes() == b"mine"
    result = harvest("backup", "--raw", filled, "--out", filled)
    assert result.exit_code == 2


def test_of_a_damaged_raw_db_there_is_no_copy(filled: Path, tmp_path: Path) -> None:
    damage(filled)
    before = only(tmp_path)
    result = harvest("backup", "--raw", filled, "--out", tmp_path / "copy.db")
    assert result.exit_code == 1
    assert "1 records or answers are not as they were stored" in result.stderr
    assert "PMID 100" in result.stderr
    assert only(tmp_path) == before


def test_a_copy_takes_the_place_of_a_lost_or_damaged_file(filled: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    harvest("backup", "--raw", filled, "--out", copy)
    whole = content(filled)
    damage(filled)
    broken = content(filled)
    result = harvest("restore", copy, "--raw", filled)
    assert result.exit_code == 0
    assert content(filled) == whole == content(copy)
    (kept,) = tmp_path.glob("*.before-*")
    assert f"What was there is {kept}." in result.stdout
    assert content(kept) == broken
    filled.unlink()
    result = harvest("restore", copy, "--raw", filled)
    assert "What was there" not in result.stdout
    assert content(filled) == whole


@pytest.mark.parametrize(("spoil", "code", "said"), [(damage, 1, "PMID 100"), (None, 4, "")])
def test_a_damaged_copy_or_a_run_at_work_changes_nothing(
    filled: Path, tmp_path: Path, spoil: object, code: int, said: str
) -> None:
    copy = tmp_path / "copy.db"
    shutil.copy(filled, copy)
    if spoil:
        damage(copy)
    before, files = content(filled), only(tmp_path)
    if spoil:
        result = harvest("restore", copy, "--raw", filled)
    else:
        with raw_db.locked(filled):
            result = harvest("restore", copy, "--raw", filled)
    assert result.exit_code == code
    assert said in result.stderr
    assert content(filled) == before
    assert only(tmp_path) - {f"{filled.name}.lock"} == files - {f"{filled.name}.lock"}


def test_a_link_that_waits_under_the_name_of_the_copy_is_not_followed(
    filled: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.write_bytes(b"mine")
    (tmp_path / f".copy.db.{os.getpid()}").symlink_to(other)
    result = harvest("backup", "--raw", filled, "--out", tmp_path / "copy.db")
    assert result.exit_code == 2
    assert "is in the way" in result.stderr
    assert other.read_bytes() == b"mine"


def test_what_a_killed_command_left_goes_with_the_next(filled: Path, tmp_path: Path) -> None:
    (tmp_path / ".copy.db.999999999").write_bytes(b"half a copy")
    assert harvest("backup", "--raw", filled, "--out", tmp_path / "copy.db").exit_code == 0
    assert not list(tmp_path.glob(".copy.db*"))
