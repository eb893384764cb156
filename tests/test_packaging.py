"""The wheel is the project as its users get it: the programs, their data, and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path

import pytest
from hatchling.build import build_wheel

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    folder = tmp_path_factory.mktemp("wheel")
    with chdir(ROOT):
        name = build_wheel(str(folder))
    with zipfile.ZipFile(folder / name) as opened:
        yield opened


def kept(folder: Path) -> dict[str, bytes]:
    """The files of a folder that are no leftovers of running it."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
        and not any(p.startswith((".", "__py")) for p in path.parts[len(ROOT.parts) :])
    }


@pytest.mark.parametrize(
    ("folder", "place"), [("data", "kb/_data/"), ("kb", "kb/"), ("harvest", "harvest/")]
)
def test_every_file_is_in_the_wheel_as_it_is(
    wheel: zipfile.ZipFile, folder: str, place: str
) -> None:
    names = set(wheel.namelist())
    files = kept(ROOT / folder)
    assert [name for name in files if place + name not in names] == []
    assert [name for name, body in files.items() if wheel.read(place + name) != body] == []


def test_nothing_but_the_programs_and_what_tells_of_them_is_in_the_wheel(
    wheel: zipfile.ZipFile,
) -> None:
    tops = {name.partition("/")[0] for name in wheel.namelist()}
    (about,) = (top for top in tops if top.endswith(".dist-info"))
    assert tops == {"kb", "harvest", about}
    points = wheel.read(f"{about}/entry_points.txt").decode()
    assert "kb = kb.start:main" in points
    assert "harvest = harvest.start:main" in points
    assert "[datasette]\nkb = kb.site" in points
    assert f"{about}/licenses/LICENSE" in wheel.namelist()


def test_the_unpacked_wheel_works_away_from_the_checkout(
    wheel: zipfile.ZipFile, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    wheel.extractall(site)

    def run(module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        # -P keeps the folder it runs in, and so the checkout, out of the way of the wheel.
        return subprocess.run(
            [sys.executable, "-P", "-m", module, *arguments],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(site)},
            capture_output=True,
            text=True,
            timeout=60,
        )

    where = "import kb, kb.data; print(kb.__file__, kb.data.data_dir())"
    python = [sys.executable, "-P", "-c", where]
    found = subprocess.run(
        python, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(site)}, capture_output=True
    )
    assert found.stdout.decode().split() == [
        str(site / "kb" / "__init__.py"),
        str(site / "kb" / "_data"),
    ]
    done = run("harvest.cli", "demo", "--dir", "demo", "--no-serve")
    assert done.returncode == 0, done.stderr
    done = run("kb.cli", "check", "demo/kb.db")
    assert done.returncode == 0, done.stderr
    done = run(
        "kb.cli", "export", "references", "--db", "demo/kb.db", "--format", "ris", "--out", "r"
    )
    assert (tmp_path / "r").read_text(encoding="utf-8").count("\nER  - ") == 113
