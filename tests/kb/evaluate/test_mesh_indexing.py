"""What `kb evaluate mesh` counts and writes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from building import article
from measured import evaluated, part

from kb.evaluate import mesh_indexing, references
from kb.record.article import Article
from kb.tagging.topics import Vocabulary, load

VOCABULARY = """
schemes:
  A: {label: Imaging, description: How it was seen, role: test}
descriptors: {D008279: MRI, D014057: CT, D003952: Imaging}
sets: {body: [body]}
topics:
  imaging: {scheme: A, label: Imaging, definition: x, synonyms: [imaging], mesh: [D003952]}
  mri:
    scheme: A
    label: MR imaging
    definition: x
    broader: imaging
    synonyms: [magnetic]
    mesh: [D008279]
  ct:
    scheme: A
    label: CT
    definition: x
    broader: imaging
    synonyms: [tomography: {needs: [body]}]
    mesh: [D014057]
  us: {scheme: A, label: Ultrasound, definition: x, synonyms: [ultrasound]}
"""


@pytest.fixture
def small(tmp_path: Path) -> Vocabulary:
    (tmp_path / "topics.yml").write_text(VOCABULARY)
    return load(tmp_path / "topics.yml")


def record(pmid: int, title: str, *names: str, abstract: str = "") -> Article:
    headings = "".join(
        f'<MeshHeading><DescriptorName UI="" MajorTopicYN="N">{name}</DescriptorName></MeshHeading>'
        for name in names or ("Humans",)
    )
    more = f"<MeshHeadingList>{headings}</MeshHeadingList>"
    return article(pmid, title=title, abstract=abstract, more=more)


@pytest.mark.parametrize(
    ("paper", "topic", "in_text", "cause"),
    [
        (record(1, "Magnetic methods"), "mri", True, mesh_indexing.IN_TITLE),
        (record(1, "A", abstract="Magnetic. Magnetic."), "mri", True, mesh_indexing.OFTEN),
        (record(1, "A", abstract="Magnetic."), "mri", True, mesh_indexing.ONCE),
        (record(1, "Magnetic methods", "Imaging"), "mri", True, mesh_indexing.WIDER_MESH),
        (record(1, "A", "MRI"), "mri", False, mesh_indexing.NO_ABSTRACT),
        (record(1, "A", "MRI", abstract="B"), "mri", False, mesh_indexing.SILENT),
        (record(1, "Imaging", "MRI"), "mri", False, mesh_indexing.WIDER_TEXT),
        (record(1, "Tomography", "CT"), "ct", False, mesh_indexing.REFUSED),
        (
            record(1, "A", "MRI", abstract="Magnetic imaging was not performed."),
            *("mri", False, mesh_indexing.DENIED),
        ),
    ],
)
def test_a_disagreement_has_the_first_cause_that_holds(
    small: Vocabulary, paper: Article, topic: str, in_text: bool, cause: str
) -> None:
    found = mesh_indexing.compare([paper], small).differences
    assert mesh_indexing.Difference(topic, 1, in_text, cause) in found


def test_a_keyword_is_told_from_the_abstract(small: Vocabulary) -> None:
    more = "<MeshHeadingList><MeshHeading><DescriptorName>Humans</DescriptorName></MeshHeading>"
    more += "</MeshHeadingList><KeywordList><Keyword>magnetic</Keyword></KeywordList>"
    (first, *_) = mesh_indexing.compare([article(1, title="A", more=more)], small).differences
    assert first.cause == mesh_indexing.IN_KEYWORD


def test_a_modality_counts_with_what_is_below_it(small: Vocabulary) -> None:
    compared = mesh_indexing.compare([record(1, "Magnetic methods", "CT")], small)
    assert compared.both == {"imaging": 1}
    assert {(each.topic, each.in_text) for each in compared.differences} == {
        ("mri", True),
        ("ct", False),
    }


def test_records_without_mesh_and_topics_without_mesh_are_left_out(small: Vocabulary) -> None:
    compared = mesh_indexing.compare([article(1, title="Magnetic"), record(2, "Ultrasound")], small)
    assert compared.records == 1
    assert compared.differences == []
    assert "us" not in compared.topics


def test_the_report_counts_and_lists_each_disagreement(small: Vocabulary) -> None:
    papers = [record(1, "Magnetic", "MRI"), record(22, "Magnetic"), record(33, "A", "MRI")]
    text = mesh_indexing.report(mesh_indexing.compare(papers, small))
    assert "| MR imaging | 1 | 1 | 1 | 0.500 (0.095 to 0.905) | 0.500 (0.095 to 0.905) |" in text
    assert f"| text | 2 | {mesh_indexing.IN_TITLE} |" in text
    assert f"mri, text alone, {mesh_indexing.IN_TITLE}:\n    22\n" in text
    assert f"mri, MeSH alone, {mesh_indexing.NO_ABSTRACT}:\n    33\n" in text
    assert "Neither text nor MeSH of any record has: CT." in text


# On real records


def test_the_part_on_mesh_is_as_made_and_holds_no_text_of_a_record(
    shared: Path,
    tmp_path: Path,
    records_of: Callable[[Path], dict[int, Article]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(references, "read_records", records_of)
    page = tmp_path / "page.md"
    folder = str(shared / "pubmed")
    assert evaluated("mesh", "--pubmed", folder, "--out", str(page))[0] == 0
    made = page.read_text(encoding="utf-8").partition("<!-- mesh -->\n")[2]
    assert made.partition("<!-- end of mesh -->")[0] == part("mesh"), (
        "run: kb evaluate mesh --pubmed DIR --out docs/evaluation.md"
    )
    records = records_of(shared / "pubmed" / "xml").values()
    titles = {each.title for each in records if len(each.title.split()) > 3}
    assert not [title for title in titles if title in part("mesh")]
