"""Sections and designs of abstracts with headings and MeSH."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from kb.errors import InputError
from kb.evaluate.question_abstracts import (
    QuestionAbstract,
    design_report,
    read,
    section_report,
)

PARTS = (
    ("OBJECTIVE", "To compare two tests."),
    ("METHODS", "We reviewed the records of 62 children retrospectively."),
    ("RESULTS", "Uptake was seen in 40."),
)


def abstract(*parts: tuple[str, str], mesh: str = "Retrospective Studies") -> QuestionAbstract:
    return QuestionAbstract(7, "Which test?", parts or PARTS, frozenset([mesh]))


def packed(path: Path, content: object) -> Path:
    path.write_bytes(gzip.compress(json.dumps(content).encode()))
    return path


def test_an_abstract_is_read_with_its_headings_and_mesh(tmp_path: Path) -> None:
    labels, contexts = zip(*PARTS, strict=True)
    entry = {"QUESTION": "Which test?", "LABELS": labels, "CONTEXTS": contexts}
    file = packed(tmp_path / "a.gz", {"7": entry | {"MESHES": ["Retrospective Studies"]}})
    assert read(file) == [abstract()]
    assert abstract().lines.splitlines()[0] == "OBJECTIVE: To compare two tests."
    assert abstract().plain.endswith("Uptake was seen in 40.")


@pytest.mark.parametrize("content", [[1], {"7": {}}, {"a": {"QUESTION": ""}}])
def test_a_file_of_another_form_is_refused(tmp_path: Path, content: object) -> None:
    with pytest.raises(InputError, match="is no set of PubMedQA"):
        read(packed(tmp_path / "a.gz", content))


def test_sections_are_told_apart_in_one_paragraph() -> None:
    told = section_report([abstract()])
    for kind in ("aims", "methods", "results"):
        assert f"| {kind} | 1 | 1.000" in told
    assert "another: 0" in told


def test_a_section_that_is_not_seen_is_named() -> None:
    told = section_report([abstract(("PATIENTS OF OURS", "We saw 62."))])
    assert "methods, not seen:\n    7" in told


def test_a_heading_of_two_kinds_may_be_either() -> None:
    told = section_report([abstract(("METHODS AND RESULTS", "We saw 62."))])
    assert "another: 0" in told


def test_the_design_of_the_words_is_held_against_mesh() -> None:
    assert "| Retrospective Studies | 1 | 1.000" in design_report([abstract()])
    other = design_report([abstract(mesh="Cohort Studies")])
    assert "Cohort Studies, another design is told:\n    7" in other
    bare = design_report([abstract(("RESULTS", "Uptake was seen."))])
    assert "Retrospective Studies, none is told:\n    7" in bare
