"""Questions whose answers are known, with what is expected of each: data for `doctor --live`.

A paper that is known to be cited, one that is known to cite, a DOI, a PMCID, a citation: where a
service answers on them with nothing, it has changed, however well the answer is formed.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from harvest import expectations as on
from harvest.expectations import Expectation
from harvest.service import Parameters, Reply
from harvest.services import ecitmatch, entrez
from harvest.services.crossref import CROSSREF, READ, path_of
from harvest.services.ecitmatch import CitationParts
from harvest.services.europepmc import EUROPEPMC
from harvest.services.icite import ICITE
from harvest.services.idconv import IDCONV
from kb.answers import ecitmatch_pmids, elink_links, esummary_dois, icite_links, idconv_pmids

CITED, CITED_DOI = 20558371, "10.1056/nejmra0804577"
# In PMC, with a reference list at its publisher; it cites the paper beside it.
CITING, CITING_DOI, ITS_REFERENCE = 32824925, "10.3390/children7090103", 19423368
PMCID, ITS_PMID = "PMC3445800", 22722825
NOBODY = 99_999_999  # beyond the PMIDs that NLM has given by 2026
WIDE, NO_DAYS = "neuroblastoma", "3000:3000[mdat]"


@dataclass(frozen=True)
class Question:
    """``service`` is the name of one of ``harvest.services.SERVICES``."""

    name: str
    service: str
    path: str
    parameters: Parameters
    expected: tuple[Expectation, ...]


def _count(reply: Reply) -> int:
    return int(on.texts(reply, "Count")[0])


def _one(reply: Reply) -> str:
    ids = on.texts(reply, "IdList/Id")
    return "" if (_count(reply), ids) == (1, [str(CITED)]) else f"{_count(reply)} papers: {ids[:3]}"


def _ceiling(reply: Reply) -> str:
    count, named = _count(reply), len(on.texts(reply, "IdList/Id"))
    expected = min(count, entrez.MOST_FOUND)
    return "" if named == expected else f"{count:,} papers counted, {named:,} named"


def _newest_first(reply: Reply) -> str:
    ids = list(map(int, on.texts(reply, "IdList/Id")))
    falling = sum(a > b for a, b in pairwise(ids))
    return "" if falling >= 0.6 * (len(ids) - 1) else f"{falling} of {len(ids) - 1} steps fall"


def _beyond(reply: Reply) -> str:
    errors = " ".join(on.texts(reply, "ERROR"))
    if not errors:
        return "" if 0 <= _count(reply) <= entrez.MOST_FOUND else "no ERROR"
    return "" if f"'retstart' cannot be larger than {entrez.MOST_FOUND - 1}" in errors else errors


def _phrase(reply: Reply) -> str:
    named = on.texts(reply, "ErrorList/PhraseNotFound")
    named += on.texts(reply, "WarningList/QuotedPhraseNotFound")
    return "" if named else "not named"


def _no_days(reply: Reply) -> str:
    dropped = on.texts(reply, "ErrorList/*") + on.texts(reply, "WarningList/QuotedPhraseNotFound")
    if not dropped:
        return "" if _count(reply) == 0 else f"{_count(reply):,} papers"
    other = [part for part in dropped if not part.lstrip("\"'( ").startswith("3000")]
    return f"it does not know {other[0]}" if other else ""


def _citing(reply: Reply) -> str:
    linked = elink_links(reply.body, entrez.CITED_IN)
    return "" if linked.get(CITED) else f"{linked}"


def _cited(reply: Reply) -> str:
    linked = elink_links(reply.body, entrez.REFERENCES)
    return "" if ITS_REFERENCE in linked.get(CITING, ()) else f"{linked}"


def _set_each(reply: Reply) -> str:
    sets = [ids.findall("Id") for ids in on.xml_of(reply).iterfind("LinkSet/IdList")]
    sizes = [len(ids) for ids in sets]
    return "" if sizes == [1, 1] else f"sets of {sizes} papers"


def _known(reply: Reply) -> str:
    known = entrez.known_pmids(reply.body)
    return "" if known == {CITED: True, NOBODY: False} else f"{known}"


def _doi(reply: Reply) -> str:
    dois = esummary_dois(reply.body)
    return "" if dois.get(CITED_DOI) == CITED else f"{dois}"


def _only(reply: Reply) -> str:
    pmids = on.texts(reply, "PubmedArticle/MedlineCitation/PMID")
    return "" if pmids == [str(CITING)] else f"PMIDs {pmids}"


def _no_list(reply: Reply) -> str:
    return "" if b"ID list is empty" in reply.body else reply.body[:200].decode("utf-8", "replace")


def _candidate(reply: Reply) -> str:
    found = ecitmatch_pmids(reply.body)
    return "" if found == {"one": [CITED], "two": []} else f"{found or reply.body[:200]!r}"


def _icite_cited(reply: Reply) -> str:
    linked = icite_links(reply.body)
    return "" if CITED in linked and linked[CITED].cited_by else f"{linked.get(CITED, 'unknown')}"


def _icite_cites(reply: Reply) -> str:
    linked = icite_links(reply.body)
    known = CITING in linked and ITS_REFERENCE in linked[CITING].references
    return "" if known else f"{linked.get(CITING, 'unknown')}"


def _in_pmc(reply: Reply) -> str:
    pmids = idconv_pmids(reply.body)
    return "" if pmids.get(PMCID) == ITS_PMID else f"{dict(list(pmids.items())[:3])}"


def _batch(reply: Reply) -> str:
    asked = len(on.json_of(reply)["records"])
    return "" if asked == IDCONV.batch else f"{asked} of {IDCONV.batch} identifiers answered"


def _work(reply: Reply) -> str:
    doi = str(on.json_of(reply)["message"].get("DOI", "")).casefold()
    return "" if doi == CITING_DOI else doi or "no DOI"


def _references(reply: Reply) -> str:
    listed = on.json_of(reply)["message"].get("reference") or []
    if not listed:
        return "0 references"
    return "" if any("DOI" in each for each in listed) else f"{len(listed)} references, no DOI"


def _items(reply: Reply) -> dict[str, dict[str, Any]]:
    items = on.json_of(reply)["message"]["items"]
    return {str(each.get("DOI", "")).casefold(): each for each in items}


def _listed(reply: Reply) -> str:
    lacking = {CITED_DOI, CITING_DOI} - _items(reply).keys()
    return f"without {', '.join(sorted(lacking))}" if lacking else ""


def _listed_references(reply: Reply) -> str:
    listed = _items(reply).get(CITING_DOI, {}).get("reference") or []
    return "" if any("DOI" in each for each in listed) else f"{len(listed)} references, no DOI"


def _preprints(reply: Reply) -> str:
    results = on.json_of(reply)["resultList"]["result"]
    others = [str(each.get("source")) for each in results if each.get("source") != "PPR"]
    return f"sources {', '.join(others)}" if others else ""


def _utility(
    name: str, utility: str, *parameters: tuple[str, str], expected: tuple[Expectation, ...]
) -> Question:
    asked = (("db", "pubmed"), *parameters, ("retmode", "xml"))
    return Question(name, entrez.NAME, f"{utility}.fcgi", asked, expected)


def _elink(linkname: str, *pmids: int) -> tuple[tuple[str, str], ...]:
    ids = (("id", str(pmid)) for pmid in pmids)
    return (("dbfrom", "pubmed"), ("cmd", "neighbor"), ("linkname", linkname), *ids)


CITATIONS = [
    CitationParts("N Engl J Med", "2010", "362", "2202", "Maris", "one"),
    CitationParts("N Engl J Med", "2010", "362", "99999", "Nobody", "two"),
]
PMCIDS = ",".join([PMCID, *(f"PMC{number}" for number in range(1, IDCONV.batch))])
FOUND = (*on.ESEARCH, Expectation("a PMID finds its paper", (on.SEARCHES,), _one))
QUESTIONS = (
    _utility("EInfo", "einfo", expected=on.EINFO),
    _utility("ESearch: a PMID", "esearch", ("term", f"{CITED}[uid]"), expected=FOUND),
    _utility(
        "ESearch: more than it names",
        "esearch",
        ("term", WIDE),
        ("retmax", "100000"),
        expected=(
            *on.ESEARCH,
            Expectation(f"ceiling of {entrez.MOST_FOUND:,}", (on.SEARCHES,), _ceiling),
            Expectation("newest first", (on.PACE,), _newest_first),
        ),
    ),
    _utility(
        "ESearch: beyond the ceiling",
        "esearch",
        ("term", WIDE),
        ("retstart", str(entrez.MOST_FOUND)),
        expected=(
            *on.ESEARCH[:3],
            Expectation("retstart beyond it is refused", (on.SEARCHES,), _beyond),
        ),
    ),
    _utility(
        "ESearch: an unknown phrase",
        "esearch",
        ("term", f'{WIDE}[ti] AND "zzyzx quux imaging"[ti]'),
        expected=(
            *on.ESEARCH,
            Expectation("an unknown phrase is named", (on.SEARCHES,), _phrase),
        ),
    ),
    _utility(
        "ESearch: days of no change",
        "esearch",
        ("term", f"({WIDE}) AND {NO_DAYS}"),
        expected=(
            *on.ESEARCH,
            Expectation("days of no change find nothing", (on.REVISED,), _no_days),
        ),
    ),
    _utility(
        "EFetch: a record, and one that is none",
        "efetch",
        ("id", f"{CITING},{NOBODY}"),
        expected=(
            *on.EFETCH,
            on.elements(
                "PubmedArticle/MedlineCitation/Article/ArticleTitle",
                "PubmedArticle/PubmedData/ArticleIdList/ArticleId",
                "PubmedArticle/PubmedData/ReferenceList/Reference",
                touches=(on.RECORDS, "references in PubMed's records"),
            ),
            Expectation("the record asked for, alone", (on.RECORDS, on.ABSENT), _only),
        ),
    ),
    _utility(
        "EFetch: nothing valid",
        "efetch",
        ("id", "0"),
        expected=(
            on.status(400, on.ABSENT),
            Expectation("'ID list is empty'", (on.ABSENT,), _no_list),
        ),
    ),
    _utility(
        "ESummary: a paper, and one that is none",
        "esummary",
        ("id", f"{CITED},{NOBODY}"),
        ("version", "2.0"),
        expected=(
            *on.ESUMMARY,
            Expectation("one that is none has an error", (on.ABSENT,), _known),
            Expectation("the DOI of a paper", (on.BY_DOI,), _doi),
        ),
    ),
    _utility(
        "ELink: cited by",
        "elink",
        *_elink(entrez.CITED_IN, CITED, CITING),
        expected=(
            *on.ELINK,
            Expectation("a set for each paper", (on.ELINK_CITED,), _set_each, gate=True),
            Expectation("papers that cite a cited one", (on.ELINK_CITED,), _citing),
        ),
    ),
    _utility(
        "ELink: references",
        "elink",
        *_elink(entrez.REFERENCES, CITED, CITING),
        expected=(
            *on.ELINK,
            Expectation("a set for each paper", (on.ELINK_CITES,), _set_each, gate=True),
            Expectation("references of a citing one", (on.ELINK_CITES,), _cited),
        ),
    ),
    Question(
        "ECitMatch",
        entrez.NAME,
        "ecitmatch.cgi",
        (("db", "pubmed"), ("retmode", "xml"), ("bdata", ecitmatch.lines(CITATIONS))),
        (
            on.status(200, on.MATCHED),
            on.media("text/plain", on.MATCHED),
            Expectation("the PMID of a citation", (on.MATCHED,), _candidate),
        ),
    ),
    Question(
        "iCite",
        ICITE.name,
        "pubs",
        (
            ("pmids", f"{CITED},{CITING}"),
            ("fl", "pmid,references,cited_by"),
            ("legacy", "false"),
            ("format", "json"),
        ),
        (
            *on.PUBS,
            Expectation("papers that cite a cited one (iCite)", (on.ICITE,), _icite_cited),
            Expectation("references of a citing one (iCite)", (on.ICITE,), _icite_cites),
        ),
    ),
    Question(
        "ID converter",
        IDCONV.name,
        "",
        (("ids", PMCIDS), ("idtype", "pmcid"), ("format", "json")),
        (
            *on.CONVERTED,
            Expectation("the PMID of a PMCID", (on.IN_PMC,), _in_pmc),
            Expectation(f"{IDCONV.batch} identifiers at once", (on.IN_PMC,), _batch),
        ),
    ),
    Question(
        "Crossref: a work",
        CROSSREF.name,
        path_of(CITING_DOI),
        (),
        (
            *on.WORKS,
            Expectation("the work of a DOI", (on.CROSSREF, on.NOTICES), _work),
            Expectation("references of a citing one (Crossref)", (on.CROSSREF,), _references),
        ),
    ),
    Question(
        "Crossref: a list",
        CROSSREF.name,
        "works",
        (
            ("filter", f"doi:{CITED_DOI},doi:{CITING_DOI}"),
            ("rows", "2"),
            ("select", READ),
        ),
        (
            *on.WORKS,
            on.fields("message", "items", touches=(on.CROSSREF, on.NOTICES)),
            Expectation("the works of a list", (on.CROSSREF, on.NOTICES), _listed),
            Expectation("references of a listed one", (on.CROSSREF,), _listed_references),
        ),
    ),
    Question(
        "Crossref: a search",
        CROSSREF.name,
        "works",
        (("query.bibliographic", "Recent advances in neuroblastoma Maris 2010"), ("rows", "2")),
        (
            *on.WORKS,
            on.fields("message", "items", touches=(on.MATCHED,)),
            on.fields("message.items", "DOI", "title", touches=(on.MATCHED,)),
        ),
    ),
    Question(
        "Europe PMC",
        EUROPEPMC.name,
        "search",
        (
            ("query", f"({WIDE}) AND (SRC:PPR)"),
            ("resultType", "lite"),
            ("format", "json"),
            ("pageSize", "2"),
            ("cursorMark", "*"),
        ),
        (
            on.status(200, on.PREPRINTS),
            on.media("application/json", on.PREPRINTS),
            on.fields("", "hitCount", "resultList", touches=(on.PREPRINTS,)),
            Expectation("preprints alone", (on.PREPRINTS,), _preprints),
        ),
    ),
)
