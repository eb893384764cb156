"""kb.answers: reading the answers of services that raw.db keeps."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kb.answers import (
    RETRACTION_WATCH,
    SERVICE_NAMES,
    Work,
    crossref_asked,
    crossref_found,
    crossref_preprints,
    crossref_references,
    crossref_works,
    elink_citations,
    elink_links,
    esearch_count,
    icite_links,
    idconv_pmids,
    stated_pmid,
)
from kb.errors import InputError
from kb.notices.updates import from_crossref

RECORDED = Path(__file__).resolve().parent.parent / "fixtures" / "crossref"

CITED_IN, REFS = "pubmed_pubmed_citedin", "pubmed_pubmed_refs"


def linkset(sources: list[int], **links: list[int]) -> str:
    groups = "".join(
        f"<LinkSetDb><DbTo>pubmed</DbTo><LinkName>{name}</LinkName>"
        + "".join(f"<Link><Id>{pmid}</Id></Link>" for pmid in pmids)
        + "</LinkSetDb>"
        for name, pmids in links.items()
    )
    ids = "".join(f"<Id>{pmid}</Id>" for pmid in sources)
    return f"<LinkSet><DbFrom>pubmed</DbFrom><IdList>{ids}</IdList>{groups}</LinkSet>"


def answer(*linksets: str) -> bytes:
    return f"<eLinkResult>{''.join(linksets)}</eLinkResult>".encode()


def test_links_belong_to_the_paper_that_was_asked_for() -> None:
    body = answer(
        linkset([1], pubmed_pubmed_citedin=[11, 12]),
        linkset([2], pubmed_pubmed_citedin=[21], pubmed_pubmed_refs=[29]),
        linkset([3]),
    )

    assert elink_links(body, CITED_IN) == {1: [11, 12], 2: [21], 3: []}
    assert elink_links(body, REFS) == {1: [], 2: [29], 3: []}


def test_a_paper_is_no_link_of_itself() -> None:
    body = answer(linkset([1], pubmed_pubmed_citedin=[1, 11]))

    assert elink_links(body, CITED_IN) == {1: [11]}


def test_a_set_that_merges_several_papers_tells_of_none() -> None:
    body = answer(linkset([1, 2], pubmed_pubmed_citedin=[11]))

    assert elink_links(body, CITED_IN) == {}


def test_a_paper_whose_links_come_in_two_sets_has_both() -> None:
    body = answer(
        linkset([1], pubmed_pubmed_citedin=[11]), linkset([1], pubmed_pubmed_citedin=[12])
    )

    assert elink_links(body, CITED_IN) == {1: [11, 12]}


def test_citations_point_from_the_citing_to_the_cited_paper_whichever_way_was_asked() -> None:
    body = answer(
        linkset([1], pubmed_pubmed_citedin=[11]),
        linkset([2], pubmed_pubmed_refs=[29]),
        linkset([3], pubmed_pubmed=[31]),  # similar papers are no citations
    )

    assert sorted(elink_citations(body)) == [(2, 29), (11, 1)]


def test_an_id_that_is_none_is_an_error() -> None:
    with pytest.raises(InputError, match="x11"):
        elink_links(answer(linkset([1], **{CITED_IN: [11]})).replace(b"11", b"x11"), CITED_IN)


@pytest.mark.parametrize("value", [12, "12", "0012", " 12 "])
def test_a_pmid_is_a_number_or_its_digits(value: object) -> None:
    assert stated_pmid(value) == 12


@pytest.mark.parametrize(
    "value",
    [*(-1, 0, 10**10, 1e3, True, None, [12]), *("", "-1", "+1", "1_2", "٣", "²", "1" * 11, "12a")],
)
def test_what_is_no_pmid_is_never_taken_for_one(value: object) -> None:
    with pytest.raises(ValueError, match="is no PMID"):
        stated_pmid(value)


NAMES = (
    *("message", "items", "DOI", "title", "author", "family", "issued", "date-parts"),
    *("container-title", "reference", "relation", "has-preprint", "id"),
    *("update-to", "updated-by", "updated", "type", "label"),
    *("data", "pmid", "references", "cited_by", "records", "requested-id"),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4)
    ),
    max_leaves=12,
)


def read_by_all(body: bytes) -> None:
    """Whatever a build and a harvest read of an answer in JSON, one after the other."""
    for read in (icite_links, idconv_pmids, crossref_found):
        with suppress(InputError):
            read(body)
    for question in (single_question("10.1/a"), list_question("10.1/a", "10.1/b")):
        with suppress(InputError):
            for doi, work in crossref_works(question, body).items():
                list(from_crossref(doi, work, "2026-01-01"))
                list(crossref_preprints(doi, work))
                assert all(cited.encode() for cited in crossref_references(work))


@given(JSON)
@example({"message": {"reference": [7, {"DOI": "10.1000/a\ud800"}], "relation": [], "DOI": 1}})
@example({"message": {"update-to": [{"DOI": "10.1000/a", "updated": {"date-parts": {}}}]}})
@example({"message": {"items": [{"author": ["Maris"], "title": "x", "issued": {"date-parts": 1}}]}})
def test_json_of_any_shape_is_read_or_refused_in_words(answer: object) -> None:
    read_by_all(json.dumps(answer).encode())
    read_by_all(json.dumps({"message": answer}).encode())
    read_by_all(json.dumps({"message": {"items": [answer]}}).encode())


def test_a_search_has_its_count_and_how_pubmed_read_it() -> None:
    body = (
        b"<eSearchResult><Count>12345</Count><IdList><Id>1</Id></IdList>"
        b"<QueryTranslation>opsoclonus[All Fields]</QueryTranslation></eSearchResult>"
    )

    assert esearch_count(body) == (12345, "opsoclonus[All Fields]")
    assert esearch_count(b"<eSearchResult><Count>0</Count></eSearchResult>") == (0, "")


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"<eSearchResult><ERROR>Invalid</ERROR></eSearchResult>", "without a count"),
        (b"<eSearchResult><Count>many</Count></eSearchResult>", "without a count"),
        (b"<eLinkResult><Count>1</Count></eLinkResult>", "<eLinkResult> where <eSearchResult>"),
        (b"<html><body>Error</body></html>", "<html> where <eSearchResult>"),
        (b'{"error": "API rate limit exceeded"}', "no answer of the E-utilities"),
        (b"<eSearchResult><Count>1", "no answer of the E-utilities"),
        (b"", "no answer of the E-utilities"),
    ],
)
def test_a_failure_is_never_a_search_that_found_nothing(body: bytes, why: str) -> None:
    with pytest.raises(InputError, match=why):
        esearch_count(body)


@pytest.mark.parametrize("body", [b"<eSearchResult/>", b"<html/>", b"not found", b""])
def test_a_failure_is_never_a_paper_without_links(body: bytes) -> None:
    with pytest.raises(InputError):
        elink_links(body, CITED_IN)


def test_recorded_answers_are_read(shared: Path) -> None:
    entrez = shared / "pubmed" / "entrez"
    search, failed = (
        (entrez / "eutils-json" / name).read_bytes()
        for name in ("esearch.pubmed.xml", "esearch.baderror.xml")
    )
    of_one, of_two = (
        elink_links((entrez / "biopython" / name).read_bytes(), CITED_IN)
        for name in ("elink1.xml", "elink3.xml")
    )

    assert esearch_count(search)[0] == 15169
    with pytest.raises(InputError, match="Invalid db name"):
        esearch_count(failed)
    assert list(of_one) == [9298984]
    assert len(of_one[9298984]) > 5
    assert of_two == {}  # two papers were asked for in one list


def test_the_names_of_services_in_raw_db_and_in_print_stay_as_they_are() -> None:
    assert RETRACTION_WATCH == "retraction-watch"
    assert SERVICE_NAMES == {
        "elink": "NCBI ELink",
        "icite": "NIH iCite",
        "crossref": "Crossref",
        "retraction-watch": "Retraction Watch",
    }


# Crossref: a work, and a list of works


def single_question(doi: str) -> str:
    return f"works/{quote(doi, safe='')}"


def list_question(*dois: str) -> str:
    named = ",".join(f"doi:{doi}" for doi in dois)
    return f"works?{urlencode({'filter': named, 'rows': len(dois), 'select': 'DOI'}, safe=',')}"


def listing(*items: object) -> bytes:
    return json.dumps({"message": {"total-results": len(items), "items": items}}).encode()


@pytest.mark.parametrize(
    ("question", "dois"),
    [
        ("works/10.1000%2Fa", ["10.1000/a"]),
        ("works/10.1000%2Fa%3Fb%2523?x=1", ["10.1000/a?b%23"]),
        (list_question("10.1000/a", "10.1000/b:c<d>"), ["10.1000/a", "10.1000/b:c<d>"]),
        ("works?query.bibliographic=Maris+2020&rows=2", []),
    ],
)
def test_a_question_tells_which_dois_were_asked_for(question: str, dois: list[str]) -> None:
    assert crossref_asked(question) == dois


@pytest.mark.parametrize("file", sorted(RECORDED.glob("*.json")), ids=lambda file: file.stem)
def test_an_item_of_a_list_says_what_the_answer_to_the_doi_alone_says(file: Path) -> None:
    body = file.read_bytes()
    message = json.loads(body)["message"]
    doi = message["DOI"]
    chosen = {name: message[name] for name in ("DOI", "reference", "relation") if name in message}
    ((_, alone),) = crossref_works(single_question(doi), body).items()
    listed = crossref_works(list_question("10.1000/a", doi), listing(chosen))
    assert list(listed) == [doi]
    assert crossref_references(listed[doi]) == crossref_references(alone)
    assert len(crossref_references(alone)) == {"10.2196/22081": 57}.get(doi, 0)
    assert list(crossref_preprints(doi, listed[doi])) == list(crossref_preprints(doi, alone))
    assert list(from_crossref(doi, listed[doi], "")) == list(from_crossref(doi, alone, ""))


def test_a_list_is_read_item_by_item() -> None:
    a, b = {"DOI": "10.1000/a", "reference": [{"DOI": "10.1000/X"}]}, {"DOI": "10.1000/b"}
    asked = list_question("10.1000/a", "10.1000/none", "10.1000/b")
    assert crossref_works(asked, listing(b, a)) == {"10.1000/a": a, "10.1000/b": b}


@pytest.mark.parametrize(
    ("given", "found"),
    [
        pytest.param("10.1000/A", True, id="another case"),
        pytest.param("10.1000/%61", False, id="percent-encoded: who knows, ask by itself"),
        pytest.param("https://doi.org/10.1000/a", False, id="with its resolver"),
        pytest.param("", False, id="no DOI"),
        pytest.param(None, False, id="null"),
    ],
)
def test_an_item_is_of_the_doi_that_it_names(given: str | None, found: bool) -> None:
    works = crossref_works(list_question("10.1000/a"), listing({"DOI": given}))
    assert works == ({"10.1000/a": {"DOI": given}} if found else {})


def test_what_nobody_asked_for_is_left_out_and_of_two_items_the_first_counts() -> None:
    items: list[Work] = [{"DOI": "10.1000/a", "volume": str(n)} for n in range(3)]
    body = listing({"DOI": "10.1000/other"}, *items, {"title": ["no DOI"]})
    assert crossref_works(list_question("10.1000/a"), body) == {"10.1000/a": items[0]}


def test_a_question_that_names_a_doi_in_two_cases_names_one_work() -> None:
    asked = list_question("10.1000/a", "10.1000/A")
    assert crossref_asked(asked) == ["10.1000/a"]
    assert list(crossref_works(asked, listing({"DOI": "10.1000/a"}))) == ["10.1000/a"]


@pytest.mark.parametrize(
    "question",
    [
        "works/10.1000%2FA",
        "works/10.1000%2fa",
        "works/10.1000/A",
        "works/10.1000%252FA",
        "works/https%3A%2F%2Fdoi.org%2F10.1000%2FA?mailto=x",
        "works?filter=doi%3A10.1000%2FA&rows=1",
        "works?filter=doi:10.1000/A,doi:10.1000/a&rows=1",
    ],
)
def test_however_a_kept_question_spells_a_doi_its_work_is_of_that_doi(question: str) -> None:
    work: Work = {"DOI": "10.1000/A"}
    is_list = question.startswith("works?")
    body = listing(work) if is_list else json.dumps({"message": work}).encode()
    assert crossref_works(question, body) == {"10.1000/a": work}


def test_a_search_is_no_question_for_a_doi() -> None:
    assert crossref_works("works?query.bibliographic=x", listing({"DOI": "10.1000/a"})) == {}


NO_LISTS = [
    b'{"message": {"items": [{"DOI": "10.1000/a"}',
    b'{"message": {"items": {}}}',
    b'{"message": {"items": ["10.1000/a"]}}',
    b'{"message": {"DOI": "10.1000/a"}}',
    b'{"message": [{"type": "select-not-available"}]}',
    b"[]",
    b"",
]


@pytest.mark.parametrize("body", NO_LISTS)
def test_what_is_no_list_is_never_an_empty_one(body: bytes) -> None:
    with pytest.raises(InputError, match="Crossref"):
        crossref_works(list_question("10.1000/a"), body)
    with pytest.raises(InputError, match="Crossref"):
        crossref_found(body)


@pytest.mark.parametrize("body", [b"[]", b'{"message": null}', b'{"message": {', b"<html>"])
def test_what_is_no_work_is_refused(body: bytes) -> None:
    with pytest.raises(InputError, match="no answer of Crossref"):
        crossref_works(single_question("10.1000/a"), body)
