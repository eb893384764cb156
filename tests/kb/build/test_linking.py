"""References and citations of a build."""

from __future__ import annotations

from building import Base, Raw, paper

from kb.citations.references import unresolved

TEXT = "Li W. A book without a number. Berlin; 1999"


def test_every_printed_reference_is_listed_with_its_work(base: Base) -> None:
    assert base.rows(
        "SELECT position, text, ref_pmid, ref_doi, ref_pmcid, work, method FROM reference_list"
        " WHERE pmid = 1 ORDER BY position"
    ) == [
        (1, "Paper two", 2, None, None, "pmid:2", "pmid"),
        (2, TEXT, None, None, None, unresolved(TEXT), "none"),
        (3, "Seven", 7, None, None, "pmid:7", "pmid"),
        (4, "Eight. Lancet 2008", None, "10.1000/eight", "PMC8", "doi:10.1000/eight", "doi"),
        (5, f"{TEXT}.", None, None, None, unresolved(TEXT), "none"),
        (
            6,
            None,
            None,
            None,
            None,
            unresolved("Reference 6 of PMID 1, which prints nothing"),
            "none",
        ),
    ]
    assert base.one("SELECT n_references FROM papers WHERE pmid = 1") == 6


def test_a_cited_work_is_known_by_what_was_printed_of_it(base: Base) -> None:
    found = base.rows(
        "SELECT work, pmid, doi, pmcid, year, text FROM works WHERE NOT is_paper ORDER BY work"
    )
    nothing = "Reference 6 of PMID 1, which prints nothing"
    assert sorted(found) == sorted(
        [
            ("doi:10.1000/eight", None, "10.1000/eight", "PMC8", 2008, "Eight. Lancet 2008"),
            ("pmid:7", 7, None, None, None, "Seven"),
            ("pmid:70", 70, None, None, None, "PMID 70"),
            ("pmid:71", 71, None, None, None, "PMID 71"),
            (unresolved(TEXT), None, None, None, 1999, TEXT),
            (unresolved(nothing), None, None, None, None, nothing),
        ]
    )


def test_a_later_mention_tells_what_the_first_left_out(raw: Raw) -> None:
    raw.read(1, paper(1, references=[("", {"pubmed": 7})]))
    raw.read(2, paper(2, references=[("Seven. Lancet 2007", {"pubmed": 7, "pmc": "PMC7"})]))
    found = raw.build().one("SELECT text, year, pmcid FROM works WHERE pmid = 7")
    assert found == ("Seven. Lancet 2007", 2007, "PMC7")


def test_citations_have_a_row_for_each_source_that_states_them(base: Base) -> None:
    assert set(base.rows("SELECT * FROM cites")) == {
        ("pmid:1", "pmid:2", "reference_list"),
        ("pmid:1", unresolved(TEXT), "reference_list"),
        ("pmid:1", "pmid:7", "reference_list"),
        ("pmid:1", "doi:10.1000/eight", "reference_list"),
        (
            "pmid:1",
            unresolved("Reference 6 of PMID 1, which prints nothing"),
            "reference_list",
        ),
        ("pmid:2", "pmid:3", "comments_corrections"),
        ("pmid:2", "pmid:7", "comments_corrections"),
        ("pmid:5", "pmid:3", "reference_list"),
        ("pmid:1", "pmid:3", "elink"),  # asked which cite 3
        ("pmid:70", "pmid:3", "elink"),
        ("pmid:2", "pmid:3", "elink"),  # asked what 2 cites
        ("pmid:2", "pmid:71", "elink"),
    }


def test_a_pair_with_two_sources_is_one_citation(base: Base) -> None:
    found = base.one(
        "SELECT sources, n_sources FROM citations WHERE citing = 'pmid:2' AND cited = 'pmid:3'"
    )
    assert found == ("comments_corrections elink", 2)
