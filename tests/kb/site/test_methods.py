"""What is read is only read."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from kb.data import data_dir
from kb.site.serve import datasette_over

ADDRESSES = ("/", "/search", "/paper/990000005", "/export/references.ris", "/-/kb/site.css",
             "/kb", "/kb.json", "/kb/papers", "/kb/papers.json", "/kb/next-seeds")  # fmt: skip


async def asked(method: str, base: Path, *addresses: str) -> list[Any]:
    datasette = datasette_over(base, data_dir())
    try:
        return [await datasette.client.request(method, address) for address in addresses]
    finally:
        datasette.executor.shutdown()
        datasette.databases["kb"].close()


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"])
def test_other_methods_are_refused_wherever_we_answer(method: str, base: Path) -> None:
    for answer in asyncio.run(asked(method, base, *ADDRESSES)):
        assert answer.status_code == 405, answer.url
        assert answer.headers["allow"] == "GET, HEAD"
        assert "read-only" in answer.text
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_head_is_answered_as_a_get(base: Path) -> None:
    for answer in asyncio.run(asked("HEAD", base, *ADDRESSES)):
        assert answer.status_code == 200, answer.url


def test_pages_of_other_plugins_take_what_they_take(base: Path) -> None:
    """Who is who, a plugin may ask by a form."""
    (answer,) = asyncio.run(asked("POST", base, "/-/logout"))
    assert answer.status_code != 405
