"""What a citation text is called: the author first, else the journal, else its beginning."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.citations.short_form import clear_year, short_form


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Boag AK, Otto CM, Drobatz KJ. Complications of treatment. J Vet. 2001;11:1", "Boag"),
        ("Chen K.H., Boettiger A.N. Spatially resolved profiling. Science. 2015;348:1", "Chen"),
        ("Walker, T.I. (2016). Pristiophorus cirratus. The red list, 2016", "Walker"),
        ("12. Brookfield, J. 1992. Can genes be truly redundant? Curr. Biol. 2:553", "Brookfield"),
        ("van der Wijst MGP, Brugge H. Single-cell. Nature. 2018;1:1", "van der Wijst"),
        ("Ramón y Cajal S. (1909) Histologie du système nerveux", "Ramón y Cajal"),
        ("Acosta Jr F.L., Metz L. Outcomes. Spine. 2011;1:1", "Acosta"),
        ("O’Conor CJ, Leddy HA. TRPV4-mediated. PNAS 2014;1:1", "O’Conor"),
        ("Le Huec J.-C., Basso Y. Influence of facet. Eur Spine J. 2005;1:1", "Le Huec"),
        ("R. D. Rittinghaus, J. Zenner, Angew. Chem. 2022, 61, e202112853;", "Rittinghaus"),
        ("S. D′Aniello, S. Laviéville, Macromolecules 2022, 1, 1.", "D′Aniello"),
        ("Cohen J. A power primer. Psychol Bull. 1992;112:155-9", "Cohen"),
        ("Dunsmuir RA , Nisar S . No correlation . Bone Joint J . 2017 ; 99 : 1", "Dunsmuir"),
        ("Hastings, J. et al. ChEBI in 2016. Nucleic Acids Research 44", "Hastings"),
        ("Bryman, Alan (2011). Visual Methods in Psychology.", "Bryman"),
        ("Wolf P The nature of platelet products in human plasma. Br J Haematol. 1967;1:2", "Wolf"),
        ("张涛, 钱济先, 姬振伟, 等 沉默p53. 中国修复重建外科杂志. 2012;26(7):796", "张涛"),
    ],
)
def test_an_author_is_found_however_initials_and_names_are_printed(text: str, name: str) -> None:
    assert short_form(text) == name


@pytest.mark.parametrize(
    ("text", "name", "year"),
    [
        ("J Biol Chem. 2002 Apr 1;277(13):11", "J Biol Chem", 2002),
        ("PLoS Biol. 2005;3(1):e1", "PLoS Biol", 2005),
        ("Proc Natl Acad Sci U S A. 1995 Apr 11;92(8):3381-5", "Proc Natl Acad Sci U S A", 1995),
        ("Spine (Phila Pa 1976). 2014 May 1;39(10):1", "Spine", 2014),
        ("Chin Med J (Engl). 2012 May;125(10):1703-7", "Chin Med J", 2012),
        ("Acta Crystallogr D. 2010 Apr;66:486", "Acta Crystallogr D", 2010),
        ("Angew. Chem. 2022, 113, e202112853;", "Angew. Chem", None),
    ],
)
def test_a_citation_without_an_author_has_its_journal_and_no_journal_is_a_person(
    text: str, name: str, year: int | None
) -> None:
    assert (short_form(text), clear_year(text)) == (name, year)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Spinal tuberculosis: a review. Garg RK, Somvanshi DS. J Spinal Cord Med. 2011;1", "Garg"),
        ("R Core Team. R: A language for computing. Vienna, 2013", "R Core Team"),
        ("American Society of Oncology. Consent. 2008", "American Society of Oncology"),
        ("A Commission. The Report. Bethesda, MD: Printing Office; 1978", "A Commission"),
        ("The Royal College of Nurses (2017) Statement 89.", "The Royal College of Nurses"),
        ("(2017) Global and regional incidence. Lancet", "Global and regional incidence"),
        ("https://www.r-project.org/about.html Cited 1st April", "r-project.org"),
        (" ", ""),
        ("[(accessed on 17 December)].", ""),
    ],
)
def test_else_it_is_an_author_behind_the_title_or_the_beginning(text: str, name: str) -> None:
    assert short_form(text) == name


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("Orwell, G. (1949/2000). Nineteen Eighty-Four.", 1949),
        ("Dagenais S. A review. Spine J. 2008;8:8–20. doi: 10.1016/j.spinee.2007.10.005", 2008),
        ("Suk SI. Osteotomy. Spine (Phila Pa 1976) 2003;28:2170–5.", 2003),
        ("Zahn-Zabal M. The neXtProt knowledgebase in 2020. NAR. 2019;48:D1", 2019),
        ("Wojnowska-Baryła I, Sustainability 2020, 12, 2088-2099;", None),
        ("Peters in 2007 and 2008", None),
    ],
)
def test_of_several_numbers_like_a_year_only_a_clear_one_is_taken(
    text: str, year: int | None
) -> None:
    assert clear_year(text) == year


@given(st.text(alphabet="Aa bB.,;:()[]&2019é-'\"\n王", max_size=60))
def test_whatever_is_printed_has_a_name_of_one_line_or_none(text: str) -> None:
    name, year = short_form(text), clear_year(text)
    assert name == " ".join(name.split())
    assert year is None or 1800 <= year < 2100
