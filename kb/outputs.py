"""Files that a command writes: what may be replaced, how it is, and what a killed one left.

A file is written aside, under a name that nobody else can have put there, and takes the place of
the old one by a rename: it is whole or as it was, and no link is ever written through. A link in
the place itself is replaced, and what it leads to is left alone.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import stat
from collections.abc import Iterable, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import BinaryIO

from kb.errors import ConfigError

SQLITE = b"SQLite format 3\0"


def spare_special(out: Path) -> None:
    """Raise ConfigError where there is a folder, a device, a pipe or a socket: as root a rename
    would put a file in its place."""
    why = "it is a folder" if out.is_dir() else "it is no ordinary file"
    if out.exists() and not out.is_file():
        raise ConfigError(f"{out}: cannot be written ({why}), and was left alone. Name a file.")


def spare_databases(out: Path) -> None:
    """As ``spare_special``, and for any database: nothing can bring back a raw.db."""
    spare_special(out)
    if out.exists():
        with out.open("rb") as stream:
            if stream.read(len(SQLITE)) == SQLITE:
                raise ConfigError(f"{out}: is a database and was left alone. Name another file.")


def put_in_place(files: Mapping[Path, Iterable[bytes]]) -> None:
    """Write files aside and put all in place when they are whole; else all is as it was.

    What killed commands left beside them goes. Raises ConfigError where one is a database, no
    ordinary file, or cannot be written.
    """
    out = Path()
    asides: dict[Path, Path] = {}
    try:
        for out in files:
            spare_databases(out)
            clear_dead(out)
        with ExitStack() as held:
            for out, pieces in files.items():
                asides[out], stream = _aside(out)
                held.enter_context(stream)
                stream.writelines(pieces)
                stream.flush()
            for out in files:
                asides[out].replace(out)
    except OSError as error:
        raise unwritable(out, str(error.strerror)) from error
    finally:
        for aside in asides.values():
            aside.unlink(missing_ok=True)


def unwritable(out: Path, why: str) -> ConfigError:
    return ConfigError(
        f"{out}: cannot be written ({why}). Check the folder, its permissions and the space on the "
        "disk."
    )


def own_file(path: Path) -> BinaryIO:
    """A file of a name that anyone can foretell, made where there is none, open to read and write.

    Raises ConfigError where a link, a pipe or a file of somebody else was put there.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK
    try:
        descriptor = os.open(path, flags, 0o666)
    except OSError:
        if path.is_symlink() or (path.exists() and not path.is_file()):
            raise _in_the_way(path) from None
        raise
    if not _is_ours(os.fstat(descriptor)):
        os.close(descriptor)
        raise _in_the_way(path)
    return os.fdopen(descriptor, "r+b")


def _in_the_way(path: Path) -> ConfigError:
    return ConfigError(
        f"{path}: is in the way: a link, a file of somebody else or no ordinary file. Nothing was "
        "written through it. See who put it there, and remove it."
    )


def _is_ours(of: os.stat_result) -> bool:
    """An ordinary file of this user that has no other name."""
    return stat.S_ISREG(of.st_mode) and of.st_uid == os.geteuid() and of.st_nlink == 1


def _aside(out: Path) -> tuple[Path, BinaryIO]:
    """A new file beside ``out``, locked until it is closed: so a living command's can be told."""
    aside = out.with_name(f".{out.name}.{os.getpid()}.{secrets.token_hex(4)}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    stream = os.fdopen(os.open(aside, flags, 0o666), "wb")
    with suppress(OSError):  # where the disk knows no locks the number of the process has to do
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return aside, stream


def clear_dead(out: Path) -> None:
    """Remove what commands that were killed left aside of ``out``: theirs is a number of a process
    that is no more, and no lock."""
    name = re.compile(rf"\.{re.escape(out.name)}\.(\d{{1,9}})(\.[0-9a-f]{{8}})?")
    with suppress(OSError):  # where the folder is the matter, writing says so
        for path in out.parent.iterdir():
            if (named := name.fullmatch(path.name)) and not _is_alive(int(named[1])):
                _remove_free(path)


def _remove_free(path: Path) -> None:
    """Remove a file of ours that no command holds."""
    with suppress(OSError, ConfigError), own_file(path) as left:
        fcntl.flock(left, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.unlink()


def _is_alive(process: int) -> bool:
    """Whether there is such a process, other than this one, which has left nothing yet."""
    if process == os.getpid():
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass
    return True
