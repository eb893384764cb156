"""Works of a base that may be the same. They are listed and never merged: an erratum, a reply, a
republication or two volumes of a report can look the same. Pure but for reading."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

from kb.base import reading
from kb.citations.citation import author_keys, fold

WORKS = """
SELECT work, doi, title, first_author FROM works
WHERE doi IS NOT NULL OR (title IS NOT NULL AND first_author IS NOT NULL) ORDER BY work
"""
LINKED = "SELECT a, b FROM work_links UNION SELECT b, a FROM work_links"


class Suspicion(NamedTuple):
    """Works, two or more, and what they share."""

    works: tuple[str, ...]
    why: str


def suspected(path: Path) -> list[Suspicion]:
    """Works with one DOI, or with one title (case and punctuation aside) and first author; pairs
    that are known to belong together (work_links) are left out. Raises what
    ``kb.base.check_base`` raises."""
    with reading(path) as db:
        linked = set(db.execute(LINKED))
        alike: dict[str, list[str]] = defaultdict(list)
        for work, doi, title, author in db.execute(WORKS):
            if doi:
                alike[f"the DOI {doi}"].append(work)
            if title and author and (names := author_keys(author.split(" ")[0])):
                alike[f"title and first author: {fold(title)[:80]}, {names[0]}"].append(work)
    return [
        Suspicion(tuple(works), why)
        for why, works in sorted(alike.items())
        if len(works) > 1 and not (len(works) == 2 and tuple(works) in linked)
    ]
