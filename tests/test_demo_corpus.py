"""The bundled corpus: what it promises by itself, and that it says what its sources say."""

from __future__ import annotations

import csv
import gzip
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

DEMO = Path(__file__).resolve().parent.parent / "data" / "demo"
DOI = re.compile(r"10\.\d{4,9}/\S+")
LITTOOIJ = "36063183"
LITTOOIJ_REFERENCES = [
    "Maris JM. Recent advances in neuroblastoma. N Engl J Med. 2010;362:2202–2211."
    " doi: 10.1056/NEJMra0804577",
    "Maris JM, Hogarty MD, Bagatell R, Cohn SL. Neuroblastoma. Lancet. 2007;369:2106–2120."
    " doi: 10.1016/S0140-6736(07)60983-0",
    "Park JR, Eggert A, Caron H. Neuroblastoma: biology, prognosis and treatment."
    " Pediatr Clin N Am. 2008;55:97–120. doi: 10.1016/j.pcl.2007.10.014",
    "Chung C, Boterberg T, Lucas J et al (2021) Neuroblastoma."
    " Pediatr Blood Cancer 68(Suppl 2):e28473",
    "Bhatia P, Heim J, Cornejo P, et al. Opsoclonus-myoclonus-ataxia syndrome in children."
    " J Neurog. 2021;269:750–757",
]
UNTITLED = "9374997"
SUFFIXED = ("30198643", "Armato SG", "III")
# The source has an ISSN but nothing seen says whether it is the print or the electronic one.
ISSN_OF_UNKNOWN_TYPE = {"22329756", "22722825", "30754710", "32824925"}

Row = dict[str, str]
Record = ElementTree.Element


@pytest.fixture(scope="module")
def papers() -> dict[str, Record]:
    """The records by PMID, in the order of the file."""
    found = ElementTree.parse(DEMO / "pubmed.xml").getroot().findall("PubmedArticle")
    return {record.findtext("MedlineCitation/PMID", ""): record for record in found}


@pytest.fixture(scope="module")
def rows(shared: Path) -> dict[str, Row]:
    """The facts about each paper whose PMID was seen with it, by PMID."""
    corpus = read_tsv(shared / "domain" / "corpus.tsv")
    return {row["pmid"]: row for row in corpus if row["pmid_verified"] == "yes"}


@pytest.fixture(scope="module")
def edges(shared: Path) -> list[Row]:
    return read_tsv(shared / "domain" / "edges.tsv")


def read_tsv(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def texts(record: Record, path: str) -> list[str]:
    return [element.text or "" for element in record.findall(path)]


def own_ids(record: Record) -> dict[str, str]:
    ids = record.findall("PubmedData/ArticleIdList/ArticleId")
    return {element.get("IdType", ""): element.text or "" for element in ids}


def references(record: Record) -> list[Record]:
    return record.findall("PubmedData/ReferenceList/Reference")


def cited(reference: Record) -> list[str]:
    """Identifiers of the cited work, a DOI with the prefix that the source gives it."""
    ids = reference.findall("ArticleIdList/ArticleId")
    return [("doi:" if i.get("IdType") == "doi" else "") + (i.text or "") for i in ids]


def names(record: Record) -> list[str]:
    """Authors as the source writes them, without suffixes."""
    found = []
    for author in record.findall("MedlineCitation/Article/AuthorList/Author"):
        group = author.findtext("CollectiveName")
        family = f"{author.findtext('LastName')} {author.findtext('Initials')}"
        found.append(f"collective:{group}" if group else family)
    return found


def headings(record: Record) -> Iterator[tuple[str, bool, str, bool]]:
    """Descriptor, its mark, qualifier (empty where there is none), its mark: a row a pair."""
    for heading in record.findall("MedlineCitation/MeshHeadingList/MeshHeading"):
        descriptor = heading[0]
        for qualifier in heading[1:] or [ElementTree.Element("none", MajorTopicYN="N")]:
            yield (
                descriptor.text or "",
                descriptor.get("MajorTopicYN") == "Y",
                qualifier.text or "",
                qualifier.get("MajorTopicYN") == "Y",
            )


def listed(cell: str) -> list[str]:
    return cell.split("|") if cell else []


# What the file promises by itself


def test_the_file_is_utf_8_and_begins_as_efetch_does() -> None:
    text = (DEMO / "pubmed.xml").read_text(encoding="utf-8")
    assert text.startswith(
        '<?xml version="1.0" ?>\n<!DOCTYPE PubmedArticleSet PUBLIC '
        '"-//NLM//DTD PubMedArticle, 1st January 2025//EN" '
        '"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">\n<PubmedArticleSet>\n'
    )


def test_there_are_113_papers_sorted_by_pmid_and_none_twice() -> None:
    root = ElementTree.parse(DEMO / "pubmed.xml").getroot()
    pmids = [int(pmid) for pmid in texts(root, "PubmedArticle/MedlineCitation/PMID")]
    assert len(pmids) == len(root) == 113
    assert pmids == sorted(set(pmids))


def test_every_record_has_its_pmid_in_both_places(papers: dict[str, Record]) -> None:
    for pmid, record in papers.items():
        ids = record.findall("PubmedData/ArticleIdList/ArticleId")
        assert own_ids(record)["pubmed"] == pmid
        assert len(ids) == len(own_ids(record)), f"{pmid}: two identifiers of one type"


@pytest.mark.parametrize(
    "tag",
    [
        *["Abstract", "AbstractText", "OtherAbstract", "CopyrightInformation"],
        *["ForeName", "Identifier", "Affiliation", "InvestigatorList"],
        *["DateRevised", "DateCompleted", "History", "PublicationStatus", "Language"],
    ],
)
def test_what_was_not_seen_is_absent(papers: dict[str, Record], tag: str) -> None:
    assert not [pmid for pmid, record in papers.items() if record.find(f".//{tag}") is not None]


def test_every_title_ends_as_a_sentence_and_only_one_is_missing(papers: dict[str, Record]) -> None:
    titles = {p: r.findtext("MedlineCitation/Article/ArticleTitle") for p, r in papers.items()}
    assert [pmid for pmid, title in titles.items() if not title] == [UNTITLED]
    assert [p for p, title in titles.items() if title and not re.search(r"\w.*[.?!]$", title)] == []
    assert [pmid for pmid, title in titles.items() if title and re.search(r"[.?!]\.$", title)] == []


def test_a_doi_is_well_formed_and_the_same_in_both_places(papers: dict[str, Record]) -> None:
    for pmid, record in papers.items():
        dois = texts(record, "MedlineCitation/Article/ELocationID[@EIdType='doi']")
        assert dois == [own_ids(record)[kind] for kind in ["doi"] if kind in own_ids(record)], pmid
        assert all(DOI.fullmatch(doi) for doi in dois), pmid


def test_no_two_papers_share_an_identifier(papers: dict[str, Record]) -> None:
    ids = [value.lower() for record in papers.values() for value in own_ids(record).values()]
    assert len(ids) == len(set(ids))


def test_a_pmcid_is_pmc_and_digits(papers: dict[str, Record]) -> None:
    pmcids = [own_ids(record).get("pmc") for record in papers.values()]
    assert all(re.fullmatch(r"PMC[1-9]\d*", pmcid) for pmcid in pmcids if pmcid)


def test_no_author_is_named_et_al(papers: dict[str, Record]) -> None:
    for pmid, record in papers.items():
        assert not [n for n in names(record) if "et al" in n or "not seen" in n], pmid
        for last, initials in (n.rsplit(" ", 1) for n in names(record) if ":" not in n):
            assert re.fullmatch(r"[A-Z]{1,4}", initials), f"{pmid}: {last} {initials}"


def test_particles_stay_in_the_last_name(papers: dict[str, Record]) -> None:
    last_names = {
        name
        for record in papers.values()
        for name in texts(record, "MedlineCitation/Article/AuthorList/Author/LastName")
    }
    assert {"van Noesel", "De Bernardi", "von Schweinitz", "van den Heuvel-Eibrink"} <= last_names


def test_groups_are_collective_names(papers: dict[str, Record]) -> None:
    path = "MedlineCitation/Article/AuthorList/Author/CollectiveName"
    groups = {pmid: texts(record, path) for pmid, record in papers.items() if texts(record, path)}
    assert groups == {"19047290": ["INRG Task Force"], "35260471": ["OMS Study Group"]}


def test_a_list_without_anyone_is_marked_incomplete(papers: dict[str, Record]) -> None:
    assert [pmid for pmid, record in papers.items() if not names(record)] == ["32172225"]
    authors = papers["32172225"].find("MedlineCitation/Article/AuthorList")
    assert authors is not None
    assert authors.get("CompleteYN") == "N"


def test_a_record_is_medline_exactly_where_it_has_headings(papers: dict[str, Record]) -> None:
    for pmid, record in papers.items():
        indexed = record.find("MedlineCitation/MeshHeadingList") is not None
        citation = record.find("MedlineCitation")
        assert citation is not None
        assert citation.get("Status") == ("MEDLINE" if indexed else None), pmid


def test_no_record_repeats_a_descriptor(papers: dict[str, Record]) -> None:
    path = "MedlineCitation/MeshHeadingList/MeshHeading/DescriptorName"
    for pmid, record in papers.items():
        assert len(texts(record, path)) == len(set(texts(record, path))), pmid


@pytest.mark.parametrize(
    ("tag", "pattern"),
    [
        ("DescriptorName", r"D\d{6}|D\d{9}"),
        ("QualifierName", r"Q\d{6}|Q\d{9}"),
        ("PublicationType", r"D\d{6}|D\d{9}"),
    ],
)
def test_every_term_has_one_unique_identifier(
    papers: dict[str, Record], tag: str, pattern: str
) -> None:
    found = defaultdict(set)
    for record in papers.values():
        for term in record.iter(tag):
            found[term.text].add(term.get("UI", ""))
    assert found
    assert all(len(uis) == 1 and re.fullmatch(pattern, min(uis)) for uis in found.values())
    assert len(set.union(*found.values())) == len(found)


def test_the_example_paper_is_whole(papers: dict[str, Record]) -> None:
    record = papers[LITTOOIJ]
    article = "MedlineCitation/Article/"
    assert record.findtext(article + "ArticleTitle") == "Imaging in neuroblastoma."
    assert record.findtext("MedlineCitation/MedlineJournalInfo/MedlineTA") == "Pediatr Radiol"
    issue = article + "Journal/JournalIssue/"
    assert record.findtext(issue + "Volume") == "53"
    assert record.findtext(issue + "Issue") == "4"
    assert record.findtext(issue + "PubDate/Year") == "2023"
    assert texts(record, article + "Pagination/MedlinePgn") == ["783-787"]
    assert own_ids(record) == {"pubmed": LITTOOIJ, "doi": "10.1007/s00247-022-05489-2"}
    assert texts(record, article + "ArticleDate/*") == ["2022", "09", "05"]
    assert texts(record, article + "PublicationTypeList/*") == ["Review"]
    assert texts(record, "MedlineCitation/KeywordList[@Owner='NOTNLM']/Keyword") == [
        *["Children", "Imaging", "Magnetic resonance imaging", "Neuroblastoma"],
        "Nuclear medicine",
    ]


def test_the_example_paper_has_its_five_references_as_printed(papers: dict[str, Record]) -> None:
    found = references(papers[LITTOOIJ])
    assert [reference.findtext("Citation") for reference in found] == LITTOOIJ_REFERENCES
    assert [cited(reference) for reference in found] == [[]] * 5


def test_no_paper_cites_itself(papers: dict[str, Record]) -> None:
    for record in papers.values():
        own = {value.lower() for value in own_ids(record).values()}
        for reference in references(record):
            assert own.isdisjoint(x.removeprefix("doi:").lower() for x in cited(reference))


def test_every_identifier_of_a_reference_is_well_formed(papers: dict[str, Record]) -> None:
    for record in papers.values():
        for reference in references(record):
            assert reference.findtext("Citation")
            for found in cited(reference):
                assert re.fullmatch(r"[1-9]\d*", found) or DOI.fullmatch(found, len("doi:"))


def test_the_readme_counts_what_is_there(papers: dict[str, Record]) -> None:
    counts = dict(
        re.findall(r"^\| (.+?) \| (\d+) \|$", (DEMO / "README.md").read_text("utf-8"), re.MULTILINE)
    )
    records = list(papers.values())

    def having(path: str) -> int:
        return sum(record.find(path) is not None for record in records)

    article = "MedlineCitation/Article/"
    assert {name: int(count) for name, count in counts.items()} == {
        "papers": len(records),
        "with a DOI": having("PubmedData/ArticleIdList/ArticleId[@IdType='doi']"),
        "with a PMCID": having("PubmedData/ArticleIdList/ArticleId[@IdType='pmc']"),
        "with MeSH headings": having("MedlineCitation/MeshHeadingList"),
        "with publication types": having(article + "PublicationTypeList"),
        "with author keywords": having("MedlineCitation/KeywordList"),
        "with an electronic date": having(article + "ArticleDate"),
        "with an ISSN": having(article + "Journal/ISSN"),
        "with NLM's journal number": having("MedlineCitation/MedlineJournalInfo/NlmUniqueID"),
        "with an incomplete author list": having(article + "AuthorList[@CompleteYN='N']"),
        "with references": having("PubmedData/ReferenceList"),
        "references": sum(len(references(record)) for record in records),
        "attribute `Status` of `MedlineCitation`": len(records) - having("*[@Status]"),
        "`PublicationTypeList`": len(records) - having(article + "PublicationTypeList"),
        "`Pagination` and `ELocationID`, of which one must be there": sum(
            record.find(article + "Pagination") is None
            and record.find(article + "ELocationID") is None
            for record in records
        ),
        "an `Author` in the `AuthorList`": len(records) - having(article + "AuthorList/Author"),
    }


# That it says what its sources say


def test_the_papers_are_those_whose_pmid_was_verified(
    papers: dict[str, Record], rows: dict[str, Row]
) -> None:
    assert list(papers) == sorted(rows, key=int)


@pytest.mark.parametrize(
    ("column", "path"),
    [
        ("journal", "MedlineCitation/Article/Journal/ISOAbbreviation"),
        ("journal", "MedlineCitation/MedlineJournalInfo/MedlineTA"),
        ("year", "MedlineCitation/Article/Journal/JournalIssue/PubDate/Year"),
        ("volume", "MedlineCitation/Article/Journal/JournalIssue/Volume"),
        ("issue", "MedlineCitation/Article/Journal/JournalIssue/Issue"),
        ("pages", "MedlineCitation/Article/Pagination/MedlinePgn"),
        ("doi", "PubmedData/ArticleIdList/ArticleId[@IdType='doi']"),
        ("pmcid", "PubmedData/ArticleIdList/ArticleId[@IdType='pmc']"),
        ("keywords", "MedlineCitation/KeywordList[@Owner='NOTNLM']/Keyword"),
    ],
)
def test_a_field_equals_its_column(
    papers: dict[str, Record], rows: dict[str, Row], column: str, path: str
) -> None:
    found = {pmid: texts(record, path) for pmid, record in papers.items()}
    assert found == {pmid: listed(row[column]) for pmid, row in rows.items()}


def test_a_doi_was_verified(papers: dict[str, Record], rows: dict[str, Row]) -> None:
    with_doi = {pmid for pmid, record in papers.items() if "doi" in own_ids(record)}
    assert with_doi == {pmid for pmid, row in rows.items() if row["doi_verified"] == "yes"}


def test_the_titles_are_those_seen(papers: dict[str, Record], rows: dict[str, Row]) -> None:
    for pmid in papers.keys() - {UNTITLED}:
        title = papers[pmid].findtext("MedlineCitation/Article/ArticleTitle", "")
        assert title.removesuffix(".") == rows[pmid]["title"], pmid
    assert rows[UNTITLED]["title"].startswith("(title not seen")


def test_the_electronic_date_is_the_one_seen(
    papers: dict[str, Record], rows: dict[str, Row]
) -> None:
    path = "MedlineCitation/Article/ArticleDate[@DateType='Electronic']/*"
    for pmid, record in papers.items():
        assert "-".join(texts(record, path)) == rows[pmid]["epub_date"], pmid


def test_the_authors_are_those_seen(papers: dict[str, Record], rows: dict[str, Row]) -> None:
    for pmid, record in papers.items():
        row = rows[pmid]
        seen = listed(row["authors"]) or [row["first_author"], "et al."]
        authors = record.find("MedlineCitation/Article/AuthorList")
        assert authors is not None
        assert names(record) == [n for n in seen if n not in {"et al.", "(not seen)"}], pmid
        assert authors.get("CompleteYN") == ("N" if "et al." in seen else "Y"), pmid


def test_the_one_suffix_is_the_one_seen(papers: dict[str, Record], rows: dict[str, Row]) -> None:
    pmid, name, suffix = SUFFIXED
    path = "MedlineCitation/Article/AuthorList/Author[Suffix]"
    found = [
        (paper, author.findtext("LastName"), author.findtext("Suffix"))
        for paper, record in papers.items()
        for author in record.findall(path)
    ]
    assert found == [(pmid, name.split()[0], suffix)]
    assert f"{name.split()[0]} has the suffix {suffix}" in rows[pmid]["source"]


def test_the_publication_types_are_those_seen_not_those_inferred(
    papers: dict[str, Record], rows: dict[str, Row]
) -> None:
    path = "MedlineCitation/Article/PublicationTypeList/PublicationType"
    for pmid, record in papers.items():
        seen = [t for t in listed(rows[pmid]["pub_types"]) if not t.endswith("(inferred)")]
        assert texts(record, path) == seen, pmid


def test_the_headings_and_their_marks_are_those_seen(
    papers: dict[str, Record], rows: dict[str, Row]
) -> None:
    for pmid, record in papers.items():
        seen = [heading.partition("/") for heading in listed(rows[pmid]["mesh_headings"])]
        assert sorted(headings(record)) == sorted(
            (descriptor.strip("*"), "*" in descriptor, qualifier.strip("*"), "*" in qualifier)
            for descriptor, _slash, qualifier in seen
        ), pmid


def test_an_issn_is_one_seen_and_missing_only_where_its_type_is_unknown(
    papers: dict[str, Record], rows: dict[str, Row]
) -> None:
    for pmid, record in papers.items():
        found = texts(record, "MedlineCitation/Article/Journal/ISSN[@IssnType='Print']")
        seen = set(listed(rows[pmid]["issn"]))
        assert set(found) <= seen, pmid
        assert bool(found) == (bool(seen) and pmid not in ISSN_OF_UNKNOWN_TYPE), pmid


def test_the_references_are_the_citations_seen_in_their_order(
    papers: dict[str, Record], edges: list[Row]
) -> None:
    seen: dict[str, list[str]] = {pmid: [] for pmid in papers}
    for edge in edges:
        if edge["citing_pmid"] in papers:
            seen[edge["citing_pmid"]].append(edge["cited_pmid"])
    for pmid in papers.keys() - {LITTOOIJ}:
        found = [cited(reference) for reference in references(papers[pmid])]
        assert found == [[work] for work in seen[pmid]], pmid
    assert len(seen[LITTOOIJ]) == len(LITTOOIJ_REFERENCES)


def test_the_citations_left_out_are_those_whose_citing_work_has_no_verified_pmid(
    papers: dict[str, Record], edges: list[Row]
) -> None:
    left_out = sum(edge["citing_pmid"] not in papers for edge in edges)
    assert f"{left_out} of the {len(edges)} citations" in (DEMO / "README.md").read_text("utf-8")


def test_a_composed_citation_names_the_cited_paper(papers: dict[str, Record], shared: Path) -> None:
    known: dict[str, Row] = {}
    for row in read_tsv(shared / "domain" / "corpus.tsv"):
        known |= {row["pmid"]: row, f"doi:{row['doi']}": row}
    for pmid in papers.keys() - {LITTOOIJ}:
        for reference in references(papers[pmid]):
            (work,) = cited(reference)
            text = reference.findtext("Citation", "")
            if work not in known:
                assert text == (f"PMID: {work}" if work.isdigit() else work.replace(":", ": "))
                continue
            row = known[work]
            assert text.startswith(row["first_author"]), work
            issue = f"({row['issue']})" if row["issue"] else ""
            assert text.endswith(
                f" {row['title']}. {row['journal']}."
                f" {row['year']};{row['volume']}{issue}:{row['pages']}."
            ), work


def test_every_identifier_of_a_term_is_the_one_in_nlms_tables(
    papers: dict[str, Record], shared: Path
) -> None:
    known = defaultdict(set)
    with gzip.open(shared / "pubmed/mesh/mesh_terms.tsv.gz", "rt", encoding="utf-8") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            known[row["mesh_name"]].add(row["mesh_id"])
    for topic in read_tsv(shared / "domain" / "topics.tsv"):
        known[topic["mesh_name"]].add(topic["mesh_ui"])
    for text in real_records(shared):
        for ui, name in re.findall(r' UI="([DQ]\d+)"[^<>]*>([^<>]+)</', text):
            known[name.replace("&amp;", "&")].add(ui)
    for record in papers.values():
        for tag in ("DescriptorName", "QualifierName", "PublicationType"):
            for term in record.iter(tag):
                assert term.get("UI") in known[term.text or ""], term.text


def test_every_journal_number_and_issn_type_is_the_one_in_real_records(
    papers: dict[str, Record], shared: Path
) -> None:
    numbers, types = set(), set()
    for text in real_records(shared):
        numbers |= set(
            re.findall(r"<MedlineTA>([^<]+)</MedlineTA>\s*<NlmUniqueID>([^<]+)</NlmUniqueID>", text)
        )
        types |= set(re.findall(r'<ISSN IssnType="(\w+)">([^<]+)</ISSN>', text))
    for pmid, record in papers.items():
        info = record.find("MedlineCitation/MedlineJournalInfo")
        assert info is not None
        for number in texts(info, "NlmUniqueID"):
            assert (info.findtext("MedlineTA"), number) in numbers, pmid
        for issn in texts(record, "MedlineCitation/Article/Journal/ISSN"):
            assert ("Print", issn) in types, pmid
            assert ("Electronic", issn) not in types, pmid


def real_records(shared: Path) -> Iterator[str]:
    for path in sorted((shared / "pubmed" / "xml").glob("*.xml.gz")):
        yield gzip.decompress(path.read_bytes()).decode("utf-8", "replace")
