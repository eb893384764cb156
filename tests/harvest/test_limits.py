from __future__ import annotations

import threading
from datetime import timedelta
from email.utils import format_datetime

import pytest
from loopback import START, FakeClock

from harvest.limits import (
    SLOWER,
    SLOWEST,
    SPREAD,
    YEAR,
    Limiter,
    backoff,
    granted,
    limiters,
    retry_after,
)
from harvest.service import Rate
from harvest.services import SERVICES

IN_TWENTY = START + timedelta(seconds=20)


def test_the_limiter_lets_a_short_job_go_at_once_and_then_keeps_the_window() -> None:
    clock = FakeClock()
    limiter = Limiter(3, clock)
    times = []
    for _ in range(7):
        limiter.wait()
        times.append(clock.seconds)
    assert times == [0, 0, 0, SPREAD, SPREAD, SPREAD, 2 * SPREAD]


def test_a_request_that_left_late_counts_from_when_it_left() -> None:
    clock = FakeClock()
    limiter = Limiter(1, clock)
    given = limiter.wait()
    clock.sleep(0.5)  # its connection was made first
    limiter.left(given)
    assert limiter.wait() == 0.5 + SPREAD


def test_a_service_that_said_it_was_too_many_is_let_alone_and_then_asked_more_slowly() -> None:
    clock = FakeClock()
    limiter = Limiter(1, clock)
    limiter.close_for(7)
    assert limiter.wait() == 7
    assert limiter.wait() == 7 + SPREAD * SLOWER


def test_a_service_that_is_never_content_is_asked_at_a_third_of_its_limit_still() -> None:
    clock = FakeClock()
    limiter = Limiter(1, clock)
    for _ in range(20):
        limiter.close_for(0)
    assert limiter.wait() == 0
    assert limiter.wait() == SPREAD * SLOWEST


def test_a_limit_that_is_told_holds_from_then_on_and_counts_what_went_before() -> None:
    clock = FakeClock()
    limiter = Limiter(1, clock)
    limiter.wait()
    limiter.grant(2, 3.0)
    assert [limiter.wait() for _ in range(3)] == [0, 3 * SPREAD, 3 * SPREAD]


def test_no_more_are_under_way_than_may_be_and_who_waits_goes_when_one_has_ended() -> None:
    limiter = Limiter(10, FakeClock(), at_once=2)
    limiter.wait()
    limiter.wait()
    third = threading.Thread(target=limiter.wait)
    third.start()
    with limiter.places:
        assert not limiter.places.wait_for(lambda: limiter.under_way > 2, timeout=0.05)
    limiter.ended()
    third.join(timeout=10)
    assert not third.is_alive()
    assert limiter.under_way == 2


def test_who_is_told_that_more_may_be_under_way_lets_them_go() -> None:
    limiter = Limiter(10, FakeClock(), at_once=1)
    limiter.wait()
    second = threading.Thread(target=limiter.wait)
    second.start()
    limiter.grant(10, 1.0, 2)
    second.join(timeout=10)
    assert not second.is_alive()


@pytest.mark.parametrize(
    ("named", "single", "lists"), [(False, (5, 1), (1, 1)), (True, (10, 3), (3, 3))]
)
def test_crossref_is_asked_as_its_limits_of_december_2025_allow(
    named: bool, single: tuple[int, int], lists: tuple[int, int]
) -> None:
    """Its two classes of question count apart, and who tells an address may ask more."""
    found = limiters(SERVICES, keyed=False, named=named, clock=FakeClock())
    for name, (most, at_once) in (("crossref", single), ("crossref lists", lists)):
        assert (len(found[name].went), found[name].at_once) == (most, at_once)
        assert found[name].window == SPREAD


def test_crossrefs_headers_tell_its_limit() -> None:
    told = {"x-rate-limit-limit": "3", "x-rate-limit-interval": "1s"}
    assert granted(told) == Rate(3, 1.0)
    assert granted(told | {"x-rate-limit-limit": "500"}) == Rate(10, 1.0)
    assert granted(told | {"x-concurrency-limit": "3"}) == Rate(3, 1.0, 3)
    assert granted(told | {"x-concurrency-limit": "500"}) == Rate(3, 1.0, 10)


@pytest.mark.parametrize("at_once", ["", "0", "-1", "three", "²", "9" * 5000])
def test_a_header_that_tells_no_number_at_once_leaves_it_as_it_is(at_once: str) -> None:
    told = {"x-rate-limit-limit": "3", "x-rate-limit-interval": "1s"}
    assert granted(told | {"x-concurrency-limit": at_once}) == Rate(3, 1.0)
    limiter = Limiter(1, FakeClock(), at_once=2)
    limiter.grant(3, 1.0)
    assert limiter.at_once == 2


@pytest.mark.parametrize(
    ("limit", "interval"),
    [
        ("", ""),
        ("3", ""),
        ("²", "1s"),
        ("0", "1s"),
        ("many", "1s"),
        ("3", "0s"),
        ("3", "1m"),
        ("3", "-1s"),
        ("3", "s"),
        ("3", "61s"),
        ("3", "99999999s"),
        ("3", "1" + "0" * 5000 + "s"),
        ("9" * 5000, "1s"),
    ],
)
def test_headers_that_tell_no_limit_grant_none(limit: str, interval: str) -> None:
    assert granted({"x-rate-limit-limit": limit, "x-rate-limit-interval": interval}) is None


def test_pauses_double_up_to_twenty_seconds_and_are_never_the_same_for_all() -> None:
    for number in range(1, 20):
        most = min(20.0, 2.0 ** (number - 1))
        assert most / 2 <= backoff(number) <= most
    assert len({backoff(5) for _ in range(20)}) > 1


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        pytest.param("7", 7, id="seconds"),
        pytest.param(format_datetime(IN_TWENTY, usegmt=True), 20, id="a date"),
        pytest.param(f"{IN_TWENTY:%a, %d %b %Y %H:%M:%S} -0000", 20, id="a date without a zone"),
        pytest.param(f"{START - timedelta(days=1):%a, %d %b %Y %H:%M:%S} GMT", 0, id="gone by"),
        *(pytest.param(value, 0, id=f"{value!r} is neither") for value in ("soon", "", "-5", "٧")),
        pytest.param("9" * 5000, YEAR, id="for ever"),
        pytest.param("Sun, 01 Mar 9999 12:00:00 GMT", YEAR, id="until the world ends"),
        pytest.param("Sun, 01 Mar 2026 12:00:00 +9999", 0, id="in a zone that is none"),
    ],
)
def test_a_time_to_come_back_is_seconds_or_a_date(value: str, seconds: float) -> None:
    assert retry_after(value, START) == seconds
