"""A real `kb serve` on this machine, for tests that need a server and not only its answers."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def served(base: Path, python: str = sys.executable) -> Iterator[str]:
    """The address of the base, served by a Python while the block runs."""
    command = [python, "-m", "kb.cli", "serve", str(base), "--port", "0"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as server:
        try:
            assert server.stdout
            announced = re.search(r"http://\S+:\d+", server.stdout.readline())
            assert announced
            yield announced[0]
        finally:
            server.terminate()
