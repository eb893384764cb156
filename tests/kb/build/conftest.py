"""A raw.db in the making, and a base built of a few records."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from building import Base, Printed, Raw, elink, esearch, paper

MESH = (
    '<MeshHeadingList><MeshHeading><DescriptorName UI="D009447" MajorTopicYN="Y">Neuroblastoma'
    "</DescriptorName></MeshHeading></MeshHeadingList>"
    '<KeywordList Owner="NOTNLM"><Keyword MajorTopicYN="N">MIBG</Keyword></KeywordList>'
)
TEXT = "Li W. A book without a number. Berlin; 1999"


@pytest.fixture
def raw(tmp_path: Path) -> Raw:
    made = Raw(tmp_path / "raw.db")
    made.run()
    return made


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Base:
    """Papers 1 to 4 of run 1 and 5 of run 2, which also revised 1, withdrew 4 and fell short.

    1 cites 2 by PMID, a book by its text alone, and 7 and 8, which were not harvested; 2 cites 3
    in the older way; 3 is retracted as only its notice, 5, knows; 6 was brought by a dead seed, 9
    by a run that has not ended.
    """
    made = Raw(tmp_path_factory.mktemp("base") / "raw.db")
    made.run(1)
    made.run(2, "incomplete")
    made.do("UPDATE runs SET note = 'one failed' WHERE run = 2")
    made.run(3, "killed")
    made.run(4, "running")
    abstract = "A study of MIBG scans. It has 😀 in it: a tumour."
    references: list[Printed] = [
        ("Paper two", {"pubmed": 2}),
        (TEXT, {}),
        ("Seven", {"pubmed": 7}),
        ("Eight. Lancet 2008", {"doi": "10.1000/Eight", "pmc": "PMC8"}),
        (f"{TEXT}.", {}),
        ("", {}),
    ]
    one: dict[str, Any] = {"title": "Imaging of tumours", "abstract": abstract, "more": MESH}
    made.read(1, paper(1, **one, references=references[:1]))
    made.read(
        1, paper(1, **one, references=references, version=2), run=2, now="2024-02-01T00:00:00Z"
    )
    made.read(
        2, paper(2, comments=[("Cites", "Three", 3), ("Cites", "Seven again", 7)]), via="1", hop=1
    )
    made.read(3, paper(3, authors=["Pötschger U"]), seed="job:query:x", source="three.xml")
    made.read(4, seed="job:query:x")
    made.withdraw(4, run=2)
    made.do("INSERT INTO outcomes VALUES (2, 4, 'withdrawn', NULL), (2, 99, 'failed', 'HTTP 500')")
    notice = [("RetractionOf", "J Example", 3)]
    made.read(5, paper(5, comments=notice, references=[("Three", {"pubmed": 3})]), run=2)
    made.read(6, seed="job:pmid:dead")
    made.do("UPDATE seeds SET live = 0 WHERE seed = 'job:pmid:dead'")
    made.read(9, run=4, seed="job:query:x")
    made.answer("esearch", esearch(12, "neuroblastoma[All Fields]"), question="term=neuroblastoma")
    made.answer("esearch", esearch(1, "x"), run=4)
    made.answer("elink", elink("pubmed_pubmed_citedin", {3: [1, 70], 2: [2]}))
    made.answer("elink", elink("pubmed_pubmed_refs", {2: [3, 71], 50: [51]}))
    return made.build()


@pytest.fixture
def old(raw: Raw) -> bytes:
    """A kb.db in place, and a raw.db that has grown since."""
    raw.read(1)
    content = raw.build().path.read_bytes()
    raw.read(2)
    return content
