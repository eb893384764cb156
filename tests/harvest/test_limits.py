from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime

import pytest
from loopback import START, FakeClock

from harvest.limits import SLOWER, SLOWEST, SPREAD, Limiter, backoff, granted, retry_after

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


def test_crossrefs_headers_tell_its_limit() -> None:
    told = {"x-rate-limit-limit": "3", "x-rate-limit-interval": "1s"}
    assert granted(told) == (3, 1.0)
    assert granted(told | {"x-rate-limit-limit": "500"}) == (10, 1.0)


@pytest.mark.parametrize(
    ("limit", "interval"),
    [("", ""), ("3", ""), ("0", "1s"), ("many", "1s"), ("3", "0s"), ("3", "1m"), ("3", "-1s")],
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
        *(pytest.param(value, 0, id=f"{value!r} is neither") for value in ("soon", "", "-5")),
    ],
)
def test_a_time_to_come_back_is_seconds_or_a_date(value: str, seconds: float) -> None:
    assert retry_after(value, START) == seconds
