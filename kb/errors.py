"""Every error that the two programs raise on purpose.

    KbError                 something is wrong and the message says what, where and what to do
     ├─ CheckFailed    1    a database was read and found wrong
     ├─ ConfigError    2    a command, file or setting that has to be changed first
     │   └─ InputError 2    an input that is not what it was said to be
     ├─ Incomplete     3    the rest was done; the message names what is missing
     │   └─ ServiceFailed 3 a service refused, or gave no usable answer in all the tries
     └─ Locked         4    another run holds the database

The number is the exit code of the command that meets the error.
"""

from __future__ import annotations


class KbError(Exception):
    """Base of all; the message is written for the person at the terminal."""

    exit_code = 2


class CheckFailed(KbError):
    exit_code = 1


class ConfigError(KbError):
    exit_code = 2


class InputError(ConfigError):
    """A file, a database or an answer that cannot be read as what it should be."""


class Incomplete(KbError):
    exit_code = 3


class ServiceFailed(Incomplete):
    """``why``: the last answer in a few words; ``down``: any other question would fail too."""

    def __init__(self, message: str, *, why: str, down: bool = False) -> None:
        super().__init__(message)
        self.why = why
        self.down = down


class Locked(KbError):
    exit_code = 4
