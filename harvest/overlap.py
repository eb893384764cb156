"""Put several questions side by side, so that their answers' delays overlap."""

from __future__ import annotations

import ctypes
import platform
import threading
from collections.abc import Callable, Iterable, Iterator
from queue import SimpleQueue
from typing import TypeVar

from kb.errors import ServiceFailed

T = TypeVar("T")
R = TypeVar("R")

M_ARENA_MAX = -8  # of glibc's malloc.h


def overlapped(
    ask: Callable[[T], R], items: Iterable[T], most: int
) -> Iterator[tuple[T, R | ServiceFailed]]:
    """Each item with what ``ask`` makes of it, in the order in which the answers come.

    ``most`` are under way at a time, and no item is drawn before there is a place for it. Items
    are drawn, and all but ServiceFailed is raised, in the caller's thread. The threads are daemons:
    a command that is stopped does not wait for answers.
    """
    waiting: SimpleQueue[T | None] = SimpleQueue()
    done: SimpleQueue[tuple[T, R | Exception]] = SimpleQueue()

    def work() -> None:
        while (item := waiting.get()) is not None:
            try:
                done.put((item, ask(item)))
            except Exception as error:
                done.put((item, error))

    _share_one_heap()
    threads = 0
    under_way = 0
    try:
        for item in items:
            if under_way == threads < most:
                threading.Thread(target=work, daemon=True).start()
                threads += 1
            waiting.put(item)
            under_way += 1
            if under_way == most:
                yield _come(*done.get())
                under_way -= 1
        for _ in range(under_way):
            yield _come(*done.get())
    finally:
        for _ in range(threads):
            waiting.put(None)


def _share_one_heap() -> None:
    """Keep glibc from giving each thread a heap, which would hold on to the room of the largest
    answers that ever were in it: of 60,000 records half as much memory again."""
    if platform.libc_ver()[0] == "glibc":
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)


def _come(item: T, answer: R | Exception) -> tuple[T, R | ServiceFailed]:
    if isinstance(answer, Exception) and not isinstance(answer, ServiceFailed):
        raise answer
    return item, answer


def answers(pairs: Iterable[tuple[T, R | ServiceFailed]]) -> Iterator[tuple[T, R]]:
    """The pairs, where one that failed fails all."""
    for item, answer in pairs:
        if isinstance(answer, ServiceFailed):
            raise answer
        yield item, answer
