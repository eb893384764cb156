"""Sample sizes against the words that people marked as participants."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.errors import InputError
from kb.evaluate import participants


def marked(words: str) -> str:
    """Lines of a file, the words after ^ marked."""
    lines = (
        "{} NN O {}".format(w.lstrip("^"), "I-PAR" if w[0] == "^" else "O") for w in words.split()
    )
    return "\n".join(["-DOCSTART- (7)", "", *lines, ""])


@pytest.mark.parametrize(
    ("words", "outcome"),
    [
        ("We enrolled ^62 ^patients ( mean age 7 ) .", participants.INSIDE),
        ("We enrolled 62 patients with ^asthma .", participants.OUTSIDE),
        ("Treatment of ^adults ^over ^65 .", participants.MISSED),
        ("Treatment of ^adults .", participants.NONE),
    ],
)
def test_a_sample_size_has_to_stand_in_the_marked_words(
    tmp_path: Path, words: str, outcome: str
) -> None:
    file = tmp_path / "a.txt"
    file.write_text(marked(words), encoding="utf-8")
    (abstract,) = participants.read(file)
    assert abstract.pmid == 7
    assert f"| {outcome} | 1 |" in participants.report([abstract])


def test_the_words_are_put_together_as_they_are_printed(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text(marked("Of ^62 patients ( 30 % ) , all came ."), encoding="utf-8")
    (abstract,) = participants.read(file)
    assert abstract.text == "Of 62 patients (30%), all came."
    assert [abstract.text[start:end] for start, end in abstract.places] == ["62"]


def test_a_file_of_another_form_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("62 patients")
    with pytest.raises(InputError, match="DOCSTART"):
        participants.read(tmp_path / "a.txt")
