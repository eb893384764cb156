"""Files that commands write: under a name of their own, never through a link, and cleared up."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kb.errors import ConfigError
from kb.outputs import own_file, put_in_place, spare_databases, spare_special

NOBODY = 65534


@pytest.fixture(scope="module")
def dead() -> int:
    """The number of a process that is no more."""
    with subprocess.Popen([sys.executable, "-S", "-c", ""]) as process:
        return process.pid


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_takes_the_place_of_an_older_one_whole(tmp_path: Path) -> None:
    (tmp_path / "map.csv").write_text("older")
    put_in_place({tmp_path / "map.csv": [b"a,", b"b"], tmp_path / "edges.csv": [b"c"]})
    assert (tmp_path / "map.csv").read_bytes() == b"a,b"
    assert names(tmp_path) == ["edges.csv", "map.csv"]


def test_it_may_be_read_by_whom_the_mask_lets(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        put_in_place({tmp_path / "map.csv": [b""]})
    finally:
        os.umask(before)
    assert (tmp_path / "map.csv").stat().st_mode & 0o777 == 0o640


def test_a_link_in_its_place_is_replaced_and_what_it_leads_to_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("all of it")
    (tmp_path / "map.csv").symlink_to("thesis.txt")
    put_in_place({tmp_path / "map.csv": [b"a,b"]})
    assert (tmp_path / "thesis.txt").read_text() == "all of it"
    assert not (tmp_path / "map.csv").is_symlink()


def test_a_link_that_was_planted_under_the_name_of_this_process_is_not_followed(
    tmp_path: Path,
) -> None:
    (tmp_path / "thesis.txt").write_text("all of it")
    planted = tmp_path / f".map.csv.{os.getpid()}"
    planted.symlink_to("thesis.txt")
    put_in_place({tmp_path / "map.csv": [b"a,b"]})
    assert (tmp_path / "thesis.txt").read_text() == "all of it"
    assert planted.is_symlink()
    assert (tmp_path / "map.csv").read_bytes() == b"a,b"


def test_an_error_while_it_is_written_leaves_the_older_one_and_nothing_else(tmp_path: Path) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"half"
        raise KeyboardInterrupt

    (tmp_path / "map.csv").write_text("older")
    with pytest.raises(KeyboardInterrupt):
        put_in_place({tmp_path / "map.csv": pieces()})
    assert (tmp_path / "map.csv").read_text() == "older"
    assert names(tmp_path) == ["map.csv"]


def test_what_a_dead_command_left_is_removed(tmp_path: Path, dead: int) -> None:
    for left in (f".map.csv.{dead}", f".map.csv.{dead}.0123abcd", f".map.csv.{os.getpid()}"):
        (tmp_path / left).write_text("half of it")
    put_in_place({tmp_path / "map.csv": [b"a,b"]})
    assert names(tmp_path) == ["map.csv"]


KILLED = """
import os, signal, sys
from pathlib import Path
from kb.outputs import put_in_place
def pieces():
    yield b"half of it"
    os.kill(os.getpid(), signal.SIGKILL)
put_in_place({Path(sys.argv[1]): pieces()})
"""


@pytest.mark.soak
def test_what_a_command_that_was_killed_has_left_is_removed(tmp_path: Path) -> None:
    out = tmp_path / "map.csv"
    subprocess.run([sys.executable, "-c", KILLED, str(out)], check=False)
    (left,) = names(tmp_path)
    assert left.startswith(".map.csv.")
    put_in_place({out: [b"a,b"]})
    assert names(tmp_path) == ["map.csv"]


def test_what_is_not_a_dead_commands_stays(tmp_path: Path, dead: int) -> None:
    alive = [f".map.csv.{os.getppid()}", ".map.csv.bak", f".other.csv.{dead}", ".map.csv.99.txt"]
    for name in alive:
        (tmp_path / name).write_text("of somebody")
    held = tmp_path / f".map.csv.{dead}"  # of a container whose processes have other numbers
    (tmp_path / f".map.csv.{dead}.0123abcd").symlink_to(".map.csv.bak")
    with held.open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        put_in_place({tmp_path / "map.csv": [b"a,b"]})
    left = [*alive, held.name, f".map.csv.{dead}.0123abcd", "map.csv"]
    assert names(tmp_path) == sorted(left)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_a_leftover_of_another_user_stays(tmp_path: Path, dead: int) -> None:
    left = tmp_path / f".map.csv.{dead}"
    left.touch()
    os.chown(left, NOBODY, NOBODY)
    put_in_place({tmp_path / "map.csv": [b"a,b"]})
    assert left.exists()


def test_a_pipe_a_folder_and_a_database_are_spared(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("pipe")
    for name in ("pipe", "link"):
        with pytest.raises(ConfigError, match=r"cannot be written \(it is no ordinary file\)"):
            spare_special(tmp_path / name)
    with pytest.raises(ConfigError, match=r"cannot be written \(it is a folder\)"):
        spare_special(tmp_path)
    (tmp_path / "raw.db").write_bytes(b"SQLite format 3\0")
    with pytest.raises(ConfigError, match=r"raw\.db: is a database and was left alone"):
        spare_databases(tmp_path / "raw.db")
    spare_special(tmp_path / "absent")


def test_a_device_is_spared(tmp_path: Path) -> None:
    device = tmp_path / "null"
    try:
        os.mknod(device, 0o20666, os.makedev(1, 3))
    except OSError:
        pytest.skip("this user may not make a device")
    with pytest.raises(ConfigError, match=r"null: cannot be written \(it is no ordinary file\)"):
        put_in_place({device: [b"a,b"]})
    assert device.is_char_device()


def test_a_name_that_can_be_foretold_is_opened_where_the_file_is_ours_alone(tmp_path: Path) -> None:
    for _ in range(2):
        with own_file(tmp_path / "kb.db.building") as stream:
            stream.write(b"half")
    assert (tmp_path / "kb.db.building").read_bytes() == b"half"


@pytest.mark.parametrize("planted", ["link", "hard link", "pipe", "folder", "dangling link"])
def test_what_was_planted_there_is_in_the_way(tmp_path: Path, planted: str) -> None:
    thesis, place = tmp_path / "thesis.txt", tmp_path / "kb.db.building"
    thesis.write_text("all of it")
    plant: dict[str, Callable[[], object]] = {
        "link": lambda: place.symlink_to(thesis),
        "dangling link": lambda: place.symlink_to(tmp_path / "absent"),
        "hard link": lambda: place.hardlink_to(thesis),
        "pipe": lambda: os.mkfifo(place),
        "folder": place.mkdir,
    }
    plant[planted]()
    with pytest.raises(ConfigError, match=r"kb\.db\.building: is in the way"), own_file(place):
        pass
    assert thesis.read_text() == "all of it"
    assert not (tmp_path / "absent").exists()
