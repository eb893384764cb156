"""What the two command lines share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kb.errors import KbError

FILE = click.Path(dir_okay=False, path_type=Path)


class Commands(click.Group):
    """Every error of ours is one message on stderr and its exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except KbError as error:
            click.echo(f"{ctx.info_name}: {error}", err=True)
            ctx.exit(error.exit_code)
