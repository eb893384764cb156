"""What differs between Datasette 0.65 and 1.0, and how the published file is read."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import threading
import time
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
from kb.site import apart
from kb.site.apart import INTERRUPTED

T = TypeVar("T")

NAME = "kb"
TIME_LIMIT = 2000  # milliseconds for all the statements of a page
VISITORS = 4  # statements of visitors that run at once
# Searches that do: one core stays for the pages.
SEARCHES = min(max((os.cpu_count() or 1) - 1, 1), 4)
LONGEST_WAIT = 2.0  # seconds in which a search has to begin
LONGEST_WAIT_OF_VISITORS = 10.0  # for each of the statements that make a page of Datasette's
# The seconds of a visitor's statement, where one is asked.
OF_VISITOR: ContextVar[float | None] = ContextVar("OF_VISITOR", default=None)
IS_SEARCH = ContextVar("IS_SEARCH", default=False)

BEFORE_1 = str(__version_info__[0]) == "0"


GONE = "The base cannot be read at this moment. Please come back later."


class Gone(KbError):
    """The published file is not there, or cannot be opened."""


def file_identity(path: Path) -> tuple[int, ...]:
    """What tells a file from another one that is renamed over it. Raises Gone."""
    try:
        status = path.stat()
    except OSError as error:
        raise Gone(GONE) from error
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
    old file reads it to the end. Searches have threads of their own, and the SQL of visitors
    processes, so that no page waits for either. ``data`` is the folder of the field that the file
    is about.
    """

    def __init__(self, datasette: Any, path: Path, data: Path) -> None:
        self.data = data
        # Immutable: each file is written aside and renamed, never changed in place.
        super().__init__(datasette, path=str(path), is_mutable=False)
        self._thread = threading.local()
        self._opened: list[sqlite3.Connection | apart.Process] = []
        self._visitors = ThreadPoolExecutor(VISITORS, thread_name_prefix="sql")
        self._searches = ThreadPoolExecutor(SEARCHES, thread_name_prefix="search")

    async def execute(self, sql: str, *params: Any, **options: Any) -> Any:
        # What Datasette asks before it answers anything, our pages too, must not wait.
        if sql == "PRAGMA schema_version":
            return await super().execute(sql, *params, **options)
        most = options.get("custom_time_limit") or self.ds.sql_time_limit_ms
        seconds = min(max(most, 1), self.ds.sql_time_limit_ms) / 1000
        token = OF_VISITOR.set(seconds)
        try:
            return await super().execute(sql, *params, **options)
        except sqlite3.ProgrammingError as error:
            # Two statements, or one without its values: Datasette would call it its own fault.
            raise sqlite3.OperationalError(str(error)) from error
        finally:
            OF_VISITOR.reset(token)

    async def execute_fn(self, fn: Callable[[Any], T]) -> T:
        seconds = OF_VISITOR.get()
        latest = time.monotonic() + LONGEST_WAIT_OF_VISITORS

        def with_connection() -> T:
            if seconds is not None:
                if time.monotonic() > latest:
                    raise TooSlow("Too many statements are asked for at this moment. Try it again.")
                process: apart.Process = self._held(apart.Process)
                process.seconds = seconds
                return fn(process)
            connection: sqlite3.Connection = self._held(self._connection)
            try:
                return fn(connection)
            except Exception as error:
                # The traceback holds the cursor of the statement that was stopped. Whoever freed
                # it later, in the thread that answers everyone, would wait for this connection
                # until its next statement is over.
                traceback.clear_frames(error.__traceback__)
                raise

        threads = self._searches if IS_SEARCH.get() else self.ds.executor
        threads = threads if seconds is None else self._visitors
        return await asyncio.get_running_loop().run_in_executor(threads, with_connection)

    _execute_fn = execute_fn  # what Database.execute calls in 1.0

    def connect(self, write: bool = False) -> sqlite3.Connection:
        """A connection that can only read."""
        if write:
            raise sqlite3.OperationalError(f"{self.name} is published and never written")
        return apart.opened(self.path)

    def close(self) -> None:
        super().close()
        for threads in (self._visitors, self._searches):
            threads.shutdown()
        for each in self._opened:
            each.close()

    def _connection(self, _path: str) -> sqlite3.Connection:
        try:
            connection = self.connect()
        except sqlite3.OperationalError as error:
            raise Gone(GONE) from error
        self.ds._prepare_connection(connection, self.name)
        return connection

    def _held(self, make: Callable[[str], Any]) -> Any:
        """What this thread asks, made anew where another file is there."""
        held = getattr(self._thread, "held", None)
        identity = file_identity(Path(self.path))
        if held is None or self._thread.identity != identity:
            if held is not None:
                held.close()
                self._opened.remove(held)
                # Counts, size and hash of the file that was served before.
                self._cached_table_counts = self.cached_size = self.cached_hash = None
            self._thread.held = None  # should the next line fail
            held = make(self.path)
            self._opened.append(held)
            self._thread.held, self._thread.identity = held, identity
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
        if str(error) != INTERRUPTED:
            raise
        raise TooSlow(
            f"The base did not answer within {limit / 1000:g} s. "
            "Ask for less: more words, a topic or a year."
        ) from error


async def search(
    datasette: Any, fn: Callable[[sqlite3.Connection], T], seconds: float | None = None
) -> T:
    """As ``read``, in a thread of the searches, of which only SEARCHES run at once. Raises TooSlow
    also where its turn does not come within LONGEST_WAIT."""
    latest = time.monotonic() + LONGEST_WAIT

    def in_time(connection: sqlite3.Connection) -> T:
        if time.monotonic() > latest:
            raise TooSlow("Too many searches are asked for at this moment. Please try it again.")
        return fn(connection)

    token = IS_SEARCH.set(True)
    try:
        return await read(datasette, in_time, seconds)
    finally:
        IS_SEARCH.reset(token)


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
