"""What `kb evaluate topics` and `kb evaluate mesh` count and write."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from building import article
from click.testing import CliRunner

from kb.cli import main
from kb.data import data_dir
from kb.errors import InputError
from kb.evaluate import labels, mesh_indexing, participants
from kb.evaluate.references import read_records
from kb.record.article import Article
from kb.tagging.topics import Vocabulary, load

ROOT = Path(__file__).resolve().parents[3]
TEXTS = ROOT / "tests" / "fixtures" / "labelled"
PAGE = (ROOT / "docs" / "evaluation.md").read_text(encoding="utf-8")
AGREEMENT = "# A set\n\n## Agreement\n\n| what | agreement |\n|---|---|\n| n | 1.000 (1 of 1) |\n"

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


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return load(data_dir() / "topics.yml")


@pytest.fixture
def small(tmp_path: Path) -> Vocabulary:
    (tmp_path / "topics.yml").write_text(VOCABULARY)
    return load(tmp_path / "topics.yml")


def part(subject: str) -> str:
    found = re.search(rf"(?s)<!-- {subject} -->\n(.*)<!-- end of {subject} -->", PAGE)
    assert found
    return found[1]


def evaluated(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["evaluate", *words])
    return result.exit_code, result.output


# Labelled texts


def test_the_page_of_measured_quality_is_as_made(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    code, said = evaluated("topics", "--texts", str(TEXTS), "--out", str(page))
    assert (code, said) == (0, f"Wrote {page}.\n")
    made = page.read_text(encoding="utf-8").partition("<!-- topics -->\n")[2]
    assert made.partition("<!-- end of topics -->")[0] == part("topics"), (
        "run: kb evaluate topics --texts tests/fixtures/labelled --out docs/evaluation.md"
    )


def test_every_miss_of_both_halves_is_listed(vocabulary: Vocabulary) -> None:
    records = labels.read(TEXTS)
    for name in labels.HALVES:
        of = labels.scores([r for r in records if labels.half(r) == name], vocabulary)
        misses = [miss for score in of for miss in score.misses]
        assert f"Every miss of the {name} half: {len(misses)}<" in part("topics")
        assert all(miss in part("topics") for miss in misses)


def test_the_agreement_is_the_one_that_the_set_states() -> None:
    stated = (TEXTS / "README.md").read_text(encoding="utf-8").partition("## Agreement")[2]
    lines = re.findall(r"(?m)^\|.*\|$", stated)
    assert len(lines) == 8
    assert "\n".join(lines) in part("topics")


def test_the_page_says_what_the_numbers_are_worth() -> None:
    for words in ("tuned on the odd texts", "looked at while the rules", "No clinician"):
        assert words in part("topics")


def test_a_set_without_its_agreement_is_refused(tmp_path: Path, vocabulary: Vocabulary) -> None:
    (tmp_path / "a.yml").write_text("[{id: t1, title: An MRI, design: null, n: null}]")
    with pytest.raises(InputError, match="states no table under the heading Agreement"):
        labels.report(tmp_path, vocabulary)
    (tmp_path / "README.md").write_text(AGREEMENT)
    assert "| n | 1.000 (1 of 1) |" in labels.report(tmp_path, vocabulary)


@pytest.mark.parametrize(("text", "message"), [("", "holds no labelled"), ("a: 1", "no list of")])
def test_a_folder_without_labelled_texts_is_refused(
    tmp_path: Path, text: str, message: str
) -> None:
    if text:
        (tmp_path / "a.yml").write_text(text)
    code, said = evaluated("topics", "--texts", str(tmp_path))
    assert code == 2
    assert message in said


# Against MeSH


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


def test_mesh_needs_records() -> None:
    code, said = evaluated("mesh")
    assert code == 2
    assert "kb evaluate mesh needs real PubMed records" in said


# Sample sizes


def marked(words: str) -> str:
    """Lines of a file, the words after ^ marked."""
    lines = (
        "{} NN O {}".format(w.lstrip("^"), "I-PAR" if w[0] == "^" else "O") for w in words.split()
    )
    return "\n".join(["-DOCSTART- (7)", "", *lines, ""])


@pytest.mark.parametrize(
    ("words", "outcome"),
    [
        ("We enrolled ^62 ^patients ( mean age 7 ) .", participants.INSIDE),
        ("We enrolled 62 patients with ^asthma .", participants.OUTSIDE),
        ("Treatment of ^adults ^over ^65 .", participants.MISSED),
        ("Treatment of ^adults .", participants.NONE),
    ],
)
def test_a_sample_size_has_to_stand_in_the_marked_words(
    tmp_path: Path, words: str, outcome: str
) -> None:
    file = tmp_path / "a.txt"
    file.write_text(marked(words), encoding="utf-8")
    (abstract,) = participants.read(file)
    assert abstract.pmid == 7
    assert f"| {outcome} | 1 |" in participants.report([abstract])


def test_the_words_are_put_together_as_they_are_printed(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text(marked("Of ^62 patients ( 30 % ) , all came ."), encoding="utf-8")
    (abstract,) = participants.read(file)
    assert abstract.text == "Of 62 patients (30%), all came."
    assert [abstract.text[start:end] for start, end in abstract.places] == ["62"]


def test_a_file_of_another_form_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("62 patients")
    with pytest.raises(InputError, match="DOCSTART"):
        participants.read(tmp_path / "a.txt")


# On real records


def test_the_part_on_mesh_is_as_made_and_holds_no_text_of_a_record(
    shared: Path, tmp_path: Path
) -> None:
    page = tmp_path / "page.md"
    folder = str(shared / "pubmed")
    assert evaluated("mesh", "--pubmed", folder, "--out", str(page))[0] == 0
    made = page.read_text(encoding="utf-8").partition("<!-- mesh -->\n")[2]
    assert made.partition("<!-- end of mesh -->")[0] == part("mesh"), (
        "run: kb evaluate mesh --pubmed DIR --out docs/evaluation.md"
    )
    records = read_records(shared / "pubmed" / "xml").values()
    titles = {each.title for each in records if len(each.title.split()) > 3}
    assert not [title for title in titles if title in part("mesh")]
