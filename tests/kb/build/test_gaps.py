"""Every cell of the evidence gap map holds just its papers, and an empty one says what it means."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from building import Raw, esearch, paper

from kb.site import results

VOCABULARY = """
schemes:
  A: {label: Imaging, description: How it was seen, role: test}
  D: {label: Task, description: What for, role: task}
descriptors: {D009447: Neuroblastoma}
sets: {scan: [scan]}
topics:
  imaging: {scheme: A, label: Imaging, definition: x, synonyms: [imaging], mesh: [D009447]}
  mibg: {scheme: A, label: MIBG, definition: x, broader: imaging, synonyms: [scintigraphy]}
  pet: {scheme: A, label: PET, definition: x, broader: imaging, synonyms: [emission tomography]}
  diagnosis:
    {scheme: D, label: Diagnosis, definition: x, question: diagnosis, synonyms: [diagnosis]}
  prognosis:
    {scheme: D, label: Prognosis, definition: x, question: prognosis, synonyms: [prognosis]}
"""
REVIEW, TRIAL = ["Review"], ["Randomized Controlled Trial"]


@pytest.fixture
def cells(tmp_path: Path) -> dict[tuple[str, str, str], tuple[Any, ...]]:
    raw = Raw(tmp_path / "raw.db")
    (raw.data / "topics.yml").write_text(VOCABULARY)
    raw.run()
    trial = "<DataBankList><DataBank><DataBankName>ClinicalTrials.gov</DataBankName>"
    trial += "<AccessionNumberList><AccessionNumber>NCT00000001</AccessionNumber>"
    trial += "</AccessionNumberList></DataBank></DataBankList>"
    raw.read(1, paper(1, title="Scintigraphy for diagnosis", types=REVIEW))
    abstract = "We enrolled 54 patients for the prognosis by scintigraphy."
    raw.read(2, paper(2, title="A trial", abstract=abstract, types=TRIAL))
    for pmid in (3, 4):
        title = f"Scintigraphy for diagnosis of {pmid}"
        retracted = ["Retracted Publication"] if pmid == 3 else []
        raw.read(pmid, paper(pmid, title=title, types=[*REVIEW, *retracted]))
    raw.answer("esearch", esearch(0, "scintigraphy[All Fields]"), question="term=scintigraphy")
    rows = raw.build().rows("SELECT * FROM evidence_map")
    return {row[:3]: row[3:] for row in rows}


def test_a_cell_counts_papers_studies_patients_and_the_best_level(cells: Any) -> None:
    assert cells["mibg", "diagnosis", "any"] == (3, 3, None, 5, 1, "found")
    assert cells["mibg", "diagnosis", "narrative review"] == (3, 3, None, 5, 1, "found")
    assert cells["mibg", "prognosis", "any"] == (1, 1, 54, 3, 0, "found")


def test_a_wider_topic_has_the_papers_of_its_narrower_ones(cells: Any) -> None:
    assert cells["imaging", "diagnosis", "any"] == cells["mibg", "diagnosis", "any"]


def test_an_empty_cell_says_whether_a_search_named_the_topic(cells: Any) -> None:
    assert cells["pet", "diagnosis", "any"] == (
        *(0, 0, None, None, 0),
        "none, not searched by name",
    )


def test_tasks_are_no_rows_and_every_other_pair_has_a_cell(cells: Any) -> None:
    assert {key[:2] for key in cells if key[2] == "any"} == {
        (topic, task) for topic in ("imaging", "mibg", "pet") for task in ("diagnosis", "prognosis")
    }


def test_nothing_where_a_search_named_the_topic_is_a_finding(tmp_path: Path) -> None:
    raw = Raw(tmp_path / "raw.db")
    (raw.data / "topics.yml").write_text(VOCABULARY)
    raw.run()
    raw.read(1, paper(1))
    raw.answer("esearch", esearch(0, '"emission tomography"[All Fields]'), question="term=x")
    states = raw.build().rows("SELECT topic, state FROM evidence_map WHERE task = 'diagnosis'")
    assert ("pet", "searched, none") in states
    assert ("mibg", "none, not searched by name") in states


def test_a_registry_number_and_the_protocol_named_with_it_are_one_study(tmp_path: Path) -> None:
    raw = Raw(tmp_path / "raw.db")
    (raw.data / "topics.yml").write_text(VOCABULARY)
    (raw.data / "studies.yml").write_text("- {study: 'AB{0}', label: 'AB{0}', words: 'AB(1[0-9])'}")
    raw.run()
    named = ("AB11 (NCT00000001)", "AB11", "NCT00000001", "AB12 (NCT00000002)", "AB13 and AB12")
    for pmid, study in enumerate(named, start=1):
        raw.read(pmid, paper(pmid, title=f"Scintigraphy for diagnosis in {study}"))
    cell = "topic = 'mibg' AND task = 'diagnosis' AND design = 'any'"
    rows = raw.build().rows(f"SELECT papers, studies FROM evidence_map WHERE {cell}")
    assert rows == [(5, 2)]


# On the specimen


def test_each_cell_is_a_search_that_returns_exactly_its_papers(specimen: Path) -> None:
    with closing(sqlite3.connect(specimen)) as db:
        db.row_factory = sqlite3.Row
        cells = db.execute(
            "SELECT topic, task, papers FROM evidence_map WHERE design = 'any' AND papers > 0"
        ).fetchall()
        assert len(cells) > 100
        for topic, task, papers in cells:
            params = {"topic": topic, "topic2": task}
            assert len(db.execute(results.all_hits(params), params).fetchall()) == papers


def test_designs_of_a_cell_add_up(specimen: Path) -> None:
    with closing(sqlite3.connect(specimen)) as db:
        wrong = db.execute(
            "SELECT topic, task FROM evidence_map GROUP BY topic, task HAVING"
            " total(iif(design = 'any', papers, 0)) <> total(iif(design = 'any', 0, papers))"
        ).fetchall()
    assert wrong == []
