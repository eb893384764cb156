"""NIH's iCite: who cites whom, as PMIDs, also where neither paper is in PMC.

The API is described at icite.od.nih.gov/api; a call takes 200 PMIDs.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import parse_qsl

from harvest.transport import Again, Refused, Reply, Transport, said
from kb.answers import icite_links
from kb.errors import InputError

BATCH = 200


def pubs(transport: Transport, pmids: Sequence[int]) -> Reply:
    """The answer on up to 200 papers; ``kb.answers.icite_links`` reads it.

    Papers that iCite does not know are left out of it. Raises ServiceFailed.
    """

    def read(reply: Reply) -> Reply:
        if reply.status != 200:
            raise Refused(f"HTTP {reply.status}: {said(reply.body)}", "Check HARVEST_ICITE_URL.")
        try:
            unasked = icite_links(reply.body).keys() - set(pmids)
        except InputError as error:
            raise Again(str(error)) from error
        if unasked:
            raise Again(f"iCite answered on papers that were not asked for: {min(unasked)}")
        return reply

    parameters = [
        ("pmids", ",".join(map(str, pmids))),
        ("fl", "pmid,references,cited_by"),
        ("legacy", "false"),
        ("format", "json"),
    ]
    return transport.ask("icite", "pubs", parameters, read)


def asked(question: str) -> list[str]:
    """The PMIDs of a question of ``pubs``."""
    return dict(parse_qsl(question.partition("?")[2]))["pmids"].split(",")
