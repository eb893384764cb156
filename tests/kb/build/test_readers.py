"""Many papers, read by several processes: the same readings in the same order, or a sentence."""

from __future__ import annotations

import os
import signal
import zlib
from collections.abc import Iterator
from multiprocessing import active_children
from pathlib import Path
from typing import Any

import pytest
from building import VOCABULARY, Base, Raw, paper

from kb.build import readers
from kb.build.field import Field
from kb.build.kept_readings import KeptReadings
from kb.build.readings import StoredPaper, packed
from kb.errors import Incomplete
from kb.raw import StoredRecord

TIMES = ("2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z")


@pytest.fixture
def several(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two processes, however few the papers and the processors."""
    monkeypatch.setattr(readers, "MANY", 1)
    monkeypatch.setattr(readers, "_processors", lambda: 2)
    monkeypatch.setattr(readers, "TOGETHER", 2)


def field(folder: Path) -> Field:
    (folder / "topics.yml").write_text(VOCABULARY)
    return Field.read(folder)


def papers(count: int = 9) -> Iterator[StoredPaper]:
    for pmid in range(1, count + 1):
        xml = zlib.compress(paper(pmid, abstract="A scan of 9 children."))
        yield StoredPaper(pmid, [StoredRecord(pmid, str(pmid), xml, "x", 1, *TIMES, None)], "", {})


@pytest.mark.soak
def test_several_processes_read_the_same_in_the_same_order(several: None, tmp_path: Path) -> None:
    of = field(tmp_path)
    alone = list(readers.readings(papers(), 0, of, KeptReadings()))
    beside = list(readers.readings(papers(), 9, of, KeptReadings()))
    assert [paper.pmid for paper, _ in beside] == list(range(1, 10))
    assert [packed(reading) for _, reading in beside] == [packed(reading) for _, reading in alone]
    assert active_children() == []


@pytest.mark.soak
def test_a_process_that_is_killed_ends_it_with_a_sentence(several: None, tmp_path: Path) -> None:
    def killing() -> Iterator[StoredPaper]:
        for number, each in enumerate(papers(60)):
            if number == 6:
                for child in active_children():
                    os.kill(child.pid or 0, signal.SIGKILL)
            yield each

    with pytest.raises(Incomplete, match="a process that read records was killed"):
        list(readers.readings(killing(), 60, field(tmp_path), KeptReadings()))
    assert active_children() == []


class Deadly:
    """Kills the process that reads it."""

    def __reduce__(self) -> tuple[Any, ...]:
        return signal.raise_signal, (signal.SIGKILL,)


@pytest.mark.soak
def test_a_process_that_never_begins_ends_it_too(several: None) -> None:
    of: Any = Deadly()
    with pytest.raises(Incomplete, match="a process that read records was killed"):
        list(readers.readings(papers(), 9, of, KeptReadings()))


@pytest.mark.soak
def test_who_stops_before_the_end_leaves_no_process(several: None, tmp_path: Path) -> None:
    reading = readers.readings(papers(), 9, field(tmp_path), KeptReadings())
    next(reading)
    assert len(active_children()) == 2
    reading.close()
    assert active_children() == []


def test_a_base_is_the_same_whoever_has_read(
    several: None, raw: Raw, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for pmid in range(1, 8):
        raw.read(pmid, paper(pmid, references=[("Two", {"pubmed": 2}), (f"J Exam {pmid}", {})]))
    raw.read(3, b"<PubmedArticle/>", run=1, now="2024-02-01T00:00:00Z")
    raw.read(4, paper(4, comments=[("RetractionIn", "x", 5)], version=2))
    with pytest.raises(Incomplete) as beside:
        raw.build(tmp_path / "beside.db")
    monkeypatch.setattr(readers, "MANY", 1000)
    with pytest.raises(Incomplete) as alone:
        raw.build(tmp_path / "alone.db")
    same = str(alone.value).replace("alone.db", "beside.db")
    assert str(beside.value) == same
    assert Base(tmp_path / "beside.db").dump() == Base(tmp_path / "alone.db").dump()
