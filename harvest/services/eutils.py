"""NCBI's E-utilities as a service, and what harvest takes for granted of them.

The questions stand in ``entrez`` and ``ecitmatch``; those of ``harvest doctor --live`` are here,
each about something that NCBI could change.
"""

from __future__ import annotations

import re
from itertools import pairwise

from harvest.service import Client, Rate, Reply, Seen, Service, is_loopback, said
from harvest.services import entrez
from harvest.services.small_answers import dtd_of, fields_of, shipped
from kb.answers import elink_links, esummary_dois

# Two papers whose records, citations and DOIs are known.
REVIEW, CITED, CITED_DOI = 36063183, 20558371, "10.1056/nejmra0804577"
NOBODY = 99_999_999  # beyond the PMIDs that NLM has given by 2026
# So many papers that PubMed cannot name them all in one answer.
WIDE = "neuroblastoma"


def check(client: Client) -> str:
    named = dtd_of(entrez.einfo(client).body.strip(), "eInfoResult")
    if named and named.is_shipped:
        return ", read by Bio.Entrez"
    return f", read without Biopython, which has no {named.dtd}" if named else ""


def _plainly(client: Client, utility: str, *parameters: tuple[str, str]) -> Reply:
    """The answer of a utility, whatever it says; an HTTP status of 400 is one too."""
    asked = [("db", "pubmed"), *parameters]
    return client.ask(entrez.NAME, f"{utility}.fcgi", asked, lambda reply: reply, 3)


def fields(client: Client) -> Seen:
    def read(reply: Reply) -> set[str]:
        return fields_of(client, reply)

    names = client.ask(entrez.NAME, "einfo.fcgi", [("db", "pubmed")], read, 3)
    missing = ", ".join(sorted({"UID", "EDAT", "MDAT", "MESH", "TIAB"} - names))
    return f"{len(names)} fields", f"these are gone: {missing}" if missing else ""


def dtds(client: Client) -> Seen:
    """A DTD that Biopython does not have is no fault: the answers are read without it."""
    answers = {
        "eInfoResult": _plainly(client, "einfo"),
        "eSearchResult": _plainly(client, "esearch", ("term", f"{CITED}[uid]")),
        "eLinkResult": entrez.elink(client, [CITED], entrez.CITED_IN),
    }
    lines = []
    for root, reply in answers.items():
        named = dtd_of(reply.body.strip(), root)
        lacking = "" if named and named.is_shipped else " (Biopython has not: read without it)"
        lines.append(f"{named.dtd if named else f'{root}: none that is known'}{lacking}")
    return f"{', '.join(lines)}; Biopython has {', '.join(shipped()) or 'none'}", ""


def limit(client: Client) -> Seen:
    told = _plainly(client, "einfo").headers.get("x-ratelimit-limit", "")
    ours = client.rate(entrez.NAME).most
    differs = told.isdecimal() and int(told) < ours
    return (
        f"told {told or 'nothing'}, asked at most {ours} a second",
        "NCBI grants fewer than are asked for. Check NCBI_API_KEY." if differs else "",
    )


def _count(
    client: Client, term: str, start: int = 0, most: int = 20
) -> tuple[int, list[int], bytes]:
    pages = (("retstart", str(start)), ("retmax", str(most)))
    body = _plainly(client, "esearch", ("term", term), *pages).body
    count = re.search(rb"<Count>(\d+)</Count>", body)
    ids = [int(pmid) for pmid in re.findall(rb"<Id>(\d+)</Id>", body)]
    return int(count[1]) if count else -1, ids, body


def ceiling(client: Client) -> Seen:
    count, ids, _ = _count(client, WIDE, most=100_000)
    seen = f"{count:,} papers counted, {len(ids):,} named"
    if count <= entrez.MOST_FOUND:
        return _few(client, seen)
    if len(ids) != entrez.MOST_FOUND:
        return seen, f"{entrez.MOST_FOUND:,} were expected."
    newest = sum(a > b for a, b in pairwise(ids)) > 0.6 * len(ids)
    return seen, "" if newest else "They do not come newest first: searches will take longer."


def _few(client: Client, seen: str) -> Seen:
    """Fewer papers than PubMed has; a stand-in on this machine may hold as few as it likes."""
    if is_loopback(client.base(entrez.NAME)):
        return f"{seen} (a stand-in with few papers, which is fine: it has no ceiling)", ""
    return seen, "Too few to tell: this is not all of PubMed."


def beyond(client: Client) -> Seen:
    count, _, body = _count(client, WIDE, start=entrez.MOST_FOUND)
    if 0 <= count <= entrez.MOST_FOUND:
        return _few(client, said(body))
    refused = b"<ERROR>" in body and b"retstart" in body
    return said(body), "" if refused else "An ERROR on retstart was expected."


def ranges(client: Client) -> Seen:
    whole, *_ = _count(client, WIDE)
    half = 20_000_000
    parts = [
        _count(client, f"({WIDE}) AND {low}:{high}[uid]")[0]
        for low, high in ((1, half), (half + 1, entrez.HIGHEST_UID))
    ]
    return f"{whole:,} = {parts[0]:,} + {parts[1]:,}", "" if whole == sum(parts) else "Not so."


def dropped(client: Client) -> Seen:
    *_, body = _count(client, 'neuroblastoma[ti] AND "zzyzx quux imaging"[ti]')
    told = b"PhraseNotFound" in body
    return said(body), "" if told else "A phrase that PubMed does not know was not named."


def changed(client: Client) -> Seen:
    count, *_ = _count(client, f"({WIDE}) AND 2024/01/01:3000[mdat]")
    return f"{count:,} papers", "" if count > 0 else "No paper was changed: [mdat] is not read."


def doi(client: Client) -> Seen:
    *_, last = entrez.find_dois(client, [CITED_DOI])
    pmid = esummary_dois(last.body).get(CITED_DOI)
    return f"{CITED_DOI} is PMID {pmid}", "" if pmid == CITED else f"{CITED} was expected."


def records(client: Client) -> Seen:
    ids = ("id", f"{CITED},{NOBODY}")
    body = _plainly(client, "efetch", ids, ("retmode", "xml")).body
    dtd = re.search(rb"pubmed_\d+\.dtd", body)
    seen = f"{body.count(b'<PubmedArticle>')} record, {dtd[0].decode() if dtd else 'no DTD'}"
    fetched = entrez.efetch(client, [CITED, NOBODY])
    right = list(fetched.records) == [CITED] and fetched.missing == [NOBODY]
    return seen, "" if right else f"PMID {CITED} stored and {NOBODY} missing were expected."


def nothing(client: Client) -> Seen:
    reply = _plainly(client, "efetch", ("id", "0"), ("retmode", "xml"))
    right = reply.status == 400 and b"ID list is empty" in reply.body
    return (
        f"HTTP {reply.status}: {said(reply.body)}",
        "" if right else "HTTP 400 with 'ID list is empty' was expected.",
    )


def summary(client: Client) -> Seen:
    known = entrez.known_pmids(entrez.esummary(client, [CITED, NOBODY]).body)
    right = known == {CITED: True, NOBODY: False}
    return f"{known}", "" if right else f"only {CITED} was expected to be known."


def links(client: Client) -> Seen:
    reply = entrez.elink(client, [REVIEW, CITED], entrez.CITED_IN)
    citing = elink_links(reply.body, entrez.CITED_IN)
    seen = ", ".join(f"PMID {pmid}: {len(several)} citing" for pmid, several in citing.items())
    return seen, "" if set(citing) == {REVIEW, CITED} else "A set for each was expected."


# NCBI allows three requests a second from one address, ten with a key (support page KA-05318). The
# ID converter is NCBI's too, and NCBI counts by address, not by program. Without a key a second
# counts as a little more: one request that is late makes a fourth of the next second. Biopython
# keeps 0.37 s between them, having been refused at a third.
EUTILS = Service(
    name=entrez.NAME,
    title="E-utilities",
    base="https://eutils.ncbi.nlm.nih.gov/entrez/eutils/",
    rate=Rate(3, 1.03),
    with_key=Rate(10),
    counted="ncbi",
    batch=entrez.FETCH_BATCH,
    at_once=entrez.AT_ONCE,
    largest=entrez.LARGEST_RECORDS,
    tool="tool",
    email="email",
    key="api_key",
    utilities=True,
    needed=True,
    check=check,
    live={
        "EInfo: fields of PubMed": fields,
        "Bio.Entrez: the DTDs of the answers": dtds,
        "limit in the headers": limit,
        "ESearch: the 9,999 ceiling": ceiling,
        "ESearch: beyond the ceiling": beyond,
        "ESearch: ranges of UIDs add up": ranges,
        "ESearch: a phrase it does not know": dropped,
        "ESearch: changed since (mdat)": changed,
        "ESearch and ESummary: a DOI": doi,
        "EFetch: a record, and one that is none": records,
        "EFetch: nothing valid": nothing,
        "ESummary: one that is none": summary,
        "ELink: a set for each paper": links,
    },
)
