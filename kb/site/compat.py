"""What differs between Datasette 0.65 and 1.0, and how the published file is read."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode

from datasette.database import Database
from datasette.utils import sqlite_timelimit
from datasette.version import __version_info__

from kb.data import data_dir
from kb.errors import KbError

T = TypeVar("T")

NAME = "kb"
TIME_LIMIT = 2000  # milliseconds for all the statements of a page
# Bytes of one value or row. The largest real records stay far below it; without a limit one
# statement (randomblob, printf) can take all memory in less than its time limit.
LARGEST_VALUE = 10_000_000
# Characters and bytes of one answer: a thousand rows of the largest value would fill any memory.
LARGEST_ANSWER = 32_000_000
MAPPED = 1 << 40  # bytes of the file at most; SQLite's own limit is lower
VISITORS = 4  # statements of visitors that run at once
OF_VISITOR = ContextVar("OF_VISITOR", default=False)

BEFORE_1 = str(__version_info__[0]) == "0"


def file_identity(path: Path) -> tuple[int, ...]:
    """What tells a file from another one that is renamed over it."""
    status = path.stat()
    return status.st_dev, status.st_ino, status.st_mtime_ns, status.st_size


class TooSlow(KbError):
    """A page could not be read within its time."""


def field_of(datasette: Any) -> Path:
    """The folder of the field that is published: the bundled one where Datasette was started
    without `kb serve`."""
    database = datasette.databases[NAME]
    return database.data if isinstance(database, Published) else data_dir()


class Published(Database):  # type: ignore[misc]
    """The file at a path, whichever it is now: a file renamed over it is served at once.

    Datasette keeps a connection per thread and never looks at the path again. Here each thread
    compares the file's identity before it asks, which costs microseconds; whoever is reading the
    old file reads it to the end. The SQL of visitors has threads of its own, so that no page of
    ours waits for it. ``data`` is the folder of the field that the file is about.
    """

    def __init__(self, datasette: Any, path: Path, data: Path) -> None:
        self.data = data
        # Immutable: each file is written aside and renamed, never changed in place.
        super().__init__(datasette, path=str(path), is_mutable=False)
        self._thread = threading.local()
        self._opened: list[sqlite3.Connection] = []
        self._visitors = ThreadPoolExecutor(VISITORS, thread_name_prefix="sql")

    async def execute(self, sql: str, *params: Any, **options: Any) -> Any:
        # What Datasette asks before it answers anything, our pages too, must not wait.
        token = OF_VISITOR.set(sql != "PRAGMA schema_version")
        try:
            return await super().execute(sql, *params, **options)
        except sqlite3.ProgrammingError as error:
            # Two statements, or one without its values: Datasette would call it its own fault.
            raise sqlite3.OperationalError(str(error)) from error
        finally:
            OF_VISITOR.reset(token)

    async def execute_fn(self, fn: Callable[[sqlite3.Connection], T]) -> T:
        def with_connection() -> T:
            connection = self._connection()
            self._thread.left = LARGEST_ANSWER
            try:
                return fn(connection)
            except Exception as error:
                # The traceback holds the cursor of the statement that was stopped. Whoever freed
                # it later, in the thread that answers everyone, would wait for this connection
                # until its next statement is over.
                traceback.clear_frames(error.__traceback__)
                raise

        threads = self._visitors if OF_VISITOR.get() else self.ds.executor
        return await asyncio.get_running_loop().run_in_executor(threads, with_connection)

    _execute_fn = execute_fn  # what Database.execute calls in 1.0

    def _row(self, cursor: sqlite3.Cursor, values: tuple[Any, ...]) -> sqlite3.Row:
        self._thread.left -= sum(len(each) for each in values if isinstance(each, str | bytes))
        if self._thread.left < 0:
            raise sqlite3.OperationalError(
                f"the answer is larger than {LARGEST_ANSWER // 1_000_000} MB; ask for fewer rows"
            )
        return sqlite3.Row(cursor, values)

    def connect(self, write: bool = False) -> sqlite3.Connection:
        """A connection that can only read; Datasette's own takes no path with ? or # in it."""
        if write:
            raise sqlite3.OperationalError(f"{self.path} is published and never written")
        uri = f"{Path(self.path).resolve().as_uri()}?immutable=1"
        connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
        # Without a call of the system for each page of the file, of which SQLite itself keeps 2 MB.
        connection.execute(f"PRAGMA mmap_size = {MAPPED}")
        self._opened.append(connection)
        return connection

    def close(self) -> None:
        super().close()
        self._visitors.shutdown()
        for connection in self._opened:
            connection.close()

    def _connection(self) -> sqlite3.Connection:
        held: sqlite3.Connection | None = getattr(self._thread, "connection", None)
        identity = file_identity(Path(self.path))
        if held is None or self._thread.identity != identity:
            connection = self.connect()
            self.ds._prepare_connection(connection, self.name)
            connection.row_factory = self._row
            if held is not None:
                held.close()
                self._opened.remove(held)
                # Counts, size and hash of the file that was served before.
                self._cached_table_counts = self.cached_size = self.cached_hash = None
            self._thread.connection, self._thread.identity = connection, identity
            held = connection
        return held


async def read(
    datasette: Any, fn: Callable[[sqlite3.Connection], T], seconds: float | None = None
) -> T:
    """Run ``fn`` on a connection in a worker thread; its statements share TIME_LIMIT, or what they
    are given.

    ``execute_fn`` knows no time limit of its own. Raises TooSlow.
    """

    limit = TIME_LIMIT if seconds is None else seconds * 1000

    def limited(connection: sqlite3.Connection) -> T:
        with sqlite_timelimit(connection, limit):
            return fn(connection)

    try:
        return await datasette.get_database(NAME).execute_fn(limited)  # type: ignore[no-any-return]
    except sqlite3.OperationalError as error:
        if str(error) != "interrupted":
            raise
        raise TooSlow(
            f"The base did not answer within {limit / 1000:g} s. "
            "Ask for less: more words, a topic or a year."
        ) from error


def told(metadata: dict[str, Any]) -> dict[str, Any]:
    """Arguments of Datasette that say what it publishes; 1.0 takes named queries as config."""
    if BEFORE_1:
        return {"metadata": metadata}
    queries = metadata["databases"][NAME]["queries"]
    return {"metadata": metadata, "config": {"databases": {NAME: {"queries": queries}}}}


def sql_url(datasette: Any, sql: str, params: dict[str, object], format: str | None = None) -> str:
    """Datasette's own view of a statement, as a page, ``json`` or ``csv``."""
    query = urlencode({"sql": sql} | params)
    path = datasette.urls.database(NAME) + ("" if BEFORE_1 else "/-/query")
    return f"{path}{f'.{format}' if format else ''}?{query}"


def limit_connection(connection: sqlite3.Connection) -> None:
    """Nothing that a reader writes may take all memory or reach another file."""
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LARGEST_VALUE)
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)


async def ensure_readable(datasette: Any, request: Any) -> None:
    """Raise Datasette's Forbidden where its configuration keeps the base from this reader."""
    if BEFORE_1:
        await datasette.ensure_permissions(
            request.actor, [("view-database", NAME), "view-instance"]
        )
        return
    from datasette.resources import DatabaseResource

    await datasette.ensure_permission(
        action="view-database", resource=DatabaseResource(database=NAME), actor=request.actor
    )
