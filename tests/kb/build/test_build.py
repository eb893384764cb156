"""From raw.db to kb.db: what is built, when it is published, and that nothing else ever is."""

from __future__ import annotations

import fcntl
import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from building import Base, Raw, paper

from kb import checks
from kb.build.build import build
from kb.errors import CheckFailed, ConfigError, Incomplete, InputError, Locked
from kb.graphs import metrics
from kb.schema import SCHEMA

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


# The same from the same


def test_the_dump_is_the_same_elsewhere_and_again(base: Base, tmp_path: Path) -> None:
    other = Raw(tmp_path / "elsewhere.db")
    shutil.copy(base.path.with_name("raw.db"), other.path)
    assert other.build(tmp_path / "named otherwise.db").dump() == base.dump()


def test_the_base_holds_no_path_and_no_time_that_raw_db_does_not_have(base: Base) -> None:
    dump, raw = base.dump(), Base(base.path.with_name("raw.db")).dump()
    assert str(base.path.parent) not in dump
    assert set(TIME.findall(dump)) <= set(TIME.findall(raw))


def test_adding_a_record_and_building_is_building_from_scratch(raw: Raw, tmp_path: Path) -> None:
    raw.read(1, paper(1, references=[("Two", {"pubmed": 2}), ("Three", {"pubmed": 3})]))
    before = raw.build()
    size = before.one("SELECT count(*) FROM works")
    raw.read(2, paper(2, comments=[("RetractionOf", "x", 3)]))
    grown = raw.build()
    assert grown.path == before.path
    assert grown.dump() == raw.build(tmp_path / "scratch.db").dump()
    assert (size, grown.one("SELECT count(*) FROM works")) == (3, 3)
    assert grown.one("SELECT is_paper FROM works WHERE pmid = 2") == 1


# Constraints of the schema

# Column and value that a CHECK refuses, by table.
SPOILED: dict[str, list[tuple[str, object]]] = {
    "works": [("work", "isbn:1"), ("pmid", 999), ("is_paper", 2)],
    "work_links": [("kind", "friends")],
    "papers": [
        ("is_chapter", 2),
        ("record_status", "lost"),
        ("is_retracted", 2),
        ("is_book", 2),
        ("authors_complete", 2),
        ("work", "pmid:2"),
    ],
    "authors": [("last_name", None)],
    "contributors": [("role", "typist")],
    "mesh": [("is_major", 2)],
    "keywords": [("is_major", 2)],
    "reference_list": [("method", "guess")],
    "schemes": [("role", "teacher")],
    "topics": [("question", "why")],
    "cites": [("source", "hearsay")],
    "topic_evidence": [("negated", 2), ("start", None), ("end", None)],
    "paper_topics": [("basis", "guess")],
    "curation": [("decision", "perhaps"), ("topic", "imaging"), ("reason", None)],
    "prisma_flow": [("phase", "later"), ("box", "lost"), ("records", -1)],
    "designs": [("diagnosis", 6), ("prognosis", 6), ("treatment", 0)],
    "evidence": [("level", 6)],
    "findings": [("sign", "="), ("value", None), ("arithmetic", "maybe")],
    "sums": [("kind", "guess"), ("verdict", "maybe")],
    "statements": [("scheme", "a guess")],
    "metrics": [("on_main_path", 2), ("on_cycle", 2)],
    "assertions": [("witness", "a friend"), ("nature", "rumour"), ("counts", 2)],
    "verdicts": [("verdict", "sound")],
    "notices": [("kind", "rumour")],
    "evidence_map": [("state", "unknown")],
    "exposure": [("kind", "erratum"), ("hops", 0)],
    "provenance": [("hop", -1)],
    "runs": [("failed", 5)],
    "changes": [("kind", "eaten")],
}


# Rows of tables that the base leaves empty.
MORE = {
    "work_links": ("pmid:1", "pmid:2", "version"),
    "curation": (2, 1, "exclude", None, "no patients", "AB", "2024-01-01"),
    "contributors": (1, 1, "editor", "Ed", None, None, None),
    "evidence": (1, "imaging", "a scheme", 5, "case series", 7, "abstract"),
    "statements": (1, "GRADE", "low", "GRADE: low", "title", 0, 10),
    "findings": (999, 1, "sensitivity", 0.9, *[None] * 12, "title", 0, 5, 0, 5),
    "sums": (999, 1, "share", "agrees", "17 of 20 are 85 %.", "title", 0, 3, 4, 9),
}


def test_every_check_of_the_schema_has_its_case_here() -> None:
    with closing(sqlite3.connect(":memory:")) as db:
        db.executescript(SCHEMA.read_text(encoding="utf-8"))
        tables = dict(db.execute("SELECT name, sql FROM sqlite_schema WHERE sql LIKE '%CHECK%'"))
    assert {table: sql.count("CHECK (") for table, sql in tables.items()} == {
        table: len(cases) for table, cases in SPOILED.items()
    }


@pytest.fixture
def spoil(base: Base, tmp_path: Path) -> Callable[[str, str, object], None]:
    """Set a column of every row of a table: the first that is refused stops it."""
    copy = tmp_path / "copy.db"
    shutil.copy(base.path, copy)
    with closing(sqlite3.connect(copy)) as db, db:
        for table, row in MORE.items():
            db.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)

    def update(table: str, column: str, value: object) -> None:
        with closing(sqlite3.connect(copy)) as db, db:
            assert db.execute(f'UPDATE {table} SET "{column}" = ?', [value]).rowcount

    return update


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [(table, *pair) for table, pairs in SPOILED.items() for pair in pairs],
)
def test_a_check_of_the_schema_refuses_what_is_out_of_range(
    spoil: Callable[[str, str, object], None], table: str, column: str, value: object
) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="CHECK constraint failed"):
        spoil(table, column, value)


def columns_that_must_not_be_null() -> list[tuple[str, str]]:
    with closing(sqlite3.connect(":memory:")) as db:
        db.executescript(SCHEMA.read_text(encoding="utf-8"))
        return db.execute(
            "SELECT t.name, c.name FROM sqlite_schema t, pragma_table_info(t.name) c"
            " WHERE t.type = 'table' AND t.sql LIKE '%STRICT%' AND c.\"notnull\""
            " ORDER BY 1, 2"
        ).fetchall()


@pytest.mark.parametrize(("table", "column"), columns_that_must_not_be_null())
def test_a_column_that_must_be_there_cannot_be_left_out(table: str, column: str) -> None:
    """Whatever else is in the row: NOT NULL is looked at before CHECK and foreign keys."""
    with closing(sqlite3.connect(":memory:")) as db:
        db.executescript(SCHEMA.read_text(encoding="utf-8"))
        others = db.execute(
            "SELECT name, type FROM pragma_table_info(?) WHERE name <> ?", [table, column]
        ).fetchall()
        names = ", ".join(f'"{name}"' for name, _ in others)
        values = ", ".join("'x'" if kind == "TEXT" else "1" for _, kind in others)
        with pytest.raises(sqlite3.IntegrityError, match=f"NOT NULL .*{table}.{column}"):
            db.execute(f"INSERT INTO {table} ({names}) VALUES ({values})")


# Publishing


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def assert_untouched(raw: Raw, old: bytes) -> None:
    assert raw.path.with_name("kb.db").read_bytes() == old
    assert files(raw.path.parent) == ["data", "kb.db", "raw.db"]


def test_a_failing_check_leaves_the_old_base_and_nothing_else(
    raw: Raw, old: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(checks.FAULTS, "never to be called", "SELECT 7 UNION SELECT 8")
    with pytest.raises(CheckFailed, match=r"was not replaced.*\n  never to be called 7, 8"):
        raw.build()
    assert_untouched(raw, old)


@pytest.mark.parametrize("error", [RuntimeError("half-way"), KeyboardInterrupt(), MemoryError()])
def test_an_exception_half_way_leaves_the_old_base_and_nothing_else(
    raw: Raw, old: bytes, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(metrics, "rows", fail)
    with pytest.raises(type(error)):
        raw.build()
    assert_untouched(raw, old)


def test_a_fault_of_the_program_is_not_blamed_on_the_disk(
    raw: Raw, old: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        with closing(sqlite3.connect(":memory:")) as db:
            db.execute("SELECT absent")

    monkeypatch.setattr(metrics, "rows", fail)
    with pytest.raises(sqlite3.OperationalError, match="no such column"):
        raw.build()
    assert_untouched(raw, old)


def test_of_many_unreadable_records_the_first_are_named(raw: Raw) -> None:
    for pmid in range(1, 31):
        raw.read(pmid, b"<PubmedArticle/>")
    with pytest.raises(Incomplete, match="without 30 ") as caught:
        raw.build()
    assert str(caught.value).count("PMID ") == 20
    assert str(caught.value).endswith("and 10 more")


@pytest.mark.parametrize("content", ["text", "raw", "other"])
def test_another_file_is_never_replaced(raw: Raw, tmp_path: Path, content: str) -> None:
    raw.read(1)
    out = tmp_path / "mine"
    if content == "text":
        out.write_text("my only copy")
    elif content == "raw":
        out = raw.path
    else:
        with closing(sqlite3.connect(out)) as db:
            db.execute("CREATE TABLE papers (mine)")
    before = out.read_bytes()
    with pytest.raises(InputError, match=r"is no kb\.db; it was left alone"):
        raw.build(out)
    assert out.read_bytes() == before


def test_a_folder_is_never_replaced(raw: Raw) -> None:
    with pytest.raises(InputError, match=r"is no kb\.db; it was left alone"):
        raw.build(raw.data)


def test_an_empty_file_is_in_nobody_s_way(raw: Raw, tmp_path: Path) -> None:
    (tmp_path / "new.db").touch()
    assert raw.build(tmp_path / "new.db").one("SELECT count(*) FROM papers") == 0


def test_a_folder_that_is_not_there_is_named(raw: Raw, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none/kb\.db: cannot be built"):
        raw.build(tmp_path / "none" / "kb.db")


def test_a_raw_db_that_is_not_there_is_named_and_not_made(raw: Raw, old: bytes) -> None:
    absent = raw.path.with_name("absent.db")
    with pytest.raises(ConfigError, match=r"absent\.db: there is no such file"):
        build(absent, raw.path.with_name("kb.db"), raw.data)
    assert_untouched(raw, old)


def test_a_damaged_raw_db_is_named_and_the_old_base_stays(raw: Raw, old: bytes) -> None:
    for pmid in range(10, 60):
        raw.read(pmid)
    with raw.path.open("r+b") as stream:
        stream.seek(8 * 4096)
        stream.write(b"\xff" * 4096 * 40)
    with pytest.raises(InputError, match=r"raw\.db: is damaged"):
        raw.build()
    assert_untouched(raw, old)


def test_of_two_builds_at_once_the_second_is_turned_away(raw: Raw, old: bytes) -> None:
    aside = raw.path.with_name("kb.db.building")
    with aside.open("wb") as first:
        first.write(b"half")
        first.flush()
        fcntl.flock(first, fcntl.LOCK_EX)
        with pytest.raises(Locked, match="another build") as caught:
            raw.build()
        assert caught.value.exit_code == 4
        assert aside.read_bytes() == b"half"
    assert raw.path.with_name("kb.db").read_bytes() == old


def test_what_a_killed_build_left_is_used_again(raw: Raw) -> None:
    raw.read(1)
    raw.path.with_name("kb.db.building").write_bytes(b"half" * 100_000)
    assert raw.build().rows("SELECT pmid FROM papers") == [1]
    assert files(raw.path.parent) == ["data", "kb.db", "raw.db"]


def test_a_harvest_can_write_during_a_build_and_changes_nothing_in_it(
    raw: Raw, old: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    undisturbed = raw.build(tmp_path / "undisturbed.db")
    measure = metrics.rows

    def harvest(*what: Any) -> Any:
        raw.read(3)
        raw.do("UPDATE runs SET state = 'running'")
        return measure(*what)

    monkeypatch.setattr(metrics, "rows", harvest)
    assert raw.build().dump() == undisturbed.dump()
