"""What a command says while it works: bars on a terminal, plain lines in a log."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

import click


class Progress:
    """Speaks to standard error, or to the stream given."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = sys.stderr if stream is None else stream

    def say(self, text: str) -> None:
        click.echo(text, file=self.stream)

    @contextmanager
    def track(self, label: str, total: int) -> Iterator[Callable[[int], None]]:
        """Yields a function that is told how many more are done."""
        if self.stream.isatty():
            with click.progressbar(length=total, label=label, file=self.stream) as bar:
                yield bar.update
        else:
            yield _Tenths(self, label, total).update


class _Tenths:
    """A line for every tenth part that is done."""

    def __init__(self, progress: Progress, label: str, total: int) -> None:
        self.progress = progress
        self.label = label
        self.total = total
        self.done = 0

    def update(self, more: int) -> None:
        before, self.done = self.done, self.done + more
        if 10 * self.done // self.total > 10 * before // self.total:
            self.progress.say(f"{self.label}: {self.done:,} of {self.total:,}")
