"""How a process that stands for a user's finds what it imports."""

from __future__ import annotations

import os
from pathlib import Path

TESTS = Path(__file__).resolve().parent
# The checkout, and a pandas that is none: only tests want it, and sqlite-utils, which takes it
# where it can, would start for twice as long.
STARTING = {"PYTHONPATH": os.pathsep.join((str(TESTS.parent), str(TESTS / "as_installed")))}
