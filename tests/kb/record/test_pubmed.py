"""kb.record.pubmed: one record, from its XML to an Article.

The records are those of fixtures/oddities.xml, which holds every oddity that PubMed's own have.
"""

from __future__ import annotations

from dataclasses import fields, replace
from xml.etree.ElementTree import tostring

import pytest
from building import paper
from hypothesis import given
from hypothesis import strategies as st
from oddities import (
    BOOK,
    CHAPTER,
    CITING,
    COMMENTED,
    INDEXED,
    LEAST,
    MARKUP,
    OLD,
    PEOPLE,
    SECTIONS,
    article,
    parsed,
    xml,
)

from kb.errors import InputError
from kb.record.article import Comment, Identifier, Keyword, Reference
from kb.record.markup import record_element
from kb.record.pubmed import LONGEST_TEXT, parse

# Title and abstract


def test_no_title_is_cut_at_a_tag() -> None:
    found = article(MARKUP)

    assert found.title == "Alpha of H2O & beta+ at x<5 units."
    assert found.title_html == (
        "<i>Alpha</i> of H<sub>2</sub>O &amp; <b>beta<sup>+</sup></b> at x&lt;5 units."
    )
    assert found.vernacular_title == "Das Alpha des Wassers."


def test_no_abstract_is_cut_at_a_tag_or_formula() -> None:
    found = article(MARKUP)

    assert found.abstract == "Uptake was low (123I, under 5\u00a0%); y² was not."
    assert found.abstract_html == (
        "<p>Uptake was <i>low</i> (<sup>123</sup>I, <u>under</u> 5\u00a0%);"
        " y<sup>2</sup> was <b>not</b>.</p>"
    )
    assert found.copyright == "Copyright © of nobody."


def test_markup_is_text_in_every_other_place() -> None:
    found = article(MARKUP)

    assert found.authors[0].collective == "The Odd Group"
    assert found.authors[0].affiliation == "Unit 4a, Nowhere."
    assert found.keywords == (Keyword("123I-scan", "NOTNLM", False),)
    assert article(CITING).references[0].text == "One, with all three."
    assert article(INDEXED).coi_statement == "None, as nobody wrote this."
    assert article(CHAPTER).journal == "The Odd Handbook"


def test_a_structured_abstract_keeps_its_sections_and_where_their_words_are() -> None:
    found = article(SECTIONS)

    assert found.abstract == (
        "BACKGROUND & AIM: Why it was done.\nRESULTS: 𝛂-foci: 7 of 12.\nA part without a label."
    )
    assert [
        (section.label, section.category, found.abstract[section.start : section.end])
        for section in found.sections
    ] == [
        ("BACKGROUND & AIM", "OBJECTIVE", "Why it was done."),
        ("RESULTS", "RESULTS", "𝛂-foci: 7 of 12."),
        (None, None, "A part without a label."),
    ]
    assert found.abstract_html is not None
    assert found.abstract_html.startswith("<p><b>BACKGROUND &amp; AIM:</b> Why it <b>was</b> done.")


def test_abstracts_in_plain_words_and_other_languages_stand_apart() -> None:
    assert article(SECTIONS).other_abstracts == (
        ("plain-language-summary", "eng", "In plain words."),
        ("Publisher", "fre", "BUT: Pourquoi.\nCONCLUSION: Fin."),
    )
    assert article(MARKUP).other_abstracts == ()


def test_a_record_without_an_abstract_has_none_rather_than_an_empty_one() -> None:
    assert article(PEOPLE).abstract is None
    assert article(PEOPLE).sections == ()
    assert parsed("<Article><Abstract><AbstractText> </AbstractText></Abstract></Article>") == (
        parsed("<Article/>")
    )


@pytest.mark.parametrize("name", ["ArticleTitle", "AbstractText"])
def test_a_text_that_is_longer_than_any_is_refused_by_its_length(name: str) -> None:
    text = {"ArticleTitle": "", "AbstractText": ""} | {name: "x" * (LONGEST_TEXT + 1)}
    xml = paper(7, title=text["ArticleTitle"], abstract=text["AbstractText"])
    with pytest.raises(InputError, match=r"its \w+ of 200,001 letters is longer than any"):
        parse(xml)
    assert parse(xml.replace(b"xx", b"x", 1)).pmid == 7


def test_an_empty_title_gives_way_to_the_vernacular_one() -> None:
    assert article(OLD).title == article(OLD).vernacular_title == "Ein alter Titel."
    assert article(OLD).title_html == "Ein alter <i>Titel</i>."
    assert article(LEAST).title == ""


@pytest.mark.parametrize("placeholder", ["[Not Available].", "[Not available]", "Not Available."])
def test_a_title_that_is_not_available_gives_way_too(placeholder: str) -> None:
    title = f"<ArticleTitle>{placeholder}</ArticleTitle>"
    found = parsed(f"<Article>{title}<VernacularTitle>Le <i>mot</i>.</VernacularTitle></Article>")

    assert (found.title, found.title_html) == ("Le mot.", "Le <i>mot</i>.")
    assert parsed(f"<Article>{title}</Article>").title == placeholder


def test_a_title_that_names_what_is_not_available_is_one() -> None:
    title = "When MIBG is not available."
    found = parsed(
        f"<Article><ArticleTitle>{title}</ArticleTitle><VernacularTitle>Nein.</VernacularTitle>"
        "</Article>"
    )

    assert found.title == title


@given(st.lists(st.tuples(st.text("aé𝛂< \n"), st.text("AB: \u00a0")), max_size=4))
def test_every_section_is_where_it_says(parts: list[tuple[str, str]]) -> None:
    root = record_element(b"<Abstract/>")
    for words, label in parts:
        child = root.makeelement("AbstractText", {"Label": label})
        child.text = words
        root.append(child)
    found = parsed(f"<Article>{tostring(root, 'unicode')}</Article>")

    kept = [" ".join(words.split()) for words, _ in parts if words.split()]
    assert [(found.abstract or "")[s.start : s.end] for s in found.sections] == kept


# Where and when


@pytest.mark.parametrize(
    ("pii", "pages"),
    [
        ("2400512", "2400512"),
        ("270", "270"),
        ("E1870", "E1870"),
        ("e01408-19", "e01408-19"),
        ("BSR20171072", "BSR20171072"),
        ("ENEURO.0089-19.2019", "ENEURO.0089-19.2019"),
        ("S0019-0578(13)00159-6", None),  # the publisher's number of the item
        ("S0019057813001596", None),
        ("01709767-202303000-00033", None),
        ("/j/bmte.2012.57.issue-s1-H/bmt-2012-4047.xml", None),
        ("10.1007/s00586-023-07544-4", None),
        ("EWLS", None),
        ("", None),
    ],
)
def test_an_article_number_that_is_a_pii_alone_stands_for_the_pages(
    pii: str, pages: str | None
) -> None:
    issue = "<Journal><JournalIssue><Volume>5</Volume></JournalIssue></Journal>"
    location = f'<ELocationID EIdType="pii">{pii}</ELocationID>'
    printed = "<Pagination><MedlinePgn>10-20</MedlinePgn></Pagination>"
    invalid = location.replace("<ELocationID", '<ELocationID ValidYN="N"')

    assert parsed(f"<Article>{issue}{location}</Article>").pages == pages
    assert parsed(f"<Article>{issue}{printed}{location}</Article>").pages == "10-20"
    assert parsed(f"<Article>{issue}{invalid}</Article>").pages is None
    assert parsed(f"<Article>{location}</Article>").pages is None  # ahead of print: no place yet


def test_the_journal_and_the_place_in_it() -> None:
    found = article(MARKUP)

    assert (found.journal, found.journal_abbrev) == ("Annals of Imaginary Scans", "Ann Imag Scans")
    assert (found.nlm_unique_id, found.issn) == ("0000019", "0000-0019")
    assert (found.volume, found.issue, found.pages) == ("12", "Suppl 1", "101-9")
    assert article(OLD).pages == "7-8"
    assert article(OLD).journal_abbrev == "Old Ann."
    assert article(SECTIONS).pages == "e28473"


def test_dates_go_as_far_as_the_record_gives_them() -> None:
    assert (article(MARKUP).pub_date, article(MARKUP).pub_date_text) == ("2021-02", "2021 Feb 31")
    assert article(SECTIONS).pub_date == "1998-12"
    assert article(SECTIONS).pub_date_text == "1998 Dec-1999 Jan"
    assert article(PEOPLE).pub_date_text == "2019 Fall"
    assert [article(pmid).year for pmid in (MARKUP, SECTIONS, PEOPLE, OLD, LEAST)] == [
        *(2021, 1998, 2019, 1965, None)
    ]
    assert (article(MARKUP).date_revised, article(MARKUP).date_completed) == (
        *("2021-11-30", "2021-03-09"),
    )


def test_the_electronic_date_is_the_articles_own_or_else_that_of_its_history() -> None:
    assert article(MARKUP).epub_date == "2020-12-24"
    assert article(INDEXED).epub_date == "2018-04-05"
    assert article(SECTIONS).epub_date is None


def test_the_history_is_kept_as_it_is() -> None:
    assert article(INDEXED).history == (
        ("received", "2018-01-02"),
        ("epublish", "2018-04-05"),
        ("entrez", "2018-04-06"),
        ("retracted", "2020-07-08"),
    )
    assert article(INDEXED).entrez_date == "2018-04-06"
    assert article(INDEXED).publication_status == "epublish"


def test_capitals_of_old_records_do_not_make_another_language() -> None:
    assert article(MARKUP).languages == ("eng", "ger")
    assert article(OLD).languages == ("eng",)
    assert article(OLD).publication_types == ((None, "JOURNAL ARTICLE"),)


# Money and data


def test_grants_databanks_and_notes() -> None:
    found = article(INDEXED)

    assert found.grants == (
        ("X01 ZZ000001", "ZZ", "Odd Institute", "Nowhere"),
        (None, None, "A charity without number", None),
    )
    assert found.databanks == (
        ("ClinicalTrials.gov", "NCT99000001"),
        ("ClinicalTrials.gov", "NCT99000002"),
        ("Dryad", None),
    )
    assert found.notes == (("NLM", "A note."),)


# What it says of other papers


def test_comments_and_corrections_of_every_kind_are_kept_with_or_without_a_pmid() -> None:
    found = article(COMMENTED).comments

    assert [comment.ref_type for comment in found] == [
        *("AssociatedDataset", "AssociatedPublication", "CommentIn", "CommentOn"),
        *("CorrectedandRepublishedIn", "CorrectedandRepublishedFrom", "ErratumIn", "ErratumFor"),
        *("ExpressionOfConcernIn", "ExpressionOfConcernFor", "RepublishedIn", "RepublishedFrom"),
        *("RetractedandRepublishedIn", "RetractedandRepublishedFrom", "RetractionIn"),
        *("RetractionOf", "UpdateIn", "UpdateOf", "SummaryForPatientsIn", "OriginalReportIn"),
        *("ReprintIn", "ReprintOf", "Cites"),
    ]
    assert [comment.ref_source for comment in found] == [
        *("Dataset 1", *(f"Paper {number}" for number in range(2, 24)))
    ]
    without = {"AssociatedDataset", "ErratumIn", "RetractionIn"}
    for number, comment in enumerate(found, start=1):
        assert comment.ref_pmid == (None if comment.ref_type in without else 990001800 + number)
    assert found[14] == Comment("RetractionIn", "Paper 15", None, "A note on it")
    assert article(COMMENTED).cites == (found[-1],)


def test_references_are_read_in_order_from_nested_and_repeated_lists() -> None:
    assert [(reference.text or "")[:4].strip(" ,") for reference in article(CITING).references] == [
        *("One", "Two", "Thre", "Four", "Five", "Six", "Seve", "Eigh", "Nine", "")
    ]
    assert [reference.pmid for reference in article(OLD).references] == [990001911]
    assert [reference.text for reference in article(OLD).references] == ["Before all. 1901"]


def test_the_identifiers_of_a_reference_are_what_they_are_not_what_they_are_called() -> None:
    assert [reference[1:] for reference in article(CITING).references] == [
        (990001901, "10.5555/cited.1", "PMC9900901"),
        (None, None, None),
        (None, None, None),  # NOT_FOUND;INVALID_JOURNAL
        (None, None, "PMC9900904"),  # under IdType pubmed
        (None, "10.5555/cited.5", None),  # under IdType pubmed
        (None, None, None),  # PMID 0
        (990001907, None, None),  # IdType is pubmed by default
        (None, "10.5555/cited.8", None),  # a number under IdType pii is no PMID
        (None, None, "PMC9900909"),
        (990001910, None, None),
    ]


# Its own identifiers


def test_the_records_own_identifiers() -> None:
    found = article(MARKUP)

    assert (found.pmid, found.doi, found.pmcid) == (MARKUP, "10.5555/odd.1000", "PMC9900010")
    assert Identifier("mid", "NIHMS990001") in found.identifiers
    assert Identifier("pii", "S0000-0019(21)00001-0") in found.identifiers
    assert "10.5555/never.valid" not in {identifier.value for identifier in found.identifiers}
    assert article(SECTIONS).identifiers == (("pubmed", str(SECTIONS)),)
    assert Identifier("other:NLM", "PMC9900099") in article(INDEXED).identifiers


def test_a_doi_of_either_place_is_the_records_own() -> None:
    location = '<Article><ELocationID EIdType="doi">10.5555/a</ELocationID></Article>'
    listed = '<ArticleIdList><ArticleId IdType="doi">10.5555/b</ArticleId></ArticleIdList>'
    broken = listed.replace("10.5555", "0.5555")

    assert parsed(location).doi == "10.5555/a"
    assert parsed("<Article/>", listed).doi == "10.5555/b"
    assert parsed(location, listed).doi == "10.5555/b"
    assert parsed(location, broken).doi == "10.5555/a"
    assert parsed("<Article/>", broken).doi is None


def test_a_record_that_cites_papers_with_dois_and_has_none_has_none() -> None:
    found = article(CITING)

    assert (found.doi, found.pmcid) == (None, None)
    assert found.identifiers == (("pubmed", str(CITING)),)


KINDS = st.sampled_from(["doi", "pmc", "pubmed", "pii", ""])
CITED = st.sampled_from(["10.5555/cited", "PMC99", "99", "NOT_FOUND;INVALID_JOURNAL", "0"])


@st.composite
def reference_lists(draw: st.DrawFn, depth: int = 2) -> str:
    inside = ""
    for kind, value in draw(st.lists(st.tuples(KINDS, CITED), max_size=3)):
        name = f' IdType="{kind}"' if kind else ""
        number = f"<ArticleIdList><ArticleId{name}>{value}</ArticleId></ArticleIdList>"
        inside += f"<Reference><Citation>A cited paper</Citation>{number}</Reference>"
    if depth and draw(st.booleans()):
        inside += draw(reference_lists(depth - 1))
    return f"<ReferenceList>{inside}</ReferenceList>"


@given(st.lists(reference_lists(), max_size=2), st.sampled_from([INDEXED, MARKUP, LEAST, CHAPTER]))
def test_no_identifier_of_a_cited_work_becomes_the_records_own(lists: list[str], pmid: int) -> None:
    end = b"</PubmedBookData>" if pmid == CHAPTER else b"</PubmedData>"
    before = xml()[pmid]
    if end not in before:
        before = before.replace(b"</PubmedArticle>", b"<PubmedData></PubmedData></PubmedArticle>")
    found = parse(before.replace(end, "".join(lists).encode() + end))

    assert replace(found, references=article(pmid).references) == article(pmid)
    for reference in found.references[len(article(pmid).references) :]:
        assert reference.pmid in {None, 99}
        assert reference.doi in {None, "10.5555/cited"}
        assert reference.pmcid in {None, "PMC99"}


# Layouts


def test_the_version_of_a_record() -> None:
    assert [article(pmid).version for pmid in (MARKUP, OLD, LEAST, CHAPTER)] == [1, 3, 1, 2]


def test_a_citation_without_pubmed_data_around_it_is_a_record() -> None:
    element = record_element(xml()[OLD])[0]

    assert parse(tostring(element)) == article(OLD)


def test_a_record_may_say_next_to_nothing() -> None:
    found = article(LEAST)

    assert found.pmid == LEAST
    for field in fields(found):
        if field.name not in {"pmid", "version", "authors_complete"}:
            assert getattr(found, field.name) in (None, (), "", False), field.name


def test_a_chapter_has_its_own_title_and_authors_and_not_the_doi_of_its_book() -> None:
    found = article(CHAPTER)

    assert (found.is_book, found.is_chapter) == (True, True)
    assert found.title_html == "A chapter on <i>nothing</i>"
    assert (found.journal, found.year, found.pages) == ("The Odd Handbook", 2005, "1-20")
    assert [author.last_name for author in found.authors] == ["Kale"]
    assert not found.authors_complete
    assert [(c.role, c.last_name) for c in found.contributors] == [
        ("editor", "Juniper"),
        ("investigator", "Lichen"),
    ]
    assert found.doi is None
    assert found.identifiers == (("pubmed", str(CHAPTER)), ("bookaccession", "NBK990001"))
    assert found.abstract == "SCOPE: Nothing at all."
    assert found.keywords == (("void", "NOTNLM", False),)
    assert found.publication_types == (("D016454", "Review"),)
    assert found.grants == (("B1", None, "Odd Institute", None),)
    assert found.references == (Reference("In a chapter.", 990001912, None, None),)
    assert (found.date_revised, found.entrez_date) == ("2010-01-02", "2010-01-03")


def test_a_whole_book_has_the_title_authors_and_doi_of_the_book() -> None:
    found = article(BOOK)

    assert (found.is_book, found.is_chapter) == (True, False)
    assert (found.title, found.journal) == ("The Odder Handbook", "Odd Press")
    assert found.vernacular_title == "Das noch seltsamere Handbuch"
    assert (found.pub_date, found.volume, found.doi) == ("2011-02", "3", "10.5555/odder")
    assert [author.collective for author in found.authors] == ["Odd Collaborating Centre"]
    assert [(c.role, c.last_name) for c in found.contributors] == [("editor", "Moss")]


# What is no record


@pytest.mark.parametrize(
    ("record", "why"),
    [
        (b"", "not a record of PubMed"),
        (b"text", "not a record of PubMed"),
        (b"<PubmedArticle>", "not a record of PubMed"),
        (b"<html/>", "<html> is no record of PubMed"),
        (b"<PubmedArticle/>", "<PubmedArticle> without <MedlineCitation>"),
        (b"<PubmedBookArticle/>", "<PubmedBookArticle> without <BookDocument>"),
        (b"<MedlineCitation><PMID>7</PMID></MedlineCitation>", "without <Article>"),
        (b"<MedlineCitation><Article/></MedlineCitation>", "without <PMID>"),
        (b"<MedlineCitation><PMID>x7</PMID><Article/></MedlineCitation>", "PMID 'x7' is none"),
        (
            b'<MedlineCitation><PMID Version="a">7</PMID><Article/></MedlineCitation>',
            "PMID Version 'a' is none",
        ),
        (b'<!DOCTYPE a [<!ENTITY x "y">]><MedlineCitation/>', "not a record of PubMed"),
    ],
)
def test_what_is_no_record_is_refused_and_why_is_said(record: bytes, why: str) -> None:
    with pytest.raises(InputError) as caught:
        parse(record)

    assert why in str(caught.value)


@given(st.data())
def test_a_damaged_record_is_read_or_refused_but_never_crashes(data: st.DataObject) -> None:
    pmid = data.draw(st.sampled_from(sorted(xml())))
    root = record_element(xml()[pmid])
    element = data.draw(st.sampled_from(list(root.iter())))
    junk = data.draw(st.sampled_from(["", "0", "²", "-1", "9" * 5000, "10.", "PMC", "\u00a0"]))
    match data.draw(st.integers(0, 2)):
        case 0:
            element.text = junk
        case 1:
            element.attrib.update(dict.fromkeys(element.attrib, junk))
        case 2:
            element[:] = []
    try:
        found = parse(tostring(root))
    except InputError:
        return
    assert found.pmid == pmid or element.tag == "PMID"
