"""The specimens as a site shows them, and what no build writes, or none yet."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

Get = Callable[[str], Any]

# What data/specimen/README.md says of them: a paper that cites a retracted one, whole-body MRI,
# marked-up text, a retracted paper, one that was never checked, one with hostile text.
CITING, IMAGING, NOTATIONS, RETRACTED, UNCHECKED, HOSTILE = (
    *(990000003, 990000005, 990000016),
    *(990000051, 990000041, 990000069),
)
CITED_ONLY = 990009001
CITED_DOI = "doi:10.5555/specimen.o2"
HOSTILE_DOI = 'doi:10.5555/specimen.o14"><script>alert(8)</script'
GARBLED = "ref:7b86337655a7b220"
FORMER = "ref:ffffffffffffffff"
# No specimen has a title of 100 kB, or none, or is no XML.
LONG, UNTITLED, BROKEN = 990000101, 990000102, 990000103
LONG_TITLE = "neuroblastoma " * 7_200 + "again"  # 100 kB

SCRIPT = "<script>alert('published')</script>"
# What no build writes, or none yet: the pages must hold on their own.
CARELESS = (
    "UPDATE papers SET title_html = title_html || :script || '<b onclick=alert(1)>bold</b>',"
    " abstract_html = abstract_html || '<p><img src=x onerror=alert(1)>' || :script"
    f" WHERE pmid = {HOSTILE}",
    f"UPDATE publication_types SET name = :script WHERE pmid = {HOSTILE}",
    f"UPDATE keywords SET owner = :script WHERE pmid = {HOSTILE}",
    f"UPDATE notices SET text = :script WHERE pmid = {RETRACTED}",
    "UPDATE runs SET note = note || :script WHERE state <> 'complete'",
    "UPDATE searches SET question = :script, translation = :script",
    f"INSERT INTO work_ids (id, work) VALUES ('{FORMER}', '{CITED_DOI}')",
    'INSERT INTO topic_evidence (pmid, topic, field, start, "end", surface, rule, negated)'
    f" VALUES ({IMAGING}, 'biopsy-ig', 'abstract', 0, 10, 'not biopsied', 'label', 1)",
)

OURS = [
    "/",
    "/search",
    "/search?q=neuroblastoma",
    "/search?q=script",
    "/search?q=MIBG+vs+FDG-PET&sort=evidence&year_from=2000",
    f"/search?q={quote(SCRIPT)}+neurobastoma&year_to=2030",
    f"/search?q={quote(SCRIPT)}&type={quote(SCRIPT)}&topic={quote(SCRIPT)}",
    "/search?q=🧠",
    *(
        f"/paper/{pmid}"
        for pmid in (CITING, IMAGING, NOTATIONS, RETRACTED, UNCHECKED, HOSTILE, LONG, UNTITLED)
    ),
    f"/paper/{CITED_ONLY}",
    f"/paper/{quote(SCRIPT, safe='')}",
    f"/work/{CITED_DOI}",
    f"/work/{quote(HOSTILE_DOI)}",
    f"/work/{GARBLED}",
    f"/work/{quote(SCRIPT)}",
    "/topic/modality",
    "/topic/mri",
    f"/topic/{quote(SCRIPT, safe='')}",
    "/map",
    "/map?layout=force",
    "/gaps",
    "/integrity",
    "/check",
    "/changes",
    "/runs",
    "/nothing-here",
    "/search?page=0",
]


def asked(base: Path, sql: str) -> list[Any]:
    with closing(sqlite3.connect(base)) as db:
        return db.execute(sql).fetchall()


def all_pmids(base: Path) -> list[int]:
    return [pmid for (pmid,) in asked(base, "SELECT pmid FROM papers ORDER BY pmid")]
