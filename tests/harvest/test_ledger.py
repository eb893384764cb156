"""The books of a run: what a full disk, a lock, a signal or a kill leaves in them."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from harvesting import Place, job
from loopback import START, record

from harvest import ledger
from harvest.service import Reply
from harvest.services.entrez import Fetched
from harvest.standin import Answer, Request
from kb import raw
from kb.errors import ConfigError, Incomplete, Locked


def fill_the_disk(place: Place) -> None:
    with ledger.opened(place.raw, place.clock) as store:
        pages = store.db.execute("PRAGMA page_count").fetchone()[0]
        store.db.execute(f"PRAGMA max_page_count = {pages}")
        with ledger.begun(store, "one") as book, store.transaction() as now:
            for pmid in range(1, 1000):
                book.store_record(pmid, os.urandom(100_000), "efetch", now)


def test_a_disk_that_fills_is_said_and_loses_nothing_stored(place: Place) -> None:
    place.harvest(job(100))
    with pytest.raises(ConfigError, match="Check the space on the disk"):
        fill_the_disk(place)
    assert place.stored == [100]


def test_two_runs_do_not_write_to_one_file(place: Place) -> None:
    with raw.locked(place.raw), pytest.raises(Locked):
        place.harvest(job(100))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_run_cleanly_and_the_next_goes_on(
    place: Place, number: signal.Signals
) -> None:
    place.papers = {pmid: ("Neuroblastoma", []) for pmid in range(1, 401)}
    before = signal.getsignal(number)

    def stop(count: int, request: Request, answer: Answer) -> Answer:
        if count == 3:  # the second batch
            os.kill(os.getpid(), number)
        return answer

    with pytest.raises(Incomplete, match=f"stopped by {number.name}") as error:
        place.harvest(job(query="neuroblastoma"), fault=stop)
    assert error.value.exit_code == 3
    assert signal.getsignal(number) == before
    assert place.state() == "incomplete"
    # The batches are asked for side by side: the first may have been stored by then, or not.
    stored = place.sums(1).get("stored", 0)
    assert stored in {0, 200}
    assert place.sums(1).get("failed") == 400 - stored
    assert set(place.failures().values()) == {"the run ended before an answer came"}
    left = 400 - stored
    assert place.harvest(job(query="neuroblastoma")) == {"asked": left, "stored": left}


def stop_in_a_transaction(place: Place) -> None:
    with ledger.opened(place.raw, place.clock) as store, ledger.begun(store, "one") as book:
        with store.transaction() as now:
            os.kill(os.getpid(), signal.SIGTERM)
            book.store_record(7, record(7), "efetch", now)
        pytest.fail("it did not stop")


def test_a_signal_in_a_transaction_waits_for_its_end(place: Place) -> None:
    with pytest.raises(Incomplete, match="stopped by SIGTERM"):
        stop_in_a_transaction(place)
    assert place.stored == [7]
    assert place.sums(1) == {"asked": 1, "stored": 1}


CHILD = """
import sys
from pathlib import Path
from harvest.jobs import Job, Seed
from harvest.progress import Progress
from harvest.run import run_jobs
from harvest.settings import Settings
seeds = (Seed("one", "query", "neuroblastoma"),)
settings = Settings(bases={"eutils": sys.argv[2]})
run_jobs(Path(sys.argv[1]), [Job("one", "", seeds)], settings, Progress())
"""


@pytest.mark.soak
@pytest.mark.parametrize("request_number", [1, 2, 3, 4])
def test_a_run_killed_at_any_request_is_closed_by_the_next_which_finishes_its_work(
    place: Place, request_number: int
) -> None:
    place.papers = {pmid: ("Neuroblastoma", []) for pmid in range(1, 501)}
    child: list[subprocess.Popen[bytes]] = []

    def kill(count: int, request: Request, answer: Answer) -> Answer:
        if count == request_number:
            child[0].kill()
        return answer

    with place.pubmed(kill) as url:
        command = [sys.executable, "-c", CHILD, str(place.raw), url]
        child.append(subprocess.Popen(command, stderr=subprocess.DEVNULL))
        child[0].wait()
    stored = len(place.stored)
    # Several batches are under way at a time, so the killer does not know which have come.
    assert stored % 200 == 0
    assert place.state() == "running"
    # The child went by the real time, of which none may lie ahead.
    place.clock.seconds = (datetime.now(UTC) - START).total_seconds() + 1
    sums = place.harvest(job(query="neuroblastoma"))
    assert sums == {"asked": 500 - stored, "stored": 500 - stored}
    assert place.stored == list(range(1, 501))
    assert place.rows("SELECT run, state FROM runs") == [(1, "killed"), (2, "complete")]
    place.sums(1)
    assert place.rows("SELECT DISTINCT reason FROM outcomes WHERE outcome = 'failed'") in (
        [],
        [("the run was killed before an answer came",)],
    )


# Its parts


@pytest.fixture
def book(place: Place) -> Iterator[ledger.Ledger]:
    with ledger.opened(place.raw, place.clock) as store, ledger.begun(store, "one") as book:
        yield book


def test_a_pmid_that_was_asked_for_and_not_answered_counts_as_failed(place: Place) -> None:
    with ledger.opened(place.raw, place.clock) as store, ledger.begun(store, "one") as book:
        book.ask([1, 2])
        book.fetched(Fetched({1: record(1)}))
        assert book.asked() == {1, 2}
    assert place.sums(1) == {"asked": 2, "stored": 1, "failed": 1}
    assert place.failures() == {2: "not answered"}
    assert place.state() == "incomplete"


def test_a_transaction_that_fails_leaves_nothing(book: ledger.Ledger) -> None:
    with suppress(ZeroDivisionError), book.store.transaction() as now:
        book.store_record(1, record(1), "efetch", now)
        assert book.db.execute("SELECT count(*) FROM records").fetchone() == (1,)
        raise ZeroDivisionError
    assert book.db.execute("SELECT count(*) FROM records").fetchone() == (0,)


def test_a_record_read_later_in_a_run_overtakes_a_deletion(book: ledger.Ledger) -> None:
    with book.store.transaction() as now:
        book.withdraw(1, "file", now, "deleted")
        book.store_record(1, record(1), "file", now)
    assert book.outcomes("stored", "withdrawn") == {1: ""}
    assert book.db.execute("SELECT count(*) FROM withdrawals").fetchone() == (0,)


def test_what_is_missing_and_was_stored_is_withdrawn(book: ledger.Ledger) -> None:
    book.fetched(Fetched({1: record(1)}))
    book.fetched(Fetched(missing=[1, 2]))
    assert book.outcomes("missing") == {2: "the service does not have it"}
    assert book.db.execute("SELECT pmid FROM withdrawals").fetchall() == [(1,)]


def test_a_problem_without_a_pmid_makes_a_run_incomplete(place: Place) -> None:
    with ledger.opened(place.raw, place.clock) as store, ledger.begun(store, "one") as book:
        book.problem("a source was down")
    assert (place.state(), place.note) == ("incomplete", "a source was down")
    with ledger.opened(place.raw, place.clock) as store, ledger.begun(store, "one"):
        pass
    assert place.state() == "complete"


def test_only_a_complete_run_counts_as_the_last(book: ledger.Ledger) -> None:
    now = "2026-03-01T12:00:00Z"
    assert book.last_complete("one", now) == ""
    book.close("")
    assert book.last_complete("one", now) == now


def test_a_run_of_a_time_yet_to_come_is_not_the_last(book: ledger.Ledger) -> None:
    book.close("")
    assert book.last_complete("one", "2026-02-28T12:00:00Z") == ""


def test_an_answer_keeps_its_hash_and_is_read_back_where_it_is_young_enough(
    book: ledger.Ledger,
) -> None:
    book.answered([Reply("icite", "pubs?pmids=1", "2026-03-01T12:00:00Z", 200, b"{}")])
    assert list(book.answers("icite", "2026-03-01T12:00:00Z")) == [("pubs?pmids=1", 200, b"{}")]
    assert list(book.answers("icite", "2026-03-01T12:00:01Z")) == []
    assert list(book.answers("crossref", "")) == []
    [(digest,)] = book.db.execute("SELECT sha256 FROM answers").fetchall()
    assert digest == hashlib.sha256(b"{}").hexdigest()
