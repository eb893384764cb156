"""The reference standard of a paper, in its own words, and what only speaks of one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.appraisal.figures import figures
from kb.appraisal.index_tests import diagnostic_questions, passage_topics
from kb.appraisal.reference_standard import standards
from kb.data import data_dir
from kb.tagging.topics import load

VOCABULARY = load(data_dir() / "topics.yml")


def against(text: str) -> list[str | None]:
    """Reference standard of each figure."""
    tags = passage_topics(VOCABULARY, [], "abstract", text)
    return [one.reference_standard for one in diagnostic_questions(figures(text), tags)]


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        ("Using marrow biopsy as the reference standard,", "marrow biopsy"),
        ("Against histology as gold standard,", "histology"),
        ("The reference standard was biopsy and follow-up.", "biopsy and follow-up"),
        ("Histopathology served as the standard of reference.", "Histopathology"),
        ("Histology, MRI and follow-up were the reference.", None),
        ("With sagittal myelography (SM) as the reference standard,", "sagittal myelography"),
        ("Against the gold standard of marrow biopsy,", "marrow biopsy"),
        ("Patients had myelography and CT, which served as the gold standard.", None),
        ("CT is considered the gold standard.", None),
        ("No scan was the reference standard.", None),
        ("The reference standard was not applied to all.", None),
        ("Biopsy was the gold standard. MRI was the reference standard.", None),
    ],
)
def test_the_reference_standard_is_told_in_the_words_of_the_paper(
    stated: str, words: str | None
) -> None:
    assert against(f"{stated} Sensitivity was 90%.") == [words]
    assert against(f"{stated} EFS was 90%.") == [None]


def test_of_two_reference_standards_the_one_of_the_sentence_counts() -> None:
    text = "MRI was the reference standard. Against biopsy as gold standard specificity was 90%."
    assert against(text) == ["biopsy"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Views were read against biopsy (CNB) as the gold standard.", ["biopsy"]),
        ("We compared CT with the gold standard.", []),
        ("It was set against the criterion standard of open biopsy.", ["open biopsy"]),
        ("The standard of truth: follow-up over two years.", [" follow-up over two years"]),
        ("The gold standard was met.", []),
        ("The standards of care were kept.", []),
        ("Follow-up formed the reference standard; CT formed no gold standard.", ["Follow-up"]),
    ],
)
def test_only_what_the_paper_did_is_its_standard(text: str, words: list[str]) -> None:
    assert [text[slice(*span)] for span in standards(text)] == [each.strip() for each in words]


PIECES = st.sampled_from(
    ("using ", "biopsy", " as the gold standard", " was ", "the ", "reference standard", ". ", ": ")
)


@given(st.lists(PIECES | st.text(max_size=3), max_size=20).map("".join))
def test_the_words_of_a_standard_lie_in_the_text(text: str) -> None:
    for start, end in standards(text):
        assert 0 <= start < end <= len(text)
