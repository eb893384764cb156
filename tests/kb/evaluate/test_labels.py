"""What `kb evaluate topics` counts and writes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from measured import evaluated, part

from kb.data import data_dir
from kb.errors import InputError
from kb.evaluate import labels
from kb.tagging.topics import Vocabulary, load

ROOT = Path(__file__).resolve().parents[3]
TEXTS = ROOT / "tests" / "fixtures" / "labelled"
AGREEMENT = "# A set\n\n## Agreement\n\n| what | agreement |\n|---|---|\n| n | 1.000 (1 of 1) |\n"


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return load(data_dir() / "topics.yml")


def test_the_page_of_measured_quality_is_as_made(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    code, said = evaluated("topics", "--texts", str(TEXTS), "--out", str(page))
    assert (code, said) == (0, f"Wrote {page}.\n")
    made = page.read_text(encoding="utf-8").partition("<!-- topics -->\n")[2]
    assert made.partition("<!-- end of topics -->")[0] == part("topics"), (
        "run: kb evaluate topics --texts tests/fixtures/labelled --out docs/evaluation.md"
    )


def test_every_miss_of_both_halves_is_listed(vocabulary: Vocabulary) -> None:
    records = labels.read(TEXTS)
    for name in labels.HALVES:
        of = labels.scores([r for r in records if labels.half(r) == name], vocabulary)
        misses = [miss for score in of for miss in score.misses]
        assert f"Every miss of the {name} half: {len(misses)}<" in part("topics")
        assert all(miss in part("topics") for miss in misses)


def test_the_agreement_is_the_one_that_the_set_states() -> None:
    stated = (TEXTS / "README.md").read_text(encoding="utf-8").partition("## Agreement")[2]
    lines = re.findall(r"(?m)^\|.*\|$", stated)
    assert len(lines) == 8
    assert "\n".join(lines) in part("topics")


def test_the_page_says_what_the_numbers_are_worth() -> None:
    for words in ("tuned on the odd texts", "looked at while the rules", "No clinician"):
        assert words in part("topics")


def test_a_set_without_its_agreement_is_refused(tmp_path: Path, vocabulary: Vocabulary) -> None:
    (tmp_path / "a.yml").write_text("[{id: t1, title: An MRI, design: null, n: null}]")
    with pytest.raises(InputError, match="states no table under the heading Agreement"):
        labels.report(tmp_path, vocabulary)
    (tmp_path / "README.md").write_text(AGREEMENT)
    assert "| n | 1.000 (1 of 1) |" in labels.report(tmp_path, vocabulary)


@pytest.mark.parametrize(("text", "message"), [("", "holds no labelled"), ("a: 1", "no list of")])
def test_a_folder_without_labelled_texts_is_refused(
    tmp_path: Path, text: str, message: str
) -> None:
    if text:
        (tmp_path / "a.yml").write_text(text)
    code, said = evaluated("topics", "--texts", str(tmp_path))
    assert code == 2
    assert message in said
