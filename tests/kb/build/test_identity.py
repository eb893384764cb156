"""The id of a base covers all that makes it: each module that a build runs, however deep it lies,
the schema, what is read of data/; and nothing else."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from building import Base, Raw
from sqlite_utils import Database

from kb.build import identity
from kb.build.identity import DATA, PACKAGE, READS, base_id, code, made_by
from kb.data import data_dir
from kb.raw import open_raw

ROOT = PACKAGE.parent
BUILD = """
import sys
from pathlib import Path
from kb.build.build import build
build(Path("raw.db"), Path("kb.db"), Path({data!r}))
for name, module in sorted(sys.modules.items()):
    if name.partition(".")[0] == "kb":
        print(module.__file__)
"""


@pytest.fixture(scope="module")
def run(bundled_base: Path, tmp_path_factory: pytest.TempPathFactory) -> set[Path]:
    """The modules of a process that has built the bundled papers, and the schema."""
    folder = tmp_path_factory.mktemp("built")
    shutil.copy(bundled_base.with_name("raw.db"), folder)
    words = [sys.executable, "-c", BUILD.format(data=str(ROOT / "data"))]
    environment = {"PYTHONPATH": str(ROOT)}
    ran = subprocess.run(words, cwd=folder, env=environment, capture_output=True, check=True)
    return {Path(line) for line in ran.stdout.decode().splitlines()} | {PACKAGE / "schema.sql"}


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package, to be changed byte by byte."""
    ignored = shutil.ignore_patterns("__pycache__", "_data")
    return Path(shutil.copytree(PACKAGE, tmp_path_factory.mktemp("code") / "kb", ignore=ignored))


@pytest.fixture
def of_copy(copied: Path, bundled_base: Path, tmp_path: Path) -> Callable[[], str]:
    data = tmp_path / "data"
    data.mkdir()
    for name in DATA:
        shutil.copy(ROOT / "data" / name, data)
    source: Database = open_raw(bundled_base.with_name("raw.db"))
    return lambda: base_id(source, data, {}, copied)


def test_the_code_of_a_build_is_what_a_build_runs(run: set[Path]) -> None:
    assert set(code(PACKAGE)) == run


def test_one_byte_of_any_module_that_a_build_runs_makes_another_base(
    run: set[Path], copied: Path, of_copy: Callable[[], str]
) -> None:
    before = of_copy()
    ids = {before}
    for path in sorted(run):
        changed = copied / path.relative_to(PACKAGE)
        body = changed.read_bytes()
        changed.write_bytes(body + b"\n")
        ids.add(of_copy())
        changed.write_bytes(body)
    assert len(ids) == len(run) + 1
    assert of_copy() == before


def test_a_module_that_a_build_never_imports_changes_nothing(
    run: set[Path], copied: Path, of_copy: Callable[[], str]
) -> None:
    before = of_copy()
    others = {path for path in PACKAGE.rglob("*.py") if "_data" not in path.parts} - run
    assert {PACKAGE / "cli.py", PACKAGE / "site" / "paper.py", PACKAGE / "exports" / "ris.py"} <= (
        others
    )
    for path in others:
        with (copied / path.relative_to(PACKAGE)).open("ab") as file:
            file.write(b"\n")
    assert of_copy() == before


@pytest.mark.parametrize("name", DATA)
def test_one_byte_of_the_data_makes_another_base(
    name: str, of_copy: Callable[[], str], tmp_path: Path
) -> None:
    before = of_copy()
    with (tmp_path / "data" / name).open("ab") as file:
        file.write(b"\n")
    assert of_copy() != before


def test_the_id_of_the_base_changes_with_records_and_vocabulary_and_not_else(raw: Raw) -> None:
    def base_id() -> object:
        return raw.build().one("SELECT value FROM meta WHERE key = 'base_id'")

    raw.read(1)
    first = base_id()
    assert base_id() == first
    assert re.fullmatch("[0-9a-f]{16}", str(first))
    raw.read(2)
    second = base_id()
    topics = raw.data / "topics.yml"
    topics.write_text(topics.read_text() + "# another word\n")
    assert len({first, second, base_id()}) == 3


def test_what_reads_a_record_is_all_that_it_runs_and_no_more() -> None:
    reads = {path.relative_to(PACKAGE).as_posix() for path in code(PACKAGE, READS)}
    assert reads >= {
        *(
            "record/pubmed.py",
            "citations/cited_work.py",
            "tagging/negation.py",
            "reading/search.py",
        ),
        *("appraisal/counts.py", "appraisal/figures.py", "build/rows.py", "tables/record.py"),
    }
    assert not reads & {"build/passes.py", "graphs/layouts.py", "citations/references.py"}


def test_a_rule_of_reading_makes_another_base_and_other_readings(
    base: Base, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shutil.copytree(data_dir() / "reading", tmp_path / "reading")
    monkeypatch.setattr(identity, "data_dir", lambda: tmp_path)
    data = base.path.with_name("data")
    with closing(open_raw(base.path.with_name("raw.db"))) as source:
        before = base_id(source, data, {}), made_by(data)
        with (tmp_path / "reading" / "denial.yml").open("a") as file:
            file.write("\n")
        after = base_id(source, data, {}), made_by(data)
    assert before[0] != after[0]
    assert before[1] != after[1]
