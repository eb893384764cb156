"""What a paper says by itself: from the bytes of its record to rows, and what that depends on."""

from __future__ import annotations

import hashlib
import json
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from building import VOCABULARY, paper
from hypothesis import given
from hypothesis import strategies as st

from kb.build import readings
from kb.build.field import Field
from kb.build.readings import StoredPaper, citation_of, packed, read, read_packed, unpack
from kb.citations.citation import Citation
from kb.raw import StoredRecord
from kb.record.recordset import read_file

CITED = "Matthay KK, Smith B. MIBG scans in children with tumours. J Clin Oncol 2003; 21: 12-15."


@pytest.fixture(scope="module")
def of(tmp_path_factory: pytest.TempPathFactory) -> Field:
    data = tmp_path_factory.mktemp("data")
    (data / "topics.yml").write_text(VOCABULARY)
    return Field.read(data)


def stored(xml: bytes, run: int = 1, day: str = "01", read: str = "01") -> StoredRecord:
    first, last = f"2024-01-{day}T00:00:00Z", f"2024-02-{read}T00:00:00Z"
    digest = hashlib.sha256(xml).hexdigest()
    return StoredRecord(1, digest, zlib.compress(xml), "efetch", run, first, last, None)


def alone(*versions: StoredRecord, problem: str = "", **topics: bool) -> StoredPaper:
    return StoredPaper(1, versions, problem, topics)


def as_lists(reading: readings.PaperReading) -> object:
    return json.loads(json.dumps(reading, default=lambda each: readings.told_work(each)))


RECORD = paper(
    1,
    title="MIBG scans of tumours",
    abstract="We scanned 27 children. Sensitivity was 90%.",
    authors=("Maris JM", "Li W"),
    references=[
        (CITED, {"pubmed": 7}),
        (CITED, {}),
        ("Ann Surg 1999", {"doi": "10.1000/x"}),
        ("", {}),
    ],
    comments=[("RetractionIn", "J Example", 3)],
)


def test_a_reading_is_the_same_again_after_it_was_packed(of: Field) -> None:
    made = read(of, alone(stored(RECORD)))
    again = unpack(packed(made))
    assert as_lists(again) == as_lists(made)
    assert (again.paper, again.citable, again.changes) == (made.paper, made.citable, made.changes)
    assert again.references == made.references


def test_bundled_records_say_the_same_after_they_were_packed(of: Field) -> None:
    file = Path(__file__).parents[3] / "data" / "demo" / "pubmed.xml"
    for cut in read_file(file):
        made = read(of, alone(stored(cut.xml)))
        again = unpack(packed(made))
        assert as_lists(again) == as_lists(made)
        assert again.citable == made.citable


@given(st.text() | st.sampled_from([CITED, "", "Pötschger U. Ann Surg 1999a;12(3):e45-e50"]))
def test_a_citation_is_the_same_again(text: str) -> None:
    made, again = Citation(text), citation_of(json.dumps(Citation(text).read))
    for name in Citation.__slots__:
        assert getattr(again, name) == getattr(made, name)


def test_of_a_reference_is_read_what_the_later_passes_need(of: Field) -> None:
    with_pmid, without, short, nothing = read(of, alone(stored(RECORD))).references
    assert (with_pmid.year, with_pmid.citation) == (2003, None)
    assert readings.work_of(with_pmid.work or "").title == "mibg scans in children with tumours"
    assert (without.year, without.work) == (2003, None)
    assert citation_of(without.citation or "").places == Citation(CITED).places
    assert (short.year, short.doi) == (1999, "10.1000/x")
    assert nothing == (None, None, None, None, None, None, None)


def test_rows_are_those_of_every_table_that_the_paper_fills(of: Field) -> None:
    made = read(of, alone(stored(RECORD)))
    assert {"WorksRow", "PassagesRow", "AuthorsRow", "PaperTopicsRow", "FindingsRow"} <= {
        *made.rows
    }
    assert made.paper
    assert made.paper.n_patients == 27


def test_people_add_and_remove_topics(of: Field) -> None:
    made = read(of, alone(stored(RECORD), dose=True, mibg=False))
    topics = {row[1]: row[2] for row in made.rows["PaperTopicsRow"]}
    assert topics["dose"] == "curated"
    assert "mibg" not in topics


def test_what_stands_before_a_version_that_cannot_be_read_counts(of: Field) -> None:
    made = read(of, alone(stored(RECORD), stored(b"<PubmedArticle/>", day="02")))
    assert (made.versions, made.record_sha256) == (1, hashlib.sha256(RECORD).hexdigest())
    assert made.problem.startswith("PMID 1: <PubmedArticle> without <MedlineCitation>")


def test_bytes_that_are_damaged_are_told_and_not_raised(of: Field) -> None:
    made = read(of, alone(replace(stored(RECORD), xml=b"no zlib")))
    assert (made.versions, made.paper) == (0, None)
    assert made.problem.startswith("PMID 1: raw.db is damaged at PMID 1 or behind it")


def test_what_raw_db_could_not_give_is_told(of: Field) -> None:
    assert read(of, alone(problem="PMID 1: gone")).problem == "PMID 1: gone"
    assert read(of, alone(stored(RECORD), problem="PMID 1: gone")).problem == "PMID 1: gone"


def test_a_fault_of_the_program_is_told_with_the_pmid(
    of: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(readings, "citable", fail)
    with pytest.raises(ZeroDivisionError) as caught:
        read_packed(of, [alone(stored(RECORD))])
    assert caught.value.__notes__ == ["while reading PMID 1"]


OLD, NEW = stored(RECORD, day="01", read="02"), stored(paper(1), day="02", read="01")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (alone(OLD), alone(replace(OLD, last_read="2025-01-01T00:00:00Z")), True),
        (alone(OLD), alone(replace(OLD, checked="2025-01-01", source="a file")), True),
        (alone(OLD), alone(NEW), False),
        (alone(OLD), alone(OLD, NEW), False),
        (alone(OLD), alone(replace(OLD, run=2)), False),
        (alone(OLD), alone(replace(OLD, first_read="2025-01-01T00:00:00Z")), False),
        (alone(OLD, NEW), alone(OLD, replace(NEW, last_read="2025-01-01T00:00:00Z")), False),
        (alone(OLD), alone(OLD, mibg=False), False),
        (alone(OLD, mibg=True), alone(OLD, mibg=False), False),
        (alone(OLD), alone(OLD, problem="PMID 1: gone"), False),
    ],
)
def test_a_reading_depends_on(one: StoredPaper, other: StoredPaper, same: bool) -> None:
    assert (one.identity == other.identity) is same
