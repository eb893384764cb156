"""Open a kb.db to read it, and tell one of this version from any other file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from kb.errors import ConfigError, InputError, KbError
from kb.schema import SCHEMA


@contextmanager
def reading(db: Path) -> Iterator[sqlite3.Connection]:
    """A kb.db, open to read, until the end of the block. Raises what ``check_base`` raises, and
    InputError where what the block reads is damaged."""
    check_base(db)
    with closing(read_only(db)) as connection:
        try:
            yield connection
        except KbError:
            raise
        except Exception as error:
            if _is_sound(connection):  # the fault is another's: of a full disk, of this program
                raise
            raise InputError(
                f"{db}: cannot be read whole ({error}). Build it again with kb build."
            ) from error


def _is_sound(connection: sqlite3.Connection) -> bool:
    """Whether SQLite finds nothing wrong with the file: what is damaged may also give values that
    no build writes, and what reads those fails in its own way."""
    try:
        ((told,),) = connection.execute("PRAGMA integrity_check(1)").fetchall()
    except sqlite3.DatabaseError:
        return False
    return bool(told == "ok")


def read_only(path: Path, *, any_thread: bool = False) -> sqlite3.Connection:
    """Any database, open to read; raises sqlite3.DatabaseError, here or later, where it cannot be.
    ``any_thread``: others than the one that opens it may use it, one at a time."""
    uri = f"{path.resolve().as_uri()}?mode=ro"  # a path may have ? and # in it
    return sqlite3.connect(uri, uri=True, check_same_thread=not any_thread)


def check_base(db: Path) -> None:
    """Raise ConfigError for a file that is missing or unreadable, InputError for one that is no
    kb.db of this version."""
    if not db.is_file():
        raise ConfigError(
            f"{db}: there is no such file. Build it with: kb build --raw raw.db --out {db}"
        )
    try:
        with closing(read_only(db)) as connection:
            shape = _shape(connection, "table")
            lacking = _wanted_shape("table") - shape
            # A view cannot be looked at where a table of it is not there.
            lacking = lacking or _wanted_shape("view") - _shape(connection, "view")
    except sqlite3.OperationalError as error:
        raise ConfigError(f"{db}: cannot be read ({error}). Check its permissions.") from error
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        raise InputError(
            f"{db}: is no SQLite database, or a damaged one ({error}). Name another file, or where "
            f"it was a kb.db delete it and build it again: kb build --raw raw.db --out {db}"
        ) from error
    if not shape >= {"papers.pmid", "works.work"}:
        what = ": it is a raw.db" if "records.xml" in shape else ""
        raise InputError(
            f"{db}: is a database, but no kb.db{what}. Name the file that kb build wrote."
        )
    if lacking:
        raise InputError(
            f"{db}: was built by another version (it lacks {', '.join(sorted(lacking)[:3])}). "
            f"Build it again: kb build --raw raw.db --out {db}"
        )


def _wanted_shape(kind: str) -> set[str]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(SCHEMA.read_text(encoding="utf-8"))
        return _shape(connection, kind)


def _shape(connection: sqlite3.Connection, kind: str) -> set[str]:
    """Every column of the tables, or of the views, as ``table.column``."""
    return {
        f"{table}.{column}"
        for table, column in connection.execute(
            "SELECT t.name, c.name FROM sqlite_schema t, pragma_table_info(t.name) c"
            " WHERE t.type = ?",
            [kind],
        )
    }
