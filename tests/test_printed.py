"""What people see in the end: every record as citation processors print it of an export.

0 faults are wanted. What is left is the processors' own, and each kind is told, counted and
explained in fixtures/printed.yml; a fault that is not there fails.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import Once
from printing import (
    ENDINGS,
    STYLES,
    Printed,
    faults,
    plain_typography,
    printed_by_citeproc_js,
    printed_by_pandoc,
)
from reading_exports import PACKAGES, papers, reader
from small_base import add, add_paper, built_base, empty_base

from kb import exports
from kb.exports.papers import Paper, read

TABLE = Path(__file__).parent / "fixtures" / "printed.yml"
FORMATS = tuple(ENDINGS)
Found = Counter[tuple[str, str, str]]


@pytest.fixture(scope="session")
def all_real_base(once: Once, shared: Path) -> Path:
    """The kb.db of all real records."""
    files = sorted((shared / "pubmed" / "xml").glob("*.xml.gz"))
    return once("all-real", lambda folder: built_base(folder, *files).close()) / "kb.db"


@cache
def explained() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = yaml.safe_load(TABLE.read_text("utf-8"))
    return rows


def version(processor: str) -> str:
    if processor == "pandoc":
        return str(reader("pypandoc").get_pandoc_version())
    package = json.loads((PACKAGES / "citeproc" / "package.json").read_text("utf-8"))
    return str(package["version"])


def exported(base: Path, format: str, folder: Path) -> Path:
    file = folder / f"papers.{ENDINGS[format]}"
    exports.write(base, "references", format, file)
    return file


def printed(base: Path, processor: str, format: str, folder: Path) -> Iterator[tuple[str, Printed]]:
    file = exported(base, format, folder)
    if processor == "citeproc-js":
        yield from printed_by_citeproc_js(file, list(STYLES)).items()
    else:
        yield from ((style, printed_by_pandoc(file, format, style)) for style in STYLES)


def found_in(base: Path, processor: str, format: str, folder: Path) -> Found:
    """How many faults of a kind all styles together have."""
    expected = {paper.pmid: paper for paper in papers(base)}
    found: Found = Counter()
    for style, entries in printed(base, processor, format, folder):
        assert set(entries) == set(expected), style
        for pmid, entry in entries.items():
            kinds = {kind for kind, _ in faults(expected[pmid], STYLES[style], entry)}
            found.update((processor, format, kind) for kind in kinds)
    return found


def told_of(corpus: str, processor: str, format: str) -> Found:
    counts = {
        row["kind"]: row["entries"].get(format, {}).get(corpus, 0)
        for row in explained()
        if row["processor"] == processor
    }
    return Counter({(processor, format, kind): n for kind, n in counts.items() if n})


def assert_only_what_is_explained(found: Found, corpus: str, processor: str, format: str) -> None:
    told = told_of(corpus, processor, format)
    assert set(found) <= set(told)
    versions = {row["version"] for row in explained() if row["processor"] == processor}
    # Another version may have mended one or other; it must not have more.
    if {version(processor)} == versions:
        assert found == told
    else:
        assert found <= told


@pytest.mark.parametrize("format", FORMATS)
def test_pandoc_prints_the_bundled_papers_as_they_should_be(
    bundled_base: Path, format: str, tmp_path: Path
) -> None:
    found = found_in(bundled_base, "pandoc", format, tmp_path)
    assert_only_what_is_explained(found, "bundled", "pandoc", format)


def test_citeproc_js_prints_the_bundled_papers_as_they_should_be(
    bundled_base: Path, tmp_path: Path
) -> None:
    found = found_in(bundled_base, "citeproc-js", "csl-json", tmp_path)
    assert_only_what_is_explained(found, "bundled", "citeproc-js", "csl-json")


@pytest.mark.soak
@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("processor", ["pandoc", "citeproc-js"])
@pytest.mark.parametrize("corpus", ["bundled", "specimen", "real"])
def test_every_record_of_the_three_corpora_is_printed_as_it_should_be(
    corpus: str, processor: str, format: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    names = {"bundled": "bundled_base", "specimen": "specimen", "real": "all_real_base"}
    base = request.getfixturevalue(names[corpus])
    found = found_in(base, processor, format, tmp_path)
    assert_only_what_is_explained(found, corpus, processor, format)


def test_each_explanation_is_of_faults_that_are_there() -> None:
    for row in explained():
        assert row["why"], row
        assert set(row["entries"]) <= set(FORMATS), row
        assert all(count > 0 for of in row["entries"].values() for count in of.values()), row


# The check itself


def a_paper(**about: Any) -> Paper:
    db = empty_base()
    add_paper(
        db, 1, title="Uptake of β1a in children.", journal="Test journal", year=2020, volume="3",
        pages="e1001", language="eng", **about,
    )  # fmt: skip
    add(db, "authors", pmid=1, position=1, last_name="de Vos", fore_name="Jean-Pierre M")
    add(db, "authors", pmid=1, position=2, collective="Test Group")
    add(db, "publication_types", pmid=1, position=1, name="Journal Article")
    [paper] = read(db)
    return paper


RIGHT = (
    "de Vos, J.-P. M., & Test Group. (2020). Uptake of β1a in children. Test Journal, 3, e1001. "
    "https://doi.org/10.1/a"
)


@pytest.mark.parametrize(
    ("right", "wrong", "kind"),
    [
        ("", "", None),
        ("children.", "children [Journal Article].", "category"),
        ("e1001.", "e1001. (not retracted)", "status"),
        ("children.", "children..", "stops"),
        (", e1001", "", "pages"),
        ("Test Journal", "Test", "journal"),
        ("in children", "of children", "title"),
        ("β1a", "Β1a", "letters"),
        ("de Vos, J.-P. M.", "Vos, J.-P. M. de", "family"),
        ("J.-P. M.", "J.-P.", "given"),
        ("Test Group", "Group, T", "group"),
    ],
)
def test_a_fault_is_seen(right: str, wrong: str, kind: str | None) -> None:
    assert right in RIGHT
    found = faults(a_paper(), STYLES["APA"], RIGHT.replace(right, wrong, 1))
    assert [each for each, _ in found] == ([kind] if kind else [])


def test_a_retraction_that_is_not_printed_is_seen() -> None:
    paper = a_paper(is_retracted=1)
    for style in ("APA", "IEEE"):
        kinds = [kind for kind, _ in faults(paper, STYLES[style], RIGHT)]
        assert ("no retraction" in kinds) is STYLES[style].prints_genre


def test_quotes_and_dashes_are_as_the_style_wants_them() -> None:
    assert plain_typography("“A ‘b’–c,” d") == plain_typography("\"A 'b'-c\", d") == "A b-c, d"
