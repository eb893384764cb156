"""kb.ids: identifiers are cleaned, never guessed."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.ids import (
    LARGEST_PMID,
    clean_doi,
    clean_orcid,
    clean_pmcid,
    clean_pmid,
    find_doi,
    page_range,
)


@pytest.mark.parametrize(
    ("value", "pmid"),
    [
        ("12345678", 12345678),
        (" 990001000\n", 990001000),
        ("00000001", 1),
        ("0" * 30 + "5", 5),
        (str(LARGEST_PMID), LARGEST_PMID),
        (str(LARGEST_PMID + 1), None),
        ("0", None),
        ("", None),
        ("-5", None),
        ("1.0", None),
        ("1e3", None),
        ("1_000", None),
        ("12 34", None),
        ("٣", None),
        ("²", None),
        ("NOT_FOUND;INVALID_JOURNAL", None),
        ("PMC123", None),
        ("10.5555/x", None),
        ("9" * 5000, None),
    ],
)
def test_a_pmid_is_a_positive_number_and_nothing_else(value: str, pmid: int | None) -> None:
    assert clean_pmid(value) == pmid


@given(st.integers(1, LARGEST_PMID))
def test_every_pmid_comes_back_as_itself(pmid: int) -> None:
    assert clean_pmid(str(pmid)) == pmid


@pytest.mark.parametrize(
    ("value", "pmcid"),
    [
        ("PMC123", "PMC123"),
        ("pmc0123.2", "PMC123"),
        ("PMC 123", "PMC123"),
        ("123", "PMC123"),
        ("PMC0", None),
        ("PMC", None),
        ("PMC12a", None),
        ("NIHMS123", None),
        ("10.5555/123", None),
        ("", None),
    ],
)
def test_a_pmcid_is_pmc_and_a_number(value: str, pmcid: str | None) -> None:
    assert clean_pmcid(value) == pmcid


@pytest.mark.parametrize(
    ("value", "doi"),
    [
        ("10.5555/ABC", "10.5555/abc"),
        (" doi: 10.5555/abc ", "10.5555/abc"),
        ("DOI:10.5555/abc", "10.5555/abc"),
        ("doi 10.5555/abc", "10.5555/abc"),
        ("info:doi/10.5555/abc", "10.5555/abc"),
        ("https://doi.org/10.5555/abc", "10.5555/abc"),
        ("http://dx.doi.org/10.5555/abc", "10.5555/abc"),
        ("www.doi.org/10.5555/abc", "10.5555/abc"),
        ("https://doi.org/doi:10.5555/abc", "10.5555/abc"),
        ("10.5555/abc.", "10.5555/abc"),
        ("10.5555/abc);", "10.5555/abc"),
        ("10.5555/S0000-0019(21)00001-0", "10.5555/s0000-0019(21)00001-0"),
        ("10.5555/(SICI)1<2::AID-X>3.0.CO;2-4", "10.5555/(sici)1<2::aid-x>3.0.co;2-4"),
        ("10.5555/(SICI)1&lt;2::AID-X&gt;3.0", "10.5555/(sici)1<2::aid-x>3.0"),
        ("10.5555/(SICI)1<2::AID-X>3.0.CO;2-4.", "10.5555/(sici)1<2::aid-x>3.0.co;2-4"),
        ("10.5555/(SICI)1<2::AID-X>3.0.CO;2-4>", "10.5555/(sici)1<2::aid-x>3.0.co;2-4"),
        ("10.5555/14.CD00.PUB2;", "10.5555/14.cd00.pub2"),
        ("10.5555/14.cd00.pub2", "10.5555/14.cd00.pub2"),
        ("10.5555/x?a=1&para=2", "10.5555/x?a=1&para=2"),
        ("10.5555%2fabc", "10.5555/abc"),
        ("https://doi.org/10.5555%2FS0(21)%3C1%3E", "10.5555/s0(21)<1>"),
        ("10.5555/a%2fb", "10.5555/a%2fb"),  # a percent sign may be its own
        ("10.5555%2f", None),
        ("0.5555/abc", None),  # a digit lost at the front
        ("110.5555/abc", None),
        ("10.55/abc", None),
        ("10.5555/", None),
        ("10.5555/.", None),
        ("10.5555", None),
        ("10.5555/abc def", None),
        ("e22.00123", None),
        ("12345678", None),
        ("", None),
    ],
)
def test_a_doi_is_lower_case_without_resolver_and_sentence_marks(
    value: str, doi: str | None
) -> None:
    assert clean_doi(value) == doi


DOIS = st.builds(
    "10.{}/{}".format,
    st.integers(1000, 999_999_999),
    st.text(string.ascii_letters + string.digits + "()<>[];:._/-", min_size=1),
)


@given(DOIS)
def test_a_clean_doi_stays_as_it_is(value: str) -> None:
    doi = clean_doi(value)

    if doi:
        assert clean_doi(doi) == doi == find_doi(f"As in https://doi.org/{doi} .")


@given(st.text())
def test_no_text_becomes_a_doi_that_it_does_not_hold(text: str) -> None:
    doi = clean_doi(text)

    assert doi is None or doi in text.lower()


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("A title. Ann Odd. 2020;1:2. doi: 10.5555/abc.", "10.5555/abc"),
        ("(https://doi.org/10.5555/abc)", "10.5555/abc"),
        ("DOI10.5555/abc", "10.5555/abc"),
        ("Two: 10.5555/first 10.5555/second", "10.5555/first"),
        ("Pages 110.5555/6", None),
        ("Of 2010.", None),
    ],
)
def test_the_first_doi_of_a_citation_is_found(text: str, doi: str | None) -> None:
    assert find_doi(text) == doi


@pytest.mark.parametrize(
    ("value", "orcid"),
    [
        ("0000-0002-1825-0097", "0000-0002-1825-0097"),
        ("0000000218250097", "0000-0002-1825-0097"),
        ("https://orcid.org/0000-0002-1825-0097", "0000-0002-1825-0097"),
        ("http://orcid.org/0000-0002-1825-0097/", "0000-0002-1825-0097"),
        ("https://orcid.org0000-0002-1825-0097", "0000-0002-1825-0097"),
        ("0000-0002-1694-233x", "0000-0002-1694-233X"),
        ("0000-0002-1825-0098", None),  # the check digit is wrong
        ("0000-0001-2825-0097", None),
        ("0000-0002-1825-009", None),
        ("0000-0002-1825-00977", None),
        ("X000-0002-1825-0097", None),
        ("grid.0.0", None),
        ("", None),
    ],
)
def test_an_orcid_has_the_right_check_digit(value: str, orcid: str | None) -> None:
    assert clean_orcid(value) == orcid


@given(st.integers(0, 15), st.sampled_from("0123456789"))
def test_one_wrong_digit_makes_no_orcid(place: int, digit: str) -> None:
    right = "0000000218250097"
    wrong = right[:place] + digit + right[place + 1 :]

    assert clean_orcid(wrong) == ("0000-0002-1825-0097" if wrong == right else None)


@pytest.mark.parametrize(
    ("printed", "pages"),
    [
        ("651-9", ("651", "659")),
        ("1123-30", ("1123", "1130")),
        ("97–120", ("97", "120")),
        ("737-738", ("737", "738")),
        ("783", ("783", "")),
        ("e28473", ("e28473", "")),
        ("S1-S5", ("S1", "S5")),
        ("S12-8", ("S12", "8")),
        ("123.e1-123.e5", ("123.e1", "123.e5")),
        ("i-iv", ("i", "iv")),
        ("1-10; discussion 11", ("1", "10")),
        ("12; discussion 13", ("12", "")),
        ("1-2, 5-7", ("1", "2")),
        ("783-787.", ("783", "787")),
        ("5-", ("5", "")),
        ("", ("", "")),
    ],
)
def test_the_last_page_is_spelled_out_where_it_is_a_plain_number(
    printed: str, pages: tuple[str, str]
) -> None:
    assert page_range(printed) == pages
