"""How a process that stands for a user's finds what it imports."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parent
# The checkout, and a pandas that is none: only tests want it, and sqlite-utils, which takes it
# where it can, would start for twice as long.
STARTING = {"PYTHONPATH": os.pathsep.join((str(TESTS.parent), str(TESTS / "as_installed")))}

INTERRUPTED = """
import os, signal, sys
at, *sys.argv = sys.argv[1:]
program = sys.argv[0]
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where a shell runs in background
class CtrlC:
    def find_spec(self, name, *_):
        if name == at:
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, CtrlC())
__import__(f"{program}.start").start.main()
"""


def interrupted_at(module: str, program: str, *words: str) -> subprocess.CompletedProcess[str]:
    """A program of ours that gets Ctrl-C at the moment when it loads a module."""
    return subprocess.run(
        [sys.executable, "-c", INTERRUPTED, module, program, *words],
        env=os.environ | STARTING,
        capture_output=True,
        text=True,
        check=False,
    )


# Each takes a tenth of a second to load, or seconds, or brings in what does.
SLOW = {"Bio", "datasette", "filelock", "networkx", "numpy", "pandas", "scipy", "sqlite_utils"}
LOADED = """
import sys
program, *words = sys.argv[1:]
sys.argv = [program, *words]
try:
    __import__(f"{program}.start").start.main()
finally:
    print("LOADED", *sys.modules)
"""


def loaded_for(program: str, *words: str) -> set[str]:
    """The modules that a program of ours loads, on a machine that has all of them."""
    command = [sys.executable, "-c", LOADED, program, *words]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return set(said.rpartition("LOADED ")[2].split())
