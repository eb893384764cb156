"""What a build reads and writes until it publishes: files beside the base that it will replace."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlite_utils import Database

from kb.base import read_only
from kb.errors import InputError, Locked
from kb.raw import open_raw


@contextmanager
def aside(out: Path) -> Iterator[Path]:
    """An empty file beside ``out``, locked: of two builds at once one would publish the other's
    half. It is gone after an error; what a killed build left is used again. Raises Locked."""
    new = out.with_name(f"{out.name}.building")
    with new.open("ab") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # A build that ended a moment ago has moved the file that was opened.
            held = os.path.samestat(os.fstat(stream.fileno()), new.stat())
        except (BlockingIOError, FileNotFoundError):
            held = False
        if not held:
            raise Locked(f"{out}: another build is writing it. Wait until it ends.")
        stream.truncate(0)
        try:
            yield new
        except BaseException:
            new.unlink()
            raise


@contextmanager
def snapshot(raw: Path, new: Path) -> Iterator[Database]:
    """One state of raw.db for all passes. A copy: a lock would stop every harvest for minutes.

    Raises what ``kb.raw.open_raw`` raises.
    """
    copy = new.with_name(f"{new.name}.raw")
    copy.unlink(missing_ok=True)
    with closing(open_raw(raw)) as source, closing(sqlite3.connect(copy)) as db:
        try:
            source.conn.backup(db)
        finally:
            # What is open lives on until it is closed, and not a moment longer.
            copy.unlink(missing_ok=True)
        yield Database(db)


def spare_other_files(out: Path) -> None:
    """Raise InputError unless ``out`` is free or an older kb.db: raw.db would be lost for good."""
    if not out.exists():
        return
    try:
        with closing(read_only(out)) as db:
            tables = {name for (name,) in db.execute("SELECT name FROM sqlite_schema")}
    except sqlite3.DatabaseError as error:
        tables = {str(error)}
    if tables and not {"papers", "works"} <= tables:
        raise InputError(
            f"{out}: is there and is no kb.db; it was left alone. Name another --out, or delete it "
            "where it was a kb.db that is damaged."
        )
