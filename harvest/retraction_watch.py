"""A Retraction Watch file that an operator supplies: kept whole in raw.db, for the next build."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

from harvest import ledger
from harvest.transport import Clock, Reply, stamp
from kb.errors import InputError
from kb.standing import RETRACTION_WATCH
from kb.updates import COLUMNS, NATURES, nature, retraction_watch_rows


def read_retraction_watch(path: Path, file: Path, clock: Clock | None = None) -> int:
    """Keep a file in raw.db; returns the run's number.

    Rows that are cut short or of a nature that is not known make the run incomplete; the file is
    kept all the same. Raises InputError where it is no such file, Locked and ConfigError as
    ``ledger.opened`` does.
    """
    clock = clock or Clock()
    body = file.read_bytes()
    try:
        doubtful = list(_doubtful(body))
    except InputError as error:
        raise InputError(f"{file}: {error}. Get it anew from Crossref's GitLab.") from error
    # The same bytes for the same file: no name and no time in the header.
    packed = body if body[:2] == b"\x1f\x8b" else gzip.compress(body, mtime=0)
    with ledger.opened(path, clock) as store, ledger.begun(store, "files") as book:
        book.answered([Reply(RETRACTION_WATCH, file.name, stamp(clock), 200, packed)])
        for why in doubtful:
            book.problem(f"{file}: {why}")
        return book.run


def _doubtful(body: bytes) -> Iterator[str]:
    for line, row in retraction_watch_rows(body):
        if None in row or any(row[column] is None for column in COLUMNS):
            yield f"line {line}: has not as many columns as the first line"
        elif not nature(given := row["RetractionNature"]):
            yield f"line {line}: its nature {given!r} is none of {', '.join(NATURES)}"
