"""NCBI's ID converter: the PMIDs of articles in PMC, by DOI or PMCID.

PMC ID Converter API: up to 200 identifiers of one kind a call. Of an article that is not in PMC it
knows nothing, whatever PubMed knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import parse_qsl

from harvest.transport import Again, Refused, Reply, Transport, said
from kb.answers import idconv_pmids
from kb.errors import InputError

BATCH = 200


def pmids(transport: Transport, kind: str, ids: Sequence[str]) -> Reply:
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
    return transport.ask("idconv", "", parameters, read)


def asked(question: str) -> list[str]:
    """The identifiers of a question of ``pmids``."""
    return dict(parse_qsl(question.partition("?")[2]))["ids"].split(",")
