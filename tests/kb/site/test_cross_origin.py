"""Pages of other sites read the exports of a public site, and nothing else."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from lxml import html

from kb.data import data_dir
from kb.site.cross_origin import is_public
from kb.site.serve import datasette_over

ALLOWED = "access-control-allow-origin"
EXPORTS = ("/export/citation.vosviewer?topic=modality", "/export/references.csv", "/export/no.ris")


async def asked(base: Path, host: str, *addresses: str, method: str = "GET") -> list[Any]:
    datasette = datasette_over(base, data_dir())
    try:
        return [
            await datasette.client.request(method, address, headers={"host": host})
            for address in addresses
        ]
    finally:
        datasette.executor.shutdown()
        datasette.databases["kb"].close()


@pytest.mark.parametrize(
    ("host", "public"),
    [
        ("kb.example.org", True),
        ("KB.example.org:8001", True),
        ("8.8.8.8", True),
        ("[2001:4860:4860::8888]:80", True),
        ("127.0.0.1:8001", False),
        ("127.1.2.3", False),
        ("10.0.0.7:8001", False),
        ("192.168.1.2", False),
        ("[::1]:8001", False),
        ("localhost:8001", False),
        ("kb.localhost", False),
        ("ward.local", False),
        ("kb.internal", False),
        ("workstation", False),
        ("workstation.", False),
        ("", False),
        ("a:b:c", False),
    ],
)
def test_a_name_or_an_address_that_leads_here_from_outside_is_public(
    host: str, public: bool
) -> None:
    assert is_public(host) is public


def test_an_export_of_a_public_site_may_be_read_by_any_page_and_no_other_answer(base: Path) -> None:
    found = asyncio.run(asked(base, "kb.example.org", *EXPORTS))
    assert [answer.status_code for answer in found] == [200, 200, 400]
    for answer in found:
        assert answer.headers[ALLOWED] == "*"
        assert "access-control-allow-credentials" not in answer.headers
    others = ("/", "/search", "/map", "/kb/papers.json", "/kb.json", "/export/", "/-/kb/site.css")
    for answer in asyncio.run(asked(base, "kb.example.org", *others)):
        assert ALLOWED not in answer.headers, answer.url


@pytest.mark.parametrize("host", ["127.0.0.1:8001", "localhost", "10.0.0.7"])
def test_what_is_served_on_this_machine_alone_is_kept_from_pages_of_other_sites(
    host: str, base: Path
) -> None:
    for answer in asyncio.run(asked(base, host, *EXPORTS)):
        assert ALLOWED not in answer.headers
    (before,) = asyncio.run(asked(base, host, EXPORTS[0], method="OPTIONS"))
    assert before.status_code == 405


def test_a_browser_that_asks_before_is_told_what_it_may(base: Path) -> None:
    (answer,) = asyncio.run(asked(base, "kb.example.org", EXPORTS[0], method="OPTIONS"))
    assert answer.status_code == 204
    assert answer.headers[ALLOWED] == "*"
    assert answer.headers["access-control-allow-methods"] == "GET, HEAD"
    for method, address in (("POST", EXPORTS[0]), ("OPTIONS", "/search")):
        (answer,) = asyncio.run(asked(base, "kb.example.org", address, method=method))
        assert answer.status_code == 405


@pytest.mark.parametrize(
    ("page", "query"), [("/map", {}), ("/search?topic=modality", {"topic": ["modality"]})]
)
def test_a_public_site_leads_to_vosviewer_online_with_the_same_map(
    page: str, query: dict[str, list[str]], base: Path
) -> None:
    (answer,) = asyncio.run(asked(base, "kb.example.org", page))
    (link,) = html.fromstring(answer.text).xpath('//a[starts-with(@href, "https://app.vos")]/@href')
    (file,) = parse_qs(urlsplit(link).query)["json"]
    there = urlsplit(file)
    assert (there.scheme, there.netloc) == ("http", "kb.example.org")
    assert (there.path, parse_qs(there.query)) == ("/export/citation.vosviewer", query)
    (export,) = asyncio.run(asked(base, "kb.example.org", f"{there.path}?{there.query}"))
    assert export.json()["network"]["items"]


@pytest.mark.parametrize("page", ["/map", "/search?topic=modality"])
def test_a_site_on_this_machine_offers_the_file_alone(page: str, base: Path) -> None:
    (answer,) = asyncio.run(asked(base, "127.0.0.1:8001", page))
    assert "/export/citation.vosviewer" in answer.text
    assert "app.vosviewer.com" not in answer.text
