"""The commands that copy a raw.db aside and back: backup, restore.

A copy is one state of the file, made beside its place, read again to the last hash, and only then
named as what it is. Nothing that was there is ever written over.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import click

from harvest import reports
from harvest.clock import Clock, stamp
from kb import raw as raw_db
from kb.commands import FILE
from kb.errors import CheckFailed, ConfigError
from kb.outputs import clear_dead, own_file, spare_special, unwritable


@click.command()
@click.option("--raw", required=True, type=FILE, help="The raw.db to copy; a run may be writing.")
@click.option("--out", required=True, type=FILE, help="The copy; must not be there yet.")
def backup(raw: Path, out: Path) -> None:
    """Copy a raw.db as it is at this moment, and check the copy.

    A run that writes meanwhile waits while the file is read, and goes on. What the copy holds is
    told. Exit code 1 where raw.db is damaged; then there is no copy.
    """
    _spare(out)
    with _copied(raw, out) as copy:
        told = _checked(copy, raw)
        copy.replace(out)
    click.echo(f"{out}: {told}, as they stand in {raw}.")


@click.command()
@click.argument("copy", metavar="BACKUP", type=FILE)
@click.option("--raw", required=True, type=FILE, help="The raw.db whose place it takes.")
def restore(copy: Path, raw: Path) -> None:
    """Put BACKUP, a copy of a raw.db, back in its place, once it is checked.

    What is in the place stays beside it, under a name with the time. Exit code 1 where the copy
    is damaged, 4 where a run holds the raw.db; then nothing is changed.
    """
    with raw_db.locked(raw), _copied(copy, raw) as aside:
        told = _checked(aside, copy)
        kept = _moved_aside(raw) if raw.exists() else None
        aside.replace(raw)
    was = f" What was there is {kept}." if kept else ""
    click.echo(f"{raw}: {told}, as they stand in {copy}.{was}")


def _spare(out: Path) -> None:
    spare_special(out)
    if out.exists():
        raise ConfigError(f"{out}: is there already and was left alone. Name another file.")


@contextmanager
def _copied(source: Path, out: Path) -> Iterator[Path]:
    """A copy of a raw.db beside ``out``, gone unless it was put in a place."""
    clear_dead(out)
    aside = out.with_name(f".{out.name}.{os.getpid()}")
    with closing(raw_db.open_raw(source)) as db:
        own_file(aside).close()
        try:
            with raw_db.damage_named(source), closing(sqlite3.connect(aside)) as copy:
                copy.execute("PRAGMA synchronous = FULL")
                db.conn.backup(copy)
                # Of a raw.db in WAL mode, which would be two files.
                copy.execute("PRAGMA journal_mode = DELETE")
            yield aside
        except (OSError, sqlite3.OperationalError) as error:
            raise unwritable(out, str(error)) from error
        finally:
            aside.unlink(missing_ok=True)


def _checked(copy: Path, source: Path) -> str:
    """What a copy holds, in words. Raises CheckFailed where it is not as it was stored."""
    with closing(raw_db.open_raw(copy)) as db:
        if wrong := raw_db.verify(db):
            lines = "\n".join(f"  {line}" for line in reports.named(wrong))
            raise CheckFailed(
                f"{source}: {len(wrong):,} records or answers are not as they were stored:\n"
                f"{lines}\nNothing was copied. Take an older backup, or harvest again."
            )
        counts = (f"{db[name].count:,} {name}" for name in ("records", "answers", "runs"))
        return ", ".join(counts)


def _moved_aside(raw: Path) -> Path:
    """What a restored file takes the place of, under a name that nothing has."""
    moment = stamp(Clock()).replace(":", "").replace("-", "")
    kept = raw.with_name(f"{raw.name}.before-{moment}")
    os.link(raw, kept)  # which fails, and replaces nothing, where the name is taken
    return kept
