"""The page of a search, its files and its counts."""

from __future__ import annotations

import re
import sqlite3
from html import unescape

import pytest
from serving import text_of
from specimen_site import (
    CITED_DOI,
    IMAGING,
    NOTATIONS,
    Get,
)

from kb.site import results


def test_the_files_of_a_search_stand_before_its_papers(get: Get) -> None:
    html = get("/search?q=neuroblastoma").text
    first = html.index('<ol class="papers"')
    assert html.index('href="/export/references.ris?q=neuroblastoma"') < first
    assert html.index('href="/export/citation.graphml?q=neuroblastoma"') < first


def test_papers_can_be_named_by_pmid_for_a_search_a_feed_and_a_file(get: Get) -> None:
    both = f"pmid={IMAGING}&pmid={NOTATIONS}"
    assert "2 papers" in text_of(get(f"/search?{both}"))
    assert get(f"/search.atom?{both}").text.count("<entry>") == 2
    assert get(f"/export/references.ris?{both}").text.count("TY  - ") == 2
    assert "1 paper" in text_of(get(f"/search?{both}&q=123I-mIBG"))


def test_search_finds_ranks_and_marks(get: Get) -> None:
    response = get("/search?q=radiomics")
    assert "[Specimen] CT <mark>radiomics</mark> foretells" in response.text
    assert "2 papers" in text_of(response)
    assert "Sorted by relevance" in text_of(response)


def test_search_marks_a_word_of_the_abstract_where_it_stands(get: Get) -> None:
    assert "no <mark>trephine</mark> biopsy was taken" in get("/search?q=trephine").text


def test_search_narrows_by_topic_with_its_narrower_ones_by_year_and_type(get: Get) -> None:
    assert "4 papers" in text_of(get("/search?topic=wbmri"))
    # Of these three, one has topics narrower than MRI and not MRI itself.
    assert "3 papers" in text_of(get("/search?topic=mri&year=2014"))
    assert "1 paper" in text_of(get("/search?type=Meta-Analysis"))
    assert "No paper here matches" in text_of(get("/search?topic=contrast"))


def test_search_offers_what_narrows_it_with_counts(get: Get) -> None:
    response = get("/search?q=imaging")
    assert 'href="/search?q=imaging&amp;topic=mri"' in response.text
    assert 'href="/search?q=imaging&amp;year=2023"' in response.text
    assert 'href="/search?q=imaging&amp;type=Review"' in response.text


def test_a_pmid_a_doi_and_a_pmcid_are_found_as_identifiers(get: Get) -> None:
    for named in (NOTATIONS, "https://doi.org/10.5555/SPECIMEN.0016", "PMC990000016"):
        seen = get(f"/search?q={named}")
        assert "Named by this identifier" in seen.text
        assert f'href="/paper/{NOTATIONS}"' in seen.text
    assert f'href="/work/{CITED_DOI}"' in get(f"/search?q={CITED_DOI.removeprefix('doi:')}").text


def test_a_search_without_a_word_says_so(get: Get) -> None:
    assert "write at least one word" in text_of(get("/search?q=🧠%00%22"))


def test_the_sql_behind_a_search_gives_the_same_papers(get: Get) -> None:
    page = get("/search?q=staging&topic=wbmri&year=2014")
    link = re.search(r'href="(/kb\.json\?sql=[^"]*)"', page.text)
    assert link
    assert [row[0] for row in get(unescape(link[1])).json()["rows"]] == [990000056, IMAGING]


def test_a_trend_stands_beside_the_papers_with_a_form_for_the_years(get: Get) -> None:
    answer = get("/search?q=imaging&design=narrative+review&sort=newest")
    html, seen = answer.text, text_of(answer)
    assert "Papers a year" in seen
    assert re.search(
        r'<a href="/search\?q=imaging&amp;design=narrative\+review&amp;sort=newest&amp;year=\d{4}"',
        html,
    )
    form = html[html.index('<form class="years"') :]
    form = form[: form.index("</form>")]
    assert 'name="year_from"' in form
    assert 'name="q" value="imaging"' in form
    assert 'name="design" value="narrative review"' in form
    narrowed = text_of(get("/search?q=imaging&year_from=2010&year_to=2014"))
    assert "Year from: 2010" in narrowed
    assert "Year to: 2014" in narrowed
    assert 'name="year_to" min="1" max="9999" value="2014"' in get("/search?year_to=2014").text


def test_each_paper_of_a_list_says_how_often_it_is_cited(get: Get) -> None:
    first = text_of(get("/search?q=imaging&sort=cited")).partition(" · PMID")[2]
    assert re.match(r" \d+ · cited by \d+", first)
    assert "most cited" in text_of(get("/topic/mri?sort=cited"))


def test_counts_that_take_too_long_do_not_cost_the_papers_found(
    get: Get, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_slow(*_: object) -> None:
        raise sqlite3.OperationalError("interrupted")

    monkeypatch.setattr(results, "facets", too_slow)
    seen = text_of(get("/search?q=radiomics"))
    assert "2 papers" in seen
    assert "Counting took too long" in seen
