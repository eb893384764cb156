"""What a vocabulary knows of its topics, schemes and descriptors."""

from __future__ import annotations

import pickle

from kb.tagging.topics import tag
from kb.tagging.vocabulary import Vocabulary, closure, exploded


def test_the_closure_holds_each_topic_under_itself_and_all_wider_ones(
    vocabulary: Vocabulary,
) -> None:
    pairs = closure(vocabulary)
    assert len(pairs) == len(set(pairs))
    assert [a for a, t in pairs if t == "mibg-123"] == [
        *("mibg-123", "mibg-scan", "nuclear", "modality")
    ]
    assert [t for a, t in pairs if a == "nuclear"] == ["nuclear", "mibg-scan", "mibg-123"]


def test_a_vocabulary_can_be_handed_to_another_process(vocabulary: Vocabulary) -> None:
    copy = pickle.loads(pickle.dumps(vocabulary))
    assert copy.topics == vocabulary.topics
    assert [e.topic for e in tag(copy, [("title", "MIBG scans")], [])] == ["mibg-scan"]


def test_a_role_has_the_topics_of_its_schemes_in_file_order(vocabulary: Vocabulary) -> None:
    assert [t.topic for t in vocabulary.of_role("task")] == ["tasks", "finding", "costs"]
    assert [t.topic for t in vocabulary.of_role("test")][:2] == ["modality", "nuclear"]
    assert vocabulary.of_role("population") == ()


def test_a_clinical_task_has_its_question_a_group_and_one_that_no_level_fits_none(
    vocabulary: Vocabulary,
) -> None:
    assert vocabulary.tasks() == {"tasks": None, "finding": "diagnosis", "costs": None}


def test_a_descriptor_without_a_topic_stands_for_those_next_above_it(
    vocabulary: Vocabulary,
) -> None:
    assert exploded(vocabulary) == {"D900001": ("D011877",)}
