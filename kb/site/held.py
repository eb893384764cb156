"""What is read once from each published file and held until another one takes its place."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from kb.site import compat

T = TypeVar("T")

SECONDS = 30  # for what is read once from a file; a page alone would have less

Held = dict[Callable[..., Any], tuple[tuple[int, ...], Any]]

HELD: WeakKeyDictionary[Any, Held] = WeakKeyDictionary()
READING = threading.Lock()


async def once(datasette: Any, read: Callable[[sqlite3.Connection], T]) -> T:
    """What ``read``, a function of a module, reads from the file that is published now. Raises
    compat.TooSlow."""
    database = datasette.get_database(compat.NAME)
    identity = compat.file_identity(Path(database.path))
    of_base = HELD.setdefault(database, {})
    if read in of_base and of_base[read][0] == identity:
        return of_base[read][1]  # type: ignore[no-any-return]

    def held(connection: sqlite3.Connection) -> T:
        with READING:  # whoever comes second takes what the first one has read
            if read in of_base and of_base[read][0] == identity:
                return of_base[read][1]  # type: ignore[no-any-return]
            answer = read(connection)
            # Not kept where another file came in between: it may be that one which was read.
            if compat.file_identity(Path(database.path)) == identity:
                of_base[read] = identity, answer
            return answer

    return await compat.read(datasette, held, seconds=SECONDS)
