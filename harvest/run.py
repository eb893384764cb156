"""A run of jobs: seeds, searches, records, and hop by hop what they cite and what cites them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from math import ceil
from pathlib import Path

from harvest import ledger, plan, reports
from harvest.clock import Clock, moment, stamp, told
from harvest.jobs import Job, Seed, Window
from harvest.ledger import Ledger, Store
from harvest.links import CITED_BY, CITES, RunLinks
from harvest.overlap import overlapped
from harvest.progress import Progress
from harvest.services.entrez import (
    FETCH_BATCH,
    LINK_BATCH,
    NAME,
    Fetched,
    Search,
    efetch,
    esearch,
    fetches_at_once,
)
from harvest.settings import Settings
from harvest.transport import Sent, Transport
from kb import raw
from kb.errors import ConfigError, InputError, ServiceFailed
from kb.raw import Reach

# So many batches in a row of which nothing came: the service is down, and asking on is no use.
BARREN_BATCHES = 3
# PubMed dates changes by the day, and what is changed late on a day is found by a later search.
OVERLAP = timedelta(days=3)
# A search that found so many at least and now finds less than half of them is not believed.
MANY = 10


def run_jobs(
    path: Path,
    jobs: Sequence[Job],
    settings: Settings,
    progress: Progress,
    clock: Clock | None = None,
    *,
    of_file: Sequence[Job] = (),
) -> list[int]:
    """Run jobs one after the other into raw.db; returns their run numbers.

    ``of_file`` are all jobs of the jobs file, which the seeds in raw.db are to follow; empty where
    the jobs come from elsewhere. A service that fails, a search that is refused and records that do
    not come make the run incomplete, and the next job goes on. Raises Locked, ConfigError, and
    Incomplete when stopped.
    """
    if not settings.base(NAME):
        raise ConfigError(
            "Entrez is switched off (HARVEST_EUTILS_URL is empty), and nothing else can be asked "
            "for records. Unset it to ask NCBI."
        )
    clock = clock or Clock()
    with ledger.opened(path, clock) as store:

        def log(sent: Sent) -> None:
            store.sent.append(sent)
            if sent.outcome != "answered":
                progress.say(f"{sent.service}: {sent.outcome}")

        if of_file:
            _follow(store, of_file, progress)
        transport = Transport(settings, log, clock, progress.say)
        runs = []
        for job in jobs:
            with ledger.begun(store, job.name) as book:
                runs.append(book.run)
                _Harvest(book, job, transport, progress).run()
        return runs


def days_ago(clock: Clock, days: float) -> str:
    return f"{clock.now() - timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}"


def shrunk(search: Search, before: int) -> bool:
    return before >= MANY and search.count < before / 2


def follow_file(
    path: Path, of_file: Sequence[Job], progress: Progress, clock: Clock | None = None
) -> None:
    """Let a raw.db that is there follow the jobs file although no job is run."""
    if path.exists():
        with ledger.opened(path, clock or Clock()) as store:
            _follow(store, of_file, progress)


def _follow(store: Store, of_file: Sequence[Job], progress: Progress) -> None:
    if gone := ledger.follow(store, of_file):
        progress.say(
            "No longer in the jobs file, so what only they brought leaves the next build: "
            f"{'; '.join(reports.named(gone))}"
        )


class _Harvest:
    """One job of one run."""

    def __init__(self, book: Ledger, job: Job, transport: Transport, progress: Progress) -> None:
        self.book = book
        self.job = job
        self.transport = transport
        self.progress = progress
        # Records read since then are young enough not to be asked for again.
        self.not_before = days_ago(transport.clock, job.refresh_days)
        self.links = RunLinks(book, job, transport, progress, self.not_before)
        self.revised: set[int] = set()
        self.linkers: dict[int, set[str]] = defaultdict(set)
        self.reached: set[int] = set()
        self.outside: set[int] = set()

    def run(self) -> None:
        self.book.seed(self.job)
        try:
            if self.job.refreshes:
                self.reached = self.book.live()
                self.fetch(sorted(self.reached), 0)
                self.links.refresh(self.reached)
            else:
                self.snowball()
        except ServiceFailed as failure:
            self.book.problem(str(failure))
        self.look_for_seeds()
        self.look_for_sentinels()

    def look_for_seeds(self) -> None:
        seeds = {int(seed.value) for seed in self.job.seeds if seed.kind == "pmid"}
        for pmid, why in self.book.outcomes("missing", "withdrawn").items():
            if pmid in seeds:
                self.book.problem(f"PMID {pmid}, a seed of the job: {why}.")

    def look_for_sentinels(self) -> None:
        stored = self.reached & raw.stored_pmids(self.book.db) - self.outside
        for pmid in self.job.sentinels:
            if pmid not in stored:
                self.book.problem(
                    f"PMID {pmid}, a sentinel that job {self.job.name} must find, was not found. "
                    "Check its searches: something that was in their reach no longer is."
                )

    def snowball(self) -> None:
        steps, visited = list(self.first_steps()), set[tuple[str, int]]()
        for hop in range(self.job.hops + 1):
            new = plan.frontier(steps, visited)
            if hop < self.job.hops:
                visited |= {(step.seed, step.pmid) for step in new}
            self.reached.update(step.pmid for step in new)
            if (papers := len(self.reached)) > self.job.max_records:
                self.book.problem(
                    f"hop {hop} leads to {papers:,} papers in all, more than max_records "
                    f"({self.job.max_records:,}): it was not taken. Raise max_records, or narrow "
                    "the seeds."
                )
                return
            pmids = list(dict.fromkeys(step.pmid for step in new))
            try:
                self.fetch(pmids, hop)
            finally:
                if hop:
                    self.outside |= self.published_outside(pmids)
                self.book.reached(step for step in steps if step.pmid not in self.outside)
            if hop < self.job.hops:
                steps = self.next_steps([s for s in new if s.pmid not in self.outside], hop)

    def first_steps(self) -> Iterator[Reach]:
        for seed in self.job.seeds:
            if seed.kind == "pmid":
                yield Reach(seed.seed, int(seed.value), "", 0, "seed")
            elif seed.kind in {"query", "mesh"} and (search := self.search(seed)):
                name = seed.seed  # one text for all, of which there may be 100,000
                yield from (Reach(name, pmid, "", 0, "search") for pmid in search.pmids)
        yield from self.doi_steps([seed for seed in self.job.seeds if seed.kind == "doi"])

    def doi_steps(self, seeds: Sequence[Seed]) -> Iterator[Reach]:
        pmids = self.links.dois([seed.value for seed in seeds])
        for seed in seeds:
            if seed.value in pmids:
                yield Reach(seed.seed, pmids[seed.value], "", 0, "seed")
            else:
                self.book.problem(f"DOI {seed.value}, a seed of the job: PubMed has no such paper.")

    def search(self, seed: Seed) -> Search | None:
        """What a query finds; None where it failed, which is in the books then."""
        try:
            search = esearch(self.transport, seed.query, self.job.published.parameters)
            before = self.book.count_before(search.replies[0].question)
            if shrunk(search, before):
                search = esearch(self.transport, seed.query, self.job.published.parameters)
            self.book.answered(search.replies)
            self.book.began_by(told(search.replies[0].headers.get("date", "")))
            if since := self.book.last_complete(self.job.name, stamp(self.transport.clock)):
                self.look_for_revised(seed, since)
        except (InputError, ServiceFailed) as error:
            if isinstance(error, ServiceFailed) and error.down:
                raise
            self.book.problem(f"the search {seed.query!r} failed: {error}")
            return None
        if shrunk(search, before):
            self.book.problem(
                f"the search {seed.query!r} found {search.count:,} papers, twice, where it found "
                f"{before:,} before. What was found before stays. Look at the query in PubMed."
            )
        self.progress.say(
            f"{self.job.name}: {search.count:,} papers found. PubMed read the query as: "
            f"{search.translation}"
        )
        return search

    def look_for_revised(self, seed: Seed, since: str) -> None:
        """Papers of a query that PubMed has changed since the last complete run."""
        day = (moment(since) - OVERLAP).strftime("%Y/%m/%d")
        dates = self.job.published.parameters
        search = esearch(self.transport, seed.query, dates, within=f"{day}:3000[mdat]")
        self.book.answered(search.replies)
        self.revised.update(search.pmids)

    def next_steps(self, new: Sequence[Reach], hop: int) -> list[Reach]:
        directions = [CITES] * (hop < self.job.references) + [CITED_BY] * (hop < self.job.cited_by)
        pmids = list(dict.fromkeys(step.pmid for step in new))
        steps = plan.expand(new, self.links.of(pmids, directions))
        for step in steps:
            self.linkers[step.pmid].add(step.via)
        taken = [s for s in steps if len(self.linkers[s.pmid]) >= self.job.min_citations]
        if left := {s.pmid for s in steps} - {s.pmid for s in taken}:
            self.progress.say(
                f"{self.job.name}, hop {hop + 1}: {len(left):,} papers are linked with fewer than "
                f"{self.job.min_citations} papers of the job and were left"
            )
        return taken

    def published_outside(self, pmids: Sequence[int]) -> set[int]:
        """Papers of these that were published outside the window of the job."""
        window = self.job.published
        if window == Window():
            return set()
        return {a.pmid for a in self.book.articles(pmids) if not window.holds(a.pub_date)}

    def fetch(self, pmids: Sequence[int], hop: int) -> None:
        asked = self.book.asked()
        last_read = ledger.last_read(self.book.db, stamp(self.transport.clock))
        due = set(plan.wanted(pmids, last_read, self.not_before))
        due |= set(plan.wanted(self.revised, last_read, days_ago(self.transport.clock, 1)))
        wanted = [pmid for pmid in pmids if pmid in due and pmid not in asked]
        where = self.job.name + (f", hop {hop}" if hop else "")
        if not wanted:
            self.progress.say(f"{where}: nothing to fetch, {len(pmids):,} papers are up to date")
            return
        with self.progress.track(f"{where}: fetching", len(wanted)) as done:
            self.fetch_all(wanted, done)

    def fetch_all(self, wanted: Sequence[int], done: Callable[[int], None]) -> None:
        """Fetch in batches, several under way. Raises ServiceFailed where it is no use to go on."""
        failure: ServiceFailed | None = None
        barren = 0

        def asked() -> Iterator[Sequence[int]]:
            for batch in plan.batches(wanted, FETCH_BATCH):
                if failure:
                    return
                self.book.ask(batch)
                yield batch

        source = self.transport.settings.source
        most = fetches_at_once(self.transport.rate(NAME))
        for batch, fetched in overlapped(
            lambda batch: efetch(self.transport, batch), asked(), most
        ):
            if isinstance(fetched, ServiceFailed):
                failure = fetched
                fetched = Fetched(failed=dict.fromkeys(batch, failure.why))
            self.book.fetched(fetched, source)
            done(len(batch))
            barren = barren + 1 if len(fetched.failed) == len(batch) else 0
            if barren >= BARREN_BATCHES and not failure:
                failure = self.no_use(barren, next(iter(fetched.failed.values())))
        if failure:
            raise failure

    def no_use(self, batches: int, why: str) -> ServiceFailed:
        return ServiceFailed(
            f"{self.transport.base(NAME)}: nothing came of {batches} batches in a row "
            f"({why}); the others were not asked for. Run the same command again later; what is "
            "stored stays.",
            why=why,
        )


def estimate(path: Path, job: Job, clock: Clock) -> plan.Estimate:
    """What a job would ask for at least, from its seeds and from where they led before."""
    pmids = {int(seed.value) for seed in job.seeds if seed.kind == "pmid"}
    searches = sum(seed.kind in {"query", "mesh"} for seed in job.seeds)
    searches += any(seed.kind == "doi" for seed in job.seeds)
    last_read: dict[int, str] = {}
    if path.exists():
        db = raw.open_raw(path)
        last_read = ledger.last_read(db, stamp(clock))
        seeds = {seed.seed for seed in job.seeds}
        reach = db.execute("SELECT seed, pmid FROM reach WHERE hop <= ?", [job.hops])
        pmids |= {pmid for seed, pmid in reach if job.refreshes or seed in seeds}
        db.close()
    wanted = plan.wanted(sorted(pmids), last_read, days_ago(clock, job.refresh_days))
    ways = (job.references > 0) + (job.cited_by > 0)
    links = ways * ceil(len(wanted) / LINK_BATCH) if "elink" in job.sources else 0
    return plan.Estimate(searches, len(wanted), ceil(len(wanted) / FETCH_BATCH), links)
