"""Fixtures that more than one test file needs."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner
from filelock import FileLock
from hypothesis import settings
from loopback import without_waiting
from small_base import BUNDLED, built_base, small_base
from standing_base import every_verdict_base

from harvest.cli import main as harvest
from kb.evaluate.references import read_records
from kb.record.article import Article

# Where the tests are started in the background, Ctrl-C is ignored by them and by what they start.
signal.signal(signal.SIGINT, signal.default_int_handler)

# How long an example takes depends on what else the machine does.
# The same commit is judged by the same examples on every machine; `make hunt` draws new ones.
settings.register_profile("test", deadline=None, max_examples=25, derandomize=True)
settings.register_profile("soak", deadline=None, max_examples=1000, derandomize=True)
settings.register_profile("hunt", deadline=None, max_examples=1000)
settings.load_profile("test")

ROOT = Path(__file__).resolve().parent.parent
# Those with references, books and retracted papers; and, for `make soak`, as many without.
REAL = (
    *("biocurator_2023_100a", "medsamp2014", "pubmedsample_2019"),
    *("pubtrends_12", "tipplerow_sample_7"),
)
CORPORA = ("small", "bundled", "real")
FURTHER = ("brain_search_208", "cpfe_search_111", "rfid_search_174")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The reference material kept beside the checkout; it is no part of the project."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip(f"needs the reference material, a folder {folder}")
    return folder


Once = Callable[[str, Callable[[Path], None]], Path]


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    """From a name and what fills a folder to that folder, filled once for all processes of a run
    of the tests. What is in it is to be read: a test that changes anything works on a copy."""
    place = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        place = place.parent

    def filled(name: str, fill: Callable[[Path], None]) -> Path:
        folder = place / f"{name}-of-all"
        with FileLock(f"{folder}.lock"):
            if not folder.is_dir():
                folder_in_work = Path(tempfile.mkdtemp(dir=place))
                fill(folder_in_work)
                folder_in_work.rename(folder)
        return folder

    return filled


def demonstrated(folder: Path, *words: str) -> None:
    """What ``harvest demo`` leaves in a folder."""
    command = ["demo", *words, "--no-serve", "--dir", str(folder)]
    with pytest.MonkeyPatch.context() as patch:
        without_waiting(patch)
        result = CliRunner().invoke(harvest, command)
    assert result.exit_code == 0, result.output


@pytest.fixture(scope="session")
def specimen(once: Once) -> Path:
    """The kb.db of the fictional papers, beside its raw.db, as ``harvest demo --specimen`` leaves
    them."""
    return once("specimen", lambda folder: demonstrated(folder, "--specimen")) / "kb.db"


@pytest.fixture(scope="session")
def demo(once: Once) -> Path:
    """The kb.db of the bundled papers, beside its raw.db, as ``harvest demo`` leaves them."""
    return once("demo", demonstrated) / "kb.db"


@pytest.fixture(scope="session")
def bundled_base(once: Once) -> Path:
    """The kb.db of the bundled papers, read from their file."""
    return once("bundled", lambda folder: built_base(folder, BUNDLED).close()) / "kb.db"


@pytest.fixture(scope="session")
def real_base(once: Once, shared: Path) -> Path:
    """The kb.db of some 450 real records, books and retracted papers among them."""
    files = [shared / "pubmed" / "xml" / f"{name}.xml.gz" for name in REAL]
    return once("real", lambda folder: built_base(folder, *files).close()) / "kb.db"


@pytest.fixture(scope="session")
def every_verdict(once: Once) -> Path:
    """A kb.db in which works stand in every way, as ``standing_base.STANDS`` says."""

    def filled(folder: Path) -> None:
        every_verdict_base(folder)

    return once("every verdict", filled) / "kb.db"


@pytest.fixture(scope="session")
def further_base(once: Once, shared: Path) -> Path:
    """The kb.db of some 500 more."""
    files = [shared / "pubmed" / "xml" / f"{name}.xml.gz" for name in FURTHER]
    return once("further", lambda folder: built_base(folder, *files).close()) / "kb.db"


@pytest.fixture(scope="session")
def records_of() -> Callable[[Path], dict[int, Article]]:
    """``kb.evaluate.references.read_records``, by which a folder is read once."""
    return cache(read_records)


@pytest.fixture(scope="session", params=[*CORPORA, pytest.param("further", marks=pytest.mark.soak)])
def any_base(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One kb.db after the other: of nasty cases, of the bundled papers, of real records."""
    if request.param == "small":
        path = tmp_path_factory.mktemp("small") / "kb.db"
        small_base(path).close()
        return path
    found: Path = request.getfixturevalue(f"{request.param}_base")
    return found
