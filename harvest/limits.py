"""How often a service may be asked, and how long to wait before it is asked again.

Opens no connection: ``harvest.transport`` does, and abides by what is decided here.
"""

from __future__ import annotations

import random
import re
import threading
from collections.abc import Iterable, Mapping
from datetime import datetime

from harvest.clock import Clock, told
from harvest.service import Rate, Service

# More than this nobody needs, whatever a header may grant.
MOST_GRANTED = 10
# Crossref counts by the second. A window longer than this would hold a run for days.
LONGEST_WINDOW = 60.0

# Nobody answers at all: the network is off or the address is wrong, which waiting seldom mends.
CONNECT_TRIES = 4
LONGEST_PAUSE = 20.0
LONGEST_RETRY_AFTER = 300.0
YEAR = 365 * 86_400.0
# The limit counts at the server, where requests arrive a little closer than they left.
SPREAD = 1.05
# A service that says 429 below its own limit is asked more slowly, down to a third of it.
SLOWER, SLOWEST = 1.25, 3.0


class Limiter:
    """Lets ``most`` requests go in any ``window`` seconds, and no more than ``at_once`` be under
    way; threads wait their turn at it.

    ``went`` are so many places, each with the time at which a request went from it last. Who has
    waited says when the request has ``ended``, answered or not.
    """

    def __init__(
        self, most: int, clock: Clock, window: float = 1.0, at_once: int | None = None
    ) -> None:
        self.clock = clock
        self.at_once = at_once
        self.under_way = 0
        self.window = self.granted = window * SPREAD
        self.went = [float("-inf")] * most
        self.closed_until = float("-inf")
        self.turn = threading.Lock()
        self.places = threading.Condition()

    def wait(self) -> float:
        """Wait for a place; returns the time at which it was given."""
        with self.turn:
            with self.places:
                self.places.wait_for(self._has_room)
                self.under_way += 1
            while (pause := self._opens() - self.clock.monotonic()) > 0:
                self.clock.sleep(pause)
            return self._take()

    def _has_room(self) -> bool:
        return self.at_once is None or self.under_way < self.at_once

    def ended(self) -> None:
        """A request that had a place is under way no more."""
        with self.places:
            self.under_way -= 1
            self.places.notify_all()

    def left(self, given: float) -> None:
        """The request that got its place at ``given`` has left only now, having been connected
        first: the next may follow a window after this."""
        self._take(given)

    def _take(self, place: float | None = None) -> float:
        """The place, or else the one that was left longest ago, is taken now."""
        with self.places:
            self.went.remove(place if place in self.went else min(self.went))
            self.went.append(self.clock.monotonic())
            return self.went[-1]

    def _opens(self) -> float:
        with self.places:
            return max(min(self.went) + self.window, self.closed_until)

    def close_for(self, seconds: float) -> None:
        """Let nobody go for a while, and fewer from then on: the service said it was too many."""
        self.closed_until = max(self.closed_until, self.clock.monotonic() + seconds)
        self.window = min(self.window * SLOWER, self.granted * SLOWEST)

    def grant(self, most: int, window: float, at_once: int | None = None) -> None:
        """Go by another limit from now on, which the service has told."""
        with self.places:
            if (most, window * SPREAD) != (len(self.went), self.granted):
                self.window = self.granted = window * SPREAD
                self.went = sorted([*[float("-inf")] * most, *self.went])[-most:]
            self.at_once = at_once or self.at_once
            self.places.notify_all()


def limiters(
    services: Iterable[Service], *, keyed: bool, named: bool, clock: Clock
) -> dict[str, Limiter]:
    """The limits of the services by their names; services that are counted as one share one, and
    the first of them says what it is. ``keyed``: a key is sent, ``named``: an e-mail address."""
    rates: dict[str, Rate] = {}
    for service in services:
        rates = service.limits(keyed=keyed, named=named) | rates
    return {
        name: Limiter(rate.most, clock, rate.window, rate.at_once) for name, rate in rates.items()
    }


def granted(headers: Mapping[str, str]) -> Rate | None:
    """What Crossref's headers grant (its REST API, section Rate limits); None where they name no
    such limit. They are those of the class of question (``x-api-pool``: polite-single,
    polite-array, …) that the answer is to."""
    most = headers.get("x-rate-limit-limit", "")
    window = headers.get("x-rate-limit-interval", "")
    if not (_counts(most) and window[-1:] == "s" and _counts(window[:-1])):
        return None
    if float(window[:-1]) > LONGEST_WINDOW:
        return None
    at_once = headers.get("x-concurrency-limit", "")
    most_at_once = min(int(at_once), MOST_GRANTED) if _counts(at_once) else None
    return Rate(min(int(most), MOST_GRANTED), float(window[:-1]), most_at_once)


def _counts(text: str) -> bool:
    return bool(re.fullmatch(r"[1-9][0-9]{0,8}", text))


def backoff(number: int) -> float:
    """Seconds before the next try: 1, 2, 4, … up to 20, of which a random half is taken off."""
    return float(min(LONGEST_PAUSE, 2.0 ** (number - 1)) * random.SystemRandom().uniform(0.5, 1.0))


def retry_after(value: str, now: datetime) -> float:
    """Seconds of a Retry-After, which is a number or a date (RFC 9110, 10.2.3); 0 of neither, and
    never more than a year."""
    if re.fullmatch(r"\s*[0-9]+\s*", value):
        return min(float(value), YEAR)
    until = told(value)
    return min(max(0.0, (until - now).total_seconds()), YEAR) if until else 0.0
