"""What a command says while it works."""

from __future__ import annotations

import io
import re

import pytest

from harvest.progress import Progress


class Terminal(list[str]):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> None:
        self.append(text)

    def flush(self) -> None:
        pass


def test_a_terminal_gets_a_bar_and_a_log_gets_a_line_for_each_tenth(
    capsys: pytest.CaptureFixture[str],
) -> None:
    terminal = Terminal()
    with Progress(terminal).track("fetching", 30) as done:  # type: ignore[arg-type]
        for _ in range(30):
            done(1)
    assert re.search(r"fetching +\[#+\] +100%", "".join(terminal))
    with Progress().track("fetching", 30) as done:
        for _ in range(30):
            done(1)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 10
    assert lines[-1] == "fetching: 30 of 30"


def test_what_is_said_goes_to_the_stream_given() -> None:
    stream = io.StringIO()
    Progress(stream).say("3 papers found")
    assert stream.getvalue() == "3 papers found\n"


def test_a_log_is_told_of_each_tenth_once_however_large_the_steps_are() -> None:
    stream = io.StringIO()
    with Progress(stream).track("reading", 1_000) as done:
        for more in (50, 49, 1, 800, 100):
            done(more)
    assert stream.getvalue().splitlines() == [
        "reading: 100 of 1,000",
        "reading: 900 of 1,000",
        "reading: 1,000 of 1,000",
    ]
