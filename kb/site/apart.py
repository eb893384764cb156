"""SQL of visitors, answered in a process of its own, which can be stopped whatever it is doing.

SQLite looks at the clock between the instructions of a statement. A function of a large value, a
search for thousands of words or the sorting of a million rows is one instruction, and a thread
that is in one cannot be stopped; a process can.

Run as a program (``python -P apart.py FILE``) it answers the statements of its standard input, one
after the other. It imports only what comes with Python, so that it is there within some 20 ms.
"""

from __future__ import annotations

import marshal
import os
import re
import select
import signal
import sqlite3
import subprocess
import sys
import time
import weakref
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, cast

# Bytes of one value or row. The largest real records stay far below it; without a limit one
# statement (randomblob, printf) can take all memory in less than its time limit.
LARGEST_VALUE = 10_000_000
# Characters and bytes of one answer: a thousand rows of the largest value would fill any memory.
LARGEST_ANSWER = 32_000_000
MAPPED = 1 << 40  # bytes of the file at most; SQLite's own limit is lower
BETWEEN_LOOKS = 1000  # SQLite's instructions between two looks at the clock
GRACE = 0.25  # seconds over its time after which a statement that does not look is killed
NICENESS = 5  # whoever asks for a page goes first
PARAMETER = re.compile(r"[:@$](\w+)")
INTERRUPTED = "interrupted"  # the word of SQLite, by which Datasette knows it

Row = tuple[Any, ...]
Answer = tuple[str, Any, list[Row]]


def opened(path: Path | str) -> sqlite3.Connection:
    """A connection that can only read; Datasette's own takes no path with ? or # in it."""
    uri = f"{Path(path).resolve().as_uri()}?immutable=1"
    connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
    # Without a call of the system for each page of the file, of which SQLite itself keeps 2 MB.
    connection.execute(f"PRAGMA mmap_size = {MAPPED}")
    return connection


def limit_connection(connection: sqlite3.Connection) -> None:
    """Nothing that a reader writes may take all memory or reach another file."""
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LARGEST_VALUE)
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)


def size_of(row: Row) -> int:
    return sum(len(each) for each in row if isinstance(each, str | bytes))


def too_large() -> sqlite3.OperationalError:
    return sqlite3.OperationalError(
        f"the answer is larger than {LARGEST_ANSWER // 1_000_000} MB; ask for fewer rows"
    )


class Process:
    """Looks like a connection to Datasette, which only makes cursors of it. For one thread.

    A process that was stopped, or fell, is followed by another one for the next statement.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = path
        self.seconds = 1.0  # for the next statement
        self._running: subprocess.Popen[bytes] | None = None

    def set_progress_handler(self, *_: Any) -> None:
        """It is the process that looks at the clock."""

    def cursor(self) -> Cursor:
        return Cursor(self)

    def ask(self, sql: str, params: Any, most: int | None) -> tuple[list[str], list[Row]]:
        """The names of the columns and at most so many rows. Raises what sqlite3 raises."""
        running = self._running or self._started()
        asked, told = cast(BinaryIO, running.stdin), cast(BinaryIO, running.stdout)
        try:
            marshal.dump((sql, _bound(sql, params), most, self.seconds), asked)
            asked.flush()
            is_there = select.poll()
            is_there.register(told, select.POLLIN)
            if not is_there.poll((self.seconds + GRACE) * 1000):
                self.close()
                raise sqlite3.OperationalError(INTERRUPTED)
            failed, about, rows = marshal.load(told)  # noqa: S302 (of our own process)
        except (EOFError, BrokenPipeError, ValueError) as error:
            self.close()
            raise sqlite3.OperationalError("this statement cannot be answered") from error
        if failed:
            raise getattr(sqlite3, failed, sqlite3.OperationalError)(about)
        return about, rows

    def _started(self) -> subprocess.Popen[bytes]:
        # A session of its own: Ctrl-C is for the server, at whose end its input ends.
        self._running = subprocess.Popen(  # noqa: S603 (this very file)
            [sys.executable, "-P", __file__, str(self.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        self._end = weakref.finalize(self, _ended, self._running)  # also at the end of the server
        return self._running

    def close(self) -> None:
        if self._running:
            self._running = None
            self._end()


def _ended(running: subprocess.Popen[bytes]) -> None:
    running.kill()
    for pipe in (running.stdin, running.stdout):
        with suppress(BrokenPipeError):
            pipe.close()  # type: ignore[union-attr]
    running.wait()


class Cursor:
    """Asks when its rows are fetched, since only then it is known how many are wanted."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._asked: tuple[str, Any] = ("", ())
        self.description: tuple[Row, ...] | None = None

    def execute(self, sql: str, params: Any = ()) -> Cursor:
        self._asked = sql, params
        return self

    def fetchmany(self, size: int) -> list[sqlite3.Row]:
        return self._fetched(size)

    def fetchall(self) -> list[sqlite3.Row]:
        return self._fetched(None)

    def _fetched(self, most: int | None) -> list[sqlite3.Row]:
        names, rows = self._process.ask(*self._asked, most)
        like = _with_columns(names)
        self.description = like.description
        return [sqlite3.Row(like, row) for row in rows]


def _with_columns(names: Sequence[str]) -> sqlite3.Cursor:
    """A cursor whose rows have these columns: nothing else makes an sqlite3.Row."""
    quoted = (name.replace('"', '""') for name in names)
    columns = ", ".join(f'NULL AS "{name}"' for name in quoted)
    cursor = sqlite3.connect(":memory:").cursor()
    return cursor.execute(f"SELECT {columns}") if names else cursor


def _bound(sql: str, params: Any) -> Any:
    """Parameters as plain values; a mapping may find those that begin with _ only when asked."""
    if not isinstance(params, Mapping):
        return list(params)
    bound = {}
    for name in PARAMETER.findall(sql):
        with suppress(KeyError):
            bound[name] = params[name]
    return bound


# What the process does -------------------------------------------------------------------------


def answered(
    connection: sqlite3.Connection, sql: str, params: Any, most: int | None, seconds: float
) -> Answer:
    """Of a failure the name of sqlite3's exception and its words; else the columns and rows."""
    ends = time.monotonic() + seconds
    connection.set_progress_handler(lambda: time.monotonic() > ends, BETWEEN_LOOKS)
    left = LARGEST_ANSWER
    rows: list[Row] = []
    try:
        cursor = connection.execute(sql, params)
        for row in cursor:
            left -= size_of(row)
            if left < 0:
                raise too_large()
            rows.append(row)
            if len(rows) == most:
                break
        names = [column[0] for column in cursor.description or ()]
        cursor.close()
    except (sqlite3.Error, sqlite3.Warning) as error:
        return type(error).__name__, str(error), []
    except (OverflowError, ValueError, TypeError) as error:  # of a value that SQLite has not
        return "OperationalError", str(error), []
    return "", names, rows


def main(path: str, asked: BinaryIO, told: BinaryIO) -> None:
    os.nice(NICENESS)
    connection = opened(path)
    limit_connection(connection)
    connection.text_factory = lambda text: str(text, "utf-8", "replace")
    while True:
        try:
            sql, params, most, seconds = marshal.load(asked)  # noqa: S302 (of the server)
        except EOFError:
            return
        if "escape_fts" in sql:
            _with_functions_of_datasette(connection)
        signal.setitimer(signal.ITIMER_REAL, seconds + 4 * GRACE)  # should nobody be left to kill
        answer = answered(connection, sql, params, most, seconds)
        signal.setitimer(signal.ITIMER_REAL, 0)
        marshal.dump(answer, told)
        told.flush()


def _with_functions_of_datasette(connection: sqlite3.Connection) -> None:
    """What `_search` of Datasette's tables asks for, with words as the index has them; its library
    takes a while to load."""
    from datasette.utils import escape_fts

    sys.path.append(str(Path(__file__).resolve().parents[2]))  # of a copy that is not installed
    from kb.full_text import fold

    connection.create_function("escape_fts", 1, lambda text: escape_fts(fold(text)))


if __name__ == "__main__":
    main(sys.argv[1], sys.stdin.buffer, sys.stdout.buffer)
