"""The engine of topics, on a small vocabulary made here."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_vocabulary import HEAD

from kb.tagging.topics import TopicEvidence, Vocabulary, holds, load, tag


def surfaces(vocabulary: Vocabulary, text: str) -> list[tuple[str, str]]:
    return [(e.topic, e.surface) for e in tag(vocabulary, [("title", text)], [])]


# Ways to write the same


@pytest.mark.parametrize(
    "text",
    [
        *("123I-MIBG", "¹²³I-MIBG", "[123I]MIBG", "[123I]-mIBG", "(123)I-MIBG", "I-123 MIBG"),
        *("123-I-mIBG", "I123-MIBG", "iodine-123 MIBG", "IODINE‑123\u2009MIBG", "123 I\u00a0MIBG"),
        *("[123I]I-MIBG", "123I–meta-iodobenzylguanidine", "[¹²³I] metá-iodobenzylguanidine"),
    ],
)
def test_a_nuclide_is_read_in_all_its_spellings(vocabulary: Vocabulary, text: str) -> None:
    assert "mibg-123" in dict(surfaces(vocabulary, f"Uptake of {text} in bone"))


@pytest.mark.parametrize(
    "text", ["(99m)Tc-MDP", "99mTc-MDP", "⁹⁹ᵐTc-MDP", "99 mTc MDP", "Tc-99m MDP"]
)
def test_a_metastable_nuclide_too(vocabulary: Vocabulary, text: str) -> None:
    assert surfaces(vocabulary, text)[0][0] == "bone-scan"


@pytest.mark.parametrize("text", ["131I-MIBG", "1123I-MIBG", "123In-MIBG", "123I MIBGs2"])
def test_another_nuclide_or_word_is_not_read(vocabulary: Vocabulary, text: str) -> None:
    assert surfaces(vocabulary, text) == []


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("Adrenal hemorrhage", "bleed"),
        ("ADRENAL HAEMORRHAGES", "bleed"),
        ("Metastases", "bleed"),
        ("neuroblastic tumors", "neuroblastoma"),
        ("Neuroblastomata of infants", "neuroblastoma"),
        ("Image–defined risk\u202ffactors", "idrf"),
        ("(image-defined)\nrisk_factor's", "idrf"),
        ("IDRFs", "idrf"),
        ("PET–CT", "pet-ct"),
    ],
)
def test_number_spelling_case_and_separators_do_not_matter(
    vocabulary: Vocabulary, text: str, topic: str
) -> None:
    assert topic in dict(surfaces(vocabulary, text))


@pytest.mark.parametrize("text", ["told us of a scan", "an abdominal Us", "idrf", "pet/ct"])
def test_an_abbreviation_is_held_to_its_capitals(vocabulary: Vocabulary, text: str) -> None:
    assert surfaces(vocabulary, text) == []


@pytest.mark.parametrize("text", ["ganglioneuroblastoma", "IDRF2", "riskfactor", "risk. Factor"])
def test_a_part_of_a_word_and_two_sentences_are_not_read(vocabulary: Vocabulary, text: str) -> None:
    assert surfaces(vocabulary, text) == []


# Senses


def test_a_needed_cue_may_stand_anywhere_in_the_record(vocabulary: Vocabulary) -> None:
    assert surfaces(vocabulary, "PET bottles") == []
    far = [("title", "PET in children"), ("abstract", "One tracer."), ("keyword:1", "none")]
    assert [e.surface for e in tag(vocabulary, far, [])] == ["PET"]
    indexed = tag(vocabulary, far[:1], [("D0", "Whole Body Scanning", False)])
    assert [e.surface for e in indexed] == ["PET"]


def test_a_near_cue_has_to_stand_near(vocabulary: Vocabulary) -> None:
    assert surfaces(vocabulary, "An abdominal US was done") == [("us", "US")]
    assert surfaces(vocabulary, "Abdominal pain" + " and again pain" * 6 + " in the US") == []


def test_a_pattern_of_two_cues_needs_both_and_a_minus_excludes(vocabulary: Vocabulary) -> None:
    assert surfaces(vocabulary, "MS in the INRG cohort") == []
    assert surfaces(vocabulary, "MS staging in the INRG cohort") == [("ms", "MS")]
    assert surfaces(vocabulary, "MS or sclerosis: staging, INRG") == []
    assert surfaces(vocabulary, "MS, no sclerosis: INRG staging, INRGSS") == [("ms", "MS")]


def test_an_exception_takes_the_words_inside_and_across_its_edge(vocabulary: Vocabulary) -> None:
    assert surfaces(vocabulary, "Olfactory neuroblastomas") == []
    found = surfaces(vocabulary, "Olfactory neuroblastoma is no neuroblastoma")
    assert found == [("neuroblastoma", "neuroblastoma")]
    assert dict(surfaces(vocabulary, "A PET/CT scan")) == {"pet": "PET", "pet-ct": "PET/CT"}
    assert ("ct", "CT scan") in surfaces(vocabulary, "A CT scan and PET/CT")


def test_the_longest_match_stands_inside_a_topic_and_topics_overlap(
    vocabulary: Vocabulary,
) -> None:
    assert surfaces(vocabulary, "image-defined risk factors") == [
        ("idrf", "image-defined risk factors")
    ]
    assert surfaces(vocabulary, "[123I]MIBG scan") == [
        ("mibg-123", "123I]MIBG"),
        ("mibg-scan", "MIBG scan"),
    ]


# What the record says of its abbreviations


@pytest.mark.parametrize(
    ("text", "topics"),
    [
        (
            "Positron emission tomography of toys (PET), PET tracer",
            {"pet"},
        ),  # no words of the topic
        ("The pale earth test (PET), a PET tracer and a scan", set()),
        ("PET (pale earth test), a PET tracer", set()),
        ("Image-defined risk factors (IDRF)", {"idrf"}),
        ("Inner dorsal ring fold (IDRF)", set()),
        ("Molecular scan of MRI (MS)", set()),
    ],
)
def test_a_definition_with_other_words_overrides_the_vocabulary(
    vocabulary: Vocabulary, text: str, topics: set[str]
) -> None:
    found = {e.topic for e in tag(vocabulary, [("abstract", text)], [])}
    assert found & {"pet", "idrf", "ms"} == topics


def test_a_definition_with_the_topics_words_needs_no_context(tmp_path: Path) -> None:
    topics = """
  quake:
    scheme: F
    label: Quake
    definition: x
    synonyms: [pale quake]
    abbreviations: [PQ: {needs: [sea]}]
  deep: {scheme: F, label: Deep, definition: x, broader: quake, synonyms: [palest quake]}
"""
    (path := tmp_path / "topics.yml").write_text(HEAD + topics, encoding="utf-8")
    loaded = load(path)
    assert surfaces(loaded, "PQ of the land") == []
    assert ("quake", "PQ") in surfaces(loaded, "Pale quakes (PQ): PQ of the land")
    assert ("quake", "PQ") in surfaces(loaded, "PQ (palest quake): of the land")
    assert ("quake", "PQ") not in surfaces(loaded, "Plain quartz (PQ): of the sea")
    passages = [("title", "PQ of the sea"), ("abstract", "Plain quartz (PQ) is a stone.")]
    assert tag(loaded, passages, []) == []


# Denial


def held(vocabulary: Vocabulary, text: str) -> set[str]:
    return {row.topic for row in holds(tag(vocabulary, [("abstract", text)], []))}


def test_denied_evidence_is_kept_and_the_topic_does_not_hold(vocabulary: Vocabulary) -> None:
    text = "First words. IDRFs were not assessed; risk factors were."
    assert [(e.surface, e.negated) for e in tag(vocabulary, [("abstract", text)], [])] == [
        ("IDRFs", True),
        ("risk factors", False),
    ]
    assert held(vocabulary, "IDRFs were not assessed.") == set()
    assert held(vocabulary, "IDRFs were not assessed. Each IDRF counts.") == {"idrf"}
    assert held(vocabulary, "IDRFs were not found.") == {"idrf"}


def test_a_denial_reaches_over_a_stop_that_ends_no_sentence_and_over_no_line_end(
    vocabulary: Vocabulary,
) -> None:
    (evidence,) = tag(vocabulary, [("abstract", "99mTc-MDP, e.g. on day 2, was not done.")], [])
    assert evidence.negated
    for end in ("!", "?", "\n", "; x"):
        text = f"99mTc-MDP{end} It was not done."
        (evidence,) = tag(vocabulary, [("abstract", text)], [])
        assert not evidence.negated, text


def test_words_that_seldom_deny_are_looked_at_too(vocabulary: Vocabulary) -> None:
    assert held(vocabulary, "Nobody underwent 99mTc-MDP.") == set()
    assert held(vocabulary, "Scans (exclusive of 99mTc-MDP) were read.") == set()


def test_no_denies_a_sign_and_tells_the_result_of_an_examination(vocabulary: Vocabulary) -> None:
    assert held(vocabulary, "There was no quake and no adrenal haemorrhage.") == {"bleed"}


def test_what_rests_on_a_denied_topic_is_denied_with_it(vocabulary: Vocabulary) -> None:
    assert held(vocabulary, "Quakamab for quakes.") == {"quake", "drug"}
    assert held(vocabulary, "Patients with quakes were excluded. Quakamab was safe.") == set()


def test_what_stands_in_denied_words_alone_lends_no_sense_to_others(vocabulary: Vocabulary) -> None:
    assert held(vocabulary, "Quakes, and treatment with quakamab.") == {"quake", "drug"}
    assert held(vocabulary, "Treated with quakamab. Boys with quakes were excluded.") == set()


def test_a_rule_of_the_topic_holds_over_what_a_text_defines(vocabulary: Vocabulary) -> None:
    """The name of a drug given for something else, with its abbreviation."""
    assert held(vocabulary, "Quakamab (QKB) for lawns; QKB was cheap.") == set()


@pytest.mark.parametrize(
    "name", ["meta-[123I]iodobenzylguanidine", "meta-iodobenzyl guanidine", "m-iodobenzylguanidin"]
)
def test_an_abbreviation_within_a_term_stands_for_its_name(
    vocabulary: Vocabulary, name: str
) -> None:
    assert "mibg-scan" in held(vocabulary, f"{name} (MIBG): the MIBG scan")


def test_or_for_nothing_of_the_field_where_the_text_says_so(vocabulary: Vocabulary) -> None:
    assert held(vocabulary, "Methyl isobutyl glutarate (MIBG) by MIBG scan") == set()


# Evidence


def test_a_narrower_descriptor_says_the_topic_of_the_one_next_above(
    vocabulary: Vocabulary,
) -> None:
    ligand = ("D019797", "3-Iodobenzylguanidine", False)
    swift = ("D900001", "Radionuclide Imaging, Swift", True)
    (found,) = tag(vocabulary, [], [ligand, swift])
    assert (found.topic, found.rule) == ("mibg-scan", "mesh:D019797+D011877")
    assert found.surface == "3-Iodobenzylguanidine + Radionuclide Imaging, Swift"
    assert found.is_major
    by_name = [(None, name, major) for _, name, major in (ligand, swift)]
    assert tag(vocabulary, [], by_name) == [found]
    both = tag(vocabulary, [], [ligand, swift, ("D011877", "Radionuclide Imaging", False)])
    assert [e.surface for e in both] == ["3-Iodobenzylguanidine + Radionuclide Imaging"]


def test_a_descriptor_with_a_topic_of_its_own_says_no_other(vocabulary: Vocabulary) -> None:
    found = tag(vocabulary, [], [("D900002", "Namesake Neuroblastoma", True)])
    assert [e.topic for e in found] == ["namesake"]


def test_evidence_names_field_place_words_and_rule(vocabulary: Vocabulary) -> None:
    passages = [("title", "A  (MIBG)  scan"), ("keyword:2", "IDRF")]
    assert tag(vocabulary, passages, []) == [
        TopicEvidence("mibg-scan", "title", 4, 15, "MIBG)  scan", "synonym:MIBG scan"),
        TopicEvidence("idrf", "keyword:2", 0, 4, "IDRF", "abbreviation:IDRF"),
    ]


def test_mesh_has_no_place_and_is_told_once(vocabulary: Vocabulary) -> None:
    mesh = [("D009447", "Neuroblastoma", False), ("D009447", "Neuroblastoma", True)]
    assert tag(vocabulary, [], mesh) == [
        TopicEvidence(
            *("neuroblastoma", "mesh", None, None, "Neuroblastoma", "mesh:D009447"), is_major=True
        )
    ]


def test_a_record_without_mesh_identifiers_is_read_by_name(vocabulary: Vocabulary) -> None:
    found = tag(vocabulary, [], [(None, "Neuroblastoma", False), ("", "Humans", False)])
    assert [e.rule for e in found] == ["mesh:D009447"]


def test_a_combination_of_descriptors_needs_all_of_them(vocabulary: Vocabulary) -> None:
    ligand, imaging = (
        ("D019797", "3-Iodobenzylguanidine", False),
        ("D011877", "Radionuclide Imaging", True),
    )
    assert tag(vocabulary, [], [ligand]) == tag(vocabulary, [], [imaging]) == []
    (found,) = tag(vocabulary, [], [imaging, ligand])
    assert (found.topic, found.rule) == ("mibg-scan", "mesh:D019797+D011877")
    assert found.surface == "3-Iodobenzylguanidine + Radionuclide Imaging"
    assert found.is_major


def test_the_rule_of_a_topic_holds_for_its_mesh(vocabulary: Vocabulary) -> None:
    rituximab = ("D000069283", "Rituximab", True)
    syndrome = ("D053578", "Opsoclonus-Myoclonus Syndrome", True)
    assert tag(vocabulary, [], [rituximab]) == []
    assert [e.topic for e in tag(vocabulary, [], [rituximab, syndrome])] == ["rituximab"]


def test_the_same_record_gives_the_same_evidence_in_reading_order(vocabulary: Vocabulary) -> None:
    passages = [("title", "IDRF, neuroblastoma, IDRF"), ("abstract", "MIBG scan of risk factors")]
    mesh = [("D009447", "Neuroblastoma", True)]
    found = tag(vocabulary, passages, mesh)
    assert found == tag(vocabulary, passages, mesh)
    assert [(e.field, e.topic) for e in found] == [
        ("title", "idrf"),
        ("title", "neuroblastoma"),
        ("title", "idrf"),
        ("abstract", "mibg-scan"),
        ("abstract", "idrf"),
        ("mesh", "neuroblastoma"),
    ]


def evidence(field: str, *, negated: bool = False, is_major: bool = False) -> TopicEvidence:
    return TopicEvidence("idrf", field, 0, 4, "IDRF", "synonym:IDRF", negated, is_major)


@pytest.mark.parametrize(
    ("items", "basis"),
    [
        ([evidence("abstract"), evidence("title")], "title"),
        ([evidence("title"), evidence("keyword:3")], "keyword"),
        ([evidence("abstract:2")], "abstract"),
        ([evidence("keyword:1"), evidence("mesh")], "mesh"),
        ([evidence("mesh"), evidence("mesh", is_major=True)], "mesh-major"),
    ],
)
def test_a_topic_stands_on_its_strongest_evidence(items: list[TopicEvidence], basis: str) -> None:
    (row,) = holds(items)
    assert row.basis == basis
    assert row.n_mesh + row.n_keyword + row.n_title + row.n_abstract == len(items)


def test_a_denied_topic_does_not_hold(vocabulary: Vocabulary) -> None:
    assert holds([evidence("title", negated=True)]) == []
    (row,) = holds([evidence("title", negated=True), evidence("abstract")])
    assert (row.basis, row.n_title, row.n_abstract) == ("abstract", 0, 1)


# Invariants

PLANTED = ["123I-MIBG", "Olfactory neuroblastoma", "IDRFs", "PET/CT scan", "risk\u2009factors"]
EDGE = st.sampled_from([" ", "(", "–", "\n", "\u00a0", "/", "", ". ", "_"])


@given(st.lists(st.tuples(EDGE, st.one_of(st.text(), st.sampled_from(PLANTED)))))
def test_offsets_are_exact_in_any_text(
    vocabulary: Vocabulary, pieces: list[tuple[str, str]]
) -> None:
    text = "".join(edge + piece for edge, piece in pieces)
    for found in tag(vocabulary, [("abstract", text)], []):
        assert text[found.start : found.end] == found.surface
        assert found.surface[0].isalnum()
        assert found.surface[-1].isalnum()


@given(st.text(), st.text())
def test_a_planted_term_is_found_where_it_stands(
    vocabulary: Vocabulary, before: str, after: str
) -> None:
    found = tag(vocabulary, [("title", f"{before} \u2009IDRF) {after}")], [])
    place = len(before) + 2
    assert (place, place + 4) in {(e.start, e.end) for e in found if e.topic == "idrf"}
