"""What `kb evaluate fresh` counts and writes, and that its texts and labels are sound."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from measured import evaluated, part

from kb.data import data_dir
from kb.evaluate import fresh_texts
from kb.evaluate.labels import Score, read
from kb.tagging.topics import Vocabulary, load
from kb.yaml_lines import constructed

TEXTS = Path(__file__).resolve().parents[2] / "fixtures" / "fresh"
RULES = (TEXTS.parent / "labelled" / "README.md").read_text(encoding="utf-8")
Record = dict[str, Any]
every_record = pytest.mark.parametrize("record", read(TEXTS), ids=lambda record: record["id"])


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return load(data_dir() / "topics.yml")


def parts(record: Record) -> list[str]:
    abstract = record["abstract"] or ""
    sections = [abstract] if isinstance(abstract, str) else list(abstract.values())
    return [record["title"], *sections]


def findings(record: Record) -> Iterator[Record]:
    for field in ("findings", "findings_optional"):
        yield from record.get(field, ())


def quotes(record: Record) -> Iterator[str]:
    for field in ("topics", "look_alikes", "denied"):
        for words in (record.get(field) or {}).values():
            yield from words
    yield from (finding["quote"] for finding in findings(record))


def test_the_halves_are_alike_in_size_and_kind() -> None:
    for name in fresh_texts.HALVES:
        first = constructed(TEXTS / f"{name}.yml", "the labelled texts")
        second = constructed(TEXTS / f"{name}-second.yml", "the labelled texts")
        assert isinstance(first, list)
        assert isinstance(second, list)
        assert Counter(record["kind"] for record in first) == {"field": 36, "near": 12, "far": 12}
        kinds = Counter(record["kind"] for record in second)
        assert kinds["field"] == 35
        assert {kinds["near"], kinds["far"]} == {12, 13}
        third = constructed(TEXTS / f"{name}-third.yml", "the labelled texts")
        assert isinstance(third, list)
        assert Counter(record["kind"] for record in third) == {"field": 6, "near": 2, "far": 2}
        assert {fresh_texts.half(record) for record in [*first, *second, *third]} == {name}
    assert len({record["id"] for record in read(TEXTS)}) == 260
    assert len({"".join(parts(record)) for record in read(TEXTS)}) == 260


@every_record
def test_every_quote_stands_in_its_text(record: Record) -> None:
    assert [
        words for words in quotes(record) if not any(words in one for one in parts(record))
    ] == []


def numbers(words: str) -> set[float]:
    """The numbers of a quote: a comma may part thousands or be the decimal point."""
    words = words.replace("·", ".").replace("10−6", "0.000001")
    words = re.sub(r"(?<=[1-9]),(?=\d{3}\b)", "", words).replace(",", ".")
    return {float(number) for number in re.findall(r"\d*\.?\d+", words)}


@every_record
def test_every_figure_stands_in_its_quote(record: Record) -> None:
    for finding in findings(record):
        stated = {finding[name] for name in ("value", "low", "high", "se") if name in finding}
        assert stated
        assert stated <= numbers(finding["quote"])


@every_record
def test_names_are_known_and_no_topic_has_two_labels(
    record: Record, vocabulary: Vocabulary
) -> None:
    fields = ("topics", "optional", "look_alikes", "denied")
    named = [slug for field in fields for slug in record.get(field) or ()]
    assert set(named) <= {topic.topic for topic in vocabulary.topics}
    assert len(set(named)) == len(named)
    listed = set(re.findall(r"`([^`]+)`", RULES))
    designs = {record["design"], *record.get("design_lenient", ())} - {None}
    assert designs | {finding["measure"] for finding in findings(record)} <= listed


def lines(record: Record, vocabulary: Vocabulary) -> dict[str, Score]:
    of = fresh_texts.labelled(record, vocabulary)
    return {score.what: score for score in fresh_texts.scores([of], vocabulary)}


def made(**changed: object) -> Record:
    record: Record = {
        "id": "f001",
        "kind": "near",
        "title": "Ultrasonography",
        "abstract": "We studied 20 patients. The sensitivity of MRI was 85%.",
        "topics": {"us": [], "mri": [], "accuracy": []},
        "design": None,
        "n": 20,
        "findings": [{"measure": "sensitivity", "value": 85, "unit": "%", "test": "mri"}],
    }
    return record | changed


def test_a_text_read_rightly_has_no_fault(vocabulary: Vocabulary) -> None:
    of = lines(made(), vocabulary)
    for what in ("topics, precision", "topics, recall", "n right", "findings, recall"):
        assert of[what].right == of[what].total
    assert of["confusers with a wrong topic"].right == 0
    assert of["index test right, named in the sentence"].right == 1
    assert not any(score.misses for score in of.values())


def test_a_topic_that_is_denied_and_tagged_is_a_fault_of_three_lines(
    vocabulary: Vocabulary,
) -> None:
    of = lines(made(topics={"us": [], "accuracy": []}, denied={"mri": []}), vocabulary)
    assert of["topics, precision"].misses == ("f001: has mri",)
    assert of["denied kept out"].misses == ("f001: mri is denied",)
    assert of["confusers with a wrong topic"].right == 1


def test_an_optional_topic_or_figure_is_neither_asked_for_nor_wrong(vocabulary: Vocabulary) -> None:
    record = made(topics={"us": []}, optional=["mri", "accuracy"], findings=[])
    assert lines(record, vocabulary)["topics, precision"].total == 1
    assert lines(record, vocabulary)["findings, precision"].right == 0
    assert lines(record, vocabulary)["findings, precision"].total == 1
    optional = record | {"findings_optional": made()["findings"]}
    assert lines(optional, vocabulary)["findings, precision"].total == 0


def test_sizes_are_right_wrong_or_missing_and_lenient_where_another_may_be_given(
    vocabulary: Vocabulary,
) -> None:
    of = lines(made(n=19, n_lenient=[20]), vocabulary)
    said = ("n right", "n right, lenient", "n wrong", "n missing")
    assert [of[what].right for what in said] == [0, 1, 1, 0]
    of = lines(made(abstract="MRI is of use.", n=19, findings=[]), vocabulary)
    assert [of[what].right for what in said] == [0, 0, 0, 1]


def test_the_test_of_a_figure_is_right_wrong_or_missing(vocabulary: Vocabulary) -> None:
    names = [f"index test {how}, named in the sentence" for how in ("right", "wrong", "missing")]
    finding = made()["findings"][0]
    for changed, counts in [
        ({"test": ["ct", "mri"]}, [1, 0, 0]),
        ({"test": "ct"}, [0, 1, 0]),
        ({"value": 84, "test": "mri"}, [0, 0, 1]),
        ({"test": "some other test"}, [0, 0, 0]),
        ({"elsewhere": True}, [0, 0, 0]),
    ]:
        of = lines(made(findings=[finding | changed]), vocabulary)
        assert [of[name].right for name in names] == counts
    assert of["index test right, named anywhere"].right == 1


def test_the_page_is_as_made_and_lists_no_miss_of_the_sealed_half(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    code, said = evaluated("fresh", "--texts", str(TEXTS), "--out", str(page))
    assert (code, said) == (0, f"Wrote {page}.\n")
    written = page.read_text(encoding="utf-8").partition("<!-- fresh texts -->\n")[2]
    assert written.partition("<!-- end of fresh texts -->")[0] == part("fresh texts"), (
        "run: kb evaluate fresh --texts tests/fixtures/fresh --out docs/evaluation.md"
    )
    told = {int(number) for number in re.findall(r"\bf(\d{3}): ", part("fresh texts"))}
    assert told
    assert all(number % 2 for number in told)


def test_a_folder_without_labelled_texts_is_refused(tmp_path: Path) -> None:
    code, said = evaluated("fresh", "--texts", str(tmp_path))
    assert code == 2
    assert "holds no labelled texts" in said
