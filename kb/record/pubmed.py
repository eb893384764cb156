"""One PubMed record, from its XML to a frozen Article. Pure.

Structure as in NLM's DTD (pubmed_260101.dtd) and in the older layouts that are still about:
PubmedArticle, PubmedBookArticle, and MedlineCitation alone. Elements are looked for where the DTD
puts them, never anywhere below: a reference holds the same elements as the record, and an
identifier of a cited paper must not become the record's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from xml.etree.ElementTree import Element, ParseError

from kb.errors import InputError
from kb.ids import clean_doi, clean_pmcid, clean_pmid
from kb.record.article import (
    Article,
    Comment,
    Contributor,
    Databank,
    Event,
    Grant,
    Identifier,
    Note,
    OtherAbstract,
    Reference,
    Section,
)
from kb.record.byline import authors_in, contributors, with_affiliation
from kb.record.dates import iso_date, printed_date
from kb.record.headings import chemicals, keywords, mesh, publication_types, supplementary_mesh
from kb.record.imprint import imprint
from kb.record.markup import child, child_text, folded, record_element, safe_html, text_of
from kb.record.titles import is_placeholder

# The longest titles and abstracts of PubMed have a few thousand letters; to read one of a million
# takes minutes.
LONGEST_TEXT = 200_000
# 270, e01408-19, BSR20171072, ENEURO.0089-19.2019; not S0019-0578(13)00159-6 or S0019057813001596.
ARTICLE_NUMBER = re.compile(r"[A-Za-z]{0,8}\.?[0-9]{1,10}(?:-[0-9]{2}(?:\.[0-9]{4})?)?")


def parse(xml: bytes) -> Article:
    """Read one record. Raises InputError where the bytes are no record of PubMed."""
    article = _parsed(xml)
    for name, text in (("title", article.title), ("abstract", article.abstract or "")):
        if len(text) > LONGEST_TEXT:
            raise InputError(
                f"its {name} of {len(text):,} letters is longer than any of PubMed's; more than "
                f"{LONGEST_TEXT:,} are not read"
            )
    return article


def _parsed(xml: bytes) -> Article:
    try:
        record = record_element(xml)
    except (ParseError, IndexError) as error:
        raise InputError(f"not a record of PubMed ({error}): {xml[:80]!r}") from error
    if record.tag == "PubmedBookArticle":
        return _book(record)
    if record.tag == "MedlineCitation":
        return _article(record, Element("PubmedData"))
    if record.tag == "PubmedArticle":
        data = record.find("PubmedData")
        return _article(child(record, "MedlineCitation"), Element("n") if data is None else data)
    raise InputError(f"<{record.tag}> is no record of PubMed")


def _article(citation: Element, data: Element) -> Article:
    article = child(citation, "Article")
    journal = article.find("Journal")
    journal = Element("Journal") if journal is None else journal
    pub_date = journal.find("JournalIssue/PubDate")
    identifiers = _identifiers(citation, article, data)
    abstract = _abstract(article.find("Abstract"))
    authors = article.find("AuthorList")
    title = _title(article)
    vernacular = child_text(article, "VernacularTitle")
    history = _history(data)
    return Article(
        pmid=_own_pmid(citation),
        version=_version(citation),
        is_book=False,
        is_chapter=False,
        title=text_of(title) or "",
        title_html=safe_html(title),
        vernacular_title=vernacular,
        abstract=abstract.text,
        abstract_html=abstract.html,
        sections=abstract.sections,
        other_abstracts=_other_abstracts(citation),
        copyright=child_text(article, "Abstract/CopyrightInformation"),
        journal=child_text(journal, "Title"),
        journal_abbrev=child_text(citation, "MedlineJournalInfo/MedlineTA")
        or child_text(journal, "ISOAbbreviation"),
        nlm_unique_id=child_text(citation, "MedlineJournalInfo/NlmUniqueID"),
        issn=child_text(journal, "ISSN"),
        year=_year(iso_date(pub_date)),
        pub_date=iso_date(pub_date),
        pub_date_text=printed_date(pub_date),
        epub_date=_epub_date(article, history),
        volume=child_text(journal, "JournalIssue/Volume"),
        issue=child_text(journal, "JournalIssue/Issue"),
        pages=_pages(article) or _article_number(article),
        imprint=None,
        doi=_own(identifiers, "doi"),
        pmcid=_own(identifiers, "pmc"),
        languages=_languages(article),
        authors=with_affiliation(tuple(authors_in(authors)), child_text(article, "Affiliation")),
        authors_complete=authors is None or authors.get("CompleteYN", "Y") != "N",
        contributors=tuple(contributors(citation)),
        mesh=tuple(mesh(citation)),
        supplementary_mesh=supplementary_mesh(citation),
        chemicals=chemicals(citation),
        publication_types=publication_types(article, "PublicationTypeList/PublicationType"),
        keywords=tuple(keywords(citation)),
        grants=_grants(article),
        databanks=tuple(_databanks(article)),
        identifiers=identifiers,
        history=history,
        notes=_notes(citation),
        comments=tuple(_comments(citation)),
        references=_references(data.findall("ReferenceList") + citation.findall("ReferenceList")),
        coi_statement=child_text(citation, "CoiStatement"),
        medline_status=citation.get("Status"),
        publication_status=child_text(data, "PublicationStatus"),
        date_revised=iso_date(citation.find("DateRevised")),
        date_completed=iso_date(citation.find("DateCompleted")),
        entrez_date=_event(history, "entrez"),
    )


def _book(record: Element) -> Article:
    """A book or a chapter of NCBI's Bookshelf; the journal of a chapter is its book."""
    document = child(record, "BookDocument")
    book = document.find("Book")
    book = Element("Book") if book is None else book
    data = record.find("PubmedBookData")
    data = Element("PubmedBookData") if data is None else data
    chapter = document.find("ArticleTitle")
    title = chapter if text_of(chapter) else book.find("BookTitle")
    # A chapter has its own; that of its book would be an identifier of another work.
    identifiers = _identifiers(document, document if title is chapter else book, data)
    abstract = _abstract(document.find("Abstract"))
    lists = [*document.findall("AuthorList"), *book.findall("AuthorList")]
    authors = [names for names in lists if names.get("Type") != "editors"][:1]
    editors = [names for names in lists if names.get("Type") == "editors"]
    history = _history(data)
    return Article(
        pmid=_own_pmid(document),
        version=_version(document),
        is_book=True,
        is_chapter=title is chapter,
        title=text_of(title) or child_text(document, "VernacularTitle") or "",
        title_html=safe_html(title),
        vernacular_title=child_text(document, "VernacularTitle"),
        abstract=abstract.text,
        abstract_html=abstract.html,
        sections=abstract.sections,
        other_abstracts=(),
        copyright=child_text(document, "Abstract/CopyrightInformation"),
        journal=child_text(book, "BookTitle")
        if title is chapter
        else child_text(book, "Publisher/PublisherName"),
        journal_abbrev=None,
        nlm_unique_id=None,
        issn=None,
        year=_year(iso_date(book.find("PubDate")) or iso_date(document.find("ContributionDate"))),
        pub_date=iso_date(book.find("PubDate")),
        pub_date_text=printed_date(book.find("PubDate")),
        epub_date=None,
        volume=child_text(book, "Volume"),
        issue=None,
        pages=_pages(document),
        imprint=imprint(document, book),
        doi=_own(identifiers, "doi"),
        pmcid=_own(identifiers, "pmc"),
        languages=_languages(document),
        authors=tuple(authors_in(authors[0])) if authors else (),
        authors_complete=all(names.get("CompleteYN", "Y") != "N" for names in authors),
        contributors=(
            *(
                Contributor("editor", a.last_name, a.fore_name, a.initials, a.collective)
                for names in editors
                for a in authors_in(names)
            ),
            *contributors(document),
            *contributors(book),
        ),
        mesh=(),
        supplementary_mesh=(),
        chemicals=(),
        publication_types=publication_types(document, "PublicationType"),
        keywords=tuple(keywords(document)),
        grants=_grants(document),
        databanks=(),
        identifiers=identifiers,
        history=history,
        notes=(),
        comments=(),
        references=_references(document.findall("ReferenceList") + data.findall("ReferenceList")),
        coi_statement=None,
        medline_status=None,
        publication_status=child_text(data, "PublicationStatus"),
        date_revised=iso_date(document.find("DateRevised")),
        date_completed=None,
        entrez_date=_event(history, "entrez"),
    )


def _title(article: Element) -> Element | None:
    """The title; the vernacular one where that alone is known, whether the other is empty or NLM's
    placeholder."""
    title, vernacular = article.find("ArticleTitle"), article.find("VernacularTitle")
    is_known = text_of(title) and not is_placeholder(text_of(title))
    return title if is_known or not text_of(vernacular) else vernacular


def _own_pmid(citation: Element) -> int:
    text = text_of(child(citation, "PMID"))
    pmid = clean_pmid(text)
    if pmid is None:
        raise InputError(f"PMID {text!r} is none: a PMID is a positive number")
    return pmid


def _version(citation: Element) -> int:
    version = child(citation, "PMID").get("Version") or "1"
    if not re.fullmatch("[0-9]{1,4}", version):
        raise InputError(f"PMID Version {version!r} is none: a version is a number")
    return int(version)


def _year(date: str | None) -> int | None:
    return int(date[:4]) if date else None


class _Abstract(NamedTuple):
    text: str | None
    html: str | None
    sections: tuple[Section, ...]


def _abstract(element: Element | None) -> _Abstract:
    """Sections on lines of their own, each after its label; spans leave the label out."""
    text, html, sections = "", "", []
    for part in element.findall("AbstractText") if element is not None else ():
        words, label = text_of(part), folded(part.get("Label") or "") or None
        if not words:
            continue
        text += ("\n" if text else "") + (f"{label}: " if label else "")
        sections.append(Section(label, part.get("NlmCategory"), len(text), len(text) + len(words)))
        text += words
        heading = f"<b>{_escaped(label)}:</b> " if label else ""
        html += f"<p>{heading}{safe_html(part)}</p>"
    return _Abstract(text or None, html or None, tuple(sections))


def _escaped(text: str) -> str:
    element = Element("n")
    element.text = text
    return safe_html(element)


def _other_abstracts(citation: Element) -> tuple[OtherAbstract, ...]:
    abstracts = []
    for element in citation.findall("OtherAbstract"):
        text = _abstract(element).text
        if text:
            abstracts.append(OtherAbstract(element.get("Type"), element.get("Language"), text))
    return tuple(abstracts)


def _epub_date(article: Element, history: tuple[Event, ...]) -> str | None:
    """Date of the electronic version: the article's own, else the one in its history."""
    for element in article.findall("ArticleDate"):
        if element.get("DateType", "Electronic") == "Electronic" and (date := iso_date(element)):
            return date
    return _event(history, "epublish") or _event(history, "aheadofprint")


def _pages(element: Element) -> str | None:
    """Pages as printed."""
    medline = child_text(element, "Pagination/MedlinePgn")
    if medline:
        return medline
    first = child_text(element, "Pagination/StartPage")
    last = child_text(element, "Pagination/EndPage")
    return f"{first}-{last}" if first and last else first


def _article_number(article: Element) -> str | None:
    """What stands in the place of pages where a record of a volume has its article number as pii
    alone. A pii that is the publisher's number of the item in all its journals is none."""
    if not child_text(article, "Journal/JournalIssue/Volume"):
        return None
    for location in article.findall("ELocationID"):
        is_pii = location.get("EIdType") == "pii" and location.get("ValidYN") != "N"
        if is_pii and ARTICLE_NUMBER.fullmatch(text_of(location)):
            return text_of(location)
    return None


def _languages(element: Element) -> tuple[str, ...]:
    return tuple(
        text_of(language).lower() for language in element.findall("Language") if text_of(language)
    )


def _identifiers(citation: Element, article: Element, data: Element) -> tuple[Identifier, ...]:
    """The record's own identifiers: its ArticleIdList, its ELocationIDs, NLM's other numbers."""
    identifiers = []
    for element in [*data.findall("ArticleIdList/*"), *citation.findall("ArticleIdList/*")]:
        identifiers.append(Identifier(element.get("IdType") or "pubmed", text_of(element)))
    for element in article.findall("ELocationID"):
        if element.get("ValidYN") != "N":
            identifiers.append(Identifier(element.get("EIdType") or "", text_of(element)))
    for element in citation.findall("OtherID"):
        identifiers.append(Identifier(f"other:{element.get('Source')}", text_of(element)))
    return tuple(dict.fromkeys(identifier for identifier in identifiers if identifier.value))


def _own(identifiers: tuple[Identifier, ...], kind: str) -> str | None:
    """The first identifier of a kind that is one (PMC numbers come as PMC123 or bare)."""
    clean = clean_doi if kind == "doi" else clean_pmcid
    return next(filter(None, (clean(i.value) for i in identifiers if i.type == kind)), None)


def _grants(article: Element) -> tuple[Grant, ...]:
    return tuple(
        Grant(*(child_text(grant, tag) for tag in ("GrantID", "Acronym", "Agency", "Country")))
        for grant in article.findall("GrantList/Grant")
    )


def _databanks(article: Element) -> Iterator[Databank]:
    for databank in article.findall("DataBankList/DataBank"):
        name = child_text(databank, "DataBankName") or ""
        numbers = [text_of(n) for n in databank.findall("AccessionNumberList/AccessionNumber")]
        for number in filter(None, numbers):
            yield Databank(name, number)
        if not any(numbers):
            yield Databank(name, None)


def _history(data: Element) -> tuple[Event, ...]:
    events = []
    for element in data.findall("History/PubMedPubDate"):
        if date := iso_date(element):
            events.append(Event(element.get("PubStatus") or "", date))
    return tuple(events)


def _event(history: tuple[Event, ...], name: str) -> str | None:
    return next((event.date for event in history if event.event == name), None)


def _notes(citation: Element) -> tuple[Note, ...]:
    return tuple(
        Note(note.get("Owner"), text_of(note))
        for note in citation.findall("GeneralNote")
        if text_of(note)
    )


def _comments(citation: Element) -> Iterator[Comment]:
    for element in citation.findall("CommentsCorrectionsList/CommentsCorrections"):
        yield Comment(
            element.get("RefType") or "",
            child_text(element, "RefSource"),
            clean_pmid(text_of(element.find("PMID"))),
            child_text(element, "Note"),
        )


def _references(lists: list[Element]) -> tuple[Reference, ...]:
    """Every reference in document order; reference lists may hold further lists."""
    return tuple(_reference(reference) for top in lists for reference in top.iter("Reference"))


def _reference(element: Element) -> Reference:
    """Identifiers by what they are, not by what they are called: a reference's "pubmed" id may
    hold ``NOT_FOUND;INVALID_JOURNAL``, a PMC number or a DOI (E-utilities answers of 2020-2025)."""
    text = text_of(element.find("Citation")) or text_of(element.find("RefSource")) or None
    pmid = doi = pmcid = None
    listed = element.find("ArticleIdList")
    for number in [*(() if listed is None else listed), *element.findall("PMID")]:
        value, kind = text_of(number), number.get("IdType") or "pubmed"
        doi = doi or clean_doi(value)
        if kind == "pubmed":
            pmid = pmid or clean_pmid(value)
        if kind == "pmc" or value.upper().startswith("PMC"):
            pmcid = pmcid or clean_pmcid(value)
    return Reference(text, pmid, doi, pmcid)
