"""Who asks, and where the services are: the environment's settings, read and checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit

from harvest.limits import TRIES
from kb.errors import ConfigError
from kb.raw import EFETCH

NCBI_EUTILS = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils/"
BASES = {
    "HARVEST_EUTILS_URL": NCBI_EUTILS,
    "HARVEST_ICITE_URL": "https://icite.od.nih.gov/api/",
    "HARVEST_CROSSREF_URL": "https://api.crossref.org/",
    "HARVEST_IDCONV_URL": "https://pmc.ncbi.nlm.nih.gov/tools/idconv/api/v1/articles/",
}


@dataclass(frozen=True)
class Settings:
    """Who asks, where, and how long an answer may take (seconds). An empty base is switched off:
    only ``settings_from`` knows where the services are.

    ``source`` is what stored records are said to come from.
    """

    email: str = ""
    api_key: str = field(default="", repr=False)
    eutils: str = ""
    icite: str = ""
    crossref: str = ""
    idconv: str = ""
    connect: float = 10.0
    read: float = 60.0
    whole: float = 300.0
    tries: int = TRIES
    source: str = EFETCH

    @property
    def per_second(self) -> int:
        """Requests a second that NCBI allows one address, or one key (support page KA-05318)."""
        return 10 if self.api_key else 3

    @property
    def at_once(self) -> int:
        """Questions under way to NCBI: enough to use its limit although answers take a second and
        a half, and no more, because each may come to hold a batch of records."""
        return self.per_second + 6


def settings_from(
    environment: Mapping[str, str], *, email: str | None = None, eutils: str | None = None
) -> Settings:
    """Settings of the environment, options first. Raises ConfigError naming what is wrong."""
    named = {name: environment.get(name, default) for name, default in BASES.items()}
    if eutils is not None:
        named["HARVEST_EUTILS_URL"] = eutils
    bases = {name: _base(name, url.strip()) for name, url in named.items()}
    ncbi = bases["HARVEST_EUTILS_URL"]
    address = (environment.get("NCBI_EMAIL", "") if email is None else email).strip()
    if address and not re.fullmatch(r"[^@\s]+@[^@\s]+", address):
        raise ConfigError(f"NCBI_EMAIL is {address!r}, which is no e-mail address.")
    if ncbi and not address and not is_loopback(ncbi):
        raise ConfigError(
            "NCBI asks every program to say whose it is, and no e-mail address is set. "
            "Set yours and run again: export NCBI_EMAIL=name@example.org"
        )
    return Settings(
        email=address,
        api_key=environment.get("NCBI_API_KEY", "").strip(),
        eutils=ncbi,
        icite=bases["HARVEST_ICITE_URL"],
        crossref=bases["HARVEST_CROSSREF_URL"],
        idconv=bases["HARVEST_IDCONV_URL"],
    )


def _base(name: str, url: str) -> str:
    parts = urlsplit(url)
    if url and (parts.scheme not in {"http", "https"} or not parts.hostname or parts.query):
        raise ConfigError(
            f"{name} is {url!r}, which is no address of a service. "
            f"It looks like {BASES[name]}, or is empty to switch the source off."
        )
    return url and url.rstrip("/") + "/"


def is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
