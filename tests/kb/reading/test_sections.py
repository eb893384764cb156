"""The sections of an abstract by its headings."""

from __future__ import annotations

import pytest

from kb.reading.sections import kind_at, sections


def kinds(text: str) -> list[str]:
    return [section.kind for section in sections(text)]


@pytest.mark.parametrize(
    "text",
    [
        "Purpose: To see. Methods: We looked. Results: All was seen. Conclusions: It helps.",
        "PURPOSE: To see.\nMATERIALS AND METHODS: We looked.\nRESULTS: Seen.\nCONCLUSION: Good.",
        "OBJECTIVE To see. METHODS We looked. RESULTS All was seen. CONCLUSIONS It helps.",
        "Objective. To see. Patients and methods. We looked. Results. Seen. Conclusion. Good.",
        "Aims - To see. Methods - We looked. Main results - Seen. Interpretation - Good.",
    ],
)
def test_headings_within_the_text_and_on_lines_of_their_own_are_read_alike(text: str) -> None:
    assert kinds(text) == ["aims", "methods", "results", "conclusions"]


@pytest.mark.parametrize(
    "text",
    [
        "For this purpose: two scans were read.",
        "The results: all was seen.",
        "Methods were new. Results are awaited. background: none.",
        "Resultsof: this.",
        "",
    ],
)
def test_the_same_words_elsewhere_are_no_headings(text: str) -> None:
    assert kinds(text) == []


def test_a_heading_that_no_rule_knows_ends_a_section_on_a_line_of_its_own() -> None:
    assert kinds("BACKGROUND: Rare.\nFINANCIAL DISCLOSURE(S): None.") == ["background", "other"]
    assert kinds("BACKGROUND: Rare. FINANCIAL DISCLOSURE: None.") == ["background"]


@pytest.mark.parametrize("ends", [":", ".", ""])
def test_a_heading_that_begins_like_another_is_read_to_its_end(ends: str) -> None:
    heading = f"BACKGROUND AND PURPOSE{ends}"
    (aims, methods) = sections(f"{heading} To compare two scans. METHODS{ends} They were read.")
    assert (aims.kind, aims.words, methods.kind) == ("aims", len(heading), "methods")


def test_a_place_is_in_the_section_whose_heading_stands_before_it() -> None:
    text = "It began. Results: All was seen. Conclusion: It helps."
    parts = sections(text)
    assert kind_at(parts, text.index("began")) is None
    assert kind_at(parts, text.index(" Results")) == "results"
    assert kind_at(parts, text.index("helps")) == "conclusions"
    assert text[parts[0].words :].startswith(" All was seen")
