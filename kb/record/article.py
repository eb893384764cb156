"""What a PubMed record says, as frozen values.

Dates are ISO 8601 as far as the record gives them; texts have no markup; None means that the
record does not say.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple


class Author(NamedTuple):
    last_name: str | None
    fore_name: str | None
    initials: str | None
    suffix: str | None
    collective: str | None
    orcid: str | None
    affiliation: str | None

    @property
    def name(self) -> str:
        """Family name and initials as PubMed prints them, or the name of the group."""
        if self.collective:
            return self.collective
        return " ".join(filter(None, (self.last_name or self.fore_name, self.initials)))


class Contributor(NamedTuple):
    """``role``: editor, investigator or subject."""

    role: str
    last_name: str | None
    fore_name: str | None
    initials: str | None
    collective: str | None


class MeshHeading(NamedTuple):
    """A MeSH descriptor with one of its qualifiers; major where either is marked so."""

    descriptor_ui: str | None
    descriptor: str
    qualifier_ui: str | None
    qualifier: str | None
    is_major: bool


class SupplementaryConcept(NamedTuple):
    ui: str | None
    name: str
    type: str | None


class Chemical(NamedTuple):
    ui: str | None
    name: str
    registry_number: str | None


class PublicationType(NamedTuple):
    ui: str | None
    name: str


class Keyword(NamedTuple):
    keyword: str
    owner: str | None
    is_major: bool


class Grant(NamedTuple):
    grant_id: str | None
    acronym: str | None
    agency: str | None
    country: str | None


class Databank(NamedTuple):
    databank: str
    accession: str | None


class Identifier(NamedTuple):
    type: str
    value: str


class Event(NamedTuple):
    event: str
    date: str


class Note(NamedTuple):
    owner: str | None
    note: str


class Comment(NamedTuple):
    """A CommentsCorrections element; ``ref_type`` is NLM's RefType, Cites included."""

    ref_type: str
    ref_source: str | None
    ref_pmid: int | None
    note: str | None


class Reference(NamedTuple):
    """An entry of the reference list: the citation as printed and its cleaned identifiers."""

    text: str | None
    pmid: int | None
    doi: str | None
    pmcid: str | None


class Section(NamedTuple):
    """Span of a section's words in the abstract, in code points, its label left out."""

    label: str | None
    category: str | None
    start: int
    end: int


class OtherAbstract(NamedTuple):
    type: str | None
    language: str | None
    text: str


class Imprint(NamedTuple):
    """What a record of NCBI's Bookshelf says of its book; ``bookshelf_id`` is NBK and digits."""

    publisher: str | None = None
    publisher_place: str | None = None
    edition: str | None = None
    series: str | None = None
    isbn: str | None = None
    bookshelf_id: str | None = None


@dataclass(frozen=True)
class Article:
    """A record as PubMed prints it; dates are ISO 8601 as far as given, text has no markup."""

    pmid: int
    version: int
    is_book: bool
    is_chapter: bool
    title: str
    title_html: str
    vernacular_title: str | None
    abstract: str | None
    abstract_html: str | None
    sections: tuple[Section, ...]
    other_abstracts: tuple[OtherAbstract, ...]
    copyright: str | None
    journal: str | None
    journal_abbrev: str | None
    nlm_unique_id: str | None
    issn: str | None
    year: int | None
    pub_date: str | None
    pub_date_text: str | None
    epub_date: str | None
    volume: str | None
    issue: str | None
    pages: str | None
    imprint: Imprint | None
    doi: str | None
    pmcid: str | None
    languages: tuple[str, ...]
    authors: tuple[Author, ...]
    authors_complete: bool
    contributors: tuple[Contributor, ...]
    mesh: tuple[MeshHeading, ...]
    supplementary_mesh: tuple[SupplementaryConcept, ...]
    chemicals: tuple[Chemical, ...]
    publication_types: tuple[PublicationType, ...]
    keywords: tuple[Keyword, ...]
    grants: tuple[Grant, ...]
    databanks: tuple[Databank, ...]
    identifiers: tuple[Identifier, ...]
    history: tuple[Event, ...]
    notes: tuple[Note, ...]
    comments: tuple[Comment, ...]
    references: tuple[Reference, ...]
    coi_statement: str | None
    medline_status: str | None
    publication_status: str | None
    date_revised: str | None
    date_completed: str | None
    entrez_date: str | None

    @property
    def cites(self) -> tuple[Comment, ...]:
        """Papers that older records cite through CommentsCorrections instead of a list."""
        return tuple(comment for comment in self.comments if comment.ref_type == "Cites")

    @cached_property
    def passages(self) -> tuple[tuple[str, str], ...]:
        """(field, text) of everything that topics may be read from."""
        keywords = ((f"keyword:{n}", k.keyword) for n, k in enumerate(self.keywords, start=1))
        fields = (("title", self.title), ("abstract", self.abstract or ""), *keywords)
        return tuple((field, text) for field, text in fields if text)

    @cached_property
    def texts(self) -> tuple[tuple[str, str], ...]:
        """(field, text) of title and abstract: where findings stand."""
        return tuple(passage for passage in self.passages if passage[0] in ("title", "abstract"))

    @cached_property
    def headings(self) -> tuple[tuple[str | None, str, bool], ...]:
        """(UI, name, is_major) of all that topics are read from beside the text."""
        return (
            *((h.descriptor_ui, h.descriptor, h.is_major) for h in self.mesh),
            *((concept.ui, concept.name, False) for concept in self.supplementary_mesh),
            *((chemical.ui, chemical.name, False) for chemical in self.chemicals),
        )
