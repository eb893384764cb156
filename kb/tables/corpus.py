"""Rows of the tables that take more than one paper's record, in the order of schema.sql: works and
citations, vocabulary, decisions, studies, notices, ledger, graph."""

from __future__ import annotations

from typing import NamedTuple


class WorksRow(NamedTuple):
    work: str
    pmid: int | None
    doi: str | None
    pmcid: str | None
    year: int | None
    title: str | None
    first_author: str | None
    journal: str | None
    text: str
    is_paper: int


class WorkIdsRow(NamedTuple):
    id: str
    work: str


class WorkLinksRow(NamedTuple):
    a: str
    b: str
    kind: str


class UnknownDescriptorsRow(NamedTuple):
    descriptor: str
    descriptor_ui: str | None
    papers: int
    papers_major: int
    vocabulary_name: str | None


class ReferenceListRow(NamedTuple):
    pmid: int
    position: int
    text: str | None
    ref_pmid: int | None
    ref_doi: str | None
    ref_pmcid: str | None
    work: str
    method: str
    score: float | None
    reason: str


class CitesRow(NamedTuple):
    citing: str
    cited: str
    source: str


class SchemesRow(NamedTuple):
    scheme: str
    label: str
    description: str
    role: str | None


class TopicsRow(NamedTuple):
    topic: str
    scheme: str
    label: str
    definition: str
    broader: str | None
    mesh_ui: str | None
    synonyms: str | None
    abbreviations: str | None
    note: str | None
    position: int
    papers: int
    question: str | None


class TopicClosureRow(NamedTuple):
    ancestor: str
    topic: str


class CurationRow(NamedTuple):
    line: int
    pmid: int
    decision: str
    topic: str | None
    reason: str | None
    who: str
    date: str


class PrismaFlowRow(NamedTuple):
    position: int
    phase: str
    box: str
    detail: str | None
    records: int


class DesignsRow(NamedTuple):
    design: str
    position: int
    diagnosis: int | None
    prognosis: int | None
    treatment: int | None


class EvidenceMapRow(NamedTuple):
    topic: str
    task: str
    design: str
    papers: int
    studies: int
    largest_n: int | None
    best_level: int | None
    retracted: int
    state: str


class StudiesRow(NamedTuple):
    study: str
    label: str


class AssertionsRow(NamedTuple):
    id: int | None
    work: str
    pmid: int | None
    witness: str
    record: str | None
    nature: str
    wrote: str
    date: str | None
    notice_pmid: int | None
    notice_doi: str | None
    text: str | None
    source: str
    asked: str | None
    place: int
    counts: int


class VerdictsRow(NamedTuple):
    work: str
    pmid: int | None
    verdict: str
    rule: str
    basis: str | None
    unknown: str | None


class NoticesRow(NamedTuple):
    id: int | None
    work: str
    pmid: int | None
    kind: str
    notice_pmid: int | None
    notice_doi: str | None
    text: str | None
    date: str | None
    source: str
    checked: str | None


class ExposureRow(NamedTuple):
    work: str
    retracted: str
    kind: str
    hops: int
    path: str


class ProvenanceRow(NamedTuple):
    pmid: int
    seed: str
    via: str
    hop: int
    source: str


class RunsRow(NamedTuple):
    run: int
    job: str
    started: str
    finished: str | None
    state: str
    asked: int
    stored: int
    unchanged: int
    missing: int
    withdrawn: int
    failed: int
    filtered: int
    note: str | None


class SearchesRow(NamedTuple):
    id: int | None
    run: int
    source: str
    question: str
    query: str
    translation: str | None
    asked_at: str
    count_: int


class ChangesRow(NamedTuple):
    run: int
    pmid: int
    kind: str
    date: str
    detail: str | None


class CommunitiesRow(NamedTuple):
    community: int
    name: str
    size: int
    papers: int
    topics: str
    hub: str


class MetricsRow(NamedTuple):
    work: str
    pagerank: float
    in_degree: int
    in_degree_local: int | None
    out_degree: int
    betweenness: float | None
    community: int | None
    on_main_path: int | None
    main_path_place: int | None
    on_cycle: int | None
    core: int | None


class LayoutsRow(NamedTuple):
    work: str
    layout: str
    x: float
    y: float


class MetaRow(NamedTuple):
    key: str
    value: str
