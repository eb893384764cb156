"""What a reader can put right is no fault of the server, also on Datasette's own pages."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from serving import asking, text_of
from specimen_site import Get

LONG = "9" * 5000  # digits, more than Python reads

WRONG = [
    "_sort=nonexistent",
    "_sort_desc=nonexistent",
    "_sort=year&_sort_desc=year",
    f"pmid__gt={LONG}",
    f"year__lt={'0' * 5000}7",
    "_size=x",
    f"_size={LONG}",
    "_timelimit=x",
    f"_timelimit={LONG}",
    f"_facet_size={LONG}&_facet=year",
    "_facet=nonexistent",
    "_facet_array=title",
    "pmid__in=[x]",
    "_through=x",
    "_through=7",
    "_where=nonexistent",
]


# Datasette drops the counts that it would have made, and Python says so.
@pytest.mark.filterwarnings("ignore:.*was never awaited:RuntimeWarning")
@pytest.mark.filterwarnings("ignore:.*execute_.*facets:pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("format_", ["", ".json", ".csv"])
@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_parameter_of_a_table_is_refused_in_words(
    get: Get, wrong: str, format_: str
) -> None:
    answer = get(f"/kb/papers{format_}?{wrong}")
    # A facet of no column, some versions leave out.
    assert answer.status_code == 400 or ("_facet" in wrong and answer.status_code == 200)
    if format_ == ".json" and answer.status_code == 400:
        assert not answer.json()["ok"]
        assert answer.json()["status"] == 400


@pytest.mark.parametrize("place", ["x", LONG, "9" * 25, "1,2"])
@pytest.mark.parametrize("table", ["papers", "citations"])
def test_a_next_page_that_is_none_is_no_fault(get: Get, table: str, place: str) -> None:
    assert get(f"/kb/{table}.json?_next={place}").status_code in (200, 400)
    assert get(f"/kb/{table}.json?_sort=pmid&_next={place}").status_code in (200, 400)


def test_the_words_say_what_is_expected(get: Get) -> None:
    assert "Cannot sort table by nonexistent" in text_of(get("/kb/papers?_sort=nonexistent"))
    told = get(f"/kb/papers.json?pmid__gt={LONG}").json()["error"]
    assert "a number has at most 18 digits" in told


@pytest.mark.parametrize("left", [None, b"no database at all, but of some length" * 40])
def test_a_base_that_is_gone_or_spoiled_is_told_without_its_place(
    specimen: Path, tmp_path: Path, left: bytes | None
) -> None:
    path = Path(shutil.copy(specimen, tmp_path / "kb.db"))
    with asking(path) as get:
        assert get("/").status_code == 200
        path.unlink()
        if left:
            path.write_bytes(left)
        for address in ("/", "/search?q=mri", "/search.atom", "/paper/990000005", "/kb/papers",
                        "/kb", "/kb.json?sql=select+1", "/export/references.ris"):  # fmt: skip
            answer = get(address)
            assert answer.status_code == 503, address
            assert "The base cannot be read at this moment." in text_of(answer)
            assert str(tmp_path) not in answer.text
        shutil.copy(specimen, path)
        assert get("/").status_code == get("/kb/papers").status_code == 200
