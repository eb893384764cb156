"""A citation as one copies it: as complete as the record, never silent about a retraction."""

from __future__ import annotations

from typing import Any

from kb.site.citation import cite

RECORD: dict[str, Any] = {
    "pmid": 36063183,
    "title": "Imaging in neuroblastoma.",
    "journal_abbrev": "Pediatr Radiol",
    "journal": "Pediatric radiology",
    "year": 2023,
    "volume": "53",
    "issue": "4",
    "pages": "783-787",
    "doi": "10.1007/s00247-022-05489-2",
    "authors_complete": 1,
}


def author(last_name: str | None, initials: str | None, **names: str) -> dict[str, Any]:
    return {
        "last_name": last_name,
        "initials": initials,
        "fore_name": None,
        "collective": None,
    } | names


def test_all_that_the_record_says_in_the_order_of_the_icmje() -> None:
    authors = [author("Littooij", "AS"), author(None, None, collective="Study Group")]
    assert cite(RECORD, authors, retracted=False) == (
        "Littooij AS, Study Group. Imaging in neuroblastoma. Pediatr Radiol. "
        "2023;53(4):783-787. doi: 10.1007/s00247-022-05489-2. PMID: 36063183."
    )


def test_more_than_six_authors_end_in_et_al() -> None:
    authors = [author(f"Name{n}", "A") for n in range(8)]
    assert cite(RECORD, authors, retracted=False).startswith(
        "Name0 A, Name1 A, Name2 A, Name3 A, Name4 A, Name5 A, et al. Imaging"
    )


def test_a_list_that_the_record_leaves_incomplete_ends_in_et_al() -> None:
    incomplete = RECORD | {"authors_complete": 0}
    assert cite(incomplete, [author("Littooij", "AS")], retracted=False).startswith(
        "Littooij AS, et al. Imaging"
    )


def test_a_retracted_paper_is_cited_as_one() -> None:
    assert "Imaging in neuroblastoma [retracted]. Pediatr" in cite(RECORD, [], retracted=True)
    assert "[retracted]. Pediatr" in cite(RECORD | {"title": ""}, [], retracted=True)


def test_what_the_record_does_not_say_is_left_out() -> None:
    bare = dict.fromkeys(RECORD) | {"pmid": 9374997, "title": "", "authors_complete": 0}
    assert cite(bare, [], retracted=False) == "PMID: 9374997."
    assert cite(bare | {"title": "Is it?", "pages": "1-2"}, [], retracted=False) == (
        "Is it? :1-2. PMID: 9374997."
    )
