"""Topics of a passage with their places."""

from __future__ import annotations

from kb.appraisal.passage_topics import TEST, groups, only, passage_topics
from kb.data import data_dir
from kb.tagging.topics import load, tag

VOCABULARY = load(data_dir() / "topics.yml")


def topics_of(text: str):  # type: ignore[no-untyped-def]
    return passage_topics(VOCABULARY, tag(VOCABULARY, [("abstract", text)], []), "abstract", text)


def test_those_that_touch_are_one_test_called_by_its_first_word() -> None:
    text = "Neuroblastoma: 18F-FDG PET and MRI, then MRI again."
    places = topics_of(text).within((0, len(text)), TEST)
    assert groups(places) == ["fdg-pet", "mri"]
    assert groups(places, each=True) == ["fdg-pet", "mri", "mri"]
    assert only(places) is None
    assert only(places[-1:]) == "mri"


def test_a_score_that_the_field_names_is_a_test_and_a_stage_is_none() -> None:
    text = "Neuroblastoma of INSS stage 4 had a Curie score of 3."
    topics = topics_of(text)
    assert [topic for _, _, topic in topics.tests((0, len(text)))] == ["curie"]


def test_the_denied_is_left_out() -> None:
    text = "MRI was not done, CT showed a mass."
    assert [topic for _, _, topic in topics_of(text).within((0, len(text)), TEST)] == ["ct"]
