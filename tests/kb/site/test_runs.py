"""The page of runs and what a review may copy from it."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from specimen_site import (
    Get,
)

from kb.site import runs


def test_the_methods_name_each_search_once_and_all_that_was_asked() -> None:
    with closing(sqlite3.connect(":memory:")) as db:
        db.row_factory = sqlite3.Row
        searches = db.execute(
            "SELECT 'opsoclonus[ti]' AS query, '\"opsoclonus\"[Title]' AS translation,"
            " '2026-11-25T10:00:00Z' AS asked_at, 1200 AS count"
        ).fetchall()
    told = runs.methods(
        searches,
        ["crossref", "elink", "references"],
        {"identified": 1500, "duplicates removed": 40},
    )
    assert told == [
        "PubMed was searched through NCBI's E-utilities (ESearch); no other database was.",
        "Searched on 2026-11-25: opsoclonus[ti]. 1,200 records."
        ' PubMed read it as: "opsoclonus"[Title].',
        "There were no limits but those that stand with the queries.",
        "Records that these cite or are cited by were taken from Crossref, NCBI ELink, the"
        " reference lists of PubMed's records.",
        "Of 1,500 records identified, 40 were duplicates, recognised by their PMID.",
    ]
    assert runs.methods([], ["elink"], {"identified": 3}) == []


def test_the_page_runs_has_the_methods(get: Get) -> None:
    told = get("/runs").text.split('id="methods"')[1].split("</div>")[0]
    assert "specimen[ti]" in told
    assert "NCBI ELink" in told
