"""A kb.db filled by hand with what makes files break (Unicode, control characters, gaps,
self-citation) and one that is built from records."""

from __future__ import annotations

import io
import sqlite3
from pathlib import Path
from typing import Any

from harvest.files import read_files
from harvest.progress import Progress
from kb.build.build import build
from kb.data import data_dir
from kb.notices.verdict import VERDICTS
from kb.schema import SCHEMA

BUNDLED = data_dir() / "demo" / "pubmed.xml"

NASTY = "α<β & \"γ\" 'δ' ]]> \U0001f9e0 नमस्ते\u00a0e\u0301 \u2009\x01\x1f\x7f\x85\u2028\ufffe end"
# What a build draws from notices of a kind alone, and from a record alone.
STANDS = {
    "retraction": "retracted",
    "contradictory": "contradictory",
    "expression_of_concern": "expression of concern",
    "reinstatement": "reinstated",
    "erratum": "corrected",
}
MARKED = {1: "retracted", 0: "none known", None: "never checked"}
LONG_DOI = "doi:10.1002/(sici)1097-0142(19990915)86:6<1100::aid-cncr29>3.0.co;2-0"


class Connection(sqlite3.Connection):
    """Closes itself when a test is done with it: Python 3.13 warns where nobody does. The collector
    may do so in any thread, hence `check_same_thread=False` wherever one is made."""

    def __del__(self) -> None:
        self.close()


def empty_base(path: Path | str = ":memory:") -> sqlite3.Connection:
    db = sqlite3.connect(path, factory=Connection, check_same_thread=False)
    db.executescript(SCHEMA.read_text(encoding="utf-8"))
    return db


def small_base(path: Path | str = ":memory:") -> sqlite3.Connection:
    """Papers 1 to 5 (1 retracted, 3 never checked and without authors, 4 a chapter, 5 nasty), two
    works known by DOI and one by its citation alone. 5 cites itself, 3 cites nothing."""
    db = empty_base(path)
    add(db, "meta", key="base_id", value="0123456789abcdef")
    _papers(db)
    _people(db)
    _subjects(db)
    _citations(db)
    db.commit()
    return db


def built_base(folder: Path, *files: Path) -> sqlite3.Connection:
    """The base that harvest and build make of PubMed's XML."""
    read_files(folder / "raw.db", files, (), 1, Progress(io.StringIO()))
    build(folder / "raw.db", folder / "kb.db", data_dir())
    return sqlite3.connect(folder / "kb.db", factory=Connection, check_same_thread=False)


def add(db: sqlite3.Connection, table: str, **values: Any) -> None:
    """A row; with a notice the verdict that a build would draw from it."""
    marks = ", ".join("?" * len(values))
    names = ", ".join(values)
    db.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(values.values()))
    if table == "notices" and values["kind"] in STANDS:
        stands(db, values["work"], STANDS[values["kind"]])


def stands(db: sqlite3.Connection, work: str, verdict: str) -> None:
    """The verdict on a work, where it has no graver one."""
    order = ", ".join(f"'{each}'" for each in VERDICTS)
    graver = f'instr("{order}", excluded.verdict) < instr("{order}", verdicts.verdict)'
    db.execute(
        "INSERT INTO verdicts (work, pmid, verdict, rule) VALUES (?, ?, ?, '')"
        f" ON CONFLICT DO UPDATE SET verdict = excluded.verdict WHERE {graver}",
        [work, int(work[5:]) if work.startswith("pmid:") else None, verdict],
    )


def add_paper(db: sqlite3.Connection, pmid: int, **values: Any) -> None:
    """A paper and its work; whatever is not given is as empty as the schema lets it be."""
    about = {
        "title": f"Paper {pmid}",
        "is_book": 0,
        "record_status": "active",
        "is_retracted": None,
        **values,
    }
    work = {name: about.get(name) for name in ("doi", "pmcid", "year", "title")}
    add(db, "works", work=f"pmid:{pmid}", pmid=pmid, text=f"PMID {pmid}", is_paper=1, **work)
    columns = db.execute("SELECT name FROM pragma_table_info('papers') WHERE \"notnull\"")
    blank = dict.fromkeys((name for (name,) in columns), "")
    rest = {"authors_complete": 1, "version": 1, "n_references": 0, "read_at": "2024-01-01"}
    add(db, "papers", **{**blank, **rest, **about, "pmid": pmid, "work": f"pmid:{pmid}"})
    stands(db, f"pmid:{pmid}", MARKED[about["is_retracted"]])


def a_chapter() -> sqlite3.Connection:
    """A base of one chapter, PMID 1, with all that a record of Bookshelf can say of its book."""
    db = empty_base()
    add_paper(db, 1, is_book=1, is_chapter=1, journal="A Book", pages="33-41", volume="3")
    made = {"publisher": "BIOS", "publisher_place": "Oxford", "edition": "2nd", "series": "Series"}
    add(db, "imprints", pmid=1, **made, isbn="9780000000002", bookshelf_id="NBK2")
    add(db, "contributors", pmid=1, position=1, role="editor", last_name="Ed", fore_name="It")
    return db


def _papers(db: sqlite3.Connection) -> None:
    add_paper(
        db,
        1,
        title="Imaging in neuroblastoma.",
        abstract="AIM: to see.\nRESULTS: seen.",
        journal="Pediatric radiology",
        journal_abbrev="Pediatr Radiol",
        issn="1432-1998",
        year=2023,
        pub_date="2023-04",
        epub_date="2022-09-05",
        volume="53",
        issue="4",
        pages="651-9",
        doi="10.1007/s1",
        pmcid="PMC77",
        language="eng; fre",
        is_retracted=1,
        integrity_checked="2024-01-02",
    )
    add_paper(db, 2, pages="e28473", is_retracted=0, integrity_checked="2024-01-03", year=2021)
    add_paper(db, 3, title="", record_status="withdrawn")
    add_paper(db, 4, is_book=1, is_chapter=1, journal="A Book of Tumours", is_retracted=0)
    add_paper(db, 5, title=NASTY, abstract="one\r\ntwo\tthree " + NASTY, is_retracted=0)
    add(
        db,
        "notices",
        work="pmid:1",
        pmid=1,
        kind="retraction",
        notice_pmid=99,
        date="2023-12-01",
        text="Pediatr Radiol. 2023 Dec;53(12):1",
        source="record",
    )
    add(db, "notices", work="pmid:2", pmid=2, kind="expression_of_concern", source="record")
    add(db, "notices", work="pmid:2", pmid=2, kind="erratum", notice_pmid=98, source="record")


def _people(db: sqlite3.Connection) -> None:
    add(db, "authors", pmid=1, position=2, collective="SIOPEN Radiology Group")
    add(db, "authors", pmid=1, position=1, last_name="Müller-Łoś", fore_name="Zoë A", suffix="Jr")
    add(db, "authors", pmid=1, position=3, last_name="Li", initials="W")
    add(db, "authors", pmid=2, position=1, last_name="Sukarno")
    add(db, "authors", pmid=2, position=2, last_name="O'Neil", suffix="3rd")
    add(db, "authors", pmid=2, position=3, fore_name="Madonna")
    add(db, "authors", pmid=5, position=1, last_name="St*r\x02", fore_name="N")
    add(db, "contributors", pmid=4, position=1, role="editor", last_name="Ed", fore_name="It")
    add(db, "contributors", pmid=4, position=2, role="investigator", last_name="No", fore_name="O")


def _subjects(db: sqlite3.Connection) -> None:
    add(db, "keywords", pmid=1, position=1, keyword="MIBG; mIBG", is_major=0)
    add(db, "keywords", pmid=1, position=2, keyword="HLA-B*57:01", is_major=0)
    mesh: list[tuple[int, str, str | None]] = [
        (1, "Humans", None),
        (2, "Neuroblastoma", "diagnosis"),
        (3, "Humans", None),
    ]
    for position, descriptor, qualifier in mesh:
        names = {"descriptor": descriptor, "qualifier": qualifier}
        add(db, "mesh", pmid=1, position=position, is_major=1, **names)
    add(db, "publication_types", pmid=1, position=1, name="Journal Article")
    add(db, "publication_types", pmid=1, position=2, name="Retracted Publication")
    add(db, "schemes", scheme="A", label="A", description="a")
    for position, topic in enumerate(("mibg", "staging")):
        about = {"label": topic, "definition": f"About {topic}.", "papers": 1}
        add(db, "topics", topic=topic, scheme="A", position=position, **about)
        counts = dict.fromkeys(("n_mesh", "n_keyword", "n_title", "n_abstract"), 1)
        add(db, "paper_topics", pmid=1, topic=topic, basis="mesh", **counts)


def _citations(db: sqlite3.Connection) -> None:
    add(db, "works", work=LONG_DOI, doi=LONG_DOI[4:], text=NASTY, is_paper=0, journal="J <X>")
    add(db, "works", work="doi:10.1/x", doi="10.1/x", text="Park 2008", is_paper=0, year=2008)
    add(db, "works", work="ref:00ff00ff00ff00ff", text="line one\r\nline two", is_paper=0)
    for citing, cited, source in [
        ("pmid:1", "pmid:2", "reference_list"),
        ("pmid:1", "pmid:2", "elink"),
        ("pmid:1", LONG_DOI, "reference_list"),
        ("pmid:2", "ref:00ff00ff00ff00ff", "reference_list"),
        ("pmid:4", "pmid:1", "comments_corrections"),
        ("pmid:5", "pmid:5", "reference_list"),
        ("pmid:5", "doi:10.1/x", "reference_list"),
    ]:
        add(db, "cites", citing=citing, cited=cited, source=source)
