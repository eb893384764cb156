"""Files made of kb.db for other tools: a format a module, all of them listed in FORMATS."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from kb import graph
from kb.errors import ConfigError, InputError
from kb.exports import graphml, ris


@dataclass(frozen=True)
class Exporter:
    """How a file is made: the tables that it reads and its text, piece by piece."""

    tables: tuple[str, ...]
    pieces: Callable[[sqlite3.Connection], Iterator[str]]


FORMATS: dict[str, dict[str, Exporter]] = {
    "citation": {
        "graphml": Exporter(graph.CITATION_TABLES, lambda db: graphml.pieces(graph.citation(db))),
    },
    "references": {
        "ris": Exporter(ris.TABLES, ris.pieces),
    },
}


def pieces(db: sqlite3.Connection, kind: str, format: str) -> Iterator[bytes]:
    """A file in UTF-8, piece by piece; the same base gives the same bytes.

    Raises before the first piece: ConfigError where there is no such kind or format, InputError
    where the database lacks a table that the file is made of.
    """
    exporter = _exporter(kind, format)
    _require(db, exporter.tables)
    return (piece.encode() for piece in exporter.pieces(db))


def export(db: sqlite3.Connection, kind: str, format: str, stream: BinaryIO) -> None:
    """Write a file to a stream. Raises as ``pieces`` does."""
    for piece in pieces(db, kind, format):
        stream.write(piece)


def write(db_path: Path, kind: str, format: str, out: Path) -> None:
    """Write a file aside and put it in place whole; where that fails, ``out`` is as it was.

    Raises as ``pieces`` does, InputError where ``db_path`` cannot be read as a database and
    ConfigError where ``out`` is a database or cannot be written.
    """
    _exporter(kind, format)
    _spare_databases(out)
    with closing(_open(db_path)) as db, _aside(out) as stream:
        try:
            export(db, kind, format, stream)
        except sqlite3.DatabaseError as error:
            raise InputError(
                f"{db_path}: cannot be read ({error}). Build it again with kb build."
            ) from error


def _exporter(kind: str, format: str) -> Exporter:
    if kind not in FORMATS:
        raise ConfigError(f"{kind!r} is no kind of export. The kinds are: {', '.join(FORMATS)}.")
    if format not in FORMATS[kind]:
        formats = ", ".join(FORMATS[kind])
        raise ConfigError(f"{format!r} is no format for {kind}. The formats are: {formats}.")
    return FORMATS[kind][format]


def _require(db: sqlite3.Connection, tables: Iterable[str]) -> None:
    there = {name for (name,) in db.execute("SELECT name FROM sqlite_master")}
    if missing := [table for table in tables if table not in there]:
        path = next(file for _, name, file in db.execute("PRAGMA database_list") if name == "main")
        raise InputError(
            f"{path or 'the database'}: lacks {', '.join(missing)}, so it is no base that this "
            "version can export. Build it with kb build."
        )


def _open(path: Path) -> sqlite3.Connection:
    if not path.is_file():
        raise InputError(f"{path}: there is no such file. kb build makes one.")
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)


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
