"""What a reader pastes is read by its identifiers; what has none stays, and nothing is made up."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.base import reading
from kb.exports import pieces
from kb.graphs.selection import Selection
from kb.site.pasted import Entry, entries

SICI = "10.1002/(sici)1-9(1996)18:1<1::aid-1>3.0.co;2-a"

Named = tuple[int | None, str | None, str | None]


def named(text: str) -> list[Named]:
    return [(each.pmid, each.doi, each.pmcid) for each in entries(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("36063183", [(36063183, None, None)]),
        ("36063183 12345\n7", [(36063183, None, None), (12345, None, None), (7, None, None)]),
        ("PMID: 36063183, PMID:12345", [(36063183, None, None), (12345, None, None)]),
        ("10.1002/PBC.28473", [(None, "10.1002/pbc.28473", None)]),
        ("https://doi.org/10.1/X", [(None, None, None)]),  # no registrant has one digit
        ("https://doi.org/10.1002/X;PMC9", [(None, "10.1002/x", None), (None, None, "PMC9")]),
        ("10.1002/(SICI)1-9(1996)18:1<1::AID-1>3.0.CO;2-A", [(None, SICI, None)]),
        ("https://pubmed.ncbi.nlm.nih.gov/36063183/", [(36063183, None, None)]),
        ("Li J. One. 2014;3:1-9. doi: 10.1000/x1. PMID: 12345", [(12345, "10.1000/x1", None)]),
        ("Smith J. A title of 2014 with 123456 patients.", [(None, None, None)]),
        ("36063183,A title,2014", [(36063183, None, None)]),
        ("2014,A title", [(None, None, None)]),  # a year
        ("pmid\n36063183", [(None, None, None), (36063183, None, None)]),
        ("\ufeff36063183\r\n\r\n12345\r\n", [(36063183, None, None), (12345, None, None)]),
        ("0", [(None, None, None)]),
        ("", []),
        (" \n\t\n", []),
    ],
)  # fmt: skip
def test_identifiers_in_any_mixture(text: str, found: list[Named]) -> None:
    assert named(text) == found


def test_a_number_of_another_database_is_no_pmid() -> None:
    ris = "TY  - JOUR\nTI  - One\nAN  - 2014123456\nDB  - Embase\nDO  - 10.1000/x\nER  - \n"
    assert named(ris) == [(None, "10.1000/x", None)]
    assert named(ris.replace("Embase", "PubMed")) == [(2014123456, "10.1000/x", None)]
    bibtex = "@article{a,\n eprint = {1404.1234},\n eprinttype = {arxiv},\n title = {One},\n}"
    assert named(bibtex) == [(None, None, None)]


def test_each_record_of_a_file_is_an_entry_with_its_title() -> None:
    nbib = (
        "PMID- 12345\nTI  - One\nLID - 10.1000/x1 [doi]\nAID - S1 [pii]\n\nPMID- 7\nTI  - Two\n"
        "PMC - PMC9\n"
    )
    assert entries(nbib) == [
        Entry("One", 12345, "10.1000/x1", None),
        Entry("Two", 7, None, "PMC9"),
    ]
    bibtex = (
        '@article{a,\n title = {One {Two}},\n doi = "10.1000/a\\_b",\n}\n'
        "@book{b,\n pmid = 12345\n}\n@misc{c, title = {No identifier}}"
    )
    assert named(bibtex) == [(None, "10.1000/a_b", None), (12345, None, None), (None, None, None)]


@pytest.mark.parametrize("format_", ["ris", "nbib", "bibtex"])
def test_our_own_files_are_read_with_every_pmid(specimen: Path, format_: str) -> None:
    with reading(specimen) as db:
        papers = [pmid for (pmid,) in db.execute("SELECT pmid FROM papers ORDER BY pmid")]
        text = b"".join(pieces(db, "references", format_, Selection())).decode()
    assert [each.pmid for each in entries(text)] == papers


@given(st.text(max_size=80))
def test_any_text_is_read(text: str) -> None:
    for entry in entries(text):
        assert entry.is_named or entry.text.strip()


@given(st.lists(st.integers(min_value=1, max_value=9_999_999_999), min_size=1, max_size=9))
def test_no_pmid_of_a_list_is_lost(pmids: list[int]) -> None:
    for separator in ("\n", " ", ", ", ";", "\t", "|"):
        found = [each.pmid for each in entries(separator.join(map(str, pmids)))]
        assert found == pmids


def test_bibtex_may_have_its_fields_on_one_line() -> None:
    record = '@article{x, title={A, b}, doi={10.1002/cncr.24018}, year=2009, pmid = "19170230"}'
    (entry,) = entries(record)
    assert entry == ("A, b", 19170230, "10.1002/cncr.24018", None)
