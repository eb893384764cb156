"""What a search is asked for: its words, and what it is narrowed by, as conditions of SQL."""

from __future__ import annotations

import json
import sqlite3
from difflib import get_close_matches
from typing import Any, NamedTuple

from kb.ids import clean_pmid
from kb.site import compat, held, search
from kb.site.names import names
from kb.site.values import BadRequest, number

JOURNAL = "coalesce(p.journal_abbrev, p.journal)"

DECISION = (
    "coalesce((SELECT c.decision FROM curation c WHERE c.pmid = p.pmid"
    " AND c.decision IN ('include', 'exclude')), 'none')"
)
RETRACTED = "CASE p.is_retracted WHEN 1 THEN 'yes' WHEN 0 THEN 'no' ELSE 'unknown' END"

# What a search can be narrowed by; each condition takes the parameter of its name. Of topics there
# may be several, whose parameters are topic, topic2, topic3 …; PMIDs are a JSON array.
FILTERS = {
    "topic": "p.pmid IN (SELECT pt.pmid FROM paper_topics pt"
    " JOIN topic_closure c ON c.topic = pt.topic WHERE c.ancestor = :{name})",
    "pmid": "p.pmid IN (SELECT value FROM json_each(:pmid))",
    "year": "p.year = :year",
    "year_from": "p.year >= :year_from",
    "year_to": "p.year <= :year_to",
    "design": "p.design = :design",
    "journal": f"{JOURNAL} = :journal",
    "type": "p.pmid IN (SELECT pmid FROM publication_types WHERE name = :type)",
    "retracted": f"{RETRACTED} = :retracted",
    "verdict": "p.pmid IN (SELECT pmid FROM verdicts WHERE verdict = :verdict)",
    "decision": f"{DECISION} = :decision",
    "seed": "p.pmid IN (SELECT pmid FROM provenance WHERE seed = :seed)",
}

DIGITS = "0123456789"
YEARS = {"year", "year_from", "year_to"}
# What a filter is called on the page, where it is not by its name.
TOLD = {"year_from": "Year from", "year_to": "Year to"}

# The values that each can have; a year is a number, and of PMIDs each has to be here.
VALUES = {
    "topic": "SELECT topic FROM topics ORDER BY position",
    "design": "SELECT DISTINCT design FROM papers ORDER BY 1",
    "journal": f"SELECT DISTINCT {JOURNAL} FROM papers p WHERE {JOURNAL} <> '' ORDER BY 1",  # noqa: S608
    "type": "SELECT DISTINCT name FROM publication_types ORDER BY 1",
    "retracted": "SELECT column1 FROM (VALUES ('yes'), ('no'), ('unknown'))",
    "verdict": "SELECT DISTINCT v.verdict FROM verdicts v JOIN papers p USING (work) ORDER BY 1",
    "decision": "SELECT column1 FROM (VALUES ('include'), ('exclude'), ('none'))",
    "seed": "SELECT DISTINCT seed FROM provenance ORDER BY 1",
}

ABSENT = "SELECT value FROM json_each(:pmid) WHERE value NOT IN (SELECT pmid FROM papers)"

# Of a task that is asked for the level as evidence for it; else the best for any task, and of a
# paper that has none the level that its design would have for a question of treatment.
LEVEL = "(SELECT min(e.level) FROM evidence e WHERE e.pmid = p.pmid{for_tasks})"
WITHOUT_TASK = (
    "coalesce({level}, (SELECT d.treatment FROM designs d WHERE d.design = p.design{unless_task}))"
)
NO_TASK = (
    "NOT EXISTS (SELECT 1 FROM topics t JOIN schemes s ON s.scheme = t.scheme"
    " WHERE s.role = 'task' AND t.topic IN ({topics}))"
)
FOR_TASKS = (
    " AND (e.task IN (SELECT c.topic FROM topic_closure c WHERE c.ancestor IN ({topics}))"
    " OR {no_task})"
)
GONE = (
    "p.record_status <> 'active' OR EXISTS (SELECT 1 FROM verdicts v"
    " WHERE v.work = p.work AND v.verdict = 'retracted')"
)
STRENGTH = "(SELECT d.position FROM designs d WHERE d.design = p.design)"
# By all works that are known to cite it.
CITED = "(SELECT m.in_degree FROM metrics m WHERE m.work = p.work)"
CITED_BY_ICITE = "(SELECT count(*) FROM cites c WHERE c.cited = p.work AND c.source = 'icite')"
COUNTED_BY = {"cited": CITED, "icite": CITED_BY_ICITE}
# Weights of title, abstract, authors, keywords, MeSH, topics: a word in the title says most about a
# paper.
ORDERS = {
    "relevance": "bm25(papers_fts, 10, 2, 3, 5, 5, 5), p.year DESC, p.pmid DESC",
    "newest": "p.year DESC, p.pub_date DESC, p.pmid DESC",
    # What must not be relied on stands last, whatever its level; of one level the stronger design
    # stands first.
    "evidence": f"{GONE}, level NULLS LAST, {STRENGTH},"
    " p.n_patients DESC, p.year DESC, p.pmid DESC",
    "cited": f"{CITED} DESC, p.year DESC, p.pmid DESC",
    "icite": f"{CITED_BY_ICITE} DESC, p.year DESC, p.pmid DESC",
}
ORDERS_TOLD = {
    "relevance": "relevance",
    "newest": "newest",
    "evidence": "best evidence",
    "cited": "most cited",
    "icite": "most cited by iCite's count",
}

# That a search is narrowed by at once; more are refused, never left out in silence.
MOST = {"topic": 6, "pmid": 1000}

SINGLE = tuple(name for name in FILTERS if name not in MOST)


class Asked(NamedTuple):
    """What a search asks for, its words as ``query``; of several topics each is a filter of its own
    (topic, topic2 …)."""

    text: str
    query: search.Query
    topics: list[str]
    pmids: list[int]
    filters: dict[str, object]
    order: str
    natural: str

    @property
    def chosen(self) -> dict[str, object]:
        """As parameters of an address."""
        others = {name: v for name, v in self.filters.items() if name in SINGLE}
        sort = self.order if self.order != self.natural else None
        return {"q": self.text, "topic": self.topics, "pmid": self.pmids, **others, "sort": sort}


def asked_of_icite(connection: sqlite3.Connection) -> bool:
    """Whether the base has counts of iCite's."""
    sql = "SELECT 1 FROM cites WHERE source = 'icite' LIMIT 1"
    return connection.execute(sql).fetchone() is not None


async def orders(datasette: Any, *, words: bool) -> dict[str, str]:
    """The orders of a list, each with its name for readers; by relevance only where words were
    searched for."""
    without = set() if words else {"relevance"}
    if not await held.once(datasette, asked_of_icite):
        without.add("icite")
    return {order: told for order, told in ORDERS_TOLD.items() if order not in without}


async def asked_for(datasette: Any, request: Any) -> Asked:
    """Raises BadRequest for a value that no paper can have."""
    text = (request.args.get("q") or "").strip()
    query = search.parse(text, await held.once(datasette, names)) if text else search.Query()
    if query.too_costly:
        raise BadRequest(query.too_costly)
    filters: dict[str, object] = {
        name: value for name in SINGLE if (value := request.args.get(name))
    }
    topics = _several(request, "topic")
    filters |= {f"topic{n}" if n > 1 else "topic": topic for n, topic in enumerate(topics, 1)}
    pmids = _pmids(request)
    if pmids:
        filters["pmid"] = json.dumps(pmids)
    for name in YEARS.intersection(filters):
        filters[name] = number(request, name, most=9999)
    _check_years(filters)
    natural = "relevance" if text else "newest"
    order = request.args.get("sort") or natural
    if order not in ORDERS or (order == "relevance" and not text):
        raise BadRequest(
            f"sort={order[:80]}: papers are sorted by newest, evidence, cited, icite or, "
            "with words, relevance."
        )
    if filters and (wrong := await compat.search(datasette, lambda db: unknown_value(db, filters))):
        raise BadRequest(wrong)
    return Asked(text, query, topics, pmids, filters, order, natural)


def _check_years(filters: dict[str, object]) -> None:
    first, last = (int(str(filters.get(name, 0))) for name in ("year_from", "year_to"))
    if first and last and first > last:
        raise BadRequest(f"year_from={first} is after year_to={last}: no year is between them.")


def _several(request: Any, name: str) -> list[str]:
    """The values of a parameter that may be repeated, each once."""
    values = list(dict.fromkeys(filter(None, request.args.getlist(name))))
    if len(values) > MOST[name]:
        raise BadRequest(
            f"{name}= may stand {MOST[name]} times; here it stands {len(values)} times."
        )
    return values


def _pmids(request: Any) -> list[int]:
    pmids = []
    for value in _several(request, "pmid"):
        pmid = clean_pmid(value)
        if pmid is None:
            raise BadRequest(f"pmid={value[:80]}: is no PMID, a number of up to ten digits.")
        pmids.append(pmid)
    return pmids


def unknown_value(connection: sqlite3.Connection, filters: dict[str, object]) -> str | None:
    """What is wrong with a filter that no paper can pass, and what could be meant."""
    pmids = {"pmid": filters.get("pmid", "[]")}
    if absent := [str(pmid) for (pmid,) in connection.execute(ABSENT, pmids)]:
        more = " …" if absent[20:] else ""
        return f"pmid: no record of {', '.join(absent[:20])}{more} is in this base."
    for name, value in filters.items():
        name = name.rstrip(DIGITS)
        if name in VALUES:
            possible = [row[0] for row in connection.execute(VALUES[name])]
            if value not in possible:
                near = get_close_matches(str(value), possible, n=5, cutoff=0.4) or possible[:8]
                more = "" if len(near) == len(possible) else " …"
                return f"{name}={str(value)[:80]}: there is none here. Try {', '.join(near)}{more}"
    return None


def matching(params: dict[str, object]) -> str:
    """FROM and WHERE of a search; ``q`` is a query in FTS5's language."""
    source = "papers p"
    conditions = [
        FILTERS[name.rstrip(DIGITS)].replace("{name}", name) for name in params if name != "q"
    ]
    if "q" in params:
        source = "papers_fts JOIN papers p ON p.pmid = papers_fts.rowid"
        conditions.insert(0, "papers_fts MATCH :q")
    where = "\nWHERE " + "\n  AND ".join(conditions) if conditions else ""
    return f"FROM {source}{where}"


def level(params: dict[str, object]) -> str:
    """The level of evidence that counts for a search, as an expression of SQL."""
    topics = ", ".join(f":{name}" for name in params if name.rstrip(DIGITS) == "topic")
    no_task = NO_TASK.format(topics=topics)
    level = LEVEL.format(
        for_tasks=FOR_TASKS.format(topics=topics, no_task=no_task) if topics else ""
    )
    unless_task = f" AND {no_task}" if topics else ""
    return WITHOUT_TASK.format(level=level, unless_task=unless_task)
