"""Time as a harvest sees it, and the form in which raw.db keeps it."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

FIRST_YEAR = 1990


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
    return stamp_of(clock.now())


def stamp_of(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def told(date: str) -> datetime | None:
    """The time of a date in a header (RFC 9110, 5.6.7), UTC; None where it is none, such as a day
    that no calendar has, a zone that no place is in or a year before there was a web."""
    try:
        time = parsedate_to_datetime(date)
        time = time.replace(tzinfo=time.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return time if time.year >= FIRST_YEAR else None


def moment(stamped: str) -> datetime:
    """The time of a stamp of raw.db."""
    return datetime.strptime(stamped, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
