"""The commands `kb evaluate`: what they want, what they say, and where it goes."""

from __future__ import annotations

from pathlib import Path

import pytest
from measured import evaluated

from kb.evaluate.cli import evaluate


@pytest.mark.parametrize("command", evaluate.commands)
def test_each_command_explains_itself(command: str) -> None:
    code, said = evaluated(command, "--help")
    assert code == 0
    assert "--out" in said
    assert str(evaluate.commands[command].help).split()[0] in said


def test_without_records_it_says_what_it_needs() -> None:
    code, said = evaluated("references")
    assert code == 2
    assert "needs real PubMed records, which are not bundled: none were given" in said
    assert "--pubmed DIR" in said


def test_a_folder_without_xml_is_named(tmp_path: Path) -> None:
    code, said = evaluated("references", "--pubmed", str(tmp_path))
    assert code == 2
    assert f"{tmp_path} has no folder xml" in said


def test_mesh_needs_records() -> None:
    code, said = evaluated("mesh")
    assert code == 2
    assert "kb evaluate mesh needs real PubMed records" in said


def test_without_a_page_the_answer_is_printed_and_with_one_the_page_is_named(
    tmp_path: Path, bundled_base: Path
) -> None:
    (tmp_path / "gold.txt").write_text("36063183\n1\n", encoding="utf-8")
    words = ("recall", "--db", str(bundled_base), "--gold", str(tmp_path / "gold.txt"))
    code, said = evaluated(*words)
    assert code == 0
    assert said.startswith("2 PMIDs are relevant, 1 of them are here.")
    page = tmp_path / "page.md"
    assert evaluated(*words, "--out", str(page)) == (0, f"Wrote {page}.\n")
    assert said.strip() in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("topics", "--texts", "nowhere"), "Directory 'nowhere' does not exist"),
        (("recall", "--db", "kb.db", "--gold", "nowhere"), "File 'nowhere' does not exist"),
        (("recall", "--db", "kb.db"), "Missing option '--gold'"),
    ],
)
def test_what_is_missing_is_named(words: tuple[str, ...], says: str) -> None:
    code, said = evaluated(*words)
    assert code == 2
    assert says in said
