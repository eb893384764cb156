"""Lists of references, in processor time, for 12,000 of them: what `kb export references` takes.
The floor is to read the rows and write nothing, of Web of Science text of the cited works too.

The papers are the real PubMed records kept beside the checkout, 1,500 characters of abstract, six
authors and nine headings each; where they are not there, the bundled papers. What is written goes
nowhere.
"""

from __future__ import annotations

import io
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from small_base import BUNDLED, built_base

from benchmarks.page import Row
from kb import exports
from kb.exports.papers import read
from kb.exports.wos import CITED

ROOT = Path(__file__).resolve().parent.parent.parent
REAL = ROOT.parent / "shared" / "pubmed" / "xml"
LIBRARIES = ("sqlite-utils",)
PAPERS = 12_000
BAR = 2.0
REPEATS = 5
KINDS = {"ris": "references", "nbib": "references", "csl-json": "references",
         "bibtex": "references", "wos": "citation"}  # fmt: skip


def rows() -> Iterator[Row]:
    files = sorted(REAL.glob("*.xml.gz")) or [BUNDLED]
    with TemporaryDirectory() as folder, closing(built_base(Path(folder), *files)) as db:
        floors = {
            "references": seconds(db, lambda: [None for _ in read(db)]),
            "citation": seconds(db, lambda: _with_cited(db)),
        }
        for format, kind in KINDS.items():
            figure = seconds(db, partial(exports.export, db, kind, format, Nowhere()))
            yield Row(f"12,000 as {format}", figure, "s", floors[kind], "reading", BAR)


def _with_cited(db: sqlite3.Connection) -> None:
    for paper in read(db):
        db.execute(CITED, [f"pmid:{paper.pmid}"]).fetchall()


class Nowhere(io.BytesIO):
    """Holds nothing of what is written to it."""

    def write(self, piece: object, /) -> int:
        return 0


def seconds(db: sqlite3.Connection, run: Callable[[], object]) -> float:
    """The best processor time of several, for PAPERS papers."""
    [count] = db.execute("SELECT count(*) FROM papers").fetchone()
    return min(_timed(run) for _ in range(REPEATS)) * PAPERS / int(count)


def _timed(run: Callable[[], object]) -> float:
    began = time.process_time()
    run()
    return time.process_time() - began
