"""What `kb evaluate references` asks, counts and writes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from building import paper
from measured import evaluated

from kb.errors import InputError
from kb.evaluate import references as measure
from kb.evaluate.intervals import Proportion
from kb.evaluate.references import Measured, ResolverAnswer, report
from kb.record.article import Article


def folder(place: Path) -> Path:
    """Records of 12 papers; the first two cite the same five others in differing words."""
    papers = [
        paper(
            number,
            title=f"On the imaging of {word} tumours in children",
            authors=[f"{word.title()} AB", "Park JR"],
            volume=str(number),
            pages=f"{number}1-9",
            references=[
                (f"Park JR. Tumours of {n} children and {n} adults.{mark} Cancer 2008;{n}:1{n}-20",
                 {"pubmed": 500 + n})
                for n in range(2, 7)
            ]
            if mark
            else [],
        )
        for number, word, mark in zip(
            range(11, 23),
            ("soft", "hard", "rare", "large", "small", "early", "late", "bony", "mixed", "dense",
             "clear", "giant"),
            (" ", " Am J", *[""] * 10),
            strict=True,
        )
    ]  # fmt: skip
    (place / "xml").mkdir()
    body = b"".join(papers)
    (place / "xml" / "a.xml").write_bytes(b"<PubmedArticleSet>" + body + b"</PubmedArticleSet>")
    return place


# Counting


def test_an_answer_is_right_wrong_missed_or_rightly_none() -> None:
    pairs = {(1, 1): "right", (1, 2): "wrong", (None, 2): "wrong", (1, None): "missed"}
    for (expected, found), outcome in {**pairs, (None, None): "left"}.items():
        assert ResolverAnswer("real", "Lancet", expected, found, "").outcome == outcome


def test_every_wrong_answer_is_shown() -> None:
    answers = [
        ResolverAnswer("real", "Lancet 1", 1, 1, "all agrees"),
        ResolverAnswer("real", "Lancet 2", 1, 2, "the journal agrees"),
        ResolverAnswer("real", "Lancet 3", None, 3, "the year agrees"),
        ResolverAnswer("real", "Lancet 4", 1, None, "nothing agrees"),
    ]
    text = report([Measured("strings", 9, answers)])
    assert "| strings | 9 | 4 | 1 | 1 | 2 | 0 | 0.0615 | 0.500 |" in text
    assert "- Lancet 2 — taken for PMID 2, is PMID 1 (the journal agrees)" in text
    assert "- Lancet 3 — taken for PMID 3, is none that is here (the year agrees)" in text


def test_where_nothing_is_wrong_that_is_said() -> None:
    assert "No answer is wrong." in report([Measured("strings", 0, [])])


def test_a_folder_without_records_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no file of PubMed records"):
        measure.read_records(tmp_path)


def test_a_table_without_pmids_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "papers.tsv"
    table.write_text("title\nNeuroblastoma\n", encoding="utf-8")
    with pytest.raises(InputError, match="has no column pmid"):
        measure.listed(table, table)


def test_half_of_the_rendered_citations_are_of_papers_that_are_left_out(tmp_path: Path) -> None:
    records = measure.read_records(folder(tmp_path) / "xml")
    measured = measure.rendered(records, 200)
    assert Counter(answer.expected is None for answer in measured.answers) == {
        True: 100,
        False: 100,
    }
    assert measured.counts()["wrong"] == 0
    assert measured.answers == measure.rendered(records, 200).answers


# The command


def test_it_prints_its_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.evaluate.cli.CITATIONS", 100)
    code, said = evaluated("references", "--pubmed", str(folder(tmp_path)))
    assert code == 0
    assert re.search(r"\| real strings \| 5 \| 5 \| 5 \| 0 \| 0 \|", said)
    assert "PDQ" not in said


def test_it_measures_a_list_against_a_table_of_papers_where_one_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kb.evaluate.cli.CITATIONS", 10)
    (folder(tmp_path) / "neuroblastoma").mkdir()
    (tmp_path / "neuroblastoma" / measure.PDQ).write_text(
        "pmid\tcitation\n"
        "17586306\tMaris JM, Hogarty MD, et al.: Neuroblastoma. Lancet 369 (9579): 2106-20, 2007.\n"
        "1\tPark JR: Neuroblastoma. Lancet 370 (9579): 2106-20, 2007.\n",
        encoding="utf-8",
    )
    head = ["pmid", "year", "journal", "volume", "pages", "title", "first_author", "authors"]
    row = ["17586306", "2007", "Lancet", "369", "2106-20", "Neuroblastoma", "Maris JM", ""]
    papers = tmp_path / "papers.tsv"
    papers.write_text("\t".join(head) + "\n" + "\t".join(row) + "\n", encoding="utf-8")
    _, said = evaluated("references", "--pubmed", str(tmp_path), "--papers", str(papers))
    assert "| PDQ reference list | 1 | 2 | 1 | 0 | 0 | 1 |" in said
    evaluated(
        "references",
        "--pubmed",
        str(tmp_path),
        "--papers",
        str(papers),
        "--out",
        str(tmp_path / "p.md"),
    )
    assert "NCI's summary on neuroblastoma" in (tmp_path / "p.md").read_text(encoding="utf-8")


def test_a_folder_without_one_list_of_one_disease_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="has 0 files pdq_hp_citations"):
        measure.pdq_list(tmp_path)
    for disease in ("neuroblastoma", "retinoblastoma"):
        (tmp_path / disease).mkdir()
        (tmp_path / disease / measure.PDQ).touch()
    with pytest.raises(InputError, match="has 2 files"):
        measure.pdq_list(tmp_path)


# On real records


@pytest.fixture(scope="module")
def records(shared: Path, records_of: Callable[[Path], dict[int, Article]]) -> dict[int, Article]:
    return records_of(shared / "pubmed" / "xml")


def test_real_strings_are_never_taken_for_another_work(records: dict[int, Article]) -> None:
    counts = measure.real_strings(records).counts()
    assert counts["wrong"] == 0
    assert counts.total() >= 130
    assert counts["right"] >= 0.85 * counts.total()


def test_faulty_citations_are_resolved_rightly_and_nearly_all(
    records: dict[int, Article],
) -> None:
    counts = measure.rendered(records, 10_000).counts()
    right, wrong = counts["right"], counts["wrong"]
    assert counts.total() == 10_000
    assert Proportion(right, right + wrong).interval[0] >= 0.995
    assert right / (right + counts["missed"]) >= 0.95


def test_the_pdq_list_is_resolved_against_the_papers_of_the_field(shared: Path) -> None:
    papers = shared / "domain" / "corpus.tsv"
    counts = measure.listed(measure.pdq_list(shared / "pubmed"), papers).counts()
    assert (counts["wrong"], counts["missed"]) == (0, 0)
    assert counts["right"] >= 60
