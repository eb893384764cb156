"""The page of retractions, concerns and corrections."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from serving import text_of
from specimen_site import CITING, RETRACTED, Get, asked

from kb.site import integrity


def test_the_counts_are_those_of_the_base(base: Path) -> None:
    with closing(sqlite3.connect(base)) as db:
        db.row_factory = sqlite3.Row
        counts = integrity.counts(db)
    for name, where in (("retracted", "is_retracted = 1"), ("unchecked", "is_retracted IS NULL")):
        assert [(counts[name],)] == asked(base, f"SELECT count(*) FROM papers WHERE {where}")
    assert counts["exposed"] > 0


def test_a_retracted_paper_and_who_cites_it_are_named(get: Get) -> None:
    html = get("/integrity").text
    assert f'href="/paper/{RETRACTED}"' in html
    assert f'href="/paper/{CITING}"' in html
    assert "never checked" in text_of(get("/integrity"))
