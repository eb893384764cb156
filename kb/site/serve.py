"""`kb serve`: Datasette with the plugin over one published file, read-only."""

from __future__ import annotations

import socket
from contextlib import suppress
from pathlib import Path
from typing import Any

import click
import uvicorn
from datasette.app import Datasette
from datasette.plugins import pm

from kb import site
from kb.base import check_base, reading
from kb.errors import ConfigError
from kb.site.compat import NAME, Published, told
from kb.site.metadata import SETTINGS, metadata
from kb.tagging.topics import load


def serve(db: Path, host: str, port: int, data: Path) -> None:
    """Publish a kb.db at http://host:port/ until interrupted; port 0 takes a free one.

    ``data`` is the folder of its field, for the words of the site and the named queries.

    Raises ConfigError for a file that is missing or an address that cannot be had, InputError for
    a file that is no kb.db of this version.
    """
    check_base(db)
    with listening(host, port) as listener:
        app = datasette_over(db, data).app()
        check_field(db, data)
        address, taken = listener.getsockname()[:2]
        shown = f"[{address}]" if ":" in address else address
        click.echo(f"Serving {db} at http://{shown}:{taken}/ (Ctrl-C ends it)")
        config = uvicorn.Config(app, log_level="warning", lifespan="on")
        with suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listener])


def check_field(db: Path, data: Path) -> None:
    """Raise ConfigError where a base is of another field than ``data``: it would bear its name.

    A vocabulary that was edited since shares most of its topics with the base.
    """
    with reading(db) as connection:
        built = {topic for (topic,) in connection.execute("SELECT topic FROM topics")}
    named = {topic.topic for topic in load(data / "topics.yml").topics}
    if len(built & named) < len(built) / 2:
        raise ConfigError(
            f"{db}: was built for another field than {data}, whose topics it does not have. Name "
            "the folder of its field with --data."
        )


def datasette_over(db: Path, data: Path) -> Any:
    """A Datasette that publishes the file, whatever its name, as database ``kb``."""
    if not pm.is_registered(site):  # it is already where the package is installed
        pm.register(site)
    # Where the library rich is installed, 0.65 prints every refused statement with all local
    # variables: half a minute in which nobody else is answered.
    pm.get_plugin("datasette.handle_exception").rich = None
    datasette = Datasette(**told(metadata(data)), settings=SETTINGS)
    datasette.remove_database("_memory")
    datasette.add_database(Published(datasette, db, data), name=NAME)
    # 0.65 made the client's routes in its constructor, when there was no base to make them for.
    datasette.client = type(datasette.client)(datasette)
    return datasette


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens there. Raises ConfigError where it cannot be had."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise ConfigError(
            f"{host}:{port}: cannot listen there ({error.strerror or error}). "
            "Choose another port, with --port or make demo PORT=8002."
        ) from error
