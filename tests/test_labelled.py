"""The labelled set is sound: what its labels point at stands in its texts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import pytest
from fixtures.labelled.agreement import (
    FOLDER,
    Record,
    broader,
    first,
    half,
    rows,
    second,
    third,
)

RECORDS = first()
README = (FOLDER / "README.md").read_text(encoding="utf-8")
every_record = pytest.mark.parametrize("record", RECORDS, ids=lambda record: record["id"])


def passages(record: Record) -> list[str]:
    """The title, the abstract or its sections, the keywords and the headings, one by one."""
    abstract = record["abstract"]
    sections = [abstract] if isinstance(abstract, str) else list(abstract.values())
    return [record["title"], *sections, *record.get("keywords", ()), *record.get("mesh", ())]


def numbers(words: str) -> list[float]:
    """Every number of a quote, with middle dots read as points and without commas in thousands."""
    plain = re.sub(r"(?<=\d),(?=\d{3})", "", words.replace("·", "."))
    return [float(number) for number in re.findall(r"\d*\.?\d+", plain)]


def quotes(record: Record) -> Iterator[str]:
    for field in ("topics", "not_topics"):
        for words in record.get(field, {}).values():
            yield from words
    yield from record.get("abbreviations", {})
    for finding in record.get("findings", ()):
        yield finding["quote"]


def test_there_are_three_hundred_texts_in_files_of_fifty_with_ids_in_order() -> None:
    assert [record["id"] for record in RECORDS] == [f"t{number:03}" for number in range(1, 301)]


def test_no_text_stands_twice() -> None:
    assert len({"".join(passages(record)) for record in RECORDS}) == 300


def test_half_of_the_texts_are_traps_and_both_halves_hold_the_same_number() -> None:
    sizes = Counter((half(record["id"]), bool(record.get("traps"))) for record in RECORDS)
    assert set(sizes.values()) == {75}
    assert len(sizes) == 4


def test_every_slug_is_a_topic_of_the_vocabulary() -> None:
    used = {
        slug
        for record in [*RECORDS, *second(), *third()]
        for field in ("topics", "optional", "not_topics")
        for slug in record.get(field, ())
    }
    assert used <= set(broader())


@every_record
def test_every_quote_stands_in_its_text(record: Record) -> None:
    texts = passages(record)
    assert [words for words in quotes(record) if not any(words in text for text in texts)] == []


@every_record
def test_every_topic_is_quoted_and_no_topic_is_both_right_and_wrong(record: Record) -> None:
    wanted = record.get("topics", {})
    assert all(wanted.values())
    allowed = set(wanted) | set(record.get("optional", ()))
    assert len(allowed) == len(wanted) + len(record.get("optional", ()))
    assert allowed.isdisjoint(record.get("not_topics", ()))


@every_record
def test_every_figure_of_a_finding_stands_in_its_quote(record: Record) -> None:
    for finding in record.get("findings", ()):
        stated = {finding[key] for key in ("value", "low", "high", "se") if key in finding}
        assert stated
        assert stated <= set(numbers(finding["quote"]))
        assert ("low" in finding) == ("high" in finding)


def test_measures_and_designs_are_those_of_the_rules() -> None:
    listed = set(re.findall(r"`([^`]+)`", README))
    measures = {finding["measure"] for record in RECORDS for finding in record.get("findings", ())}
    designs = {record["design"] for record in RECORDS} - {None}
    assert measures | designs <= listed


def test_sizes_are_positive_whole_numbers_or_not_said() -> None:
    sizes = [record["n"] for record in RECORDS if record["n"] is not None]
    assert all(type(size) is int and size > 0 for size in sizes)


def test_the_second_reading_covers_sixty_of_the_texts_half_of_them_traps() -> None:
    again = {record["id"] for record in second()}
    assert len(again) == len(second()) == 60
    traps = Counter(
        (half(record["id"]), bool(record.get("traps")))
        for record in RECORDS
        if record["id"] in again
    )
    assert set(traps.values()) == {15}


def test_the_third_reading_covers_sixty_other_reporting_texts_forty_of_them_traps() -> None:
    others = {record["id"] for record in third()}
    assert len(others) == len(third()) == 60
    assert others.isdisjoint(record["id"] for record in second())
    assert {half(identifier) for identifier in others} == {"reporting"}
    assert sum(bool(record.get("traps")) for record in RECORDS if record["id"] in others) == 40


@pytest.mark.parametrize("row", rows())
def test_the_stated_agreement_is_the_computed_one(row: str) -> None:
    assert row in README.splitlines()
