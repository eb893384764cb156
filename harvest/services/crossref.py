"""Crossref: the works that a DOI cites, as their publisher deposited them.

REST API: api.crossref.org. Its limits come in its headers, which the transport goes by.
"""

from __future__ import annotations

from urllib.parse import quote

from harvest.transport import Again, Refused, Reply, Transport, said
from kb.answers import crossref_references
from kb.errors import InputError


def work(transport: Transport, doi: str) -> Reply:
    """The answer on a DOI, of status 404 where Crossref does not have it.

    ``kb.answers.crossref_references`` reads it. Raises ServiceFailed.
    """

    def read(reply: Reply) -> Reply:
        if reply.status == 404 and b"<html" not in reply.body.lower():
            return reply
        if reply.status == 403:
            raise Refused("HTTP 403: Crossref has blocked this address", BLOCKED, down=True)
        if reply.status != 200:
            advice = "Check HARVEST_CROSSREF_URL."
            raise Refused(f"HTTP {reply.status}: {said(reply.body)}", advice)
        try:
            crossref_references(reply.body)
        except InputError as error:
            raise Again(str(error)) from error
        return reply

    return transport.ask("crossref", path_of(doi), [], read)


BLOCKED = "Write to support@crossref.org, and set NCBI_EMAIL so that they can write to you."


def path_of(doi: str) -> str:
    """Where the work is; also the question under which raw.db keeps the answer."""
    return f"works/{quote(doi, safe='')}"
