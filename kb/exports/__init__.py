"""Files made of kb.db for other tools: a format a module, all of them listed in FORMATS."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import BinaryIO

from kb import graph
from kb.base import check_base
from kb.errors import ConfigError, InputError
from kb.exports import graphml, ris

# Gives the text of a file, piece by piece.
Exporter = Callable[[sqlite3.Connection], Iterator[str]]

FORMATS: dict[str, dict[str, Exporter]] = {
    "citation": {
        "graphml": lambda db: graphml.pieces(graph.citation(db)),
    },
    "references": {
        "ris": ris.pieces,
    },
}


def pieces(db: sqlite3.Connection, kind: str, format: str) -> Iterator[bytes]:
    """A file in UTF-8, piece by piece; the same base gives the same bytes.

    Raises ConfigError, before the first piece, where there is no such kind or format.
    """
    exporter = _exporter(kind, format)
    return (piece.encode() for piece in exporter(db))


def export(db: sqlite3.Connection, kind: str, format: str, stream: BinaryIO) -> None:
    """Write a file to a stream. Raises as ``pieces`` does."""
    for piece in pieces(db, kind, format):
        stream.write(piece)


def write(db_path: Path, kind: str, format: str, out: Path) -> None:
    """Write a file aside and put it in place whole; where that fails, ``out`` is as it was.

    Raises as ``pieces`` and ``check_base`` do, InputError where the base is damaged, ConfigError
    where ``out`` is a database or cannot be written.
    """
    _exporter(kind, format)
    check_base(db_path)
    _spare_databases(out)
    uri = f"{db_path.resolve().as_uri()}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True)) as db, _aside(out) as stream:
        try:
            export(db, kind, format, stream)
        except sqlite3.DatabaseError as error:
            raise InputError(
                f"{db_path}: cannot be read whole ({error}). Build it again with kb build."
            ) from error


def _exporter(kind: str, format: str) -> Exporter:
    if kind not in FORMATS:
        raise ConfigError(f"{kind!r} is no kind of export. The kinds are: {', '.join(FORMATS)}.")
    if format not in FORMATS[kind]:
        formats = ", ".join(FORMATS[kind])
        raise ConfigError(f"{format!r} is no format for {kind}. The formats are: {formats}.")
    return FORMATS[kind][format]


def _spare_databases(out: Path) -> None:
    """A slip of the keyboard must not replace raw.db, which nothing can bring back."""
    if not out.is_file():
        return
    with out.open("rb") as stream:
        if stream.read(16) == b"SQLite format 3\0":
            raise ConfigError(f"{out}: is a database and was left alone. Name another file.")


@contextmanager
def _aside(out: Path) -> Iterator[BinaryIO]:
    aside = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        stream = aside.open("wb")
        try:
            with stream:
                yield stream
            aside.replace(out)
        finally:
            aside.unlink(missing_ok=True)
    except OSError as error:
        raise ConfigError(
            f"{out}: cannot be written ({error.strerror}). Check the folder, its permissions and "
            "the space on the disk."
        ) from error
