"""A command gets Ctrl-C or SIGTERM in its first seconds, whatever it loads or does then."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from starting import TESTS

from kb.data import data_dir

pytestmark = pytest.mark.soak
STARTED = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where a shell runs in background
program = sys.argv.pop(1)
sys.argv[0] = program
from kb.stop import stop_at_once
stop_at_once(program)  # its first line; what comes before is Python's own
print("on", flush=True)
__import__(f"{program}.start").start.main()
"""
MOMENTS = 10
COMMANDS = (
    "kb --help",
    "kb build --raw raw.db --out new.db",
    "kb check kb.db",
    "kb export citation --db kb.db --format graphml --out new.graphml",
    "kb path 990000001 990000002 --db kb.db",
    "kb publish public --db kb.db",
    "harvest --help",
    "harvest verify --raw raw.db",
    "harvest files update.xml --raw raw.db",
)


def started(command: str, folder: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", STARTED, *command.split()],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(TESTS.parent)},  # with pandas, if it is there
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stdout.readline() == "on\n"
    return process


@pytest.mark.parametrize("command", COMMANDS)
def test_it_ends_in_a_sentence_or_as_if_nothing_had_come(
    command: str, specimen: Path, tmp_path: Path
) -> None:
    for name in ("raw.db", "kb.db"):
        shutil.copy(specimen.with_name(name), tmp_path)
    shutil.copy(data_dir() / "specimen" / "update.xml", tmp_path)
    begun = time.monotonic()
    with started(command, tmp_path) as process:
        whole_output, said = process.communicate()
    whole = time.monotonic() - begun
    assert process.returncode == 0, said
    kept = ("kb.db",) if command.startswith("harvest") else ("raw.db", "kb.db")
    before = {name: (tmp_path / name).read_bytes() for name in kept}
    stopped = 0
    for moment in range(MOMENTS):
        number = (signal.SIGINT, signal.SIGTERM)[moment % 2]
        with started(command, tmp_path) as process:
            try:
                process.wait(whole * moment / MOMENTS)
            except subprocess.TimeoutExpired:
                process.send_signal(number)
            output, said = process.communicate()
        assert "Traceback" not in said, said
        if process.returncode in {0, -number}:  # all was done, and Python itself was ending
            lines = output.count("\n"), whole_output.count("\n")
            assert lines[0] == lines[1], (process.returncode, said)
        else:
            assert process.returncode == 3, (process.returncode, said)
            program = command.split()[0]
            last = said.strip().splitlines()[-1]
            assert last.startswith(f"{program}: stopped"), said
            stopped += 1
    assert stopped > MOMENTS // 3  # else it proves nothing
    assert before == {name: (tmp_path / name).read_bytes() for name in before}
    assert not list(tmp_path.glob(".*")) + list(tmp_path.glob("*.building*"))
