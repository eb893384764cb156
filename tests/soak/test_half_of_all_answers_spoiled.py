"""Whole runs of the command while half of all answers are spoiled. The clock is the real one: when
requests come in is what a good half of this is about."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest
from faults import FATAL, at_rate, most_at_once
from soak.commands import KEY, Delivered, Ended, command, ended, jobs_file, papers, rows, stored

from harvest.standin import Arrival, Corpus, Fault, serve
from harvest.standin.server import as_answered

pytestmark = pytest.mark.soak
T = TypeVar("T")

RATE = 0.5
SEEDS = range(20)
FATAL_SEEDS = range(10)
# They wait nearly all of the time; but when many start at once, a core does not serve them in time.
SIDE_BY_SIDE = 7
ALL = set(range(1, 601))
OLD = 300
# The query finds 400, and what cites them are 200 more.
JOB = (
    "    description: One search and a hop, all sources asked",
    "    seeds: [{query: 'neuroblastoma AND 1:400[uid]'}]",
    "    hops: 1",
)
# Named one by one and found, and asked for again although they are stored.
AGAIN = (
    "    description: Half of the papers are named, half are found",
    "    refresh_days: 0",
    "    seeds:",
    f"      - pmids: {list(range(1, 301))}",
    "      - query: 'neuroblastoma AND 201:600[uid]'",
)


@dataclass(frozen=True)
class Run:
    seed: int
    key: str
    ended: Ended
    arrivals: list[Arrival]
    delivered: Delivered

    @property
    def limit(self) -> int:
        return 10 if self.key else 3


def run(folder: Path, corpus: Corpus, fault: Fault, seed: int) -> Run:
    key = KEY if seed % 2 else ""
    delivered = Delivered(fault)
    words = ("run", "--jobs", str(folder / "jobs.yml"), "--raw", str(folder / "raw.db"))
    with serve(corpus, fault=delivered) as server:
        return Run(seed, key, ended(command(server, *words, key=key)), server.arrivals, delivered)


def each(seeds: Sequence[int], work: Callable[[int], T]) -> list[T]:
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        return list(pool.map(work, seeds))


def place(root: Path, seed: int, job: Sequence[str]) -> Path:
    folder = root / f"seed-{seed}"
    folder.mkdir()
    jobs_file(folder, *job)
    return folder


# Faults that pass


@dataclass(frozen=True)
class Survived:
    run: Run
    stored: set[int]


@pytest.fixture(scope="module")
def survived(tmp_path_factory: pytest.TempPathFactory) -> list[Survived]:
    root, corpus = tmp_path_factory.mktemp("survivable"), papers(600)

    def harvest(seed: int) -> Survived:
        folder = place(root, seed, JOB)
        done = run(folder, corpus, at_rate(RATE, seed), seed)
        return Survived(done, set(stored(folder / "raw.db")))

    return each(SEEDS, harvest)


def test_every_run_is_complete(survived: list[Survived]) -> None:
    for done in survived:
        assert done.run.ended.code == 0, f"seed {done.run.seed}: {done.run.ended.said}"


def test_every_record_is_stored(survived: list[Survived]) -> None:
    assert {done.run.seed: ALL - done.stored for done in survived if done.stored != ALL} == {}


def test_no_record_that_came_is_asked_for_again(survived: list[Survived]) -> None:
    again = {done.run.seed: done.run.delivered.again for done in survived}
    assert {seed: pmids for seed, pmids in again.items() if pmids} == {}


def test_no_second_has_more_requests_than_ncbi_allows(survived: list[Survived]) -> None:
    most = {done.run.seed: most_at_once(done.run.arrivals) for done in survived}
    limits = {done.run.seed: done.run.limit for done in survived}
    assert {seed: count for seed, count in most.items() if count > limits[seed]} == {}


def test_half_of_all_answers_were_spoiled_and_each_service_was_asked(
    survived: list[Survived],
) -> None:
    """Else the others prove nothing."""
    asked = [came.request.utility for done in survived for came in done.run.arrivals]
    assert set(asked) >= {"esearch", "efetch", "elink", "icite", "crossref"}
    undisturbed = 16 * len(survived)
    assert len(asked) > 1.7 * undisturbed


# Faults that stay


@dataclass(frozen=True)
class Suffered:
    """A run with faults that stay over one without, and then one more without."""

    run: Run
    outcomes: dict[int, str]
    failed: dict[str, str]
    note: str
    stored: set[int]
    after: Run
    stored_after: set[int]


@pytest.fixture(scope="module")
def suffered(tmp_path_factory: pytest.TempPathFactory) -> list[Suffered]:
    root = tmp_path_factory.mktemp("fatal")
    old, corpus = papers(OLD), papers(600)

    def harvest(seed: int) -> Suffered:
        folder = place(root, seed, AGAIN)
        raw = folder / "raw.db"
        first = run(folder, old, as_answered, seed)
        assert first.ended.code == 0, first.ended.said
        done = run(folder, corpus, at_rate(RATE, seed, FATAL), seed)
        outcomes = dict(rows(raw, "SELECT pmid, outcome FROM outcomes WHERE run = 2"))
        told = status(folder, corpus)
        came = set(stored(raw))
        (note,) = rows(raw, "SELECT coalesce(note, '') FROM runs WHERE run = 2")
        after = run(folder, corpus, as_answered, seed)
        return Suffered(
            done, outcomes, told["failed_pmids"], str(note[0]), came, after, set(stored(raw))
        )

    return each(FATAL_SEEDS, harvest)


def status(folder: Path, corpus: Corpus) -> dict[str, dict[str, str]]:
    with serve(corpus) as server:
        told = ended(command(server, "status", "--json", "--raw", str(folder / "raw.db")))
    (found,) = (run for run in json.loads(told.said)["runs"] if run["run"] == 2)
    return found  # type: ignore[no-any-return]


def test_a_run_that_lacks_anything_ends_with_3_and_the_others_with_0(
    suffered: list[Suffered],
) -> None:
    for done in suffered:
        lacking = done.failed or done.note
        assert done.run.ended.code == (3 if lacking else 0), f"seed {done.run.seed}"
        assert done.stored == ALL or lacking, f"seed {done.run.seed}"
    assert sum(done.run.ended.code == 3 for done in suffered) > len(suffered) / 2


def test_each_paper_that_was_asked_for_has_its_outcome(suffered: list[Suffered]) -> None:
    for done in suffered:
        asked = {
            int(pmid)
            for came in done.run.arrivals
            if came.request.utility == "efetch"
            for pmid in came.request.listed("id")
        }
        assert asked <= done.outcomes.keys()
        assert None not in done.outcomes.values()
        assert {pmid for pmid, outcome in done.outcomes.items() if outcome == "failed"} == {
            int(pmid) for pmid in done.failed
        }


def test_what_is_not_stored_is_named_or_the_search_that_would_have_found_it(
    suffered: list[Suffered],
) -> None:
    for done in suffered:
        unnamed = ALL - done.stored - {int(pmid) for pmid in done.failed}
        assert not unnamed or "the search 'neuroblastoma AND 201:600[uid]'" in done.note


def test_what_failed_comes_with_the_next_run(suffered: list[Suffered]) -> None:
    for done in suffered:
        assert done.after.ended.code == 0, done.after.ended.said
        assert done.stored_after == ALL


def test_services_that_refuse_are_not_asked_more_often_either(suffered: list[Suffered]) -> None:
    for done in suffered:
        assert most_at_once(done.run.arrivals) <= done.run.limit
