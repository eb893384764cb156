"""The books of a run in raw.db: what was asked for, what became of it, and who brought it.

Whatever one batch brought (records, outcomes, answers, requests) is written in one transaction, so
that a kill at any moment loses that batch at most. A run that did not end is closed by the next.
"""

from __future__ import annotations

import hashlib
import signal
import sqlite3
import zlib
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from harvest.clock import Clock, stamp, stamp_of
from harvest.jobs import Job
from harvest.plan import settled
from harvest.service import Reply
from harvest.services.entrez import Fetched
from harvest.transport import Sent
from kb import raw
from kb.answers import esearch_count
from kb.errors import ConfigError, Incomplete, InputError, KbError
from kb.record import pubmed
from kb.record.article import Article

if TYPE_CHECKING:
    from sqlite_utils import Database

KILLED = "the run was killed before an answer came"


class Stop:
    """SIGINT and SIGTERM: raised at once, but never inside a transaction."""

    def __init__(self) -> None:
        self.came = ""
        self.shielded = False

    def signalled(self, number: int, _frame: FrameType | None) -> None:
        self.came = signal.Signals(number).name
        self.raise_if_came()

    def raise_if_came(self) -> None:
        if self.came and not self.shielded:
            raise Incomplete(
                f"stopped by {self.came}. What was stored stays; run the same command again "
                "and it goes on from there."
            )


@contextmanager
def _stoppable() -> Iterator[Stop]:
    stop = Stop()
    before = {
        number: signal.signal(number, stop.signalled) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class Store:
    """raw.db, open for writing and locked; ``sent`` gathers requests until they are written."""

    def __init__(self, path: Path, db: Database, clock: Clock, stop: Stop) -> None:
        self.path = path
        self.db = db
        self.clock = clock
        self.stop = stop
        self.sent: deque[Sent] = deque()

    @contextmanager
    def transaction(self) -> Iterator[str]:
        """Everything in it is kept, or nothing. Yields the time, the same for all rows."""
        self.stop.shielded = True
        try:
            with self.db.atomic():
                yield stamp(self.clock)
        except sqlite3.OperationalError as error:
            raise ConfigError(
                f"{self.path}: cannot be written ({error}). Check the space on the disk and the "
                "permissions; what was stored before stays."
            ) from error
        finally:
            self.stop.shielded = False
        self.stop.raise_if_came()


@contextmanager
def opened(path: Path, clock: Clock) -> Iterator[Store]:
    """Hold raw.db for a command; runs that were killed are closed first.

    Raises Locked where another run holds it, and what ``kb.raw.open_raw`` raises.
    """
    with raw.locked(path), raw.damage_named(path), _stoppable() as stop:
        db = raw.open_raw(path, write=True)
        try:
            store = Store(path, db, clock, stop)
            with store.transaction():
                _close_dead_runs(db)
            yield store
        finally:
            db.close()


def _close_dead_runs(db: Database) -> None:
    # The lock is ours, so whoever left them running is gone.
    db.execute(
        "UPDATE outcomes SET outcome = 'failed', reason = ? WHERE outcome IS NULL"
        " AND run IN (SELECT run FROM runs WHERE state = 'running')",
        [KILLED],
    )
    db.execute("UPDATE runs SET state = 'killed', note = ? WHERE state = 'running'", [KILLED])


@contextmanager
def begun(store: Store, job: str) -> Iterator[Ledger]:
    """A run: begun, and closed whatever happens inside."""
    with store.transaction() as now:
        cursor = store.db.execute("INSERT INTO runs (job, started) VALUES (?, ?)", [job, now])
    ledger = Ledger(store, int(cursor.lastrowid or 0))
    try:
        yield ledger
    except BaseException as error:
        ledger.problem(str(error) if isinstance(error, KbError) else repr(error))
        ledger.close("the run ended before an answer came")
        raise
    ledger.close("not answered")


class Ledger:
    """One run."""

    def __init__(self, store: Store, run: int) -> None:
        self.store = store
        self.db = store.db
        self.run = run
        self.problems: list[str] = []

    @property
    def today(self) -> str:
        return stamp(self.store.clock)[:10]

    def problem(self, text: str) -> None:
        """Something that makes the run incomplete and has no PMID of its own."""
        self.problems.append(text)

    def began_by(self, told: datetime | None) -> None:
        """The run began no later than a service answered it, by that service's clock: where this
        machine's is ahead, the next run still looks for what changes from today on."""
        if told:
            with self.store.transaction():
                stamped = stamp_of(told)
                self.db.execute(
                    "UPDATE runs SET started = min(started, ?) WHERE run = ?", [stamped, self.run]
                )

    def close(self, unanswered: str) -> None:
        with self.store.transaction() as now:
            self._write_requests()
            self.db.execute(
                "UPDATE outcomes SET outcome = 'failed', reason = ?"
                " WHERE run = ? AND outcome IS NULL",
                [unanswered, self.run],
            )
            failed = raw.sums(self.db, self.run)["failed"]
            self.db.execute(
                "UPDATE runs SET finished = ?, state = ?, note = ? WHERE run = ?",
                [
                    now,
                    "incomplete" if failed or self.problems else "complete",
                    "\n".join(self.problems) or None,
                    self.run,
                ],
            )

    def _write_requests(self) -> None:
        while self.store.sent:
            self.db.execute(
                "INSERT INTO requests (run, service, method, url, parameters, asked_at, seconds,"
                " status, bytes, outcome) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [self.run, *astuple(self.store.sent.popleft())],
            )

    # Seeds and the ways that lead from them

    def seed(self, job: Job) -> None:
        """Make the seeds of a job live, with the hops it goes from them."""
        with self.store.transaction():
            for seed in job.seeds:
                self.db.execute(
                    "INSERT INTO seeds (seed, job, kind, value, hops_references, hops_cited_by)"
                    " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET live = 1,"
                    " hops_references = excluded.hops_references,"
                    " hops_cited_by = excluded.hops_cited_by",
                    [seed.seed, seed.job, seed.kind, seed.value, job.references, job.cited_by],
                )

    def reached(self, steps: Iterable[raw.Reach]) -> None:
        with self.store.transaction():
            self.reach(steps)

    def reach(self, steps: Iterable[raw.Reach]) -> None:
        """As ``reached``, inside a transaction of the caller."""
        for step in steps:
            self.db.execute(
                "INSERT INTO reach (seed, pmid, via, hop, source, direction, run)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)"
                " ON CONFLICT DO UPDATE SET hop = min(hop, excluded.hop)",
                [*astuple(step), self.run],
            )

    # Records

    def ask(self, pmids: Iterable[int]) -> None:
        """Note PMIDs as asked for, before the question leaves."""
        with self.store.transaction():
            self.db.conn.executemany(
                "INSERT INTO outcomes (run, pmid) VALUES (?, ?)",
                [(self.run, pmid) for pmid in pmids],
            )

    def asked(self) -> set[int]:
        rows = self.db.execute("SELECT pmid FROM outcomes WHERE run = ?", [self.run])
        return {pmid for (pmid,) in rows}

    def fetched(self, batch: Fetched, source: str = raw.EFETCH) -> None:
        """What EFetch brought, or did not."""
        with self.store.transaction() as now:
            self._write_requests()
            for pmid, xml in batch.records.items():
                self.store_record(pmid, xml, source, now)
            for pmid in batch.missing:
                if self.db.execute("SELECT 1 FROM records WHERE pmid = ?", [pmid]).fetchone():
                    self.withdraw(pmid, source, now, "the service no longer has it")
                else:
                    self.settle(pmid, "missing", "the service does not have it")
            for pmid, why in batch.failed.items():
                self.settle(pmid, "failed", why)

    def store_record(self, pmid: int, xml: bytes, source: str, now: str) -> None:
        outcome = raw.put(self.db, pmid, xml, source=source, run=self.run, now=now)
        # A deletion read earlier in this run was overtaken by this record.
        self.db.execute("DELETE FROM withdrawals WHERE pmid = ? AND run = ?", [pmid, self.run])
        self.settle(pmid, outcome)

    def said_on(self, day: str, versions: Iterable[tuple[int | None, str]]) -> None:
        """PubMed said on a day, YYYY-MM-DD, or later what these versions say: PMID and SHA-256."""
        with self.store.transaction():
            self.db.conn.executemany(
                "UPDATE records SET checked = max(coalesce(checked, ''), ?)"
                " WHERE pmid = ? AND sha256 = ?",
                [(day, pmid, digest) for pmid, digest in versions],
            )

    def withdraw(self, pmid: int, source: str, now: str, why: str) -> None:
        self.db.execute(
            "INSERT INTO withdrawals (pmid, source, run, read_at) VALUES (?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET source = excluded.source, read_at = excluded.read_at",
            [pmid, source, self.run, now],
        )
        self.settle(pmid, "withdrawn", why)

    def settle(self, pmid: int, outcome: str, reason: str | None = None) -> None:
        """Give a PMID its outcome; where it has one already, ``plan.settled`` decides."""
        row = self.db.execute(
            "SELECT outcome FROM outcomes WHERE run = ? AND pmid = ?", [self.run, pmid]
        ).fetchone()
        before = row[0] if row else None
        if settled(before, outcome) != before:
            self.db.execute(
                "INSERT INTO outcomes (run, pmid, outcome, reason) VALUES (?, ?, ?, ?)"
                " ON CONFLICT DO UPDATE SET outcome = excluded.outcome, reason = excluded.reason",
                [self.run, pmid, outcome, reason],
            )

    def outcomes(self, *wanted: str) -> dict[int, str]:
        """PMIDs of this run with one of these outcomes, and the reason of each."""
        return outcomes(self.db, self.run, *wanted)

    # What is known

    def articles(self, pmids: Iterable[int]) -> Iterator[Article]:
        """The version read last of each of these that is stored."""
        for pmid in pmids:
            row = self.db.execute(
                "SELECT xml FROM records WHERE pmid = ? ORDER BY last_read DESC, id DESC", [pmid]
            ).fetchone()
            if row:
                try:
                    yield pubmed.parse(zlib.decompress(row[0]))
                except (InputError, zlib.error) as error:
                    self.problem(
                        f"PMID {pmid}: its references could not be followed: {error}. See with "
                        "harvest verify what is damaged, and take it from a backup."
                    )

    def answered(self, replies: Iterable[Reply]) -> None:
        with self.store.transaction():
            self._write_requests()
            for reply in replies:
                self.db.execute(
                    "INSERT INTO answers (run, service, question, asked_at, status, body, sha256)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?)",
                    [
                        self.run,
                        reply.service,
                        reply.question,
                        reply.asked_at,
                        reply.status,
                        reply.body,
                        hashlib.sha256(reply.body).hexdigest(),
                    ],
                )

    def answers(self, service: str, not_before: str) -> Iterator[tuple[str, int, bytes]]:
        """Question, status and body of the answers of a service that are not older."""
        for kept in raw.answers(self.db, service, since=not_before):
            yield kept.question, kept.status, kept.body

    def count_before(self, question: str) -> int:
        """What a search found the last time that it found anything; 0 where it never did."""
        kept = list(raw.answers(self.db, "esearch", question=question))
        return next((n for each in reversed(kept) if (n := esearch_count(each.body)[0])), 0)

    def last_complete(self, job: str, now: str) -> str:
        """When the last complete run of a job began; empty where there is none.

        A run of a time yet to come was begun by a clock that was wrong, and tells nothing.
        """
        row = self.db.execute(
            "SELECT max(started) FROM runs WHERE job = ? AND state = 'complete' AND started <= ?",
            [job, now],
        ).fetchone()
        return row[0] or ""

    def live(self) -> set[int]:
        """Stored papers that live seeds reach."""
        rows = self.db.execute(
            "SELECT DISTINCT pmid FROM live_reach WHERE pmid IN (SELECT pmid FROM records)"
        )
        return {pmid for (pmid,) in rows}


def follow(store: Store, jobs: Sequence[Job]) -> list[str]:
    """Let the seeds in raw.db follow the jobs file: those that left it are live no longer.

    Returns the names of the seeds that this ended. Papers fetched by hand (``adhoc``) or read from
    files have no place in a jobs file and stay.
    """
    kept = {seed.seed for job in jobs for seed in job.seeds}
    with store.transaction():
        rows = store.db.execute(
            "SELECT seed FROM seeds WHERE live AND job NOT IN ('adhoc', 'files') ORDER BY seed"
        )
        gone = [seed for (seed,) in rows.fetchall() if seed not in kept]
        store.db.conn.executemany(
            "UPDATE seeds SET live = 0 WHERE seed = ?", [(seed,) for seed in gone]
        )
        for job in jobs:
            store.db.execute(
                "UPDATE seeds SET hops_references = ?, hops_cited_by = ? WHERE job = ?",
                [job.references, job.cited_by, job.name],
            )
    return gone


def last_read(db: Database, now: str) -> dict[int, str]:
    """When each stored or withdrawn PMID was read last; what bears a time yet to come, from a clock
    that was wrong, counts as never read."""
    rows = db.execute(
        "SELECT pmid, max(read_at) FROM (SELECT pmid, last_read AS read_at FROM records"
        " UNION ALL SELECT pmid, read_at FROM withdrawals) WHERE read_at <= ? GROUP BY pmid",
        [now],
    )
    return dict(rows.fetchall())


def outcomes(db: Database, run: int, *wanted: str) -> dict[int, str]:
    marks = ", ".join("?" * len(wanted))
    rows = db.execute(
        f"SELECT pmid, coalesce(reason, '') FROM outcomes WHERE run = ? AND outcome IN ({marks})"  # noqa: S608
        " ORDER BY pmid",
        [run, *wanted],
    )
    return dict(rows.fetchall())
