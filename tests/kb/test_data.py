"""Where the bundled data are found."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb import data


def test_in_a_checkout_they_stand_beside_the_packages() -> None:
    assert data.data_dir() == data.HERE.parent / "data"
    assert (data.data_dir() / "topics.yml").is_file()


def test_once_installed_they_stand_in_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "kb"
    (tmp_path / "data").mkdir()  # of somebody else, beside the packages
    monkeypatch.setattr(data, "HERE", package)
    assert data.data_dir() == package / "_data"
