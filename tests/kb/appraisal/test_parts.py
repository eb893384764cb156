"""Parts that add up to a whole."""

from __future__ import annotations

import pytest

from kb.appraisal.lexicon import passage
from kb.appraisal.parts import Parts, explained, groups, parts


def read(text: str) -> list[Parts]:
    return [each for sentence in passage(text).sentences for each in parts(sentence)]


@pytest.mark.parametrize(
    "text",
    [
        "We saw 52 children (27 boys and 25 girls).",
        "We saw 52 patients (25 females, 27 males; mean age 4.2 years).",
        "A total of 52 patients with neuroblastoma (27 M/25 F) were seen.",
        "There were 52 patients, 27 boys and 25 girls, aged 1-12 years.",
        "Fifty-two infants (27 [52%] boys and 25 [48%] girls) were seen.",
        "We read 52 scans (27 at diagnosis and 25 at relapse).",
        "We saw 52 patients (27 with neuroblastoma and 25 without).",
        "There were 52 lesions (27 malignant and 25 benign).",
    ],
)
def test_two_parts_make_a_whole(text: str) -> None:
    (found,) = read(text)
    assert (found.whole, found.made, found.firm) == (52, 52, True)
    assert sorted(found.parts) == [25, 27]
    (wrong,) = read(text.replace("25", "26"))
    assert (wrong.made, wrong.firm) == (53, True)


@pytest.mark.parametrize(
    "text",
    [
        "We saw 52 children (27 boys and 24 girls, sex unknown in one).",
        "We saw 53 children (27 boys, 25 girls and 1 unknown).",
        "We saw 20 couples and 20 patients (20 men and 20 women).",
    ],
)
def test_where_there_may_be_a_third_part_nothing_is_firm(text: str) -> None:
    assert not any(found.firm for found in read(text))


@pytest.mark.parametrize(
    "text",
    [
        "We saw 52 eyes (27 men and 20 women).",
        "We saw 52 children (27 with bone and 40 with marrow disease).",
        "We saw 52 children; later 27 boys and 20 girls came.",
    ],
)
def test_other_numbers_are_no_parts(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("Of 60 patients, 8 were excluded (5 had no scan and 3 no histology), leaving 52.", 60),
        ("Of 60 patients, 8 were excluded (5 had no scan and 3 no histology), leaving 55.", 63),
        ("Of 60 patients, 8 were excluded for age and 3 for lack of data, leaving 52.", None),
        ("Of 60 patients, 8 were excluded (5 had no scan and 3 no histology), leaving 50.", 58),
        ("Of 60 patients, 8 were excluded, 5 for age and 3 for lack of data, leaving 52.", 60),
        ("Of 60 patients, 5 were excluded for age and 5 for lack of data, leaving 50.", 60),
        ("Of 60 patients, 5 were lost and 3 withdrew; the remaining 52 were studied.", None),
    ],
)
def test_those_who_are_left_and_those_who_went_make_all(text: str, made: int | None) -> None:
    assert [found.made for found in read(text)] == ([made] if made else [])


def test_parts_of_two_wholes_are_explained() -> None:
    (found,) = read("We saw 52 patients (30 boys and 32 girls).")
    assert explained(found, {52, 30, 32}, {10})  # and 10 controls
    assert explained(found, {52, 30, 32, 62}, set())
    assert not explained(found, {52, 30, 32, 61}, set())


def test_groups_are_read_without_their_whole() -> None:
    (sentence,) = passage("27 boys and 25 girls came").sentences
    ((row, group),) = groups(sentence)
    assert (row.rule, group.one, group.other) == ("sexes", 27, 25)
