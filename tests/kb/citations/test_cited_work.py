"""What is read of a citation that has a PMID, so that others may be compared with its work."""

from __future__ import annotations

import pytest

from kb.citations.citation import Citable
from kb.citations.cited_work import cited_work
from kb.citations.references import citable_index, resolve
from kb.record.article import Reference

STYLES = [
    "Park JR, Eggert A, et al. A study of 4 tumours in infants. Pediatr Clin. 2008;55(1):97-120.",
    "Park J.R., Eggert A. A study of 4 tumours in infants. Pediatr. Clin. 2008;55:97–120.",
    "Park J. R., Eggert A. (2008). A study of 4 tumours in infants. Pediatr. Clin. 55, 97–120.",
    "Park, J. R., & Eggert, A. (2008a). A study of 4 tumours in infants. Pediatr Clin, 55(1), 97.",
    "Park, J.R., and A. Eggert. 2008. A study of 4 tumours in infants. Pediatr Clin 55 (1): 97.",
    "[7] Park J R. A study of 4 tumours in infants? Pediatr Clin 2008;55:97.",
    "12. Park JR, Eggert A. A study of 4 tumours in infants. Pediatr Clin 2008; 55: 97-120",
]


def read(text: str) -> Citable | None:
    return cited_work(18242317, text, doi=None, pmcid=None)


@pytest.mark.parametrize("text", STYLES)
def test_a_citation_is_read_in_the_common_styles(text: str) -> None:
    work = read(text)
    assert work is not None
    assert (work.first_author, work.author.keys) == ("Park", ("park",))
    assert work.author.given in {("jr",), ("j",)}
    assert work.title == "a study of 4 tumours in infants"
    assert work.journals == ("pediatr clin",)
    assert (work.year, work.volume, work.first_page) == (2008, "55", "97")


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("van der Pol A", ("vanderpol", "pol")),
        ("Gonzalez-Gay M. A.", ("gonzalezgay",)),
        ("Öberg B", ("oberg",)),
        ("O’Brien JA", ("obrien",)),
    ],
)
def test_names_are_read_whole(name: str, keys: tuple[str, ...]) -> None:
    work = read(f"{name}, Park JR. A study of 4 tumours in infants. Pediatr Clin 2008;55:97")
    assert work is not None
    assert work.author.keys == keys


def test_a_year_in_the_name_of_the_journal_is_not_the_year() -> None:
    work = read("Suk SI. A study of 4 tumours in infants. Spine (Phila Pa 1976) 2003;28:2170–5.")
    assert work is not None
    assert work.year == 2003


@pytest.mark.parametrize(
    "text",
    [
        "",
        "J Biol Chem. 2003 May 9;278(19):17190-7",
        "Park JR. Pediatr Clin 2008;55:97",
        "Park JR. A study of 4 tumours in infants. Pediatr Clin 2008;55(1)",
        "J. R. Park, A study of 4 tumours in infants. Pediatr Clin 2008;55:97",
        "A study of 4 tumours in infants. Pediatr Clin 2008;55:97",
        "National Commission for the Protection of Tumours. The Report. London; 1979.",
    ],
)
def test_what_does_not_show_all_of_it_is_not_read(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize("known", STYLES)
@pytest.mark.parametrize("asked", STYLES)
def test_a_citation_in_one_style_is_known_by_one_in_another(known: str, asked: str) -> None:
    works = citable_index((), filter(None, [read(known)]))
    found = resolve(Reference(asked, None, None, None), works, place="")
    assert (found.work, found.method) == ("pmid:18242317", "text")
    assert found.reason.endswith("; PMID 18242317 is known here as others cite it")


@pytest.mark.parametrize(
    "other",
    [
        "Park JR. A study of 4 tumours in infants. Hematol Oncol. 2010;24:65-86.",
        "Park JR. A study of 5 tumours in adults and the aged. Cancer. 2008;55:97-120.",
        "Eggert A. A study of 4 tumours in infants. Pediatr Clin. 2008;55:97-120.",
        "Park JR. A study of 4 tumours in infants. Pediatr Clin. 2008;55:99-120.",
    ],
)
def test_another_work_is_not_known_by_it(other: str) -> None:
    works = citable_index((), filter(None, [read(STYLES[0])]))
    assert resolve(Reference(other, None, None, None), works, place="").method == "none"


def test_a_harvested_paper_is_known_by_its_record_alone() -> None:
    work = read(STYLES[0])
    assert work is not None
    known = citable_index([work], [work])
    assert len(known.by_place["55", "97"]) == 1
