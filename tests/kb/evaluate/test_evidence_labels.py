"""P values against the labels of trials' passages."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path

import pytest

from kb.errors import InputError
from kb.evaluate.evidence_labels import (
    ALIKE,
    BOTH,
    MISSED,
    NONE,
    OPEN,
    OPPOSITE,
    MarkedEvidence,
    outcome,
    read,
    report,
)

HEAD = ["PromptID", "Label", "Annotations", "Valid Label", "Valid Reasoning"]


def packed(path: Path, *rows: list[str]) -> Path:
    text = io.StringIO()
    csv.writer(text).writerows([HEAD, *rows])
    path.write_bytes(gzip.compress(text.getvalue().encode()))
    return path


@pytest.mark.parametrize(
    ("text", "is_significant", "expected"),
    [
        ("Uptake fell (p < 0.001).", True, ALIKE),
        ("Uptake did not fall (P=0.4).", False, ALIKE),
        ("Uptake did not fall (p > 0.05).", False, ALIKE),
        ("Uptake fell (p = 0.4).", True, OPPOSITE),
        ("Uptake fell (p = 0.01), volume did not (p = 0.6).", True, BOTH),
        ("Uptake fell (p < 0.1).", True, OPEN),
        ("Uptake fell.", True, NONE),
        ("The test of fit showed no fault in the assumed model (p=0.97).", False, MISSED),
    ],
)
def test_a_p_value_lies_on_the_side_of_the_label(
    text: str, is_significant: bool, expected: str
) -> None:
    marked = MarkedEvidence(1, text, is_significant)
    assert outcome(marked) == expected
    assert f"| {expected} | 1 |" in report([marked])


def test_passages_that_a_second_reader_took_for_wrong_are_left_out(tmp_path: Path) -> None:
    file = packed(
        tmp_path / "a.csv.gz",
        ["1", "significantly increased", "Uptake rose\n(p < 0.01).", "True", "True"],
        ["1", "significantly increased", "Uptake rose (p < 0.01).", "True", "True"],
        ["2", "no significant difference", "Uptake rose.", "True", "False"],
        ["3", "no significant difference", "No change.", "True", "True"],
    )
    assert read(file) == [
        MarkedEvidence(1, "Uptake rose (p < 0.01).", is_significant=True),
        MarkedEvidence(3, "No change.", is_significant=False),
    ]


def test_a_table_of_other_columns_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(b"a,b\n1,2\n"))
    with pytest.raises(InputError, match="has no columns Annotations, Label"):
        read(tmp_path / "a.csv.gz")
