"""Which topics the words of a search name."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from kb.site.names import Names, names


@pytest.fixture(scope="module")
def known(specimen: Path) -> Iterator[Names]:
    with closing(sqlite3.connect(specimen)) as connection:
        yield names(connection)


@pytest.mark.parametrize(
    ("text", "topics"),
    [
        ("Opsoclonus-myoclonus syndrome", {"oms"}),
        ("opsoclonus myoclonus syndromes", {"oms"}),
        ("OMAS", {"oms"}),
        ("omas", {"oms"}),
        ("dancing eyes", {"oms"}),
        ("Kinsbourne", {"oms"}),  # by the name of the person alone
        ("kinsbourne syndrome", {"oms"}),
        ("Curie", {"curie"}),
        ("iobenguane", {"mibg-scan", "theranostics"}),
        ("¹²³I-MIBG", {"mibg-123"}),
        ("I-123 MIBG", {"mibg-123"}),
        ("FDG-PET", {"fdg-pet"}),
        ("magnetic resonance imaging", {"mri"}),
        ("US", {"us"}),
        ("us", set()),  # a word
        ("MR", set()),  # magnetic resonance, or a mixed response
        ("syndrome", set()),
        ("", set()),
        ("🧠", set()),
    ],
)
def test_a_name_is_known_in_all_ways_to_write_it(known: Names, text: str, topics: set[str]) -> None:
    assert set(known.named(text)) == topics


def test_a_label_is_surer_than_a_synonym(known: Names) -> None:
    """ "Diagnostic accuracy" is a topic, and among the words of the wider topic diagnosis."""
    assert known.named("diagnostic accuracy") == ("accuracy",)


def test_part_of_a_name_offers_the_topics_that_have_it(known: Names) -> None:
    assert known.partly_named("doppler ultrasound") != []
    offered = known.partly_named("MIBG")
    assert offered[:2] == list(known.named("MIBG"))
    assert {"mibg-123", "curie"} <= set(offered)
    assert known.partly_named("no such words") == known.partly_named("!") == []
