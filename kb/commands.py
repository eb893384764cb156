"""What the two command lines share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click

from kb.data import data_dir
from kb.errors import Incomplete, KbError

Command = TypeVar("Command", bound=Callable[..., Any])
FILE = click.Path(dir_okay=False, path_type=Path)
EXISTING = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)


def data_option(command: Command) -> Command:
    return click.option(
        "--data",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        default=data_dir,
        help="Folder of another field. Default: the bundled one.",
    )(command)


class Commands(click.Group):
    """Every error of ours is one message on stderr and its exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            return _ended(ctx, STOPPED)
        except KbError as error:
            return _ended(ctx, error)


STOPPED = Incomplete(
    "stopped. What was stored or built before is untouched. Run the same command again."
)


def _ended(ctx: click.Context, error: KbError) -> NoReturn:
    click.echo(f"{ctx.info_name}: {error}", err=True)
    ctx.exit(error.exit_code)
