"""raw.db and data/ to kb.db: built aside, checked, then put in the place of the old one.

A pure function of its inputs: no clock, no path, no network; what has a date has it from raw.db.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlite_utils import Database

from kb.aside import aside, snapshot, spare_other_files
from kb.build.field import Field
from kb.build.identity import made_by
from kb.build.kept_readings import KeptReadings, keeping
from kb.build.passes import write
from kb.build.records import Keeping
from kb.checks import check
from kb.errors import CheckFailed, ConfigError, Incomplete, InputError, KbError

NAMED = 20


def build(raw: Path, out: Path, data: Path) -> list[str]:
    """Build ``out`` from ``raw`` with the vocabulary in ``data``; what was wrong with the readings
    that earlier builds left beside it, a line each.

    Raises what ``kb.raw.open_raw`` and ``kb.build.field.Field.read`` raise; ConfigError where
    ``out`` cannot be written; InputError where ``out`` is another file or ``raw`` is damaged;
    Locked where ``out`` is being built; CheckFailed where the result is wrong (the old file then
    stays); Incomplete where stored records could not be read: the rest was published, and they are
    named.
    """
    reads = ""
    with suppress(OSError):  # of a file that cannot be read the next line says so better
        reads = made_by(data)
    of = Field.read(data)
    told: list[str] = []

    @contextmanager
    def readings() -> Iterator[KeptReadings]:
        with keeping(out.with_name(f"{out.name}.readings"), reads) as kept:
            yield kept
            if made_by(data) != reads:  # nobody can say which of the two has read
                kept.forget()
        told.extend(kept.told)

    spare_other_files(out)
    try:
        with aside(out) as new, snapshot(raw, new) as source:
            problems = _written(raw, source, new, of, readings)
            if wrong := check(new):
                raise CheckFailed(
                    f"{out}: was not replaced, the new one is wrong:\n{_listed(wrong)}"
                )
            new.replace(out)
    except (sqlite3.DatabaseError, OSError) as error:
        if not (why := _explained(error, raw, out)):
            raise
        raise why from error
    if problems:
        raise Incomplete(
            f"{out} was built without {len(problems)} stored records that cannot be read:\n"
            f"{_listed(problems)}" + "".join(f"\n{line}" for line in told)
        )
    return told


def _written(raw: Path, source: Database, new: Path, of: Field, readings: Keeping) -> list[str]:
    """As ``passes.write``; an answer of a service that cannot be read is told with the file."""
    try:
        return write(source, new, of, readings)
    except (InputError, zlib.error) as error:
        raise InputError(
            f"{raw}: an answer that it keeps cannot be read ({error}). harvest verify says which "
            "it is; take the file from a backup."
        ) from error


def _explained(error: Exception, raw: Path, out: Path) -> KbError | None:
    """What the person at the terminal has to see to; None where the fault is in this program."""
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith("SQLITE_CORRUPT"):
        return InputError(
            f"{raw}: is damaged ({error}). Take it from a backup, or harvest again; "
            f"{out} was not replaced."
        )
    if isinstance(error, sqlite3.IntegrityError):
        return CheckFailed(f"{out}: was not replaced, the new one would be wrong: {error}")
    if isinstance(error, OSError | sqlite3.OperationalError) and name != "SQLITE_ERROR":
        return ConfigError(
            f"{out}: cannot be built ({error}). Check the folder, the permissions there and of "
            f"{raw}, and the space on the disk; the old file, if any, is untouched."
        )
    return None


def _listed(lines: list[str]) -> str:
    more = [f"and {len(lines) - NAMED} more"] if len(lines) > NAMED else []
    return "\n".join(f"  {line}" for line in lines[:NAMED] + more)
