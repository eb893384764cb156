"""Harvests into a raw.db from a few papers that PubMed has, and what is in it then."""

from __future__ import annotations

import io
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from loopback import FakeClock, record, record_set

from harvest.jobs import Job, Seed
from harvest.progress import Progress
from harvest.run import run_jobs
from harvest.settings import Settings
from harvest.standin import Answer, Corpus, Request, serve
from kb import raw

Fault = Callable[[int, Request, Answer], Answer]


# 100 cites 101, 102 and 999, which PubMed does not have; 103 cites 100; 101 cites 104.
PAPERS = {
    100: ("Imaging in neuroblastoma", [101, 102, 999]),
    101: ("Neuroblastoma", [104]),
    102: ("Recent advances", []),
    103: ("Later work on neuroblastoma", [100]),
    104: ("Early work", []),
}


WINDOW = re.compile(r"[0-9/]+:3000\[mdat\]")
KEY = "0123456789abcdef0123456789abcdef0123"


def job(
    *pmids: int, query: str = "", name: str = "one", hops: int = 0, refresh_days: int = 30
) -> Job:
    seeds = [Seed(name, "pmid", str(pmid)) for pmid in pmids]
    seeds += [Seed(name, "query", query)] if query else []
    return Job(name, "", tuple(seeds), hops, hops, refresh_days)


class Place:
    """A raw.db, the papers that PubMed has, and a clock."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.raw = folder / "raw.db"
        self.clock = FakeClock()
        self.papers = dict(PAPERS)
        self.said = io.StringIO()
        self.requests: list[str] = []
        # The days since which PubMed was asked what it has changed
        self.windows: list[str] = []

    @contextmanager
    def pubmed(self, fault: Fault | None = None) -> Iterator[str]:
        file = self.folder / "pubmed.xml"
        records = (record(pmid, title, cites) for pmid, (title, cites) in self.papers.items())
        file.write_bytes(record_set(*records))
        corpus = Corpus.from_files([file])
        with serve(corpus, fault=fault or (lambda number, request, answer: answer)) as server:
            yield server.url
        self.requests = [utility for utility, _ in server.requests]
        terms = (asked.get("term", [""])[0] for _, asked in server.requests)
        self.windows = [window for term in terms for window in WINDOW.findall(term)]

    def harvest(self, *jobs: Job, fault: Fault | None = None, key: str = "") -> dict[str, int]:
        """Run jobs; the sums of the last, without the outcomes that nobody has."""
        with self.pubmed(fault) as url:
            settings = Settings(bases={"eutils": url}, api_key=key)
            progress = Progress(self.said)
            runs = run_jobs(self.raw, jobs, settings, progress, self.clock, of_file=jobs)
        return self.sums(runs[-1])

    def sums(self, run: int) -> dict[str, int]:
        with closing(raw.open_raw(self.raw)) as db:
            sums = raw.sums(db, run)
        assert sums["asked"] == sum(sums[outcome] for outcome in raw.OUTCOMES)
        return {name: count for name, count in sums.items() if count}

    def rows(self, sql: str, *values: object) -> list[tuple[object, ...]]:
        connection = sqlite3.connect(self.raw)
        try:
            return connection.execute(sql, values).fetchall()
        finally:
            connection.close()

    def state(self) -> object:
        return self.rows("SELECT state FROM runs ORDER BY run DESC")[0][0]

    @property
    def note(self) -> str:
        return str(self.rows("SELECT note FROM runs ORDER BY run DESC")[0][0])

    @property
    def stored(self) -> list[object]:
        return [pmid for (pmid,) in self.rows("SELECT pmid FROM records ORDER BY pmid")]

    def failures(self) -> dict[object, object]:
        return dict(
            self.rows(  # type: ignore[arg-type]
                "SELECT pmid, reason FROM outcomes WHERE outcome = 'failed'"
                " AND run = (SELECT max(run) FROM runs)"
            )
        )
