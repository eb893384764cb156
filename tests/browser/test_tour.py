"""The path of docs/tour.md: from the home page to evidence that is found, judged, cited and
subscribed to, in fewer than ten clicks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")


def test_evidence_is_found_judged_cited_and_subscribed_to_in_under_ten_clicks(page: Page) -> None:
    clicks = 0

    def click(what: Locator) -> None:
        nonlocal clicks
        clicks += 1
        what.click()

    page.goto("/")

    # Find: which papers say how well a test stages? The gap map has the best level of each cell.
    click(page.get_by_role("navigation", name="Site").get_by_role("link", name="Gaps"))
    row = page.get_by_role("row", name="Whole-body MRI")
    click(row.locator("td a").first)
    playwright.expect(page.locator(".papers li").first).to_be_visible()

    # Judge: level, design and number of patients with what they were read from; retraction.
    click(page.locator(".papers h3 a").first)
    evidence = page.locator("#evidence")
    playwright.expect(evidence).to_contain_text("As evidence for")
    playwright.expect(evidence.locator("tbody tr").first).to_be_visible()
    playwright.expect(page.get_by_label("About the record")).to_contain_text("Retraction")
    pmid = page.url.rpartition("/")[2]

    # Cite: the words to copy, and a file for a reference manager.
    click(page.get_by_text("Other styles: AMA, APA"))
    playwright.expect(page.get_by_role("heading", name="APA")).to_be_visible()
    with page.expect_download() as download:
        click(page.get_by_role("link", name="RIS", exact=True))
    ris = download.value.path().read_text(encoding="utf-8")
    assert ris.count("TY  - ") == 1
    assert pmid in ris

    # Subscribe: to what will be found of this.
    page.go_back()
    feed = page.get_by_role("link", name="subscribe to new papers (Atom)")
    playwright.expect(feed).to_be_visible()
    clicks += 2  # back, and the link, which a feed reader takes
    answer = requests.get(page.url.split("/search")[0] + str(feed.get_attribute("href")), timeout=9)
    assert answer.headers["content-type"].startswith("application/atom+xml")
    assert f"/paper/{pmid}" in answer.text

    assert clicks < 10
