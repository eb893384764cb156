"""Tell a kb.db of this version from any other file."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from kb.errors import ConfigError, InputError
from kb.schema import SCHEMA


def check_base(db: Path) -> None:
    """Raise ConfigError for a file that is missing or unreadable, InputError for one that is no
    kb.db of this version."""
    if not db.is_file():
        raise ConfigError(
            f"{db}: there is no such file. Build it with: kb build --raw raw.db --out {db}"
        )
    connection = sqlite3.connect(f"{db.resolve().as_uri()}?mode=ro", uri=True)
    try:
        found = _shape(connection)
    except sqlite3.OperationalError as error:
        raise ConfigError(f"{db}: cannot be read ({error}). Check its permissions.") from error
    except sqlite3.DatabaseError as error:
        raise InputError(
            f"{db}: is no SQLite database, or a damaged one ({error}). Name another file, or where "
            f"it was a kb.db delete it and build it again: kb build --raw raw.db --out {db}"
        ) from error
    finally:
        connection.close()
    wanted = _wanted_shape()
    if not found >= {"papers.pmid", "works.work"}:
        what = ": it is a raw.db" if "records.xml" in found else ""
        raise InputError(
            f"{db}: is a database, but no kb.db{what}. Name the file that kb build wrote."
        )
    if lacking := sorted(wanted - found):
        raise InputError(
            f"{db}: was built by another version (it lacks {', '.join(lacking[:3])}). "
            f"Build it again: kb build --raw raw.db --out {db}"
        )


def _wanted_shape() -> set[str]:
    connection = sqlite3.connect(":memory:")
    connection.executescript(SCHEMA.read_text(encoding="utf-8"))
    try:
        return _shape(connection)
    finally:
        connection.close()


def _shape(connection: sqlite3.Connection) -> set[str]:
    """Every column as ``table.column``."""
    return {
        f"{table}.{column}"
        for table, column in connection.execute(
            "SELECT t.name, c.name FROM sqlite_schema t, pragma_table_info(t.name) c"
            " WHERE t.type IN ('table', 'view')"
        )
    }
