"""Whole files out of a kb.db, piece by piece, whatever their size.

An export has a thread and a connection of its own, so that pages do not wait for it; it ends when
the reader goes away, and after ``SECONDS``. A file that was cut off ends without its last chunk,
which every client takes for a failure.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from kb import exports
from kb.base import read_only
from kb.errors import ConfigError
from kb.graphs.selection import MOST, Selection
from kb.site import compat
from kb.site.filters import asked_for
from kb.site.results import all_found
from kb.site.values import BadRequest, flag, number

SECONDS = 120.0
AT_ONCE = 2
CHUNK = 1 << 16
BETWEEN_LOOKS = 10_000  # SQLite's instructions between two looks at the clock

THREADS = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="export")
Make = Callable[[sqlite3.Connection], Iterator[bytes]]


class Stream:
    """A response in the making; ``opened`` raises what ``make`` raises before its first piece."""

    def __init__(self, path: Path, headers: Mapping[str, str], receive: Any) -> None:
        self.path = path
        self.headers = headers
        self.receive = receive
        self.ends_at = float("inf")
        self.pieces: Iterator[bytes] = iter(())
        self.first = b""

    async def opened(self, make: Make) -> Stream:
        await self._in_thread(lambda: self._open(make))
        return self

    def _open(self, make: Make) -> None:
        self.ends_at = time.monotonic() + SECONDS
        self.connection = read_only(self.path, any_thread=True)
        self.connection.set_progress_handler(self._is_over, BETWEEN_LOOKS)
        try:
            self.pieces = make(self.connection)
            self.first = next(self.pieces, b"")
        except BaseException:
            self.connection.close()
            raise

    def _is_over(self) -> bool:
        """True interrupts what SQLite is doing."""
        return time.monotonic() > self.ends_at

    def _chunk(self) -> bytes:
        """The next pieces; empty at the end."""
        parts, size = [self.first], len(self.first)
        self.first = b""
        for piece in self.pieces:
            parts.append(piece)
            size += len(piece)
            if size >= CHUNK or self._is_over():
                break
        return b"".join(parts)

    async def asgi_send(self, send: Any) -> None:
        headers = [(name.lower().encode(), text.encode()) for name, text in self.headers.items()]
        leaving = asyncio.ensure_future(self._gone())
        try:
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            while chunk := await self._in_thread(self._chunk):
                if self._is_over():
                    return
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
            if not self._is_over():
                await send({"type": "http.response.body", "body": b""})
        except sqlite3.OperationalError:
            if not self._is_over():
                raise
        finally:
            leaving.cancel()
            await self.close()

    async def close(self) -> None:
        """What is not sent any further lets its file go."""
        await self._in_thread(self.connection.close)

    async def _gone(self) -> None:
        """End when the reader goes away."""
        while (await self.receive())["type"] != "http.disconnect":
            pass
        self.ends_at = float("-inf")

    async def _in_thread(self, work: Callable[[], Any]) -> Any:
        return await asyncio.get_running_loop().run_in_executor(THREADS, work)


async def export(datasette: Any, request: Any) -> Any:
    """A whole file of what a search finds, or of everything."""
    kind, format_ = request.url_vars["kind"], request.url_vars["format"]
    asked = await asked_for(datasette, request)
    pmids = await compat.search(datasette, lambda connection: all_found(connection, asked))
    selection = selection_of(request, pmids)
    end, media = exports.ending(kind, format_)
    headers_ = {
        "content-type": f"{media}; charset=utf-8",
        "content-disposition": f'attachment; filename="{kind}.{end}"',
    }
    path = Path(datasette.get_database(compat.NAME).path)
    stream = Stream(path, headers_, request.receive)
    try:
        return await stream.opened(lambda db: exports.pieces(db, kind, format_, selection))
    except ConfigError as error:
        raise BadRequest(str(error)) from error


def selection_of(request: Any, pmids: frozenset[int] | None) -> Selection:
    """What of a map is wanted beside the papers of a search."""

    def whole(name: str) -> int | None:
        return number(request, name, least=0, most=MOST) if request.args.get(name) else None

    return Selection(
        pmids=pmids,
        first_year=whole("from"),
        last_year=whole("to"),
        as_of=request.args.get("as_of") or "",
        without_retracted=flag(request, "without_retracted"),
        papers_only=flag(request, "papers_only"),
        around=request.args.get("around") or "",
        hops=whole("hops"),
        direction=request.args.get("direction") or None,
        core=whole("core"),
        component=request.args.get("component") or None,
    )
