"""Where the command `kb` begins: what stops it is heard before all that it needs is loaded."""

from __future__ import annotations

from kb.stop import stop_at_once


def main() -> None:
    """The command ``kb``."""
    stop_at_once("kb")
    from kb.cli import main as command

    command()
