"""Addresses, and what is not there."""

from __future__ import annotations

import asyncio

import pytest
from serving import text_of
from specimen_site import (
    Get,
)


@pytest.mark.parametrize(
    "address", ["/paper/abc", "/paper/1", "/work/x", "/topic/x", "/x", "/kb/x"]
)
def test_what_is_not_there_says_what_to_do(get: Get, address: str) -> None:
    response = get(address)
    assert response.status_code == 404
    assert "Search the papers" in text_of(response)


def test_another_datasette_in_the_same_installation_keeps_its_home() -> None:
    from datasette.app import Datasette

    with asyncio.Runner() as runner:
        other = Datasette(memory=True)
        response = runner.run(other.client.get("/"))
        other.executor.shutdown()
    assert "_memory" in response.text
    assert "content-security-policy" not in response.headers
