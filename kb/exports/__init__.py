"""Files made of kb.db for other tools: a format a module, all of them listed in FORMATS."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from kb.base import reading
from kb.errors import ConfigError, InputError
from kb.exports import (
    bibtex,
    csl,
    cyjs,
    gexf,
    graph_csv,
    graphml,
    nbib,
    pajek,
    paper_csv,
    ris,
    vosviewer,
    wos,
)
from kb.exports.zipped import zipped
from kb.graphs.graph import Graph
from kb.graphs.maps import MAPS
from kb.graphs.selection import EVERYTHING, Selection, selected
from kb.outputs import put_in_place

# Gives the files of a format, each as text piece by piece, by the ending that its name gets; the
# one file of most formats has none.
Exporter = Callable[[sqlite3.Connection, Selection], dict[str, Iterator[str]]]
GraphReader = Callable[[sqlite3.Connection, Selection], Graph]


def of_papers(pieces: Callable[[sqlite3.Connection], Iterator[str]]) -> Exporter:
    return lambda db, selection: {"": pieces(_narrowed(db, selection))}


def _narrowed(db: sqlite3.Connection, selection: Selection) -> sqlite3.Connection:
    """The same connection, which from now on sees the papers selected and no others."""
    if selection != EVERYTHING:
        works = [(work,) for work in selected(db, replace(selection, papers_only=True))]
        db.execute("CREATE TEMP TABLE chosen (work TEXT PRIMARY KEY)")
        db.executemany("INSERT INTO chosen VALUES (?)", works)
        # A name without its schema is looked for among the temporary ones first.
        db.execute("CREATE TEMP VIEW papers AS SELECT * FROM main.papers WHERE work IN temp.chosen")
    return db


def of_graph(read: GraphReader) -> dict[str, Exporter]:
    """Every format for one kind of graph."""

    def one(pieces: Callable[[Graph], Iterator[str]]) -> Exporter:
        return lambda db, selection: {"": pieces(read(db, selection))}

    def several(files: Callable[[Callable[[], Graph]], dict[str, Iterator[str]]]) -> Exporter:
        return lambda db, selection: files(lambda: read(db, selection))

    return {
        "graphml": one(graphml.pieces),
        "gexf": one(gexf.pieces),
        "cyjs": one(cyjs.pieces),
        "vosviewer": one(vosviewer.pieces),
        "vosviewer-map": several(vosviewer.files),
        "pajek": several(pajek.files),
        "csv": several(graph_csv.files),
    }


FORMATS: dict[str, dict[str, Exporter]] = {
    **{kind: of_graph(read) for kind, read in MAPS.items()},
    "references": {
        "ris": of_papers(ris.pieces),
        "bibtex": of_papers(bibtex.pieces),
        "csl-json": of_papers(csl.pieces),
        "nbib": of_papers(nbib.pieces),
        "csv": of_papers(paper_csv.pieces),
    },
}
FORMATS["citation"]["wos"] = of_papers(wos.pieces)


# What a file of a format is called and how it is announced; the others by their own name.
ENDINGS = {
    "bibtex": ("bib", "application/x-bibtex"),
    "csl-json": ("json", "application/vnd.citationstyles.csl+json"),
    "csv": ("csv", "text/csv"),
    "cyjs": ("cyjs", "application/json"),
    "gexf": ("gexf", "application/xml"),
    "graphml": ("graphml", "application/xml"),
    "nbib": ("nbib", "application/nbib"),
    "ris": ("ris", "application/x-research-info-systems"),
    "vosviewer": ("json", "application/json"),
    "wos": ("txt", "text/plain"),
}
ZIP = ("zip", "application/zip")


def ending(kind: str, format: str) -> tuple[str, str]:
    """The ending of a streamed file's name, and its media type."""
    several = format not in ENDINGS or (format == "csv" and kind != "references")
    return ZIP if several else ENDINGS[format]


def pieces(
    db: sqlite3.Connection, kind: str, format: str, selection: Selection = EVERYTHING
) -> Iterator[bytes]:
    """A file in UTF-8, piece by piece, of a format of several files a zip archive of them; the same
    base gives the same bytes. The connection is of no use afterwards where something is selected.

    Raises ConfigError, before the first piece, where there is no such kind or format, and what
    ``kb.graphs.selection.selected`` raises.
    """
    files = _files(db, kind, format, selection)
    if len(files) == 1:
        return next(iter(files.values()))
    return zipped({f"{kind}.{ending}": piece for ending, piece in files.items()})


def export(db: sqlite3.Connection, kind: str, format: str, stream: BinaryIO) -> None:
    """Write a file to a stream. Raises as ``pieces`` does."""
    for piece in pieces(db, kind, format):
        stream.write(piece)


def write(
    db_path: Path, kind: str, format: str, out: Path, selection: Selection = EVERYTHING
) -> list[Path]:
    """Write the files aside and put them in place whole; where that fails, all is as it was.

    Of a format of several files the first is ``out`` and the others stand beside it: map.net and
    map.year.clu. Returns what was written. Raises as ``pieces`` and ``check_base`` do, InputError
    where the base is damaged, ConfigError where ``out`` is a database or cannot be written.
    """
    _exporter(kind, format)
    with _whole(db_path) as db:
        files = _named(_files(db, kind, format, selection), out)
        put_in_place(files)
    return list(files)


def send(
    db_path: Path, kind: str, format: str, stream: BinaryIO, selection: Selection = EVERYTHING
) -> None:
    """Write a file to a stream; of a format of several files a zip archive of them.

    Raises as ``write`` does, ConfigError where the stream cannot be written, and BrokenPipeError
    where its reader has gone.
    """
    _exporter(kind, format)
    with _whole(db_path) as db:
        try:
            stream.writelines(pieces(db, kind, format, selection))
            stream.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise ConfigError(f"The output cannot be written ({error.strerror}).") from error


@contextmanager
def _whole(db_path: Path) -> Iterator[sqlite3.Connection]:
    """A kb.db to read to its end. Raises what ``check_base`` raises, InputError where that cannot
    be done."""
    with reading(db_path) as db:
        try:
            yield db
        except sqlite3.DatabaseError as error:
            raise InputError(
                f"{db_path}: cannot be read whole ({error}). Build it again with kb build."
            ) from error


def is_empty(db_path: Path, kind: str, format: str, selection: Selection) -> bool:
    """Whether the filters leave nothing for such a file: of a map no node, of a list no paper."""
    if selection == EVERYTHING:
        return False
    with reading(db_path) as db:
        if kind in MAPS and format != "wos":
            return next(MAPS[kind](db, selection).nodes, None) is None
        return not selected(db, replace(selection, papers_only=True))


def _exporter(kind: str, format: str) -> Exporter:
    if kind not in FORMATS:
        raise ConfigError(f"{kind!r} is no kind of export. The kinds are: {', '.join(FORMATS)}.")
    if format not in FORMATS[kind]:
        formats = ", ".join(FORMATS[kind])
        raise ConfigError(f"{format!r} is no format for {kind}. The formats are: {formats}.")
    return FORMATS[kind][format]


def _files(
    db: sqlite3.Connection, kind: str, format: str, selection: Selection
) -> dict[str, Iterator[bytes]]:
    return {
        ending: (piece.encode() for piece in pieces)
        for ending, pieces in _exporter(kind, format)(db, selection).items()
    }


def _named(files: dict[str, Iterator[bytes]], out: Path) -> dict[Path, Iterator[bytes]]:
    first, *others = files
    named = out.name.endswith(f".{first}")
    stem = out.name.removesuffix(f".{first}") if named else out.stem
    names = [out, *(out.with_name(f"{stem}.{ending}") for ending in others)]
    return dict(zip(names, files.values(), strict=True))
