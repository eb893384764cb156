"""Time as harvest sees it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loopback import START, FakeClock

from harvest.clock import Clock, moment, stamp, told


def test_a_stamp_is_utc_to_the_second() -> None:
    clock = FakeClock()
    assert stamp(clock) == "2026-03-01T12:00:00Z"
    clock.sleep(90.9)
    assert stamp(clock) == "2026-03-01T12:01:30Z"


@given(st.datetimes(datetime(1000, 1, 1), datetime(9999, 12, 31)))
def test_a_stamp_is_read_back_and_sorts_as_time_does(when: datetime) -> None:
    clock = FakeClock()
    clock.seconds = 0
    whole = when.replace(microsecond=0, tzinfo=UTC)
    text = whole.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert moment(text) == whole
    assert (text < stamp(clock)) == (whole < START)


@pytest.mark.parametrize("text", ["", "2026-03-01", "2026-03-01T12:00:00+01:00", "yesterday"])
def test_what_is_no_stamp_is_not_guessed_at(text: str) -> None:
    with pytest.raises(ValueError, match="does not match format"):
        moment(text)


@pytest.mark.parametrize(
    "date", ["Sun, 01 Mar 2026 12:00:00 GMT", "Sun, 01 Mar 2026 13:00:00 +0100"]
)
def test_a_service_tells_the_time_in_utc(date: str) -> None:
    assert told(date) == START


@pytest.mark.parametrize(
    "date",
    [
        *("", "today", "2026-03-01T12:00:00Z", "Sun, 41 Mar 2026 12:00:00"),
        *("Sun, 01 Mar 2026 12:00:00 +9999", "Sun, 01 Mar 2026 12:00:00 +9999999999999"),
        *("Fri, 31 Dec 9999 23:59:59 -2359", "Sun, 01 Mar 0150 12:00:00 GMT"),
    ],
)
def test_what_is_no_date_header_tells_no_time(date: str) -> None:
    assert told(date) is None


def test_the_real_clock_goes_on_in_utc() -> None:
    clock = Clock()
    before = clock.monotonic()
    clock.sleep(0)
    assert clock.monotonic() >= before
    assert clock.now().tzinfo is UTC
