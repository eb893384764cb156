"""Crossref's limits since 2025-12-01 (doi 10.64000/wadve-3tj60), as its server counts them: for
each pool (public; polite, who tells an e-mail address) and class of question (single record, list).

What is over a limit is turned away with 429, and that answer has no headers that tell of limits: as
seen of the service.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from harvest.service import Rate
from harvest.standin.wire import Answer, Request

SINGLE, LIST = "single", "array"
LIMITS = {
    "public-single": Rate(5, 1.0, 1),
    "public-array": Rate(1, 1.0, 1),
    "polite-single": Rate(10, 1.0, 3),
    "polite-array": Rate(3, 1.0, 3),
}
TOO_MANY = Answer(b"Too Many Requests", "text/plain", 429)


def pool(request: Request) -> str:
    """The pool and class that a request counts against, as ``x-api-pool`` names it."""
    names_one = "/" in request.rest.strip("/")
    who = "polite" if request.value("mailto") else "public"
    return f"{who}-{SINGLE if names_one else LIST}"


def headers(request: Request) -> dict[str, str]:
    name = pool(request)
    limit = LIMITS[name]
    return {
        "x-api-pool": name,
        "x-rate-limit-limit": str(limit.most),
        "x-rate-limit-interval": f"{limit.window:.0f}s",
        "x-concurrency-limit": str(limit.at_once),
    }


@dataclass
class _Counted:
    came: deque[float] = field(default_factory=deque)
    under_way: int = 0


class CrossrefLimits:
    """Whom Crossref lets in. ``now`` is the clock, in seconds; without one all are let in, as
    clients need whose own clock is not the world's."""

    def __init__(self, now: Callable[[], float] | None) -> None:
        self.now = now
        self.lock = threading.Lock()
        self.counted = {name: _Counted() for name in LIMITS}

    def enters(self, request: Request) -> bool:
        """Whether a request is let in; it is under way then until it ``leaves``."""
        if self.now is None:
            return True
        limit, counted = LIMITS[pool(request)], self.counted[pool(request)]
        with self.lock:
            now = self.now()
            while counted.came and counted.came[0] <= now - limit.window:
                counted.came.popleft()
            if len(counted.came) >= limit.most or counted.under_way >= (limit.at_once or 1):
                return False
            counted.came.append(now)
            counted.under_way += 1
            return True

    def leaves(self, request: Request) -> None:
        """A request that was let in gets its answer now."""
        if self.now is not None:
            with self.lock:
                self.counted[pool(request)].under_way -= 1
