"""ELink of the stand-in, over HTTP."""

from __future__ import annotations

import pytest
from standin_records import (
    Ask,
    fetched,
    links,
    texts,
    xml,
)


def test_elink_gives_a_set_for_each_id_and_one_for_a_list(ask: Ask) -> None:
    root = xml(ask("elink", dbfrom="pubmed", db="pubmed", id=["12", "13"]))
    assert [texts(block, "IdList/Id") for block in root] == [["12"], ["13"]]
    assert [links(block) for block in root] == [
        {"pubmed_pubmed_citedin": ["13"], "pubmed_pubmed_refs": ["99", "11"]},
        {"pubmed_pubmed_refs": ["12", "11"]},
    ]
    merged = xml(ask("elink", id="13,11"))
    assert [texts(block, "IdList/Id") for block in merged] == [["13", "11"]]
    assert links(merged[0]) == {
        "pubmed_pubmed_citedin": ["13", "12"],
        "pubmed_pubmed_refs": ["12", "11"],
    }


def test_elink_by_name_gives_that_link_alone(ask: Ask) -> None:
    root = xml(ask("elink", id="12", linkname="pubmed_pubmed_citedin"))
    assert links(root[0]) == {"pubmed_pubmed_citedin": ["13"]}


@pytest.mark.parametrize("uid", ["14", "999"])
def test_elink_without_links_is_a_set_with_its_ids_alone(ask: Ask, uid: str) -> None:
    assert [child.tag for child in xml(ask("elink", id=uid))[0]] == ["DbFrom", "IdList"]
    assert ask("elink", id=uid, retmode="json").json()["linksets"] == [
        {"dbfrom": "pubmed", "ids": [uid]}
    ]
    stored = xml(ask("elink", id=uid, cmd="neighbor_history"))
    assert [child.tag for child in stored[0]] == ["DbFrom", "IdList"]


def test_elink_as_json(ask: Ask) -> None:
    answer = ask("elink", id="12", linkname="pubmed_pubmed_refs", retmode="json").json()
    block = {"dbto": "pubmed", "linkname": "pubmed_pubmed_refs", "links": ["99", "11"]}
    assert answer["linksets"] == [{"dbfrom": "pubmed", "ids": ["12"], "linksetdbs": [block]}]


def test_elink_keeps_links_on_the_history_server(ask: Ask) -> None:
    stored = xml(ask("elink", id="12", cmd="neighbor_history"))[0]
    assert [child.tag for child in stored][2:] == ["LinkSetDbHistory", "LinkSetDbHistory", "WebEnv"]
    webenv = stored.findtext("WebEnv", "")
    assert fetched(ask("efetch", WebEnv=webenv, query_key=2)) == [11]
    again = ask("elink", WebEnv=webenv, query_key=1, cmd="neighbor_history", retmode="json").json()
    assert again["linksets"][0]["ids"] == ["13"]
    assert again["linksets"][0]["linksetdbhistories"][0]["querykey"] == "3"
    assert again["linksets"][0]["webenv"] == webenv


def test_elink_says_what_it_cannot_do(ask: Ask) -> None:
    assert "prlinks" in xml(ask("elink", id="12", cmd="prlinks")).findtext("ERROR", "")
    assert "ERROR" in ask("elink", id="x", retmode="json").json()
