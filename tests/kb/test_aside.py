"""The files beside a base in which a build works."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from building import Raw
from small_base import small_base

from kb.aside import aside, snapshot, spare_other_files
from kb.errors import ConfigError, InputError, Locked


def test_what_is_written_aside_takes_the_place_of_the_base(tmp_path: Path) -> None:
    out = tmp_path / "kb.db"
    with aside(out) as new:
        assert new.read_bytes() == b""
        new.write_text("new")
        new.replace(out)
    assert out.read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["kb.db"]


def test_after_an_error_nothing_is_left_aside(tmp_path: Path) -> None:
    with pytest.raises(KeyError), aside(tmp_path / "kb.db"):
        raise KeyError
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_build_left_is_emptied(tmp_path: Path) -> None:
    (tmp_path / "kb.db.building").write_text("half")
    with aside(tmp_path / "kb.db") as new:
        assert new.read_text() == ""


def test_of_two_at_once_the_second_is_turned_away(tmp_path: Path) -> None:
    out = tmp_path / "kb.db"
    with aside(out) as new:
        new.write_text("first")
        with pytest.raises(Locked, match="another build is writing it"), aside(out):
            pass
        assert new.read_text() == "first"


def test_a_snapshot_does_not_see_what_is_written_later_and_leaves_no_file(tmp_path: Path) -> None:
    raw = Raw(tmp_path / "raw.db")
    raw.run(1)
    before = sorted(path.name for path in tmp_path.iterdir())
    with snapshot(raw.path, tmp_path / "kb.db.building") as copy:
        assert sorted(path.name for path in tmp_path.iterdir()) == before
        raw.run(2)
        assert copy.execute("SELECT count(*) FROM runs").fetchone() == (1,)


def test_a_snapshot_of_what_is_not_there_is_refused(tmp_path: Path) -> None:
    with (
        pytest.raises(ConfigError, match="there is no such file"),
        snapshot(tmp_path / "raw.db", tmp_path / "kb.db.building"),
    ):
        pass


def test_only_a_base_or_an_empty_file_may_be_replaced(tmp_path: Path) -> None:
    spare_other_files(tmp_path / "absent.db")
    (tmp_path / "empty.db").touch()
    spare_other_files(tmp_path / "empty.db")
    with closing(small_base(tmp_path / "kb.db")):
        spare_other_files(tmp_path / "kb.db")


def test_any_other_file_is_spared(tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as db:
        db.execute("CREATE TABLE records (xml)")
    text = tmp_path / "notes.txt"
    text.write_text("What I found out in ten years.")
    for path in (other, text):
        before = path.read_bytes()
        with pytest.raises(InputError, match=r"is there and is no kb\.db; it was left alone"):
            spare_other_files(path)
        assert path.read_bytes() == before
