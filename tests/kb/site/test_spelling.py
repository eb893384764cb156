"""What may have been meant is a word that the base itself has."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from kb.site.spelling import KnownWords, known_words


@pytest.fixture(scope="module")
def known(specimen: Path) -> Iterator[KnownWords]:
    with closing(sqlite3.connect(specimen)) as connection:
        yield known_words(connection)


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("neurobastoma", "neuroblastoma"),
        ("neuroblastomma", "neuroblastoma"),
        ("Nueroblastoma", "neuroblastoma"),
        ("opsoclonous", "opsoclonus"),
        ("scintigrahpy", "scintigraphy"),
        ("ganglioneurma", "ganglioneuroma"),
        ("Junipr", "Juniper"),  # an author, as printed
        ("mri", None),  # too short to be told from others
        ("photosynthesis", None),
        ("", None),
    ],
)
def test_the_nearest_word_is_proposed_and_no_distant_one(
    known: KnownWords, word: str, meant: str | None
) -> None:
    assert known.near(word) == meant


def test_of_words_as_near_the_more_frequent_is_proposed() -> None:
    words = {"staging": 40, "stating": 1, "stacking": 50}
    assert KnownWords({word: word for word in words}, words).near("stagging") == "staging"
