"""Who asks, and where the services are: the environment's settings, read and checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from harvest.service import TRIES, Service, is_loopback
from harvest.services import SERVICES
from kb.errors import ConfigError
from kb.raw import EFETCH


@dataclass(frozen=True)
class Settings:
    """Who asks, where, and how long an answer may take (seconds).

    ``bases`` are addresses by the names of services; one that is empty or absent is switched off,
    for only ``settings_from`` knows where the services are. ``source`` is what stored records are
    said to come from.
    """

    email: str = ""
    api_key: str = field(default="", repr=False)
    bases: Mapping[str, str] = field(default_factory=dict)
    connect: float = 10.0
    read: float = 60.0
    whole: float = 300.0
    tries: int = TRIES
    source: str = EFETCH

    def base(self, service: str) -> str:
        return self.bases.get(service, "")


def settings_from(
    environment: Mapping[str, str],
    *,
    email: str | None = None,
    bases: Mapping[str, str | None] | None = None,
) -> Settings:
    """Settings of the environment; the options ``email`` and ``bases``, by the names of services,
    go first. Raises ConfigError naming what is wrong."""
    options = bases or {}
    addresses = {
        service.name: _base(service, environment, options.get(service.name)) for service in SERVICES
    }
    address = (environment.get("NCBI_EMAIL", "") if email is None else email).strip()
    if address and not re.fullmatch(r"[^@\s]+@[^@\s]+", address):
        raise ConfigError(f"NCBI_EMAIL is {address!r}, which is no e-mail address.")
    told = [addresses[service.name] for service in SERVICES if service.needed]
    if not address and any(base and not is_loopback(base) for base in told):
        raise ConfigError(
            "NCBI asks every program to say whose it is, and no e-mail address is set. "
            "Set yours and run again: export NCBI_EMAIL=name@example.org"
        )
    return Settings(address, environment.get("NCBI_API_KEY", "").strip(), addresses)


def _base(service: Service, environment: Mapping[str, str], option: str | None) -> str:
    """The address of a service with its last slash; empty where it is switched off."""
    name = service.variable
    url = (environment.get(name, service.base) if option is None else option).strip()
    parts = urlsplit(url)
    if url and (parts.scheme not in {"http", "https"} or not parts.hostname or parts.query):
        example = service.base or service.example
        raise ConfigError(
            f"{name} is {url!r}, which is no address of a service. "
            f"It looks like {example}, or is empty to switch the source off."
        )
    return url and url.rstrip("/") + "/"
