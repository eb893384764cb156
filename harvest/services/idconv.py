"""NCBI's ID converter: the PMIDs of articles in PMC, by DOI or PMCID.

PMC ID Converter API: up to 200 identifiers of one kind a call. Of an article that is not in PMC it
knows nothing, whatever PubMed knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import parse_qsl

from harvest.service import Again, Client, Rate, Refused, Reply, Service, said
from kb.answers import idconv_pmids
from kb.errors import InputError


def pmids(client: Client, kind: str, ids: Sequence[str]) -> Reply:
    """The answer on up to 200 identifiers of a ``kind``, doi or pmcid.

    ``kb.answers.idconv_pmids`` reads it. Raises ServiceFailed.
    """

    def read(reply: Reply) -> Reply:
        if reply.status != 200:
            raise Refused(f"HTTP {reply.status}: {said(reply.body)}", "Check HARVEST_IDCONV_URL.")
        try:
            idconv_pmids(reply.body)
        except InputError as error:
            raise Again(str(error)) from error
        return reply

    parameters = [("ids", ",".join(ids)), ("idtype", kind), ("format", "json")]
    return client.ask(IDCONV.name, "", parameters, read)


def asked(question: str) -> list[str]:
    """The identifiers of a question of ``pmids``."""
    return dict(parse_qsl(question.partition("?")[2]))["ids"].split(",")


def check(client: Client) -> str:
    pmids(client, "doi", ["10.1056/nejmra0804577"])
    return ""


# It is NCBI's too, which counts by address.
IDCONV = Service(
    name="idconv",
    title="the ID converter",
    base="https://pmc.ncbi.nlm.nih.gov/tools/idconv/api/v1/articles/",
    rate=Rate(3, 1.03),
    with_key=Rate(10),
    counted="ncbi",
    batch=200,
    tool="tool",
    email="email",
    check=check,
)
