"""Fixtures that more than one test file needs."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import settings
from small_base import BUNDLED, built_base, small_base

from harvest.cli import main as harvest

# How long an example takes depends on what else the machine does.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

ROOT = Path(__file__).resolve().parent.parent
REAL = (
    *("biocurator_2023_100a", "brain_search_208", "cpfe_search_111", "medsamp2014"),
    *("pubmedsample_2019", "pubtrends_12", "rfid_search_174", "tipplerow_sample_7"),
)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The reference material kept beside the checkout; it is no part of the project."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip(f"needs the reference material, a folder {folder}")
    return folder


@pytest.fixture(scope="session")
def specimen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The kb.db of the fictional papers, beside its raw.db, as ``harvest demo --specimen`` leaves
    them. To be read: a test that changes anything works on a copy."""
    folder = tmp_path_factory.mktemp("specimen")
    words = ["demo", "--specimen", "--no-serve", "--dir", str(folder)]
    # With a key ten requests a second may go, and the tests wait less.
    result = CliRunner(env={"NCBI_API_KEY": "0" * 36}).invoke(harvest, words)
    assert result.exit_code == 0, result.output
    return folder / "kb.db"


@pytest.fixture(scope="session")
def bundled_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The kb.db of the bundled papers; to be read."""
    folder = tmp_path_factory.mktemp("bundled")
    built_base(folder, BUNDLED).close()
    return folder / "kb.db"


@pytest.fixture(scope="session")
def real_base(tmp_path_factory: pytest.TempPathFactory, shared: Path) -> Path:
    """The kb.db of some 800 real records, books and retracted papers among them; to be read."""
    folder = tmp_path_factory.mktemp("real")
    built_base(folder, *(shared / "pubmed" / "xml" / f"{name}.xml.gz" for name in REAL)).close()
    return folder / "kb.db"


@pytest.fixture(scope="session", params=["small", "bundled", "real"])
def any_base(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One kb.db after the other: of nasty cases, of the bundled papers, of real records."""
    if request.param == "small":
        path = tmp_path_factory.mktemp("small") / "kb.db"
        small_base(path).close()
        return path
    found: Path = request.getfixturevalue(f"{request.param}_base")
    return found
