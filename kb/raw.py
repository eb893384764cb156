"""raw.db: what arrived, who asked and when. The only file that both programs touch.

Harvest writes here; kb reads. Nothing is ever overwritten: a record that changed is a further row,
an answer that was asked again is a further row. Times are UTC, ISO 8601 to the second.
"""

from __future__ import annotations

import hashlib
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout
from sqlite_utils import Database, Migrations

from kb.errors import ConfigError, InputError, KbError, Locked

# The source of records that PubMed itself gave; any other is the name of what held them.
EFETCH = "efetch"
# What reading a damaged database raises: the second where SQLite's own message has the damage in
# it, the third where the name of a column has.
DAMAGE = (sqlite3.DatabaseError, UnicodeDecodeError, KeyError)
OUTCOMES = ("stored", "unchanged", "missing", "withdrawn", "failed", "filtered")

migrations = Migrations("raw")

FIRST_SHAPE = """
-- A run of a job and its sums. state: running, complete, incomplete, killed.
CREATE TABLE runs (
    run INTEGER PRIMARY KEY,
    job TEXT NOT NULL,
    started TEXT NOT NULL,
    finished TEXT,
    state TEXT NOT NULL DEFAULT 'running'
        CHECK (state IN ('running', 'complete', 'incomplete', 'killed')),
    note TEXT
) STRICT;
-- What became of each PMID that a run asked for or read; null while unanswered.
CREATE TABLE outcomes (
    run INTEGER NOT NULL REFERENCES runs (run),
    pmid INTEGER NOT NULL,
    outcome TEXT CHECK (outcome IN
        ('stored', 'unchanged', 'missing', 'withdrawn', 'failed', 'filtered')),
    reason TEXT,
    PRIMARY KEY (run, pmid)
) STRICT, WITHOUT ROWID;
-- Every version of every PubMed record: the bytes of one element, UTF-8, zlib. checked: when
-- PubMed itself gave it last; null for what only files hold.
CREATE TABLE records (
    id INTEGER PRIMARY KEY,
    pmid INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    xml BLOB NOT NULL,
    source TEXT NOT NULL,
    run INTEGER NOT NULL REFERENCES runs (run),
    first_read TEXT NOT NULL,
    last_read TEXT NOT NULL,
    checked TEXT,
    UNIQUE (pmid, sha256)
) STRICT;
-- PMIDs that NLM has deleted or that the service no longer has.
CREATE TABLE withdrawals (
    pmid INTEGER NOT NULL,
    source TEXT NOT NULL,
    run INTEGER NOT NULL REFERENCES runs (run),
    read_at TEXT NOT NULL,
    PRIMARY KEY (pmid, run)
) STRICT, WITHOUT ROWID;
-- Whole answers of the services other than records.
CREATE TABLE answers (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES runs (run),
    service TEXT NOT NULL,
    question TEXT NOT NULL,
    asked_at TEXT NOT NULL,
    status INTEGER NOT NULL,
    body BLOB NOT NULL
) STRICT;
CREATE INDEX answers_question ON answers (service, question);
-- What the jobs ask for. A seed that left the jobs file is no longer live.
CREATE TABLE seeds (
    seed TEXT PRIMARY KEY,
    job TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('pmid', 'query', 'file')),
    value TEXT NOT NULL,
    live INTEGER NOT NULL DEFAULT 1 CHECK (live IN (0, 1))
) STRICT, WITHOUT ROWID;
-- Which seed brought which PMID, along which paper.
CREATE TABLE reach (
    seed TEXT NOT NULL REFERENCES seeds (seed),
    pmid INTEGER NOT NULL,
    via TEXT NOT NULL DEFAULT '',
    hop INTEGER NOT NULL,
    source TEXT NOT NULL,
    run INTEGER NOT NULL REFERENCES runs (run),
    PRIMARY KEY (seed, pmid, via)
) STRICT, WITHOUT ROWID;
-- Every request that left the machine, without the key.
CREATE TABLE requests (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES runs (run),
    service TEXT NOT NULL,
    method TEXT NOT NULL,
    url TEXT NOT NULL,
    parameters TEXT NOT NULL,
    asked_at TEXT NOT NULL,
    seconds REAL NOT NULL,
    status INTEGER,
    bytes INTEGER NOT NULL,
    outcome TEXT NOT NULL
) STRICT;
"""


@migrations()
def m001_first_shape(db: Database) -> None:
    # Not executescript: it would commit, and a migration must happen whole or not at all.
    for statement in FIRST_SHAPE.split(";\n"):
        db.conn.execute(statement)


SECOND_SHAPE = """
-- What the jobs ask for, and how many hops from it. A seed that left the jobs file is no longer
-- live.
CREATE TABLE seeds (
    seed TEXT PRIMARY KEY,
    job TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('pmid', 'doi', 'mesh', 'query', 'file')),
    value TEXT NOT NULL,
    live INTEGER NOT NULL DEFAULT 1 CHECK (live IN (0, 1)),
    hops_references INTEGER NOT NULL DEFAULT 99,
    hops_cited_by INTEGER NOT NULL DEFAULT 99
) STRICT, WITHOUT ROWID;
-- What live seeds reach within their hops: what a build takes.
CREATE VIEW live_reach AS
SELECT reach.* FROM reach JOIN seeds USING (seed)
WHERE live
    AND (direction = ''
        OR hop <= iif(direction = 'references', hops_references, hops_cited_by));
"""


@migrations()
def m002_hops_and_further_seeds(db: Database) -> None:
    db.conn.execute("ALTER TABLE reach ADD COLUMN direction TEXT NOT NULL DEFAULT ''")
    db.conn.execute("UPDATE reach SET direction = 'references' WHERE source = 'references'")
    db.conn.execute("UPDATE reach SET direction = 'cited-by' WHERE source = 'elink'")
    db.conn.execute("CREATE TEMP TABLE before AS SELECT * FROM seeds")
    db.conn.execute("DROP TABLE seeds")
    for statement in SECOND_SHAPE.split(";\n"):
        db.conn.execute(statement)
    db.conn.execute("INSERT INTO seeds (seed, job, kind, value, live) SELECT * FROM before")
    db.conn.execute("DROP TABLE before")


@migrations()
def m003_hash_of_answers(db: Database) -> None:
    db.conn.execute("ALTER TABLE answers ADD COLUMN sha256 TEXT")
    for number, body in db.execute("SELECT id, body FROM answers").fetchall():
        digest = hashlib.sha256(body).hexdigest()
        db.execute("UPDATE answers SET sha256 = ? WHERE id = ?", [digest, number])


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


def open_raw(path: Path, *, write: bool = False) -> Database:
    """Open raw.db; ``write`` creates it where absent and brings an older one up to date.

    Raises ConfigError for a file that is missing or cannot be opened, InputError for one that is
    no raw.db or was written by a newer version.
    """
    if not write and not path.is_file():
        raise ConfigError(f"{path}: there is no such file. Fill it with: harvest run --raw {path}")
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
    # Rollback journal, not WAL: raw.db is one file that can be copied while nothing writes, and
    # a WAL left beside it would be lost with the copy.
    _check_shape(db, path, write)
    if write:
        with db.atomic():  # a kill between two statements would leave half of it
            migrations.apply(db)
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

    Raises Locked where another run holds it, ConfigError where the folder cannot be written.
    """
    folder = path.resolve().parent
    if not folder.is_dir():
        raise ConfigError(f"{path}: there is no folder {folder}. Make it first, or mend the name.")
    lock = FileLock(f"{path.resolve()}.lock")
    try:
        lock.acquire(blocking=False)
    except Timeout as error:
        raise Locked(
            f"{path}: another run is writing to it. Wait until it ends; "
            "harvest status shows when it began."
        ) from error
    except OSError as error:
        raise ConfigError(
            f"{path}: the folder cannot be written ({error.strerror}). Check that it exists, "
            "its permissions and the space on the disk."
        ) from error
    try:
        yield
    finally:
        lock.release()


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
    pmid = None
    try:
        for pmid, digest, xml, *rest in db.execute(
            "SELECT pmid, sha256, xml, source, run, first_read, last_read, checked"  # noqa: S608
            f" FROM records WHERE pmid IN ({among}) ORDER BY pmid, first_read, sha256"
        ):
            yield StoredRecord(pmid, digest, zlib.decompress(xml), *rest)
    except (zlib.error, *DAMAGE) as error:
        raise InputError(
            f"raw.db is damaged at PMID {pmid} or behind it ({error}). Take it from a backup, or "
            "see with harvest verify what is damaged."
        ) from error


def stored_pmids(db: Database) -> set[int]:
    return {pmid for (pmid,) in db.execute("SELECT DISTINCT pmid FROM records")}


def sums(db: Database, run: int) -> dict[str, int]:
    """Asked and the six outcomes of a run; an unanswered PMID counts in asked alone."""
    found = dict(
        db.execute("SELECT outcome, count(*) FROM outcomes WHERE run = ? GROUP BY outcome", [run])
    )
    return {"asked": sum(found.values())} | {name: found.get(name, 0) for name in OUTCOMES}


def verify(db: Database) -> list[str]:
    """What is not as it was stored: records and answers without their hash, and what SQLite itself
    finds."""
    try:
        found = [text for (text,) in db.execute("PRAGMA integrity_check")]
        return [*(text for text in found if text != "ok"), *_changed(db)]
    except DAMAGE as error:
        return [f"the database cannot be read to its end: {error}"]


def _changed(db: Database) -> Iterator[str]:
    for pmid, digest, xml in db.execute("SELECT pmid, sha256, xml FROM records ORDER BY pmid, id"):
        try:
            found = hashlib.sha256(zlib.decompress(xml)).hexdigest()
        except zlib.error as error:
            found = str(error)
        if found != digest:
            yield f"PMID {pmid}: stored as {digest[:16]}, now {found[:16]}"
    for service, question, run, digest, body in db.execute(
        "SELECT service, question, run, sha256, body FROM answers ORDER BY id"
    ):
        found = hashlib.sha256(body).hexdigest()
        if digest != found:
            yield f"answer of {service} in run {run}: is not as it was stored ({question[:60]})"
