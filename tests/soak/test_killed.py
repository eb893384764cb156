"""The command is killed (SIGKILL) again and again, and run again."""

from __future__ import annotations

import random
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from soak.commands import KEY, command, ended, jobs_file, papers, rows, stored

from harvest.standin import Corpus, Standin, serve

pytestmark = pytest.mark.soak
KILLS = 50
SIDE_BY_SIDE = 2
# Seconds after a request's arrival: the answer is then under way, read, or being stored.
LATEST = 0.3
JOB = (
    "    description: One search and a hop",
    "    seeds: [{query: 'neuroblastoma AND 201:2000[uid]'}]",
    "    hops: 1",
    "    direction: references",
    "    sources: [references, elink]",
)


@dataclass
class Finished:
    """A raw.db that is finished, and what the kills on the way to it have shown."""

    raw: Path
    kills: int = 0
    half_written: int = 0
    stored_at: list[int] = field(default_factory=list)
    asked_again: set[int] = field(default_factory=set)
    requests: int = 0
    said: str = ""
    verified: str = ""


def words(folder: Path) -> list[str]:
    return ["run", "--jobs", str(folder / "jobs.yml"), "--raw", str(folder / "raw.db")]


def finish(folder: Path, corpus: Corpus, kills: Sequence[tuple[int, float]]) -> Finished:
    """Run, and kill each run at one of the moments, until one comes to its end before."""
    folder.mkdir()
    jobs_file(folder, *JOB)
    found = Finished(folder / "raw.db")
    waiting = list(kills)
    with serve(corpus) as server:
        while True:
            before = as_left(found.raw) if found.raw.exists() else set()
            seen = len(server.arrivals)
            process = command(server, *words(folder), key=KEY)
            killed = bool(waiting) and kill(process, server, seen, *waiting.pop(0))
            told = ended(process)
            found.asked_again |= before & {
                int(pmid)
                for came in server.arrivals[seen:]
                if came.request.utility == "efetch"
                for pmid in came.request.listed("id")
            }
            if not killed:
                found.requests = len(server.arrivals) - seen
                break
            found.kills += 1
            found.half_written += found.raw.with_name("raw.db-journal").exists()
            found.stored_at.append(len(as_left(found.raw)) if found.raw.exists() else 0)
        assert process.returncode == 0, told.said
        verified = ended(command(server, "verify", "--raw", str(found.raw)))
        found.verified = verified.said if verified.code == 0 else f"FAILED {verified.said}"
    return found


def kill(
    process: subprocess.Popen[str], server: Standin, seen: int, request: int, delay: float
) -> bool:
    """Kill it so many seconds after its n-th request; False where it was through by then."""
    while len(server.arrivals) < seen + request and process.poll() is None:
        time.sleep(0.005)
    try:
        process.wait(delay)
    except subprocess.TimeoutExpired:
        process.kill()
        return True
    return False


def as_left(raw: Path) -> set[int]:
    """PMIDs stored, read from a copy: opening the file itself would mend what the kill left."""
    copy = raw.parent / "copy"
    copy.mkdir(exist_ok=True)
    for name in ("raw.db", "raw.db-journal"):
        (copy / name).unlink(missing_ok=True)
        if raw.with_name(name).exists():
            shutil.copy(raw.with_name(name), copy / name)
    try:
        return set(stored(copy / "raw.db"))
    except sqlite3.OperationalError:
        return set()  # killed before there was a table


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return papers(2000)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, corpus: Corpus) -> Finished:
    return finish(tmp_path_factory.mktemp("whole") / "place", corpus, [])


@pytest.fixture(scope="module")
def killed(
    tmp_path_factory: pytest.TempPathFactory, corpus: Corpus, undisturbed: Finished
) -> list[Finished]:
    """Databases in the making of which 50 runs were killed, five at most in a row."""
    root, chance = tmp_path_factory.mktemp("killed"), random.Random(1)
    done: list[Finished] = []
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        while (left := KILLS - sum(this.kills for this in done)) > 0:
            plans = [
                [
                    (chance.randint(1, undisturbed.requests), chance.uniform(0, LATEST))
                    for _ in range(min(5, left))
                ]
                for _ in range(max(1, left // 5))
            ]
            places = [root / f"{len(done) + number}" for number in range(len(plans))]
            done += pool.map(lambda place, plan: finish(place, corpus, plan), places, plans)
    return done


def test_the_records_are_those_of_a_run_that_nobody_killed(
    undisturbed: Finished, killed: list[Finished]
) -> None:
    whole = stored(undisturbed.raw)
    assert whole.keys() == set(range(1, 2001))
    for done in killed:
        assert stored(done.raw) == whole


def test_who_brought_each_paper_is_the_same_too(
    undisturbed: Finished, killed: list[Finished]
) -> None:
    reach = "SELECT seed, pmid, via, hop, source, direction FROM reach ORDER BY seed, pmid, via"
    for done in killed:
        assert rows(done.raw, reach) == rows(undisturbed.raw, reach)


def test_the_hashes_hold(killed: list[Finished]) -> None:
    for done in killed:
        assert "2,000 records are as they were stored" in done.verified


def test_no_record_that_is_stored_is_asked_for_again(killed: list[Finished]) -> None:
    assert [done.asked_again for done in killed if done.asked_again] == []


def test_the_sums_of_the_killed_close(killed: list[Finished]) -> None:
    for done in killed:
        assert rows(done.raw, "SELECT 1 FROM outcomes WHERE outcome IS NULL") == []
        states = [state for (state,) in rows(done.raw, "SELECT state FROM runs ORDER BY run")]
        assert states[-1] == "complete"
        # A run that is complete may still be killed before the command has said so.
        assert set(states[:-1]) <= {"killed", "complete"}


def test_fifty_runs_were_killed_at_all_stages(killed: list[Finished]) -> None:
    """Else the others prove nothing."""
    assert sum(done.kills for done in killed) >= KILLS
    stages = {count for done in killed for count in done.stored_at}
    assert {0, 1800, 2000} <= stages  # nothing stored, the search without its hop, all
    assert len(stages) > 3
    assert any(done.half_written for done in killed)
