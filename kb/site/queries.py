"""Every statement that a page of ours asks. Values are always bound, never written in.

The lists that a page is about (``hits``, ``TOPIC_PAPERS``, ``SCHEME_COUNTS``) stand on their own:
the page runs them with a limit and offers the same words to Datasette's SQL view.
"""

from __future__ import annotations

BASE_ID = "SELECT value FROM meta WHERE key = 'base_id'"

COUNTS = """
SELECT
    (SELECT count(*) FROM papers) AS papers,
    (SELECT count(*) FROM works) AS works,
    (SELECT count(*) FROM reference_list) AS listed,
    (SELECT count(*) FROM reference_list WHERE method = 'none') AS unresolved,
    (SELECT min(year) FROM papers) AS first_year,
    (SELECT max(year) FROM papers) AS last_year
"""

# Home ------------------------------------------------------------------------------------------

SCHEMES = "SELECT scheme, label, description FROM schemes ORDER BY scheme"

SCHEME_COUNTS = """
SELECT scheme, topic, label, broader, papers FROM topics ORDER BY position
""".strip()

LAST_RUNS = "SELECT * FROM runs ORDER BY run DESC LIMIT :limit"

NEWEST_CHANGES = """
SELECT c.run, c.pmid, c.kind, c.date, c.detail, p.title, p.title_html, p.is_retracted
FROM changes c LEFT JOIN papers p ON p.pmid = c.pmid
ORDER BY c.run DESC, c.date DESC, c.pmid DESC
"""
ALERTS = """
SELECT c.run, c.pmid, c.kind, c.date, c.detail, p.title, p.title_html, p.is_retracted
FROM changes c LEFT JOIN papers p ON p.pmid = c.pmid
WHERE c.kind NOT IN ('new', 'revised')"""
NEWEST_ALERTS = f"{ALERTS}\nORDER BY c.run DESC, c.date DESC, c.pmid DESC"
# Those of the last run, the gravest first.
LAST_ALERTS = (
    f"{ALERTS} AND c.run = (SELECT max(run) FROM runs)"  # noqa: S608
    " ORDER BY c.kind <> 'retracted', c.kind, c.pmid DESC"
)

CHANGES_COUNT = "SELECT count(*) FROM changes"

INTEGRITY_COUNTS = """
SELECT
    (SELECT count(*) FROM papers WHERE is_retracted = 1) AS retracted,
    (SELECT count(*) FROM papers WHERE is_retracted IS NULL) AS unchecked,
    (SELECT count(*) FROM papers WHERE record_status <> 'active') AS withdrawn,
    (SELECT count(DISTINCT work) FROM notices WHERE kind = 'expression_of_concern') AS concerns,
    (SELECT count(DISTINCT work) FROM notices WHERE kind = 'erratum') AS errata,
    (SELECT count(DISTINCT work) FROM exposure WHERE hops = 1 AND kind = 'retraction') AS exposed
"""

# Search ----------------------------------------------------------------------------------------

JOURNAL = "coalesce(p.journal_abbrev, p.journal)"
RETRACTED = "CASE p.is_retracted WHEN 1 THEN 'yes' WHEN 0 THEN 'no' ELSE 'unknown' END"
# What a search can be narrowed by; each condition takes the parameter of its name. Of topics there
# may be several, whose parameters are topic, topic2, topic3 …; PMIDs are a JSON array.
FILTERS = {
    "topic": "p.pmid IN (SELECT pt.pmid FROM paper_topics pt"
    " JOIN topic_closure c ON c.topic = pt.topic WHERE c.ancestor = :{name})",
    "pmid": "p.pmid IN (SELECT value FROM json_each(:pmid))",
    "year": "p.year = :year",
    "design": "p.design = :design",
    "journal": f"{JOURNAL} = :journal",
    "type": "p.pmid IN (SELECT pmid FROM publication_types WHERE name = :type)",
    "retracted": f"{RETRACTED} = :retracted",
    "seed": "p.pmid IN (SELECT pmid FROM provenance WHERE seed = :seed)",
}
# The values that each can have; a year is a number, and of PMIDs each has to be here.
VALUES = {
    "topic": "SELECT topic FROM topics ORDER BY position",
    "design": "SELECT DISTINCT design FROM papers ORDER BY 1",
    "journal": f"SELECT DISTINCT {JOURNAL} FROM papers p WHERE {JOURNAL} <> '' ORDER BY 1",  # noqa: S608
    "type": "SELECT DISTINCT name FROM publication_types ORDER BY 1",
    "retracted": "SELECT column1 FROM (VALUES ('yes'), ('no'), ('unknown'))",
    "seed": "SELECT DISTINCT seed FROM provenance ORDER BY 1",
}

ABSENT = "SELECT value FROM json_each(:pmid) WHERE value NOT IN (SELECT pmid FROM papers)"

# Weights of title, abstract, authors, keywords, MeSH: a word in the title says most about a paper.
ORDERS = {
    "relevance": "bm25(papers_fts, 10, 2, 3, 5, 5), p.year DESC, p.pmid DESC",
    "newest": "p.year DESC, p.pub_date DESC, p.pmid DESC",
}


DIGITS = "0123456789"


def _matching(params: dict[str, object]) -> str:
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


def hits(params: dict[str, object], order: str) -> str:
    """The papers that a search finds, in order."""
    columns = "p.pmid, p.title, p.authors, p.journal_abbrev, p.year, p.doi, p.is_retracted"
    return f"SELECT {columns}\n{_matching(params)}\nORDER BY {ORDERS[order]}"


def hits_entered(params: dict[str, object]) -> str:
    """The papers that a search finds, those that entered the base last first."""
    entered = "coalesce((SELECT min(c.date) FROM changes c WHERE c.pmid = p.pmid), p.read_at)"
    return (
        f"SELECT p.pmid, p.title, p.authors, p.journal_abbrev, p.year, {entered} AS date"
        f" {_matching(params)} ORDER BY date DESC, p.pmid DESC"
    )


def all_hits(params: dict[str, object]) -> str:
    return f"SELECT p.pmid {_matching(params)}"


def hits_count(params: dict[str, object]) -> str:
    """How many papers, how many of them retracted, and how many checked for retraction."""
    counts = (
        "count(*) AS papers, total(p.is_retracted) AS retracted, count(p.is_retracted) AS checked"
    )
    return f"SELECT {counts} {_matching(params)}"


ANY_HIT = "SELECT 1 FROM papers_fts WHERE papers_fts MATCH :q LIMIT 1"
TOPICS_NAMED = """
SELECT topic, label, papers FROM topics
WHERE lower(label) = lower(:text)
    OR '|' || lower(coalesce(synonyms, '') || '|' || coalesce(abbreviations, '')) || '|'
        LIKE '%|' || replace(replace(lower(:text), '%', ''), '_', '') || '|%'
ORDER BY papers DESC LIMIT 3
"""


def _facet(
    params: dict[str, object], value: str, joined: str = "", order: str = "3 DESC, 1"
) -> str:
    """Values of the papers found with their counts, the most frequent first."""
    return (
        f"WITH hits AS MATERIALIZED (SELECT p.pmid {_matching(params)})"  # noqa: S608
        f" SELECT {value} AS value, {value} AS label, count(DISTINCT hits.pmid) AS papers"
        f" FROM hits JOIN papers p ON p.pmid = hits.pmid {joined}"
        f" WHERE {value} IS NOT NULL GROUP BY 1 ORDER BY {order} LIMIT 12"
    )


def facets(params: dict[str, object]) -> dict[str, tuple[str, str]]:
    """(title, statement) by filter, of all but the topics."""
    types = "JOIN publication_types t ON t.pmid = hits.pmid"
    seeds = "JOIN provenance s ON s.pmid = hits.pmid"
    return {
        "year": ("Year", _facet(params, "p.year", order="1 DESC")),
        "design": ("Study design", _facet(params, "p.design")),
        "journal": ("Journal", _facet(params, JOURNAL)),
        "type": ("Publication type", _facet(params, "t.name", types)),
        "retracted": ("Retracted", _facet(params, RETRACTED)),
        "seed": ("Brought by the seed", _facet(params, "s.seed", seeds)),
    }


def facet_topics(params: dict[str, object]) -> str:
    """The most frequent topics of each scheme, those with narrower ones included."""
    return (
        f"WITH hits AS MATERIALIZED (SELECT p.pmid {_matching(params)})"  # noqa: S608
        ", counted AS (SELECT c.ancestor, count(DISTINCT pt.pmid) AS papers"
        " FROM topic_closure c CROSS JOIN paper_topics pt ON pt.topic = c.topic"
        " WHERE +pt.pmid IN hits GROUP BY c.ancestor"
        "), ranked AS (SELECT t.topic AS value, t.label, n.papers, s.label AS scheme, t.scheme AS"
        " letter, row_number() OVER (PARTITION BY t.scheme ORDER BY n.papers DESC, t.position)"
        " AS place FROM counted n JOIN topics t ON t.topic = n.ancestor"
        " JOIN schemes s ON s.scheme = t.scheme)"
        " SELECT value, label, papers, scheme FROM ranked WHERE place <= 10"
        " ORDER BY letter, place"
    )


PAPER_LINES = """
SELECT p.pmid, p.title_html, p.authors, p.authors_complete, p.journal_abbrev, p.journal, p.year,
    p.record_status,
    p.is_retracted IS 1
        OR EXISTS (SELECT 1 FROM notices n WHERE n.pmid = p.pmid AND n.kind = 'retraction')
        AS is_retracted,
    EXISTS (SELECT 1 FROM notices n WHERE n.pmid = p.pmid AND n.kind = 'expression_of_concern')
        AS has_concern,
    (SELECT group_concat(name, ' · ') FROM publication_types t
     WHERE t.pmid = p.pmid AND t.name <> 'Journal Article'
        AND t.name NOT LIKE 'Research Support%') AS types
FROM json_each(:pmids) wanted JOIN papers p ON p.pmid = wanted.value
ORDER BY wanted.key
"""

# The marks are control characters, which no XML and so no record can hold.
MARKED = """
SELECT rowid AS pmid,
    highlight(papers_fts, 0, char(2), char(3)) AS title,
    snippet(papers_fts, 1, char(2), char(3), '…', 40) AS abstract,
    snippet(papers_fts, 2, char(2), char(3), '…', 30) AS authors,
    snippet(papers_fts, 3, char(2), char(3), '…', 20) AS keywords,
    snippet(papers_fts, 4, char(2), char(3), '…', 20) AS mesh
FROM papers_fts
WHERE papers_fts MATCH :q AND rowid IN (SELECT value FROM json_each(:pmids))
"""

WORKS_BY_IDENTIFIER = """
SELECT work, pmid, text, is_paper FROM works
WHERE pmid = :pmid OR doi = :doi OR pmcid = :pmcid
ORDER BY is_paper DESC, work LIMIT 5
"""

# Paper -----------------------------------------------------------------------------------------

PAPER = "SELECT * FROM papers WHERE pmid = :pmid"
AUTHORS = "SELECT * FROM authors WHERE pmid = :pmid ORDER BY position"
CONTRIBUTORS = "SELECT * FROM contributors WHERE pmid = :pmid ORDER BY position LIMIT 200"
# One notice is often stated twice, by the paper's record and by its own.
NOTICES = """
SELECT kind, notice_pmid, max(notice_doi) AS notice_doi, min(text) AS text, max(date) AS date,
    group_concat(DISTINCT source) AS source, max(checked) AS checked
FROM notices WHERE work = :work
GROUP BY kind, coalesce(notice_pmid, notice_doi, text)
ORDER BY kind = 'retraction' DESC, kind = 'expression_of_concern' DESC, date DESC, min(id)
"""
NOTICE_OF = """
SELECT n.kind, n.work, n.pmid, w.text, w.is_paper
FROM notices n LEFT JOIN works w ON w.work = n.work
WHERE n.notice_pmid = :pmid GROUP BY n.kind, n.work ORDER BY n.work
"""
MESH = "SELECT * FROM mesh WHERE pmid = :pmid ORDER BY position"
SUPPLEMENTARY_MESH = "SELECT * FROM supplementary_mesh WHERE pmid = :pmid ORDER BY position"
KEYWORDS = "SELECT * FROM keywords WHERE pmid = :pmid ORDER BY position"
PUBLICATION_TYPES = "SELECT * FROM publication_types WHERE pmid = :pmid ORDER BY position"
DATABANKS = "SELECT * FROM databanks WHERE pmid = :pmid ORDER BY position LIMIT 100"
GRANTS = "SELECT * FROM grants WHERE pmid = :pmid ORDER BY position LIMIT 100"
OTHER_ABSTRACTS = "SELECT * FROM other_abstracts WHERE pmid = :pmid ORDER BY position"
PROVENANCE = """
SELECT seed, via, hop, source FROM provenance WHERE pmid = :pmid ORDER BY hop, seed, via LIMIT 50
"""

PAPER_TOPICS = """
SELECT pt.topic, pt.basis, t.label, t.scheme, s.label AS scheme_label
FROM paper_topics pt JOIN topics t ON t.topic = pt.topic JOIN schemes s ON s.scheme = t.scheme
WHERE pt.pmid = :pmid ORDER BY t.position
"""

PAPER_EVIDENCE = """
SELECT e.topic, e.field, e.surface, e.rule, e.negated, t.label, count(*) AS times
FROM topic_evidence e JOIN topics t ON t.topic = e.topic
WHERE e.pmid = :pmid
GROUP BY e.topic, e.field, e.surface, e.rule, e.negated
ORDER BY t.position, min(e.id)
"""

# Where the words of its topics stand in the abstract; a denial is marked as one.
ABSTRACT_MARKS = """
SELECT e.start, e."end", e.topic, e.surface, e.rule, e.negated, t.label, t.scheme
FROM topic_evidence e JOIN topics t ON t.topic = e.topic
WHERE e.pmid = :pmid AND e.field = 'abstract'
ORDER BY e.start, e."end" DESC, t.position
"""

EVIDENCE_OF_PAPER = """
SELECT e.task, t.label, e.scheme, e.level, e.design, e.n, e.basis
FROM evidence e JOIN topics t ON t.topic = e.task
WHERE e.pmid = :pmid ORDER BY t.position, e.scheme
"""

FINDINGS_OF_PAPER = """
SELECT f.*, p.text FROM findings f JOIN passages p ON p.pmid = f.pmid AND p.field = f.field
WHERE f.pmid = :pmid ORDER BY f.field DESC, f.start LIMIT 60
"""

STUDIES_OF_PAPER = """
SELECT s.study, s.label, sp.basis, count(*) - 1 AS others
FROM study_papers sp JOIN studies s ON s.study = sp.study
JOIN study_papers o ON o.study = s.study
WHERE sp.pmid = :pmid GROUP BY s.study ORDER BY s.study
"""

# Works that cite what it cites, and works that are cited with it.
COUPLED = """
SELECT w.work, w.pmid, w.text, w.is_paper, count(DISTINCT mine.cited) AS shared
FROM (SELECT DISTINCT cited FROM cites WHERE citing = :work) mine
JOIN cites theirs ON theirs.cited = mine.cited AND theirs.citing <> :work
JOIN works w ON w.work = theirs.citing
GROUP BY w.work ORDER BY shared DESC, w.year DESC, w.work LIMIT 5
"""
COCITED = """
SELECT w.work, w.pmid, w.text, w.is_paper, count(DISTINCT mine.citing) AS shared
FROM (SELECT DISTINCT citing FROM cites WHERE cited = :work) mine
JOIN cites theirs ON theirs.citing = mine.citing AND theirs.cited <> :work
JOIN works w ON w.work = theirs.cited
GROUP BY w.work ORDER BY shared DESC, w.year DESC, w.work LIMIT 5
"""

VERSIONS = """
SELECT run, kind, date, detail FROM changes WHERE pmid = :pmid ORDER BY run DESC, kind LIMIT 40
"""

REFERENCES = """
SELECT r.position, r.text, r.ref_pmid, r.ref_doi, r.work, r.method, r.score, r.reason,
    w.text AS work_text, w.is_paper, w.pmid,
    EXISTS (SELECT 1 FROM notices n WHERE n.work = w.work AND n.kind = 'retraction')
        OR coalesce((SELECT is_retracted FROM papers p WHERE p.work = w.work), 0) AS is_retracted
FROM reference_list r JOIN works w ON w.work = r.work
WHERE r.pmid = :pmid ORDER BY r.position
"""

CITED_BY = """
SELECT c.citing, group_concat(c.source, ', ') AS sources, w.text, w.is_paper, w.pmid
FROM cites c JOIN works w ON w.work = c.citing
WHERE c.cited = :work
GROUP BY c.citing ORDER BY w.year DESC, c.citing LIMIT :limit
"""

CITED_BY_COUNT = "SELECT count(DISTINCT citing) FROM cites WHERE cited = :work"

RETRACTED_BEHIND = """
SELECT e.kind, e.hops, e.path, w.work, w.pmid, w.text, w.is_paper
FROM exposure e JOIN works w ON w.work = e.retracted
WHERE e.work = :work ORDER BY e.kind DESC, e.hops, w.work LIMIT 20
"""

LINKED_WORKS = """
SELECT l.kind, w.work, w.pmid, w.text, w.is_paper
FROM work_links l JOIN works w ON w.work = CASE WHEN l.a = :work THEN l.b ELSE l.a END
WHERE l.a = :work OR l.b = :work ORDER BY l.kind, w.work
"""

# Work ------------------------------------------------------------------------------------------

WORK = "SELECT * FROM works WHERE work = :work"
WORK_NOW = "SELECT work FROM work_ids WHERE id = :work"
WORK_PRINTED = """
SELECT r.pmid, r.position, r.text, r.method, r.score, r.reason, p.title_html
FROM reference_list r JOIN papers p ON p.pmid = r.pmid
WHERE r.work = :work ORDER BY p.year DESC, r.pmid, r.position LIMIT 50
"""

# Topic -----------------------------------------------------------------------------------------

TOPIC = """
SELECT t.*, s.label AS scheme_label
FROM topics t JOIN schemes s ON s.scheme = t.scheme WHERE t.topic = :topic
"""

TOPIC_WIDER = """
SELECT t.topic, t.label FROM topic_closure c JOIN topics t ON t.topic = c.ancestor
WHERE c.topic = :topic AND c.ancestor <> :topic
ORDER BY (SELECT count(*) FROM topic_closure d WHERE d.topic = t.topic), t.position
"""

TOPIC_NARROWER = """
SELECT topic, label, papers FROM topics WHERE broader = :topic ORDER BY position
"""

TOPIC_PAPERS = """
SELECT p.pmid, p.title, p.year,
    (SELECT group_concat(pt.topic || ' (' || pt.basis || ')')
     FROM paper_topics pt JOIN topic_closure c ON c.topic = pt.topic
     WHERE pt.pmid = p.pmid AND c.ancestor = :topic) AS topics
FROM papers p
WHERE p.pmid IN (SELECT pt.pmid FROM topic_closure c JOIN paper_topics pt ON pt.topic = c.topic
                 WHERE c.ancestor = :topic)
ORDER BY p.year DESC, p.pub_date DESC, p.pmid DESC
""".strip()

TOPIC_YEARS = """
SELECT year, count(*) AS papers FROM papers
WHERE pmid IN (SELECT pt.pmid FROM topic_closure c JOIN paper_topics pt ON pt.topic = c.topic
               WHERE c.ancestor = :topic)
GROUP BY year ORDER BY year
"""

# Why each of some papers has a topic, through itself or a narrower one.
TOPIC_REASONS = """
SELECT e.pmid, e.topic, t.label, e.field, e.surface, pt.basis, count(*) AS times
FROM topic_closure c
JOIN topic_evidence e ON e.topic = c.topic
JOIN paper_topics pt ON pt.pmid = e.pmid AND pt.topic = e.topic
JOIN topics t ON t.topic = e.topic
WHERE c.ancestor = :topic AND e.negated = 0
    AND e.pmid IN (SELECT value FROM json_each(:pmids))
GROUP BY e.pmid, e.topic, e.field, e.surface
ORDER BY t.position, min(e.id)
"""

# Gaps ------------------------------------------------------------------------------------------

GAP_CELLS = """
SELECT e.topic, e.task, e.papers, e.studies, e.largest_n, e.best_level, e.retracted, e.state
FROM evidence_map e JOIN topics t ON t.topic = e.topic
WHERE e.design = 'any' AND t.scheme = :scheme
"""
GAP_ROWS = "SELECT topic, label, broader FROM topics WHERE scheme = :scheme ORDER BY position"
GAP_SCHEMES = """
SELECT scheme, label FROM schemes WHERE scheme <> 'D' AND scheme IN (SELECT scheme FROM topics)
ORDER BY scheme
"""

# Map -------------------------------------------------------------------------------------------

MAP_WORKS = """
SELECT l.x, l.y, w.work, w.text, w.first_author, w.year, w.pmid, w.is_paper, m.in_degree,
    m.community,
    EXISTS (SELECT 1 FROM notices n WHERE n.work = w.work AND n.kind = 'retraction')
        OR coalesce((SELECT is_retracted FROM papers p WHERE p.work = w.work), 0) AS is_retracted
FROM layouts l JOIN metrics m ON m.work = l.work JOIN works w ON w.work = l.work
WHERE l.layout = :layout ORDER BY m.in_degree DESC, l.work LIMIT :limit
"""
MAP_COUNT = "SELECT count(*) FROM layouts WHERE layout = :layout"
MAP_CITATIONS = """
SELECT DISTINCT citing, cited FROM cites
WHERE citing IN (SELECT value FROM json_each(:works))
    AND cited IN (SELECT value FROM json_each(:works))
ORDER BY citing, cited LIMIT 4000
"""
MAP_COMMUNITIES = """
SELECT c.community, c.name, c.size, count(*) AS shown
FROM metrics m JOIN communities c ON c.community = m.community
WHERE m.work IN (SELECT value FROM json_each(:works))
GROUP BY c.community ORDER BY shown DESC, c.community LIMIT :limit
"""

# Integrity -------------------------------------------------------------------------------------

GONE = """
SELECT pmid FROM papers WHERE is_retracted = 1 OR record_status <> 'active'
ORDER BY year DESC, pmid DESC LIMIT :limit
"""

CONCERNS = """
SELECT n.work, n.pmid, n.kind, n.notice_pmid, min(n.text) AS text, max(n.date) AS date,
    group_concat(DISTINCT n.source) AS source, p.title_html, w.text AS work_text, w.is_paper
FROM notices n LEFT JOIN papers p ON p.work = n.work LEFT JOIN works w ON w.work = n.work
WHERE n.kind IN ('retraction', 'expression_of_concern', 'reinstatement')
GROUP BY n.work, n.kind, coalesce(n.notice_pmid, n.notice_doi, n.text)
ORDER BY max(n.date) DESC, min(n.id) LIMIT :limit
"""

CITING_RETRACTED = """
SELECT e.work, e.retracted, e.hops, w.text AS work_text, w.pmid AS work_pmid,
    w.is_paper AS work_is_paper, r.text AS retracted_text, r.pmid AS retracted_pmid,
    r.is_paper AS retracted_is_paper
FROM exposure e JOIN works w ON w.work = e.work JOIN works r ON r.work = e.retracted
WHERE e.hops = 1 AND e.kind = 'retraction' ORDER BY w.year DESC, e.work LIMIT :limit
"""

# Runs ------------------------------------------------------------------------------------------

SEARCHES = """
SELECT run, source, query, translation, asked_at, count FROM searches
WHERE query NOT LIKE '"%"[doi]%'
ORDER BY run DESC, id LIMIT :limit
"""
