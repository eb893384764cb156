"""From the home page to a cited work in a real browser, by mouse, by keyboard and on a phone, over
the specimen corpus."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")

# What data/specimen/README.md says of them: a paper that cites a retracted one, whole-body MRI, a
# retracted paper, its notice, one with hostile text, one with a very long title.
CITING, IMAGING, RETRACTED, NOTICE, HOSTILE, LONG = (
    *(990000003, 990000005, 990000051),
    *(990000052, 990000069, 990000070),
)
CITED_DOI = "doi:10.5555/specimen.o2"
PAGES = (
    "/",
    "/search",
    "/search?q=neuroblastoma",
    "/search?q=script",
    "/search?page=2",
    *(f"/paper/{pmid}" for pmid in (CITING, IMAGING, RETRACTED, NOTICE, HOSTILE, LONG)),
    f"/work/{CITED_DOI}",
    "/topic/mri",
    "/topic/modality?sort=evidence",
    "/search?topic=mri&sort=evidence",
    "/kb/papers",
    "/kb/raw_records",
    f"/paper/{HOSTILE}.xml",
    "/queries",
    "/map",
    "/map?layout=force",
    "/gaps",
    "/integrity",
    "/changes",
    "/runs",
)


def test_from_home_to_what_a_reference_resolved_to(page: Page) -> None:
    page.goto("/")
    page.get_by_label(re.compile(r"Search \d+ papers")).fill("marrow transcripts")
    page.get_by_role("button", name="Search").click()
    playwright.expect(page.locator("h3 mark").first).to_have_text("marrow")

    page.get_by_role("link", name="Bone marrow disease on FDG PET/CT").first.click()
    page.wait_for_url(f"**/paper/{CITING}")
    reference = page.locator("#references li").nth(7)
    playwright.expect(reference).to_contain_text("by doi")
    playwright.expect(reference).to_contain_text("given with the reference")

    reference.get_by_role("link").click()
    page.wait_for_url(lambda url: url.endswith(f"/work/{CITED_DOI}"))
    page.get_by_role("link", name="Bone marrow disease on FDG PET/CT").first.click()
    page.wait_for_url(f"**/paper/{CITING}")


def test_a_topic_opens_to_the_words_that_gave_it(page: Page) -> None:
    page.goto(f"/paper/{IMAGING}")
    topic = page.locator(".topic", has=page.get_by_role("link", name="Whole-body MRI"))
    words = topic.get_by_role("cell", name="synonym:whole-body MRI").first
    assert not words.is_visible()
    topic.locator("summary").focus()
    page.keyboard.press("Enter")
    assert words.is_visible()


def test_the_rows_behind_a_list_are_one_click_away(page: Page) -> None:
    page.goto("/topic/wbmri")
    papers = page.locator("section", has=page.get_by_role("heading", name="4 papers"))
    papers.get_by_role("link", name="SQL of this list").click()
    playwright.expect(page.locator("table.rows-and-columns tbody tr")).to_have_count(4)


def test_the_best_evidence_of_a_topic_and_what_it_meets_are_two_clicks_away(page: Page) -> None:
    page.goto("/topic/mri")
    page.get_by_role("link", name="best evidence").click()
    playwright.expect(page.locator(".papers .judged").first).to_contain_text("Level ")
    together = page.get_by_role("complementary", name="Often together with")
    together.get_by_role("link").first.click()
    playwright.expect(page.locator(".chosen li")).to_have_count(2)


def test_the_record_as_it_arrived_is_read_as_text(page: Page) -> None:
    page.goto(f"/paper/{HOSTILE}")
    page.get_by_role("link", name="XML", exact=True).click()
    playwright.expect(page.locator("pre")).to_contain_text("<PubmedArticle>")


def test_the_first_rows_of_the_papers_are_read_without_scrolling_sideways(page: Page) -> None:
    page.goto("/kb/papers")
    title = page.locator("td.col-title").first.bounding_box()
    assert title
    width = page.evaluate("window.innerWidth")
    assert title["x"] + title["width"] <= width
    assert title["width"] >= min(250, width - 120)
    row = page.locator("table.rows-and-columns tbody tr").first.bounding_box()
    assert width < 577 or (row and row["height"] <= 200)


def test_the_keyboard_reaches_the_content_first(page: Page) -> None:
    page.goto(f"/paper/{IMAGING}")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    assert skip.evaluate("element => element === document.activeElement")
    assert skip.is_visible()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_no_page_is_wider_than_its_window_or_complains(page: Page) -> None:
    for address in PAGES:
        page.goto(address)
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, address


def test_a_very_long_title_does_not_fill_a_list(page: Page) -> None:
    page.goto("/search?q=radiologist+grandmother")
    title = page.locator(".papers h3", has=page.locator(f'a[href="/paper/{LONG}"]'))
    assert title.evaluate("title => title.clientHeight") <= 150
    assert title.evaluate("title => title.scrollHeight > title.clientHeight")
