"""The small answers of E-utilities: read by Bio.Entrez or without it, never over a connection."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvest.service import Again, Refused, Reply
from harvest.services import small_answers
from harvest.services.small_answers import (
    EDITIONS,
    Dropped,
    LinkSet,
    SearchAnswer,
    dtd_of,
    fields_of,
    link_sets,
    record_of,
    root_of,
    search_answer,
    shipped,
    unshipped,
)
from kb.answers import elink_links, esearch_count

# What the repository of Biopython recorded of NCBI in November 2025.
RECORDED = {
    "eInfoResult": ("einfo1", "einfo2"),
    "eSearchResult": tuple(f"esearch{number}" for number in (1, 2, 3, 5, 6, 7, 8)),
    "ePostResult": ("epost1",),
    "eLinkResult": tuple(f"elink{number}" for number in range(1, 9)),
}
each_recorded = pytest.mark.parametrize(
    ("root", "name"), [(root, name) for root, names in RECORDED.items() for name in names]
)


class Noting:
    """A client that only takes notes."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def note(self, text: str) -> None:
        self.notes.append(text)

    def base(self, service: str) -> str:
        raise NotImplementedError

    def rate(self, service: str) -> Any:
        raise NotImplementedError

    def ask(self, *_question: Any) -> Any:
        raise NotImplementedError


@pytest.fixture
def client() -> Noting:
    return Noting()


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def cut(*_address: object, **_more: object) -> None:
        raise AssertionError("a connection was opened")

    for name in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, cut)


def reply(body: bytes, status: int = 200) -> Reply:
    return Reply("esearch", "", "", status, body)


def answer(root: str, content: str, dtd: str = "") -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8" ?>\n'
        f'<!DOCTYPE {root} PUBLIC "-//NLM//DTD {root}//EN" '
        f'"https://eutils.ncbi.nlm.nih.gov/eutils/dtd/{dtd or EDITIONS[root]}">\n'
        f"<{root}>{content}</{root}>\n"
    ).encode()


def search(rest: str = "", *, count: str = "2", ids: str = "<Id>1</Id><Id>2</Id>") -> bytes:
    content = (
        f"<Count>{count}</Count><RetMax>2</RetMax><RetStart>0</RetStart><IdList>{ids}</IdList>"
        f"<TranslationSet/><QueryTranslation>as read</QueryTranslation>{rest}"
    )
    return answer("eSearchResult", content)


def recorded(shared: Path, name: str) -> Reply:
    return reply((shared / "pubmed" / "entrez" / "biopython" / f"{name}.xml").read_bytes())


# What was recorded


@each_recorded
def test_bio_entrez_reads_what_was_recorded_of_ncbi(
    client: Noting, shared: Path, root: str, name: str
) -> None:
    assert record_of(client, recorded(shared, name), root).tag == root
    assert client.notes == []


def test_a_recorded_post_gives_the_key_and_the_environment_of_its_set(
    client: Noting, shared: Path
) -> None:
    record = record_of(client, recorded(shared, "epost1"), "ePostResult")
    assert (record["QueryKey"], record["WebEnv"]) == ("1", "MCID_692851c130aec64bed0a8c2a")


@pytest.mark.parametrize("name", RECORDED["eSearchResult"])
def test_a_recorded_search_says_the_same_whoever_reads_it(
    client: Noting, shared: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    found = search_answer(client, recorded(shared, name))
    assert (int(found.count), found.translation) == esearch_count(recorded(shared, name).body)
    monkeypatch.setattr(small_answers, "EDITIONS", {})
    assert search_answer(client, recorded(shared, name)) == found
    assert len(client.notes) == 1


def test_a_recorded_phrase_that_pubmed_does_not_know_is_named(client: Noting, shared: Path) -> None:
    assert search_answer(client, recorded(shared, "esearch8")) == SearchAnswer(
        "0", [], "(abcXYZ[All Fields])", [Dropped("phrase", "abcXYZ")]
    )
    assert str(Dropped("phrase", "abcXYZ")) == "the phrase 'abcXYZ'"


@pytest.mark.parametrize("name", RECORDED["eLinkResult"])
def test_recorded_links_are_the_same_whoever_reads_them(
    client: Noting, shared: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    sets = link_sets(client, recorded(shared, name))
    assert sets
    monkeypatch.setattr(small_answers, "EDITIONS", {})
    assert link_sets(client, recorded(shared, name)) == sets


def test_recorded_links_are_those_that_the_build_reads(client: Noting, shared: Path) -> None:
    [linkset] = link_sets(client, recorded(shared, "elink4"))
    [(paper, linked)] = elink_links(recorded(shared, "elink4").body, linkset.links[0][0]).items()
    assert linkset.papers == [str(paper)]
    named = [int(pmid) for name, pmid in linkset.links if name == linkset.links[0][0]]
    assert [pmid for pmid in named if pmid != paper] == linked != []


def test_recorded_fields_are_the_same_whoever_reads_them(
    client: Noting, shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fields = fields_of(client, recorded(shared, "einfo2"))
    assert fields >= {"UID", "EDAT", "MDAT", "MESH", "TIAB"}
    monkeypatch.setattr(small_answers, "EDITIONS", {})
    assert fields_of(client, recorded(shared, "einfo2")) == fields


@pytest.mark.parametrize(
    ("name", "root", "said"),
    [
        ("epost2", "ePostResult", "Invalid db name specified: nothing"),
        ("epost3", "ePostResult", "Empty ID list; Nothing to store"),
    ],
)
def test_what_ncbi_refused_is_told_in_its_words(
    client: Noting, shared: Path, name: str, root: str, said: str
) -> None:
    assert record_of(client, recorded(shared, name), root) is None
    with pytest.raises(Refused, match=said):
        root_of(recorded(shared, name), root)


def test_a_recorded_answer_that_was_cut_off_is_none(client: Noting, shared: Path) -> None:
    with pytest.raises(Again, match="broken XML"):
        fields_of(client, recorded(shared, "einfo4"))


@pytest.mark.parametrize("name", ["esearch.pubmed", "esearch.error"])
def test_answers_of_long_ago_name_a_dtd_that_is_no_longer_used_and_are_read_without(
    client: Noting, shared: Path, name: str
) -> None:
    body = (shared / "pubmed" / "entrez" / "eutils-json" / f"{name}.xml").read_bytes()
    assert search_answer(client, reply(body)).count == str(esearch_count(body)[0])


# Which DTD


def test_biopython_has_the_dtd_of_each_small_answer() -> None:
    assert shipped() == tuple(EDITIONS.values())


@pytest.mark.parametrize("dtd", ["20271201/esearch.dtd", "20060628/esearch_271201.dtd"])
def test_a_dtd_that_biopython_does_not_have_is_noted_and_the_answer_read_all_the_same(
    client: Noting, dtd: str
) -> None:
    body = search().replace(EDITIONS["eSearchResult"].encode(), dtd.encode())
    assert dtd_of(body, "eSearchResult") == (dtd, False)
    assert search_answer(client, reply(body)) == SearchAnswer("2", ["1", "2"], "as read", [])
    assert client.notes == [unshipped(dtd)]


def test_a_dtd_of_another_answer_is_not_the_one_that_ships(client: Noting) -> None:
    body = search().replace(b"20060628/esearch.dtd", b"20101123/elink.dtd")
    assert dtd_of(body, "eSearchResult") == ("20101123/elink.dtd", False)
    assert record_of(client, reply(body), "eSearchResult") is None


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"<!DOCTYPE eSearchResult>",
        b'<!DOCTYPE eSearchResult SYSTEM "https://eutils.ncbi.nlm.nih.gov/x/20060628/esearch.dtd">',
        b'<!DOCTYPE eSearchResult PUBLIC "a" "https://x/20060628/esearch.dtd" [<!ELEMENT a ANY>]>',
    ],
    ids=["none", "no address", "no public name", "a part of its own"],
)
def test_an_answer_that_begins_otherwise_is_read_without_bio_entrez(
    client: Noting, head: bytes
) -> None:
    body = re.sub(rb"<!DOCTYPE[^>]*>", lambda _found: head, search())
    assert dtd_of(body, "eSearchResult") is None
    assert search_answer(client, reply(body)).pmids == ["1", "2"]


@pytest.mark.parametrize(
    "part",
    [
        '<processing-meta tagset-family="jats" base-tagset="archiving"/>',
        '<x xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        ' xsi:noNamespaceSchemaLocation="https://www.ncbi.nlm.nih.gov/a.xsd"/>',
        "<New>an element that the DTD does not have</New>",
    ],
    ids=["a JATS head", "a schema", "an element"],
)
def test_what_would_make_bio_entrez_fetch_or_fail_is_read_without_it(
    client: Noting, part: str
) -> None:
    assert record_of(client, reply(search(part)), "eSearchResult") is None
    assert search_answer(client, reply(search(part))).pmids == ["1", "2"]


def test_an_entity_that_nobody_declared_is_not_dropped_in_silence(client: Noting) -> None:
    body = search().replace(b"as read", b"M&uuml;ller")
    with pytest.raises(Again, match="undefined entity"):
        search_answer(client, reply(body))


def test_bio_entrez_makes_no_folder_and_needs_no_home(tmp_path: Path) -> None:
    code = "from harvest.services.small_answers import shipped; print(len(shipped()))"
    for home in (tmp_path, Path("/proc")):
        environment = os.environ | {"HOME": str(home)}
        command = [sys.executable, "-c", code]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        assert done.stdout == "4\n"
    assert list(tmp_path.iterdir()) == []


def test_a_command_that_asks_nothing_does_not_load_it() -> None:
    code = "import harvest.cli, sys; print([name for name in sys.modules if name[:3] == 'Bio'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


# What is no answer


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "not XML but an empty answer"),
        (b'{"error":"API rate limit exceeded"}', "not XML"),
        (b"<!DOCTYPE html><html><body>Sign in<br></body></html>", "HTML"),
        (search()[:-20], "broken XML"),
        (b'<?xml version="1.0"?><!DOCTYPE e [<!ENTITY a "b">]><eSearchResult/>', "entities"),
        (answer("eLinkResult", ""), "<eLinkResult> where <eSearchResult> was due"),
        (answer("eSearchResult", "<ERROR>Search Backend failed</ERROR>"), "Search Backend failed"),
    ],
)
def test_what_is_no_answer_to_a_search_is_to_be_asked_again(
    client: Noting, body: bytes, why: str
) -> None:
    with pytest.raises(Again, match=re.escape(why)):
        search_answer(client, reply(body))


def test_an_error_that_stays_is_refused_also_where_it_stands_deep_in_the_answer(
    client: Noting,
) -> None:
    linkset = "<LinkSet><DbFrom>pubmed</DbFrom><ERROR>Empty ID list</ERROR></LinkSet>"
    with pytest.raises(Refused, match="it says: Empty ID list"):
        link_sets(client, reply(answer("eLinkResult", linkset)))


def test_a_key_that_ncbi_does_not_know_is_said_to_be_the_trouble(client: Noting) -> None:
    with pytest.raises(Refused) as refusal:
        search_answer(client, reply(b'{"error":"API key invalid"}', 400))
    assert refusal.value.advice == "Check NCBI_API_KEY, or unset it."


def test_a_history_server_comes_with_the_answer_and_changes_nothing(client: Noting) -> None:
    history = "</RetStart><QueryKey>1</QueryKey><WebEnv>MCID_1</WebEnv>"
    body = search().replace(b"</RetStart>", history.encode())
    assert record_of(client, reply(body), "eSearchResult")["WebEnv"] == "MCID_1"
    assert search_answer(client, reply(body)).pmids == ["1", "2"]


def test_links_keep_their_names_and_sets_that_merge_papers_all_of_them(client: Noting) -> None:
    linkset = (
        "<LinkSet><DbFrom>pubmed</DbFrom><IdList><Id>1</Id><Id>2</Id></IdList>"
        "<LinkSetDb><DbTo>pubmed</DbTo><LinkName>a</LinkName><Link><Id>3</Id></Link></LinkSetDb>"
        "<LinkSetDb><DbTo>pubmed</DbTo><LinkName>b</LinkName></LinkSetDb></LinkSet>"
    )
    sets = link_sets(client, reply(answer("eLinkResult", linkset)))
    assert sets == [LinkSet(["1", "2"], [("a", "3")])]


texts = st.text(
    st.characters(min_codepoint=32, max_codepoint=0x2FFF, exclude_characters="&<>\x7f"), max_size=30
)


@given(st.lists(st.integers(0, 10**40)), texts, texts)
def test_both_readers_take_the_same_from_any_search(
    pmids: list[int], translation: str, phrase: str
) -> None:
    ids = "".join(f"<Id>{pmid}</Id>" for pmid in pmids)
    errors = f"<ErrorList><PhraseNotFound>{phrase}.</PhraseNotFound></ErrorList>"
    body = search(errors, count=str(len(pmids)), ids=ids)
    body = body.replace(b"as read", translation.encode())
    client = Noting()
    assert record_of(client, reply(body), "eSearchResult") is not None
    with pytest.MonkeyPatch.context() as patch:
        found = search_answer(client, reply(body))
        patch.setattr(small_answers, "EDITIONS", {})
        assert search_answer(client, reply(body)) == found
    assert found.pmids == [str(pmid) for pmid in pmids]
