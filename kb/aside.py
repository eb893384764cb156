"""What a build reads and writes until it publishes: files beside the base that it will replace."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from kb.base import read_only
from kb.errors import ConfigError, InputError, Locked
from kb.outputs import own_file, spare_special
from kb.raw import open_raw

if TYPE_CHECKING:
    from sqlite_utils import Database

# Tables that a kb.db of any version has; other programs, too, have papers and works.
OF_EVERY_BASE = {"papers", "works", "cites", "topic_evidence", "provenance", "meta"}


@contextmanager
def aside(out: Path) -> Iterator[Path]:
    """An empty file beside ``out``, locked: of two builds at once one would publish the other's
    half. It is gone after an error; what a killed build left is used again.

    Raises Locked, and what ``kb.outputs.own_file`` raises.
    """
    new = out.with_name(f"{out.name}.building")
    with own_file(new) as stream:
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
    # Here, not above, as in kb.raw.
    from sqlite_utils import Database

    copy = new.with_name(f"{new.name}.raw")
    copy.unlink(missing_ok=True)
    with closing(open_raw(raw)) as source:
        copy.touch(exist_ok=False)  # before SQLite opens it, which would follow a link
        with closing(sqlite3.connect(copy)) as db:
            try:
                source.conn.backup(db)
                # A copy of a raw.db in WAL mode is in WAL mode, which wants a file with a name.
                db.execute("PRAGMA journal_mode = DELETE")
            finally:
                # What is open lives on until it is closed, and not a moment longer.
                copy.unlink(missing_ok=True)
            yield Database(db)


def check_place(out: Path) -> None:
    """Raise what ``spare_other_files`` raises, and ConfigError where there is no such folder."""
    spare_other_files(out)
    if not out.parent.is_dir():
        raise ConfigError(
            f"{out}: there is no folder {out.parent}. Make it first, or mend the name."
        )


def spare_other_files(out: Path) -> None:
    """Raise ConfigError where ``out`` is no ordinary file, InputError unless it is free, empty or
    an older kb.db: raw.db would be lost for good."""
    if not out.is_dir():  # which the message below tells better
        spare_special(out)
    if not out.exists():
        return
    for journal in (out.with_name(f"{out.name}-wal"), out.with_name(f"{out.name}-journal")):
        if journal.exists() and journal.stat().st_size:
            raise InputError(
                f"{out}: another program is writing it, or was killed while it did ({journal.name} "
                "holds a part of it); it was left alone. End that program, or name another --out."
            )
    try:
        with closing(read_only(out)) as db:
            is_free = _holds_nothing(db) or _is_base(db)
    except (sqlite3.DatabaseError, UnicodeDecodeError):  # that of the message on what is damaged
        is_free = False
    if not is_free:
        raise InputError(
            f"{out}: is there and is no kb.db; it was left alone. Name another --out, or delete it "
            "where it was a kb.db that is damaged."
        )


def _holds_nothing(db: sqlite3.Connection) -> bool:
    """Whether a database has nothing: no table, none that was dropped, no mark of its program."""
    (tables,) = db.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    marks = ("freelist_count", "user_version", "application_id")
    return not tables and not any(db.execute(f"PRAGMA {mark}").fetchone()[0] for mark in marks)


def _is_base(db: sqlite3.Connection) -> bool:
    return {name for (name,) in db.execute("SELECT name FROM sqlite_schema")} >= OF_EVERY_BASE
