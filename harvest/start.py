"""Where the command `harvest` begins, as `kb.start` does."""

from __future__ import annotations

from kb.stop import stop_at_once


def main() -> None:
    """The command ``harvest``."""
    stop_at_once("harvest")
    from harvest.cli import main as command

    command()
