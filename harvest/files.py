"""PubMed XML from files: EFetch answers, baseline and update files. Asks no service."""

from __future__ import annotations

import hashlib
import pickle
import signal
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal, NamedTuple

from harvest import ledger, nlm_files
from harvest.clock import Clock
from harvest.jobs import Job, Seed
from harvest.ledger import Ledger
from harvest.nlm_files import revised
from harvest.progress import Progress
from kb.errors import Incomplete, InputError
from kb.raw import Reach
from kb.record import pubmed
from kb.record.article import Article
from kb.record.recordset import Cut, open_xml, read_file

IN_ONE_TRANSACTION = 2_000


class FileItem(NamedTuple):
    """What a place in a file holds. ``unread`` has no PMID: the file could not be read on.
    ``revised`` is the day on which the record there was revised last, as far as it tells."""

    kind: Literal["record", "deleted", "filtered", "broken", "unread"]
    pmid: int | None
    xml: bytes
    why: str
    revised: str = ""


def read_files(
    path: Path,
    files: Sequence[Path],
    filters: Sequence[str],
    workers: int,
    progress: Progress,
    clock: Clock | None = None,
) -> int:
    """Read files in the order given into raw.db; returns the run's number.

    Only records that hold one of ``filters`` are kept, where there are any. What cannot be read
    is in the books of the run, and the rest goes on. ``workers`` processes read ahead; the result
    is the same for any number. Raises Locked, ConfigError, and Incomplete when stopped.
    """
    with ledger.opened(path, clock or Clock()) as store, ledger.begun(store, "files") as book:
        book.seed(Job("files", "Files", tuple(_seed(file) for file in files)))
        damaged: list[FileItem] = []
        with progress.track("reading files", len(files)) as done:
            for file, items in _examined(files, filters, workers):
                damaged += _keep(book, file, items)
                done(1)
        failed = book.outcomes("failed")
        for item in damaged:
            # The others, which came whole from another place, have no outcome that tells.
            if item.pmid not in failed:
                book.problem(item.why)
        return book.run


def _seed(file: Path) -> Seed:
    return Seed("files", "file", file.name)


def _keep(book: Ledger, file: Path, items: Iterator[FileItem]) -> list[FileItem]:
    """Write what a file holds; returns what in it could not be read."""
    damaged: list[FileItem] = []
    newest, kept = "", []
    of_the_site = nlm_files.may_be_of_the_site(file.name)
    while chunk := list(islice(items, IN_ONE_TRANSACTION)):
        with book.store.transaction() as now:
            for item in chunk:
                _keep_one(book, file, item, now)
        damaged += [item for item in chunk if item.kind in {"broken", "unread"}]
        if of_the_site:
            newest = max(newest, *(item.revised for item in chunk))
            kept += [(one.pmid, _digest(one)) for one in chunk if one.kind == "record"]
    if newest and nlm_files.is_of_the_site(file.name, _head(file)):
        book.said_on(min(newest, book.today), kept)
    return damaged


def _digest(item: FileItem) -> str:
    return hashlib.sha256(item.xml).hexdigest()


def _head(file: Path) -> bytes:
    with open_xml(file) as stream:
        return stream.read(nlm_files.HEAD)


def _keep_one(book: Ledger, file: Path, item: FileItem, now: str) -> None:
    kind, pmid, xml, why, _ = item
    if pmid is None:
        return
    if kind == "record":
        book.store_record(pmid, xml, file.name, now)
        book.reach([Reach(_seed(file).seed, pmid, "", 0, "file")])
    elif kind == "deleted":
        book.withdraw(pmid, file.name, now, why)
    else:
        book.settle(pmid, "failed" if kind == "broken" else "filtered", why)


def _examined(
    files: Sequence[Path], filters: Sequence[str], workers: int
) -> Iterator[tuple[Path, Iterator[FileItem]]]:
    """The items of each file, in the order of the files."""
    if workers == 1:
        for file in files:
            yield file, examine(file, filters)
        return
    with (
        TemporaryDirectory(prefix="harvest-") as folder,
        # Spawned, not forked: the parent holds an open database.
        ProcessPoolExecutor(workers, get_context("spawn"), _ignore_interrupt) as pool,
    ):
        ahead: deque[tuple[Path, Path, Future[None]]] = deque()
        try:
            for number, file in enumerate(files):
                spool = Path(folder) / str(number)
                ahead.append((file, spool, pool.submit(_examine_aside, file, filters, spool)))
                if len(ahead) > workers:
                    yield _collected(*ahead.popleft())
            while ahead:
                yield _collected(*ahead.popleft())
        finally:
            pool.shutdown(cancel_futures=True)


def _ignore_interrupt() -> None:
    # Ctrl-C reaches the whole group of processes; the parent alone decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _examine_aside(file: Path, filters: Sequence[str], spool: Path) -> None:
    with spool.open("wb") as stream:
        for item in examine(file, filters):
            pickle.dump(item, stream)


def _collected(file: Path, spool: Path, work: Future[None]) -> tuple[Path, Iterator[FileItem]]:
    try:
        work.result()
    except BrokenProcessPool as error:
        raise Incomplete(
            f"{file}: a process that read files was killed, perhaps for lack of memory. What was "
            "stored stays; run the same command again with fewer --workers."
        ) from error
    return file, _from_spool(spool)


def _from_spool(spool: Path) -> Iterator[FileItem]:
    with spool.open("rb") as stream:
        while stream.peek(1):
            yield pickle.load(stream)  # noqa: S301 (written by this program a moment ago)
    spool.unlink()


def examine(file: Path, filters: Sequence[str]) -> Iterator[FileItem]:
    """All items of a file in order; never raises for what the file holds."""
    texts = [text.casefold() for text in filters]
    piece = None
    try:
        for piece in read_file(file):
            yield _item(file, piece, texts)
        if piece is None:
            why = f"{file}: holds no record and no deletion. Fetch it again, or name another file."
            yield FileItem("unread", None, b"", why)
    except (InputError, OSError) as error:
        yield FileItem("unread", None, b"", str(error))


def _item(file: Path, piece: Cut, texts: Sequence[str]) -> FileItem:
    if piece.kind == "deleted":
        return FileItem("deleted", piece.pmid, b"", f"deleted by {file.name}")
    place, day = f"{file}: record {piece.number}", revised(piece.xml)
    if piece.kind == "broken" and not piece.xml and not piece.pmid:
        return FileItem("broken", None, b"", f"{file}: {piece.problem}")
    if piece.kind == "broken":
        pmid = f"PMID {piece.pmid}" if piece.pmid else "no PMID"
        return FileItem("broken", piece.pmid, b"", f"{place} ({pmid}): {piece.problem}")
    try:
        if texts and not _holds(pubmed.parse(piece.xml), texts):
            return FileItem("filtered", piece.pmid, b"", "holds none of the filters", day)
    except InputError as error:
        return FileItem("broken", piece.pmid, b"", f"{place} (PMID {piece.pmid}): {error}")
    return FileItem("record", piece.pmid, piece.xml, "", day)


def _holds(article: Article, texts: Sequence[str]) -> bool:
    """Whether one of the texts stands in title, abstract, keywords or MeSH, whatever its case."""
    where = [article.title, article.abstract or ""]
    where += [keyword.keyword for keyword in article.keywords]
    for heading in article.mesh:
        where += [heading.descriptor, heading.qualifier or ""]
    where += [concept.name for concept in article.supplementary_mesh]
    whole = "\n".join(where).casefold()
    return any(text in whole for text in texts)
