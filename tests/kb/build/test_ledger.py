"""The ledger of the harvest in a base."""

from __future__ import annotations

from pathlib import Path

import pytest
from building import Base, Raw

from kb.errors import CheckFailed


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def assert_untouched(raw: Raw, old: bytes) -> None:
    assert raw.path.with_name("kb.db").read_bytes() == old
    assert files(raw.path.parent) == ["data", "kb.db", "raw.db"]


def test_runs_that_ended_are_shown_with_their_sums(base: Base) -> None:
    assert base.rows(
        "SELECT run, state, asked, stored, unchanged, missing, withdrawn, failed, filtered, note"
        " FROM runs ORDER BY run"
    ) == [
        (1, "complete", 5, 5, 0, 0, 0, 0, 0, None),
        (2, "incomplete", 4, 2, 0, 0, 1, 1, 0, "one failed"),
        (3, "killed", 0, 0, 0, 0, 0, 0, 0, None),
    ]


def test_searches_are_shown_with_their_count_and_translation(base: Base) -> None:
    assert base.rows("SELECT * FROM searches") == [
        (
            *(1, 1, "esearch", "term=neuroblastoma", "neuroblastoma", "neuroblastoma[All Fields]"),
            *("2024-01-01T00:10:00Z", 12),
        )
    ]


def test_every_paper_has_the_live_seeds_that_brought_it(base: Base) -> None:
    assert base.rows("SELECT * FROM provenance ORDER BY pmid") == [
        (1, "job:pmid:1", "", 0, "seed"),
        (2, "job:pmid:1", "1", 1, "references"),
        (3, "job:query:x", "", 0, "seed"),
        (4, "job:query:x", "", 0, "seed"),
        (5, "job:pmid:1", "", 0, "seed"),
        (9, "job:query:x", "", 0, "seed"),
    ]


def test_books_that_do_not_close_are_no_base(raw: Raw, old: bytes) -> None:
    raw.do("INSERT INTO outcomes (run, pmid) VALUES (1, 77)")
    with pytest.raises(CheckFailed, match=r"kb\.db: was not replaced.*asked = stored"):
        raw.build()
    assert_untouched(raw, old)
