"""A harvest of 1,000, 10,000 and 60,000 records by one query, from the stand-in of NCBI on this
machine, which gives every answer 1.0 s after the question came. The command `harvest search` runs
in a process of its own; its time is that of the command, without the start of the interpreter, and
its memory the most that it ever held (VmHWM). Records have about the size of PubMed's.

- **Requests**: the floor is ceil(records / 9,999) searches and ceil(records / 200) fetches.
- **Time**: the floor is the requests that were made, divided by NCBI's limit of 3 a second (10 with
  a key), and one latency.
- **In one second**: the most requests that came to the server within any sliding second.
- **One at a time**: the peer puts the same questions one after the other and keeps Biopython's
  distance between them (0.37 s, with a key 0.1 s); it stores nothing.

Two bars cannot be kept with a key. 1,000 records: whoever searches first and fetches then waits two
latencies, 2.0 s, and the bar is 1.15 × (6 / 10 + 1) s = 1.84 s. 10,000 records: nothing can be
asked before the first answer comes, at 1.0 s. From then on 52 questions leave, ten in 1.05 s (a
second, and a margin because they arrive closer together than they left), so the last at 6.25 s; it
is answered at 7.25 s, when the bar, 1.15 × (53 / 10 + 1) s = 7.245 s, is over. That holds in any
order: were the papers that the first answer names fetched while the ranges of UIDs are searched,
the last of the 52 would leave at the same time.
"""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory

import requests
from faults import latency, most_at_once
from loopback import record

from benchmarks.page import Row
from harvest.plan import batches
from harvest.services.entrez import FETCH_BATCH, MOST_FOUND
from harvest.standin import Corpus, Standin, serve
from harvest.standin.corpus import CorpusEntry

LIBRARIES = ("requests", "urllib3", "sqlite-utils")
LATENCY = 1.0
SIZES = (1_000, 10_000, 60_000)
KEYS = {"no key": "", "key": "0" * 36}
LIMITS = {"no key": 3, "key": 10}
BIOPYTHON = {"no key": 0.37, "key": 0.1}
NEWEST = 41_000_000
MOST_MEMORY = 250.0
WORDS = "tumour imaging children staging bone marrow MIBG uptake survival relapse stage risk"

# Runs the command and tells its time and the most memory that the process has held.
COMMAND = """
import json, re, sys, time
from pathlib import Path
from harvest.cli import main
began = time.monotonic()
main(["search", "neuroblastoma", "--raw", sys.argv[1]], standalone_mode=False)
seconds = time.monotonic() - began
peak = re.search(r"VmHWM:\\s*([0-9]+) kB", Path("/proc/self/status").read_text())
print(json.dumps({"seconds": seconds, "megabytes": int(peak[1]) / 1000}))
"""


@dataclass(frozen=True)
class Harvested:
    requests: int
    seconds: float
    megabytes: float
    at_once: int


def rows() -> Iterator[Row]:
    peaks: dict[tuple[str, int], float] = {}
    for size in SIZES:
        corpus = papers(size)
        floor = ceil(size / MOST_FOUND) + ceil(size / FETCH_BATCH)
        for key, per_second in LIMITS.items():
            what = f"{size:,} records, {key}"
            done = harvested(corpus, KEYS[key])
            peaks[key, size] = done.megabytes
            yield Row(f"{what}: requests", done.requests, "requests", floor, "floor", 1.10)
            least = done.requests / per_second + LATENCY
            yield Row(f"{what}: time", done.seconds, "s", least, "floor", 1.15)
            yield Row(f"{what}: in one second", done.at_once, "requests", per_second, "limit", 1.0)
            if size < SIZES[-1]:
                peer = one_at_a_time(corpus, KEYS[key], BIOPYTHON[key])
                yield Row(f"{what}: time", done.seconds, "s", peer, "peer, one at a time")
    most, least = SIZES[-1], SIZES[0]
    for key in KEYS:
        peak = peaks[key, most]
        yield Row(f"{most:,} records, {key}: memory", peak, "MB", MOST_MEMORY, "limit", 1.0)
        small = peaks[key, least]
        yield Row(f"{most:,} records, {key}: memory", peak, "MB", small, f"{least:,} records", 1.3)


def papers(count: int) -> Corpus:
    """Papers spread over PubMed's numbers, somewhat more among the newer, as its own are."""
    chance = random.Random(count)
    pmids: set[int] = set()
    while len(pmids) < count:
        pmids.add(round(NEWEST * chance.random() ** 0.8) + 1)
    abstracts = [" ".join(chance.choices(WORDS.split(), k=250)) for _ in range(100)]
    return Corpus(_entry(pmid, chance.choice(abstracts)) for pmid in pmids)


def _entry(pmid: int, abstract: str) -> CorpusEntry:
    """Not read from its XML, of which the stand-in needs no more than the query finds, and not
    packed, so that the stand-in has little to do: it runs on the same cores."""
    xml = record(pmid, f"Neuroblastoma {pmid}", range(pmid, pmid + 30), abstract)
    return CorpusEntry(pmid, 1, zlib.compress(xml, 0), title="\n neuroblastoma \n")


def harvested(corpus: Corpus, key: str) -> Harvested:
    with TemporaryDirectory() as folder, serve(corpus, fault=latency(LATENCY)) as server:
        command = [sys.executable, "-c", COMMAND, str(Path(folder, "raw.db"))]
        done = subprocess.run(
            command, env=environment(server, key), stdout=subprocess.PIPE, check=True, text=True
        )
        told = json.loads(done.stdout.splitlines()[-1])
    arrived = len(server.arrivals)
    return Harvested(arrived, told["seconds"], told["megabytes"], most_at_once(server.arrivals))


def environment(server: Standin, key: str) -> dict[str, str]:
    bases = {"HARVEST_EUTILS_URL": server.url, "HARVEST_ICITE_URL": ""}
    return os.environ | bases | {"HARVEST_CROSSREF_URL": "", "NCBI_API_KEY": key}


def one_at_a_time(corpus: Corpus, key: str, distance: float) -> float:
    """Seconds of a client that waits for each answer before it puts the next question."""
    with serve(corpus, fault=latency(LATENCY)) as server, requests.Session() as session:
        session.trust_env = False
        last = float("-inf")

        def ask(utility: str, **parameters: str) -> bytes:
            nonlocal last
            time.sleep(max(0.0, last + distance - time.monotonic()))
            last = time.monotonic()
            form = {"db": "pubmed", "retmode": "xml", "api_key": key, **parameters}
            return session.post(f"{server.url}{utility}.fcgi", data=form, timeout=60).content

        def search(*span: int) -> list[str]:
            term = f"neuroblastoma AND {span[0]}:{span[1]}[uid]" if span else "neuroblastoma"
            answer = ask("esearch", term=term, retmax=str(MOST_FOUND)).decode()
            return re.findall("<Id>([0-9]+)</Id>", answer)

        began = time.monotonic()
        found = search()
        if len(found) < len(corpus.pmids):
            half = NEWEST // 2  # of the largest number of papers that a peer is given
            found = search(1, half) + search(half + 1, NEWEST + 1)
        for batch in batches(found, FETCH_BATCH):
            ask("efetch", id=",".join(batch))
        return time.monotonic() - began
