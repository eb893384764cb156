"""Crossref asked again about 10,000 DOIs, for their references and notices, by the command
`harvest run` of a job that refreshes, in a process of its own. The stand-in gives every answer
1.0 s after the question came and turns away, with HTTP 429, what is over the limits that Crossref
has had since 2025-12-01 for who tells an e-mail address: 10 single records and 3 lists a second,
3 of each under way at once. Five of the DOIs hold a comma, which no list can name, and five are
unknown to Crossref.

- **Time** has a limit of 80 s. The floor is that of the lists: 3 at once, with 1.0 s to the
  answer of each.
- **Requests**: the floor is a list for every 50 DOIs and one request for each of the ten above.
- **References and notices** are those that are read out of raw.db; the peer is what the answers to
  the DOIs alone say, and each DOI has the same of both.
- **One at a time** is how it was done before: a single record for each DOI, and the next when it
  is answered. 100 DOIs are asked so, in the same run, and the time is multiplied by 100: nobody
  waited for 10,000. At 10 a second no way to ask for single records takes less than 1,000 s.
"""

from __future__ import annotations

import json
import os
import random
import sqlite3
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory

from faults import latency
from loopback import record

from benchmarks.page import Row
from harvest.services import crossref
from harvest.settings import Settings
from harvest.standin import Corpus, serve
from harvest.standin.corpus import entry
from harvest.standin.crossref import work
from harvest.standin.replay import Kept
from harvest.transport import Transport
from kb.answers import Work, crossref_references, crossref_works
from kb.notices.updates import from_crossref

LIBRARIES = ("requests", "urllib3", "sqlite-utils")
LATENCY = 1.0
PAPERS = 10_000
MOST_SECONDS = 80.0
AT_ONCE = 3
ODD = 5
ALONE = 100
EMAIL = "reader@example.org"
JOBS = """
jobs:
  - {name: papers, description: all papers, seeds: [{query: neuroblastoma}]}
  - {name: watch, description: their notices, refresh: stored, sources: [crossref]}
"""
COMMAND = """
import json, sys, time
from harvest.cli import main
began = time.monotonic()
run = ["run", sys.argv[1], "--jobs", sys.argv[2], "--raw", sys.argv[3]]
if code := main(run, standalone_mode=False):
    sys.exit(code)
print(json.dumps(time.monotonic() - began))
"""
# The references and the notices of a DOI.
Said = tuple[list[str], list[tuple[object, ...]]]


def rows() -> Iterator[Row]:
    corpus = papers()
    what = f"{PAPERS:,} DOIs"
    with TemporaryDirectory() as folder:
        seconds = refreshed(corpus, Path(folder))
        raw = Path(folder, "raw.db")
        with closing(sqlite3.connect(raw)) as db:
            asked = db.execute(
                "SELECT sum(status = 429), count(*), sum(parameters LIKE 'works/%') FROM requests"
                " WHERE service = 'crossref'"
            ).fetchone()
            kept = db.execute(
                "SELECT question, body FROM answers WHERE service = 'crossref' AND status = 200"
            ).fetchall()
    turned_away, requests, singles = asked
    in_lists = said({doi: w for row in kept for doi, w in crossref_works(*row).items()})
    alone = said(known(corpus))
    if in_lists != alone:
        raise AssertionError("lists and single answers do not say the same")
    floor = ceil((PAPERS - ODD) / 50) + 2 * ODD
    least = ceil((requests - singles) / AT_ONCE) * LATENCY
    yield Row(f"{what}: time", seconds, "s", MOST_SECONDS, "limit", 1.0)
    yield Row(f"{what}: time", seconds, "s", least, "floor")
    yield Row(f"{what}: time", seconds, "s", one_at_a_time(corpus), "one at a time, 100 times 100")
    yield Row(f"{what}: requests", requests, "requests", floor, "floor", 1.0)
    yield Row(f"{what}: turned away", turned_away, "requests", requests, "all requests", 0.0)
    references, notices = (sum(len(each[n]) for each in in_lists.values()) for n in (0, 1))
    single = [sum(len(each[n]) for each in alone.values()) for n in (0, 1)]
    yield Row(f"{what}: references", references, "references", single[0], "single answers")
    yield Row(f"{what}: notices", notices, "notices", single[1], "single answers")


def papers() -> Corpus:
    """Papers that cite each other, one in a hundred a retraction of another. What Crossref says of
    them is ready before it is asked, so that the stand-in has little to do: it runs on the same
    cores."""
    chance = random.Random(PAPERS)
    dois = {pmid: f"10.5555/j.example.2020.{pmid:05}" for pmid in range(1, PAPERS + 1)}
    dois |= {pmid: f"10.5555/{pmid},{pmid + 1}" for pmid in range(1, ODD + 1)}
    unknown = range(ODD + 1, 2 * ODD + 1)
    entries = []
    for pmid, doi in dois.items():
        xml = record(pmid, f"Neuroblastoma {pmid}", chance.sample(range(1, PAPERS), 30), doi=doi)
        if pmid % 100 == 0:
            xml = xml.replace(b"</Article>", b"</Article>" + _retracts(pmid - 50))
        entries.append(entry(pmid, xml))
    corpus = Corpus(entries)
    told: dict[str, bytes | None] = {
        doi: zlib.compress(json.dumps(work(corpus, corpus.article(pmid))).encode(), 0)
        for pmid, doi in dois.items()
    }
    return Corpus(entries, Kept(crossref=told | {dois[pmid]: None for pmid in unknown}))


def _retracts(pmid: int) -> bytes:
    return (
        "<CommentsCorrectionsList><CommentsCorrections RefType='RetractionOf'><RefSource>x"
        f"</RefSource><PMID Version='1'>{pmid}</PMID></CommentsCorrections>"
        "</CommentsCorrectionsList>"
    ).encode()


def refreshed(corpus: Corpus, folder: Path) -> float:
    """Seconds of the job that refreshes, once the papers are stored."""
    jobs = folder / "jobs.yml"
    jobs.write_text(JOBS, encoding="utf-8")
    with serve(corpus) as server:
        _run("papers", jobs, environment(server.bases))
    with serve(corpus, fault=latency(LATENCY), now=time.monotonic) as server:
        return _run("watch", jobs, environment(server.bases))


def _run(job: str, jobs: Path, environment: Mapping[str, str]) -> float:
    command = [sys.executable, "-c", COMMAND, job, str(jobs), str(jobs.parent / "raw.db")]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True, text=True)
    return float(json.loads(done.stdout.splitlines()[-1]))


def environment(bases: Mapping[str, str]) -> dict[str, str]:
    told = {f"HARVEST_{name.upper()}_URL": url for name, url in bases.items()}
    return os.environ | told | {"NCBI_EMAIL": EMAIL, "NCBI_API_KEY": "0" * 36}


def known(corpus: Corpus) -> dict[str, Work]:
    """What the answers to the DOIs alone say."""
    said = {doi: body for doi, body in corpus.kept.crossref.items() if body}
    return {doi: json.loads(zlib.decompress(body)) for doi, body in said.items()}


def said(works: Mapping[str, Work]) -> dict[str, Said]:
    return {
        doi: (crossref_references(work), sorted(from_crossref(doi, work, ""), key=repr))
        for doi, work in works.items()
    }


def one_at_a_time(corpus: Corpus) -> float:
    """Seconds for all papers, as the first of them take them."""
    dois = list(known(corpus))[:ALONE]
    with serve(corpus, fault=latency(LATENCY), now=time.monotonic) as server:
        client = Transport(Settings(EMAIL, bases=server.bases), lambda _sent: None)
        began = time.monotonic()
        for doi in dois:
            crossref.work(client, doi)
        return (time.monotonic() - began) * PAPERS / len(dois)
