"""What tests of harvest need: a place to harvest to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from harvesting import Place
from loopback import record, record_set

from harvest.standin import Corpus, Standin, serve


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.fixture
def pubmed(tmp_path: Path) -> Iterator[Standin]:
    """Papers 100 to 102; 100 cites the others and 999, which is not there."""
    file = tmp_path / "pubmed.xml"
    file.write_bytes(
        record_set(
            record(100, "Imaging in neuroblastoma", [101, 102, 999]),
            record(101, "Neuroblastoma"),
            record(102, "Advances"),
        )
    )
    with serve(Corpus.from_files([file])) as server:
        yield server


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    return tmp_path / "raw.db"
