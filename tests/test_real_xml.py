"""kb.record.recordset and kb.record.pubmed on real PubMed records, beside other readers.

The reference material has a table of what each of its files holds, counted by other means, and
lxml reads every record a second time.
"""

from __future__ import annotations

import gzip
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from lxml import etree

from kb.errors import InputError
from kb.ids import clean_doi, clean_pmcid, clean_pmid
from kb.record.article import Article, Reference
from kb.record.pubmed import parse
from kb.record.recordset import Cut, read_file

RECORDS: dict[str, Callable[[Article], Any]] = {
    "records": lambda a: True,
    "books": lambda a: a.is_book,
    "abstract": lambda a: a.abstract,
    "structured_abstract": lambda a: any(section.label for section in a.sections),
    "OtherAbstract": lambda a: a.other_abstracts,
    "CollectiveName": lambda a: any(author.collective for author in a.authors),
    "VernacularTitle": lambda a: a.vernacular_title,
    "bracketed_title": lambda a: a.title.startswith("["),
    "empty_title": lambda a: not a.title,
    "no_authors": lambda a: not a.authors,
    "ORCID": lambda a: any(author.orcid for author in a.authors),
    "GrantList": lambda a: a.grants,
    "KeywordList": lambda a: a.keywords,
    "MeSH": lambda a: a.mesh,
    "SupplMesh": lambda a: a.supplementary_mesh,
    "DataBank": lambda a: a.databanks,
    "Investigator": lambda a: any(person.role == "investigator" for person in a.contributors),
    "PersonalNameSubject": lambda a: any(person.role == "subject" for person in a.contributors),
    "GeneralNote": lambda a: a.notes,
    "CoiStatement": lambda a: a.coi_statement,
    "pmid_version>1": lambda a: a.version > 1,
    "no_doi": lambda a: not a.doi,
    "pmc": lambda a: a.pmcid,
    "ReferenceList": lambda a: a.references,
}
REFERENCES: dict[str, Callable[[Reference], Any]] = {
    "refs": lambda r: True,
    "refs_pmid": lambda r: r.pmid,
    "refs_doi": lambda r: r.doi,
    "refs_pmc": lambda r: r.pmcid,
    "refs_noid": lambda r: not (r.pmid or r.doi or r.pmcid),
}
BIOCURATOR = "xml/biocurator_2023_100a.xml.gz"
MIXED = "xml/bulk_shared_mixed.xml.gz"
MODERN = "xml/bulk_shared_modern.xml.gz"
RFID = "xml/rfid_search_174.xml.gz"
# Where the table counts otherwise: by how much, in which files, and why.
OTHERWISE: dict[str, tuple[int, set[str], str]] = {
    "ORCID": (-1, {BIOCURATOR, MIXED, MODERN}, "the only one of PMID 36856558 lacks a digit"),
    "pmc": (-6, {BIOCURATOR, MIXED, MODERN}, "the table counts those of cited papers as well"),
    "refs_pmid": (-1, {BIOCURATOR, MIXED, MODERN}, "one reference has the PMID 0"),
    "refs_noid": (+1, {BIOCURATOR, MIXED, MODERN}, "the same reference has no other id"),
    "no_doi": (+1, {MIXED, RFID}, "0.1109/TUFFC.2012.2486 of PMID 23192817 is no DOI"),
    "no_authors": (+1, {MIXED, MODERN}, "the list of PMID 32025781 holds '...' and no author"),
    "empty_title": (-1, {MIXED, MODERN}, "the vernacular title of PMID 29292925 stands in"),
}
# PubMed's own slip: the reference list of this paper names the paper.
CITES_ITSELF = 29873416
REFUSED = {
    "MedlineImporterTestMalformedEntry.xml",
    "MedlinePlainImporterTestInvalidFormat.xml",
}


class File(NamedTuple):
    """A file of the reference material, read by this project and by lxml."""

    name: str
    cuts: list[Cut]
    articles: list[Article]
    elements: list[etree._Element]


def read(path: Path, name: str) -> File:
    cuts = list(read_file(path))
    articles = [parse(cut.xml) for cut in cuts if cut.kind == "record"]
    data = path.read_bytes()
    root = etree.fromstring(gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data)
    bare = "//MedlineCitation[not(parent::PubmedArticle)]"
    elements = root.xpath(f"//PubmedArticle[.//PMID]|//PubmedBookArticle|{bare}")
    assert len(articles) == len(elements), name
    return File(name, cuts, articles, elements)


@pytest.fixture(scope="module")
def files(shared: Path) -> list[File]:
    """The files of the table."""
    return [read(shared / "pubmed" / name, name) for name in table(shared, "XML bytes")]


@pytest.fixture(scope="module")
def oddities(shared: Path) -> list[File]:
    """The well-formed files beside the table."""
    folder = shared / "pubmed" / "oddities"
    return [read(path, path.name) for path in folder.rglob("*.xml") if path.name not in REFUSED]


@pytest.fixture(scope="module")
def pairs(files: list[File], oddities: list[File]) -> list[tuple[Article, etree._Element]]:
    """Every record, and what lxml reads of it."""
    return [
        pair
        for file in (*files, *oddities)
        for pair in zip(file.articles, file.elements, strict=True)
    ]


def table(shared: Path, column: str) -> dict[str, dict[str, str]]:
    """The rows, by file, of the table of the README that has this column."""
    rows: dict[str, dict[str, str]] = {}
    head: list[str] = []
    for line in (shared / "pubmed" / "README.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("|"):
            head = []
        elif not head:
            head = cells
        elif column in head and not set(line) <= {"|", "-"}:
            rows[cells[0]] = dict(zip(head, cells, strict=True))
    assert rows, f"no table has a column {column!r}"
    return rows


def numbers(text: str) -> Counter[str]:
    """Name and number of ``eng 91, chi 1``; of nothing where the cell is a dash."""
    found = re.findall(r"(?:^|, )(.+?) (\d+)(?=, \S|$)", text)
    return Counter({name: int(number) for name, number in found})


def of_each(files: list[File], values: Callable[[Article], Any]) -> dict[str, Counter[str]]:
    """How often each value is among those of the articles, by file."""
    return {
        file.name: Counter(value for article in file.articles for value in values(article))
        for file in files
    }


# The table


def test_every_file_holds_what_the_table_says(shared: Path, files: list[File]) -> None:
    rows = table(shared, "XML bytes")
    wrong = []
    for file in files:
        found = Counter("delete" for cut in file.cuts if cut.kind == "deleted")
        for article in file.articles:
            found.update(name for name, has in RECORDS.items() if has(article))
            for reference in article.references:
                found.update(name for name, has in REFERENCES.items() if has(reference))
        for column in (*RECORDS, *REFERENCES, "delete"):
            by, where, _why = OTHERWISE.get(column, (0, set(), ""))
            expected = int(rows[file.name][column]) + (by if file.name in where else 0)
            if found[column] != expected:
                wrong.append((file.name, column, expected, found[column]))

    assert wrong == []


def test_no_file_is_left_out_and_no_record_of_them_broken(shared: Path, files: list[File]) -> None:
    names = {f"xml/{path.name}" for path in (shared / "pubmed" / "xml").iterdir()}

    assert names < {file.name for file in files}
    assert [(f.name, cut) for f in files for cut in f.cuts if cut.kind == "broken"] == []


def test_every_kind_of_comment_is_counted_as_in_the_table(shared: Path, files: list[File]) -> None:
    name = "CommentsCorrections by RefType"
    found = of_each(files, lambda a: [comment.ref_type for comment in a.comments])

    assert found == {file: numbers(row[name]) for file, row in table(shared, name).items()}


def test_every_status_is_counted_as_in_the_table(shared: Path, files: list[File]) -> None:
    name = "MedlineCitation Status"
    found = of_each(files, lambda a: [] if a.is_book else [a.medline_status])

    assert found == {file: numbers(row[name]) for file, row in table(shared, name).items()}


def test_publication_types_are_those_of_the_table(shared: Path, files: list[File]) -> None:
    name = "publication types (distinct; top)"
    found = of_each(files, lambda a: [kind.name for kind in a.publication_types])

    for file, row in table(shared, name).items():
        distinct, _, most_frequent = row[name].partition(": ")
        assert len(found[file]) == int(distinct), file
        assert numbers(most_frequent).items() <= found[file].items(), file


def test_languages_are_those_of_the_table_without_their_capitals(
    shared: Path, files: list[File]
) -> None:
    """The table leaves books out and lists the eight most frequent as they are written."""
    found = of_each(files, lambda a: () if a.is_book else a.languages)

    for file, row in table(shared, "languages").items():
        listed: Counter[str] = Counter()
        for language, number in numbers(row["languages"]).items():
            listed[language.lower()] += number
        if len(numbers(row["languages"])) < 8:
            assert listed == found[file], file
        assert listed <= found[file], file


def test_a_medline_date_gives_a_year_and_is_kept_as_printed(
    shared: Path, files: list[File]
) -> None:
    rows = table(shared, "MedlineDate")
    for file in files:
        number = 0
        for article, element in zip(file.articles, file.elements, strict=True):
            if printed := element.findtext(".//JournalIssue/PubDate/MedlineDate"):
                number += 1
                assert article.pub_date_text == printed
                assert str(article.year) in printed
        assert number == int(rows[file.name]["MedlineDate"]), file.name


# lxml beside us


MINUS = str.maketrans("−–", "--")


def squeezed(text: str | None) -> str:
    """Without white space, and with what is raised or lowered (³, ^3, ⁻) on the line and the
    signs left out that plain text gives a fraction."""
    lowered = re.sub("[⁰¹²³⁴-⁾₀-₎]+", _on_the_line, text or "")
    return re.sub(r"[ \t\r\n^_()/]+", "", lowered).translate(MINUS)


def _on_the_line(raised: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", raised[0])


def text_of(element: etree._Element | None) -> str:
    """All text below an element, comments left out and white space squeezed."""
    return "" if element is None else squeezed(str(element.xpath("string()")))


def body(element: etree._Element) -> etree._Element:
    """Where title and abstract of a record stand."""
    return element.xpath("BookDocument|(.|MedlineCitation)/Article")[0]


def abstract_parts(element: etree._Element) -> Iterator[tuple[str, str]]:
    """Label and words of the parts that have words."""
    for part in body(element).findall("Abstract/AbstractText"):
        if words := text_of(part):
            yield squeezed(part.get("Label")), words


def test_titles_are_complete(pairs: list[tuple[Article, etree._Element]]) -> None:
    for article, element in pairs:
        places = ("ArticleTitle", "VernacularTitle", "Book/BookTitle")
        titles = [text_of(body(element).find(place)) for place in places]
        assert squeezed(article.title) == next(filter(None, titles), ""), article.pmid
    assert len(pairs) > 3_000


def test_abstracts_are_complete(pairs: list[tuple[Article, etree._Element]]) -> None:
    for article, element in pairs:
        parts = [f"{label}:{words}" if label else words for label, words in abstract_parts(element)]
        assert squeezed(article.abstract) == "".join(parts), article.pmid


def test_sections_are_where_they_say(pairs: list[tuple[Article, etree._Element]]) -> None:
    for article, element in pairs:
        text = article.abstract or ""
        found = [squeezed(text[section.start : section.end]) for section in article.sections]
        assert found == [words for _, words in abstract_parts(element)], article.pmid


LISTED = "PubmedData/ArticleIdList/ArticleId"
LOCATION = "ELocationID[@EIdType='doi'][not(@ValidYN='N')]"
# The places of the record's own identifiers, written out; a chapter's book has its own.
PMIDS = "PMID|MedlineCitation/PMID|BookDocument/PMID"
PMCIDS = f"{LISTED}[@IdType='pmc']"
DOIS = (
    f"{LISTED}[@IdType='doi']|Article/{LOCATION}|MedlineCitation/Article/{LOCATION}"
    f"|BookDocument[not(ArticleTitle)]/Book/{LOCATION}"
)


def own(element: etree._Element, path: str, clean: Callable[[str], object]) -> set[object]:
    """What stands in one of these places, or that nothing does."""
    return {clean(found.text or "") for found in element.xpath(path)} - {None} or {None}


def test_the_records_pmid_doi_and_pmcid_are_those_beside_it(
    pairs: list[tuple[Article, etree._Element]],
) -> None:
    for article, element in pairs:
        assert article.pmid in own(element, PMIDS, clean_pmid)
        assert article.doi in own(element, DOIS, clean_doi), article.pmid
        assert article.pmcid in own(element, PMCIDS, clean_pmcid), article.pmid


def test_no_identifier_of_a_reference_is_among_the_records_own(
    pairs: list[tuple[Article, etree._Element]],
) -> None:
    citing = [article for article, _ in pairs if article.references]
    for article in citing:
        if article.pmid != CITES_ITSELF:
            own = {identifier.value.lower() for identifier in article.identifiers}
            for _, pmid, doi, pmcid in article.references:
                assert not own & {str(pmid), doi, (pmcid or "").lower()}, article.pmid
    assert len(citing) > 500


def test_nothing_else_changes_where_a_record_loses_its_references(
    pairs: list[tuple[Article, etree._Element]],
) -> None:
    for article, element in pairs:
        if article.references:
            without = deepcopy(element)
            for found in without.xpath(".//ReferenceList"):
                found.getparent().remove(found)
            xml = etree.tostring(without, with_tail=False)
            assert parse(xml) == replace(article, references=())


# Other files


def test_of_the_odd_files_only_those_without_a_record_are_refused(
    shared: Path, oddities: list[File]
) -> None:
    broken = {file.name for file in oddities for cut in file.cuts if cut.kind == "broken"}

    assert broken == {"MedlineImporterTestMinimalEntry.xml"}  # an article without anything in it
    for name in REFUSED:
        path = shared / "pubmed" / "oddities" / "jabref" / name
        with pytest.raises(InputError, match=re.escape(str(path))):
            list(read_file(path))


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("biopython/einfo1.xml", "its first element is <eInfoResult>"),
        ("biopython/epost2.xml", "its first element is <ePostResult>"),
        ("biopython/pubmed3.html", "its first element is <html>"),
        ("biopython/efetch_pmc.xml", "its first element is <pmc-articleset>"),
        ("eutils-json/efetch.pubmed.json", "not PubMed XML before its first record"),
    ],
)
def test_answers_that_hold_no_records_are_refused(shared: Path, name: str, why: str) -> None:
    with pytest.raises(InputError, match=why):
        list(read_file(shared / "pubmed" / "entrez" / name))
