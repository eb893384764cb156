"""Bases in which witnesses do not agree, and one in which works stand in every way."""

from __future__ import annotations

import json
from pathlib import Path

from building import Base, Raw, paper

from kb.answers import RETRACTION_WATCH

CONTRADICTORY, REINSTATED, READER = 101, 102, 103
WATCHED = (
    "Record ID,Title,RetractionDate,RetractionDOI,RetractionPubMedID,OriginalPaperDOI,"
    "OriginalPaperPubMedID,RetractionNature,Reason\n"
    "11,T,1/2/2020,10.1000/n1,0,10.1000/c,0,Expression of concern,\n"
    "21,T,1/2/2020,10.1000/n2,0,10.1000/r,0,Retraction,\n"
    "22,T,3/4/2021,,0,10.1000/r,0,Reinstatement,+Error by Journal;\n"
)


def standing_base(folder: Path) -> Base:
    """``READER`` cites both. A notice of ``CONTRADICTORY`` is a retraction to its publisher and a
    concern to Retraction Watch; of ``REINSTATED`` Crossref goes on serving the retraction."""
    raw = Raw(folder / "raw.db")
    raw.run()
    raw.read(CONTRADICTORY, paper(CONTRADICTORY, title="Disputed", doi="10.1000/c"))
    raw.read(REINSTATED, paper(REINSTATED, title="Restored", doi="10.1000/r"))
    cited = [("One", {"pubmed": CONTRADICTORY}), ("Two", {"pubmed": REINSTATED})]
    raw.read(READER, paper(READER, title="Reader", references=cited))
    retraction = {"type": "retraction", "label": "Retraction"}
    watch = {"source": "retraction-watch", "record-id": 21}
    dated = {"updated": {"date-parts": [[2020, 1, 2]]}}
    for doi, update in (
        ("10.1000/c", {"DOI": "10.1000/n1", **retraction}),
        ("10.1000/r", {"DOI": "10.1000/n2", **retraction, **watch, **dated}),
    ):
        body = json.dumps({"message": {"updated-by": [update]}})
        raw.answer("crossref", body, question="works/" + doi.replace("/", "%2F"))
    raw.answer(RETRACTION_WATCH, WATCHED)
    return raw.build()


# Works by how they stand: papers that PubMed was asked about, papers of a file that nobody asked
# PubMed about, and works that are only cited. READER cites them all.
STANDS = {
    "pmid:201": "retracted",
    "pmid:202": "contradictory",
    "pmid:203": "expression of concern",
    "pmid:204": "reinstated",
    "pmid:205": "corrected",
    "pmid:206": "not retracted",
    "pmid:301": "retracted",
    "pmid:302": "contradictory",
    "pmid:303": "expression of concern",
    "pmid:304": "reinstated",
    "pmid:305": "corrected",
    "pmid:306": "none known",
    "pmid:307": "never checked",
    "doi:10.1000/401": "retracted",
    "doi:10.1000/402": "contradictory",
    "doi:10.1000/403": "expression of concern",
    "doi:10.1000/404": "reinstated",
    "doi:10.1000/405": "corrected",
    "doi:10.1000/406": "none known",
    "doi:10.1000/407": "never checked",
}
ALL_READER = 501
# By the last digit of a work: types of updates that its publisher states, and natures of rows.
STATED: dict[str, tuple[str, ...]] = {
    "1": ("retraction",),
    "2": ("retraction", "Expression of concern"),
    "3": ("expression_of_concern",),
    "4": ("retraction", "Reinstatement"),
    "5": ("erratum",),
    "6": ("68818",),
    "7": (),
}


def every_verdict_base(folder: Path) -> Base:
    """Each work of STANDS stands as that says."""
    raw = Raw(folder / "raw.db")
    raw.run()
    cited = []
    rows = [WATCHED.partition("\n")[0]]
    for work in STANDS:
        number = work[-3:]
        doi = f"10.1000/{number}"
        cited.append((number, {"doi": doi}))
        if work.startswith("pmid:"):
            source = "efetch" if number < "300" else "pubmed26n0001.xml"
            about = paper(int(number), title=f"Work {number}", doi=doi, year=2000)
            raw.read(int(number), about, source=source)
        stated = STATED[number[-1]] if work != "pmid:206" else ()
        updates = [_update(number, each) for each in stated if each[0].islower() or each[0] == "6"]
        if updates:
            body = json.dumps({"message": {"updated-by": updates}})
            raw.answer("crossref", body, question=f"works/10.1000%2F{number}")
        for each in stated[1:]:
            day = "3/4/2021" if each == "Reinstatement" else "1/2/2020"
            notice = "" if each == "Reinstatement" else f"10.1000/n{number}"
            rows.append(f"{number},T,{day},{notice},0,{doi},0,{each},")
    raw.read(ALL_READER, paper(ALL_READER, title="Reader of all", references=cited, year=2022))
    raw.answer(RETRACTION_WATCH, "\n".join(rows) + "\n")
    return raw.build()


def _update(number: str, type_: str) -> dict[str, object]:
    dated = {"updated": {"date-parts": [[2020, 1, 2]]}}
    return {"DOI": f"10.1000/n{number}", "type": type_, "label": type_, **dated}
