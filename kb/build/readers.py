"""Many papers read side by side, in processes that know nothing of any database.

The readings come in the order of the papers whoever read them, a few are under way at a time, and
those that were kept are not made again.
"""

from __future__ import annotations

import os
import pickle
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from itertools import islice
from multiprocessing import get_context, parent_process
from pathlib import Path
from tempfile import TemporaryDirectory

from kb.build.field import Field
from kb.build.kept_readings import KeptReadings
from kb.build.readings import PaperReading, StoredPaper, read_packed, unpack
from kb.errors import Incomplete

# From so many papers on, the second that a process takes to start is worth it.
MANY = 2_000
# More than this many the one process that writes could not keep busy.
MOST_READERS = 8
TOGETHER = 32  # papers that a process is given at a time
AHEAD = 3  # such batches for each process: read, or being read, before they are wanted

Batch = Sequence[StoredPaper]
Answer = Callable[[], list[bytes]]  # waits for the readings of a batch


def readings(
    papers: Iterable[StoredPaper], unread: int, of: Field, kept: KeptReadings
) -> Generator[tuple[StoredPaper, PaperReading]]:
    """Each paper with its reading, in their order; ``unread`` is how many are not kept.

    Raises Incomplete where a process that read was killed.
    """
    count = min(_processors(), MOST_READERS) if unread >= MANY else 1
    with _reader(of, count) as reader:
        ahead: deque[tuple[Batch, list[bytes | None], Answer]] = deque()
        for batch in batches(papers):
            known = [kept.get(paper) for paper in batch]
            unknown = [paper for paper, told in zip(batch, known, strict=True) if not told]
            ahead.append((batch, known, reader(unknown)))
            if len(ahead) > AHEAD * count:
                yield from _read(*ahead.popleft(), kept)
        while ahead:
            yield from _read(*ahead.popleft(), kept)


def _read(
    batch: Batch, known: Sequence[bytes | None], answer: Answer, kept: KeptReadings
) -> Iterator[tuple[StoredPaper, PaperReading]]:
    new = iter(answer())
    for paper, told in zip(batch, known, strict=True):
        told = told or next(new)
        kept.put(paper, told)
        yield paper, unpack(told)


def batches(papers: Iterable[StoredPaper]) -> Iterator[Batch]:
    left = iter(papers)
    while batch := list(islice(left, TOGETHER)):
        yield batch


def _processors() -> int:
    """Those that this process may use, of which a container has fewer than the machine."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def _reader(of: Field, count: int) -> Iterator[Callable[[Batch], Answer]]:
    """From a batch to what waits for its readings; one process alone is this one."""
    if count == 1:
        yield lambda batch: partial(read_packed, of, batch)
        return
    with TemporaryDirectory(prefix="kb-") as folder:
        # Not as an argument: who writes to a process that ends while it begins may wait for good.
        place = Path(folder) / "field"
        place.write_bytes(pickle.dumps(of))
        # Spawned, not forked: libraries of this process have threads, and it holds open databases.
        with ProcessPoolExecutor(count, get_context("spawn"), _begin, (place,)) as pool:
            try:
                yield lambda batch: pool.submit(_read_here, batch).result if batch else list
            except BrokenProcessPool as error:
                raise Incomplete(
                    "a process that read records was killed, perhaps for lack of memory. Nothing "
                    "was built, and an older base stays as it was. Run the same command again."
                ) from error
            finally:
                pool.shutdown(cancel_futures=True)


_of: Field  # of a process that reads: given once, when it begins


def _begin(place: Path) -> None:
    global _of
    # Ctrl-C reaches the whole group of processes; the parent alone decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _of = pickle.loads(place.read_bytes())  # noqa: S301 (written by this program a moment ago)


def _end_with_parent() -> None:
    """A parent that is killed ends nobody: who waits for its next batch would wait for good."""
    if parent := parent_process():
        parent.join()
        os._exit(1)


def _read_here(batch: Batch) -> list[bytes]:
    return read_packed(_of, batch)
