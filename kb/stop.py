"""Ctrl-C and SIGTERM: which signals stop a command, what is said then, and what they do before it
works. Loads next to nothing, so that it is there first."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from types import FrameType

STOPPED = "stopped. What was stored or built before is untouched. Run the same command again."
# Of kb.errors.Incomplete, which is not loaded yet.
INCOMPLETE = 3
ENDING = (signal.SIGINT, signal.SIGTERM)


def stop_at_once(program: str) -> None:
    """Let Ctrl-C and SIGTERM end this process at once: nothing is open yet. A command that works
    has its own way, see ``kb.commands``."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        with suppress(OSError):
            os.write(2, f"{program}: {STOPPED}\n".encode())
        os._exit(INCOMPLETE)

    for number in ENDING:
        # Ignored is what a shell starts in the background, and stays so.
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, stop)
