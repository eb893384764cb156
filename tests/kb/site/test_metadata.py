"""What Datasette says of tables, and who may read them."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
from serving import asking, text_of
from specimen_site import (
    IMAGING,
    LONG_TITLE,
    Get,
    asked,
)

from kb.data import data_dir
from kb.site import metadata, serve


def test_tables_are_described_in_the_words_of_the_schema(get: Get) -> None:
    seen = text_of(get("/kb/papers"))
    assert "Harvested PubMed records, one row a PMID" in seen
    assert "year of the issue" in seen


def test_a_row_of_papers_begins_with_what_tells_it_from_others(get: Get) -> None:
    columns = get("/kb/papers.json").json()["columns"]
    assert columns[:8] == [
        "pmid", "year", "title", "authors",
        "journal_abbrev", "design", "n_patients", "is_retracted",
    ]  # fmt: skip
    assert columns[-2:] == ["title_html", "abstract_html"]
    page = get("/kb/papers")
    assert len(page.content) < 170_000
    assert 'href="/-/kb/tables.css"' in page.text
    assert get("/-/kb/tables.css").status_code == 200
    assert "tables.css" not in get("/search").text


def test_facets_are_the_named_ones_and_none_is_guessed(get: Get) -> None:
    answer = get("/kb/papers.json").json()
    assert set(answer["facet_results"]) == {
        "year", "design", "journal_abbrev", "is_retracted", "record_status",
    }  # fmt: skip
    assert not answer["suggested_facets"]


def test_no_table_page_is_large(get: Get) -> None:
    page = get("/kb/papers").text
    assert LONG_TITLE not in page
    assert len(page) < 200_000  # 20 rows of some fifty columns


def test_a_base_kept_from_readers_is_kept_on_our_pages_too(
    base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = {"databases": {"kb": {"allow": False, "tables": {}}}}
    monkeypatch.setattr(serve, "metadata", lambda _data: closed)
    with asking(base) as get:
        answers = {get(address).status_code for address in ("/", "/search", f"/paper/{IMAGING}")}
    assert answers == {403}


def test_a_table_that_is_kept_is_still_read_by_questions_and_pages(
    base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As SECURITY.md warns: only the whole base can be kept from readers."""
    told = metadata.metadata(data_dir())
    kept = copy.deepcopy(told)
    kept["databases"]["kb"]["tables"]["notices"]["allow"] = False
    kept["databases"]["kb"]["tables"]["works"]["allow"] = False
    monkeypatch.setattr(serve, "metadata", lambda _data: kept)
    with asking(base) as get:
        assert get("/kb/notices").status_code == 403
        assert get("/kb/next-seeds").status_code == 200
        assert get("/integrity").status_code == 200


def test_a_base_that_is_kept_is_kept_by_every_address(
    base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = copy.deepcopy(metadata.metadata(data_dir()))
    kept["databases"]["kb"]["allow"] = {"id": "someone"}
    monkeypatch.setattr(serve, "metadata", lambda _data: kept)
    others = ("/kb", "/kb/papers.json", "/kb/next-seeds", "/kb.json?sql=select+1", "/map", "/gaps",
              "/search.atom", "/changes.atom", "/export/references.ris", "/queries")  # fmt: skip
    ((base_id,),) = asked(base, "SELECT value FROM meta WHERE key = 'base_id'")
    with asking(base) as get:
        assert {get(address).status_code for address in others} == {403}
        nowhere = get("/nothing-here")
    assert nowhere.status_code == 404
    assert base_id not in nowhere.text
    assert metadata.metadata(data_dir())["title"] not in nowhere.text


def test_datasettes_own_pages_lead_back_to_ours(get: Get) -> None:
    for address in ("/kb", "/kb/papers", "/kb/next-seeds"):
        html = get(address).text
        for page in ("/", "/search", "/map", "/integrity"):
            assert f'href="{page}"' in html
