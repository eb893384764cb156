"""What a service is, and what its questions have in common with the transport that puts them.

A service is one value of ``Service``, in its own file of ``harvest/services/``; all of them stand
in ``harvest.services.SERVICES``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import NamedTuple, Protocol, TypeVar
from urllib.parse import urlsplit

T = TypeVar("T")
Parameters = Sequence[tuple[str, str]]

TRIES = 12
# Bytes that an answer may have, unpacked. The longest without records are lists of 50 works of
# Crossref: that leaves 670,000 for each, of which one that was recorded has 10,578, with all its
# references.
LARGEST_ANSWER = 32 << 20


@dataclass(frozen=True)
class Reply:
    """An answer as it arrived; ``question`` has neither the key nor the address of who asked, the
    names of ``headers`` are in lower case."""

    service: str
    question: str
    asked_at: str
    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class Again(Exception):
    """What arrived is no answer, but a further try may bring one.

    ``down``: it is the service as a whole, not this question.
    """

    def __init__(self, why: str, *, wait: float = 0.0, down: bool = False) -> None:
        super().__init__(why)
        self.wait = wait
        self.down = down


class Refused(Exception):
    """What arrived says no, and would say so again; ``advice`` is what to do.

    ``down``: it says so to any question.
    """

    def __init__(self, why: str, advice: str, *, down: bool = False) -> None:
        super().__init__(why)
        self.advice = advice
        self.down = down


class Rate(NamedTuple):
    """So many requests in any ``window`` seconds, and so many of them under way at once; None where
    the service does not say."""

    most: int
    window: float = 1.0
    at_once: int | None = None


class Client(Protocol):
    """What puts questions to the services, as ``harvest.transport.Transport`` does."""

    def ask(
        self,
        service: str,
        path: str,
        parameters: Parameters,
        read: Callable[[Reply], T],
        tries: int = TRIES,
    ) -> T: ...

    def base(self, service: str) -> str:
        """Where a service is asked; empty where it is switched off."""

    def rate(self, service: str) -> Rate:
        """What may be asked of it."""

    def note(self, text: str) -> None:
        """Tell the log something that is no failure, once however often it is noted."""


# What a question of `harvest doctor --live` saw, and what is wrong with it: empty where nothing is.
Seen = tuple[str, str]


@dataclass(frozen=True)
class Service:
    """A service that is asked over HTTP.

    ``name`` is what raw.db calls it, and gives the variable and the option of its address; ``base``
    is the address by default, empty for a service that is off until one is set, with ``example`` to
    be named then. ``rate`` is polite, ``with_key`` where NCBI's key is sent and ``with_email``
    where the address of who asks is; services with the same ``counted`` share one limit. ``lists``
    and ``lists_with_email`` are set where questions for lists have a limit of their own: those
    whose path names no single record. ``batch`` is how many papers or works a question may name,
    ``at_once`` how many questions may be under way.

    ``largest`` is how many bytes an answer may have, unpacked: more is no answer.

    ``tool``, ``email`` and ``key`` are the parameters by which it is told who asks, empty where it
    does not want to know. The key goes in the body of a POST, so only where ``utilities`` is set:
    that service is asked by POST for the utility that the path names, which is also what raw.db
    calls it then.

    ``check`` is the one small question of ``harvest doctor``; what it returns is said behind the
    address. ``live`` are those of ``--live``.
    """

    name: str
    title: str
    base: str
    rate: Rate
    check: Callable[[Client], str]
    example: str = ""
    with_key: Rate | None = None
    with_email: Rate | None = None
    lists: Rate | None = None
    lists_with_email: Rate | None = None
    counted: str = ""
    batch: int = 1
    at_once: int = 1
    largest: int = LARGEST_ANSWER
    tool: str = ""
    email: str = ""
    key: str = ""
    utilities: bool = False
    needed: bool = False
    live: Mapping[str, Callable[[Client], Seen]] = field(default_factory=dict)

    @property
    def variable(self) -> str:
        return f"HARVEST_{self.name.upper()}_URL"

    @property
    def option(self) -> str:
        return f"--{self.name}-url"

    @property
    def limit(self) -> str:
        """The name of the limit that its requests count against."""
        return self.counted or self.name

    def limit_of(self, path: str) -> str:
        """The name of the limit that the question at a path counts against."""
        return f"{self.limit} lists" if self.lists and "/" not in path else self.limit

    def allowed(self, *, keyed: bool, named: bool = False) -> Rate:
        """What may be asked with a key, and by who says who it is."""
        if keyed and self.with_key:
            return self.with_key
        return self.with_email if named and self.with_email else self.rate

    def limits(self, *, keyed: bool, named: bool) -> dict[str, Rate]:
        """What may be asked, by the names of its limits."""
        rates = {self.limit: self.allowed(keyed=keyed, named=named)}
        if self.lists:
            lists = self.lists_with_email if named and self.lists_with_email else self.lists
            rates[f"{self.limit} lists"] = lists
        return rates

    def kept_as(self, path: str) -> str:
        """What raw.db calls the service of a question: of E-utilities the utility."""
        return path.partition(".")[0] if self.utilities else self.name


# Bytes of an answer among which its first words are looked for.
SAID_OF = 1 << 20


def is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def said(body: bytes) -> str:
    """The first words of an answer that was no answer, its markup removed."""
    # What is not closed goes to the end, so that no place of the answer is read twice.
    text = re.sub(
        r"(?s)<(style|script|head)\b.*?(?:</\1>|\Z)|<[^<>]*>",
        " ",
        body[:SAID_OF].decode("utf-8", "replace"),
    )
    words = " ".join(text.split())
    return f"{words[:200]!r}" if words else "an empty answer"


def shown(words: str) -> str:
    """Words of a service as a line of a terminal can show them."""
    line = " ".join(words.split())[:500]
    return "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in line)
