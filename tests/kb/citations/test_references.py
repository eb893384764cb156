"""Which work a reference is, by its identifiers and by its text, and why."""

from __future__ import annotations

import re

import pytest
from building import article
from hypothesis import given
from hypothesis import strategies as st

from kb.citations.citation import citable
from kb.citations.references import CitableIndex, Resolution, citable_index, resolve, unresolved
from kb.data import data_dir
from kb.record.article import Article, Reference
from kb.record.pubmed import parse
from kb.record.recordset import read_file

LITTOOIJ, MARIS_2010, MARIS_2007, PARK_2010, BHATIA = (
    36063183,
    20558371,
    17586306,
    20113896,
    33779841,
)


def known(*papers: Article) -> CitableIndex:
    return citable_index(map(citable, papers))


def resolved(
    text: str | None = None,
    *papers: Article,
    pmid: int | None = None,
    doi: str | None = None,
    pmcid: str | None = None,
) -> Resolution:
    return resolve(Reference(text, pmid, doi, pmcid), known(*papers), place="Reference 1 of PMID 9")


# The references of PMID 36063183 as its page prints them


@pytest.fixture(scope="module")
def demo() -> dict[int, Article]:
    cuts = read_file(data_dir() / "demo" / "pubmed.xml")
    return {paper.pmid: paper for paper in (parse(cut.xml) for cut in cuts)}


@pytest.fixture(scope="module")
def five(demo: dict[int, Article]) -> list[Resolution]:
    papers = known(*demo.values())
    return [resolve(found, papers, place="") for found in demo[LITTOOIJ].references]


def test_their_records_are_in_the_bundled_corpus(demo: dict[int, Article]) -> None:
    assert {MARIS_2010, MARIS_2007, PARK_2010, BHATIA} <= set(demo)
    assert len(demo[LITTOOIJ].references) == 5


def test_the_first_two_are_known_by_the_doi_in_their_text(five: list[Resolution]) -> None:
    assert five[0] == Resolution(
        f"pmid:{MARIS_2010}",
        "doi",
        1.0,
        f"DOI 10.1056/nejmra0804577, in its text, is that of PMID {MARIS_2010}",
    )
    assert five[1] == Resolution(
        f"pmid:{MARIS_2007}",
        "doi",
        1.0,
        f"DOI 10.1016/s0140-6736(07)60983-0, in its text, is that of PMID {MARIS_2007}",
    )


def test_the_third_stays_its_doi_and_is_not_its_title_twin_of_2010(five: list[Resolution]) -> None:
    assert five[2] == Resolution(
        "doi:10.1016/j.pcl.2007.10.014",
        "doi",
        1.0,
        "DOI 10.1016/j.pcl.2007.10.014, in its text; no paper here has it",
    )


def test_the_third_without_its_doi_is_not_its_title_twin_either(demo: dict[int, Article]) -> None:
    text = demo[LITTOOIJ].references[2].text or ""
    found = resolved(text.partition(" doi:")[0], *demo.values())
    assert (found.method, found.reason) == ("none", "no paper here has its volume and first page")


def test_the_fourth_stays_itself_and_is_not_another_paper_of_that_title(
    five: list[Resolution], demo: dict[int, Article]
) -> None:
    assert re.fullmatch("ref:[0-9a-f]{16}", five[3].work)
    assert (five[3].method, five[3].score) == ("none", None)
    assert demo[MARIS_2007].title.rstrip(".") == "Neuroblastoma"


def test_the_fifth_is_found_by_its_text_and_says_what_did_not_agree(five: list[Resolution]) -> None:
    assert five[4] == Resolution(
        f"pmid:{BHATIA}",
        "text",
        1.0,
        "first author, volume 269 and first page 750 agree; the title agrees; year 2021 is that of "
        "the electronic version, 2022 of the issue; the journal is nearly J Neurol, printed as "
        "j neurog",
    )


# Identifiers

PAPER = article(1, doi="10.1000/ABC.1", pmcid="PMC11", authors=["Maris JM"])
CITED = "Maris JM. Imaging of children with rare tumours. J Example. 2020;12(3):45-50."


def test_a_pmid_decides_whether_harvested_or_not() -> None:
    assert resolved("anything", PAPER, pmid=7).work == "pmid:7"
    assert resolved(CITED, PAPER, pmid=7, doi="10.1/x").method == "pmid"


def test_a_pmid_whose_doi_is_another_paper_s_says_so() -> None:
    found = resolved("anything", PAPER, pmid=7, doi="10.1000/abc.1")
    assert found.work == "pmid:7"
    assert found.reason == (
        "PMID 7 given with the reference; but its DOI 10.1000/abc.1 is that of PMID 1"
    )


def test_a_pmid_whose_record_has_another_doi_says_so() -> None:
    found = resolved("doi:10.1000/other", PAPER, pmid=1)
    assert found.work == "pmid:1"
    assert found.reason == (
        "PMID 1 given with the reference; but the DOI of that paper is 10.1000/abc.1, "
        "not 10.1000/other"
    )


def test_a_pmid_and_doi_that_agree_raise_no_doubt() -> None:
    reason = resolved("", PAPER, pmid=1, doi="10.1000/abc.1").reason
    assert reason == "PMID 1 given with the reference"


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("Anything. doi:10.1000/abc.1.", "10.1000/abc.1"),
        ("Anything. https://doi.org/10.1000/ABC.1", "10.1000/abc.1"),
        ("Anything (DOI: 10.1000/Abc.1).", "10.1000/abc.1"),
        ("Anything. 10.1000/abc.1;", "10.1000/abc.1"),
        (
            "Brodeur. Cancer 1999;86:1100. doi: "
            "10.1002/(SICI)1097-0142(19990915)86:6<1100::AID-CNCR29>3.0.CO;2-0.",
            "10.1002/(sici)1097-0142(19990915)86:6<1100::aid-cncr29>3.0.co;2-0",
        ),
        (
            "Brodeur. 10.1002/(SICI)1097-0142(19990915)86:6&lt;1100::AID-CNCR29&gt;3.0.CO;2-0",
            "10.1002/(sici)1097-0142(19990915)86:6<1100::aid-cncr29>3.0.co;2-0",
        ),
        ("Maris. Lancet. doi: 10.1016/S0140-6736(07)60983-0", "10.1016/s0140-6736(07)60983-0"),
        (
            "Cochrane 2015;9:CD009263. 10.1002/14651858.CD009263.pub2",
            "10.1002/14651858.cd009263.pub2",
        ),
    ],
)
def test_a_doi_in_the_text_decides_whatever_its_case_and_what_follows_it(
    text: str, doi: str
) -> None:
    assert resolved(text).work == f"doi:{doi}"
    assert resolved(text, article(5, doi=doi.upper())).work == "pmid:5"


def test_a_doi_given_with_the_reference_comes_before_one_in_its_text() -> None:
    found = resolved("doi:10.1000/abc.1", PAPER, doi="10.1000/given")
    assert found.work == "doi:10.1000/given"


def test_a_doi_of_two_papers_is_settled_by_the_text_or_not_at_all() -> None:
    twin = article(2, doi="10.1000/abc.1", authors=["Park JR"])
    assert resolved(CITED, PAPER, twin, doi="10.1000/abc.1").work == "pmid:1"
    found = resolved("Both of them.", PAPER, twin, doi="10.1000/abc.1")
    assert found.work == "doi:10.1000/abc.1"
    assert "it is that of PMID 1, PMID 2, which does not settle it" in found.reason


def test_a_pmcid_decides_where_there_is_nothing_better() -> None:
    found = resolved(None, PAPER, pmcid="PMC11")
    assert (found.work, found.method) == ("pmid:1", "pmcid")
    assert found.reason == "PMC11, given with the reference, is that of PMID 1"


def test_a_pmcid_whose_paper_has_another_doi_does_not_decide() -> None:
    assert resolved(None, PAPER, pmcid="PMC11", doi="10.1000/other").work == "doi:10.1000/other"


def test_a_pmcid_that_no_paper_has_leaves_the_reference_itself() -> None:
    found = resolved("A report.", PAPER, pmcid="PMC12")
    assert found.work == unresolved("A report.")
    assert found.reason == (
        "PMC12, given with the reference; no paper here has it; "
        "no paper here has its volume and first page"
    )


# Text


def test_a_text_decides_where_one_paper_alone_agrees() -> None:
    found = resolved(CITED, PAPER, article(2, volume="13"), article(3, pages="46-50"))
    assert (found.work, found.method, found.score) == ("pmid:1", "text", 1.0)


def test_a_text_with_which_two_papers_agree_decides_nothing() -> None:
    found = resolved(CITED, PAPER, article(2))
    assert found.method == "none"
    assert found.reason == "several papers here agree with it: PMID 1, PMID 2"


def test_a_paper_with_another_doi_or_pmcid_is_not_it() -> None:
    assert resolved(f"{CITED} doi:10.1000/other", PAPER).work == "doi:10.1000/other"
    assert resolved(CITED, PAPER, pmcid="PMC12").method == "none"


def test_a_paper_whose_record_has_no_doi_may_be_it() -> None:
    found = resolved(f"{CITED} doi:10.1000/other", article(2))
    assert (found.work, found.method) == ("pmid:2", "text")
    assert found.reason.startswith("DOI 10.1000/other, in its text; no paper here has it; first")


def test_papers_that_nearly_agree_are_named_with_the_reason() -> None:
    found = resolved(CITED, article(2, authors=["Park JR"]))
    assert found.reason == "not PMID 2 (the text does not begin with Park)"


def test_of_many_papers_that_nearly_agree_a_few_are_named() -> None:
    found = resolved(CITED, *(article(n, authors=["Park JR"]) for n in range(10, 20)))
    assert re.findall(r"PMID (\d+)", found.reason) == ["10", "11", "12"]
    assert found.reason.endswith("nor 7 more papers")


@pytest.mark.parametrize("text", [None, "", "  ", "…", "-"])
def test_a_reference_that_prints_nothing_is_named_by_its_place(text: str | None) -> None:
    found = resolved(text, PAPER)
    assert found.work == unresolved("Reference 1 of PMID 9")
    assert found.method == "none"


def test_the_order_of_the_papers_changes_nothing(demo: dict[int, Article]) -> None:
    forth, back = known(*demo.values()), known(*reversed(demo.values()))
    references = [found for paper in demo.values() for found in paper.references]
    assert [resolve(r, forth, place="") for r in references] == [
        resolve(r, back, place="") for r in references
    ]


# References without an identifier that decides are one work as long as they read alike

LATIN = st.text("aäbcdéñłøß0123456789 ", min_size=1)


@given(text=LATIN, mark=st.sampled_from([" ", ". ", "  ", ", ", "\n", " – ", "\u00a0"]))
def test_the_name_of_an_unresolved_work_is_blind_to_spaces_marks_and_case(
    text: str, mark: str
) -> None:
    name = unresolved(text)
    assert re.fullmatch("ref:[0-9a-f]{16}", name)
    assert unresolved(mark.join(text.split())) == name
    assert unresolved(f" ({text}).") == name
    assert unresolved(text.upper()) == name


@given(
    one=st.from_regex("[a-z]{3,9} [0-9]{1,4}", fullmatch=True), other=st.from_regex("[0-9]{1,4}")
)
def test_works_that_differ_in_a_letter_or_digit_are_two(one: str, other: str) -> None:
    assert unresolved(f"{one} {other}") != unresolved(one)


IDENTIFIERS = {
    "pmid": st.none() | st.integers(1, 3),
    "doi": st.none() | st.sampled_from(["10.1000/abc.1", "10.1000/2", "10.1000/3"]),
    "pmcid": st.none() | st.sampled_from(["PMC11", "PMC2"]),
    "text": st.none() | st.text() | st.sampled_from([CITED, "doi:10.1000/2", "12:45", ""]),
}


@given(**IDENTIFIERS)
def test_every_reference_becomes_a_work_with_a_method_and_a_reason(
    text: str | None, pmid: int | None, doi: str | None, pmcid: str | None
) -> None:
    found = resolved(text, PAPER, article(2, doi="10.1000/2"), pmid=pmid, doi=doi, pmcid=pmcid)
    assert re.fullmatch(r"pmid:[1-9][0-9]*|doi:10\.\S+|ref:[0-9a-f]{16}", found.work)
    assert found.reason
    assert (found.score is None) == (found.method == "none") == found.work.startswith("ref:")
    if pmid:
        assert found.work == f"pmid:{pmid}"


# As other styles, languages and hands print it

SPLEENS = article(
    61,
    title="Doppler measurements of spleens in toddlers",
    authors=["Oelsner AE", "Varga P", "Brandt T"],
    journal="Acta Fict Sonogr",
    journal_title="Acta fictiva sonographica",
    year=2009,
    volume="31",
    issue="4",
    pages="512-9",
)
TWINS = (
    article(
        62,
        title="Doppler measurements of spleens in toddlers",
        authors=["Oelsner AE", "Varga P", "Brandt T"],
        journal="Ann Fict",
        journal_title="Annals of fiction",
        year=2009,
        volume="8",
        issue="1",
        pages="40-4",
    ),
    article(
        63,
        title="Doppler measurements of kidneys in toddlers",
        authors=["Oelsner AE", "Varga P", "Brandt T"],
        journal="Acta Fict Sonogr",
        journal_title="Acta fictiva sonographica",
        year=2009,
        volume="31",
        issue="4",
        pages="520-6",
    ),
)
OTHERWISE_PRINTED = [
    "Oelsner, Doppler measurements of spleens in toddlers, Acta Fictiva Sonographica, vol. 31, "
    "p. 512 (2009)",
    "Oelsner, Varga, Brandt, Doppler measurements of spleens in toddlers, Acta Fict Sonogr, № 31, "
    "с. 512",
    "A. E. Oelsner, P. Varga, T. Brandt, Doppler measurements of spleens in toddlers, Acta Fict. "
    "Sonogr. 31 (2009) 512–519.",
    "Oelsner AE. Doppler measurements of spleens in toddlers. Acta Fict Sonogr. 2009. Т. 31, № 4. "
    "- С. 512-519.",
    "Oelsner AE, Varga P: Doppler measurements of spleens in toddlers. Acta Fict Sonogr 31 (2009), "
    "S. 512–519",
    "{{cite journal |author=Oelsner AE |title=Doppler measurements of spleens in toddlers "
    "|journal=Acta Fict Sonogr |year=2009 |volume=31 |issue=4 |pages=512–9}}",
    "Oelsner AE, Varga P, Brandt T. Doppler measurements of spleens in toddlers. Acta Fict Sonogr "
    "2009.",
    "Oelnser AE. Doppler measurements of spleens in toddlers. Acta Fict Sonogr 2009;31:512-9.",
]


@pytest.mark.parametrize("text", OTHERWISE_PRINTED)
def test_a_citation_of_another_hand_is_of_the_paper_and_of_none_of_its_twins(text: str) -> None:
    assert resolved(text, SPLEENS, *TWINS).work == "pmid:61"
    assert resolved(text, *TWINS).method == "none"


def test_all_of_its_authors_and_a_long_title_are_wanted_where_no_place_is_printed() -> None:
    title = "Doppler measurements of spleens in toddlers"
    assert resolved(f"Oelsner AE. {title}. Acta Fict Sonogr 2009.", SPLEENS).method == "none"
    few = "Oelsner AE, Varga P, Brandt T. Spleens in toddlers. Acta Fict Sonogr 2009."
    assert resolved(few, SPLEENS).method == "none"


def test_a_family_name_of_another_person_in_the_list_is_another_paper() -> None:
    text = "Oelsner, Muster, Doppler measurements of spleens in toddlers, Acta Fict Sonogr 31:512"
    assert resolved(text, SPLEENS).method == "none"
