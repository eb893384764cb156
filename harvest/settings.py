"""Who asks, and where the services are: the environment's settings, read and checked.

A setting that cannot be used is refused here, by its name and before anything is asked.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from harvest.service import TRIES, Service, is_loopback
from harvest.services import SERVICES
from kb.errors import ConfigError
from kb.raw import EFETCH

# Labels of a host name (RFC 1123, 2.1); some name services have underscores in theirs.
LABEL = re.compile(r"(?!-)[\w-]{1,63}(?<!-)")
LONGEST_HOST = 253
# What no base of addresses holds: a query, spaces, controls, what is no character, and a backslash,
# which some programs read as a slash.
UNWRITABLE = re.compile(r"[?#\s\x00-\x1f\x7f-\x9f\ud800-\udfff\\]")
# Those of the HTTP library, the first that is set counts.
BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


class Login(NamedTuple):
    """What an address has before its host."""

    user: str
    password: str


@dataclass(frozen=True)
class Settings:
    """Who asks, where, and how long an answer may take (seconds).

    ``bases`` are addresses by the names of services; one that is empty or absent is switched off,
    for only ``settings_from`` knows where the services are. ``logins`` are theirs, which stand in
    no address: so they are in no message and no book. An answer begins ``read`` seconds after the
    question and goes on without a longer pause; it is there in ``whole`` seconds, connecting and
    all. ``source`` is what stored records are said to come from.
    """

    email: str = ""
    api_key: str = field(default="", repr=False)
    bases: Mapping[str, str] = field(default_factory=dict)
    connect: float = 10.0
    read: float = 60.0
    whole: float = 300.0
    tries: int = TRIES
    source: str = EFETCH
    logins: Mapping[str, Login] = field(default_factory=dict, repr=False)

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
    given = {
        service.name: _base(service, environment, options.get(service.name)) for service in SERVICES
    }
    addresses = {name: _without_login(url) for name, url in given.items()}
    logins = {name: login for name, url in given.items() if (login := _login(url))}
    address = (environment.get("NCBI_EMAIL", "") if email is None else email).strip()
    if address and not re.fullmatch(r"[^@\s\ud800-\udfff]+@[^@\s\ud800-\udfff]+", address):
        raise ConfigError(f"NCBI_EMAIL is {address!r}, which is no e-mail address.")
    told = [addresses[service.name] for service in SERVICES if service.needed]
    if not address and any(base and not is_loopback(base) for base in told):
        raise ConfigError(
            "NCBI asks every program to say whose it is, and no e-mail address is set. "
            "Set yours and run again: export NCBI_EMAIL=name@example.org"
        )
    _check_network(environment, [base for base in addresses.values() if base])
    return Settings(address, _key(environment), addresses, logins=logins)


def _key(environment: Mapping[str, str]) -> str:
    key = environment.get("NCBI_API_KEY", "").strip()
    if not re.fullmatch(r"[!-~]*", key):
        raise ConfigError(
            "NCBI_API_KEY holds what no key holds, a space or a letter beyond ASCII. Copy it again "
            "from your NCBI account, or unset it."
        )
    return key


def _base(service: Service, environment: Mapping[str, str], option: str | None) -> str:
    """The address of a service with its last slash; empty where it is switched off."""
    name = service.variable
    url = (environment.get(name, service.base) if option is None else option).strip()
    if url and not is_address(url):
        example = service.base or service.example
        raise ConfigError(
            f"{name} is {_shown(url)!r}, which is no address of a service. "
            f"It looks like {example}, or is empty to switch the source off."
        )
    return url and url.rstrip("/") + "/"


def is_address(url: str) -> bool:
    """Whether this is an address of HTTP at which somebody may be: no query, a port from 1 to
    65,535, and a host that is an IP address or has labels of 1 to 63 characters."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        if ":" in host:
            ip_address(host)
    except ValueError:
        return False
    is_http = parts.scheme in {"http", "https"} and port != 0
    return is_http and not UNWRITABLE.search(url) and _is_place(host, _place(url))


def _is_place(host: str, place: str) -> bool:
    if place.startswith("["):
        return ":" in host and place.partition("]")[2][:1] in ("", ":")
    labels = host.removesuffix(".").split(".")
    return len(host) <= LONGEST_HOST and all(map(LABEL.fullmatch, labels))


def _without_login(url: str) -> str:
    return url.replace(f"//{urlsplit(url).netloc}", f"//{_place(url)}", 1)


def _place(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2]


def _login(url: str) -> Login | None:
    parts = urlsplit(url)
    if "@" not in parts.netloc:
        return None
    return Login(unquote(parts.username or ""), unquote(parts.password or ""))


def _shown(url: str) -> str:
    """As it was written, but for a login, wherever that ends."""
    return ("…@" if "@" in url else "") + url.rpartition("@")[2]


def _check_network(environment: Mapping[str, str], bases: Iterable[str]) -> None:
    """Raise ConfigError where the HTTP library could not use what is set for it."""
    several = list(bases)
    for base in several:
        if name := _proxy_variable(environment, base):
            _check_proxy(name, environment[name])
    if any(base.startswith("https:") for base in several):
        _check_bundle(environment)


def _proxy_variable(environment: Mapping[str, str], base: str) -> str:
    """The variable of the proxy that is used for an address, empty where none is: the library looks
    for that of its scheme first."""
    past = _variable(environment, "no")
    hosts = environment[past].replace(" ", "").split(",") if past else []
    if is_loopback(base) or _goes_past(_place(base), hosts):
        return ""
    names = [_variable(environment, kind) for kind in (urlsplit(base).scheme, "all")]
    return next((name for name in names if name and environment[name]), "")


def _variable(environment: Mapping[str, str], kind: str) -> str:
    """That of a kind of proxy, small letters before capitals; empty where neither is set."""
    names = (f"{kind}_proxy", f"{kind}_proxy".upper())
    return next((name for name in names if name in environment), "")


def _goes_past(place: str, hosts: Iterable[str]) -> bool:
    """Whether a host, with its port if any, is or ends in one of these, for which no proxy is."""
    ways = (place, place.rpartition(":")[0])
    ends = [host.lstrip(".") for host in hosts if host]
    return any(end == "*" or f".{way}".endswith(f".{end}") for end in ends for way in ways)


def _check_proxy(name: str, value: str) -> None:
    url = value if "://" in value else f"http://{value}"
    if not is_address(url):
        raise ConfigError(
            f"{name} is {_shown(value)!r}, which is no proxy that can be used: it has to speak "
            "HTTP. It looks like http://proxy.example.org:3128, or is unset where there is none."
        )


def _check_bundle(environment: Mapping[str, str]) -> None:
    name = next((name for name in BUNDLES if environment.get(name)), "")
    if not name:
        return
    path = Path(environment[name])
    try:
        if path.is_dir():
            ssl.create_default_context(capath=path)
        else:
            ssl.create_default_context(cafile=path)
    except (OSError, ValueError) as error:  # of ssl too
        raise ConfigError(
            f"{name} is {environment[name]!r}, which cannot be read as certificates ({error}). "
            "Name the file with the certificate of your network, or unset it."
        ) from error
