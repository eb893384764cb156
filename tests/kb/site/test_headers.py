"""Headers of security."""

from __future__ import annotations

import pytest
from specimen_site import (
    OURS,
    Get,
)

from kb.site import headers


@pytest.mark.parametrize("address", OURS)
def test_our_pages_allow_no_script_at_all(get: Get, address: str) -> None:
    response = get(address)
    assert response.headers["content-security-policy"] == headers.STRICT
    assert "unsafe" not in headers.STRICT
    assert "script-src" not in headers.STRICT


@pytest.mark.parametrize("address", ["/", "/kb", "/kb/papers", "/kb/papers.json", "/-/kb/site.css"])
def test_every_answer_has_each_security_header_once(get: Get, address: str) -> None:
    response = get(address)
    assert response.status_code == 200
    assert response.headers.get_list("referrer-policy") == ["no-referrer"]
    assert response.headers.get_list("x-content-type-options") == ["nosniff"]
    assert len(response.headers.get_list("content-security-policy")) == 1


def test_only_datasettes_own_pages_allow_inline_scripts(get: Get) -> None:
    assert "'unsafe-inline'" in get("/kb").headers["content-security-policy"]
    assert "http:" not in headers.DATASETTE
    assert "https:" not in headers.DATASETTE
