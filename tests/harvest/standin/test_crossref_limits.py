"""Crossref's limits as the stand-in counts them, and the harvest's own limits against them."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable

import pytest
import requests
from loopback import FakeClock, record

from harvest.limits import limiters
from harvest.services import SERVICES
from harvest.standin import Corpus, Request, serve
from harvest.standin.corpus import entry
from harvest.standin.crossref_limits import LIMITS, CrossrefLimits, headers, pool
from harvest.standin.wire import Answer, Wire

MAILTO = {"mailto": ["reader@example.org"]}
POOLS = {
    "public-single": Request("crossref", {}, "", "works/10.1000%2Fa"),
    "public-array": Request("crossref", {"filter": ["doi:10.1000/a"]}, "", "works"),
    "polite-single": Request("crossref", MAILTO, "", "works/10.1000%2Fa"),
    "polite-array": Request("crossref", MAILTO | {"query": ["x"]}, "", "works/"),
}


@pytest.mark.parametrize("name", POOLS)
def test_a_question_counts_for_its_class_in_the_pool_of_who_asks(name: str) -> None:
    assert pool(POOLS[name]) == name
    told = headers(POOLS[name])
    assert told["x-api-pool"] == name
    assert told["x-rate-limit-interval"] == "1s"


def test_the_headers_tell_the_table_of_december_2025() -> None:
    told = [headers(POOLS[name]) for name in LIMITS]
    assert [each["x-rate-limit-limit"] for each in told] == ["5", "1", "10", "3"]
    assert [each["x-concurrency-limit"] for each in told] == ["1", "1", "3", "3"]


@pytest.mark.parametrize("name", POOLS)
def test_so_many_are_let_in_within_a_second_and_the_next_after_it(name: str) -> None:
    clock = FakeClock()
    limits = CrossrefLimits(clock.monotonic)
    request = POOLS[name]

    def enters() -> bool:
        entered = limits.enters(request)
        if entered:
            limits.leaves(request)
        return entered

    assert [enters() for _ in range(LIMITS[name].most + 1)] == [True] * LIMITS[name].most + [False]
    clock.sleep(0.999)
    assert not enters()
    clock.sleep(0.001)
    assert enters()


@pytest.mark.parametrize("name", POOLS)
def test_so_many_are_under_way_at_once(name: str) -> None:
    clock = FakeClock()
    limits = CrossrefLimits(clock.monotonic)
    request, at_once = POOLS[name], LIMITS[name].at_once or 0
    assert all(limits.enters(request) for _ in range(at_once))
    clock.sleep(2)
    assert not limits.enters(request)
    limits.leaves(request)
    assert limits.enters(request)


def test_one_class_does_not_use_up_the_other() -> None:
    limits = CrossrefLimits(FakeClock().monotonic)
    assert all(limits.enters(request) for request in POOLS.values())


def test_without_a_clock_all_are_let_in() -> None:
    limits = CrossrefLimits(None)
    assert all(limits.enters(POOLS["public-array"]) for _ in range(20))


def test_who_is_turned_away_gets_429_and_is_told_no_limit(session: requests.Session) -> None:
    corpus = Corpus([entry(1, record(1, doi="10.1000/a"))])
    with serve(corpus, now=FakeClock().monotonic) as server:
        url = f"{server.base('crossref')}works"
        answers = [session.get(url, params={"rows": "1"}, timeout=10) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [200, 429]
        assert "x-rate-limit-limit" not in answers[1].headers
        assert session.get(f"{url}/10.1000%2Fa", timeout=10).status_code == 200


@pytest.mark.parametrize("spoils", ["another answer", "a fault that fails", "a client that left"])
def test_a_place_is_free_again_whatever_became_of_the_answer(
    spoils: str, session: requests.Session
) -> None:
    clock = FakeClock()

    def fault(number: int, _request: Request, answer: Answer) -> Answer:
        if number > 1:
            return answer
        if spoils == "a fault that fails":
            raise OSError(spoils)
        never = Wire(delay=float("inf")) if spoils == "a client that left" else Wire()
        return Answer(b"", "text/plain", 503, wire=never)

    corpus = Corpus([entry(1, record(1, doi="10.1000/a"))])
    with serve(corpus, now=clock.monotonic, fault=fault) as server:
        url = f"{server.base('crossref')}works/10.1000%2Fa"
        try:
            assert session.get(url, timeout=(10, 0.2)).status_code in (500, 503)
        except requests.ReadTimeout:
            assert spoils == "a client that left"
        clock.sleep(2)
        assert until(lambda: session.get(url, timeout=10).status_code == 200)


def until(true: Callable[[], bool]) -> bool:
    """Whether it is true soon: the server sees that a client has left a little later."""
    return any(true() or threading.Event().wait(0.05) for _ in range(100))


@pytest.mark.parametrize("name", POOLS)
@pytest.mark.parametrize("seed", range(5))
def test_the_harvest_stays_within_every_limit(name: str, seed: int) -> None:
    """400 questions of each class and pool whose answers take 0 to 2.5 s, at the limits that the
    harvest keeps without being told: none is turned away, and at full load not much time is lost.
    """
    clock, chance = FakeClock(), random.Random(seed)
    own = limiters(SERVICES, keyed=False, named=name.startswith("polite"), clock=clock)
    limiter = own["crossref" if name.endswith("single") else "crossref lists"]
    limits, request = CrossrefLimits(clock.monotonic), POOLS[name]
    ends: list[float] = []

    def end_the_first() -> None:
        first = min(ends)
        ends.remove(first)
        clock.sleep(max(0.0, first - clock.monotonic()))
        limits.leaves(request)
        limiter.ended()

    spent = 0.0
    for _ in range(400):
        if limiter.under_way == limiter.at_once:
            end_the_first()
        limiter.wait()
        assert limits.enters(request)
        took = chance.choice((0.0, 0.01, 0.3, 1.0, 2.5))
        spent += took
        ends.append(clock.monotonic() + took)
    least = max(400 / LIMITS[name].most, spent / (limiter.at_once or 1))
    assert clock.monotonic() <= 1.5 * least
