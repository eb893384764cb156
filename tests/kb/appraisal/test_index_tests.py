"""Which test a figure is of, and what was looked for with it."""

from __future__ import annotations

from kb.appraisal.figures import figures
from kb.appraisal.index_tests import diagnostic_questions, passage_topics
from kb.data import data_dir
from kb.tagging.topics import load, tag

VOCABULARY = load(data_dir() / "topics.yml")


def of(text: str) -> list[tuple[str | None, str | None]]:
    """Test and target of each figure."""
    tags = passage_topics(VOCABULARY, tag(VOCABULARY, [("abstract", text)], []), "abstract", text)
    return [(of.index_test, of.target) for of in diagnostic_questions(figures(text), tags)]


def test_the_test_comes_from_the_words_of_the_figure_or_the_only_one_of_the_sentence() -> None:
    assert of("In neuroblastoma, MIBG scintigraphy had a sensitivity of 90%.") == [
        ("mibg-scan", None)
    ]
    assert of("Neuroblastoma: sensitivity was 90% for MIBG scans and 70% for bone scans.") == [
        ("mibg-scan", None),
        ("bone-scan", None),
    ]
    assert of("Sensitivity was 90% (80-95%) for (123)I-MIBG scans and 70% for (18)F-FDG PET.") == [
        ("mibg-123", None),
        ("fdg-pet", None),
    ]
    assert of("Sensitivity was 90% for PHOX2B, 80% for FDG PET/CT.") == [
        ("PHOX2B", None),
        ("fdg-pet", None),
    ]


def test_the_test_is_left_open_where_the_sentence_names_two_or_the_words_are_of_patients() -> None:
    assert of("Beside MRI and bone scans a sensitivity of 90% was reached.") == [(None, None)]
    assert of("Sensitivity of MRI was 90% for infants and 80% for adults.") == [
        (None, None),
        (None, None),
    ]
    assert of("MRI was done; the hazard ratio was 2.2.") == [(None, None)]
    of_first = of("Sensitivity of FDG PET was 93% and that of MRI 87%.")
    assert of_first == [("fdg-pet", None), ("mri", None)]
    against = of("PET had a sensitivity of 90%, compared with 56% for MRI.")
    assert against == [(None, None), ("mri", None)]
    two = of("Sensitivities of PHOX2B and FDG PET were 90% and 70%, respectively.")
    assert two == [(None, None), (None, None)]


def test_what_detected_a_share_is_its_test_also_where_the_sentence_names_two() -> None:
    told = of("In neuroblastoma FDG PET detected 95% of lesions, MIBG scans missed them.")
    assert told == [("fdg-pet", None)]
    told = of("Beside CT, 60% of relapses were detected by MRI.")
    assert told == [("mri", None)]


def test_what_was_looked_for_stands_between_measure_and_value() -> None:
    assert of("Sensitivity for bone metastases of neuroblastoma was 90%.")[0][1] == "bone"
    assert of("Sensitivity in children with bone metastases was 90%.")[0][1] is None


def test_denied_topics_and_those_of_other_passages_are_no_tests() -> None:
    text = "MRI was not done. Sensitivity was 90%."
    found = tag(VOCABULARY, [("title", "MRI of neuroblastoma"), ("abstract", text)], [])
    topics = passage_topics(VOCABULARY, found, "abstract", text)
    assert [topic for _, _, topic in topics.within((0, len(text)), {"test"})] == []
    (of,) = diagnostic_questions(figures(text), topics)
    assert (of.index_test, of.target, of.reference_standard) == (None, None, None)
