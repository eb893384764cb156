"""Which works a map shows: by topic, year, seed, design, date and integrity, around a work, and by
what hangs together."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace

from kb.errors import ConfigError

# Which way citations are followed from a work, and how works have to hang together.
DIRECTIONS = ("both", "cited", "citing")
COMPONENTS = ("weak", "strong")
MOST = 9_999  # a year, hops, works of a core: more cannot be meant
DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")


@dataclass(frozen=True)
class Selection:
    """Everything, unless something is named; what is named has to hold together.

    ``pmids`` take these papers alone; ``topics``, ``seeds`` and ``designs`` take papers that have
    any of them, a topic with its narrower ones; ``hops`` are citations between seed and paper at
    most. These hold of harvested papers alone: other works come along with the chosen papers that
    they cite or are cited by, unless ``papers_only``. ``first_year`` and ``last_year`` are
    inclusive and leave out what has no year. ``as_of`` (2019, 2019-07 or 2019-07-31) leaves out
    what appeared later; an undated work counts from the first that cites it. ``without_retracted``
    leaves out what is retracted today.

    ``around`` is a work by any of its identifiers: it, and what is at most ``hops`` citations (else
    one) of the whole base from it; in ``direction`` *cited* what it leads to, *citing* what leads
    to it, *both* (the default) either way. Then ``hops`` are not those from a seed. Of the works
    that all this leaves, ``core`` takes the k-core, and of that ``component``, *weak* or *strong*,
    the most that hang together; where no two do, there are none.
    """

    pmids: frozenset[int] | None = None
    topics: tuple[str, ...] = ()
    seeds: tuple[str, ...] = ()
    hops: int | None = None
    designs: tuple[str, ...] = ()
    first_year: int | None = None
    last_year: int | None = None
    as_of: str = ""
    without_retracted: bool = False
    papers_only: bool = False
    around: str = ""
    direction: str | None = None
    core: int | None = None
    component: str | None = None


EVERYTHING = Selection()

KNOWN = {
    "topics": "SELECT topic FROM topics ORDER BY position",
    "seeds": "SELECT DISTINCT seed FROM provenance ORDER BY seed",
    "designs": "SELECT DISTINCT design FROM evidence ORDER BY design",
}
OF_PAPERS = {
    "topics": "p.pmid IN (SELECT t.pmid FROM topic_closure c JOIN paper_topics t USING (topic)"
    " WHERE c.ancestor IN ({}))",
    "seeds": "p.pmid IN (SELECT pmid FROM provenance WHERE seed IN ({}))",
    "designs": "p.pmid IN (SELECT pmid FROM evidence WHERE design IN ({}))",
}
NEAR = "p.pmid IN (SELECT pmid FROM provenance WHERE hop <= ?{})"
# The first date of a work as far as printed. The mark, which comes after the dash of a month, keeps
# a year from passing for a date before those of its months, which say more.
DATED = """
dated AS MATERIALIZED (
    SELECT w.work, rtrim(min(ifnull(p.epub_date || '~', 'x'), ifnull(p.pub_date || '~', 'x'),
        ifnull(w.year || '~', 'x')), '~') AS date
    FROM works w LEFT JOIN papers p USING (work)
),
known AS MATERIALIZED (
    SELECT work, date FROM dated WHERE date <> 'x'
    UNION ALL
    SELECT u.work, min(d.date) FROM dated u JOIN cites c ON c.cited = u.work
    JOIN dated d ON d.work = c.citing WHERE u.date = 'x' AND d.date <> 'x' GROUP BY u.work
)
"""
AS_OF = "w.work IN (SELECT work FROM known WHERE substr(date, 1, length(?)) <= ?)"
SOUND = "w.work NOT IN (SELECT work FROM verdicts WHERE verdict = 'retracted')"
LINKED = (
    "w.work IN (SELECT cited FROM cites WHERE citing IN chosen"
    " UNION SELECT citing FROM cites WHERE cited IN chosen)"
)


def selected(db: sqlite3.Connection, selection: Selection) -> list[str]:
    """The works, in the order of their identifiers.

    Raises ConfigError for a date that is none, for a topic, seed, design or work that the base does
    not have (of the first three it lists those it has), and for what cannot be meant.
    """
    _check(db, selection)
    papers, of_papers = _of_papers(selection)
    works, of_works = _of_works(selection)
    if selection.around:
        works.append("w.work IN (SELECT value FROM json_each(?))")
        of_works.append(json.dumps(sorted(_near(db, selection))))
    both = " AND ".join([*papers, *works]) or "1"
    others = " AND ".join([*works, *([LINKED] if papers else [])]) or "1"
    sql = (
        f"WITH {DATED}, chosen AS (SELECT w.work FROM works w JOIN papers p USING (work)"  # noqa: S608
        f" WHERE {both}) SELECT work FROM chosen"
    )
    values = [*of_papers, *of_works]
    if not selection.papers_only:
        sql += f" UNION ALL SELECT w.work FROM works w WHERE NOT w.is_paper AND {others}"  # noqa: S608
        values += of_works
    chosen = [work for (work,) in db.execute(f"{sql} ORDER BY work", values)]
    return _linked(db, selection, chosen) if selection.core or selection.component else chosen


def slices(selection: Selection, first: int, last: int, years: int) -> Iterator[Selection]:
    """The selection in spans of so many years, from ``first`` to ``last``, which ends the last."""
    for start in range(first, last + 1, years):
        yield replace(selection, first_year=start, last_year=min(start + years - 1, last))


def _check(db: sqlite3.Connection, selection: Selection) -> None:
    _check_years(selection)
    _check_links(selection)
    for name, query in KNOWN.items():
        wanted = getattr(selection, name)
        known = [value for (value,) in db.execute(query)] if wanted else []
        if unknown := [value for value in wanted if value not in known]:
            raise ConfigError(
                f"The base has no {name} {', '.join(unknown)}. It has: {', '.join(known)}."
            )


def _check_years(selection: Selection) -> None:
    if selection.as_of and not DATE.fullmatch(selection.as_of):
        raise ConfigError(
            f"as of {selection.as_of}: is no date. Write 2019, 2019-07 or 2019-07-31."
        )
    first, last = selection.first_year, selection.last_year
    for name, year in (("from", first), ("to", last)):
        if year is not None and not 0 <= year <= MOST:
            raise ConfigError(f"{name} {year}: is no year. Write a number from 0 to {MOST}.")
    if first is not None and last is not None and first > last:
        raise ConfigError(f"from {first} to {last}: the years run backwards.")


def _check_links(selection: Selection) -> None:
    for name, known in (("direction", DIRECTIONS), ("component", COMPONENTS)):
        if (value := getattr(selection, name)) and value not in known:
            raise ConfigError(f"{name} {value}: there is none. There are: {', '.join(known)}.")
    if selection.direction and not selection.around:
        raise ConfigError("direction: starts from a work. Name it with around.")
    if selection.around and selection.seeds and selection.hops is not None:
        raise ConfigError("hops: count from the seeds or from the work around. Name one of both.")
    for name, least in (("hops", 0), ("core", 1)):
        number = getattr(selection, name)
        if number is not None and not least <= number <= MOST:
            raise ConfigError(f"{name} {number}: write a number from {least} to {MOST}.")


def _near(db: sqlite3.Connection, selection: Selection) -> frozenset[str]:
    from kb.graphs.neighbourhood import around, links  # here: it imports networkx
    from kb.graphs.works import work_named

    hops = 1 if selection.hops is None else selection.hops
    work = work_named(db, selection.around)
    return around(links(db), work, hops, selection.direction or "both")


def _linked(db: sqlite3.Connection, selection: Selection, works: list[str]) -> list[str]:
    """Those of the works that are linked as the selection wants it."""
    from kb.graphs.neighbourhood import components, core, links

    graph = links(db)
    chosen = frozenset(works)
    if selection.core:
        chosen = core(graph.subgraph(chosen), selection.core)
    if selection.component:
        largest, *_ = [*components(graph.subgraph(chosen), selection.component), frozenset[str]()]
        chosen = largest if len(largest) > 1 else frozenset()
    return sorted(chosen)


def _of_papers(selection: Selection) -> tuple[list[str], list[str | int]]:
    """Conditions that only papers can meet, and their values."""
    conditions, values = [], list[str | int]()
    for name, condition in OF_PAPERS.items():
        if wanted := getattr(selection, name):
            conditions.append(condition.format(_marks(wanted)))
            values += wanted
    if selection.pmids is not None:
        conditions.append("p.pmid IN (SELECT value FROM json_each(?))")
        values.append(json.dumps(sorted(selection.pmids)))
    if selection.hops is not None and not selection.around:
        from_these = f" AND seed IN ({_marks(selection.seeds)})" if selection.seeds else ""
        conditions.append(NEAR.format(from_these))
        values += [selection.hops, *selection.seeds]
    return conditions, values


def _of_works(selection: Selection) -> tuple[list[str], list[str | int]]:
    conditions, values = [], list[str | int]()
    if selection.first_year is not None:
        conditions.append("w.year >= ?")
        values.append(selection.first_year)
    if selection.last_year is not None:
        conditions.append("w.year <= ?")
        values.append(selection.last_year)
    if selection.as_of:
        conditions.append(AS_OF)
        values += [selection.as_of] * 2
    if selection.without_retracted:
        conditions.append(SOUND)
    return conditions, values


def _marks(values: tuple[str, ...]) -> str:
    return ", ".join("?" * len(values))
