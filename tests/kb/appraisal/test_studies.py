"""Under which names a record tells of a trial or cohort."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.appraisal.studies import load, study_of
from kb.data import data_dir
from kb.errors import ConfigError

PROTOCOLS = load(data_dir() / "studies.yml")


def named(text: str) -> list[str]:
    return [mention.study for mention in study_of([], [("abstract", text)], PROTOCOLS)]


@pytest.mark.parametrize(
    ("text", "study"),
    [
        ("registered as NCT00567567.", "NCT00567567"),
        ("(NCT 00567567)", "NCT00567567"),
        ("ISRCTN: ISRCTN59506583", "ISRCTN59506583"),
        ("EudraCT number 2006-001489-17", "EudraCT 2006-001489-17"),
        ("EUCTR2006\u2011001489\u201117-GB", "EudraCT 2006-001489-17"),
        ("DRKS00012345", "DRKS00012345"),
        ("treated on COG study ANBL0532", "ANBL0532"),
        ("the COG-ANBL00B1 biology study", "ANBL00B1"),
        ("ANBL-0531", "ANBL0531"),
        ("neuroblastoma, A3973", "A3973"),
        ("neuroblastoma on P9641", "P9641"),
        ("the CCG 3891 protocol", "CCG-3891"),
        ("NANT 2011\u201301", "NANT 2011-01"),
        ("the HR-NBL1/SIOPEN trial", "HR-NBL1"),
        ("SIOPEN/HR\u2011NBL1.5", "HR-NBL1"),
        ("LNESG1", "LNESG1"),
        ("the LINES protocol", "LINES"),
        ("OMS/DES 2011", "OMS/DES 2011"),
        ("INES 99.1", "INES99.1"),
        ("the GPOH NB97 trial", "NB97"),
        ("the International Neuroblastoma Risk Group (INRG) database", "INRG database"),
    ],
)
def test_registry_numbers_and_protocols_are_found_however_they_are_written(
    text: str, study: str
) -> None:
    assert named(text) == [study]


@pytest.mark.parametrize(
    "text",
    [
        "NCT0056756 has seven digits and NCT005675678 nine",
        "2006-001489-17 without the name of its register",
        "XANBL0532 and ANBL05321 are parts of something else",
        "antibody A3973 on leukaemia cells",
        "NEUROBLASTOMA CELL LINES",
        "a BEACON of hope in heart disease",
        "NB97 cells",
        "SIOPEN and INRG are groups, no studies",
        "HR-NBL15",
    ],
)
def test_what_only_looks_like_a_study_is_left_out(text: str) -> None:
    assert named(text) == []


def test_the_databank_comes_first_and_each_study_once_with_where_it_stands() -> None:
    databanks = [
        ("ClinicalTrials.gov", "NCT00567567"),
        ("EudraCT", "2006-001489-17"),
        ("GENBANK", "U52156"),
        ("ClinicalTrials.gov", None),
    ]
    passages = [
        ("title", "Results of ANBL0532"),
        ("abstract", "ANBL0532 (NCT00567567) followed A3973 in neuroblastoma."),
        ("keyword:1", "HR-NBL1"),
    ]
    assert study_of(databanks, passages, PROTOCOLS) == [
        ("NCT00567567", "ClinicalTrials.gov NCT00567567", "databank ClinicalTrials.gov"),
        ("EudraCT 2006-001489-17", "EudraCT 2006-001489-17", "databank EudraCT"),
        ("ANBL0532", "COG ANBL0532", "title"),
        ("A3973", "COG A3973", "abstract"),
        ("HR-NBL1", "HR-NBL1/SIOPEN", "keyword:1"),
    ]


def test_a_needed_word_may_stand_in_another_passage() -> None:
    passages = [("title", "Late effects in A3973"), ("keyword:1", "Neuroblastoma")]
    assert [mention.study for mention in study_of([], passages, PROTOCOLS)] == ["A3973"]


@given(st.text(alphabet="NCTAL B0123456789-\u2013.", max_size=60))
def test_an_identifier_is_never_invented(text: str) -> None:
    bare = "".join(filter(str.isalnum, text))
    for study in named(text):
        assert "".join(filter(str.isalnum, study)) in bare


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("study: one", "expected a list"),
        ("- {study: a", "is not YAML"),
        ("- {study: a, label: b}", "entry 1: expected study, label, words"),
        ("- {study: a, label: b, words: c, neds: [d]}", "entry 1: expected study, label, words"),
        ("- {study: '{0}', label: b, words: c}", "entry 1, {0}"),
        ("- {study: a, label: b, words: '(c'}", "entry 1, a"),
        ("- {study: 97, label: b, words: c}", "entry 1, 97"),
        ("- just words", "entry 1: expected study, label, words"),
    ],
)
def test_an_unsound_list_names_the_file_and_the_entry(
    tmp_path: Path, content: str, message: str
) -> None:
    path = tmp_path / "studies.yml"
    path.write_text(content)
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert str(path) in str(caught.value)
    assert message in str(caught.value)


def test_a_missing_list_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path / "studies.yml")


def test_one_study_has_one_label() -> None:
    assert len({protocol.study for protocol in PROTOCOLS}) == len(PROTOCOLS)
