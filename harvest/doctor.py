"""Is this installation fit to harvest? `harvest doctor`, and with --live: is NCBI as we take it?

Every check says what it saw; one that finds a fault says what to do. The key is never shown.
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from harvest.expectations import drifts
from harvest.jobs_file import read_jobs
from harvest.known_answers import QUESTIONS, Question
from harvest.service import Client, Reply
from harvest.services import SERVICES
from harvest.services.eutils import EUTILS
from harvest.services.small_answers import EDITIONS, shipped
from harvest.settings import settings_from
from harvest.transport import Sent, Transport
from kb import raw as raw_db
from kb.answers import MISSHAPEN
from kb.errors import KbError, Locked, ServiceFailed

LIBRARIES = ("biopython", "datasette", "networkx", "requests", "sqlite-utils")
# A base of some thousand papers takes a few hundred megabytes with its build aside.
LEAST_FREE = 1 << 30


class CheckResult(NamedTuple):
    """``fault`` is empty where all is well, ``seen`` what was found either way; ``touches`` are
    the results of the base that it bears on, of what is not as expected."""

    name: str
    seen: str
    fault: str = ""
    touches: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        touched = [f"       It touches: {'; '.join(self.touches)}."] if self.touches else []
        if not self.fault:
            return [f"{'note' if touched else 'ok':5}  {self.name}: {self.seen}", *touched]
        return [f"WRONG  {self.name}: {self.seen}", f"       {self.fault}", *touched]


def installation(raw: Path | None, jobs: Path) -> Iterator[CheckResult]:
    """What can be told without asking anyone."""
    yield CheckResult("Python", f"{sys.version.split()[0]}, SQLite {sqlite3.sqlite_version}")
    yield CheckResult("libraries", ", ".join(f"{name} {version(name)}" for name in LIBRARIES))
    yield _settings()
    lacking = ", ".join(dtd for dtd in EDITIONS.values() if dtd not in shipped())
    without = f"read without Biopython, which has no {lacking}" if lacking else "read by Bio.Entrez"
    yield CheckResult("small answers", without)
    try:
        of_file = read_jobs(jobs)
        scheduled = sum(bool(job.schedule) for job in of_file)
        yield CheckResult("jobs", f"{jobs}: {len(of_file)} jobs, {scheduled} with a schedule")
    except KbError as error:
        yield CheckResult("jobs", str(jobs), str(error))
    if raw:
        yield from _place(raw)


def _settings() -> CheckResult:
    try:
        settings = settings_from(os.environ)
    except KbError as error:
        return CheckResult("settings", "as the environment gives them", str(error))
    key = settings.api_key
    seen = f"e-mail {settings.email or 'none'}, key {'set' if key else 'not set'}, "
    seen += f"{EUTILS.allowed(keyed=bool(key)).most} requests a second"
    if key and not re.fullmatch(r"[0-9a-f]{36}", key):
        return CheckResult(
            "settings", seen, "NCBI_API_KEY is not 36 hexadecimal digits, as NCBI's keys are."
        )
    return CheckResult("settings", seen)


def _place(raw: Path) -> Iterator[CheckResult]:
    folder = raw.resolve().parent
    if not folder.is_dir():
        yield CheckResult("disk", str(folder), "There is no such folder. Make it first.")
        return
    free = shutil.disk_usage(folder).free
    full = f"Less than {LEAST_FREE >> 20} MB are free: make room." if free < LEAST_FREE else ""
    yield CheckResult("disk", f"{free >> 20:,} MB free at {folder}", full)
    try:
        try:
            with raw_db.locked(raw):
                yield CheckResult("lock", "free")
        except Locked:
            yield CheckResult("lock", "held by a run that is at work, as it should be")
        if raw.exists():
            raw_db.open_raw(raw).close()
            yield CheckResult("raw.db", f"{raw}: can be read")
    except KbError as error:
        yield CheckResult("raw.db", str(raw), str(error))


def reachable(client: Client) -> Iterator[CheckResult]:
    """One small question to each service that is not switched off."""
    for service in SERVICES:
        base = client.base(service.name)
        if not base:
            needed = "Nothing can be harvested without." if service.needed else ""
            yield CheckResult(service.title, "switched off", needed)
            continue
        try:
            yield CheckResult(service.title, f"answers at {base}{service.check(client)}")
        except ServiceFailed as failure:
            yield CheckResult(service.title, base, str(failure))


def live(client: Client) -> Iterator[CheckResult]:
    """The questions of --live, each about something that harvest takes for granted."""
    for service in SERVICES:
        off = not service.needed and not client.base(service.name)
        for name, check in service.live.items():
            try:
                yield CheckResult(name, *(("switched off", "") if off else check(client)))
            except (KbError, *MISSHAPEN) as error:
                yield CheckResult(name, "no answer as expected", str(error))


def expected(client: Client, questions: Iterable[Question] = QUESTIONS) -> Iterator[CheckResult]:
    """The known answers of --live: a finding for each expectation that one of them breaks."""
    for question in questions:
        if not client.base(question.service):
            continue  # which ``live`` says
        try:
            reply = client.ask(question.service, question.path, question.parameters, _as_it_is)
        except ServiceFailed as failure:
            touches = {each: None for one in question.expected for each in one.touches}
            yield CheckResult(f"{question.name}: an answer", failure.why, str(failure), (*touches,))
            continue
        broken = list(drifts(reply, question.expected))
        for drift in broken:
            name = f"{question.name}: {drift.expectation.name}"
            fault = "Expected, and not so." if drift.expectation.decides else ""
            yield CheckResult(name, drift.came, fault, drift.expectation.touches)
        if not broken:
            yield CheckResult(question.name, f"{len(question.expected)} expectations hold")


def _as_it_is(reply: Reply) -> Reply:
    return reply


def reports(
    raw: Path | None, jobs: Path, *, is_live: bool, log: Callable[[Sent], None]
) -> Iterator[CheckResult]:
    """All results, in the order in which they come."""
    yield from installation(raw, jobs)
    try:
        settings = settings_from(os.environ)
    except KbError:
        yield CheckResult("services", "not asked: see to the settings first")
        return
    # Whoever asks a doctor does not want to wait for the tries of a night.
    transport = Transport(replace(settings, tries=2), log)
    if not is_live:
        yield from reachable(transport)
        return
    yield from live(transport)
    yield from expected(transport)
