"""How a kb.db is opened to be read."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from small_base import small_base

from kb.base import check_base, read_only, reading
from kb.errors import ConfigError, InputError

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A base whose name has what an address would take for its own."""
    place = tmp_path / "a ?#%.db"
    with closing(small_base(place)) as db:
        db.commit()
    return place


def test_a_base_is_read_and_closed_behind_the_block(path: Path) -> None:
    with reading(path) as db:
        assert db.execute("SELECT min(pmid) FROM papers").fetchone() == (1,)
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        db.execute("SELECT 1")


def test_it_is_closed_after_an_error_too(path: Path) -> None:
    with pytest.raises(KeyError), reading(path) as db:
        raise KeyError
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        db.execute("SELECT 1")


@pytest.mark.parametrize("sql", ["DELETE FROM works", "CREATE TABLE t (a)", "VACUUM"])
def test_nothing_can_be_written(path: Path, sql: str) -> None:
    before = path.read_bytes()
    with reading(path) as db, pytest.raises(sqlite3.OperationalError, match="readonly"):
        db.execute(sql)
    assert path.read_bytes() == before


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    path = tmp_path / "no.db"
    with pytest.raises(ConfigError, match=r"no such file\. Build it with: kb build"):
        check_base(path)
    with pytest.raises(sqlite3.OperationalError, match="unable to open"):
        read_only(path)
    assert not path.exists()


def test_a_file_of_text_is_no_base(tmp_path: Path) -> None:
    path = tmp_path / "kb.db"
    path.write_text("not a database, whatever its name says", encoding="utf-8")
    with pytest.raises(InputError, match="is no SQLite database"), reading(path):
        pass


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("CREATE TABLE records (xml)", "it is a raw.db. Name the file that kb build wrote"),
        ("CREATE TABLE other (a)", "is a database, but no kb.db. Name the file"),
        ("CREATE TABLE papers (pmid); CREATE TABLE works (work)", "was built by another version"),
    ],
)
def test_another_database_is_told_from_a_base(tmp_path: Path, sql: str, words: str) -> None:
    path = tmp_path / "kb.db"
    with closing(sqlite3.connect(path)) as db:
        db.executescript(sql)
    with pytest.raises(InputError, match=words):
        check_base(path)


def test_another_thread_may_use_it_only_where_that_was_asked_for(path: Path) -> None:
    def first(db: sqlite3.Connection) -> object:
        return db.execute("SELECT min(pmid) FROM papers").fetchone()

    with ThreadPoolExecutor(1) as thread:
        with closing(read_only(path, any_thread=True)) as db:
            assert thread.submit(first, db).result() == (1,)
        with closing(read_only(path)) as db, pytest.raises(sqlite3.ProgrammingError):
            thread.submit(first, db).result()


def test_no_other_module_opens_a_database_to_read() -> None:
    opening = {
        str(path.relative_to(ROOT))
        for folder in ("kb", "harvest")
        for path in (ROOT / folder).rglob("*.py")
        if "mode=ro" in path.read_text(encoding="utf-8")
    }
    assert opening == {"kb/base.py"}
