"""What is read in texts of public sets, against the labels of others."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from measured import evaluated, part

from kb.evaluate.corpora import lists, recomputed, trial_designs
from kb.evaluate.evidence_labels import MarkedEvidence
from kb.evaluate.participants import Marked
from kb.evaluate.question_abstracts import QuestionAbstract


def marked(pmid: int, text: str) -> Marked:
    return Marked(pmid, text, ())


def test_trials_are_told_by_their_words_and_the_others_are_named() -> None:
    told = trial_designs(
        [
            marked(1, "Sixty-two children were randomised to two arms."),
            marked(2, "Random order was used in all healthy volunteers."),
            marked(3, "Two drugs were compared."),
        ]
    )
    assert "| randomised trial | 1 | 1 |" in told
    assert "and the text says random:\n    2" in told
    assert "not stated, and it does not:\n    3" in told


def test_what_differs_is_named_by_set_and_number() -> None:
    wrong, right = "MIBG found 17/20 lesions (80%).", "MIBG found 17/20 lesions (85%)."
    told = recomputed(
        [marked(1, wrong)],
        [MarkedEvidence(2, right, is_significant=True), MarkedEvidence(3, right, True)],
        [QuestionAbstract(4, "Which?", (("RESULTS", wrong),), frozenset())],
    )
    assert "| evidence-inference | 1 | 1 | 0 |" in told
    assert "EBM-NLP 1, share: 17 of 20 are 85 %, not 80 %." in told
    assert "PubMedQA 4, share: 17 of 20 are 85 %, not 80 %." in told


def test_lists_of_pmids_are_counted(tmp_path: Path) -> None:
    folder = tmp_path / "clef_tar_x"
    folder.mkdir()
    (folder / "qrels_abs.txt").write_text("CD1 0 11 1\nCD1 0 12 0\n\n", encoding="utf-8")
    (tmp_path / "sigir2017").mkdir()
    entries = [
        {"url": "http://www.ncbi.nlm.nih.gov/pubmed/11", "included": True},
        {"url": None, "included": True},
    ]
    packed = gzip.compress(json.dumps(entries).encode())
    (tmp_path / "sigir2017" / "citations.json.gz").write_bytes(packed)
    assert "| CLEF-TAR qrels_abs.txt | 2 | 1 |" in lists(tmp_path)
    assert "| SIGIR 2017 | 1 | 1 |" in lists(tmp_path)
    (tmp_path / "synergy").mkdir()
    rows = "pmid,label_included\nhttps://pubmed.ncbi.nlm.nih.gov/9,1\n,1\n"
    (tmp_path / "synergy" / "A_2020_ids.csv").write_text(rows, encoding="utf-8")
    assert "| SYNERGY A_2020 | 1 | 1 |" in lists(tmp_path)


def test_a_folder_without_sets_is_refused(tmp_path: Path) -> None:
    code, said = evaluated("corpora", "--labelled", str(tmp_path))
    assert code == 2
    assert "holds none of ebmnlp_pico_bio/test.txt" in said


@pytest.mark.soak
def test_the_page_says_what_the_sets_give_today(shared: Path) -> None:
    code, said = evaluated("corpora", "--labelled", str(shared / "pubmed" / "labelled"))
    assert code == 0
    assert said.strip() in part("labelled sets")
