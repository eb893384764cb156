"""The page of the benchmarks is as the command writes it; whether the figures hold, `make bench`
tells."""

from __future__ import annotations

import re
from importlib import import_module
from inspect import cleandoc
from pathlib import Path

import pytest
from benchmarks import page
from benchmarks.__main__ import PAGE, SUBJECTS
from benchmarks.page import Row

SECTION = re.compile(
    r"## (?P<subject>\w+)\n\n(?P<about>.*?)\n\n(?P<measured>Measured on \d{4}-\d\d-\d\d: .*)\n\n"
    r"\| what \| figure \| floor or peer \| ratio \| bar \|\n\|---\|---\|---\|---\|---\|\n"
    r"(?P<rows>(?:\|.*\|\n)+)",
    re.DOTALL,
)
AMOUNT = r"[\d,]+(?:\.\d\d)? (?:requests|s|MB|[\w/ ]+)"
CELLS = re.compile(
    rf"\| [^|]+ \| {AMOUNT} \| {AMOUNT} \([^|]+\) \| \d+\.\d\d \| (?:≤ \d+\.\d\d(?:, missed)?)? ?\|"
)


def written() -> str:
    return PAGE.read_text(encoding="utf-8")


def test_the_page_is_one_that_the_command_writes() -> None:
    assert page.page(page.sections(written())) == written()


def test_a_subject_is_a_module_and_has_its_section() -> None:
    folder = Path(page.__file__).parent
    modules = {path.stem for path in folder.glob("[a-z]*.py")} - {"page"}
    assert modules == set(SUBJECTS) == set(page.sections(written()))


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_section_says_how_was_measured_and_where_and_each_row_is_one_of_the_command(
    subject: str,
) -> None:
    found = SECTION.fullmatch(page.sections(written())[subject])
    assert found
    assert found["about"] == cleandoc(import_module(f"benchmarks.{subject}").__doc__ or "")
    for row in found["rows"].splitlines():
        assert CELLS.fullmatch(row), row


def test_a_row_that_misses_its_bar_says_so() -> None:
    kept = Row("1,000 papers: requests", 6, "requests", 6, "floor", 1.1)
    assert kept.cells() == ("1,000 papers: requests", "6 requests", "6 requests (floor)", "1.00",
                            "≤ 1.10")  # fmt: skip
    late = Row("1,000 papers: time", 2.25, "s", 1.6, "floor", 1.15)
    assert late.missed
    assert late.cells()[1:] == ("2.25 s", "1.60 s (floor)", "1.41", "≤ 1.15, missed")
    assert not Row("time", 2.0, "s", 1.0, "peer").missed
    assert Row("time", 2.0, "s", 1.0, "peer").cells()[-1] == ""


def test_a_subject_measured_alone_leaves_the_others() -> None:
    rows = [Row("a", 1, "s", 1, "floor")]
    both = {name: page.section(name, "About it.", "Measured on it.", rows) for name in ("b", "a")}
    text = page.page(both)
    assert page.sections(text) == both
    assert page.page(page.sections(text)) == text
    assert text.index("## a\n") < text.index("## b\n")
