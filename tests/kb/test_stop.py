"""A signal before a command works: one sentence, the documented code, no traceback."""

from __future__ import annotations

import subprocess
import sys

import pytest

from kb.errors import Incomplete
from kb.stop import INCOMPLETE, STOPPED

SIGNALLED = """
import os, signal, sys
name = sys.argv[1]
if sys.argv[2:]:
    signal.signal(getattr(signal, name), signal.SIG_IGN)
from kb.stop import stop_at_once
stop_at_once("kb")
os.kill(os.getpid(), getattr(signal, name))
print("went on")
"""


def signalled(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", SIGNALLED, *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_it_says_that_it_was_stopped(name: str) -> None:
    done = signalled(name)
    assert (done.returncode, done.stdout) == (Incomplete.exit_code, "")
    assert done.stderr == f"kb: {STOPPED}\n"


def test_what_is_ignored_stays_so() -> None:
    assert signalled("SIGINT", "ignored").stdout == "went on\n"


def test_the_code_is_that_of_what_is_incomplete() -> None:
    assert Incomplete.exit_code == INCOMPLETE
