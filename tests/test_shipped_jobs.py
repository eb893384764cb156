"""Every job that ships, run once and again against services that have not changed."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from harvesting import WINDOW
from loopback import FakeClock, settings_of

from harvest.jobs import Job
from harvest.jobs_file import read_jobs
from harvest.progress import Progress
from harvest.run import run_jobs
from harvest.standin import Answer, Corpus, Request, serve
from harvest.standin.corpus import CorpusEntry, entry
from harvest.standin.query import search
from kb import raw
from kb.data import data_dir

DATA = data_dir()
EXAMPLE = Path(__file__).parent.parent / "docs" / "examples" / "intussusception"
# The jobs, and the papers that the services have: bundled, fictional, those of the example
SHIPPED = {
    (file, job.name): (file / "jobs.yml", papers, job)
    for file, papers in ((DATA, DATA / "demo"), (EXAMPLE, EXAMPLE / "demo"))
    for job in read_jobs(file / "jobs.yml")
    if job.name != "specimen"
} | {
    (DATA, job.name): (DATA / "jobs.yml", DATA / "specimen", job)
    for job in read_jobs(DATA / "jobs.yml")
    if job.name == "specimen"
}


def knows_every_phrase(_number: int, request: Request, answer: Answer) -> Answer:
    """As all of PubMed answers, which knows every phrase and field of a shipped query; of days on
    which it has changed nothing it says that it does not know them, as the stand-in does."""
    if request.utility != "esearch":
        return answer

    def only_days(found: re.Match[bytes]) -> bytes:
        return found[0] if WINDOW.search(found[2].decode()) else b""

    unknown = rb"<((?:QuotedPhrase|Phrase|Field)NotFound)>([^<]*)</\1>"
    return replace(answer, body=re.sub(unknown, only_days, answer.body))


def corpus_of(papers: Path, job: Job) -> Corpus:
    """The papers, and in the place of each sentinel that the search does not find among so few one
    that it finds."""
    corpus = Corpus.from_files([papers / "pubmed.xml"])
    return Corpus([*corpus.entries.values(), *_sentinels(corpus, job)])


def _sentinels(corpus: Corpus, job: Job) -> Iterator[CorpusEntry]:
    for seed in job.seeds:
        if seed.kind == "query":
            hits, _ = search(corpus, seed.query, lambda _key: [])
            found = min(hits.pmids)
            for pmid in {*job.sentinels} - hits.pmids:
                xml = corpus.xml(found).replace(b">%d<" % found, b">%d<" % pmid)
                yield entry(pmid, xml)


@pytest.mark.parametrize("days", [0, 1, 6])
@pytest.mark.parametrize("shipped", SHIPPED, ids=lambda key: key[1])
def test_a_job_run_three_times_is_complete_and_fetches_nothing_twice(
    tmp_path: Path, shipped: tuple[Path, str], days: int
) -> None:
    _, papers, job = SHIPPED[shipped]
    jobs, clock, said = [job], FakeClock(), io.StringIO()
    if job.refreshes:  # asks again for what another job brought
        jobs = [replace(job, name="demo", seeds=_demo().seeds, refreshes=False), job]
    told: list[str] = []
    sums = []
    with serve(corpus_of(papers, job), fault=knows_every_phrase) as server:
        for _ in range(3):
            settings = settings_of(server, api_key="0" * 36)
            runs = run_jobs(
                tmp_path / "raw.db", jobs, settings, Progress(said), clock, of_file=jobs
            )
            with closing(raw.open_raw(tmp_path / "raw.db")) as db:
                sums.append(raw.sums(db, runs[-1]))
                told += [
                    f"{state}: {note}"
                    for state, note in db.execute(
                        "SELECT state, note FROM runs ORDER BY run DESC LIMIT ?", [len(jobs)]
                    )
                ]
            clock.sleep(86_400 * days)
    assert set(told) == {"complete: None"}
    first, *again = sums
    assert first["stored"] or job.refreshes
    for later in again:
        # Papers that PubMed does not have are asked for every time.
        assert later["asked"] == later["missing"] <= first["missing"]


def _demo() -> Job:
    [demo] = [job for job in read_jobs(DATA / "jobs.yml") if job.name == "demo"]
    return demo


def test_no_shipped_job_is_left_out() -> None:
    files = [*Path(DATA).rglob("jobs.yml"), *EXAMPLE.parent.rglob("jobs.yml")]
    assert sum(len(read_jobs(file)) for file in files) == len(SHIPPED)
