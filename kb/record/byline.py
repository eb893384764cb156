"""Who a record names: authors, investigators, and people that it is about. Pure.

Structure as in NLM's DTD (pubmed_260101.dtd) and in the older layouts that are still about.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from kb.ids import clean_orcid
from kb.record.article import Author, Contributor
from kb.record.markup import child_text, text_of


def authors_in(author_list: Element | None) -> Iterator[Author]:
    """Those of an AuthorList that have a name and were not struck out (ValidYN)."""
    for author in author_list.findall("Author") if author_list is not None else ():
        read = Author(
            child_text(author, "LastName"),
            child_text(author, "ForeName") or child_text(author, "FirstName"),
            child_text(author, "Initials"),
            child_text(author, "Suffix"),
            child_text(author, "CollectiveName"),
            _orcid(author),
            _affiliation(author),
        )
        if author.get("ValidYN") != "N" and (read.last_name or read.collective or read.fore_name):
            yield read


def with_affiliation(authors: tuple[Author, ...], first: str | None) -> tuple[Author, ...]:
    """Records of before 2014 give the first author's affiliation alone, beside the list."""
    if not authors or not first or authors[0].affiliation:
        return authors
    return (authors[0]._replace(affiliation=first), *authors[1:])


def _orcid(author: Element) -> str | None:
    for element in author.findall("Identifier"):
        if element.get("Source") == "ORCID" and (orcid := clean_orcid(text_of(element))):
            return orcid
    return None


def _affiliation(author: Element) -> str | None:
    affiliations = author.findall("AffiliationInfo/Affiliation") or author.findall("Affiliation")
    return "; ".join(filter(None, map(text_of, affiliations))) or None


def contributors(citation: Element) -> Iterator[Contributor]:
    """Investigators, and the people whose lives or work a record is about."""
    people = [
        *(("investigator", person) for person in citation.findall("InvestigatorList/Investigator")),
        *(
            ("subject", person)
            for person in citation.findall("PersonalNameSubjectList/PersonalNameSubject")
        ),
    ]
    for role, person in people:
        name = child_text(person, "LastName")
        if name:
            yield Contributor(
                role, name, child_text(person, "ForeName"), child_text(person, "Initials"), None
            )
