"""Languages in the codes that citation processors choose their rules by."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from reading_exports import opened

from kb.exports.languages import FAMILY_FIRST, TWO_LETTERS, of_item, two_letters


@pytest.mark.parametrize(
    ("languages", "code"),
    [
        ("eng", "en"),
        ("eng; fre", "en"),
        ("ger", "de"),
        ("chi", "zh"),
        ("mul; spa", "es"),
        ("und", None),
        ("", None),
        (None, None),
    ],
)
def test_the_first_language_with_a_code_of_two_letters_counts(
    languages: str | None, code: str | None
) -> None:
    assert two_letters(languages) == code


@pytest.mark.parametrize(
    ("languages", "code"),
    [("eng", "en"), ("eng; chi", "en"), ("chi; eng", "chi"), ("und; jpn", "jpn"), ("und", None)],
)
def test_no_item_has_a_code_that_turns_latin_names_around(languages: str, code: str | None) -> None:
    assert of_item(languages) == code
    assert set(TWO_LETTERS) >= FAMILY_FIRST


def test_no_two_languages_share_a_code() -> None:
    assert len(set(TWO_LETTERS.values())) == len(TWO_LETTERS)


def test_every_language_of_the_real_records_has_one(real_base: Path) -> None:
    with closing(opened(real_base)) as db:
        found = {code for (code,) in db.execute("SELECT DISTINCT language FROM papers")}
    assert {code for code in found if code and not two_letters(code)} <= {"und", "mul"}
