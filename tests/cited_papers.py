"""Three papers, and whether a text is the citation of one."""

from __future__ import annotations

from building import article

from kb.citations.agreement import Agreement, compare
from kb.citations.citation import Citation, citable
from kb.record.article import Article

MARIS = article(
    17586306,
    title="Neuroblastoma.",
    authors=["Maris, John M", "Hogarty, Michael D"],
    journal="Lancet",
    journal_title="Lancet (London, England)",
    year=2007,
    volume="369",
    issue="9579",
    pages="2106-20",
)
PARK = article(
    20113896,
    title="Neuroblastoma: biology, prognosis, and treatment.",
    authors=["Park JR", "Eggert A", "Caron H"],
    journal="Hematol Oncol Clin North Am",
    journal_title="Hematology/oncology clinics of North America",
    year=2010,
    volume="24",
    issue="1",
    pages="65-86",
)
BHATIA = article(
    33779841,
    title="Opsoclonus-myoclonus-ataxia syndrome in children.",
    authors=["Bhatia P", "Heim J", "Cornejo P"],
    journal="J Neurol",
    journal_title="Journal of neurology",
    year=2022,
    volume="269",
    issue="2",
    pages="750-757",
    epub="2021-03-28",
)


def compared(paper: Article, text: str) -> Agreement | None:
    """What the comparison says; None where the text does not even give volume and first page."""
    about = citable(paper)
    citation = Citation(text)
    return compare(about, citation) if (about.volume, about.first_page) in citation.places else None


def is_of(paper: Article, text: str) -> bool:
    found = compared(paper, text)
    return found is not None and found.agrees
