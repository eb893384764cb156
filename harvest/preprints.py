"""A search for preprints: its answers are kept in raw.db, for people and later builds to read."""

from __future__ import annotations

from pathlib import Path

from harvest import ledger
from harvest.clock import Clock
from harvest.progress import Progress
from harvest.services.europepmc import EUROPEPMC, PREPRINTS, Preprint, listed, preprints
from harvest.settings import Settings
from harvest.transport import Transport
from kb.errors import ConfigError, ServiceFailed


def search_preprints(
    raw: Path, query: str, settings: Settings, progress: Progress, clock: Clock | None = None
) -> tuple[int, list[Preprint]]:
    """Keep what Europe PMC answers; returns the run's number and the preprints that it names.

    A search that fails makes the run incomplete, and nothing of it is kept. Raises ConfigError
    where Europe PMC is switched off, and what ``ledger.opened`` raises.
    """
    if not settings.base(EUROPEPMC.name):
        raise ConfigError(
            "Europe PMC is switched off: this search was never tried with the real service. "
            f"To try it: export {EUROPEPMC.variable}={EUROPEPMC.example}"
        )
    clock = clock or Clock()
    with ledger.opened(raw, clock) as store, ledger.begun(store, PREPRINTS) as book:
        transport = Transport(settings, store.sent.append, clock, progress.say)
        try:
            replies = preprints(transport, query)
        except ServiceFailed as failure:
            book.problem(f"the search {query!r} failed: {failure}")
            return book.run, []
        book.answered(replies)
        return book.run, listed(reply.body for reply in replies)
