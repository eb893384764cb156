from __future__ import annotations

import gzip
import io
import sqlite3
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from loopback import FakeClock, record, record_set

from harvest import reports
from harvest.files import examine, read_files
from harvest.progress import Progress
from kb import raw


class Place:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.raw = folder / "raw.db"
        self.clock = FakeClock()

    def write(self, name: str, content: bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        return path

    def read(self, *files: Path, filters: Sequence[str] = (), workers: int = 1) -> dict[str, int]:
        """Read files; the sums, without the outcomes that nobody has."""
        run = read_files(self.raw, files, filters, workers, Progress(io.StringIO()), self.clock)
        with closing(raw.open_raw(self.raw)) as db:
            sums = raw.sums(db, run)
        assert sums["asked"] == sum(sums[outcome] for outcome in raw.OUTCOMES)
        return {name: count for name, count in sums.items() if count}

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        connection = sqlite3.connect(self.raw)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()

    def outcomes(self) -> dict[object, object]:
        return dict(
            self.rows(  # type: ignore[arg-type]
                "SELECT pmid, outcome FROM outcomes WHERE run = (SELECT max(run) FROM runs)"
            )
        )

    def shortfall(self) -> str:
        with closing(raw.open_raw(self.raw)) as db:
            run = db.execute("SELECT max(run) FROM runs").fetchone()[0]
            return "\n".join(reports.shortfall(db, run))


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def deleting(*pmids: int, before: bytes = b"") -> bytes:
    deleted = "".join(f"<PMID Version='1'>{pmid}</PMID>" for pmid in pmids).encode()
    return record_set(before + b"<DeleteCitation>" + deleted + b"</DeleteCitation>")


def test_every_record_is_stored_with_the_file_it_came_from(place: Place) -> None:
    one = place.write("a/one.xml", record_set(record(1), record(2)))
    two = place.write("b/two.xml.gz", gzip.compress(record_set(record(3))))
    assert place.read(one, two) == {"asked": 3, "stored": 3}
    assert place.rows("SELECT pmid, source FROM records ORDER BY pmid") == [
        (1, "one.xml"),
        (2, "one.xml"),
        (3, "two.xml.gz"),
    ]
    assert place.rows("SELECT seed, pmid, via, hop, source FROM reach ORDER BY pmid") == [
        ("files:file:one.xml", 1, "", 0, "file"),
        ("files:file:one.xml", 2, "", 0, "file"),
        ("files:file:two.xml.gz", 3, "", 0, "file"),
    ]
    assert place.rows("SELECT job, state, note FROM runs") == [("files", "complete", None)]
    assert place.rows("SELECT count(*) FROM requests") == [(0,)]


def test_reading_again_changes_nothing_and_stores_changed_records_as_further_versions(
    place: Place,
) -> None:
    file = place.write("one.xml", record_set(record(1), record(2)))
    place.read(file)
    assert place.read(file) == {"asked": 2, "unchanged": 2}
    place.write("one.xml", record_set(record(1), record(2, "Corrected")))
    assert place.read(file) == {"asked": 2, "unchanged": 1, "stored": 1}
    assert place.rows("SELECT count(*) FROM records") == [(3,)]


def test_a_pmid_in_several_files_has_one_outcome_and_stored_comes_before_unchanged(
    place: Place,
) -> None:
    one = place.write("one.xml", record_set(record(1), record(1)))
    two = place.write("two.xml", record_set(record(1, "Newer"), record(1)))
    assert place.read(one, two) == {"asked": 1, "stored": 1}
    assert place.rows("SELECT seed FROM reach") == [
        ("files:file:one.xml",),
        ("files:file:two.xml",),
    ]


def test_a_deletion_withdraws_and_keeps_the_record(place: Place) -> None:
    one = place.write("one.xml", record_set(record(1), record(2)))
    two = place.write("two.xml", deleting(2, 9, before=record(3)))
    assert place.read(one, two) == {"asked": 4, "stored": 2, "withdrawn": 2}
    assert place.rows("SELECT pmid, source FROM withdrawals ORDER BY pmid") == [
        (2, "two.xml"),
        (9, "two.xml"),
    ]
    assert place.rows("SELECT count(*) FROM records WHERE pmid = 2") == [(1,)]
    assert place.rows("SELECT reason FROM outcomes WHERE pmid = 9") == [("deleted by two.xml",)]


def test_a_record_after_a_deletion_is_back(place: Place) -> None:
    gone = place.write("gone.xml", deleting(2))
    back = place.write("back.xml", record_set(record(2)))
    assert place.read(gone, back) == {"asked": 1, "stored": 1}
    assert place.rows("SELECT count(*) FROM withdrawals") == [(0,)]
    assert place.read(back, gone) == {"asked": 1, "withdrawn": 1}


def test_a_damaged_file_is_named_and_the_others_are_read(place: Place) -> None:
    cut = place.write("cut.xml", record_set(record(1), record(2), record(3))[:-150])
    html = place.write("page.xml", b"<html><body>Sign in</body></html>")
    empty = place.write("empty.xml", b"")
    good = place.write("good.xml", record_set(record(5)))
    assert place.read(cut, html, empty, good) == {"asked": 3, "stored": 3}
    assert place.rows("SELECT pmid FROM records ORDER BY pmid") == [(1,), (2,), (5,)]
    said = place.shortfall()
    assert f"{cut}: cut in the middle of record 3 (PMID 3)" in said
    assert f"{html}: this is no PubMed XML" in said
    assert f"{empty}: the file is empty" in said


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<PubmedArticleSet></PubmedArticleSet>", "holds no record and no deletion"),
        (b"<PubmedArticleSet><ERROR>No</ERROR></PubmedArticleSet>", "<ERROR> stands in"),
        (b"<p:PubmedArticleSet xmlns:p='p'></p:PubmedArticleSet>", "this is no PubMed XML"),
    ],
)
def test_a_file_that_gives_nothing_is_named(place: Place, content: bytes, said: str) -> None:
    file, good = place.write("odd.xml", content), place.write("good.xml", record_set(record(5)))
    assert place.read(file, good) == {"asked": 1, "stored": 1}
    assert f"{file}: " in place.shortfall()
    assert said in place.shortfall()


def test_an_error_beside_records_is_told_and_they_are_kept(place: Place) -> None:
    both = record_set(record(5)).replace(b"<PubmedArticle>", b"<ERROR>No</ERROR><PubmedArticle>")
    assert place.read(place.write("both.xml", both)) == {"asked": 1, "stored": 1}
    assert "<ERROR> stands in <PubmedArticleSet> and is no record; it says: No" in place.shortfall()


def test_a_compressed_file_that_is_cut_keeps_what_came_before(place: Place) -> None:
    whole = gzip.compress(record_set(*(record(pmid) for pmid in range(1, 3000))))
    file = place.write("cut.xml.gz", whole[: len(whole) // 2])
    sums = place.read(file)
    assert 0 < sums["stored"] < 2999
    assert "the compressed file is damaged or cut after record" in place.shortfall()


def test_a_broken_record_failed_by_its_pmid_and_the_rest_of_its_file_is_read(
    place: Place,
) -> None:
    broken = record(2).replace(b"</ArticleTitle>", b"</Articletitle>")
    file = place.write("one.xml", record_set(record(1), broken, record(3)))
    assert place.read(file) == {"asked": 3, "stored": 2, "failed": 1}
    assert place.shortfall() == (
        "run 1 (files) is incomplete:\n"
        f"  PMID 2: {file}: record 2 (PMID 2): mismatched tag, line 1 of the record"
    )


def test_a_broken_record_without_a_pmid_is_named_by_its_place(place: Place) -> None:
    file = place.write(
        "one.xml", record_set(record(1), record(2).replace(b">2</PMID>", b">x</PMID>"))
    )
    assert place.read(file) == {"asked": 1, "stored": 1}
    assert f"{file}: record 2 (no PMID): it does not begin with a PMID" in place.shortfall()


@pytest.mark.parametrize("broken_first", [True, False])
def test_a_record_damaged_in_one_file_and_whole_in_another_is_stored_and_still_told(
    place: Place, broken_first: bool
) -> None:
    whole = place.write("whole.xml", record_set(record(2)))
    broken = place.write("broken.xml", record_set(record(2).replace(b"</Year>", b"</year>")))
    files = (broken, whole) if broken_first else (whole, broken)
    assert place.read(*files) == {"asked": 1, "stored": 1}
    assert f"{broken}: record 1 (PMID 2)" in place.shortfall()


def test_many_problems_are_all_in_the_books_and_twenty_are_shown(place: Place) -> None:
    broken = [record(pmid).replace(b"</Year>", b"</year>") for pmid in range(1, 31)]
    place.read(place.write("one.xml", record_set(*broken)))
    assert place.rows("SELECT count(*) FROM outcomes WHERE outcome = 'failed'") == [(30,)]
    shown = place.shortfall().splitlines()
    assert len(shown) == 22
    assert shown[-1].strip().startswith("and 10 more")


@pytest.mark.parametrize(
    ("filters", "kept"),
    [
        (["NEUROBLASTOMA"], [1, 4]),
        (["opsoclonus"], [2]),
        (["opsoclonus", "neuroblastoma"], [1, 2, 4]),
        (["adrenal glands"], [3]),
        (["nephroblastoma"], []),
    ],
)
def test_a_filter_keeps_records_that_hold_the_text_whatever_its_case(
    place: Place, filters: list[str], kept: list[int]
) -> None:
    mesh = (
        b"<MeshHeadingList><MeshHeading><DescriptorName UI='D1' MajorTopicYN='N'>Adrenal Glands"
        b"</DescriptorName></MeshHeading></MeshHeadingList>"
    )
    keyword = b"<KeywordList Owner='NOTNLM'><Keyword>neuroblastoma</Keyword></KeywordList>"
    file = place.write(
        "one.xml",
        record_set(
            record(1, "Imaging of Neuro<i>blastoma</i>"),
            record(2, abstract="A child with opsoclonus."),
            record(3).replace(b"</Article>", b"</Article>" + mesh),
            record(4).replace(b"</Article>", b"</Article>" + keyword),
        ),
    )
    place.read(file, filters=filters)
    assert [pmid for (pmid,) in place.rows("SELECT pmid FROM records ORDER BY pmid")] == kept
    assert place.outcomes() == {
        pmid: "stored" if pmid in kept else "filtered" for pmid in (1, 2, 3, 4)
    }
    assert [pmid for (pmid,) in place.rows("SELECT pmid FROM reach ORDER BY pmid")] == kept


def test_what_is_read_does_not_depend_on_the_number_of_processes(
    place: Place, tmp_path: Path
) -> None:
    files = [
        place.write(
            f"{number}.xml", record_set(*(record(pmid, f"in {number}") for pmid in range(1, 9)))
        )
        for number in range(4)
    ]
    files.insert(2, place.write("gone.xml", deleting(3, 4, before=record(20, "neuroblastoma"))))
    files.append(place.write("cut.xml", record_set(record(30, "in"), record(31))[:-90]))
    files.append(place.write("last.xml", deleting(5)))
    other = Place(tmp_path / "other")
    other.folder.mkdir()
    sums = place.read(*files, filters=["in"])
    assert other.read(*files, filters=["in"], workers=3) == sums
    for table in ("records", "outcomes", "withdrawals", "seeds", "reach", "runs"):
        assert place.rows(f"SELECT * FROM {table}") == other.rows(f"SELECT * FROM {table}")


def test_a_file_that_vanishes_is_a_problem_of_that_file_alone(place: Place) -> None:
    good = place.write("good.xml", record_set(record(1)))
    gone = place.folder / "gone.xml"
    assert place.read(gone, good) == {"asked": 1, "stored": 1}
    assert str(gone) in place.shortfall()


def test_real_files_hold_as_many_records_and_deletions_as_were_counted_in_them(
    shared: Path,
) -> None:
    folder = shared / "pubmed"
    table = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in (folder / "README.md").read_text(encoding="utf-8").splitlines()
        if line.startswith(("| file | root element", "| xml/"))
    ]
    names = table[0]
    counted = [dict(zip(names, row, strict=True)) for row in table if len(row) == len(names)][1:]
    assert len(counted) == 19
    for row in counted:
        findings = Counter(finding.kind for finding in examine(folder / row["file"], []))
        expected = {"record": int(row["records"]), "deleted": int(row["delete"])}
        assert findings == Counter(expected), row["file"]


DTD_2026 = (
    b'<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2026//EN"'
    b' "https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_260101.dtd">'
)


def dated(*records: tuple[int, str]) -> bytes:
    """An update file of 2026: PMIDs and the days on which they were revised."""
    parts = []
    for pmid, day in records:
        year, month, number = day.split("-")
        told = f"<Year>{year}</Year><Month>{month}</Month><Day>{number}</Day>"
        xml = f"</PMID><DateRevised>{told}</DateRevised>".encode()
        parts.append(record(pmid).replace(b"</PMID>", xml, 1))
    return record_set(*parts).replace(b"<!DOCTYPE PubmedArticleSet>", DTD_2026)


CHECKED = "SELECT pmid, checked FROM records ORDER BY pmid"


@pytest.mark.parametrize("workers", [1, 2])
def test_a_file_of_nlm_since_2026_is_a_check_of_the_newest_day_in_it(
    place: Place, workers: int
) -> None:
    body = dated((1, "2026-01-05"), (2, "2026-02-20"))
    update = place.write("pubmed26n1335.xml.gz", gzip.compress(body))
    mine = place.write("mine.xml", dated((3, "2026-02-21")))
    place.read(update, mine, workers=workers)
    assert place.rows(CHECKED) == [(1, "2026-02-20"), (2, "2026-02-20"), (3, None)]


def test_a_later_file_with_the_same_record_is_a_later_check_and_an_earlier_none(
    place: Place,
) -> None:
    first = place.write("pubmed26n1335.xml", dated((1, "2026-01-05")))
    later = place.write("pubmed26n1336.xml", dated((1, "2026-01-05"), (2, "2026-02-20")))
    place.read(first, later)
    place.read(first)
    assert place.rows(CHECKED) == [(1, "2026-02-20"), (2, "2026-02-20")]


def test_a_filtered_record_tells_the_day_of_its_file_too(place: Place) -> None:
    body = dated((1, "2026-01-05"), (2, "2026-02-20"))
    update = place.write("pubmed26n1335.xml", body.replace(b"Paper 1", b"Neuroblastoma"))
    place.read(update, filters=["neuroblastoma"])
    assert place.rows(CHECKED) == [(1, "2026-02-20")]


def test_a_day_yet_to_come_is_no_check(place: Place) -> None:
    place.read(place.write("pubmed26n1335.xml", dated((1, "2099-01-05"))))
    assert place.rows(CHECKED) == [(1, "2026-03-01")]


def test_files_of_2025_and_others_are_no_check(place: Place) -> None:
    old = dated((1, "2025-01-05"))
    place.read(
        place.write("pubmed25n1335.xml", old),
        place.write("pubmed26n1335.xml", dated((2, "2026-01-05")).replace(b"260101", b"250101")),
    )
    assert place.rows(CHECKED) == [(1, None), (2, None)]
