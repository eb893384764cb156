"""Time as a harvest sees it, and the form in which raw.db keeps it."""

from __future__ import annotations

import time
from datetime import UTC, datetime


class Clock:
    """The time, and waiting; tests pass one that does not wait."""

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    def now(self) -> datetime:
        return datetime.now(UTC)


def stamp(clock: Clock) -> str:
    """UTC, ISO 8601 to the second, as raw.db keeps it."""
    return clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(stamped: str) -> datetime:
    """The time of a stamp of raw.db."""
    return datetime.strptime(stamped, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
