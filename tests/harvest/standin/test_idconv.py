"""The ID converter of the stand-in, over HTTP."""

from __future__ import annotations

from xml.etree.ElementTree import fromstring

import pytest
import requests

from harvest.standin import Standin


def converted(standin: Standin, session: requests.Session, **parameters: str) -> requests.Response:
    query = {"format": "json"} | parameters
    return session.get(standin.base("idconv"), params=query, timeout=10)


def test_idconv_knows_articles_in_pmc_alone(standin: Standin, session: requests.Session) -> None:
    found = {"pmcid": "PMC77", "pmid": 12, "doi": "10.1234/ab(12)c"}
    for kind, item in (("pmid", "12"), ("pmcid", "PMC77"), ("doi", "10.1234/AB(12)c")):
        answer = converted(standin, session, ids=f"{item},{item}", idtype=kind).json()
        assert answer["status"] == "ok"
        assert answer["records"] == [found | {"requested-id": item}]
    (missing,) = converted(standin, session, ids="11").json()["records"]
    assert (missing["status"], missing["errmsg"]) == ("error", "Identifier not found in PMC")
    as_xml = converted(standin, session, ids="12,11", format="xml").content
    assert [this.get("pmcid") for this in fromstring(as_xml)] == ["PMC77", None]


@pytest.mark.parametrize(
    "parameters",
    [
        {"ids": "PMC77,12"},
        {"ids": "12", "idtype": "doi"},
        {"ids": "12", "idtype": "isbn"},
        {"ids": ""},
        {"ids": ",".join(map(str, range(1, 202)))},
    ],
)
def test_idconv_refuses_the_whole_batch(
    standin: Standin, session: requests.Session, parameters: dict[str, str]
) -> None:
    answer = converted(standin, session, **parameters)
    assert (answer.status_code, answer.json()["status"]) == (400, "error")
