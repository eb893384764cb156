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
    assert of("Sensitivity of MRI was 90% for infants and 80% for the others.") == [
        ("mri", None),
        (None, None),
    ]
    assert of("MRI was done; the hazard ratio was 2.2.") == [(None, None)]
    of_first = of("Sensitivity of FDG PET was 93% and that of MRI 87%.")
    assert of_first == [("fdg-pet", None), ("mri", None)]
    two = of("Sensitivities of PHOX2B and FDG PET were 90% and 70%, respectively.")
    assert two == [(None, None), (None, None)]


def test_words_of_patients_leave_the_test_as_it_is() -> None:
    assert of("Sensitivity of MRI was 90% for infants and 80% for adults.") == [
        ("mri", None),
        ("mri", None),
    ]


def test_as_many_tests_as_values_are_paired_in_order() -> None:
    both = [("mibg-123", None), ("fdg-pet", None)]
    for text in (
        "The sensitivity of 123I-MIBG and 18F-FDG PET were 96.7 % and 70.9 %, respectively.",
        "123I-MIBG and 18F-FDG PET had sensitivities of 96.7% and 70.9%.",
        "The sensitivities were 96.7% and 70.9% for 123I-MIBG and 18F-FDG PET, respectively.",
    ):
        assert of(f"Neuroblastoma was sought. {text}") == both
    twice = of(
        "In neuroblastoma, sensitivities of 123I-MIBG and FDG PET were 87% and 96%, respectively,"
        " on a patient basis, and 64% and 92%, respectively, on a lesion basis."
    )
    assert twice == both * 2
    assert of("Sensitivities of MRI and FDG PET were 90%, 80% and 70%.") == [(None, None)] * 3


def test_the_subject_of_the_clause_is_the_test_and_goes_on_with_the_next_figure() -> None:
    told = of(
        "MRI had a sensitivity of 88% and a specificity of 90%, FDG PET a sensitivity of 77% and"
        " a specificity of 92%."
    )
    assert told == [("mri", None), ("mri", None), ("fdg-pet", None), ("fdg-pet", None)]
    against = of("PET had a sensitivity of 90%, compared with 56% for MRI.")
    assert against == [("pet", None), ("mri", None)]
    told = of("On CT, MRI reached a sensitivity of 94% and bone scintigraphy 71%.")
    assert told == [("mri", None), ("bone-scan", None)]


def test_the_only_test_of_the_passage_is_the_test_of_its_figures_of_accuracy() -> None:
    assert of("Children had MRI. The sensitivity was 90%, kappa was 0.8.") == [
        ("mri", None),
        (None, None),
    ]


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
