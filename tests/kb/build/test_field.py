"""What data/ says of a field, as a build is given it."""

from __future__ import annotations

from pathlib import Path

import pytest
from building import Raw

from kb.build.curation import HEAD
from kb.build.field import Field
from kb.data import data_dir
from kb.errors import ConfigError


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def assert_untouched(raw: Raw, old: bytes) -> None:
    assert raw.path.with_name("kb.db").read_bytes() == old
    assert files(raw.path.parent) == ["data", "kb.db", "raw.db"]


def test_a_vocabulary_that_is_not_sound_stops_before_anything_is_written(
    raw: Raw, old: bytes
) -> None:
    (raw.data / "topics.yml").write_text("topics: [")
    with pytest.raises(ConfigError, match=r"topics\.yml"):
        raw.build()
    assert_untouched(raw, old)


def test_a_field_may_have_no_studies_and_no_decisions(raw: Raw) -> None:
    (raw.data / "studies.yml").unlink()
    field = Field.read(raw.data)
    assert (field.protocols, field.decisions, field.corrections) == ((), (), {})
    assert field.vocabulary.topics


def test_decisions_on_topics_are_corrections_by_paper(raw: Raw) -> None:
    topic = Field.read(raw.data).vocabulary.topics[0].topic
    lines = [f"7,add-topic,{topic},,AB,2024-05-01", f"8,remove-topic,{topic},,AB,2024-05-01"]
    text = "\n".join([",".join(HEAD), *lines, "9,include,,,AB,2024-05-01"])
    (raw.data / "curation.csv").write_text(text, encoding="utf-8")
    assert Field.read(raw.data).corrections == {7: {topic: True}, 8: {topic: False}}


def test_the_tasks_are_topics_of_the_vocabulary() -> None:
    field = Field.read(data_dir())
    topics = {topic.topic for topic in field.vocabulary.topics}
    assert field.tasks
    assert field.tasks.keys() < topics


def test_each_task_has_its_question_but_for_the_one_that_holds_the_others() -> None:
    tasks = Field.read(data_dir()).tasks
    assert {task for task, question in tasks.items() if question is None} == {"task"}
    assert (tasks["accuracy"], tasks["prognosis"]) == ("diagnosis", "prognosis")
