"""What the two command lines share."""

from __future__ import annotations

import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any, BinaryIO, NoReturn, TypeVar

import click

from kb.data import data_dir
from kb.errors import ConfigError, Incomplete, KbError
from kb.stop import ENDING, STOPPED

Command = TypeVar("Command", bound=Callable[..., Any])
STDOUT = Path("-")


class Place(click.Path):
    """A path, for which ``-`` is standard output where it ``streams``, and else refused: a file of
    that name is ``./-``."""

    def __init__(self, *, streams: bool = False, **options: Any) -> None:
        super().__init__(path_type=Path, **options)
        self.streams = streams

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if str(value) != str(STDOUT):
            path = super().convert(value, param, ctx)
            return path.absolute() if path == STDOUT else path
        if not self.streams:
            self.fail(
                "- would be standard input or output, and this cannot be a stream. Name a place "
                "on the disk; ./- is a file of that name.",
                param,
                ctx,
            )
        return STDOUT


FILE = Place(dir_okay=False)
STREAM = Place(dir_okay=False, streams=True)
EXISTING = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)


def data_option(command: Command) -> Command:
    return click.option(
        "--data",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        default=data_dir,
        help="Folder of another field. Default: the bundled one.",
    )(command)


class Commands(click.Group):
    """Every error of ours is one message on stderr and its exit code; so is a stop, and an output
    that cannot be written. Where nobody reads on, the command ends in silence."""

    def main(self, *arguments: Any, **options: Any) -> Any:
        _plug()
        try:
            with _output_told(self.name):
                return super().main(*arguments, **options)
        finally:
            _drop_unwritten()

    def make_context(self, *arguments: Any, **options: Any) -> click.Context:
        with _output_told(arguments[0]):
            return super().make_context(*arguments, **options)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        for word in args:
            # What is no UTF-8 arrives as lone surrogates, which no database, log or address takes.
            if not word.isascii() and word.encode(errors="replace").decode() != word:
                shown = word.encode(errors="replace").decode()
                raise click.UsageError(f"{shown!r} is not in UTF-8. Write it anew, or rename it.")
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        came: list[int] = []
        try:
            with _output_told(ctx.info_name), _stoppable(came):
                return super().invoke(ctx)
        except KeyboardInterrupt:
            return _ended(ctx, Incomplete(STOPPED))
        except KbError as error:
            return _ended(ctx, Incomplete(STOPPED) if came else error)
        except Exception:
            # What was being loaded or closed may make another error of a stop.
            if came:
                return _ended(ctx, Incomplete(STOPPED))
            raise


def binary_stdout() -> BinaryIO:
    """Standard output, for bytes. Raises ConfigError where it was closed from the beginning."""
    if sys.stdout.name == os.devnull:
        raise ConfigError("standard output is closed. Name a file.")
    return sys.stdout.buffer


def _ended(ctx: click.Context, error: KbError) -> NoReturn:
    with suppress(OSError):  # where nobody hears it the code has to do
        click.echo(f"{ctx.info_name}: {error}", err=True)
    ctx.exit(error.exit_code)


@contextmanager
def _stoppable(came: list[int]) -> Iterator[None]:
    """Ctrl-C and SIGTERM both interrupt what is done; which came is noted."""

    def stop(number: int, _frame: FrameType | None) -> None:
        came.append(number)
        raise KeyboardInterrupt

    is_main = threading.current_thread() is threading.main_thread()
    ours = [n for n in ENDING if is_main and signal.getsignal(n) is not signal.SIG_IGN]
    before = {number: signal.signal(number, stop) for number in ours}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _output_told(program: str | None) -> Iterator[None]:
    """End the command where standard output or error cannot be written: with a sentence, or in
    silence where their reader has gone, as after `| head`."""
    try:
        yield
    except BrokenPipeError:
        raise SystemExit(Incomplete.exit_code) from None
    except OSError as error:
        if not _is_of_output(error):
            raise
        with suppress(OSError):
            told = f"the output cannot be written ({error.strerror}). What was done stays."
            click.echo(f"{program}: {told} Send the output elsewhere.", err=True)
        raise SystemExit(ConfigError.exit_code) from None


def _is_of_output(error: OSError) -> bool:
    """Whether click met it, by which all is said."""
    *_, (innermost, _line) = traceback.walk_tb(error.__traceback__)
    return str(innermost.f_globals.get("__name__")).startswith("click.")


def _drop_unwritten() -> None:
    """What nobody takes goes nowhere: else Python complains of it when it ends."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)


def _plug() -> None:
    """Where a standard stream was closed, what goes there goes nowhere, and no database is opened
    under its number."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w"))  # noqa: SIM115 (it is for good)
