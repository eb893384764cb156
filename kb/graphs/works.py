"""A work by any identifier that people have of it, and what names a work to a reader."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

from kb.errors import ConfigError
from kb.ids import clean_doi, clean_pmcid, clean_pmid

# The verdict on a work, harvested or not; of a work that is cited and of which nobody states
# anything there is none. That nothing is known of a paper that PubMed was asked about says that it
# is not retracted; of any other it does not.
STATUS = """
    CASE WHEN v.verdict = 'none known' AND p.is_retracted = 0 THEN 'not retracted'
        ELSE ifnull(v.verdict, 'never checked') END
"""
WORKS = "works AS w LEFT JOIN papers AS p USING (work) LEFT JOIN verdicts AS v USING (work)"
# By what the base calls it, whatever that is; by what it was called before it was resolved; by its
# own DOI or PMCID, which may not be what it is called by here.
NAMED = """
SELECT work FROM works WHERE work IN (:name, :work)
UNION SELECT work FROM work_ids WHERE id IN (:name, :work)
UNION SELECT work FROM works WHERE doi = :doi
UNION SELECT work FROM works WHERE :pmcid IS NOT NULL AND pmcid = :pmcid
ORDER BY work
"""
ABOUT = f"""
SELECT w.work, w.text, w.year, {STATUS} FROM {WORKS}
WHERE w.work IN (SELECT value FROM json_each(?)) ORDER BY w.work
"""  # noqa: S608
FORMS = "a PMID, a DOI, a PMCID, or what the base calls it (pmid:36063183, doi:…, ref:…)"


class Work(NamedTuple):
    """``text`` is one line that names it; ``status`` is the verdict on it, or not retracted."""

    work: str
    text: str
    year: int | None
    status: str


def work_named(db: sqlite3.Connection, name: str) -> str:
    """The work that a PMID, a DOI, a PMCID, its identifier here or a former one stands for.

    Raises ConfigError where it is none of these, where the base has no such work, and where it has
    several, which it names.
    """
    name = name.strip()
    identifiers = _identifiers(name)
    works: list[str] = [work for (work,) in db.execute(NAMED, {"name": name, **identifiers})]
    if not works and not any(identifiers.values()):
        raise ConfigError(f"{name[:200]!r} is no identifier of a work. Write {FORMS}.")
    if not works:
        raise ConfigError(f"{name}: the base has no such work. Look for it with kb serve.")
    if len(works) > 1:
        raise ConfigError(f"{name}: stands for several works: {', '.join(works)}. Name one.")
    return works[0]


def _identifiers(name: str) -> dict[str, str | None]:
    """What the name can be, for NAMED."""
    lower = name.lower()
    if pmid := clean_pmid(lower.removeprefix("pmid").lstrip(": ")):
        return {"work": f"pmid:{pmid}", "doi": None, "pmcid": None}
    if lower.startswith("pmc"):
        return {"work": None, "doi": None, "pmcid": clean_pmcid(name)}
    if lower.removeprefix("ref:") not in ("", lower):
        return {"work": lower, "doi": None, "pmcid": None}
    doi = clean_doi(name)
    return {"work": doi and f"doi:{doi}", "doi": doi, "pmcid": None}


def works_by_name(db: sqlite3.Connection, works: Iterable[str]) -> dict[str, Work]:
    """What names some works, by their identifiers."""
    rows = db.execute(ABOUT, [json.dumps(sorted(works))])
    return {row[0]: Work(*row) for row in rows}
