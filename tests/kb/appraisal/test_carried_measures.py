"""Values whose measures were named before."""

from __future__ import annotations

from kb.appraisal.figures import figures
from kb.appraisal.index_tests import diagnostic_questions, passage_topics
from kb.data import data_dir
from kb.tagging.topics import load, tag

VOCABULARY = load(data_dir() / "topics.yml")


def read(text: str) -> list[tuple[str, float | None, str | None]]:
    """Kind, value and test of each figure."""
    tags = passage_topics(VOCABULARY, tag(VOCABULARY, [("abstract", text)], []), "abstract", text)
    printed = figures(text, VOCABULARY.words, tags)
    asked = diagnostic_questions(printed, tags)
    return [(one.kind, one.value, of.index_test) for one, of in zip(printed, asked, strict=True)]


def test_a_test_and_as_many_values_as_measures_go_on() -> None:
    told = read(
        "MRI had a sensitivity of 88% and a specificity of 94%, CT 80% and 90%, and"
        " ultrasonography 70% and 77%."
    )
    assert told == [
        ("sensitivity", 88, "mri"),
        ("specificity", 94, "mri"),
        ("sensitivity", 80, "ct"),
        ("specificity", 90, "ct"),
        ("sensitivity", 70, "us"),
        ("specificity", 77, "us"),
    ]


def test_corresponding_values_are_of_the_measures_of_the_sentence_before() -> None:
    first = "Sensitivity and specificity of MRI were 90% and 80%."
    assert read(f"{first} For CT the corresponding values were 70% and 75%.")[2:] == [
        ("sensitivity", 70, "ct"),
        ("specificity", 75, "ct"),
    ]
    assert read(f"{first} For CT the corresponding values were 70%, 75% and 60%.")[2:] == []
    assert read(f"{first} Of the children 70% and 75% were treated.")[2:] == []


def test_it_was_goes_on_with_a_measure_that_has_no_value() -> None:
    text = "Specificity could not be pooled for MRI; for CT it was 0.88."
    assert read(text) == [("specificity", 0.88, "ct")]


def test_values_in_brackets_behind_tests_are_theirs() -> None:
    text = "Accuracy was highest for MRI (91%), followed by CT (82%) and ultrasound (70%)."
    assert read(text) == [
        ("accuracy", 91, "mri"),
        ("accuracy", 82, "ct"),
        ("accuracy", 70, "us"),
    ]
