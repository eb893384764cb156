"""The evidence gap map: for each topic and clinical task the papers, by study design, or none.

A paper stands in a cell where it has the topic and the task, each itself or by a narrower one. An
empty cell says whether a search of the harvest named the topic: only then is nothing a finding.
"""

from __future__ import annotations

import sqlite3

from kb.tables import insert, selected
from kb.tables.corpus import EvidenceMapRow

ANY = "any"

# A registry number and a protocol that a paper names, and no other study with them, are one study;
# registry numbers have six digits in a row, protocols fewer.
MEMBERS = """
CREATE TEMP TABLE member AS
SELECT DISTINCT c.ancestor AS topic, pt.pmid, s.role IS 'task' AS is_task
FROM topic_closure c JOIN paper_topics pt ON pt.topic = c.topic
JOIN topics t ON t.topic = c.ancestor JOIN schemes s ON s.scheme = t.scheme;
CREATE INDEX temp.member_paper ON member (pmid, is_task);
CREATE TEMP TABLE protocol_of AS
SELECT n.study AS number, min(p.study) AS protocol
FROM study_papers n JOIN study_papers p ON p.pmid = n.pmid AND p.study <> n.study
WHERE n.study GLOB '[A-Z]*[0-9][0-9][0-9][0-9][0-9][0-9]*' AND p.study GLOB '*[0-9]*'
    AND n.pmid IN (SELECT pmid FROM study_papers GROUP BY pmid HAVING count(*) = 2)
GROUP BY n.study
HAVING count(DISTINCT p.study) = 1
    AND min(p.study) NOT GLOB '[A-Z]*[0-9][0-9][0-9][0-9][0-9][0-9]*';
CREATE TEMP TABLE study_of AS
SELECT s.pmid, min(coalesce(n.protocol, s.study)) AS study
FROM study_papers s LEFT JOIN protocol_of n ON n.number = s.study GROUP BY s.pmid;
CREATE INDEX temp.study_of_paper ON study_of (pmid);
CREATE TEMP TABLE level_of AS
SELECT e.pmid, c.ancestor AS task, min(e.level) AS level, max(e.n) AS n
FROM evidence e JOIN topic_closure c ON c.topic = e.task GROUP BY e.pmid, c.ancestor;
CREATE INDEX temp.level_of_paper ON level_of (pmid, task);
"""
# Of papers that report on no study that is known, each counts as a study of its own.
CELLS = """
SELECT m.topic, k.topic AS task, {design} AS design, count(*) AS papers,
    count(DISTINCT coalesce(s.study, 'pmid:' || m.pmid)) AS studies, max(l.n) AS largest_n,
    min(l.level) AS best_level, CAST(total(p.is_retracted) AS INTEGER) AS retracted,
    'found' AS state
FROM member m
JOIN member k ON k.pmid = m.pmid AND k.is_task = 1
JOIN papers p ON p.pmid = m.pmid
LEFT JOIN study_of s ON s.pmid = m.pmid
LEFT JOIN level_of l ON l.pmid = m.pmid AND l.task = k.topic
WHERE m.is_task = 0
GROUP BY m.topic, k.topic, 3
"""
# A topic was searched for where a query, as PubMed read it, holds its name or a synonym as a word.
SEARCHED = """
WITH words AS (
    SELECT topic, label AS word FROM topics
    UNION
    SELECT t.topic, w.value
    FROM topics t, json_each('[' || replace(json_quote(t.synonyms), '|', '","') || ']') w
), asked AS (SELECT ' ' || lower(ifnull(translation, query)) || ' ' AS words FROM searches)
SELECT DISTINCT w.topic
FROM words w JOIN asked a ON a.words GLOB '*[^a-z0-9]' || lower(w.word) || '[^a-z0-9]*'
"""
EMPTY = f"""
SELECT t.topic, k.topic AS task, 'any' AS design, 0 AS papers, 0 AS studies, NULL AS largest_n,
    NULL AS best_level, 0 AS retracted,
    iif(t.topic IN ({SEARCHED}), 'searched, none', 'none, not searched by name') AS state
FROM topics t JOIN schemes s ON s.scheme = t.scheme
JOIN topics k ON k.scheme IN (SELECT scheme FROM schemes WHERE role = 'task')
LEFT JOIN evidence_map e ON e.topic = t.topic AND e.task = k.topic AND e.design = 'any'
WHERE s.role IS NOT 'task' AND e.topic IS NULL
"""  # noqa: S608


def fill(db: sqlite3.Connection) -> None:
    """Fill the table evidence_map, from topics, evidence, studies and searches."""
    # Not executescript, which would commit.
    for statement in MEMBERS.split(";"):
        db.execute(statement)
    for cells in (CELLS.format(design="p.design"), CELLS.format(design=f"'{ANY}'"), EMPTY):
        # Read to its end first: what is inserted must not meet what is still being selected.
        insert(db, list(selected(EvidenceMapRow, db.execute(cells))))
