"""Every page can be used by everyone: axe-core finds nothing grave, and the keyboard suffices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

# Papers that strain the page: one that cites a retracted one, a retracted one, one with hostile
# text, one with a long title, a chapter, one of which little is known.
PAPERS = (990000003, 990000005, 990000051, 990000069, 990000070, 990000047, 990000071)
PAGES = (
    "/",
    "/search",
    "/search?q=neuroblastoma&topic=mri&year=2014",
    "/search?q=zebrafish",
    "/search?q=MIBG+vs+FDG-PET&sort=evidence",
    "/search?q=neurobastoma",
    *(f"/paper/{pmid}" for pmid in PAPERS),
    "/paper/1",
    "/work/doi:10.5555/specimen.o2",
    "/topic/mri",
    "/topic/modality?sort=evidence",
    "/queries",
    "/map",
    "/map?layout=force",
    "/gaps",
    "/integrity",
    "/check",
    "/changes",
    "/runs",
)
# What a reader can act on: seen, and not inside something that is folded away.
ACTABLE = """() => [...document.querySelectorAll(
    'a[href], button, input, textarea, summary')].filter(
    each => each.type !== 'hidden' && each.tabIndex >= 0 && each.checkVisibility())"""
# Where the focus is, whether it can be seen there, and whether it is on the screen.
FOCUSED = """() => {
    const it = document.activeElement, style = getComputedStyle(it);
    const box = it.getBoundingClientRect();
    return [[...document.querySelectorAll('*')].indexOf(it), style.outlineStyle !== 'none'
        && parseFloat(style.outlineWidth) >= 2, box.bottom > 0 && box.top < innerHeight];
}"""


# Colours follow the scheme alone and the layout the width alone: each of them once.
@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (360, "dark")])
def test_axe_finds_nothing_serious(
    browser: Browser, address: str, axe: str, width: int, scheme: str
) -> None:
    page = browser.new_page(
        base_url=address,
        viewport={"width": width, "height": 800},
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    grave = []
    for path in PAGES:
        page.goto(path)
        page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
        page.evaluate(axe)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        grave += [
            f"{path}: {each['id']} {node['html'][:120]}"
            for each in found["violations"]
            if each["impact"] in ("serious", "critical")
            for node in each["nodes"]
        ]
    page.close()
    assert grave == []


@pytest.mark.parametrize(
    "path", ["/", "/search?q=MIBG", "/paper/990000005", "/map", "/gaps", "/check"]
)
def test_the_keyboard_reaches_all_that_can_be_acted_on_and_shows_where_it_is(
    page: Page, path: str
) -> None:
    page.goto(path)
    wanted = page.evaluate(
        f"() => {{ const all = [...document.querySelectorAll('*')];"
        f" return ({ACTABLE})().map(each => all.indexOf(each)); }}"
    )
    reached = set()
    for _ in range(len(wanted) + 5):
        page.keyboard.press("Tab")
        place, outlined, on_screen = page.evaluate(FOCUSED)
        if place in reached:
            break
        reached.add(place)
        if place in wanted:
            assert outlined
            assert on_screen
    assert set(wanted) <= reached
