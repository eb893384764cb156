"""What a passage counts, and what its words say of each count."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.appraisal.counts import Count, case_patients, counts, title_patient, without_noun


def told(text: str, field: str = "abstract") -> list[tuple[int, str]]:
    return [(count.n, count.role) for count in counts(field, text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We enrolled 60 children.", [(60, "whole")]),
        ("Forty consecutive boys came.", [(40, "whole")]),
        ("We studied 40 men; all had scans.", [(40, "whole")]),
        ("Relapse struck 6 children.", [(6, "open")]),
        ("In all 113 patients (73%) survived.", [(113, "part")]),
        ("Nine children were lost to follow-up.", [(9, "lost")]),
        ("Twenty healthy children were controls.", [(20, "other")]),
        ("Twenty healthy children were scanned.", [(20, "faint")]),
        ("Scores were compared with 28 peers and 12 patients.", [(12, "open")]),
        ("They were compared with 12 patients.", [(12, "other")]),
        ("We approached 90 families.", [(90, "faint")]),
        ("Films were lost, leaving 122.", [(122, "final")]),
        ("The sample was n = 43.", [(43, "whole")]),
        ("A training set (n = 50) and a test set (n = 20)", [(50, "group"), (20, "group")]),
        ("Infants (n = 12)", [(12, "member")]),
        ("Of 98 children screened, 42 were finally included.", [(98, "faint"), (42, "final")]),
        # The mark of a footnote is no part of the number, an exponent is.
        ("We studied 45 ^1 patients.", [(45, "whole")]),
        ("We studied 10⁴ patients.", []),
        ("We studied 2 × 10⁴ patients.", []),
        ("We studied 2 x 104 patients.", []),
        ("The sample was n = 10⁴.", []),
        ("No people here, 12 of them mice", []),
        ("Twelve mice (n = 6)", []),
    ],
)
def test_the_words_beside_a_count_say_what_it_is(
    text: str, expected: list[tuple[int, str]]
) -> None:
    assert told(text) == expected


def test_a_count_in_a_title_is_the_whole() -> None:
    assert told("Relapse of 6 children", "title") == [(6, "whole")]
    assert told("Relapse of 6 children") == [(6, "open")]


def test_a_count_has_its_noun_and_the_place_of_its_words_and_sentence() -> None:
    text = "It rained. We enrolled 60 small children."
    (count,) = counts("abstract", text)
    assert (count.unit, text[count.start : count.end]) == ("children", "60 small children")
    assert (count.field, count.sentence) == ("abstract", len("It rained."))


def singles(found: list[Count]) -> list[int]:
    assert all(count.role == "single" for count in found)
    return [count.n for count in found]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("A 61-year-old woman had a cyst. This boy was well.", [1, 1]),
        ("Both patients had gout.", [2]),
        ("Case 1 was well. Case 2 had gout.", [2]),
        ("A child may present with a limp.", []),
        ("Both patients and controls had gout.", []),
        ("Grade 2 disease had spread.", []),
    ],
)
def test_patients_of_a_case_report_are_described_one_by_one(text: str, numbers: list[int]) -> None:
    assert singles(list(case_patients("abstract", text))) == numbers


def test_the_patient_of_a_title_is_one_where_the_abstract_goes_on_to_tell_of_one() -> None:
    assert singles(list(title_patient("Gout in a boy", "He recovered."))) == [1]
    assert singles(list(title_patient("Gout in a boy", "Gout is rare."))) == []
    assert singles(list(title_patient("Gout in boys", "He recovered."))) == []


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Gout was seen in four of 96. The children were well.", [96]),
        ("Gout was seen in four of 96. The mice were well.", []),
        ("The fall of 2005. It was reported from the information of 12.", []),
        ("A cohort of 161 with gout", [161]),
        ("We typed 88 renal tumours of children.", [88]),
        ("We typed a hundred tumours of children.", [100]),
        ("Gout in 90% of the children (45/50)", [50]),
        ("Gout in 90% of the joints (45/50)", []),
    ],
)
def test_a_number_without_a_noun_counts_patients_only_beside_people(
    text: str, numbers: list[int]
) -> None:
    assert [count.n for count in without_noun("abstract", text)] == numbers


PIECES = st.sampled_from(
    (
        "12 ",
        "forty ",
        "n = 3",
        "children",
        "boys",
        " (",
        ")",
        ", ",
        ". ",
        "leaving ",
        "were enrolled",
    )
)


@given(st.lists(PIECES | st.text(max_size=3), max_size=25).map("".join))
def test_counts_of_a_sentence_stand_in_reading_order_and_within_the_text(text: str) -> None:
    found = list(counts("abstract", text))
    assert [(c.sentence, c.start) for c in found] == sorted((c.sentence, c.start) for c in found)
    assert all(0 <= c.sentence <= c.start < c.end <= len(text) and c.n > 0 for c in found)
