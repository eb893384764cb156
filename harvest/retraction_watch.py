"""A Retraction Watch file that an operator supplies: kept whole in raw.db, for the next build."""

from __future__ import annotations

import gzip
from collections import Counter
from pathlib import Path

from harvest import ledger
from harvest.clock import Clock, stamp
from harvest.progress import Progress
from harvest.service import Reply
from kb.answers import RETRACTION_WATCH
from kb.errors import InputError
from kb.notices.updates import doubt, nature, retraction_watch_rows


def read_retraction_watch(
    path: Path, file: Path, progress: Progress, clock: Clock | None = None
) -> int:
    """Keep a file in raw.db; returns the run's number.

    Rows that may not say what they were meant to make the run incomplete; the file is kept all the
    same. Raises InputError where it is no such file, Locked and ConfigError as
    ``ledger.opened`` does.
    """
    clock = clock or Clock()
    body = file.read_bytes()
    try:
        rows = [(line, doubt(row), row) for line, row in retraction_watch_rows(body)]
    except InputError as error:
        raise InputError(f"{file}: {error}. Get it anew from Crossref's GitLab.") from error
    if not rows:
        raise InputError(f"{file}: has no rows below its first line. Get it anew.")
    counts = Counter(nature(row["RetractionNature"]) or "of another nature" for *_, row in rows)
    told = ", ".join(f"{n:,} {kind.replace('_', ' ')}" for kind, n in counts.most_common())
    progress.say(f"{file}: {len(rows):,} rows: {told}")
    # The same bytes for the same file: no name and no time in the header.
    packed = body if body[:2] == b"\x1f\x8b" else gzip.compress(body, mtime=0)
    with ledger.opened(path, clock) as store, ledger.begun(store, "files") as book:
        book.answered([Reply(RETRACTION_WATCH, file.name, stamp(clock), 200, packed)])
        for line, why, _ in rows:
            if why:
                book.problem(f"{file}: line {line}: {why}")
        return book.run
