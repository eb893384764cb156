"""Answers of our pages that go wrong."""

from __future__ import annotations

import pytest
from serving import text_of
from specimen_site import (
    Get,
)

from kb.site import compat, runs


def test_a_page_that_takes_too_long_says_so(get: Get, monkeypatch: pytest.MonkeyPatch) -> None:
    endless = (
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    )
    monkeypatch.setattr(compat, "TIME_LIMIT", 50)
    monkeypatch.setattr(runs, "read", lambda connection: connection.execute(endless).fetchall())
    response = get("/runs")
    assert response.status_code == 503
    assert "did not answer within 0.05 s" in text_of(response)
