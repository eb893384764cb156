"""Which texts count as a citation of a paper, and what is said about it."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from building import article
from hypothesis import given
from hypothesis import strategies as st

from kb.citations.agreement import Agreement, compare
from kb.citations.citation import Citation, citable, fold, printed_years
from kb.record.article import Article

MARIS = article(
    17586306,
    title="Neuroblastoma.",
    authors=["Maris, John M", "Hogarty, Michael D"],
    journal="Lancet",
    journal_title="Lancet (London, England)",
    year=2007,
    volume="369",
    issue="9579",
    pages="2106-20",
)
PARK = article(
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
BHATIA = article(
    33779841,
    title="Opsoclonus-myoclonus-ataxia syndrome in children.",
    authors=["Bhatia P", "Heim J", "Cornejo P"],
    journal="J Neurol",
    journal_title="Journal of neurology",
    year=2022,
    volume="269",
    issue="2",
    pages="750-757",
    epub="2021-03-28",
)
GARBLED = (
    "Bhatia P, Heim J, Cornejo P, et al. Opsoclonus-myoclonus-ataxia syndrome in children. "
    "J Neurog. 2021;269:750–757"
)


def compared(paper: Article, text: str) -> Agreement | None:
    """What the comparison says; None where the text does not even give volume and first page."""
    about = citable(paper)
    citation = Citation(text)
    return compare(about, citation) if (about.volume, about.first_page) in citation.places else None


def is_of(paper: Article, text: str) -> bool:
    found = compared(paper, text)
    return found is not None and found.agrees


# What is said


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
def test_less_than_that_names_none(text: str) -> None:
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


# Where the volume and the first page stand


@pytest.mark.parametrize(
    "place",
    [
        "2007;369:2106–2120",
        "2007;369:2106-20.",
        "2007; 369 (9579): 2106 — 2120",
        "2007;369(9579 Suppl 2):2106",
        "2007 Jun 23;369(9579):2106-20",
        "369 (2007) 2106–2120.",
        "369, 2106–2120 (2007).",
        "369(9579), 2106–2120.",
        "vol. 369, no. 9579, pp. 2106–2120, Jun. 2007.",
        "vol. 369, no. 9578-9579, pp. 2106–2120, 2007.",
        "369.9579 (2007): 2106-20.",
        "369:2106-20, 2007.",
        "369, p. 2106, 2007",
        "2007;369:2106-20; discussion 2121",
        "2007;369:2106–2120. doi: 10.1016/S0140-6736(07)60983-0",
        "2007;369:2106-20. Erratum in: Lancet 2007;370:1483",
        "2007;369:2106.e1-2120.e9",
        "369(2007)2106",
    ],
)
def test_volume_and_page_are_found_in_every_style(place: str) -> None:
    text = f"Maris JM. Neuroblastoma in 4 stages. Lancet {place}"
    assert ("369", "2106") in Citation(text).places


@pytest.mark.parametrize(
    ("place", "not_this"),
    [
        ("2007;369:2100–2106", "2106"),  # where one paper ends another may begin
        ("2007;369:2100 - 2106", "2106"),
        ("2007;369(2106):1", "2106"),  # issue
        ("vol. 369, no. 2106, pp. 1-9, 2007", "2106"),
        ("369.2106 (2007): 1-9", "2106"),
        ("369:2106:1-9", "2106"),
        ("369, 1-9 (2007)", "2007"),
        ("2007;369:1. Erratum in: Lancet 2008;369:2106", "2106"),
        ("2007;370:1 (comment on 2007;369:2106)", "2106"),
        ("369, 2106, 1", "2106"),  # which of the two is the page is not to be known
        ("2007;369", "2007"),
    ],
)
def test_issue_year_and_the_end_of_a_range_are_no_first_page(place: str, not_this: str) -> None:
    assert ("369", not_this) not in Citation(f"Maris JM. Neuroblastoma. Lancet {place}").places


def test_one_number_is_not_both_the_volume_and_the_page() -> None:
    about = citable(replace(MARIS, volume="12", pages="12-20"))
    assert (about.volume, about.first_page) == ("12", "12")
    assert ("12", "12") not in Citation("Maris JM. Lancet 2007;12:34").places
    assert ("12", "12") in Citation("Maris JM. Lancet 2007;12:12-20").places


def test_a_surname_that_spells_doi_hides_nothing() -> None:
    text = "Tamura C, Doi M, Ikeda K. Title. J Anesth. 1991;5(3):233-8."
    assert ("5", "233") in Citation(text).places


@pytest.mark.parametrize(
    ("volume", "pages", "text"),
    [
        ("68 Suppl 2", "e28473", "Chung C. Pediatr Blood Cancer 2021;68(Suppl 2):e28473"),
        ("12", "CD010685", "Chung C. Pediatr Blood Cancer 2021;12:CD010685"),
        ("12", "1S-20S", "Chung C. Pediatr Blood Cancer 2021;12:1S–20S"),
        ("12", "S63-6", "Chung C. Pediatr Blood Cancer 2021;12 Suppl:S63-S66"),
        ("3", "99ra86", "Chung C. Pediatr Blood Cancer 2021, 3(99), 99ra86."),
        ("25-26", "7", "Chung C. Pediatr Blood Cancer 2021;25-26:7"),
        ("105-B", "7-9", "Chung C. Pediatr Blood Cancer 2021;105-B(2):7-9"),
        ("56 ( Pt 10)", "1-4", "Chung C. Pediatr Blood Cancer 2021;56(Pt 10):1-4"),
        ("14", "100123", "Chung C. Pediatr Blood Cancer 14 (2021) 100123."),
        ("2021", "1234567", "Chung C. Pediatr Blood Cancer 2021;2021:1234567"),
        ("41", "1787; discussion 1791", "Chung C. Pediatr Blood Cancer 2021;41(8):1787"),
    ],
)
def test_article_numbers_supplements_and_odd_volumes(volume: str, pages: str, text: str) -> None:
    journal = "Pediatr Blood Cancer"
    about = {"volume": volume, "pages": pages, "journal": journal, "year": 2021}
    assert is_of(article(1, authors=["Chung C"], **about), text)


# Names


@pytest.mark.parametrize(
    ("author", "printed"),
    [
        ("Pötschger U", "Pötschger U"),
        ("Pötschger U", "Potschger U"),
        ("Pötschger U", "Poetschger U"),
        ("Poetschger U", "Pötschger U"),
        ("Łoś-Ærø Ø", "Los-Aeroe O"),
        ("O'Brien JA", "O’Brien JA"),
        ("O'Brien JA", "OBrien JA"),
        ("OBrien JA", "O'Brien JA"),
        ("de Kraker J", "De Kraker J"),
        ("de Kraker J", "Kraker J de"),
        ("de Kraker J", "J. de Kraker"),
        ("Kraker J", "de Kraker J"),
        ("van der Berg AB", "van der Berg, A.B."),
        ("Smith-Jones AB", "Smith–Jones AB"),
        ("Smith-Jones AB", "Smith Jones AB"),
        ("Maris, John M", "John M. Maris"),
        ("Maris, John M", "J. M. Maris"),
        ("Maris, John M", "J.-M. Maris"),
        ("Maris, John M", "Maris, John M."),
        ("Maris, John M", "12. Maris J"),
        ("Maris, John M", "[12] Maris JM"),
        ("Maris, John M", "Maris et al."),
        ("Dolan JR", "Dolan JR"),
        ("Dolan J", "Dolan Jr J"),
        ("Pearson ADJ", "Pearson AD"),
        ("Mudry, Peter", "Múdry P"),
        ("Li W", "Li W"),
        ("group: Children's Oncology Group", "Children’s Oncology Group."),
        ("王 W", "王 W"),
    ],
)
def test_a_name_is_the_same_however_it_is_spelled(author: str, printed: str) -> None:
    paper = replace(MARIS, authors=article(1, authors=[author]).authors)
    assert is_of(paper, f"{printed}. Lancet 2007;369:2106")


@pytest.mark.parametrize(
    "printed",
    [
        "Maric JM",
        "Maris A",
        "Hogarty MD, Maris JM",
        "J A, Maris JM",
        "Li J, Maris JM",
        "Jones M, Maris JM",
        "St Maris, Anna",
        "Anonymous",
        "Neuroblastoma by Maris JM",
        "A title. Maris JM",
    ],
)
def test_another_first_author_is_another_paper(printed: str) -> None:
    assert not is_of(MARIS, f"{printed}. Lancet 2007;369:2106")


def test_a_paper_whose_record_names_no_author_is_not_known_by_its_text() -> None:
    assert not is_of(replace(MARIS, authors=()), "Maris JM. Lancet 2007;369:2106")


# Journals


@pytest.mark.parametrize(
    "printed",
    [
        "J Neurol. 2022",
        "J. Neurol. 2022",
        "J.Neurol.2022",
        "J Neurol (2022)",
        "Journal of Neurology 2022",
        "The Journal of Neurology, 2022",
        "J Neurol, vol. 2022",
    ],
)
def test_a_journal_agrees_by_abbreviation_or_title(printed: str) -> None:
    found = compared(BHATIA, f"Bhatia P. Opsoclonus. {printed};269:750")
    assert found is not None
    assert "the journal agrees" in found.reason


@pytest.mark.parametrize(
    "printed",
    [
        "J Neurog. 2022",
        "J Neurol Sci 2022",
        "Eur J Neurol 2022",
        "J Neurology 2022",
        "Neurol 2022",
        "J Neurol (Berlin) 2022",
    ],
)
def test_a_journal_with_another_name_does_not_agree(printed: str) -> None:
    found = compared(BHATIA, f"Bhatia P. Opsoclonus. {printed};269:750")
    assert found is not None
    assert "the journal is not printed as J Neurol" in found.reason
    assert not found.agrees


@pytest.mark.parametrize("title", ["Lancet : a journal", "Lancet = Lanzette"])
def test_the_subtitle_of_a_journal_is_left_out_in_citations(title: str) -> None:
    paper = replace(MARIS, journal=title, journal_abbrev="Lanc")
    assert is_of(paper, "Maris JM. The Lancet, 2007;369:2106")


# Years


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("Lancet 2007;369:2106-20", [2007]),
        ("Brookfield J. 2007a. Can genes be redundant? Curr. Biol. 2:553-554", [2007]),
        ("N Engl J Med 2007;357:1901-1911", [2007]),
        ("J Bone Joint Surg 2007;89:2010", [2007]),
        ("J Bone Joint Surg 2007;89: 2010", [2007]),
        ("Published 2017-04-19", [2017]),
        ("1998 Dec-1999 Jan", [1998]),
        ("PLoS One 12:e2012", []),
        ("The 1918 influenza. 2007", [1918, 2007]),
        ("", []),
    ],
)
def test_pages_and_article_numbers_are_no_years(text: str, years: list[int]) -> None:
    assert printed_years(text) == years


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


# Folding

LATIN = st.text("aäbcdéeñłøoßæœuıü yz0123 ", min_size=1)


@given(text=LATIN, mark=st.sampled_from([" ", ". ", ", ", " - ", "  ", "; ", "\u00a0", "\n"]))
def test_folding_is_blind_to_case_spaces_and_marks(text: str, mark: str) -> None:
    folded = fold(text)
    assert fold(mark.join(text.split())) == folded
    assert fold(text.upper()) == folded
    assert fold(f"«{text}…»") == folded
    assert fold(folded) == folded


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Pötschger  U.", "potschger u"),
        ("Neuro\u00adblastoma\u200b", "neuroblastoma"),
        ("ﬁbrosis²", "fibrosis2"),
        ("Cañestro Łoś", "canestro los"),
        ("a_b—c", "a b c"),
        ("神经母细胞瘤", "神经母细胞瘤"),
        ("…", ""),
    ],
)
def test_folding_keeps_letters_and_digits_of_every_script(text: str, folded: str) -> None:
    assert fold(text) == folded
