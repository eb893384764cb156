"""What a page of another site gets of this one in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from loopback import serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

EXPORT = "/export/citation.vosviewer"
FETCHED = "url => fetch(url).then(answer => answer.text()).then(text => text.length, e => e.name)"


@pytest.fixture
def public(address: str) -> str:
    """The address of the server by a name that others know it by."""
    return address.replace("127.0.0.1", "kb.example.org")


@pytest.fixture
def elsewhere(browser: Browser) -> Iterator[Page]:
    """A page of another site, from which a script asks."""
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(10_000)
    with serving(lambda asked: asked.answer(b"another")) as server:
        page.goto(f"http://elsewhere.example.org:{server.server_port}/")
        yield page
    context.close()


def test_another_site_reads_the_exports_of_a_public_site_and_nothing_else(
    elsewhere: Page, public: str
) -> None:
    assert elsewhere.evaluate(FETCHED, public + EXPORT) > 1000
    assert elsewhere.evaluate(FETCHED, f"{public}/kb/papers.json") == "TypeError"


def test_another_site_reads_nothing_of_a_server_on_this_machine(
    elsewhere: Page, address: str
) -> None:
    assert elsewhere.evaluate(FETCHED, address + EXPORT) == "TypeError"


def test_the_button_leads_to_vosviewer_online_and_nobody_is_asked_before(
    elsewhere: Page, public: str
) -> None:
    asked: list[str] = []
    elsewhere.on("request", lambda request: asked.append(request.url))
    elsewhere.goto(f"{public}/map")
    button = elsewhere.get_by_role("link", name="Open in VOSviewer Online")
    link = urlsplit(button.get_attribute("href") or "")
    assert (link.netloc, parse_qs(link.query)) == ("app.vosviewer.com", {"json": [public + EXPORT]})
    assert all(url.startswith(public) for url in asked), asked
