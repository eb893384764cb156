"""What a base could not resolve by itself: the questions that services may answer."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from kb.base import reading

DOIS = """
SELECT doi FROM works WHERE pmid IS NULL AND doi IS NOT NULL ORDER BY work
"""
CITATIONS = """
SELECT r.work, min(r.text) FROM reference_list r
WHERE r.method = 'none' AND r.text IS NOT NULL GROUP BY r.work ORDER BY r.work
"""


class Unresolved(NamedTuple):
    """``runs`` are the runs that the base was built from, as (run, job, started); ``dois`` those of
    cited works of which no PMID is known; ``citations`` by ``ref:`` id those of works of which
    nothing else is known."""

    runs: list[tuple[int, str, str]]
    dois: list[str]
    citations: dict[str, str]


def unresolved(path: Path) -> Unresolved:
    """What a kb.db could not resolve. Raises what ``kb.base.check_base`` raises."""
    with reading(path) as db:
        runs = db.execute("SELECT run, job, started FROM runs ORDER BY run").fetchall()
        dois = [doi for (doi,) in db.execute(DOIS)]
        return Unresolved(runs, dois, dict(db.execute(CITATIONS).fetchall()))
