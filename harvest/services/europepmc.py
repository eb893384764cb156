"""Europe PMC: preprints, which PubMed has few of (bioRxiv, medRxiv, Research Square and others).

Articles RESTful API, ``search``: europepmc.org/RestfulWebService, and the announcements of its
versions 4.5.3 (cursorMark) and 6.6 (the last page names no next one). Its errors come with HTTP 200
too, as ``errCode`` and ``errMsg``. It was never tried with the real service, so it is switched off
until someone sets its address.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import parse_qsl

from harvest.service import Again, Client, Rate, Refused, Reply, Service, said, shown
from kb.answers import MISSHAPEN, load_json
from kb.errors import ServiceFailed
from kb.ids import clean_doi

# The job of the runs that search it.
PREPRINTS = "preprints"
FIRST = "*"
# Of 1,000 preprints each: there are not as many.
MOST_PAGES = 1_000


class Preprint(NamedTuple):
    """``number`` is Europe PMC's, such as PPR1302423; ``day`` is that of its first version."""

    number: str
    doi: str | None
    title: str
    server: str
    day: str


class PreprintPage(NamedTuple):
    """``total`` is what the whole search finds; ``after`` the mark of the next page, if any."""

    total: int
    preprints: list[Preprint]
    after: str


def preprints(client: Client, query: str) -> list[Reply]:
    """The pages of all preprints that a query finds; ``page_of`` reads one.

    Raises ServiceFailed, also where they name fewer than were counted.
    """
    replies = [_page(client, query, FIRST)]
    marks = {FIRST}
    while (mark := page_of(replies[-1].body).after) and mark not in marks:
        if len(replies) == MOST_PAGES:
            raise _failed(client, query, f"Europe PMC names page after page, {MOST_PAGES:,} so far")
        marks.add(mark)
        replies.append(_page(client, query, mark))
        if not page_of(replies[-1].body).preprints:
            break
    total, named = page_of(replies[0].body).total, len(listed(reply.body for reply in replies))
    if named < total:
        why = f"Europe PMC counted {total:,} preprints and named {named:,}"
        raise _failed(client, query, why)
    return replies


def _failed(client: Client, query: str, why: str) -> ServiceFailed:
    address = client.base(EUROPEPMC.name)
    advice = "Nothing of it was used; run the same command again, or narrow the query."
    return ServiceFailed(f"{address}: {why} for the query {query!r}. {advice}", why=why)


def _page(client: Client, query: str, mark: str) -> Reply:
    def read(reply: Reply) -> Reply:
        if reply.status != 200:
            raise Refused(
                f"HTTP {reply.status}: {said(reply.body)}", f"Check {EUROPEPMC.variable}."
            )
        page_of(reply.body)
        return reply

    parameters = [
        ("query", f"({query}) AND (SRC:PPR)"),
        ("resultType", "lite"),
        ("format", "json"),
        ("pageSize", str(EUROPEPMC.batch)),
        ("cursorMark", mark),
    ]
    return client.ask(EUROPEPMC.name, "search", parameters, read)


def page_of(body: bytes) -> PreprintPage:
    """A page of a search. Raises Again where it is none, Refused where it says why not."""
    try:
        answer = load_json(body)
        if message := answer.get("errMsg"):
            raise Refused(f"it says: {shown(str(message))}", "Check the query.")
        results = answer["resultList"]["result"]
        if any(result["source"] != "PPR" for result in results):
            raise Again("Europe PMC named papers that are no preprints")
        total, after = int(answer["hitCount"]), str(answer.get("nextCursorMark") or "")
        return PreprintPage(total, [_preprint(result) for result in results], after)
    except MISSHAPEN as error:
        raise Again(f"no answer of Europe PMC ({error!r:.200}): {said(body)}") from error


def _preprint(result: dict[str, object]) -> Preprint:
    book = result.get("bookOrReportDetails")
    server = book.get("publisher") if isinstance(book, dict) else ""
    return Preprint(
        number=str(result["id"]),
        doi=clean_doi(str(result.get("doi") or "")),
        title=" ".join(str(result.get("title") or "").split()),
        server=str(server or ""),
        day=str(result.get("firstPublicationDate") or ""),
    )


def listed(bodies: Iterable[bytes]) -> list[Preprint]:
    """The preprints of the pages of a search, each once, in the order in which they came."""
    return list({each.number: each for body in bodies for each in page_of(body).preprints}.values())


def asked(question: str) -> str:
    """The query of a question as Europe PMC was asked it; empty for any but the first page's."""
    parameters = dict(parse_qsl(question.partition("?")[2]))
    return parameters.get("query", "") if parameters.get("cursorMark") == FIRST else ""


def check(client: Client) -> str:
    total = page_of(_page(client, "neuroblastoma", FIRST).body).total
    return f", with {total:,} preprints on neuroblastoma"


# It publishes no limit. No address is its own until someone has tried it.
EUROPEPMC = Service(
    name="europepmc",
    title="Europe PMC",
    base="",
    example="https://www.ebi.ac.uk/europepmc/webservices/rest/",
    rate=Rate(1),
    batch=1_000,
    email="email",
    check=check,
)
