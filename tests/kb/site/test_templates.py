"""The templates as files; what they show is tried with the module of each page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from specimen_site import (
    OURS,
    Get,
)

from kb import site

LONGEST = 160
TEMPLATES = sorted((Path(site.__file__).parent / "templates").rglob("*.html"))


def test_there_are_templates() -> None:
    assert len(TEMPLATES) > 10


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_every_line_can_be_read_without_scrolling(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [n for n, line in enumerate(lines, start=1) if len(line) > LONGEST] == []


@pytest.mark.parametrize("address", OURS)
def test_published_text_stays_text(get: Get, address: str) -> None:
    html = get(address).text
    assert not re.search(
        r"<script|<img|\son\w+\s*=\s*[\"']|=[\"'\s]*javascript:|style=", html, re.IGNORECASE
    )
    assert not re.search(r"<b [^>]*onclick", html)
