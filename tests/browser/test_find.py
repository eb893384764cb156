"""What a clinician types leads to papers in a few clicks, without a script."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")


def typed(page: Page, words: str) -> None:
    page.goto("/")
    page.locator("#q").fill(words)
    page.locator(".bigsearch button").click()


def wider_than_the_window(page: Page) -> bool:
    page.wait_for_load_state()  # until then the style may be missing
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


@pytest.mark.parametrize("words", ["OMAS", "kinsbourne", "dancing eyes"])
def test_a_name_leads_to_the_topic_in_two_clicks(page: Page, words: str) -> None:
    typed(page, words)
    playwright.expect(page.locator(".said")).to_contain_text("or topic Opsoclonus-myoclonus")
    playwright.expect(page.locator(".papers > li").nth(9)).to_be_attached()
    assert not wider_than_the_window(page)
    page.locator(".named a").first.click()
    playwright.expect(page.locator("h1")).to_have_text("Opsoclonus-myoclonus syndrome")


def test_a_comparison_leads_to_the_papers_on_both(page: Page) -> None:
    typed(page, "MIBG vs FDG-PET")
    playwright.expect(page.locator(".named li")).to_have_count(3)
    page.get_by_role("link", name="On both topics").click()
    playwright.expect(page.locator(".chosen li")).to_have_count(2)
    playwright.expect(page.locator(".papers > li").first).to_be_visible()
    assert not wider_than_the_window(page)


def test_a_misspelling_is_one_click_from_its_papers(page: Page) -> None:
    typed(page, "neurobastoma")
    page.get_by_role("link", name="neuroblastoma", exact=True).click()
    playwright.expect(page.locator("#q")).to_have_value("neuroblastoma")
    playwright.expect(page.locator(".papers > li").first).to_be_visible()


def test_years_are_narrowed_beside_the_papers(page: Page) -> None:
    typed(page, "imaging")
    page.get_by_label("From", exact=True).fill("2010")
    page.get_by_label("to", exact=True).fill("2014")
    page.get_by_role("button", name="Narrow").click()
    playwright.expect(page.locator(".chosen")).to_contain_text("Year from: 2010")
    playwright.expect(page.locator(".axis")).to_have_text("20102014")
    assert page.locator("#q").input_value() == "imaging"


def test_a_list_is_checked_and_taken_along(page: Page) -> None:
    page.goto("/")
    page.get_by_role("navigation", name="Site").get_by_role("link", name="Check").click()
    page.locator("#list").fill("990000051\n12345\nA title without a number")
    page.get_by_role("button", name="Check").click()
    playwright.expect(page.locator(".summary")).to_contain_text("1 retracted")
    playwright.expect(page.locator(".checked tbody tr")).to_have_count(3)
    assert not wider_than_the_window(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="As CSV").click()
    assert download.value.path().read_text(encoding="utf-8").count("\n") == 4
