"""What a job is: its seeds, how far it goes from them, when it is due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cronsim import CronSim

from kb.errors import ConfigError

REFRESH_DAYS = 30
MAX_RECORDS = 100_000
# Who says what a paper cites and what cites it; ``references`` are the lists in PubMed's records.
SOURCES = ("references", "elink", "icite", "crossref")


@dataclass(frozen=True)
class Seed:
    """``kind`` is pmid, doi, mesh, query or file; ``seed`` is its name in raw.db."""

    job: str
    kind: str
    value: str

    @property
    def seed(self) -> str:
        return f"{self.job}:{self.kind}:{self.value}"

    @property
    def query(self) -> str:
        """What PubMed is asked for, of a seed that is searched for."""
        if self.kind != "mesh":
            return self.value
        descriptor, _, noexp = self.value.partition(":")
        return f'"{descriptor}"[mh:noexp]' if noexp else f'"{descriptor}"[mh]'


@dataclass(frozen=True)
class Window:
    """Days of publication, both in it: YYYY, YYYY-MM or YYYY-MM-DD; an open end is empty."""

    first: str = ""
    last: str = ""

    def holds(self, day: str | None) -> bool:
        """Whether a day of publication, given as exactly as PubMed has it, may lie in it."""
        if not day:
            return True  # unknown is not "no"
        return self.first[: len(day)] <= day[: len(self.first)] and (
            not self.last or day[: len(self.last)] <= self.last[: len(day)]
        )

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """For ESearch, where both ends have to be given (E-utilities Help, chapter 4)."""
        if self == Window():
            return []
        ends = (self.first or "1000", self.last or "3000")
        mindate, maxdate = (end.replace("-", "/") for end in ends)
        return [("datetype", "pdat"), ("mindate", mindate), ("maxdate", maxdate)]


@dataclass(frozen=True)
class Job:
    """``references`` and ``cited_by`` are hops along references and along citing papers.

    ``refreshes`` is set where it has no seeds, and asks again for what other jobs brought; of its
    sources only Crossref has more to say of a paper than whom it cites.
    """

    name: str
    description: str
    seeds: tuple[Seed, ...]
    references: int = 0
    cited_by: int = 0
    refresh_days: int = REFRESH_DAYS
    max_records: int = MAX_RECORDS
    min_citations: int = 1
    published: Window = Window()
    sources: tuple[str, ...] = SOURCES
    sentinels: tuple[int, ...] = ()
    schedule: str = ""
    refreshes: bool = False
    only_when_named: bool = False

    @property
    def hops(self) -> int:
        return max(self.references, self.cited_by)

    def due(self, last: datetime, now: datetime) -> bool:
        """Whether the schedule has had a time since ``last`` (UTC); never without a schedule."""
        return bool(self.schedule) and next(CronSim(self.schedule, last)) <= now


def unbalanced(query: str) -> str:
    """What is wrong with the parentheses and quotes of a PubMed query; empty where nothing is.

    PubMed guesses where they do not match, and runs another query than was meant.
    """
    quoted = query.split('"')
    if len(quoted) % 2 == 0:
        return f"the query has a quotation mark without its partner: {query}"
    depth = 0
    for char in " ".join(quoted[::2]):
        depth += {"(": 1, ")": -1}.get(char, 0)
        if depth < 0:
            return f"the query closes a parenthesis that it does not open: {query}"
    return f"the query opens {depth} parentheses that it does not close: {query}" if depth else ""


def chosen(jobs: Sequence[Job], names: Sequence[str], path: Path) -> list[Job]:
    """The jobs named, or all that run unnamed. Raises ConfigError for a name that is none."""
    by_name = {job.name: job for job in jobs}
    for name in names:
        if name not in by_name:
            raise ConfigError(
                f"{path}: there is no job {name!r}. It has: {', '.join(sorted(by_name))}."
            )
    return [by_name[name] for name in dict.fromkeys(names)] or [
        job for job in jobs if not job.only_when_named
    ]
