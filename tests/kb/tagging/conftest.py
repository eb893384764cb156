"""The small vocabulary, as read from its file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from small_vocabulary import HEAD, TOPICS

from kb.tagging.topics_file import load
from kb.tagging.vocabulary import Vocabulary


@pytest.fixture(scope="module")
def vocabulary(tmp_path_factory: pytest.TempPathFactory) -> Vocabulary:
    path = tmp_path_factory.mktemp("vocabulary") / "topics.yml"
    path.write_text(HEAD + TOPICS, encoding="utf-8")
    return load(path)


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Path]:
    def written(text: str) -> Path:
        path = tmp_path / "topics.yml"
        path.write_text(text, encoding="utf-8")
        return path

    return written
