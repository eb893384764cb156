"""kb.record.dates: PubMed's dates as ISO 8601, as far as they go."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, SubElement, fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.record.dates import iso_date, medline_date, month_number, printed_date


def date(**parts: str) -> Element:
    element = Element("PubDate")
    for name, text in parts.items():
        SubElement(element, name).text = text
    return element


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"Year": "2020"}, "2020"),
        ({"Year": "2020", "Month": "Feb"}, "2020-02"),
        ({"Year": "2020", "Month": "02"}, "2020-02"),
        ({"Year": "2020", "Month": "2", "Day": "3"}, "2020-02-03"),
        ({"Year": "2020", "Month": "February", "Day": "29"}, "2020-02-29"),
        ({"Year": "2021", "Month": "Feb", "Day": "29"}, "2021-02"),
        ({"Year": "2020", "Month": "13", "Day": "1"}, "2020"),
        ({"Year": "2020", "Month": "0", "Day": "0"}, "2020"),
        ({"Year": "2020", "Month": "", "Day": "7"}, "2020"),
        ({"Year": "2020", "Day": "7"}, "2020"),
        ({"Year": "2019", "Season": "Fall"}, "2019"),
        ({"Year": " 2020\n", "Month": " sep "}, "2020-09"),
        ({"Month": "Feb"}, None),
        ({"Year": "n.d."}, None),
        ({"Year": "0"}, None),
        ({"Year": "20200"}, None),
        ({"Year": "²"}, None),
        ({"Year": "9" * 5000}, None),
        ({"MedlineDate": "1998 Dec-1999 Jan"}, "1998-12"),
        ({"MedlineDate": "2020 Jan-Feb"}, "2020-01"),
        ({"MedlineDate": "no year"}, None),
        ({}, None),
    ],
)
def test_a_date_goes_as_far_as_its_parts_make_one(
    parts: dict[str, str], expected: str | None
) -> None:
    assert iso_date(date(**parts)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1998 Dec-1999 Jan", "1998-12"),
        ("2000 Spring", "2000"),
        ("Winter 1965-1966", "1965"),
        ("1998-1999", "1998"),
        ("1998-1999 Jan", "1998"),  # January is of 1999
        ("2008 Mar 5-11", "2008-03"),
        ("2015 Nov-Dec", "2015-11"),
        ("1975-1976 Winter", "1975"),
        ("2001 1st Quart", "2001"),
        ("Oncology Reports. 2021 Jul;46(1):145", "2021-07"),
        ("12345", None),
        ("", None),
    ],
)
def test_free_text_gives_its_first_year_and_the_month_right_behind_it(
    text: str, expected: str | None
) -> None:
    assert medline_date(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1", 1),
        ("012", 12),
        ("13", None),
        ("00", None),
        ("May", 5),
        ("SEPTEMBER", 9),
        ("Sept", 9),
        ("Ma", None),
        ("Winter", None),
        ("٣", None),
        ("", None),
    ],
)
def test_a_month_is_a_number_or_an_english_name(text: str, expected: int | None) -> None:
    assert month_number(text) == expected


def test_the_printed_date_is_kept_as_it_stands() -> None:
    xml = "<PubDate>\n<Year>2021</Year>\n<Season>Jan-Dec</Season><Day/></PubDate>"

    assert printed_date(fromstring(xml)) == "2021 Jan-Dec"
    assert printed_date(date()) is None
    assert printed_date(None) is None
    assert iso_date(None) is None


@given(st.dictionaries(st.sampled_from(["Year", "Month", "Day", "MedlineDate"]), st.text()))
def test_whatever_is_in_a_date_the_answer_is_iso_or_none(parts: dict[str, str]) -> None:
    found = iso_date(date(**parts))

    assert found is None or re.fullmatch(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?", found)


@given(st.dates())
def test_a_whole_date_comes_back_as_itself(day: object) -> None:
    year, month, number = str(day).split("-")

    assert iso_date(date(Year=year, Month=month, Day=number)) == str(day)
