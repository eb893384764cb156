"""MeSH in the base: its year, what is indexed, and descriptors that no topic uses."""

from __future__ import annotations

from pathlib import Path

import pytest
from building import VOCABULARY, Base, Raw, paper


def headings(*names: tuple[str, str, str]) -> str:
    """MeSH headings by (UI, name, Y where major)."""
    listed = "".join(
        f'<MeshHeading><DescriptorName UI="{ui}" MajorTopicYN="{major}">{name}</DescriptorName>'
        "</MeshHeading>"
        for ui, name, major in names
    )
    return f"<MeshHeadingList>{listed}</MeshHeadingList>"


NEUROBLASTOMA = ("D009447", "Neuroblastoma", "Y")


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Base:
    made = Raw(tmp_path_factory.mktemp("indexing") / "raw.db")
    made.run()
    quaking = ("D900001", "Quaking", "Y")
    minor = ("D900001", "Quaking", "N")
    made.read(1, paper(1, more=headings(NEUROBLASTOMA, quaking, ("D6801", "Child", "N"))))
    made.read(2, paper(2, more=headings(NEUROBLASTOMA, minor)))
    made.read(3, paper(3, more=headings(("D009447", "Neuroblastomas, Renamed", "N"))))
    cooking = headings(("D900002", "Cooking", "Y"))
    made.read(4, paper(4, title="Of something else", more=cooking))
    made.read(5, paper(5, status="In-Process"))
    made.read(6, paper(6, status="PubMed-not-MEDLINE"))
    made.read(7, paper(7, abstract="Dosimetry was not performed."))
    return made.build()


def test_the_year_of_mesh_is_told_where_the_vocabulary_has_one(base: Base, tmp_path: Path) -> None:
    assert base.rows("SELECT value FROM meta WHERE key = 'mesh_year'") == []
    dated = Raw(tmp_path / "raw.db")
    dated.run()
    dated.read(1)
    (dated.data / "topics.yml").write_text("mesh_year: 2024\n" + VOCABULARY)
    assert dated.build().one("SELECT value FROM meta WHERE key = 'mesh_year'") == "2024"


def test_missing_mesh_is_told_from_not_indexed(base: Base) -> None:
    assert base.rows("SELECT pmid, indexed FROM indexed WHERE pmid > 3 ORDER BY pmid") == [
        (4, "yes"),
        (5, "not yet"),
        (6, "never"),
        (7, "yes, without headings"),
    ]


def test_descriptors_of_the_field_that_the_vocabulary_lacks_are_counted(base: Base) -> None:
    assert base.rows("SELECT * FROM unknown_descriptors ORDER BY rowid") == [
        ("Quaking", "D900001", 2, 1, None),
        ("Child", "D6801", 1, 0, None),
        ("Neuroblastomas, Renamed", "D009447", 1, 0, "Neuroblastoma"),
    ]


def test_denied_evidence_is_in_the_base_and_no_topic_of_the_paper(base: Base) -> None:
    found = base.rows(
        "SELECT surface, negated FROM topic_evidence WHERE pmid = 7 AND topic = 'dose'"
    )
    assert found == [("Dosimetry", 1)]
    assert base.rows("SELECT topic FROM paper_topics WHERE pmid = 7 ORDER BY 1") == [
        "imaging",
        "tumour",
    ]
