"""Small records of a stand-in of PubMed, and how its answers are read."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, fromstring
from xml.sax.saxutils import escape

import requests

from harvest.standin import Corpus
from harvest.standin.corpus import entry

Ask = Callable[..., requests.Response]


def record(
    pmid: int,
    title: str = "A title.",
    *,
    abstract: str = "",
    mesh: str = "",
    authors: tuple[tuple[str, str, str], ...] = (("Doe", "Jane Ann", "JA"),),
    year: int = 2020,
    entered: tuple[int, int, int] = (2020, 5, 17),
    revised: tuple[int, int, int] = (2021, 6, 18),
    cites: tuple[int | str, ...] = (),
    cited_in_comments: tuple[int, ...] = (),
    doi: str = "",
    pmc: str = "",
    kind: str = "Journal Article",
    version: int = 1,
) -> bytes:
    """A PubmedArticle by NLM's DTD; ``mesh`` has descriptors between semicolons, * for major."""

    def day(tag: str, when: tuple[int, int, int], extra: str = "") -> str:
        year, month, number = when
        parts = f"<Year>{year}</Year><Month>{month}</Month><Day>{number}</Day>"
        return f"<{tag}{extra}>{parts}</{tag}>"

    people = "".join(
        f"<Author ValidYN='Y'><LastName>{last}</LastName><ForeName>{fore}</ForeName>"
        f"<Initials>{initials}</Initials></Author>"
        for last, fore, initials in authors
    )
    headings = "".join(
        "<MeshHeading><DescriptorName UI='D1' MajorTopicYN='{}'>{}</DescriptorName>"
        "</MeshHeading>".format("Y" if name.startswith("*") else "N", name.strip("*"))
        for name in mesh.split(";")
        if name
    )
    comments = "".join(
        f"<CommentsCorrections RefType='Cites'><RefSource>x</RefSource><PMID Version='1'>{cited}"
        "</PMID></CommentsCorrections>"
        for cited in cited_in_comments
    )
    references = "".join(
        f"<Reference><Citation>c</Citation><ArticleIdList><ArticleId IdType='pubmed'>{cited}"
        "</ArticleId></ArticleIdList></Reference>"
        for cited in cites
    )
    history = "".join(
        day("PubMedPubDate", entered, f" PubStatus='{status}'")
        for status in ("pubmed", "medline", "entrez")
    )
    return (
        "<PubmedArticle><MedlineCitation Status='MEDLINE' Owner='NLM'>"
        f"<PMID Version='{version}'>{pmid}</PMID>{day('DateRevised', revised)}"
        "<Article PubModel='Print'><Journal><ISSN IssnType='Print'>0000-0019</ISSN><JournalIssue"
        f" CitedMedium='Print'><Volume>7</Volume><Issue>2</Issue><PubDate><Year>{year}</Year>"
        "</PubDate></JournalIssue><Title>Journal of examples</Title>"
        "<ISOAbbreviation>J Examples</ISOAbbreviation></Journal>"
        f"<ArticleTitle>{escape(title)}</ArticleTitle>"
        "<Pagination><MedlinePgn>10-9</MedlinePgn></Pagination>"
        + (f"<ELocationID EIdType='doi' ValidYN='Y'>{doi}</ELocationID>" if doi else "")
        + (f"<Abstract><AbstractText>{abstract}</AbstractText></Abstract>" if abstract else "")
        + f"<AuthorList CompleteYN='Y'>{people}</AuthorList><Language>eng</Language>"
        f"<PublicationTypeList><PublicationType UI='D2'>{kind}</PublicationType>"
        "</PublicationTypeList></Article><MedlineJournalInfo><MedlineTA>J Examples</MedlineTA>"
        f"</MedlineJournalInfo><CommentsCorrectionsList>{comments}</CommentsCorrectionsList>"
        f"<MeshHeadingList>{headings}</MeshHeadingList></MedlineCitation>"
        f"<PubmedData><History>{history}</History><PublicationStatus>ppublish</PublicationStatus>"
        f"<ArticleIdList><ArticleId IdType='pubmed'>{pmid}</ArticleId>"
        + (f"<ArticleId IdType='pmc'>{pmc}</ArticleId>" if pmc else "")
        + f"</ArticleIdList><ReferenceList>{references}</ReferenceList></PubmedData>"
        "</PubmedArticle>"
    ).encode()


RECORDS: dict[int, dict[str, Any]] = {
    11: {
        "title": "MIBG scanning of neuroblastoma.",
        "abstract": "Iodine-123 MIBG scintigraphy in <i>Opsoclonus-Myoclonus</i> syndrome.",
        "mesh": "*Neuroblastoma;Child",
        "authors": (("Müller", "Anna Berta", "AB"), ("Doe", "Jane", "J")),
        "year": 1999,
        "entered": (1999, 3, 1),
    },
    12: {
        "title": "Staging of neuroblastoma & ganglioneuroma.",
        "abstract": "Risk factors defined by imaging.",
        "mesh": "Neuroblastoma;*Neoplasm Staging",
        "cites": (11, 12, 99, "NOT_FOUND;INVALID_JOURNAL"),
        "year": 2009,
        "entered": (2009, 12, 31),
        "doi": "10.1234/AB(12)c",
        "pmc": "PMC77",
    },
    13: {
        "title": "Dancing eyes, a review.",
        "kind": "Review",
        "cites": (12,),
        "cited_in_comments": (11,),
        "authors": (("Muller", "Carl", "C"),),
        "entered": (2020, 2, 29),
    },
    14: {"title": "Nothing to do with it.", "year": 2010, "entered": (2020, 12, 31)},
}


CORPUS = Corpus(entry(pmid, record(pmid, **content)) for pmid, content in RECORDS.items())


def xml(answer: requests.Response) -> Element:
    assert answer.headers["Content-Type"].startswith("text/xml")
    return fromstring(answer.content)


def texts(root: Element, path: str) -> list[str | None]:
    return [found.text for found in root.findall(path)]


def hits(ask: Ask, term: str, **more: object) -> list[int]:
    root = xml(ask("esearch", db="pubmed", term=term, **more))
    return [int(uid or 0) for uid in texts(root, "IdList/Id")]


def fetched(answer: requests.Response) -> list[int]:
    """PMIDs of the records of an EFetch answer, each read where it is the record's own."""
    assert answer.status_code == 200
    root = xml(answer)
    assert root.tag == "PubmedArticleSet"
    own = (record.find("*/PMID") for record in root)
    return [int(pmid.text or 0) for pmid in own if pmid is not None]


def outline(root: Element, parent: str = "") -> list[str]:
    """The distinct paths of a document in the order in which they first come; items by name."""
    path = f"{parent}/{root.get('Name') or root.tag}"
    found = {path: None}
    for child in root:
        found |= dict.fromkeys(outline(child, path))
    return list(found)


def head(content: bytes) -> bytes:
    """XML declaration and doctype, their white space aside."""
    return re.sub(rb"\s+", b" ", content[: content.index(b">", content.index(b"<!DOCTYPE")) + 1])


def file_of(path: Path, *records: bytes, root: str = "PubmedArticleSet") -> Path:
    path.write_bytes(b"<%b>%b</%b>" % (root.encode(), b"\n".join(records), root.encode()))
    return path


def links(block: Element) -> dict[str | None, list[str | None]]:
    return {
        found.findtext("LinkName"): texts(found, "Link/Id") for found in block.findall("LinkSetDb")
    }
