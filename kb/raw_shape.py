"""The tables of raw.db, and the steps that bring an older one to their newest shape."""

from __future__ import annotations

import hashlib
from contextlib import closing
from functools import cache

from sqlite_utils import Database, Migrations

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
-- PubMed itself gave it last, of NLM's files since 2026 the day of the newest revision in them (a
-- date); null for what only other files hold.
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


@cache
def columns() -> frozenset[tuple[str, str]]:
    """(table, column) of the newest shape."""
    with closing(Database(memory=True)) as fresh:
        migrations.apply(fresh)
        return columns_of(fresh)


def columns_of(db: Database) -> frozenset[tuple[str, str]]:
    return frozenset(
        db.execute(
            "SELECT m.name, c.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c"
            " WHERE m.type IN ('table', 'view')"
        )
    )
