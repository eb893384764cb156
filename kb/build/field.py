"""The field of medicine as data/ says it: what every pass of a build is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from kb.appraisal.studies import Protocol
from kb.appraisal.studies import load as load_studies
from kb.build import curation
from kb.tagging.topics import Vocabulary, load
from kb.tagging.vocabulary import Question


@dataclass(frozen=True)
class Field:
    """What data/ says of the field of medicine; a field may have no studies and no decisions."""

    data: Path
    vocabulary: Vocabulary
    protocols: Sequence[Protocol]
    decisions: Sequence[curation.Decision]

    @classmethod
    def read(cls, data: Path) -> Field:
        """Raises ConfigError where a file of ``data`` is missing or not sound."""
        vocabulary = load(data / "topics.yml")
        topics = {topic.topic for topic in vocabulary.topics}
        studies, decisions = data / "studies.yml", data / "curation.csv"
        return cls(
            data,
            vocabulary,
            load_studies(studies) if studies.is_file() else (),
            curation.read(decisions, topics) if decisions.is_file() else (),
        )

    @cached_property
    def corrections(self) -> Mapping[int, Mapping[str, bool]]:
        """Topics by PMID that people added (True) or removed (False)."""
        return curation.corrections(self.decisions)

    @cached_property
    def tasks(self) -> Mapping[str, Question | None]:
        """The clinical tasks, each with its question."""
        return self.vocabulary.tasks()
