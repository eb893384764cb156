"""The stand-in of Europe PMC's search, asked over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from building import paper
from loopback import record_set

from harvest.standin import Corpus, Standin, serve


@pytest.fixture(scope="module")
def standin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standin]:
    file = tmp_path_factory.mktemp("europepmc") / "pubmed.xml"
    file.write_bytes(
        record_set(
            paper(1, title="MIBG scans", types=["Journal Article"]),
            paper(2, title="MIBG scans of children", types=["Preprint"], doi="10.5555/two"),
            paper(3, title="Scans", abstract="With MIBG.", types=["Preprint"]),
        )
    )
    with serve(Corpus.from_files([file])) as server:
        yield server


def ask(standin: Standin, path: str = "search", **parameters: Any) -> Any:
    with requests.Session() as session:
        session.trust_env = False
        url = f"{standin.base('europepmc')}{path}"
        answer = session.get(url, params=parameters, timeout=10)
    return answer.json() if answer.content else answer.status_code


def ids(answer: Any) -> list[str]:
    return [result["id"] for result in answer["resultList"]["result"]]


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("MIBG", ["PPR2", "PPR3"]),
        ("(mibg AND children) AND (SRC:PPR)", ["PPR2"]),
        ("opsoclonus", []),
    ],
)
def test_only_preprints_are_found_by_all_words_of_a_query(
    standin: Standin, query: str, numbers: list[str]
) -> None:
    answer = ask(standin, query=query)
    assert sorted(ids(answer)) == numbers
    assert answer["hitCount"] == len(numbers)


def test_pages_lead_to_each_other_until_the_last(standin: Standin) -> None:
    first = ask(standin, query="MIBG", pageSize=1, cursorMark="*")
    last = ask(standin, query="MIBG", pageSize=1, cursorMark=first["nextCursorMark"])
    assert sorted(ids(first) + ids(last)) == ["PPR2", "PPR3"]
    assert "nextCursorMark" not in last


def test_a_result_has_the_fields_of_the_service(standin: Standin) -> None:
    [result] = ask(standin, query="children")["resultList"]["result"]
    assert (result["source"], result["doi"], result["pubType"]) == (
        "PPR",
        "10.5555/two",
        "preprint",
    )
    assert result["bookOrReportDetails"]["publisher"] == "Journal of examples"


@pytest.mark.parametrize(
    ("parameters", "message"),
    [({}, "No search criteria"), ({"query": "a", "pageSize": 1001}, "Invalid page size")],
)
def test_errors_come_with_http_200(
    standin: Standin, parameters: dict[str, Any], message: str
) -> None:
    answer = ask(standin, **parameters)
    assert answer["errCode"] == 404
    assert message in answer["errMsg"]


def test_there_is_nothing_but_the_search(standin: Standin) -> None:
    assert ask(standin, "MED/1/references") == 404
