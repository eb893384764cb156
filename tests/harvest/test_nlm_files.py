"""Which files are PubMed as of a day, and of which."""

from __future__ import annotations

import pytest

from harvest.nlm_files import is_of_the_site, may_be_of_the_site, revised

HEAD = b'<?xml version="1.0"?><!DOCTYPE PubmedArticleSet PUBLIC "x" "https://a/pubmed_%b.dtd">'


@pytest.mark.parametrize(
    ("name", "dtd", "is_one"),
    [
        ("pubmed26n0001.xml.gz", b"260101", True),
        ("pubmed26n1557.xml", b"260101", True),
        ("pubmed27n0001.xml.gz", b"270101", True),
        ("pubmed25n0001.xml.gz", b"250101", False),
        ("pubmed26n0001.xml.gz", b"250101", False),
        ("pubmed25n0001.xml.gz", b"260101", False),
        ("pubmed26n0001.xml.gz.part", b"260101", False),
        ("my_pubmed26n0001.xml.gz", b"260101", False),
        ("search.xml", b"260101", False),
    ],
)
def test_a_file_of_the_site_is_known_by_name_and_dtd(name: str, dtd: bytes, is_one: bool) -> None:
    assert is_of_the_site(name, HEAD % dtd) == is_one
    assert may_be_of_the_site(name) or not is_one


def test_a_file_without_a_dtd_is_none_of_the_site() -> None:
    assert not is_of_the_site("pubmed26n0001.xml.gz", b"<PubmedArticleSet>")


@pytest.mark.parametrize(
    ("xml", "day"),
    [
        (
            b"<DateRevised><Year>2026</Year><Month>07</Month><Day>9</Day></DateRevised>",
            "2026-07-09",
        ),
        (
            b"<DateRevised>\n <Year>2026</Year>\n <Month>7</Month>\n <Day>30</Day>\n</DateRevised>",
            "2026-07-30",
        ),
        (b"<DateRevised><Year>2026</Year><Month>13</Month><Day>1</Day></DateRevised>", ""),
        (b"<DateRevised><Year>2026</Year></DateRevised>", ""),
        (b"<DateCompleted><Year>2026</Year><Month>7</Month><Day>9</Day></DateCompleted>", ""),
        (b"", ""),
    ],
)
def test_the_day_of_the_last_revision_is_read_or_none(xml: bytes, day: str) -> None:
    assert revised(xml) == day
