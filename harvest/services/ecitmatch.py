"""ECitMatch: papers by journal, year, volume, first page and author (E-utilities Help, chapter 4).

It goes by journal, volume and page alone, so what it names is a candidate and no match: author and
year have to be compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import parse_qsl

from harvest.service import Again, Client, Reply, said
from harvest.services.entrez import NAME
from kb.answers import ecitmatch_keys

BATCH = 100


class CitationParts(NamedTuple):
    """A citation in parts; ``key`` comes back with the answer. None holds a bar."""

    journal: str
    year: str
    volume: str
    page: str
    author: str
    key: str


def ecitmatch(client: Client, citations: Sequence[CitationParts]) -> Reply:
    """The answer on up to 100 citations, each with a journal: at one without, it may end.

    ``kb.answers.ecitmatch_pmids`` reads it. Raises ServiceFailed.
    """

    def read(reply: Reply) -> Reply:
        if reply.status != 200:
            raise Again(f"HTTP {reply.status}: {said(reply.body)}")
        answered = ecitmatch_keys(reply.body)
        if left := [cited.key for cited in citations if cited.key not in answered]:
            raise Again(f"ECitMatch left out {len(left)} citations, among them {left[0]}")
        return reply

    parameters = [("db", "pubmed"), ("retmode", "xml"), ("bdata", lines(citations))]
    return client.ask(NAME, "ecitmatch.cgi", parameters, read)


def lines(citations: Sequence[CitationParts]) -> str:
    """Citations as ECitMatch is told them."""
    return "\r".join("|".join([*cited, ""]) for cited in citations)


def asked(question: str) -> list[CitationParts]:
    """The citations of a question of ``ecitmatch``."""
    told = dict(parse_qsl(question))["bdata"].split("\r")
    return [CitationParts(*line.split("|")[:6]) for line in told]
