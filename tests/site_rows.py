"""A small kb.db for the tests of the pages: made-up records, some of them hostile."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

from kb.build import count_papers
from kb.schema import SCHEMA

SCRIPT = "<script>alert('published')</script>"
SCRIPT_ESCAPED = "&lt;script&gt;alert(&#39;published&#39;)&lt;/script&gt;"
RIGHT_TO_LEFT = "\u202egnimoc era ew\u202c"
LONG_TITLE = "neuroblastoma " * 7_200  # 100 kB

IMAGING, RETRACTED, HOSTILE, LONG, UNTITLED = 990000001, 990000002, 990000003, 990000004, 990000005
CITED_ONLY = 990000099
LANCET = "doi:10.1016/s0140-6736(07)60983-0"
GARBLED = "ref:0123456789abcdef"


def write(path: Path, *, base_id: str = "base-of-the-tests") -> Path:
    """Write the whole small base as one file."""
    connection = sqlite3.connect(path)
    connection.executescript(SCHEMA.read_text(encoding="utf-8"))
    connection.execute("PRAGMA foreign_keys = ON")
    for table, rows in _tables(base_id):
        for row in rows:
            _insert(connection, table, row)
    count_papers(connection)
    connection.execute("INSERT INTO papers_fts (papers_fts) VALUES ('rebuild')")
    connection.commit()
    connection.close()
    return path


def _insert(connection: sqlite3.Connection, table: str, row: dict[str, object]) -> None:
    columns = ", ".join(f'"{name}"' for name in row)
    marks = ", ".join("?" for _ in row)
    connection.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", list(row.values()))


def paper(pmid: int, title: str, **columns: object) -> dict[str, object]:
    return {
        "pmid": pmid,
        "work": f"pmid:{pmid}",
        "title": title,
        "title_html": title,
        "authors": "Example A; Sample B",
        "journal": "Journal of Specimens",
        "journal_abbrev": "J Specimens",
        "year": 2020,
        "keywords": "",
        "mesh": "",
        "is_book": 0,
        "record_status": "active",
        "is_retracted": 0,
        "integrity_checked": "2026-01-02",
        "authors_complete": 1,
        "version": 1,
        "read_at": "2026-01-02T03:04:05",
        "read_from": "efetch",
        "n_references": 0,
    } | columns


PAPERS = (
    paper(
        IMAGING,
        "Imaging of H2O in neuroblastoma",
        title_html="Imaging of H<sub>2</sub>O in neuroblastoma",
        abstract="BACKGROUND: Whole-body MRI finds bone marrow lesions.",
        abstract_html="<p><b>BACKGROUND:</b> Whole-body MRI finds bone marrow lesions.</p>",
        authors="Example A; Sample B; The Specimen Group",
        doi="10.1007/s00247-022-05489-2",
        pmcid="PMC1234567",
        year=2023,
        pub_date="2023-04",
        volume="53",
        issue="4",
        pages="783-787",
        epub_date="2022-09-05",
        keywords="Magnetic resonance imaging",
        mesh="Neuroblastoma*",
        medline_status="MEDLINE",
        n_references=4,
    ),
    paper(RETRACTED, "A trial of scintigraphy", is_retracted=1, year=2019),
    paper(
        HOSTILE,
        f"{SCRIPT} & {RIGHT_TO_LEFT} hostile",
        # What a careless build would leave: the pages must hold on their own.
        title_html=f"{SCRIPT}<b onclick=alert(1)>bold</b> <i>hostile</i> {RIGHT_TO_LEFT}",
        abstract=f"{SCRIPT} hostile abstract",
        abstract_html=f"<p>{SCRIPT}<img src=x onerror=alert(1)> hostile abstract</p>",
        authors=f"{SCRIPT}",
        journal=SCRIPT,
        journal_abbrev=SCRIPT,
        keywords=SCRIPT,
        doi="10.1000/\"><script>alert('doi')</script>",
        is_retracted=None,
        medline_status="In-Process",
        vernacular_title=SCRIPT,
        coi_statement=SCRIPT,
    ),
    paper(LONG, LONG_TITLE, year=2018),
    paper(
        UNTITLED, "", authors="", authors_complete=0, year=None, journal=None, journal_abbrev=None
    ),
)


def _work(work: str, text: str, **columns: object) -> dict[str, object]:
    return {"work": work, "text": text, "is_paper": 0} | columns


def _tables(base_id: str) -> Iterator[tuple[str, Sequence[dict[str, object]]]]:
    yield "meta", [{"key": "base_id", "value": base_id}]
    yield (
        "works",
        [
            *(
                _work(
                    str(row["work"]),
                    f"Example A. {str(row['title'])[:80] or 'untitled'}",
                    pmid=row["pmid"],
                    title=row["title"],
                    year=row["year"],
                    doi=row.get("doi"),
                    pmcid=row.get("pmcid"),
                    is_paper=1,
                )
                for row in PAPERS
            ),
            _work(f"pmid:{CITED_ONLY}", "Known A. Cited, not harvested. 2001", pmid=CITED_ONLY),
            _work(LANCET, "Maris JM. Neuroblastoma. Lancet 2007", doi=LANCET.removeprefix("doi:")),
            _work(GARBLED, f"Garbled {SCRIPT}"),
        ],
    )
    yield "work_ids", [{"id": "ref:ffffffffffffffff", "work": LANCET}]
    yield "papers", PAPERS
    yield (
        "authors",
        [
            _author(
                IMAGING,
                1,
                last_name="Example",
                fore_name="Ada",
                initials="A",
                orcid="0000-0002-1825-0097",
            ),
            _author(IMAGING, 2, last_name="Sample", fore_name="Bo", initials="B"),
            _author(IMAGING, 3, collective="The Specimen Group"),
            _author(HOSTILE, 1, last_name=SCRIPT, initials="X"),
        ],
    )
    yield (
        "mesh",
        [
            {
                "pmid": IMAGING,
                "position": 1,
                "descriptor": "Neuroblastoma",
                "descriptor_ui": "D009447",
                "qualifier": "diagnostic imaging",
                "is_major": 1,
            },
        ],
    )
    yield (
        "publication_types",
        [
            {"pmid": IMAGING, "position": 1, "name": "Review"},
            {"pmid": RETRACTED, "position": 1, "name": "Retracted Publication"},
            {"pmid": HOSTILE, "position": 1, "name": SCRIPT},
        ],
    )
    yield (
        "keywords",
        [
            {
                "pmid": IMAGING,
                "position": 1,
                "keyword": "Magnetic resonance imaging",
                "owner": "NOTNLM",
                "is_major": 0,
            },
            {"pmid": HOSTILE, "position": 1, "keyword": SCRIPT, "owner": SCRIPT, "is_major": 0},
        ],
    )
    yield (
        "reference_list",
        [
            _reference(1, "Maris JM. Lancet. 2007", LANCET, "doi", 1.0, "the DOI printed with it"),
            _reference(2, "A trial", f"pmid:{RETRACTED}", "text", 0.93, "title and year agree"),
            _reference(3, f"Garbled {SCRIPT}", GARBLED, "none", None, "no candidate"),
            _reference(4, None, f"pmid:{CITED_ONLY}", "pmid", 1.0, "the PMID printed with it"),
        ],
    )
    yield (
        "cites",
        [
            {"citing": f"pmid:{IMAGING}", "cited": cited, "source": "reference_list"}
            for cited in (LANCET, f"pmid:{RETRACTED}", GARBLED, f"pmid:{CITED_ONLY}")
        ],
    )
    yield "exposure", [{"work": f"pmid:{IMAGING}", "retracted": f"pmid:{RETRACTED}", "hops": 1}]
    yield (
        "notices",
        [
            {
                "pmid": RETRACTED,
                "kind": "retraction",
                "notice_pmid": 990000077,
                "date": "2020-05",
                "text": f"J Specimens. 2020 {SCRIPT}",
                "source": "the paper's record",
            },
        ],
    )
    yield from _topics()
    yield (
        "runs",
        [
            {
                "run": 1,
                "job": "specimen",
                "started": "2026-01-02T03:00:00",
                "finished": "2026-01-02T03:04:05",
                "state": "incomplete",
                "asked": 6,
                "stored": 5,
                "unchanged": 0,
                "missing": 0,
                "withdrawn": 0,
                "failed": 1,
                "filtered": 0,
                "note": f"PMID 990000006 {SCRIPT}",
            },
        ],
    )
    yield (
        "searches",
        [
            {
                "run": 1,
                "source": "esearch",
                "question": f"neuroblastoma {SCRIPT}",
                "translation": "neuroblastoma[MeSH]",
                "asked_at": "2026-01-02T03:00:01",
                "count": 5,
            },
        ],
    )
    yield (
        "changes",
        [{"run": 1, "pmid": row["pmid"], "kind": "new", "date": "2026-01-02"} for row in PAPERS],
    )
    yield (
        "provenance",
        [
            {
                "pmid": IMAGING,
                "seed": "specimen: neuroblastoma",
                "via": "",
                "hop": 0,
                "source": "search",
            },
            {
                "pmid": RETRACTED,
                "seed": "specimen: neuroblastoma",
                "via": str(IMAGING),
                "hop": 1,
                "source": "references",
            },
        ],
    )


def _topics() -> Iterator[tuple[str, Sequence[dict[str, object]]]]:
    yield (
        "schemes",
        [
            {"scheme": "A", "label": "Imaging modality", "description": "How an image is made"},
            {"scheme": "C", "label": "Staging", "description": "How far the disease has spread"},
        ],
    )
    yield (
        "topics",
        [
            _topic("modality", "A", "Imaging", None, 1),
            _topic(
                "mri",
                "A",
                "Magnetic resonance imaging",
                "modality",
                2,
                mesh_ui="D008279",
                synonyms="MR imaging|MRI scan",
                abbreviations="MRI|MR",
                note="MR also means minor response",
            ),
            _topic("wbmri", "A", "Whole-body MRI", "mri", 3, mesh_ui="D051598+D008279"),
            _topic("stage", "C", "Stage", None, 4),
        ],
    )
    yield (
        "topic_closure",
        [
            {"ancestor": ancestor, "topic": topic}
            for ancestor, topic in (
                ("modality", "modality"),
                ("modality", "mri"),
                ("modality", "wbmri"),
                ("mri", "mri"),
                ("mri", "wbmri"),
                ("wbmri", "wbmri"),
                ("stage", "stage"),
            )
        ],
    )
    yield (
        "topic_evidence",
        [
            _evidence(IMAGING, "wbmri", "abstract", 12, 26, "Whole-body MRI", "synonym"),
            _evidence(IMAGING, "mri", "keyword:1", 0, 26, "Magnetic resonance imaging", "label"),
            _evidence(HOSTILE, "mri", "title", 0, 8, SCRIPT, "label"),
            _evidence(IMAGING, "stage", "abstract", 0, 4, "not staged", "label", negated=1),
        ],
    )
    yield (
        "paper_topics",
        [
            _paper_topic(IMAGING, "wbmri", "abstract", n_abstract=1),
            _paper_topic(IMAGING, "mri", "keyword", n_keyword=1),
            _paper_topic(HOSTILE, "mri", "title", n_title=1),
        ],
    )


def _author(pmid: int, position: int, **columns: object) -> dict[str, object]:
    return {"pmid": pmid, "position": position} | columns


def _reference(
    position: int, text: str | None, work: str, method: str, score: float | None, reason: str
) -> dict[str, object]:
    return {
        "pmid": IMAGING,
        "position": position,
        "text": text,
        "work": work,
        "method": method,
        "score": score,
        "reason": reason,
    }


def _topic(
    topic: str, scheme: str, label: str, broader: str | None, position: int, **columns: object
) -> dict[str, object]:
    return {
        "topic": topic,
        "scheme": scheme,
        "label": label,
        "broader": broader,
        "position": position,
        "papers": 0,
    } | columns


def _evidence(
    pmid: int,
    topic: str,
    field: str,
    start: int,
    end: int,
    surface: str,
    rule: str,
    negated: int = 0,
) -> dict[str, object]:
    return {
        "pmid": pmid,
        "topic": topic,
        "field": field,
        "start": start,
        "end": end,
        "surface": surface,
        "rule": rule,
        "negated": negated,
    }


def _paper_topic(pmid: int, topic: str, basis: str, **columns: int) -> dict[str, object]:
    counts = {"n_mesh": 0, "n_keyword": 0, "n_title": 0, "n_abstract": 0} | columns
    return {"pmid": pmid, "topic": topic, "basis": basis} | counts
