"""Which counts a percentage is made of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.appraisal.share_sums import Share, explained, shares


def read(text: str) -> list[tuple[float, int, int]]:
    return [(share.percent.value, share.k, share.n) for share in shares(text)]


@pytest.mark.parametrize(
    "text",
    [
        "17/20 (85%) were seen",
        "17 of 20 patients (85 %), and",
        "17 out of the 20 children with bone lesions (85%).",
        "seventeen of twenty (85 per cent)",
        "85% (17/20)",
        "85% of the lesions (17/20)",
        "85% (17 of 20 patients)",
        "85% [n = 17/20]",
        "85% (95% ci 62-97%; 17/20)",
        "85% (17/20; 95% ci 62-97%)",
        "17/20 = 85% of all",
        "most (17/20, 85%) were",
        "17 (85%) of 20 patients",
        "17 patients (85%) of the 20",
        "of 20 patients, 17 (85%) were boys",
        "among the 20 children studied, 17 (85%) died",
    ],
)
def test_a_percentage_is_of_the_counts_beside_it(text: str) -> None:
    (share,) = shares(text)
    assert (share.percent.value, share.k, share.n, share.firm) == (85, 17, 20, True)
    assert text[share.percent.start : share.percent.start + 2] == "85"
    assert share.comes_out()


@pytest.mark.parametrize(
    "text",
    [
        "80% and 85% (8/10 and 17/20), respectively",
        "8/10 and 17/20 (80%, 85%)",
        "8 of 10 boys and 17 of 20 girls (80% and 85%)",
        "80% (8/10) vs. 85% (17/20)",
    ],
)
def test_lists_go_together_in_order(text: str) -> None:
    assert read(text) == [(80, 8, 10), (85, 17, 20)]


@pytest.mark.parametrize(
    "text",
    [
        "grade 3/4 toxicity (12%)",
        "visual acuity of 20/40 (94%)",
        "hpv 16/18 (70%)",
        "about 80% (17/20)",
        "from 1999/2000 (20%)",
        "17 of 20 boys (34% of all)",
        "17 of 20 boys (5-year survival 80%)",
        "17 of 20 and 3 of 5 patients (80%)".replace(" and 3 of 5", " and 3"),
        "12 (40%) died",
        "(136/31%)",
        "20/17 (85%)",
        "85-90% (17/20)",
        "17 of 20 patients and most controls (80%)",
    ],
)
def test_a_percentage_of_something_else_is_left_alone(text: str) -> None:
    assert read(text) == []


def test_the_second_of_a_sentence_is_firm_as_long_as_the_first_comes_out() -> None:
    _, second = shares("of 20 patients, 17 (85%) relapsed and 3 (20%) did not")
    assert second.firm
    assert not second.comes_out()
    _, second = shares("of 20 patients, 17 (90%) relapsed and 3 (20%) did not")
    assert not second.firm


@pytest.mark.parametrize(
    "words", [", of whom 9 (53%)", "; 9 (53%) of these", ", and 9 (53%) of them"]
)
def test_what_is_of_others_ends_the_list(words: str) -> None:
    assert read(f"of 20 patients, 17 (85%) relapsed{words} died") == [(85, 17, 20)]


def only(text: str) -> Share:
    (share,) = shares(text)
    return share


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("17 of 20 boys (34%)", {17, 20, 50}),  # of all 50 children
        ("17 of 20 boys (15%)", {17, 20}),  # of the others
    ],
)
def test_another_number_may_be_the_whole(text: str, numbers: set[int]) -> None:
    assert explained(only(text), numbers, [])
    assert not explained(only(text.replace("34", "71").replace("15", "71")), numbers, [])


@given(st.text("0123456789/%()., ofnoneseventeen=;[]", max_size=60))
def test_any_text_is_read_and_places_lie_within(text: str) -> None:
    for share in shares(text):
        assert 0 <= share.percent.start < share.percent.end <= len(text)
        assert 0 <= share.start < share.end <= len(text)
        assert share.k <= share.n
