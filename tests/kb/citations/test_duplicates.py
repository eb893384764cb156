"""What may be the same work is listed with the reason, and nothing is merged."""

from __future__ import annotations

from pathlib import Path

import pytest
from building import Raw, paper
from click.testing import CliRunner

from kb.citations.duplicates import Suspicion, suspected
from kb.cli import main


@pytest.fixture
def raw(tmp_path: Path) -> Raw:
    raw = Raw(tmp_path / "raw.db")
    raw.run()
    return raw


def test_one_doi_or_one_title_and_first_author_is_suspect(raw: Raw) -> None:
    raw.read(1, paper(1, title="Neuroblastoma.", doi="10.1000/a", authors=["Maris JM"]))
    raw.read(2, paper(2, title="Other", doi="10.1000/a", authors=["Park JR"]))
    raw.read(3, paper(3, title="neuroblastoma", authors=["Maris J"]))
    raw.read(4, paper(4, title="Neuroblastoma", authors=["Brodeur GM"]))
    base = raw.build()
    assert suspected(base.path) == [
        Suspicion(("pmid:1", "pmid:2"), "the DOI 10.1000/a"),
        Suspicion(("pmid:1", "pmid:3"), "title and first author: neuroblastoma, maris"),
    ]
    assert base.one("SELECT count(*) FROM papers") == 4


def test_what_is_known_to_belong_together_is_not_suspect(raw: Raw) -> None:
    raw.read(1, paper(1, comments=[("RepublishedIn", "J Example", 2)]))
    raw.read(2, paper(2))
    assert suspected(raw.build().path) == []


def test_the_check_lists_them_and_passes(raw: Raw) -> None:
    raw.read(1, paper(1))
    raw.read(2, paper(2))
    result = CliRunner().invoke(main, ["check", str(raw.build().path)])
    assert result.exit_code == 0
    assert "May be the same: pmid:1, pmid:2 (title and first author: imaging of" in result.output
