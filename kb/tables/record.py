"""Rows of the tables that the record of a paper fills by itself, in the order of schema.sql."""

from __future__ import annotations

from typing import NamedTuple


class PapersRow(NamedTuple):
    pmid: int
    year: int | None
    title: str
    authors: str
    journal_abbrev: str | None
    design: str
    n_patients: int | None
    is_retracted: int | None
    record_status: str
    medline_status: str | None
    doi: str | None
    pmcid: str | None
    volume: str | None
    issue: str | None
    pages: str | None
    pub_date: str | None
    epub_date: str | None
    language: str | None
    publication_status: str | None
    integrity_checked: str | None
    n_references: int
    work: str
    journal: str | None
    nlm_unique_id: str | None
    issn: str | None
    pub_date_text: str | None
    is_book: int
    is_chapter: int | None
    authors_complete: int
    design_basis: str
    version: int
    date_revised: str | None
    date_completed: str | None
    entrez_date: str | None
    read_at: str
    read_from: str
    record_sha256: str
    vernacular_title: str | None
    keywords: str
    mesh: str
    abstract: str | None
    coi_statement: str | None
    copyright: str | None
    title_html: str
    abstract_html: str | None


class RawRecordsRow(NamedTuple):
    pmid: int
    sha256: str
    first_read: str
    last_read: str
    read_from: str
    xml: bytes | None


class ImprintsRow(NamedTuple):
    pmid: int
    publisher: str | None
    publisher_place: str | None
    edition: str | None
    series: str | None
    isbn: str | None
    bookshelf_id: str | None


class PassagesRow(NamedTuple):
    pmid: int
    field: str
    text: str


class AbstractSectionsRow(NamedTuple):
    pmid: int
    position: int
    label: str | None
    category: str | None
    start: int
    end: int


class OtherAbstractsRow(NamedTuple):
    pmid: int
    position: int
    type: str | None
    language: str | None
    text: str


class AuthorsRow(NamedTuple):
    pmid: int
    position: int
    last_name: str | None
    fore_name: str | None
    initials: str | None
    suffix: str | None
    collective: str | None
    orcid: str | None
    affiliation: str | None


class ContributorsRow(NamedTuple):
    pmid: int
    position: int
    role: str
    last_name: str | None
    fore_name: str | None
    initials: str | None
    collective: str | None


class MeshRow(NamedTuple):
    pmid: int
    position: int
    descriptor_ui: str | None
    descriptor: str
    qualifier_ui: str | None
    qualifier: str | None
    is_major: int


class SupplementaryMeshRow(NamedTuple):
    pmid: int
    position: int
    ui: str | None
    name: str
    type: str | None


class ChemicalsRow(NamedTuple):
    pmid: int
    position: int
    ui: str | None
    name: str
    registry_number: str | None


class PublicationTypesRow(NamedTuple):
    pmid: int
    position: int
    ui: str | None
    name: str


class KeywordsRow(NamedTuple):
    pmid: int
    position: int
    keyword: str
    owner: str | None
    is_major: int


class GrantsRow(NamedTuple):
    pmid: int
    position: int
    grant_id: str | None
    acronym: str | None
    agency: str | None
    country: str | None


class DatabanksRow(NamedTuple):
    pmid: int
    position: int
    databank: str
    accession: str | None


class IdentifiersRow(NamedTuple):
    pmid: int
    position: int
    type: str
    value: str


class HistoryRow(NamedTuple):
    pmid: int
    position: int
    event: str
    date: str


class NotesRow(NamedTuple):
    pmid: int
    position: int
    owner: str | None
    note: str


class CommentsCorrectionsRow(NamedTuple):
    pmid: int
    position: int
    ref_type: str
    ref_source: str | None
    ref_pmid: int | None
    note: str | None


class TopicEvidenceRow(NamedTuple):
    id: int | None
    pmid: int
    topic: str
    field: str
    start: int | None
    end: int | None
    surface: str
    rule: str
    negated: int


class PaperTopicsRow(NamedTuple):
    pmid: int
    topic: str
    basis: str
    n_mesh: int
    n_keyword: int
    n_title: int
    n_abstract: int


class EvidenceRow(NamedTuple):
    pmid: int
    task: str
    scheme: str
    level: int | None
    design: str
    n: int | None
    basis: str


class StatementsRow(NamedTuple):
    pmid: int
    scheme: str | None
    level: str
    surface: str
    field: str
    start: int
    end: int


class FindingsRow(NamedTuple):
    id: int | None
    pmid: int
    kind: str
    value: float | None
    low: float | None
    high: float | None
    se: float | None
    sign: str | None
    n: int | None
    unit: str | None
    index_test: str | None
    target: str | None
    reference_standard: str | None
    unit_of_analysis: str | None
    time_point: str | None
    arithmetic: str | None
    field: str
    start: int
    end: int
    sentence_start: int
    sentence_end: int


class SumsRow(NamedTuple):
    id: int | None
    pmid: int
    kind: str
    verdict: str
    words: str
    field: str
    start: int
    end: int
    from_start: int
    from_end: int


class StudyPapersRow(NamedTuple):
    study: str
    pmid: int
    basis: str
