"""What an answer is, in words, and the sentence by which it is cited."""

from __future__ import annotations

import re
from html import unescape

import pytest
from serving import text_of
from specimen_site import IMAGING, Get

from kb.site.answer import About, in_words, to_cite
from kb.site.filters import Asked
from kb.site.search import Query


def asked(text: str = "", topics: tuple[str, ...] = (), pmids: int = 0, **filters: object) -> Asked:
    named = {f"topic{n}": topic for n, topic in enumerate(topics)}
    return Asked(
        text, Query(), list(topics), list(range(1, pmids + 1)), named | filters, "newest", "newest"
    )


@pytest.mark.parametrize(
    ("search", "words"),
    [
        (asked(), ""),
        (asked("late effects"), "“late effects”"),
        (asked("x", ("mri", "unknown")), "“x”, Magnetic resonance imaging, unknown"),
        (asked(year_from=2010, design="opinion"), "year from 2010, design opinion"),
        (asked(pmids=8), "PMID 1, 2, 3, 4, 5, 6 and 2 more"),
    ],
)
def test_a_search_is_told_by_names_and_not_by_slugs(search: Asked, words: str) -> None:
    assert in_words(search, {"mri": "Magnetic resonance imaging"}) == words


def test_what_a_base_does_not_say_is_left_out_of_the_sentence() -> None:
    told = to_cite("Site", About("7f", "2026-11-30T20:24:55Z", "0.1.0"), "Papers: all", "http://x/")
    assert told == (
        "Site (base 7f, newest record of 2026-11-30, version 0.1.0). Papers: all. http://x/"
    )
    assert (
        to_cite("Site", About(None, None, None), "Map", "y") == "Site (base without an id). Map. y"
    )


@pytest.mark.parametrize(
    ("address", "what"),
    [
        ("/search?q=staging&topic=mri", "Papers: “staging”, Magnetic resonance imaging, "),
        ("/topic/mri", "Topic: Magnetic resonance imaging, "),
        ("/map?layout=force", "Citation map: "),
        ("/gaps?scheme=A", "Evidence gaps: Imaging modality by clinical task"),
    ],
)
def test_an_answer_is_cited_by_its_base_its_newest_record_and_its_address(
    get: Get, address: str, what: str
) -> None:
    html = get(address).text
    cited = re.search(
        r'Cite this answer</summary>\s*<p class="citation"><bdi>(.*?)</bdi>', html, re.S
    )
    assert cited
    sentence = unescape(cited[1])
    base = re.search(r"Base <code>(\w+)</code>", html)
    assert base
    assert f"(base {base[1]}, newest record of 20" in sentence
    assert f"). {what}" in sentence
    (found,) = re.findall(r"http://[^/]+(/\S+)$", sentence)
    assert get(found).text == html


def test_the_menu_marks_where_one_is(get: Get) -> None:
    def marked(address: str) -> list[tuple[str, str]]:
        return re.findall(r'aria-current="(page|true)">([^<]*)</a>', get(address).text)

    assert marked("/gaps") == [("page", "Gaps")]
    assert marked("/search?q=mri") == [("page", "Papers")]
    assert marked(f"/paper/{IMAGING}") == marked("/topic/mri") == [("true", "Papers")]
    assert marked("/") == []


def test_a_topic_can_be_taken_along_from_its_top(get: Get) -> None:
    html = get("/topic/mri").text
    first = html.index('<ol class="papers"')
    for address in ("references.ris", "citation.graphml"):
        assert html.index(f'href="/export/{address}?topic=mri"') < first
    assert html.index('href="/search.atom?topic=mri"') < first
    assert 'title="New papers: Magnetic resonance imaging"' in html
    assert "Subscribe to new papers (Atom)".lower() in text_of(get("/search?q=mri")).lower()
