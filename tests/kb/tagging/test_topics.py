"""The engine of topics, on a small vocabulary made here."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import ConfigError
from kb.tagging.topics import TopicEvidence, Vocabulary, closure, holds, load, tag

HEAD = """
schemes:
  A: {label: Imaging, description: Pictures}
  F: {label: Disease, description: Tumours}
descriptors:
  D009447: Neuroblastoma
  D019797: 3-Iodobenzylguanidine
  D011877: Radionuclide Imaging
  D000069283: Rituximab
  D053578: Opsoclonus-Myoclonus Syndrome
  D900001: Radionuclide Imaging, Swift
  D900002: Namesake Neuroblastoma
mesh_year: 2024
trees:
  D011877: [E01.100]
  D900001: [E01.100.050.010]
  D009447: [C04.200]
  D900002: [C04.200.300]
sets:
  mibg: [MIBG, meta-iodobenzylguanidine]
  imaging: [scan*, MRI]
topics:
"""
TOPICS = """
  modality: {scheme: A, label: Modality, definition: x}
  nuclear: {scheme: A, label: Nuclear, definition: x, broader: modality}
  mibg-scan:
    scheme: A
    label: MIBG scan
    definition: x
    broader: nuclear
    mesh: [D019797 + D011877]
    synonyms: [<mibg> scan]
  mibg-123:
    scheme: A
    label: 123I-MIBG
    definition: x
    broader: mibg-scan
    synonyms: [123I-<mibg>]
  bone-scan: {scheme: A, label: Bone scan, definition: x, synonyms: [99mTc-MDP]}
  pet: {scheme: A, label: PET, definition: x, abbreviations: [PET: {needs: [<imaging>, tracer]}]}
  pet-ct: {scheme: A, label: PET/CT, definition: x, abbreviations: [PET/CT]}
  ct:
    scheme: A
    label: CT
    definition: x
    abbreviations: [CT]
    synonyms: [CT scan]
    except: [PET/CT]
  us: {scheme: A, label: US, definition: x, abbreviations: [US: {near: [abdominal, scan*]}]}
  idrf:
    scheme: A
    label: IDRF
    definition: x
    abbreviations: [IDRF]
    synonyms: [image-defined risk factor, risk factor]
  ms:
    scheme: F
    label: MS
    definition: x
    abbreviations: [MS: {needs: [INRG + stag*], unless: [sclerosis - INRGSS]}]
  rituximab: {scheme: F, label: Rituximab, definition: x, mesh: [D000069283], needs: [opsoclon*]}
  neuroblastoma:
    scheme: F
    label: Neuroblastoma
    definition: x
    mesh: [D009447]
    synonyms: [neuroblastoma, neuroblastic tumour]
    except: [olfactory neuroblastoma]
  bleed: {scheme: F, label: Bleeding, definition: x, synonyms: [adrenal haemorrhage, metastasis]}
  namesake: {scheme: F, label: Namesake, definition: x, mesh: [D900002]}
  quake: {scheme: F, label: Quakes, definition: x, synonyms: [quake], sign: true}
  drug:
    scheme: F
    label: Drug
    definition: x
    broader: quake
    synonyms: [quakamab]
    needs: [quake*]
"""

# An entry to go on with, sound as far as it goes.
A_TOPIC = "  a: {scheme: A, label: x, definition: y"

Write = Callable[[str], Path]


@pytest.fixture(scope="module")
def vocabulary(tmp_path_factory: pytest.TempPathFactory) -> Vocabulary:
    path = tmp_path_factory.mktemp("vocabulary") / "topics.yml"
    path.write_text(HEAD + TOPICS, encoding="utf-8")
    return load(path)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(text: str) -> Path:
        path = tmp_path / "topics.yml"
        path.write_text(text, encoding="utf-8")
        return path

    return written


def surfaces(vocabulary: Vocabulary, text: str) -> list[tuple[str, str]]:
    return [(e.topic, e.surface) for e in tag(vocabulary, [("title", text)], [])]


# Reading the file


@pytest.mark.parametrize(
    ("topics", "message"),
    [
        (A_TOPIC + ", colour: red}", "line 23: topic a: unknown key colour"),
        (f"{A_TOPIC}}}\n{A_TOPIC}}}", "a is there twice"),
        (A_TOPIC + ", label: y}", "label is there twice"),
        ("  a: {scheme: Z, label: x, definition: x}", "topic a: scheme Z is not among the schemes"),
        ("  a: {scheme: A}", "topic a: label must be text"),
        ("  a: {scheme: A, label: x}", "line 23: topic a: definition must be text"),
        ("  a: {scheme: A, label: x, definition: ''}", "topic a: definition must be text"),
        ("  a: {scheme: A, label: x, definition: ' '}", "topic a: definition must be text"),
        ("  a: {scheme: A, label: x, definition: [y]}", "topic a: definition must be text"),
        ("  a: {scheme: A, label: 4, definition: x}", "topic a: label must be text"),
        ("  a: [x]", "topic a: expected keys with values below it"),
        (A_TOPIC + ", broader: b}", "broader topic b is not among the topics"),
        (
            A_TOPIC + ", broader: b}\n  b: {scheme: A, label: x, definition: y, broader: a}",
            "topic a: its broader topics run in a circle",
        ),
        (A_TOPIC + ", mesh: [D12]}", "D12 is no MeSH identifier"),
        (A_TOPIC + ", mesh: [D000001]}", "D000001 has no name"),
        (A_TOPIC + ", mesh: [D009447 + X1]}", "X1 is no MeSH identifier"),
        (A_TOPIC + ", mesh_broader: [D000001]}", "D000001 has no name"),
        (
            A_TOPIC + ", mesh: [D009447: {near: [scan]}]}",
            "its rule cannot ask for words near it",
        ),
        (A_TOPIC + ", synonyms: scan}", "synonyms must be a list"),
        (A_TOPIC + ", synonyms: [no]}", "synonyms holds False"),
        (A_TOPIC + ", match: [yes]}", "put quotes around"),
        (A_TOPIC + ", synonyms: [scan*]}", "'scan*' cannot be found"),
        (A_TOPIC + ", synonyms: ['--']}", "'--' cannot be found"),
        (A_TOPIC + ", synonyms: [<petct>]}", "<petct> is not among the sets"),
        (A_TOPIC + ", needs: ['*scan']}", "'*scan' cannot be found"),
        (A_TOPIC + ", synonyms: [x: {need: [y]}]}", "a rule takes near, needs"),
        (A_TOPIC + ", near: [y]}", "unknown key near"),
        (A_TOPIC + ", sign: maybe}", "sign must be true or false"),
    ],
)
def test_an_unsound_entry_is_refused_with_its_place(
    write: Write, topics: str, message: str
) -> None:
    path = write(HEAD + topics)
    with pytest.raises(ConfigError) as raised:
        load(path)
    assert str(path) in str(raised.value)
    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected sections schemes"),
        ("a: [", "not sound YAML"),
        ("schemes: {A: {label: x, description: y}}", "section sets is missing"),
        (HEAD + A_TOPIC + "}\nmore: 1", "unknown key more"),
        (HEAD.replace("label: Imaging, ", "") + A_TOPIC + "}", "scheme A: label"),
        (HEAD.replace("D009447:", "D9:") + A_TOPIC + "}", "D9 is no MeSH"),
        (HEAD, "section topics is missing or empty"),
        (
            HEAD.replace("Tumours}", "Tumours, found: 1}") + A_TOPIC + "}",
            "scheme F: found must be true or false",
        ),
        (
            HEAD.replace("2024", "soon") + A_TOPIC + "}",
            "mesh_year 'soon' is no year",
        ),
        (
            HEAD.replace("C04.200.300", "C4") + A_TOPIC + "}",
            "C4 of D900002 is no MeSH",
        ),
        (HEAD.replace("D900002: [", "D7: [") + A_TOPIC + "}", "D7 is no MeSH"),
    ],
)
def test_an_unsound_file_is_refused(write: Write, text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        load(write(text))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.yml: the vocabulary cannot be read"):
        load(tmp_path / "none.yml")


def test_topics_keep_the_order_of_the_file(vocabulary: Vocabulary) -> None:
    assert [t.topic for t in vocabulary.topics][:3] == ["modality", "nuclear", "mibg-scan"]


def test_the_closure_holds_each_topic_under_itself_and_all_wider_ones(
    vocabulary: Vocabulary,
) -> None:
    pairs = closure(vocabulary)
    assert len(pairs) == len(set(pairs))
    assert [a for a, t in pairs if t == "mibg-123"] == [
        *("mibg-123", "mibg-scan", "nuclear", "modality")
    ]
    assert [t for a, t in pairs if a == "nuclear"] == ["nuclear", "mibg-scan", "mibg-123"]


def test_a_vocabulary_can_be_handed_to_another_process(vocabulary: Vocabulary) -> None:
    copy = pickle.loads(pickle.dumps(vocabulary))
    assert copy.topics == vocabulary.topics
    assert surfaces(copy, "MIBG scans") == [("mibg-scan", "MIBG scans")]


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


def test_no_denies_a_sign_and_tells_the_result_of_an_examination(vocabulary: Vocabulary) -> None:
    assert held(vocabulary, "There was no quake and no adrenal haemorrhage.") == {"bleed"}


def test_what_rests_on_a_denied_topic_is_denied_with_it(vocabulary: Vocabulary) -> None:
    assert held(vocabulary, "Quakamab for quakes.") == {"quake", "drug"}
    assert held(vocabulary, "Patients with quakes were excluded. Quakamab was safe.") == set()


# TopicEvidence


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


# Terms that begin, end and lie inside each other, each a topic of its own: every one that a search
# at each word finds has to be found, whatever longer one lies over it.
NESTED = ["bone", "marrow", "bone marrow", "marrow biopsy", "bone marrow biopsy site", "biopsy"]
WORDS = ["bone", "marrow", "biopsy", "site", "bones", "marrowed", "sites", "xbone", "é"]
SEPARATORS = [" ", "-", "  ", " (", ". ", "; ", "/", "\u2009", ", "]


@pytest.fixture(scope="module")
def nested(tmp_path_factory: pytest.TempPathFactory) -> Vocabulary:
    topics = "".join(
        f"  t{i}: {{scheme: A, label: x, definition: y, synonyms: [{term}]}}\n"
        for i, term in enumerate(NESTED)
    )
    path = tmp_path_factory.mktemp("nested") / "topics.yml"
    path.write_text(HEAD + topics, encoding="utf-8")
    return load(path)


def searched_word_by_word(pieces: list[tuple[str, str]]) -> set[tuple[str, int, int]]:
    """What a plain search finds: (topic, start, end)."""
    found = set()
    for number, term in enumerate(NESTED):
        wanted = term.split()
        plural = [*wanted[:-1], wanted[-1] + "s"]
        for first in range(len(pieces) - len(wanted) + 1):
            run = pieces[first : first + len(wanted)]
            unbroken = all(sep not in (". ", "; ") for _, sep in run[:-1])
            if unbroken and [word for word, _ in run] in (wanted, plural):
                start = sum(len(w) + len(s) for w, s in pieces[:first])
                length = sum(len(w) + len(s) for w, s in run) - len(run[-1][1])
                found.add((f"t{number}", start, start + length))
    return found


@given(st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(SEPARATORS))))
def test_the_automaton_finds_what_a_search_at_every_word_finds(
    nested: Vocabulary, pieces: list[tuple[str, str]]
) -> None:
    text = "".join(word + separator for word, separator in pieces)
    found = [(e.topic, e.start, e.end) for e in tag(nested, [("title", text)], [])]
    assert len(found) == len(set(found))
    assert set(found) == searched_word_by_word(pieces)
