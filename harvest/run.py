"""A run of jobs: seeds, searches, records, and hop by hop what they cite and what cites them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from math import ceil
from pathlib import Path

from harvest import ledger, plan
from harvest.jobs import Job, Seed
from harvest.ledger import Ledger
from harvest.progress import Progress
from harvest.services.entrez import (
    CITED_IN,
    FETCH_BATCH,
    LINK_BATCH,
    Fetched,
    Search,
    efetch,
    elink,
    esearch,
)
from harvest.transport import Clock, Sent, Settings, Transport
from kb import raw
from kb.errors import ConfigError, InputError, ServiceFailed
from kb.raw import Reach

# So many batches in a row of which nothing came: the service is down, and asking on is no use.
BARREN_BATCHES = 3


def run_jobs(
    path: Path,
    jobs: Sequence[Job],
    settings: Settings,
    progress: Progress,
    clock: Clock | None = None,
) -> list[int]:
    """Run jobs one after the other into raw.db; returns their run numbers.

    A service that fails, a search that is refused and records that do not come make the run
    incomplete, and the next job goes on. Raises Locked, ConfigError, and Incomplete when stopped.
    """
    if not settings.eutils:
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

        transport = Transport(settings, log, clock)
        runs = []
        for job in jobs:
            with ledger.begun(store, job.name) as book:
                runs.append(book.run)
                _Harvest(book, job, transport, progress).run()
        return runs


def not_before(job: Job, clock: Clock) -> str:
    """Records read since then are young enough not to be asked for again."""
    return f"{clock.now() - timedelta(days=job.refresh_days):%Y-%m-%dT%H:%M:%SZ}"


class _Harvest:
    """One job of one run."""

    def __init__(self, book: Ledger, job: Job, transport: Transport, progress: Progress) -> None:
        self.book = book
        self.job = job
        self.transport = transport
        self.progress = progress
        self.not_before = not_before(job, transport.clock)

    def run(self) -> None:
        adhoc = self.job.name == "adhoc"
        self.book.seed(self.job.seeds, whole_job="" if adhoc else self.job.name)
        try:
            self.snowball()
        except ServiceFailed as failure:
            self.book.problem(str(failure))
        seeds = {int(seed.value) for seed in self.job.seeds if seed.kind == "pmid"}
        for pmid, why in self.book.outcomes("missing", "withdrawn").items():
            if pmid in seeds:
                self.book.problem(f"PMID {pmid}, a seed of the job: {why}.")

    def snowball(self) -> None:
        steps, visited = list(self.first_steps()), set[tuple[str, int]]()
        for hop in range(self.job.hops + 1):
            new = plan.frontier(steps, visited)
            visited |= {(step.seed, step.pmid) for step in new}
            if (papers := len({pmid for _, pmid in visited})) > self.job.max_records:
                self.book.problem(
                    f"hop {hop} leads to {papers:,} papers in all, more than max_records "
                    f"({self.job.max_records:,}): it was not taken. Raise max_records, or narrow "
                    "the seeds."
                )
                return
            self.book.reached(steps)
            self.fetch([step.pmid for step in new], hop)
            if hop < self.job.hops:
                steps = self.next_steps(new, hop)

    def first_steps(self) -> Iterator[Reach]:
        for seed in self.job.seeds:
            if seed.kind == "pmid":
                yield Reach(seed.seed, int(seed.value), "", 0, "seed")
            elif found := self.search(seed):
                for pmid in found.pmids:
                    yield Reach(seed.seed, pmid, "", 0, "search")

    def search(self, seed: Seed) -> Search | None:
        """What a query finds; None where it failed, which is in the books then."""
        try:
            found = esearch(self.transport, seed.value)
        except (InputError, ServiceFailed) as error:
            if isinstance(error, ServiceFailed) and error.down:
                raise
            self.book.problem(f"the search {seed.value!r} failed: {error}")
            return None
        self.book.answered(found.replies)
        self.progress.say(
            f"{self.job.name}: {len(found.pmids):,} papers found. PubMed read the query as: "
            f"{found.translation}"
        )
        return found

    def next_steps(self, new: Sequence[Reach], hop: int) -> list[Reach]:
        pmids = list(dict.fromkeys(step.pmid for step in new))
        references = self.book.references(pmids) if hop < self.job.references else {}
        citing = self.citing(pmids) if hop < self.job.cited_by else {}
        return plan.expand(new, references, citing)

    def citing(self, pmids: Sequence[int]) -> dict[int, list[int]]:
        """Papers that cite these, as ELink knows; of stored ones alone, for it knows no others."""
        known = self.book.linked(CITED_IN, self.not_before)
        stored = raw.stored_pmids(self.book.db)
        open_questions = [pmid for pmid in pmids if pmid in stored and pmid not in known]
        if not open_questions:
            return known
        try:
            self.ask_citing(open_questions)
        except ServiceFailed as failure:
            self.book.problem(f"not all citing papers could be asked for: {failure}")
        return self.book.linked(CITED_IN, self.not_before)

    def ask_citing(self, pmids: Sequence[int]) -> None:
        with self.progress.track(f"{self.job.name}: asking what cites them", len(pmids)) as done:
            for batch in plan.batches(pmids, LINK_BATCH):
                self.book.answered([elink(self.transport, batch, CITED_IN)])
                done(len(batch))

    def fetch(self, pmids: Sequence[int], hop: int) -> None:
        asked = self.book.asked()
        due = plan.wanted(pmids, ledger.last_read(self.book.db), self.not_before)
        wanted = [pmid for pmid in due if pmid not in asked]
        where = self.job.name + (f", hop {hop}" if hop else "")
        if not wanted:
            self.progress.say(
                f"{where}: nothing to fetch, {len(set(pmids)):,} papers are up to date"
            )
            return
        barren = 0
        with self.progress.track(f"{where}: fetching", len(wanted)) as done:
            for batch in plan.batches(wanted, FETCH_BATCH):
                fetched = self.fetch_batch(batch)
                done(len(batch))
                barren = barren + 1 if len(fetched.failed) == len(batch) else 0
                if barren == BARREN_BATCHES:
                    why = next(iter(fetched.failed.values()))
                    raise ServiceFailed(
                        f"{self.transport.settings.eutils}: nothing came of {barren} batches in "
                        f"a row ({why}); the others were not asked for. Run the same command "
                        "again later; what is stored stays.",
                        why=why,
                    )

    def fetch_batch(self, batch: Sequence[int]) -> Fetched:
        self.book.ask(batch)
        try:
            fetched = efetch(self.transport, batch)
        except ServiceFailed as failure:
            self.book.fetched(Fetched(failed=dict.fromkeys(batch, failure.why)))
            raise
        self.book.fetched(fetched, self.transport.settings.source)
        return fetched


def estimate(path: Path, job: Job, clock: Clock) -> plan.Estimate:
    """What a job would ask for at least, from its seeds and from where they led before."""
    pmids = {int(seed.value) for seed in job.seeds if seed.kind == "pmid"}
    searches = sum(seed.kind == "query" for seed in job.seeds)
    last_read: dict[int, str] = {}
    if path.exists():
        db = raw.open_raw(path)
        last_read = ledger.last_read(db)
        seeds = {seed.seed for seed in job.seeds}
        reach = db.execute("SELECT seed, pmid FROM reach WHERE hop <= ?", [job.hops])
        pmids |= {pmid for seed, pmid in reach if seed in seeds}
        db.close()
    wanted = plan.wanted(sorted(pmids), last_read, not_before(job, clock))
    links = ceil(len(wanted) / LINK_BATCH) if job.cited_by else 0
    return plan.Estimate(searches, len(wanted), ceil(len(wanted) / FETCH_BATCH), links)
