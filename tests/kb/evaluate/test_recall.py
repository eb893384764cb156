"""What `kb evaluate recall` counts against a list of relevant papers."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from small_base import add, add_paper, empty_base

from kb.cli import main
from kb.errors import InputError
from kb.evaluate.recall import Retrieved, read_gold, report, retrieved

SEARCH, NAMED = "imaging:query:mibg|scan", "imaging:pmid:1"


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """Papers 1 to 5: 1 named, 1 to 4 by a search, 3 also one hop from 1, 5 added in 2020, 4 without
    a date; 2 excluded by hand."""
    path = tmp_path / "kb.db"
    with closing(empty_base(path)) as db:
        add(db, "meta", key="base_id", value="0123456789abcdef")
        for pmid in range(1, 6):
            day = {4: None, 5: "2020-01-02T00:00"}.get(pmid, "2010-05-01")
            add_paper(db, pmid, entrez_date=day)
            add(db, "provenance", pmid=pmid, seed=SEARCH, via="", hop=0, source="search")
        add(db, "provenance", pmid=1, seed=NAMED, via="", hop=0, source="seed")
        add(db, "provenance", pmid=3, seed=NAMED, via="1", hop=1, source="references")
        reason = {"reason": "no patients", "who": "AB", "date": "2024-01-01"}
        add(db, "curation", line=2, pmid=2, decision="exclude", **reason)
        add(db, "curation", line=3, pmid=3, decision="note", **reason)
        db.commit()
    return path


def listed(folder: Path, text: str) -> Path:
    path = folder / "gold.txt"
    path.write_text(text, encoding="utf-8")
    return path


def evaluated(base: Path, gold: Path, *words: str) -> tuple[int, str]:
    arguments = ["evaluate", "recall", "--db", str(base), "--gold", str(gold), *words]
    result = CliRunner().invoke(main, arguments)
    return result.exit_code, result.output


# The list


@pytest.mark.parametrize(
    "text",
    [
        "1\n22\n",
        "\ufeff22\r\n1\r\n\r\n",
        "CD009263     0  1     1  \nCD009263     0  22      2\nCD009263 0 3 0\nCD009263 0 4 -1\n",
    ],
)
def test_a_list_is_pmids_or_qrels(tmp_path: Path, text: str) -> None:
    assert read_gold(listed(tmp_path, text)) == {1, 22}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"1\n{'1' * 5000}\n", "line 2: '1111"),
        (f"7 0 1 {'1' * 5000}\n", "line 1: '7 0 1 1111"),
        ("1\npmid 2\n", "line 2: 'pmid 2' is not a PMID alone, or: topic"),
        ("1\nPMC2\n", "line 2: 'PMC2' is not"),
        ("a 0 1 yes\n", "line 1: 'a 0 1 yes' is not"),
        ("a 0 0 1\n", "line 1"),
        ("a 0 1 1\nb 0 2 1\n", r"line 2: begins another topic \(b after a\)"),
        ("a 0 1 1\n2\n", r"line 2: begins another topic \(none after a\)"),
        ("", "names no relevant PMID"),
        ("a 0 1 0\n", "names no relevant PMID"),
    ],
)
def test_a_list_of_another_form_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = listed(tmp_path, text)
    with pytest.raises(InputError, match=message) as error:
        read_gold(path)
    assert str(path) in str(error.value)


def test_a_list_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "gold.txt"
    path.write_bytes(b"\xff\xfe1")
    with pytest.raises(InputError, match="is no text in UTF-8"):
        read_gold(path)


# What is counted


def test_recall_precision_and_number_to_read(base: Path, tmp_path: Path) -> None:
    _, said = evaluated(base, listed(tmp_path, "1\n2\n99\n"))
    assert "3 PMIDs are relevant, 2 of them are here." in said
    lines = dict(line.strip("| ").split(" | ", 1) for line in said.splitlines() if " | " in line)
    assert lines["harvested"].startswith("5 | 2 | 0.667 (")
    assert lines["harvested"].endswith(" | 2.5")
    assert "| 0.400 (" in lines["harvested"]


def test_what_people_excluded_counts_as_such(base: Path, tmp_path: Path) -> None:
    _, said = evaluated(base, listed(tmp_path, "1\n2\n99\n"))
    assert "| without what people excluded | 4 | 1 | 0.333 (" in said
    assert "2: imaging:query:mibg|scan, excluded by hand: no patients" in said


def test_each_seed_is_counted_and_what_it_alone_found(base: Path, tmp_path: Path) -> None:
    _, said = evaluated(base, listed(tmp_path, "1\n2\n3\n"))
    by_seed = [line for line in said.splitlines() if line.startswith("| imaging:")]
    assert [line.rsplit(" | ", 1)[1] for line in by_seed] == ["0 |", "1 |"]
    assert by_seed[1].startswith("| imaging:query:mibg\\|scan | 5 | 3 | 1.000 (")
    assert "3: imaging:query:mibg|scan; imaging:pmid:1, hop 1" in said


def test_what_pubmed_added_after_the_day_counts_for_nothing(base: Path, tmp_path: Path) -> None:
    gold = listed(tmp_path, "1\n5\n")
    _, said = evaluated(base, gold, "--as-of", "2018-07-08")
    assert "1 PMIDs are relevant, 1 of them are here." in said
    assert "1 records that PubMed added later count for nothing, 1 of the list among them" in said
    assert "1 records do not say when PubMed added them, and count." in said
    assert "5: added later" in said
    _, on_the_day = evaluated(base, gold, "--as-of", "2020-01-02")
    assert "2 PMIDs are relevant, 2 of them are here." in on_the_day


def test_what_is_missed_is_named(base: Path, tmp_path: Path) -> None:
    _, said = evaluated(base, listed(tmp_path, "98\n99\n"))
    assert "98: missed\n99: missed" in said
    assert "none found" in said


def test_the_part_names_base_list_and_day(base: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    gold = listed(tmp_path, "1\n")
    code, _ = evaluated(base, gold, "--as-of", "2018-07-08", "--out", str(page))
    assert code == 0
    text = " ".join(page.read_text(encoding="utf-8").split())
    assert "PMIDs of gold.txt against base 0123456789abcdef, as of 2018-07-08." in text


@pytest.mark.parametrize(("day", "code"), [("2018", 2), ("2018-02-30", 2), ("2018-02-28", 0)])
def test_a_day_is_a_day(base: Path, tmp_path: Path, day: str, code: int) -> None:
    assert evaluated(base, listed(tmp_path, "1\n"), "--as-of", day)[0] == code


def test_a_file_that_is_no_base_is_refused(tmp_path: Path) -> None:
    code, said = evaluated(tmp_path / "none.db", listed(tmp_path, "1\n"))
    assert code == 2
    assert "there is no such file" in said


PMIDS = st.frozensets(st.integers(1, 12), min_size=1)


@given(gold=PMIDS, papers=PMIDS, later=PMIDS)
def test_every_relevant_paper_is_found_missed_or_later(
    gold: frozenset[int], papers: frozenset[int], later: frozenset[int]
) -> None:
    held = Retrieved("", papers - later, 0, later, {}, {p: {SEARCH: 0} for p in papers})
    text = report(gold, held)
    missed, added, found = (
        text.count(": missed"),
        text.count(": added later"),
        text.count(f": {SEARCH}"),
    )
    assert missed + added + found == len(gold)
    assert found == len(gold & papers - later)
    assert added == len(gold & later)


def test_a_list_of_clef_is_read(shared: Path) -> None:
    folder = shared / "pubmed" / "labelled" / "clef_tar_CD009263_neuroblastoma_imaging"
    assert len(read_gold(folder / "qrels_task1_abs.txt")) == 171
    assert len(read_gold(folder / "qrels_task2_abs.txt")) == 124


def test_the_bundled_papers_can_be_measured(bundled_base: Path) -> None:
    held = retrieved(bundled_base, None)
    assert len(held.papers) == 113
    assert held.excluded == {}
