"""The jobs file, read and checked: what to harvest, from which seeds, how far, and when.

    jobs:
      - name: littooij
        description: The review, what it cites and what cites it
        seeds:
          - pmid: 36063183            # or pmids: [1, 2]
          - doi: 10.1007/s00247-022-05489-2   # or dois: [..., ...]
          - mesh: Neuroblastoma       # with the descriptors below it; without: Neuroblastoma:noexp
          - query: '"Neuroblastoma"[mh] AND "Diagnostic Imaging"[mh]'
        hops: 1                       # 0 where absent
        direction: both               # references, cited-by or both
        sources: [references, elink]  # who is asked for links: icite, crossref too where absent
        max_records: 5000             # a hop that would lead to more papers is not taken
        min_citations: 2              # a hop takes only papers linked with so many of the job's
        published: 1990..2025         # of searches and hops; an end may be left out: 1990..
        refresh_days: 30              # a stored record younger than this is not asked for again
        sentinels: [33779841]         # papers that a run must find, else it fails
        schedule: "0 3 * * 1"         # cron expression, UTC, for harvest run --due
        only_when_named: true         # left out where all jobs run

      - name: surveillance
        description: Asks again for all papers of the other jobs, to see what was retracted
        refresh: stored               # in the place of seeds
        refresh_days: 7
        sources: [crossref]           # asked too whether the papers were retracted; else nobody
        schedule: "0 4 * * *"

Every mistake is refused with file, job and line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from cronsim import CronSim, CronSimError

from harvest.jobs import SOURCES, Job, Seed, Window, unbalanced
from kb.ids import LARGEST_PMID, clean_doi
from kb.yaml_lines import Node, Reader, name_in

DIRECTIONS = {"references": (1, 0), "cited-by": (0, 1), "both": (1, 1)}
# Runs of these names are begun from the command line and not from a jobs file.
RESERVED = ("adhoc", "files", "resolve", "preprints")
LONGEST_NUMBER = 40  # characters, more than a number has that anybody writes
SEEDS = ("pmid", "pmids", "doi", "dois", "mesh", "query")
DAY = re.compile(r"[12][0-9]{3}(-[01][0-9](-[0-3][0-9])?)?")


def read_jobs(path: Path) -> list[Job]:
    """All jobs of a file, in order. Raises ConfigError naming file, job and line."""
    return _Jobs(path).jobs()


class _Jobs(Reader):
    def __init__(self, path: Path) -> None:
        super().__init__(path, "the jobs")
        self.enter("")

    def enter(self, job: str) -> None:
        self.job = job
        self.where = f", job {job!r}" if job else ""

    def jobs(self) -> list[Job]:
        top = self.mapping(self.root, ("jobs",), "the file")
        if "jobs" not in top:
            self.fail(self.root, "there is no list 'jobs'.")
        jobs: dict[str, Job] = {}
        for node in self.listed(top["jobs"], "jobs"):
            job = self.one_job(node)
            if job.name in jobs:
                self.fail(node, "there is another job of that name.")
            jobs[job.name] = job
            self.enter("")
        if not jobs:
            self.fail(self.root, "there are no jobs.")
        return list(jobs.values())

    def one_job(self, node: Node) -> Job:
        keys = {
            "name": self.word,
            "description": self.text,
            "seeds": self.seeds,
            "refresh": self.refreshes,
            "hops": self.count,
            "direction": self.direction,
            "sources": self.sources,
            "max_records": self.count,
            "min_citations": self.count,
            "published": self.window,
            "refresh_days": self.count,
            "sentinels": self.pmids,
            "schedule": self.schedule,
            "only_when_named": self.truth,
        }
        self.enter(name_in(node))
        fields = self.mapping(node, tuple(keys), "a job")
        for needed in ("name", "description"):
            if needed not in fields:
                self.fail(node, f"{needed!r} is missing.")
        if ("seeds" in fields) == ("refresh" in fields):
            self.fail(node, "a job has either 'seeds' or 'refresh: stored'.")
        values: dict[str, Any] = {key: keys[key](child, key) for key, child in fields.items()}
        along_references, along_citing = values.pop("direction", DIRECTIONS["both"])
        hops = values.pop("hops", 0)
        refreshes = values.pop("refresh", False)
        values.setdefault("sources", () if refreshes else SOURCES)
        return Job(
            seeds=values.pop("seeds", ()),
            refreshes=refreshes,
            references=hops * along_references,
            cited_by=hops * along_citing,
            **values,
        )

    def seeds(self, node: Node, key: str) -> tuple[Seed, ...]:
        seeds: dict[Seed, None] = {}
        for item in self.listed(node, key):
            for kind, child in self.mapping(item, SEEDS, "a seed").items():
                for value in self.seed_values(kind, child):
                    seed = Seed(self.job, kind.rstrip("s"), value)
                    if seed in seeds:
                        self.fail(child, f"the seed {value!r} is there twice.")
                    seeds[seed] = None
        if not seeds:
            self.fail(node, "there are no seeds.")
        return tuple(seeds)

    def seed_values(self, kind: str, node: Node) -> list[str]:
        if kind == "query":
            query = " ".join(self.text(node, kind).split())
            if why := unbalanced(query):
                self.fail(node, why)
            return [query]
        if kind == "mesh":
            return [self.descriptor(node, kind)]
        nodes = self.listed(node, kind) if kind.endswith("s") else [node]
        if kind.startswith("doi"):
            return [self.doi(child, kind) for child in nodes]
        return [str(self.number(child, kind, 1, LARGEST_PMID)) for child in nodes]

    def descriptor(self, node: Node, key: str) -> str:
        value = self.text(node, key)
        if not re.fullmatch(r"[^\":\[\]]+(:noexp)?", value):
            self.fail(
                node,
                f"{key!r} is {value!r}; it must be a MeSH descriptor without quotes or brackets, "
                "with :noexp behind it to leave out the descriptors below it.",
            )
        return value

    def doi(self, node: Node, key: str) -> str:
        value = self.text(node, key)
        doi = clean_doi(value)
        if not doi:
            self.fail(node, f"{value!r} is no DOI; one looks like 10.1007/s00247-022-05489-2.")
        return doi

    def pmids(self, node: Node, key: str) -> tuple[int, ...]:
        return tuple(self.number(child, key, 1, LARGEST_PMID) for child in self.listed(node, key))

    def sources(self, node: Node, key: str) -> tuple[str, ...]:
        chosen = [self.text(child, key) for child in self.listed(node, key)]
        for name in chosen:
            if name not in SOURCES:
                self.fail(node, f"{name!r} is no source. Known: {', '.join(SOURCES)}.")
        return tuple(source for source in SOURCES if source in chosen)

    def window(self, node: Node, key: str) -> Window:
        value = str(self.value(node))
        first, dots, last = (part.strip() for part in value.partition(".."))
        if not dots or not (first or last) or any(e and not _is_day(e) for e in (first, last)):
            self.fail(
                node,
                f"{key!r} must be two dates and two dots, such as 1990..2025 or 2020-06.. , "
                f"not {value!r}.",
            )
        shared = min(len(first), len(last))
        if last and last[:shared] < first[:shared]:
            self.fail(node, f"{key!r} runs backwards: {value!r}. The earlier date goes first.")
        return Window(first, last)

    def schedule(self, node: Node, key: str) -> str:
        value = self.text(node, key)
        try:
            CronSim(value, datetime(2000, 1, 1))
        except CronSimError as error:
            self.fail(
                node,
                f"{key!r} is {value!r}, which is no cron expression ({error}). One looks like "
                '"0 3 * * 1": minute, hour, day, month, weekday.',
            )
        return value

    def refreshes(self, node: Node, key: str) -> bool:
        if self.text(node, key) != "stored":
            self.fail(node, f"{key!r} can only be 'stored'.")
        return True

    def mapping(self, node: Node | None, known: Sequence[str], what: str) -> dict[str, Node]:
        pairs = self.pairs(node, f"{what} must be keys and values: {', '.join(known)}.")
        for key, _ in pairs:
            if key.value not in known:
                self.fail(key, f"{key.value!r} is no key of {what}. Known: {', '.join(known)}.")
        return {str(key.value): child for key, child in pairs}

    def listed(self, node: Node, key: str) -> list[Node]:
        return self.items(node, f"{key!r} must be a list.")

    def text(self, node: Node, key: str) -> str:
        value = self.value(node)
        if not isinstance(value, str) or not value.strip():
            self.fail(node, f"{key!r} must be text, not {value!r}.")
        return value.strip()

    def word(self, node: Node, key: str) -> str:
        value = self.text(node, key)
        if not value.replace("-", "").replace("_", "").isalnum() or value in RESERVED:
            self.fail(
                node,
                f"{key!r} is {value!r}; it must be letters, digits, - and _, "
                f"and not {' or '.join(RESERVED)}.",
            )
        return value

    def number(self, node: Node, key: str, least: int, most: int) -> int:
        # As it is written: YAML would read 012 as ten, 1:30 as ninety and 1_000 as a thousand.
        written = self.written(node) or ""
        if len(written) > LONGEST_NUMBER:
            self.fail(
                node,
                f"{key!r} must be a whole number from {least}, not one of {len(written):,} "
                "characters.",
            )
        if not re.fullmatch("0|[1-9][0-9]*", written) or not least <= int(written) <= most:
            value = self.value(node)
            odd = isinstance(value, int) and str(value) not in (written, str(value is True))
            shown = f"{written}, which YAML reads as {value}" if odd else repr(value)
            self.fail(node, f"{key!r} must be a whole number from {least}, not {shown}.")
        return int(written)

    def count(self, node: Node, key: str) -> int:
        return self.number(node, key, 0, LARGEST_PMID)

    def truth(self, node: Node, key: str) -> bool:
        value = self.value(node)
        if not isinstance(value, bool):
            self.fail(node, f"{key!r} must be true or false, not {value!r}.")
        return value

    def direction(self, node: Node, key: str) -> tuple[int, int]:
        value = self.text(node, key)
        if value not in DIRECTIONS:
            self.fail(node, f"{key!r} must be {', '.join(DIRECTIONS)}, not {value!r}.")
        return DIRECTIONS[value]


def _is_day(text: str) -> bool:
    if not DAY.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text + "0000-01-01"[len(text) :])
    except ValueError:
        return False
    return True
