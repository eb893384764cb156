"""The page of the map: what it is asked, and that picture, file and table say the same."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest
from serving import asking, text_of
from specimen_site import Get, asked
from standing_base import STANDS

from kb.notices.verdict import ALARMS, MARKS
from kb.site.hues import COLOURS

SVG = "{http://www.w3.org/2000/svg}"
WORK = re.compile(r'<a href="(/(?:paper|work)/[^"]*)" tabindex="-1"><circle')
QUERIES = (
    "",
    "?layout=force&works=40",
    "?topic=neuroblastoma",
    "?from=2010&to=2020&colour=year",
    "?around=990000001&hops=2&size=pagerank",
)


@pytest.mark.parametrize("layout", ["year", "force"])
def test_the_map_links_each_work_marks_retractions_and_states_its_limit(
    get: Get, base: Path, layout: str
) -> None:
    html = get(f"/map?layout={layout}&works=500").text
    ((works,),) = asked(base, "SELECT count(*) FROM works")
    shown = min(works, 500)
    assert len(WORK.findall(html)) == shown
    assert (f"The {shown} of {works:,} works" if works > shown else f"{works} works") in html
    assert "<title>Retracted: Ever E" in html
    assert 'href="/export/citation.gexf"' in html


@pytest.mark.parametrize("query", QUERIES)
def test_picture_file_and_table_have_the_same_works(get: Get, query: str) -> None:
    html = get(f"/map{query}").text
    drawn = fromstring(get(f"/map.svg{query}").content)
    table = get(f"/map/table{query}").text
    works = sorted(WORK.findall(html))
    assert works
    assert works == sorted(link.get("href", "") for link in drawn.iter(f"{SVG}a"))
    assert works == sorted(re.findall(r'<th scope="row">.*?<a href="([^"]*)"', table))


def test_what_was_asked_stands_in_the_form_and_in_the_links(get: Get) -> None:
    html = get("/map?topic=neuroblastoma&from=1990&works=20&q=imaging&layout=force").text
    assert '<option value="force" selected' in html
    assert '<option value="neuroblastoma" selected' in html
    assert 'name="from" min="0" max="9999" value="1990"' in html
    assert '<input type="hidden" name="q" value="imaging">' in html
    assert 'href="/export/citation.graphml?topic=neuroblastoma&amp;from=1990&amp;q=imaging"' in html
    assert 'href="/map.svg?topic=neuroblastoma&amp;from=1990&amp;works=20' in html


def test_a_paper_and_a_work_lead_to_what_is_around_them(get: Get) -> None:
    for page, work in (("/paper/990000001", "990000001"), ("/work/pmid:990000001", "990000001")):
        (address,) = re.findall(r'href="(/map\?around=[^"]*)"', get(page).text)
        drawn = get(address.replace("&amp;", "&")).text
        assert f"/paper/{work}" in WORK.findall(drawn)


def test_a_file_says_what_it_is_of_and_runs_nothing(get: Get, base: Path) -> None:
    answer = get("/map.svg?from=2000")
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert "script-src" not in answer.headers["content-security-policy"]
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    ((identity,),) = asked(base, "SELECT value FROM meta WHERE key = 'base_id'")
    whole = fromstring(answer.content)
    assert (whole.findtext(f"{SVG}desc") or "").endswith("/map?from=2000")
    (told,) = (text.text or "" for text in whole.iter(f"{SVG}text") if text.get("class") == "told")
    assert f"base {identity}, newest record of 20" in told
    assert re.search(r"Citation map: \d+ of [\d,]+ works\. http://[^ ]*/map\?from=2000$", told)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("layout=round", "layout=round: there are year, force."),
        ("colour=red", "colour=red: there are community, topic, design, year, standing."),
        ("size=large", "size=large: there are cited, pagerank."),
        ("works=0", "works=0: write a number from 1 to 500."),
        ("works=501", "works=501: write a number from 1 to 500."),
        ("topic=nonsense", "topic=nonsense: there is none here."),
        ("around=1", "the base has no such work"),
        ("from=2020&to=2010", "the years run backwards"),
    ],
)
def test_what_cannot_be_meant_is_answered_in_words(get: Get, query: str, said: str) -> None:
    for page in ("/map", "/map.svg", "/map/table"):
        answer = get(f"{page}?{query}")
        assert answer.status_code == 400
        assert said in text_of(answer)


def test_where_nothing_is_left_the_page_says_so(get: Get) -> None:
    assert "No work is left" in text_of(get("/map?from=1800&to=1801"))
    assert get("/map.svg?from=1800&to=1801").status_code == 200


@pytest.mark.parametrize("colour", COLOURS)
def test_every_colour_of_the_legend_is_in_the_picture(get: Get, colour: str) -> None:
    html = get(f"/map?colour={colour}").text
    picture, _, below = html.partition("</svg>")
    of_works = set(re.findall(r'class="(?:paper|cited) ((?:hue|step)-\d)"', picture))
    legend = below.partition("Only cited")[0]
    assert of_works == set(re.findall(r'class="paper ((?:hue|step)-\d)"', legend))


def test_the_map_marks_each_work_by_how_it_stands_in_the_picture_and_in_the_list(
    every_verdict: Path,
) -> None:
    with asking(every_verdict) as get:
        html = get("/map").text
    assert html.count('class="retracted"') == 2 * 3 + 2  # those of the legend too
    drawn, listed = html.split('<ol class="works">')
    for work, status in STANDS.items():
        address = f"/paper/{work[5:]}" if work.startswith("pmid:") else f"/work/{work}"
        (title,) = re.findall(
            rf'<a href="{address}" tabindex[^<]*<circle[^<]*<title>([^<]*)', drawn
        )
        (before,) = re.findall(rf'<li>(.*?)<a href="{address}">', listed)
        mark = MARKS[status].flag if status in MARKS else ""
        assert title.startswith(f"{mark}: ") if mark else ": " not in title.partition(" – ")[0]
        assert re.sub(r"<[^>]*>", "", before).strip() == mark
        assert ("alarm" in before) == (status in ALARMS)
