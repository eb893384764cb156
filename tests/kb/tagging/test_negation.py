"""What a sentence denies. Each rule stands beside its trap: the same words as a result."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.tagging.negation import DenialRule, Nature, denials, denying, is_denied, rules


def denied(sentence: str, term: str, nature: Nature = "done") -> bool:
    return is_denied(sentence, denials(sentence), sentence.index(term), nature)


@pytest.mark.parametrize(
    ("sentence", "term"),
    [
        # Not done
        ("A scan was not performed.", "scan"),
        ("Scans were never obtained in this cohort.", "Scans"),
        ("The scan could not be done because of a pump.", "scan"),
        ("The scan has not yet been studied here.", "scan"),
        ("Scans have not been performed.", "Scans"),
        ("Drug A and drug B were not required.", "drug B"),
        ("Film as defined by the guide was not used.", "guide"),
        ("No scan was performed at first.", "scan"),
        ("Neither film nor scan was performed.", "scan"),
        ("Neither film nor scan was performed.", "film"),
        ("Film was not done, nor was a scan obtained.", "scan"),
        ("In none of the boys was a scan done.", "scan"),
        ("The scan was omitted in all infants.", "scan"),
        ("Scan data were missing.", "Scan"),
        ("Scans were unavailable.", "Scans"),
        ("Drug A was withheld.", "Drug A"),
        # Not given, not received
        ("None of the girls received drug A.", "drug A"),
        ("No patient with a tic was given drug A.", "drug A"),
        ("Boys who did not undergo a scan were older.", "scan"),
        ("She never received drug A.", "drug A"),
        ("The protocol did not include a scan.", "scan"),
        ("Neither patient had received drug A.", "drug A"),
        # Left out
        ("Film without contrast.", "contrast"),
        ("Given without drug A and without drug B to nine girls.", "drug B"),
        ("Film without contrast, sedation or gas was enough.", "gas"),
        ("Film instead of a scan.", "scan"),
        ("Film was chosen rather than a scan.", "scan"),
        ("Masses other than goitre.", "goitre"),
        ("Film, except for a scan, was free.", "scan"),
        ("Lack of a scan was a limit.", "scan"),
        ("Boys were seen without using a scan.", "scan"),
        # Excluded
        ("Patients with tics were excluded.", "tics"),
        ("Survivors with a history of tics, gout or mumps were excluded.", "tics"),
        ("Survivors with a history of tics, gout or mumps were excluded.", "mumps"),
        ("Of 40 boys with mumps, those with tics were excluded.", "tics"),
        ("Gout and mumps were excluded from the analysis.", "mumps"),
        ("Excluding gout, 41 swellings were read.", "gout"),
        ("We excluded children with gout who had a scan.", "scan"),
        ("Patients with quick tics (QT) were excluded.", "tics"),
        ("Patients with quick tics (QT) were excluded.", "QT"),
        ("Exclusion criteria were gout, mumps and tics.", "tics"),
        ("Boys with gout were not eligible.", "gout"),
        ("Treatment with drug A is outside this review.", "drug A"),
        ("Drug A lies beyond the scope of the text.", "Drug A"),
        ("Patients with fast tics (n = 12) were excluded.", "tics"),
        ("Gout, mumps, and tics were excluded.", "Gout"),
        ("Boys who had had drug A or had tics were not eligible.", "drug A"),
        ("The scan, which was not done in those days, shows it.", "scan"),
        ("Boys with gout are seen elsewhere and were not included.", "gout"),
        ("Boys with gout came too but were not included.", "gout"),
        # Thought of, left out, told elsewhere
        ("The scan was not considered in this paper.", "scan"),
        ("Drug A was offered but declined.", "Drug A"),
        ("Drug A was reported elsewhere.", "Drug A"),
        ("The scan was, however, not done.", "scan"),
        ("A scan was performed in none of the boys.", "scan"),
        # History
        ("There was no history of gout.", "gout"),
    ],
)
def test_what_was_not_done_given_or_included_is_denied(sentence: str, term: str) -> None:
    assert denied(sentence, term)


@pytest.mark.parametrize(
    ("sentence", "term"),
    [
        # A result of what was done
        ("No scan uptake was seen.", "scan"),
        ("The scan was normal.", "scan"),
        ("The scan was not diagnostic.", "scan"),
        ("The gene was not amplified.", "gene"),
        ("No liver spot was found.", "liver"),
        ("Neither film nor scan showed the lump.", "scan"),
        ("The scan did not show the lump.", "scan"),
        ("The scan was not repeated.", "scan"),
        ("Lumps without scan uptake were harmless.", "scan"),
        ("Sick without a lump on repeated imaging.", "lump"),
        ("The scan excluded a lump in the canal.", "lump"),
        ("Liver spots were excluded by the scan.", "Liver"),
        # Done in the others
        ("A scan was not performed in three of 40 boys.", "scan"),
        ("Scans were unavailable in two.", "Scans"),
        ("The scan was not done in all boys.", "scan"),
        ("The scan was not only done but read twice.", "scan"),
        ("Scan-positive boys who were not given drug A died.", "Scan"),
        ("Errors by scan can be avoided.", "scan"),
        ("No lump was found and a scan was performed.", "scan"),
        ("None of the boys had gout and all received drug A.", "drug A"),
        ("None relapsed and received drug A.", "drug A"),
        ("The scan was not considered abnormal.", "scan"),
        ("A full resection was not possible.", "resection"),
        ("The scan study excluded a lump in the canal.", "lump"),
        # Both ways
        ("Film with or without contrast.", "contrast"),
        ("Film with and without contrast.", "contrast"),
        # Of some, or of something named before
        ("Of the scans, five were not done.", "scans"),
        ("The authors say of the scan that it may be left out.", "scan"),
        ("Films that were not done in time delayed the scan.", "scan"),
        ("The scan was done and in 1985 film was not available.", "scan"),
        ("We see no reason to go on where a scan is at hand.", "scan"),
        # Denied twice
        ("The scan should not be omitted.", "scan"),
        ("It is not true that a scan is not needed.", "scan"),
        # Studied by nobody yet, so far as the paper knows
        ("The value of the scan has not been evaluated.", "scan"),
        ("Scans have not yet been systematically studied.", "Scans"),
        # Beyond the scope
        ("Boys were seen without sedation using a scan.", "scan"),
        ("Boys lay still without drug A undergoing a scan.", "scan"),
        ("A scan was done and film was not performed.", "scan"),
        ("A scan was done, but film was not performed.", "scan"),
        ("Film was not performed; the scan was.", "scan"),
        ("Film was not used and the scan was.", "scan"),
        ("Of 40 boys with mumps, those with tics were excluded.", "mumps"),
        ("Excluding gout, 41 goitres were read.", "goitres"),
        ("Film instead of a scan in boys with mumps.", "mumps"),
        ("Film without contrast showed the goitre.", "Film"),
    ],
)
def test_a_result_and_what_stands_outside_the_scope_are_not(sentence: str, term: str) -> None:
    assert not denied(sentence, term)


@pytest.mark.parametrize(
    "sentence",
    [
        "There was no tic.",
        "No child had a tic.",
        "A tic was never observed.",
        "Tic was absent in the boy, as a tic is.",
        "She did not develop a tic.",
        "There were no signs of a tic.",
    ],
)
def test_a_sign_that_was_not_there_is_denied_where_a_finding_is_a_result(sentence: str) -> None:
    term = "Tic" if sentence.startswith("Tic") else "tic"
    assert denied(sentence, term, "sign")
    assert not denied(sentence, term)


@pytest.mark.parametrize(
    "sentence",
    [
        "Goitre was ruled out by film.",
        "None of the lumps was a goitre.",
        "There was no boy with goitre in this series.",
        "The lump was not a goitre.",
        "In contrast to goitre, mumps is short.",
        "The suspicion of goitre was not confirmed.",
    ],
)
def test_a_disease_that_is_not_there_is_denied_and_a_marker_is_a_result(sentence: str) -> None:
    term = "Goitre" if sentence.startswith("Goitre") else "goitre"
    assert denied(sentence, term, "disease")
    assert not denied(sentence, term, "found")


@pytest.mark.parametrize(
    "sentence", ["The liver was free of tumour.", "None of the boys had liver spots."]
)
def test_a_place_that_was_spared_is_denied(sentence: str) -> None:
    assert denied(sentence, "liver", "place")
    assert not denied(sentence, "liver", "found")


def test_a_disease_that_has_to_be_ruled_out_is_the_question() -> None:
    assert not denied("Goitre must be excluded by film.", "Goitre", "disease")
    assert not denied("Film is taken to exclude goitre.", "goitre", "disease")
    assert not denied("Of nine goitres, three were excluded.", "goitres", "disease")


def test_without_leaves_out_what_is_done_and_chooses_by_what_is_found() -> None:
    sentence = "Resection of lumps without a risk factor was safe."
    assert denied(sentence, "risk", "done")
    assert denied(sentence, "risk", "sign")
    assert not denied(sentence, "risk", "found")
    assert denied("Patients with a risk factor were excluded.", "risk", "found")
    assert denied("The risk factor was not assessed.", "risk", "found")


def test_a_sign_that_some_have_or_something_of_it_is_not_denied() -> None:
    assert not denied("No treatment of the tic has been tried.", "tic", "sign")
    assert not denied("A tic was not seen in two of nine.", "tic", "sign")


@given(
    st.lists(
        st.sampled_from(
            [
                *("not", "none", "never", "nor", "without", "excluded", "omitted", "instead of"),
                *(
                    "no",
                    "absent",
                    "was",
                    "were",
                    "scan",
                    "performed",
                    "of",
                    ",",
                    ";",
                    "(",
                    "in two",
                ),
            ]
        )
    )
)
def test_a_scope_lies_in_its_sentence(words: list[str]) -> None:
    sentence = " ".join(words)
    for denial in denials(sentence):
        assert 0 <= denial.start <= len(sentence)
        assert denial.end <= len(sentence)


def test_the_parts_of_a_text_that_deny_something_are_told_with_their_place() -> None:
    text = "A scan was done; film was not used. All were boys. Gout was excluded from it."
    assert [text[start:end] for start, end, _ in denying(text, [2, 20, 56])] == [
        " film was not used",
        " Gout was excluded from it",
    ]
    assert [start for start, _, _ in denying(text, [2, 20])] == [16]
    assert list(denying(text, [])) == []


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.rule)
@settings(max_examples=30, suppress_health_check=[HealthCheck.filter_too_much])
@given(data=st.data())
def test_the_words_of_every_rule_are_looked_for(rule: DenialRule, data: st.DataObject) -> None:
    words = data.draw(st.from_regex(rule.words.pattern, alphabet=st.characters(codec="ascii")))
    assert rule.words.may_find(words)
