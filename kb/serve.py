"""`kb serve`: Datasette with the plugin over one published file, read-only."""

from __future__ import annotations

import socket
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Any

import click
import uvicorn
from datasette.app import Datasette
from datasette.plugins import pm

from kb import site
from kb.errors import ConfigError, InputError
from kb.schema import SCHEMA
from kb.site.compat import NAME, Published
from kb.site.metadata import SETTINGS, metadata


def serve(db: Path, host: str, port: int) -> None:
    """Publish a kb.db at http://host:port/ until interrupted; port 0 takes a free one.

    Raises ConfigError for a file that is missing or an address that cannot be had, InputError for
    a file that is no kb.db of this version.
    """
    check_base(db)
    with listening(host, port) as listener:
        address, taken = listener.getsockname()[:2]
        shown = f"[{address}]" if ":" in address else address
        click.echo(f"Serving {db} at http://{shown}:{taken}/ (Ctrl-C ends it)")
        config = uvicorn.Config(datasette_over(db).app(), log_level="warning", lifespan="on")
        with suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listener])


def datasette_over(db: Path) -> Any:
    """A Datasette that publishes the file, whatever its name, as database ``kb``."""
    if not pm.is_registered(site):  # it is already where the package is installed
        pm.register(site)
    datasette = Datasette(metadata=metadata(), settings=SETTINGS)
    datasette.remove_database("_memory")
    datasette.add_database(Published(datasette, db), name=NAME)
    # 0.65 made the client's routes in its constructor, when there was no base to make them for.
    datasette.client = type(datasette.client)(datasette)
    return datasette


def check_base(db: Path) -> None:
    """Raise where the file cannot be published."""
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
        raise InputError(f"{db}: is no SQLite database ({error}). Name another file.") from error
    finally:
        connection.close()
    wanted = _wanted_shape()
    if not found >= {"papers.pmid", "works.work"}:
        raise InputError(f"{db}: is a database, but no kb.db. Name the file that kb build wrote.")
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


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens there. Raises ConfigError where it cannot be had."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise ConfigError(
            f"{host}:{port}: cannot listen there ({error.strerror or error}). "
            "Choose another --port or --host."
        ) from error
