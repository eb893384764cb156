"""Real PubMed files go through harvest and build, and the counts are those that were counted."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from building import Base, Raw

from harvest.files import read_files
from harvest.progress import Progress
from kb import raw
from kb.checks import check
from kb.errors import InputError
from kb.ids import clean_doi
from kb.record import pubmed
from kb.record.recordset import read_file


def harvested(folder: Path, files: Sequence[Path]) -> Raw:
    made = Raw(folder / "raw.db")
    read_files(made.path, files, [], 1, Progress(io.StringIO()))
    return made


@pytest.fixture(scope="module")
def files(shared: Path) -> list[Path]:
    return sorted((shared / "pubmed" / "xml").iterdir())


@pytest.fixture(scope="module")
def base(files: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Base:
    return harvested(tmp_path_factory.mktemp("real"), files).build()


@pytest.fixture(scope="module")
def counted(shared: Path) -> dict[str, dict[str, int]]:
    """The table of counts by file and column, from the notes on the files."""
    lines = (shared / "pubmed" / "README.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("| ").split("|")] for line in lines]
    start = next(n for n, row in enumerate(rows) if row[:2] == ["file", "root element"])
    names, table = rows[start][2:], rows[start + 2 :]
    return {
        row[0].removeprefix("xml/"): dict(zip(names, map(int, row[2:]), strict=True))
        for row in table[: next(n for n, row in enumerate(table) if len(row) < 3)]
    }


def of_files(base: Base, sql: str) -> dict[str, int]:
    """A count for each file, from a query of (seed, count)."""
    return {seed.removeprefix("files:file:"): count for seed, count in base.rows(sql)}


def test_the_base_of_all_files_passes_every_check(base: Base) -> None:
    assert check(base.path) == []


def test_every_record_is_a_paper_once(base: Base, files: list[Path]) -> None:
    pmids = {cut.pmid or 0 for file in files for cut in read_file(file) if cut.kind == "record"}
    assert base.rows("SELECT pmid FROM papers ORDER BY pmid") == sorted(pmids)


def test_every_file_brought_as_many_papers_as_it_has_records(
    base: Base, counted: dict[str, dict[str, int]], files: list[Path]
) -> None:
    """One file holds two versions of one record, which are one paper."""
    found = of_files(base, "SELECT seed, count(*) FROM provenance GROUP BY seed")
    versions = {"tipplerow_sample_7.xml.gz": 1}
    assert found == {
        file.name: counted[file.name]["records"] - versions.get(file.name, 0) for file in files
    }


def test_what_a_file_deletes_is_withdrawn(base: Base, files: list[Path]) -> None:
    """Unless a file that was read later has the record."""
    last: dict[int, str] = {}
    for cut in (cut for file in files for cut in read_file(file)):
        last[cut.pmid or 0] = cut.kind
    gone = {pmid for pmid, kind in last.items() if kind == "deleted"}
    withdrawn = set(base.rows("SELECT pmid FROM papers WHERE record_status = 'withdrawn'"))
    assert withdrawn == gone & set(base.rows("SELECT pmid FROM papers"))


def test_references_are_as_many_and_as_identified_as_were_counted(
    base: Base, counted: dict[str, dict[str, int]]
) -> None:
    """In the files whose records no other file has in another version."""
    revised = set(
        Base(base.path.with_name("raw.db")).rows(
            "SELECT pmid FROM records GROUP BY pmid HAVING count(*) > 1"
        )
    )
    touched = {
        seed.removeprefix("files:file:")
        for pmid, seed in base.rows("SELECT pmid, seed FROM provenance")
        if pmid in revised
    }
    columns = {"refs": "*", "refs_pmid": "ref_pmid", "refs_doi": "ref_doi", "refs_pmc": "ref_pmcid"}
    alone = set(counted) - touched - {"neuroblastoma/mentions_in_shared_xml.xml.gz"}
    assert len(alone) >= 6
    for column, name in columns.items():
        found = of_files(
            base,
            f"SELECT seed, count({name}) FROM provenance JOIN reference_list USING (pmid)"
            " GROUP BY seed",
        )
        assert {file: found.get(file, 0) for file in alone} == {
            file: counted[file][column] for file in alone
        }, column


def test_no_id_of_a_cited_work_is_the_record_s_own(base: Base) -> None:
    """A record's DOI is never one that its own references bear, save where it cites itself."""
    assert (
        base.rows(
            "SELECT p.pmid FROM papers p JOIN reference_list r"
            " ON r.pmid = p.pmid AND r.ref_doi = p.doi"
            " WHERE r.ref_pmid IS NOT p.pmid"
        )
        == []
    )


def test_a_retraction_among_them_is_flagged_and_its_notice_is_not(base: Base) -> None:
    flags = dict(
        base.rows("SELECT pmid, is_retracted FROM papers WHERE pmid IN (8863847, 31541003)")
    )
    assert set(flags.values()) == {1}
    notices = base.rows(
        "SELECT DISTINCT p.pmid FROM papers p JOIN comments_corrections c USING (pmid)"
        " WHERE ref_type = 'RetractionOf'"
    )
    assert notices
    assert not set(notices) & set(base.rows("SELECT pmid FROM papers WHERE is_retracted = 1"))


def test_a_reference_found_by_its_text_is_the_paper_it_names(base: Base) -> None:
    found = base.rows(
        "SELECT r.text, p.title, r.reason FROM reference_list r JOIN papers p USING (work)"
        " WHERE method = 'text'"
    )
    assert found
    for text, title, reason in found:
        assert title.rstrip(".").casefold() in text.casefold()
        assert "the journal agrees" in reason


# Odd records


@pytest.fixture(scope="module")
def oddities(shared: Path) -> list[Path]:
    return sorted(
        path for path in (shared / "pubmed" / "oddities").rglob("*") if path.suffix == ".xml"
    )


def readable(file: Path) -> set[int]:
    """PMIDs of the whole records in a file up to where it cannot be read on."""
    pmids = set()
    try:
        for cut in read_file(file):
            if cut.kind == "record" and cut.pmid:
                pubmed.parse(cut.xml)
                pmids.add(cut.pmid)
    except InputError:
        pass
    return pmids


def test_odd_files_that_are_well_formed_make_a_sound_base(
    oddities: list[Path], tmp_path: Path
) -> None:
    made = harvested(tmp_path, oddities)
    base = made.build()
    assert check(base.path) == []
    expected = set().union(*map(readable, oddities))
    assert set(base.rows("SELECT pmid FROM papers")) == expected
    assert len(expected) > 20
    with raw.open_raw(made.path).conn as db:
        (note,) = db.execute("SELECT note FROM runs").fetchone()
    unread = [file for file in oddities if not readable(file)]
    assert all(file.name in note for file in unread)


def test_what_odd_records_say_is_kept(oddities: list[Path], tmp_path: Path) -> None:
    base = harvested(tmp_path, oddities).build()
    assert base.one("SELECT count(*) FROM papers WHERE is_book") >= 2
    dois = base.rows("SELECT doi FROM papers WHERE doi IS NOT NULL")
    assert dois
    assert all(clean_doi(doi) == doi for doi in dois)
    assert max(Counter(base.rows("SELECT pmid FROM mesh")).values()) > 10
