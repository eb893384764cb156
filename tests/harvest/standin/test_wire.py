"""How requests are read and answers written, byte by byte."""

from __future__ import annotations

import json
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvest.standin import Answer, Request
from harvest.standin.wire import as_json, document, element, leaf, lower, octets, refused


def request(utility: str = "esearch", **parameters: list[str]) -> Request:
    return Request(utility, parameters, f"/entrez/eutils/{utility}.fcgi")


def test_the_last_value_of_the_first_name_that_has_one_counts() -> None:
    asked = request(WebEnv=["a"], term=["one", " two "])
    assert asked.value("term") == "two"
    assert asked.value("webenv", "WebEnv") == "a" == asked.webenv
    assert asked.value("none") == ""


@pytest.mark.parametrize(
    ("text", "number"), [("7", 7), ("", 3), ("-1", 3), ("1e3", 3), ("9" * 10, 3)]
)
def test_what_is_no_number_is_the_one_by_default(text: str, number: int) -> None:
    assert request(retmax=[text]).number("retmax", 3) == number


def test_lists_are_joined_and_their_gaps_left_out() -> None:
    assert request(id=["1, 2,,", "3"]).listed("id") == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("utility", "source"),
    [
        *(("esearch", "ncbi"), ("ecitmatch", "ncbi"), ("idconv", "ncbi")),
        *(("icite", "icite"), ("crossref", "crossref"), ("europepmc", "europepmc")),
    ],
)
def test_requests_are_counted_by_whose_they_are(utility: str, source: str) -> None:
    assert request(utility).source == source


def test_an_answer_says_how_long_it_is_unless_it_was_told_otherwise() -> None:
    head, _, body = octets(Answer(b"<a/>")).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml")
    assert (b"Content-Length: 4" in head, body) == (True, b"<a/>")
    wrong = octets(Answer(b"<a/>", headers={"Content-Length": "9"}))
    assert wrong.count(b"Content-Length: 9") == wrong.count(b"Content-Length") == 1


@given(st.binary(max_size=10_000))
def test_chunks_put_together_are_the_body(content: bytes) -> None:
    whole = octets(Answer(content, headers={"Transfer-Encoding": "chunked"}))
    head, _, rest = whole.partition(b"\r\n\r\n")
    assert b"Content-Length" not in head
    body = b""
    while rest:
        size, _, rest = rest.partition(b"\r\n")
        body, rest = body + rest[: int(size, 16)], rest[int(size, 16) + 2 :]
    assert body == content


@given(st.text())
def test_any_words_make_a_document_that_can_be_read(words: str) -> None:
    root = fromstring(document("esearch", leaf("Count", words)).body)
    assert root.tag == "eSearchResult"
    assert len(root) == 1


def test_an_element_of_nothing_is_empty_and_keeps_its_attributes() -> None:
    assert element("IdList") == "<IdList/>"
    assert element('Id Type="x"', "1") == '<Id Type="x">1</Id>'


def test_a_refusal_comes_in_the_form_that_was_asked_for() -> None:
    assert b"<ERROR>no &amp; no</ERROR>" in refused(request(), "no & no").body
    answer = refused(request(retmode=["json"]), "no")
    assert json.loads(answer.body)["esearchresult"] == {"ERROR": "no"}
    assert refused(request("epost", retmode=["json"]), "no").body.startswith(b"<?xml")


def test_json_of_a_utility_begins_with_its_name_and_version() -> None:
    assert json.loads(as_json("einfo", {"a": 1}).body) == {
        "header": {"type": "einfo", "version": "0.3"},
        "a": 1,
    }


def test_names_in_json_are_in_lower_case_at_every_depth() -> None:
    assert lower({"IdList": [{"Id": "A"}]}) == {"idlist": [{"id": "A"}]}
