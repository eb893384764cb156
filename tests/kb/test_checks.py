"""A sound base passes every check; spoiled in one way it fails that one, by name."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from building import Base, Printed, Raw, elink, paper

from kb.checks import FAULTS, MOST, check

# For each fault the statements that bring it about, and what the message then names.
SPOILED: dict[str, tuple[list[str], str]] = {
    "references listed and stored differ in number at PMID": (
        ["UPDATE papers SET n_references = 9 WHERE pmid = 2"],
        "2",
    ),
    "the sums of a run do not close at run": (
        ["PRAGMA ignore_check_constraints = 1", "UPDATE runs SET asked = asked + 1"],
        "1",
    ),
    "the words of a topic do not stand where its evidence says at PMID": (
        ["UPDATE topic_evidence SET start = start + 1 WHERE pmid = 1"],
        "1",
    ),
    "a figure that does not lie within its sentence at PMID": (
        [
            'INSERT INTO findings (pmid, kind, value, field, start, "end", sentence_start,'
            " sentence_end) VALUES (3, 'p', 0.1, 'title', 0, 5, 0, 4)"
        ],
        "3",
    ),
    "a figure whose sentence does not lie within its passage at PMID": (
        [
            'INSERT INTO findings (pmid, kind, value, field, start, "end", sentence_start,'
            " sentence_end) VALUES (3, 'p', 0.1, 'title', 0, 999, 0, 999)"
        ],
        "3",
    ),
    "a sum that does not lie within its passage at PMID": (
        [
            "INSERT INTO sums VALUES (9, 3, 'share', 'agrees', '1 of 2 are 50 %.', 'title', 0, 5,"
            " 0, 999)"
        ],
        "3",
    ),
    "a statement whose words do not stand at its place at PMID": (
        ["INSERT INTO statements VALUES (3, 'GRADE', 'low', 'GRADE: low', 'title', 0, 10)"],
        "3",
    ),
    "a passage that is not the title or abstract of PMID": (
        ["UPDATE passages SET text = text || '.' WHERE pmid = 3 AND field = 'title'"],
        "3",
    ),
    "a topic without evidence at PMID": (
        ["UPDATE topic_evidence SET negated = 1 WHERE pmid = 1"],
        "1",
    ),
    "a topic that is not as people decided, by curation, at PMID": (
        [
            "INSERT INTO curation VALUES (2, 1, 'remove-topic', (SELECT topic FROM paper_topics"
            " WHERE pmid = 1), NULL, 'AB', '2024-01-01')"
        ],
        "1",
    ),
    "the PRISMA flow does not close at": (
        ["UPDATE prisma_flow SET records = records + 1 WHERE box = 'duplicates removed'"],
        "identified",
    ),
    "a section that does not lie within its abstract at PMID": (
        ['UPDATE abstract_sections SET "end" = 999'],
        "1",
    ),
    "no seed brought PMID": (["DELETE FROM provenance WHERE pmid = 3"], "3"),
    "marked as not retracted although a retraction is known: PMID": (
        ["UPDATE papers SET is_retracted = 0 WHERE pmid = 3"],
        "3",
    ),
    "marked as retracted without a notice that says so: PMID": (
        ["UPDATE papers SET is_retracted = 1 WHERE pmid = 1"],
        "1",
    ),
    "a paper, or a work of which something is asserted, and no verdict: work": (
        ["DELETE FROM verdicts WHERE pmid = 2"],
        "pmid:2",
    ),
    "retracted by a notice and not by the verdict, or the other way round: work": (
        ["UPDATE verdicts SET verdict = 'reinstated' WHERE pmid = 3"],
        "pmid:3",
    ),
    "not marked as the verdict says: PMID": (
        ["UPDATE verdicts SET verdict = 'contradictory' WHERE pmid = 2"],
        "2",
    ),
    "cites a retracted work and is not in exposure: work": (
        ["DELETE FROM exposure WHERE work = 'pmid:2'"],
        "pmid:2",
    ),
    "a reference resolved by DOI to a harvested paper that has another or none: PMID": (
        ["UPDATE papers SET doi = '10.1000/another' WHERE pmid = 1"],
        "2",
    ),
    "a reference that is not among the citations of PMID": (
        ["DELETE FROM cites WHERE citing = 'pmid:2' AND cited = 'pmid:1'"],
        "2",
    ),
    "whether its record was harvested is marked wrongly at work": (
        ["UPDATE works SET is_paper = 1 WHERE work = 'pmid:7'"],
        "pmid:7",
    ),
    "is neither PMID, nor DOI in lower case, nor hash of a citation: work": (
        [
            "PRAGMA ignore_check_constraints = 1",
            "INSERT INTO works (work, text, is_paper) VALUES ('isbn:1', 'A book', 0)",
            "INSERT INTO metrics (work, pagerank, in_degree, out_degree)"
            " VALUES ('isbn:1', 0, 0, 0)",
            "INSERT INTO layouts VALUES ('isbn:1', 'year', 0, 0)",
        ],
        "isbn:1",
    ),
    "no row of metrics for work": (
        [
            "DELETE FROM metrics WHERE work = 'pmid:7'",
            "UPDATE communities SET size ="
            " (SELECT count(*) FROM metrics m WHERE m.community = communities.community)",
        ],
        "pmid:7",
    ),
    "measured and without a place by year: work": (
        ["DELETE FROM layouts WHERE work = 'pmid:7' AND layout = 'year'"],
        "pmid:7",
    ),
    "its works are more or fewer than its size says: community": (
        ["UPDATE communities SET size = size + 1 WHERE community = 1"],
        "1",
    ),
}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Base:
    """1 has topics and an abstract; 2 cites 1 by DOI and the retracted 3; 3 cites 7, not here; the
    notice of the retraction, 4, cites it."""
    raw = Raw(tmp_path_factory.mktemp("sound") / "raw.db")
    raw.run()
    raw.read(1, paper(1, title="Imaging of tumours", doi="10.1000/1", abstract="An MIBG scan."))
    cited: list[Printed] = [("One", {"doi": "10.1000/1"}), ("Three", {"pubmed": 3})]
    raw.read(2, paper(2, references=cited))
    retraction = [("RetractionIn", "x", 4)]
    raw.read(3, paper(3, comments=retraction, references=[("Seven", {"pubmed": 7})]))
    raw.read(4, paper(4, comments=[("RetractionOf", "x", 3)], references=[("3", {"pubmed": 3})]))
    raw.answer("elink", elink("pubmed_pubmed_citedin", {2: [1]}))
    return raw.build()


@pytest.fixture
def copy(sound: Base, tmp_path: Path) -> Path:
    return Path(shutil.copy(sound.path, tmp_path / "copy.db"))


def spoil(path: Path, *statements: str) -> list[str]:
    """What the check says after these statements."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for statement in statements:
            db.execute(statement)
    return check(path)


def test_a_sound_base_passes(sound: Base) -> None:
    assert check(sound.path) == []


def test_every_check_has_its_fault_here() -> None:
    assert list(SPOILED) == list(FAULTS)


@pytest.mark.parametrize("fault", SPOILED)
def test_a_base_spoiled_in_one_way_fails_that_check_by_name(copy: Path, fault: str) -> None:
    statements, named = SPOILED[fault]
    assert spoil(copy, *statements) == [f"{fault} {named}"]


@pytest.mark.parametrize(
    "work", ["pmid:5", "isbn:1", "ref:00", "ref:zzzzzzzzzzzzzzzz", "ref:00ff00ff00ff00ff0", "doi:"]
)
def test_a_work_is_named_by_an_identifier_or_a_hash(copy: Path, work: str) -> None:
    wrong = spoil(
        copy,
        "PRAGMA ignore_check_constraints = 1",
        f"INSERT INTO works (work, text, is_paper) VALUES ('{work}', 'x', 0)",
    )
    assert any(line.endswith(f"hash of a citation: work {work}") for line in wrong)


def test_a_doi_is_named_in_lower_case(copy: Path) -> None:
    wrong = spoil(
        copy,
        "PRAGMA ignore_check_constraints = 1",
        "INSERT INTO works (work, doi, text, is_paper) VALUES ('doi:10.1/X', '10.1/X', 'x', 0)",
    )
    assert any("DOI in lower case" in line for line in wrong)


def test_a_retraction_notice_may_cite_what_it_retracts(sound: Base) -> None:
    assert ("pmid:4", "pmid:3") in sound.rows("SELECT citing, cited FROM cites")
    assert sound.rows("SELECT work FROM exposure ORDER BY work") == ["pmid:1", "pmid:2"]


def test_of_many_the_first_are_named_and_the_others_counted(copy: Path) -> None:
    more = [
        f"INSERT INTO works (work, pmid, text, is_paper) VALUES ('pmid:{n}', {n}, 'x', 0)"
        for n in range(101, 109)
    ]
    first = ", ".join(f"pmid:{n}" for n in range(101, 101 + MOST))
    assert spoil(copy, *more) == [f"no row of metrics for work {first} and 3 more"]


def test_a_paper_that_is_not_in_the_full_text_index_is_missed(copy: Path) -> None:
    wrong = spoil(
        copy,
        "INSERT INTO papers_fts (papers_fts, rowid, title, abstract, authors, keywords, mesh)"
        " SELECT 'delete', pmid, title, abstract, authors, keywords, mesh FROM papers"
        " WHERE pmid = 2",
    )
    assert wrong == ["the full-text index holds 3 papers of 4"]


def test_a_base_without_an_id_cannot_be_cited(copy: Path) -> None:
    wrong = spoil(copy, "DELETE FROM meta WHERE key = 'base_id'")
    assert wrong == ["the base has no id (table meta, key base_id)"]


def test_what_refers_to_nothing_is_named_with_its_table(copy: Path) -> None:
    wrong = spoil(copy, "DELETE FROM topics WHERE topic = 'mibg'")
    assert "table paper_topics: what it refers to in topics is not there" in wrong
    assert any(line.startswith("table topic_evidence, row ") for line in wrong)


def test_an_index_that_does_not_fit_its_table_is_named(copy: Path) -> None:
    wrong = spoil(
        copy,
        "PRAGMA writable_schema = 1",
        "UPDATE sqlite_schema SET rootpage ="
        " (SELECT rootpage FROM sqlite_schema WHERE name = 'mesh_name') WHERE name = 'works_year'",
    )
    assert wrong
    assert all(line.startswith("damaged file: ") for line in wrong)
    assert "works_year" in "".join(wrong)


def test_a_damaged_file_is_named_as_such(copy: Path) -> None:
    content = bytearray(copy.read_bytes())
    content[4096 * 20 : 4096 * 24] = b"\xff" * 4096 * 4
    copy.write_bytes(content)
    wrong = check(copy)
    assert wrong
    assert wrong[0].startswith(("damaged file: ", "cannot be read through: "))


def test_a_check_writes_nothing(copy: Path) -> None:
    before = copy.read_bytes()
    check(copy)
    assert copy.read_bytes() == before
    assert [path.name for path in copy.parent.iterdir()] == ["copy.db"]
