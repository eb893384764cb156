"""Readings of papers that a later build need not make again, in a file beside kb.db.

A reading is found by what it was made of: the versions of the record, and the code, the data and
the libraries that read them. So what is out of date is not found; what a build did not want is not
in the file that it leaves. The file may be deleted at any time, and nothing in it is believed that
is not as it was written.
"""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple

from kb.build.readings import StoredPaper
from kb.errors import ConfigError
from kb.outputs import own_file

BEGINS = b"Readings of kb build, 1\n"
# Before each reading: the hash of what it was made of, that of this and the reading, its length.
HEAD = struct.Struct(">32s32sI")


class _Place(NamedTuple):
    digest: bytes
    start: int
    length: int


class KeptReadings:
    """What earlier builds left, and what this one leaves; ``told``: what was wrong with that.

    ``made_by`` stands for code, data and libraries. Without files nothing is found and kept.
    """

    def __init__(self, made_by: str = "") -> None:
        self.made_by = made_by
        self.told: list[str] = []
        self.places: dict[bytes, _Place] = {}
        self.old: BinaryIO | None = None
        self.new: BinaryIO | None = None
        self.damaged = 0

    def begin(self, new: BinaryIO) -> None:
        """Write to a file what is found and added."""
        new.truncate(0)
        new.write(BEGINS)
        self.new = new

    def has(self, paper: StoredPaper) -> bool:
        return bool(self.places) and self._key(paper) in self.places

    def get(self, paper: StoredPaper) -> bytes | None:
        """None where there is none, or one that is not as it was kept."""
        if not (self.old and self.places):
            return None
        key = self._key(paper)
        if not (place := self.places.get(key)):
            return None
        self.old.seek(place.start)
        told = self.old.read(place.length)
        if _digest(key, told) != place.digest:
            self.damaged += 1
            return None
        return told

    def put(self, paper: StoredPaper, told: bytes) -> None:
        """Where the disk is full, the base is what matters: nothing more is kept."""
        if self.new:
            key = self._key(paper)
            try:
                self.new.write(HEAD.pack(key, _digest(key, told), len(told)) + told)
            except OSError as error:
                self.give_up(error)

    def _key(self, paper: StoredPaper) -> bytes:
        return hashlib.sha256(f"{self.made_by}{paper.identity!r}".encode()).digest()

    def put_in_place(self, aside: Path, path: Path) -> None:
        if self.new:
            try:
                self.new.flush()
                aside.replace(path)
            except OSError as error:
                self.give_up(error)

    def forget(self) -> None:
        """Keep nothing of this build."""
        if self.new:
            with suppress(OSError):
                self.new.close()
            self.new = None

    def give_up(self, error: OSError) -> None:
        self.told.append(f"what was read could not be kept for the next build ({error.strerror}).")
        self.forget()


def _digest(key: bytes, told: bytes) -> bytes:
    return hashlib.sha256(key + told).digest()


@contextmanager
def keeping(path: Path, made_by: str) -> Iterator[KeptReadings]:
    """What ``path`` has; in its place, when all went well, what was asked for and added.

    A file that no build has written is named and left alone.
    """
    kept = KeptReadings(made_by)
    aside = path.with_name(f"{path.name}.new")
    with ExitStack() as stack:
        try:
            if path.exists() or path.is_symlink():
                kept.old = stack.enter_context(own_file(path))
            if kept.old and not _is_free(kept.old):
                raise ConfigError(f"{path}: no kb build has written it. Remove it or rename it.")
            new = stack.enter_context(own_file(aside))
        except (ConfigError, OSError) as error:
            kept.told.append(f"what was read is not kept for the next build: {error}")
            kept.old = None
            yield kept
            return
        stack.callback(aside.unlink, missing_ok=True)
        if kept.old:
            kept.places, whole = _places(kept.old)
            kept.damaged += not whole
        kept.begin(new)
        yield kept
        kept.put_in_place(aside, path)
    if kept.damaged:
        kept.told.append(f"{path}: was damaged. What of it could not be used was read anew.")


def _is_free(stream: BinaryIO) -> bool:
    """Whether there is nothing yet, or what a build has written."""
    return stream.read(len(BEGINS)) in {b"", BEGINS}


def _places(stream: BinaryIO) -> tuple[dict[bytes, _Place], bool]:
    """Where each reading stands, and whether the file ends with the last of them."""
    size, places = os.fstat(stream.fileno()).st_size, {}
    stream.seek(at := min(len(BEGINS), size))
    while len(head := stream.read(HEAD.size)) == HEAD.size:
        key, digest, length = HEAD.unpack(head)
        places[key] = _Place(digest, at + HEAD.size, length)
        at = stream.seek(at + HEAD.size + length)
        if at > size:
            break
    return places, at == size
