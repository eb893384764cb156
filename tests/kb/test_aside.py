"""The files beside a base in which a build works."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from building import Raw
from small_base import small_base

from kb.aside import aside, check_place, snapshot, spare_other_files
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


def test_a_snapshot_of_a_database_in_wal_mode_is_read_as_any_other(tmp_path: Path) -> None:
    raw = Raw(tmp_path / "raw.db")
    raw.run(1)
    raw.do("PRAGMA journal_mode = WAL")
    with snapshot(raw.path, tmp_path / "kb.db.building") as copy:
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


def test_a_link_that_was_planted_beside_the_base_is_not_written_through(tmp_path: Path) -> None:
    thesis = tmp_path / "thesis.txt"
    thesis.write_text("all of it")
    (tmp_path / "kb.db.building").symlink_to(thesis)
    with (
        pytest.raises(ConfigError, match=r"kb\.db\.building: is in the way"),
        aside(tmp_path / "kb.db"),
    ):
        pass
    assert thesis.read_text() == "all of it"
    assert (tmp_path / "kb.db.building").is_symlink()


def test_a_snapshot_is_not_written_through_a_link(tmp_path: Path) -> None:
    raw = Raw(tmp_path / "raw.db")
    raw.run(1)
    (tmp_path / "kb.db.building.raw").symlink_to(tmp_path / "absent")
    with snapshot(raw.path, tmp_path / "kb.db.building") as copy:
        assert copy.execute("SELECT count(*) FROM runs").fetchone() == (1,)
    assert not (tmp_path / "absent").exists()


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE papers (mine); CREATE TABLE works (mine)",
        "CREATE VIEW mine AS SELECT 1",
        "PRAGMA user_version = 7",
        "PRAGMA application_id = 7",
        "CREATE TABLE mine (one); DROP TABLE mine",
    ],
)
def test_a_database_of_another_program_is_spared_however_little_is_in_it(
    tmp_path: Path, sql: str
) -> None:
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as db:
        db.executescript(sql)
    before = other.read_bytes()
    with pytest.raises(InputError, match=r"is there and is no kb\.db; it was left alone"):
        spare_other_files(other)
    assert other.read_bytes() == before


def test_an_empty_database_is_free(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "kb.db")) as db:
        db.executescript("VACUUM; PRAGMA user_version = 0")
    spare_other_files(tmp_path / "kb.db")


@pytest.mark.parametrize("journal", ["-wal", "-journal"])
def test_what_another_program_is_writing_is_spared(tmp_path: Path, journal: str) -> None:
    """Its journal would be taken for that of the new base, and mix the two."""
    small_base(tmp_path / "kb.db").close()
    (tmp_path / f"kb.db{journal}").touch()
    spare_other_files(tmp_path / "kb.db")
    (tmp_path / f"kb.db{journal}").write_text("pages")
    with pytest.raises(InputError, match=rf"another program is writing it.*kb\.db{journal}"):
        spare_other_files(tmp_path / "kb.db")


def test_what_is_written_through_a_wal_counts(tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as db:
        db.executescript("PRAGMA journal_mode = WAL; CREATE TABLE mine (one)")
        with pytest.raises(InputError, match="it was left alone"):
            spare_other_files(other)


def test_a_pipe_is_spared_and_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ConfigError, match="it is no ordinary file"):
        spare_other_files(tmp_path / "pipe")
    assert (tmp_path / "pipe").is_fifo()


def test_a_place_without_a_folder_is_told_before_anything_is_done(tmp_path: Path) -> None:
    check_place(tmp_path / "kb.db")
    with pytest.raises(ConfigError, match=r"there is no folder .*none\. Make it first"):
        check_place(tmp_path / "none" / "kb.db")


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
