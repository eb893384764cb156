"""A base in which witnesses do not agree: one paper is contradictory, one was reinstated."""

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
