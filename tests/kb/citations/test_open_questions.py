"""What a base could not resolve, for services to be asked."""

from __future__ import annotations

from pathlib import Path

import pytest
from building import Raw, paper

from kb.citations.open_questions import unresolved
from kb.errors import ConfigError

ODD = "An odd report of 1950. Somewhere."


def test_dois_without_pmid_and_texts_without_work_are_open_questions(tmp_path: Path) -> None:
    raw = Raw(tmp_path / "raw.db")
    raw.run()
    raw.read(1, paper(1, references=[("A paper", {"doi": "10.1000/z"}), (ODD, {}), (ODD, {})]))
    open_ = unresolved(raw.build().path)
    assert open_.dois == ["10.1000/z"]
    assert list(open_.citations.values()) == [ODD]
    assert all(work.startswith("ref:") for work in open_.citations)
    assert [run for run, _, _ in open_.runs] == [1]


def test_what_is_no_base_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no such file"):
        unresolved(tmp_path / "none.db")
