"""The SQL of visitors in a process of its own."""

from __future__ import annotations

import os
import signal
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kb.site import apart

ENDLESS = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"


@pytest.fixture
def process(specimen: Path) -> Iterator[apart.Process]:
    process = apart.Process(specimen)
    process.seconds = 20.0
    yield process
    process.close()


def pid(process: apart.Process) -> int:
    process.cursor().execute("SELECT 1").fetchall()
    assert process._running
    return process._running.pid


@pytest.mark.parametrize(
    ("sql", "params"),
    [
        (
            "SELECT 1 AS a, 2.5 AS \"b c\", NULL AS a, x'00ff' AS \"q\"\"q\", 'ö\U0001f9e0' AS ''",
            (),
        ),
        ("SELECT ?, ?", (1, "two")),
        ("SELECT :a, :b, ':c' AS \":c\"", {"a": 9_007_199_254_740_993, "b": None}),
        ("SELECT pmid, title FROM papers ORDER BY pmid", ()),
        ("SELECT pmid FROM papers WHERE 0", ()),
    ],
)
def test_the_answer_is_that_of_sqlite(
    process: apart.Process, specimen: Path, sql: str, params: Any
) -> None:
    cursor = process.cursor().execute(sql, params)
    rows = cursor.fetchall()
    direct = apart.opened(specimen)
    direct.row_factory = sqlite3.Row
    expected = direct.execute(sql, params)
    assert cursor.description == expected.description
    assert rows == expected.fetchall()
    assert all(isinstance(row, sqlite3.Row) for row in rows)
    direct.close()


def test_no_more_rows_are_read_than_are_wanted(process: apart.Process) -> None:
    endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"
    assert [row["i"] for row in process.cursor().execute(endless).fetchmany(3)] == [1, 2, 3]


def test_a_parameter_may_be_known_only_when_it_is_asked_for(process: apart.Process) -> None:
    class Magic(dict[str, object]):
        def __getitem__(self, name: str) -> object:
            return "now" if name == "_now_x" else super().__getitem__(name)

    row = process.cursor().execute("SELECT :_now_x AS a, :b AS b", Magic(b="c")).fetchall()[0]
    assert tuple(row) == ("now", "c")


@pytest.mark.parametrize(
    ("sql", "params", "error"),
    [
        ("SELECT nothing", (), sqlite3.OperationalError),
        ("DELETE FROM papers", (), sqlite3.OperationalError),
        ("SELECT 1; SELECT 2", (), (sqlite3.ProgrammingError, sqlite3.Warning)),
        ("SELECT :a", {}, sqlite3.ProgrammingError),
        ("SELECT ?", (10**30,), sqlite3.OperationalError),
        ("SELECT length(zeroblob(10000001))", (), sqlite3.DataError),
        ("ATTACH 'x.db' AS x", (), sqlite3.OperationalError),
    ],
)
def test_what_sqlite_refuses_is_refused_in_its_words(
    process: apart.Process, sql: str, params: Any, error: Any
) -> None:
    with pytest.raises(error, match=r"\w"):
        process.cursor().execute(sql, params).fetchall()
    assert process.cursor().execute("SELECT 1").fetchall()[0][0] == 1


def test_a_statement_has_its_time(process: apart.Process) -> None:
    before = pid(process)
    process.seconds = 0.05
    with pytest.raises(sqlite3.OperationalError, match=r"^interrupted$"):
        process.cursor().execute(ENDLESS).fetchall()
    process.seconds = 20.0
    assert pid(process) == before  # it looked at the clock itself


def test_a_statement_that_does_not_look_at_the_clock_is_killed(process: apart.Process) -> None:
    """As one does that is within a function: here the process stands still."""
    stuck = pid(process)
    os.kill(stuck, signal.SIGSTOP)
    process.seconds = 0.05
    began = time.monotonic()
    with pytest.raises(sqlite3.OperationalError, match=r"^interrupted$"):
        process.cursor().execute("SELECT 1").fetchall()
    assert 0.05 < time.monotonic() - began < 10
    with pytest.raises(ProcessLookupError):
        os.kill(stuck, 0)
    process.seconds = 20.0
    assert pid(process) != stuck


def test_a_process_that_fell_is_followed_by_another(process: apart.Process) -> None:
    os.kill(pid(process), signal.SIGKILL)
    with pytest.raises(sqlite3.OperationalError, match="cannot be answered"):
        process.cursor().execute("SELECT 1").fetchall()
    assert process.cursor().execute("SELECT 1").fetchall()[0][0] == 1


def test_pages_go_first(process: apart.Process) -> None:
    mine = os.getpriority(os.PRIO_PROCESS, 0)
    assert os.getpriority(os.PRIO_PROCESS, pid(process)) > mine


def test_a_search_of_datasettes_tables_finds_its_function(process: apart.Process) -> None:
    row = process.cursor().execute("SELECT escape_fts(?)", ['a "b']).fetchall()[0]
    assert row[0] == '"a" "b"'


def test_what_a_search_of_datasettes_tables_looks_for_is_folded(process: apart.Process) -> None:
    row = process.cursor().execute("SELECT escape_fts(?)", ["Chełmecka β"]).fetchall()[0]
    assert row[0] == '"Chelmecka" "beta"'


def test_an_answer_has_a_largest_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "LARGEST_ANSWER", 10)
    with sqlite3.connect(":memory:") as db:
        small, large = (apart.answered(db, f"SELECT '{'x' * n}'", (), None, 20.0) for n in (10, 11))
    db.close()
    assert small == ("", [f"'{'x' * 10}'"], [("x" * 10,)])
    assert large[0] == "OperationalError"
    assert "ask for fewer rows" in large[1]
