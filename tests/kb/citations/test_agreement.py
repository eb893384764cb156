"""When a citation is a work's though not all of it is printed, or not as it should be."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from building import article
from cited_papers import BHATIA, MARIS, PARK, compared, is_of
from hypothesis import given
from hypothesis import strategies as st

from kb.citations import agreement
from kb.citations.agreement import Agreement
from kb.citations.citation import citable
from kb.citations.references import Resolution, citable_index, resolve
from kb.record.article import Article, Reference

PARK_2010 = article(
    20113896,
    title="Neuroblastoma: biology, prognosis, and treatment.",
    authors=["Park JR", "Eggert A", "Caron H"],
    journal="Hematol Oncol Clin North Am",
    journal_title="Hematology/oncology clinics of North America",
    year=2010,
    volume="24",
    issue="1",
    pages="65-86",
)
PARK_2008 = article(
    18242317,
    title="Neuroblastoma: biology, prognosis, and treatment.",
    authors=["Park JR", "Eggert A", "Caron H"],
    journal="Pediatr Clin North Am",
    journal_title="Pediatric clinics of North America",
    year=2008,
    volume="55",
    issue="1",
    pages="97-120",
)
WHO = "Park JR, Eggert A, Caron H. "
TITLE = "Neuroblastoma: biology, prognosis, and treatment. "


def resolution(text: str, *papers: Article) -> Resolution:
    known = citable_index(map(citable, papers or (PARK_2010, PARK_2008)))
    return resolve(Reference(text, None, None, None), known, place="")


def pmid(text: str, *papers: Article) -> int | None:
    work = resolution(text, *papers).work
    return int(work.removeprefix("pmid:")) if work.startswith("pmid:") else None


# Twins


@pytest.mark.parametrize(
    ("place", "twin"),
    [
        ("Hematol Oncol Clin North Am. 2010;24:65-86", 20113896),
        ("Hematol Oncol Clin North Am. 2010;24(1)", 20113896),
        ("Hematol Oncol Clin North Am. 2010:65-86", 20113896),
        ("Pediatr Clin North Am. 2008;55:97–120", 18242317),
        ("Pediatr Clin North Am. 2009;55:97–120", 18242317),
        ("Hematol Oncol Clin North Am. 2008;55(1)", None),
        ("Pediatr Clin North Am. 2010;24(1)", None),
        ("Hematol Oncol Clin North Am. 2010;55:97", None),
        ("2010", None),
    ],
)
def test_of_two_papers_of_one_title_and_its_authors_the_place_tells_which(
    place: str, twin: int | None
) -> None:
    assert pmid(WHO + TITLE + place) == twin


def test_two_papers_called_neuroblastoma_are_told_apart() -> None:
    lancet = article(
        17586306, title="Neuroblastoma.", authors=["Maris JM"], journal="Lancet", year=2007,
        volume="369", pages="2106-20",
    )  # fmt: skip
    primer = article(
        27830764, title="Neuroblastoma.", authors=["Matthay KK"], journal="Nat Rev Dis Primers",
        year=2016, volume="2", pages="16078",
    )  # fmt: skip
    assert pmid("Maris JM. Neuroblastoma. Lancet 2007;369:2106", lancet, primer) == 17586306
    assert pmid("Maris JM. Neuroblastoma. Lancet 2008;369:2106", lancet, primer) == 17586306
    assert pmid("Matthay K. Neuroblastoma. Nat Rev Dis Primers 2, 16078 (2016)", lancet) is None
    assert pmid("Maris JM. Neuroblastoma. Nat Rev Dis Primers 2, 16078 (2016)", primer) is None
    assert pmid("Neuroblastoma. Lancet 2007;369:2106", lancet) is None


@pytest.mark.parametrize(
    "text",
    [
        f"{WHO}Erratum: {TITLE}Hematol Oncol Clin North Am. 2010;24(3)",
        f"{WHO}Corrigendum to {TITLE}Hematol Oncol Clin North Am. 2010;24(3)",
        f"{WHO}Reply to: {TITLE}Hematol Oncol Clin North Am. 2010;24(3)",
        f"{WHO}On the paper on {TITLE}Hematol Oncol Clin North Am. 2010;24(3)",
        f"{WHO}{TITLE}Hematol Oncol Clin North Am. 2010;24:599",
        f"Smith J. {TITLE}Hematol Oncol Clin North Am. 2010;24:65-86",
    ],
)
def test_an_erratum_a_letter_and_a_reply_are_not_the_paper(text: str) -> None:
    assert pmid(text) is None


def test_the_title_of_an_erratum_is_not_found_in_the_citation_of_the_paper() -> None:
    erratum = replace(PARK_2010, pmid=1, title=f"Erratum: {TITLE}", pages="599")
    assert pmid(f"{WHO}{TITLE}Hematol Oncol Clin North Am. 2010;24(1)", erratum) is None


# Authors that are missing


@pytest.mark.parametrize("who", ["", "Eggert A, Caron H. ", "Caron HN. ", "[7] ", "(2010). "])
def test_without_its_first_author_a_citation_needs_title_journal_and_place(who: str) -> None:
    assert pmid(f"{who}{TITLE}Hematol Oncol Clin North Am. 2010;24:65-86") == 20113896
    assert pmid(f"{who}{TITLE}Hematol Oncol Clin North Am. 2010;24(1)") is None
    assert pmid(f"{who}Hematol Oncol Clin North Am. 2010;24:65-86") is None
    assert pmid(f"{who}{TITLE}Blood. 2010;24:65-86") is None


def test_without_its_first_author_the_year_may_not_be_two_off() -> None:
    assert pmid(f"Eggert A. {TITLE}Hematol Oncol Clin North Am. 2011;24:65-86") == 20113896
    assert pmid(f"Eggert A. {TITLE}Hematol Oncol Clin North Am. 2012;24:65-86") is None


# Titles that are cut short


def test_a_title_cut_short_counts_where_the_journal_follows() -> None:
    text = "Park JR. Neuroblastoma: biology, prognosis, and. {} 2011;24:65-86"
    assert pmid(text.format("Hematol Oncol Clin North Am")) == 20113896
    assert pmid(text.format("Hematol Onkol Clin North Am")) == 20113896
    assert pmid(text.format("outlook. Blood")) is None


def test_of_a_series_a_title_cut_short_may_be_another_part() -> None:
    part = article(
        994890,
        title="A morbidity survey, 1969 to 1974. 5. Aspects of it: the digestive system.",
        authors=["Chancellor A"], journal="Med J Aust", year=1976, volume="2", pages="15-23",
    )  # fmt: skip
    head = "Chancellor A. A morbidity survey, 1969 to 1974. 5. Aspects of it"
    assert pmid(f"{head}: the digestive system. Med J Aust 1976;2:15", part) == 994890
    assert pmid(f"{head}. Med J Aust 1976;2:15", part) is None


# Pages and volumes that are missing or printed otherwise

CELLS = article(
    32967312,
    title="Obesity and the discs of diabetic rodents: a review of models.",
    authors=["Mahmoud M", "Kokozidou M"],
    journal="Cell Mol Biol Example",
    journal_title="Cellular and molecular biology of examples",
    year=2020,
    volume="9",
    issue="10",
    pages="e2208",
)
OBESITY = "Mahmoud M. Obesity and the discs of diabetic rodents: a review of models. "


@pytest.mark.parametrize(
    ("place", "says"),
    [
        ("Cell Mol Biol Example. 2020;9:e2208", "volume 9 and first page e2208 agree;"),
        ("Cell Mol Biol Example. 2020;9:2208", "but for an e before the page"),
        ("Cell Mol Biol Example. 2020;9(10)", "volume 9 agrees; no first page to compare"),
        ("Cell Mol Biol Example. 2020;9(10):1–13", "volume 9 agrees; no first page to compare"),
        ("Cell Mol Biol Example. 2021;9(10)", "year 2021 against 2020"),
        ("Cell Mol Biol Exmaple. 2020;9(10)", "nearly Cell Mol Biol Example, printed as cell mol"),
        ("Cell. Molec. Biol. Ex. 2020;9(10)", "the journal is abbreviated"),
        ("Cellular and Molecular Biology of Examples 2020, 9.", "the journal agrees"),
        ("Cell Mol Biol Example. 2020;8:e2208", "first page e2208 agrees; volume 8 is not 9"),
    ],
)
def test_a_place_that_is_not_in_full_needs_author_title_journal_and_year(
    place: str, says: str
) -> None:
    resolved = resolution(OBESITY + place, CELLS)
    assert resolved.work == "pmid:32967312"
    assert says in resolved.reason


@pytest.mark.parametrize(
    "text",
    [
        f"{OBESITY}Cell Mol Biol Example. 2020;9:77",
        f"{OBESITY}Cell Mol Biol Example. 2020;8(10)",
        f"{OBESITY}Cell Mol Biol Example. 2021;8:e2208",
        f"{OBESITY}Cell Mol Biol Example. 2020",
        f"{OBESITY}Cell Mol Biol Example. 9(10)",
        f"{OBESITY}J Cell Biol. 2020;9(10)",
        "Mahmoud M. Obesity and the discs of diabetic mice. Cell Mol Biol Example. 2020;9(10)",
        "Mahmoud M. Obesity and the discs of diabetic rodents. Cell Mol Biol Example. 2020;9(10)",
    ],
)
def test_less_than_that_names_none(text: str) -> None:
    assert pmid(text, CELLS) is None


def test_why_a_near_one_is_not_it_is_said() -> None:
    reason = resolution(f"{OBESITY}Cell Mol Biol Example. 2020;9:77", CELLS).reason
    assert reason == (
        "not PMID 32967312 (first author agrees; its place is 9:e2208, not 9:77; the title agrees; "
        "year 2020 agrees; the journal agrees)"
    )


def test_parts_one_and_two_are_two_papers() -> None:
    second = replace(CELLS, title=f"{CELLS.title} Part II.")
    text = f"{OBESITY} {{}} Cell Mol Biol Example. 2020;9(10)"
    assert pmid(text.format("Part II."), second) == 32967312
    assert pmid(text.format("Part I."), second) is None
    assert pmid(text.format("Part III."), second) is None


def test_a_paper_ahead_of_print_is_known_by_author_long_title_journal_and_year() -> None:
    ahead = replace(CELLS, volume=None, issue=None, pages=None)
    assert pmid(f"{OBESITY}Cell Mol Biol Example. 2020", ahead) == 32967312
    assert pmid(f"{OBESITY}Cell Mol Biol Example. 2021", ahead) is None
    assert pmid(f"{OBESITY}Cell Mol Biol Example. 2020;9:77", ahead) is None


def test_a_journal_without_volumes_is_cited_by_year_and_page() -> None:
    yearly = replace(CELLS, volume=None, pages="788-93")
    assert pmid("Mahmoud M. Cell Mol Biol Example 2020, 788–793.", yearly) == 32967312
    assert pmid("Mahmoud M. Cell Mol Biol Example 2019, 788–793.", yearly) is None


def test_the_versions_of_a_cochrane_review_are_told_apart_by_volume_and_year() -> None:
    review = article(
        1, title="Screening of children for rare tumours.", authors=["Barlow J"],
        journal="Cochrane Database Syst Rev", year=2015, volume="9", pages="CD009263",
    )  # fmt: skip
    text = "Barlow J. Screening of children for rare tumours. Cochrane Database Syst Rev {}"
    assert pmid(text.format("2015;9:CD009263"), review) == 1
    assert pmid(text.format("2014;9:CD009263"), review) is None
    assert pmid(text.format("2015;4:CD009263"), review) is None
    old = replace(review, volume=None, year=2001)
    assert pmid(text.format("2001;(2):CD009263"), old) is None
    assert "which is not printed" in resolution(text.format("2001;(2):CD009263"), old).reason


# Whatever the order

NEAR = (
    *(PARK_2010, PARK_2008, CELLS),
    replace(PARK_2010, pmid=3, pages="599"),
    replace(PARK_2010, pmid=4, title="Erratum: Neuroblastoma: biology, prognosis, and treatment."),
    replace(CELLS, pmid=5, volume="8"),
    replace(CELLS, pmid=6),
)
PLACES = (
    *("2010;24:65-86", "Hematol Oncol Clin North Am. 2010;24(1)", "Pediatr Clin 2008;55:97"),
    *("Cell Mol Biol Example. 2020;9:e2208", "Cell Mol Biol Example. 2020;9(10)", "2010;24:599"),
)


@given(
    order=st.permutations(NEAR),
    head=st.sampled_from((WHO + TITLE, TITLE, OBESITY, WHO)),
    place=st.sampled_from(PLACES),
)
def test_the_order_of_the_candidates_changes_nothing(
    order: list[Article], head: str, place: str
) -> None:
    assert resolution(head + place, *order) == resolution(head + place, *NEAR)


# The combinations

BARE = replace(PARK_2010, title="Neuroblastoma.")
HEMATOL = "Hematol Oncol Clin North Am."
NEEDED = [
    ("AT_ITS_PLACE", 0, PARK_2010, f"Park JR. {TITLE}2011;24:65"),
    ("AT_ITS_PLACE", 1, BARE, f"Park JR. Neuroblastoma. {HEMATOL} 2011;24:65"),
    ("AT_ITS_PLACE", 2, PARK_2010, f"Park JR. {HEMATOL} 2010;24:65"),
    ("AT_ITS_PLACE", 3, PARK_2010, f"Eggert A. {TITLE}{HEMATOL} 2010;24:65"),
    ("AT_ITS_PLACE", 4, CELLS, f"{OBESITY}Cell Mol Biol Example. 2020;9:2208"),
    ("MISPLACED", 0, PARK_2010, f"Park JR. {TITLE}{HEMATOL} 2011;24(1)"),
    (
        "MISPLACED",
        1,
        replace(CELLS, volume=None, pages=None),
        f"{OBESITY}Cell Mol Biol Example. 2020",
    ),
]


def test_every_combination_has_an_example() -> None:
    listed = [
        (name, row)
        for name in ("AT_ITS_PLACE", "MISPLACED")
        for row in range(len(getattr(agreement, name)))
    ]
    assert [(name, row) for name, row, _, _ in NEEDED] == listed


@pytest.mark.parametrize(("name", "row", "paper", "text"), NEEDED)
def test_without_the_combination_its_citation_is_not_resolved(
    name: str, row: int, paper: Article, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert pmid(text, paper) == paper.pmid
    rows = list(getattr(agreement, name))
    monkeypatch.setattr(agreement, name, rows[:row] + rows[row + 1 :])
    assert pmid(text, paper) is None


# What is said of one

GARBLED = (
    "Bhatia P, Heim J, Cornejo P, et al. Opsoclonus-myoclonus-ataxia syndrome in children. "
    "J Neurog. 2021;269:750–757"
)


def test_a_garbled_journal_is_said_to_be_printed_otherwise() -> None:
    found = compared(BHATIA, GARBLED)
    assert found == Agreement(
        True,
        1.0,
        "first author, volume 269 and first page 750 agree; the title agrees; year 2021 is that of "
        "the electronic version, 2022 of the issue; the journal is nearly J Neurol, printed as "
        "j neurog",
    )


def test_all_that_agrees_is_named() -> None:
    found = compared(BHATIA, GARBLED.replace("Neurog. 2021", "Neurol. 2022"))
    assert found is not None
    assert found.reason == (
        "first author, volume 269 and first page 750 agree; the title agrees; year 2022 agrees; "
        "the journal agrees"
    )


def test_a_title_of_one_word_is_said_to_tell_nothing() -> None:
    found = compared(MARIS, "Maris JM. Neuroblastoma. Lancet. 2007;369:2106-20")
    assert found is not None
    assert found.agrees
    assert "its title is too short to tell" in found.reason


# What decides


def test_the_journal_its_year_and_place_name_a_paper_without_a_title() -> None:
    assert is_of(MARIS, "Maris JM. Lancet 2007;369:2106")


@pytest.mark.parametrize(
    "text",
    [
        "Maris JM. Lancet 2006;369:2106",  # volume and page with another year
        "Maris JM. Lancet 369:2106",  # no year
        "Maris JM. Lancet Oncol 2007;369:2106",
        "Maris JM. Eur Lancet 2007;369:2106",
        "Maris JM. Lancet",
        "Maris JM. Neuroblastoma. N Engl J Med 2007;369:2106",  # a title of one word tells nothing
        "Maris JM. 2007;369:2106",
        "Maris",
        "Neuroblastoma",
        "Lancet 2007;369:2106",
        "369:2106",
        "",
    ],
)
def test_less_than_that_is_not_the_paper_of_one_word(text: str) -> None:
    assert not is_of(MARIS, text)


@pytest.mark.parametrize(
    "text",
    [
        "Park JR. Neuroblastoma: biology, prognosis and treatment. 2010;24:65-86",
        "Park JR. Neuroblastoma: biology, prognosis and treatment. 24:65-86",  # no year to differ
        "Park JR. Neuroblastoma: biology, prognosis and treatment. 2009;24:65-86",
        "Park JR. Neuroblastoma - biology, prognosis, and treatment. Pediatr Clin 2011;24:65",
    ],
)
def test_a_title_in_full_names_a_paper_whatever_the_journal(text: str) -> None:
    assert is_of(PARK, text)


@pytest.mark.parametrize(
    "text",
    [
        # its twin of 2008, by the same authors
        "Park JR, Eggert A, Caron H. Neuroblastoma: biology, prognosis and treatment. Pediatr Clin "
        "N Am. 2008;55:97–120.",
        # title and author alone, title alone
        "Park JR. Neuroblastoma: biology, prognosis, and treatment. 2010",
        "Neuroblastoma: biology, prognosis, and treatment. 2010;24:65-86",
        # two years off, another volume, another page
        "Park JR. Neuroblastoma: biology, prognosis and treatment. 2008;24:65-86",
        "Park JR. Neuroblastoma: biology, prognosis and treatment. 2010;25:65-86",
        "Park JR. Neuroblastoma: biology, prognosis and treatment. 2010;24:64-86",
        # author, volume and page alone
        "Park JR. 2010;24:65-86",
        "Park JR. A chapter on something else. J Other Things 2010;24:65-86",
        # another first author
        "Eggert A, Park JR. Neuroblastoma: biology, prognosis and treatment. 2010;24:65-86",
        "Parker JR. Neuroblastoma: biology, prognosis and treatment. 2010;24:65-86",
        "Park S. Neuroblastoma: biology, prognosis and treatment. 2010;24:65-86",
    ],
)
def test_a_title_alone_or_with_another_place_or_author_names_none(text: str) -> None:
    assert not is_of(PARK, text)


def test_a_replaced_word_makes_another_title_even_on_the_same_page_of_the_journal() -> None:
    part = article(
        994890,
        title="The Australian general practice morbidity survey, 1969 to 1974. 5. Aspects of "
        "morbidity: diseases of the digestive system.",
        authors=["Chancellor A"],
        journal="Med J Aust",
        year=1976,
        volume="2",
        issue="SP1",
        pages="15-23",
    )
    text = f"Chancellor AH. {part.title} Med J Aust. 1976;2(SP1):15-23."
    assert is_of(part, text)
    other = compared(part, text.replace("digestive", "nervous"))
    assert other is not None
    assert not other.agrees
    assert "the title is nearly its own, but lacks digestive" in other.reason


@pytest.mark.parametrize(
    "printed",
    [
        "Neuroblastoma: Biology, Prognosis & Treatment",
        "Neuroblastoma; biology prognosis and treatments",
        "Neuroblastom: biology, prognosis, and treatment",
    ],
)
def test_small_words_and_slips_do_not_make_another_title(printed: str) -> None:
    assert is_of(PARK, f"Park JR. {printed}. Blood 2010;24:65-86")


# Whatever the other papers are

AUTHORS = ("Maris JM", "Maris A", "Park JR", "de Kraker J", "O'Brien J", "Pötschger U")
TITLES = (
    "Neuroblastoma.",
    "Neuroblastoma: biology, prognosis, and treatment.",
    "Staging of 4 tumours in 12 children: a study of 2007.",
    "Staging of 4 tumours in 12 adults: a study of 2007.",
)
JOURNALS = ("Lancet", "Lancet Oncol", "Cancer", "Pediatr Blood Cancer")
NUMBER = st.integers(1, 14)


@st.composite
def papers(draw: st.DrawFn) -> Article:
    first = draw(NUMBER)
    return article(
        draw(st.integers(1, 10**8)),
        title=draw(st.sampled_from(TITLES)),
        authors=[draw(st.sampled_from(AUTHORS)), draw(st.sampled_from(AUTHORS))],
        journal=draw(st.sampled_from(JOURNALS)),
        year=draw(st.integers(2006, 2008)),
        volume=str(draw(NUMBER)),
        issue=str(draw(NUMBER)),
        pages=f"{first}-{first + draw(st.integers(0, 5))}",
    )


def cited_in_styles(paper: Article) -> list[str]:
    about = {name: getattr(paper, name) for name in ("year", "volume", "issue", "pages", "title")}
    about["journal"] = paper.journal_abbrev
    about["page"] = str(paper.pages).partition("-")[0]
    first, second = paper.authors
    about["last"] = f"{first.last_name} {first.initials}, {second.last_name} {second.initials}"
    about["initials"] = f"{'. '.join(first.initials or '')}. {first.last_name}"
    styles = (
        "{last}. {title} {journal}. {year};{volume}({issue}):{pages}.",
        "{last} ({year}) {title} {journal} {volume}:{pages}",
        "{last}. ({year}). {title} {journal}, {volume}({issue}), {pages}.",
        "[7] {initials}, “{title}” {journal}, vol. {volume}, no. {issue}, pp. {pages}, {year}.",
        "{initials}, {title} {journal} {volume} ({issue}) ({year}) {pages}.",
        "{last}. {title} {journal} {volume}, {pages} ({year}).",
        "{last}. “{title}” {journal} {volume}.{issue} ({year}): {pages}.",
        "{last}. {journal} {year};{volume}:{page}",
        "{last}: {title} {journal} {volume} ({issue}): {pages}, {year}.",
    )
    return [style.format(**about) for style in styles]


def same_place(one: Article, other: Article) -> bool:
    """Papers that a citation without a title, or with the authors in another order, could not
    tell apart."""
    place = [(citable(p).volume, citable(p).first_page) for p in (one, other)]
    names = [{author.last_name for author in p.authors} for p in (one, other)]
    same_names = one.authors[0] == other.authors[0] or names[0] & names[1]
    return place[0] == place[1] and bool(same_names)


@given(paper=papers())
def test_a_paper_agrees_with_its_own_citation_in_every_style(paper: Article) -> None:
    texts = cited_in_styles(paper)
    assert [text for text in texts if not is_of(paper, text)] == []


@given(paper=papers(), other=papers())
def test_no_other_paper_agrees_with_it(paper: Article, other: Article) -> None:
    if not same_place(paper, other):
        assert [text for text in cited_in_styles(paper) if is_of(other, text)] == []


def test_the_styles_meet_every_pair_of_small_numbers() -> None:
    """Issue, volume, pages and year of one paper against volume and page of another."""
    one = article(
        1,
        authors=["Maris JM", "Park JR"],
        journal="Cancer",
        volume="3",
        issue="5",
        pages="7-9",
        year=2007,
        title=TITLES[0],
    )
    for volume, page in product(range(1, 12), repeat=2):
        other = replace(one, pmid=2, volume=str(volume), pages=str(page))
        agreeing = [text for text in cited_in_styles(one) if is_of(other, text)]
        assert bool(agreeing) == ((volume, page) == (3, 7))
