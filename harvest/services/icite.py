"""NIH's iCite: who cites whom, as PMIDs, also where neither paper is in PMC.

The API is described at icite.od.nih.gov/api; a call takes 200 PMIDs.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import parse_qsl

from harvest.service import Again, Client, Rate, Refused, Reply, Seen, Service, said
from kb.answers import icite_links
from kb.errors import InputError

# Two papers that cite and are cited.
REVIEW, CITED = 36063183, 20558371


def pubs(client: Client, pmids: Sequence[int]) -> Reply:
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
    return client.ask(ICITE.name, "pubs", parameters, read)


def asked(question: str) -> list[str]:
    """The PMIDs of a question of ``pubs``."""
    return dict(parse_qsl(question.partition("?")[2]))["pmids"].split(",")


def live(client: Client) -> Seen:
    linked = icite_links(pubs(client, [REVIEW, CITED]).body)
    seen = ", ".join(f"PMID {pmid}: {len(one.cited_by)} citing" for pmid, one in linked.items())
    return seen, "" if CITED in linked else f"iCite does not know PMID {CITED}."


def check(client: Client) -> str:
    pubs(client, [REVIEW])
    return ""


# iCite publishes no limit.
ICITE = Service(
    name="icite",
    title="iCite",
    base="https://icite.od.nih.gov/api/",
    rate=Rate(1),
    batch=200,
    at_once=4,
    check=check,
    live={"iCite: links of two papers": live},
)
