"""The records of fixtures/oddities.xml, which holds every oddity that PubMed's own have."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from kb.record.article import Article
from kb.record.pubmed import parse
from kb.record.recordset import read_file

ODDITIES = Path(__file__).parent / "fixtures" / "oddities.xml"
MARKUP, SECTIONS, PEOPLE, INDEXED, COMMENTED, CITING, OLD, LEAST, CHAPTER, BOOK = range(
    990001000, 990001010
)


@cache
def xml() -> dict[int, bytes]:
    return {cut.pmid: cut.xml for cut in read_file(ODDITIES) if cut.kind == "record" and cut.pmid}


@cache
def article(pmid: int) -> Article:
    return parse(xml()[pmid])


def parsed(inside: str, data: str = "") -> Article:
    """A record with this beside its PMID, and this in its PubmedData."""
    return parse(
        "<PubmedArticle><MedlineCitation><PMID>7</PMID>"
        f"{inside}</MedlineCitation><PubmedData>{data}</PubmedData></PubmedArticle>".encode()
    )
