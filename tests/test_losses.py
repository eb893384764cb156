"""The tables of docs/exports.md on what readers lose are what these readers give back."""

from __future__ import annotations

import pytest
from test_readers import PAGE

from docs import losses

# Node.js and pandoc take their time to start.
PYTHON = {"rispy", "pybtex", "bibtexparser", "citeproc-py", "Biopython", "nbib"}
AT_HAND = [
    pytest.param(format, name, marks=[] if name in PYTHON else pytest.mark.soak)
    for format, readers in losses.READERS.items()
    for name in readers
]


def test_the_page_has_the_tables_that_are_made() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert losses.page(text, losses.kept_data()) == text


def test_every_reader_has_its_column_and_no_other_has_one() -> None:
    wanted = {(format, name) for format, readers in losses.READERS.items() for name in readers}
    wanted |= {(format, name) for name, (format, _) in losses.APART.items()}
    data = losses.kept_data()
    assert {(format, name) for format, readers in data.items() for name in readers} == wanted


@pytest.mark.parametrize(("format", "name"), AT_HAND)
def test_a_column_says_what_the_reader_gives_back(format: str, name: str) -> None:
    way, kept = losses.READERS[format][name], losses.kept_data()[format][name]
    if way.version() != kept["version"]:
        pytest.skip(f"{name} {way.version()} is at hand, the page has {kept['version']}")
    assert losses.column(format, way.version(), way.read) == kept


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (["2nd", "a Series"], "kept"),
        (["2ND", "series"], "→ `2ND`, `series`"),
        (["Series"], "→ **lost**, `Series`"),
        (["other"], "**lost**"),
        (["second", "S"], "→ `second, S`"),
    ],
)
def test_a_cell_says_what_is_kept_and_how(told: list[str], said: str) -> None:
    field = losses.Field("chapter", ("2nd", "Series"), (("second", "S"),))
    assert losses.cell(field, told) == said


def test_all_that_a_reader_has_is_looked_through() -> None:
    found = {"issued": {"date-parts": [[2023, 4, 5]]}, "authors": [{"family": "Li"}], "none": None}
    assert {"2023-4-5", "Li", '"issued"'} <= set(losses.leaves(found))
