"""What the site answers: by a real `kb serve` on this machine, or without a server."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from typing import Any

from starting import STARTING

from kb.data import data_dir
from kb.site.serve import datasette_over

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def served(base: Path, python: str = sys.executable) -> Iterator[str]:
    """The address of the base, served by a Python while the block runs."""
    command = [python, "-m", "kb.cli", "serve", str(base), "--port", "0"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=os.environ | STARTING
    ) as server:
        try:
            assert server.stdout
            announced = re.search(r"http://\S+:\d+", server.stdout.readline())
            assert announced
            yield announced[0]
        finally:
            server.terminate()


@contextmanager
def asking(base: Path) -> Iterator[Callable[[str], Any]]:
    """From an address to the response, without a server, while the block runs."""
    with client(base) as (runner, asked):
        yield lambda address: runner.run(asked.get(address))


@contextmanager
def posting(base: Path) -> Iterator[Callable[[str, str], Any]]:
    """From an address and what a form sends to the response, without a server."""
    form = {"content-type": "application/x-www-form-urlencoded"}
    with client(base) as (runner, asked):
        yield lambda address, body: runner.run(asked.post(address, content=body, headers=form))


@contextmanager
def client(base: Path) -> Iterator[tuple[asyncio.Runner, Any]]:
    datasette = datasette_over(base, data_dir())
    with asyncio.Runner() as runner:
        yield runner, datasette.client
    datasette.executor.shutdown()
    for database in datasette.databases.values():
        database.close()


def text_of(response: Any) -> str:
    """What a reader sees: tags gone, entities read, white space folded."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", response.text)).split())
