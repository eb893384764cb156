"""raw.db: what arrived, who asked and when. The only file that both programs touch.

Harvest writes here; kb reads. Nothing is ever overwritten: a record that changed is a further row,
an answer that was asked again is a further row. Times are UTC, ISO 8601 to the second.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import sqlite3
import struct
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from kb.errors import ConfigError, InputError, KbError, Locked
from kb.outputs import spare_special

if TYPE_CHECKING:
    from sqlite_utils import Database

# The source of records that PubMed itself gave; any other is the name of what held them.
EFETCH = "efetch"
# What reading a damaged database raises: the second where SQLite's own message has the damage in
# it, the third where the name of a column has.
DAMAGE = (sqlite3.DatabaseError, UnicodeDecodeError, KeyError)
ANSWER = "SELECT id, service, question, run, asked_at, status, body FROM answers WHERE id = ?"
# C's struct flock: the one byte at 2**62, for writing.
OWN_BYTE = struct.pack("hhqqi", fcntl.F_WRLCK, os.SEEK_SET, 2**62, 1, 0)
OUTCOMES = ("stored", "unchanged", "missing", "withdrawn", "failed", "filtered")


@dataclass(frozen=True)
class StoredRecord:
    """One version of one record; ``xml`` is UTF-8 bytes of a single element."""

    pmid: int
    sha256: str
    xml: bytes
    source: str
    run: int
    first_read: str
    last_read: str
    checked: str | None


@dataclass(frozen=True, slots=True)
class Reach:
    """A PMID that a seed leads to; ``via`` is empty for what the seed names or finds itself, and
    so is ``direction``, else references or cited-by."""

    seed: str
    pmid: int
    via: str
    hop: int
    source: str
    direction: str = ""


class KeptAnswer(NamedTuple):
    """A whole answer of a service other than records; ``question`` as it was put, without base
    and key; ``number`` is its id."""

    number: int
    service: str
    question: str
    run: int
    asked_at: str
    status: int
    body: bytes


def open_raw(path: Path, *, write: bool = False) -> Database:
    """Open raw.db; ``write`` creates it where absent and brings an older one up to date.

    Raises ConfigError for a file that is missing or cannot be opened, InputError for one that is
    no raw.db or was written by a newer version.
    """
    if write:
        spare_special(path)
    elif not path.is_file():
        raise ConfigError(f"{path}: there is no such file. Fill it with: harvest run --raw {path}")
    # Here, not above: it loads pandas where there is one, which takes seconds.
    from sqlite_utils import Database

    place = f"{path.resolve().as_uri()}?mode={'rwc' if write else 'ro'}"
    try:
        connection = sqlite3.connect(place, uri=True, timeout=30, isolation_level=None)
        try:
            return _ready(Database(connection), path, write)
        except BaseException:
            connection.close()
            raise
    except DAMAGE as error:
        raise _refused(path, write, error) from error


def _ready(db: Database, path: Path, write: bool) -> Database:
    from kb.raw_shape import columns, columns_of, migrations

    # Rollback journal, not WAL: raw.db is one file that can be copied while nothing writes, and
    # a WAL left beside it would be lost with the copy.
    _check_shape(db, path, write)
    if write:
        with db.atomic():  # a kill between two statements would leave half of it
            migrations.apply(db)
    here = columns_of(db)
    tables = {table for table, _ in here}  # of what is gone altogether harvest verify tells
    if lacking := sorted(each for each in columns() - here if each[0] in tables):
        table, column = lacking[0]
        raise InputError(
            f"{path}: its table {table} lacks the column {column}, which this program writes; "
            "another one changed it. Take the file from a backup."
        )
    # Not before: a migration puts another table in the place of one that rows point to.
    db.execute("PRAGMA foreign_keys = ON")
    return db


def _refused(path: Path, write: bool, error: Exception) -> KbError:
    if getattr(error, "sqlite_errorname", "") == "SQLITE_READONLY_ROLLBACK":
        return ConfigError(
            f"{path}: a run was killed while it wrote. Undo what it left half done with: "
            f"harvest status --raw {path}"
        )
    if isinstance(error, sqlite3.OperationalError):
        return ConfigError(
            f"{path}: cannot be {'written' if write else 'read'} ({error}). "
            "Check the folder, its permissions and the space on the disk."
        )
    return InputError(
        f"{path}: is no SQLite database, or a damaged one ({error}). Name another file, or take "
        "this one from a backup."
    )


def _check_shape(db: Database, path: Path, write: bool) -> None:
    from kb.raw_shape import migrations

    tables = db.table_names()
    if write and not tables:
        return
    applied = {migration.name for migration in migrations.applied(db)}
    if not applied:
        holds = ", ".join(tables[:5]) + (" and more" if tables[5:] else "")
        what = "it is a kb.db" if "works" in tables else f"it holds {holds or 'no table'}"
        raise InputError(
            f"{path}: is a database, but no raw.db: {what}. Name the file that harvest wrote."
        )
    if newer := applied - {migration.name for migration in migrations._migrations}:
        raise InputError(
            f"{path}: was written by a newer version (it has {', '.join(sorted(newer))}). "
            "Install that version; nothing was changed."
        )
    if not write and migrations.pending(db):
        raise InputError(
            f"{path}: was written by an older version. Bring it up to date with: "
            f"harvest status --raw {path}"
        )


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the one lock of a raw.db, whatever name leads to it.

    Raises Locked where another run holds it, ConfigError where the folder cannot be written or
    ``path`` is no ordinary file.
    """
    # Here, not above: only a command that writes needs it.
    from filelock import FileLock, Timeout

    spare_special(path)
    folder = path.resolve().parent
    if not folder.is_dir():
        raise ConfigError(f"{path}: there is no folder {folder}. Make it first, or mend the name.")
    lock = FileLock(f"{path.resolve()}.lock")
    try:
        lock.acquire(blocking=False)
    except Timeout as error:
        raise _taken(path) from error
    except OSError as error:
        raise ConfigError(
            f"{path}: the folder cannot be written ({error.strerror}). Check that it exists, "
            "its permissions and the space on the disk."
        ) from error
    try:
        with _marked(path):
            yield
    finally:
        lock.release()


@contextmanager
def _marked(path: Path) -> Iterator[None]:
    """Hold the file itself too, which may have a second name with another file of locks beside it:
    a hard link, or a mount of this one file. One that is not there yet has no other. Raises Locked.

    The lock is one of Linux on a byte far behind those that SQLite locks, and no other program's
    closing of the file ends it; where system or disk know no such lock, the first has to do.
    """
    if sys.platform != "linux":
        yield
        return
    try:
        descriptor = os.open(path.resolve(), os.O_RDWR)
    except OSError:  # it is not there, or opening the database says what is wrong
        yield
        return
    try:
        try:
            fcntl.fcntl(descriptor, fcntl.F_OFD_SETLK, OWN_BYTE)
        except (BlockingIOError, PermissionError) as error:
            raise _taken(path) from error
        except OSError:
            pass
        yield
    finally:
        os.close(descriptor)


def _taken(path: Path) -> Locked:
    return Locked(
        f"{path}: another run is writing to it. Wait until it ends; "
        "harvest status shows when it began."
    )


@contextmanager
def damage_named(path: Path) -> Iterator[None]:
    """Raise InputError, naming the file, where SQLite finds it damaged."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        if not error.sqlite_errorname.startswith("SQLITE_CORRUPT"):
            raise
        raise InputError(
            f"{path}: is damaged ({error}). Take it from a backup; harvest verify says what is "
            "damaged."
        ) from error


def put(db: Database, pmid: int, xml: bytes, *, source: str, run: int, now: str) -> str:
    """Keep one record as it arrived: ``stored`` where its content is new, else ``unchanged``."""
    digest = hashlib.sha256(xml).hexdigest()
    checked = now if source == EFETCH else None
    seen = db.execute(
        "UPDATE records SET last_read = max(last_read, ?), checked = coalesce(?, checked)"
        " WHERE pmid = ? AND sha256 = ?",
        [now, checked, pmid, digest],
    )
    if seen.rowcount:
        return "unchanged"
    db.execute(
        "INSERT INTO records (pmid, sha256, xml, source, run, first_read, last_read, checked)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [pmid, digest, zlib.compress(xml), source, run, now, now, checked],
    )
    return "stored"


def records(db: Database, among: str = "SELECT pmid FROM records") -> Iterator[StoredRecord]:
    """Every version of every record, by PMID and then in the order they were first read.

    ``among`` is a query that gives the PMIDs wanted. Raises InputError where they are damaged.
    """
    for packed in packed_records(db, among):
        yield unpacked(packed)


def packed_records(db: Database, among: str = "SELECT pmid FROM records") -> Iterator[StoredRecord]:
    """As ``records``, each ``xml`` still compressed."""
    pmid = None
    try:
        for pmid, digest, xml, *rest in db.execute(
            "SELECT pmid, sha256, xml, source, run, first_read, last_read, checked"  # noqa: S608
            f" FROM records WHERE pmid IN ({among}) ORDER BY pmid, first_read, sha256"
        ):
            yield StoredRecord(pmid, digest, xml, *rest)
    except DAMAGE as error:
        raise _damaged_at(pmid, error) from error


def unpacked(packed: StoredRecord) -> StoredRecord:
    """Raises InputError where its bytes are damaged."""
    try:
        return replace(packed, xml=zlib.decompress(packed.xml))
    except zlib.error as error:
        raise _damaged_at(packed.pmid, error) from error


def _damaged_at(pmid: int | None, error: Exception) -> InputError:
    return InputError(
        f"raw.db is damaged at PMID {pmid} or behind it ({error}). Take it from a backup, or "
        "see with harvest verify what is damaged."
    )


def answers(
    db: Database,
    *services: str,
    question: str | None = None,
    run: int | None = None,
    since: str | None = None,
    status: int | None = None,
) -> Iterator[KeptAnswer]:
    """The kept answers in the order in which they were asked: of these services or, where none is
    named, of all, and where more is given of this question, run and status and not asked before
    ``since``."""
    limits = {"question =": question, "run =": run, "asked_at >=": since, "status =": status}
    given = {what: value for what, value in limits.items() if value is not None}
    clauses = [f"{what} ?" for what in given]
    if services:
        clauses.append(f"service IN ({', '.join('?' * len(services))})")
    numbers = db.execute(
        f"SELECT id FROM answers WHERE {' AND '.join(clauses) or '1'} ORDER BY asked_at, id",  # noqa: S608
        [*given.values(), *services],
    ).fetchall()
    for number in numbers:  # one by one: sorted with their bodies they would fill the memory
        yield KeptAnswer(*db.execute(ANSWER, number).fetchone())


def when_answered(db: Database, service: str) -> list[tuple[int, str]]:
    """(run, time) of a service's answers, in their order."""
    return db.execute(
        "SELECT DISTINCT run, asked_at FROM answers WHERE service = ? ORDER BY run, asked_at",
        [service],
    ).fetchall()


def stored_pmids(db: Database) -> set[int]:
    return {pmid for (pmid,) in db.execute("SELECT DISTINCT pmid FROM records")}


def sums(db: Database, run: int) -> dict[str, int]:
    """Asked and the six outcomes of a run; an unanswered PMID counts in asked alone."""
    counts = dict(
        db.execute("SELECT outcome, count(*) FROM outcomes WHERE run = ? GROUP BY outcome", [run])
    )
    return {"asked": sum(counts.values())} | {name: counts.get(name, 0) for name in OUTCOMES}


def verify(db: Database) -> list[str]:
    """What is not as it was stored: records and answers without their hash, and what SQLite itself
    finds."""
    try:
        reported = [text for (text,) in db.execute("PRAGMA integrity_check")]
        return [*(text for text in reported if text != "ok"), *_changed(db)]
    except DAMAGE as error:
        return [f"the database cannot be read to its end: {error}"]


def _changed(db: Database) -> Iterator[str]:
    for pmid, digest, xml in db.execute("SELECT pmid, sha256, xml FROM records ORDER BY pmid, id"):
        try:
            now = hashlib.sha256(zlib.decompress(xml)).hexdigest()
        except zlib.error as error:
            now = str(error)
        if now != digest:
            yield f"PMID {pmid}: stored as {digest[:16]}, now {now[:16]}"
    for service, question, run, digest, body in db.execute(
        "SELECT service, question, run, sha256, body FROM answers ORDER BY id"
    ):
        now = hashlib.sha256(body).hexdigest()
        if digest != now:
            yield f"answer of {service} in run {run}: is not as it was stored ({question[:60]})"
