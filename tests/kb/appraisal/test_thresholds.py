"""p values, cutoffs and shares that a test found, in sentences in lower case."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.appraisal.figures import figures
from kb.appraisal.lexicon import passage
from kb.appraisal.thresholds import cutoffs, detection_rates, p_values
from kb.reading.passage import ReadSentence
from kb.tagging.vocabulary import FieldWords

WORDS = FieldWords(scores=("curie", "siopen", "ferritin", "quake index"))


def sentence(text: str) -> ReadSentence:
    """The only sentence of a text."""
    (one,) = passage(text).sentences
    return one


def test_signs_and_thresholds_are_kept() -> None:
    assert [(f.kind, f.sign) for f in figures("p<0.001, P = 0.2, p >= 0.5")] == [
        ("p", "<"),
        ("p", None),
        ("p", "≥"),
    ]
    signs = [(f.value, f.sign) for f in figures("Scores of 6 or more and a Curie score below 3.")]
    assert signs == [(6, "≥"), (3, "<")]
    assert figures("cutoff ≤ 1.20 mm²/s")[0].unit == "mm²/s"
    assert [(f.kind, f.value) for f in figures("Uptake above 4% had a sensitivity of 70%.")] == [
        ("cutoff", 4),
        ("sensitivity", 70),
    ]
    assert [f.kind for f in figures("Children above 12 months had survival of 70%.")] == ["os"]


@pytest.mark.parametrize(
    ("text", "value", "sign"),
    [
        ("p = 0.03", 0.03, None),
        ("p-value for trend of 0.2", 0.2, None),
        ("p<.001", 0.001, "<"),
        ("p \u2265 0.5", 0.5, "\u2265"),
        ("p = 3 x 10-5", 0.00003, None),
        ("p = 3 × 10⁻⁵", 0.00003, None),
        ("p < 10⁻¹²", 1e-12, "<"),
        ("p = 1.5 x 10(-5)", 0.000015, None),
        ("p=2e-5", 0.00002, None),
        ("p 0.04", 0.04, None),
    ],
)
def test_a_p_value_is_read_in_every_form(text: str, value: float, sign: str | None) -> None:
    (figure,) = p_values(sentence(text))
    assert figure.value == pytest.approx(value)
    assert figure.sign == sign


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        # The value counts in the power of ten that its unit names.
        ("cutoff ≤ 1.20 × 10−3 mm²/s", 1.2, "10⁻³ mm²/s"),
        ("cutoff of 1.08 × 10⁻³ mm2/s", 1.08, "10⁻³ mm2/s"),
        ("threshold 0.97 x 10^-3 mm2/s", 0.97, "10⁻³ mm2/s"),
        ("suvmax above 3.1 ng/ml", 3.1, "ng/ml"),
    ],
)
def test_the_power_of_ten_of_a_cutoff_stands_in_its_unit(
    text: str, value: float, unit: str
) -> None:
    assert [(f.value, f.unit) for f in figures(text)] == [(value, unit)]


@pytest.mark.parametrize(
    "text",
    ["A cutoff of 1.5 × 10⁹/L.", "Scores above 10⁴.", "The cutoff was 10^3.", "p = 0.5·10⁻⁵"],
)
def test_a_number_whose_power_is_not_read_is_not_read(text: str) -> None:
    assert figures(text) == []


@pytest.mark.parametrize("text", ["p53 was lost", "p = 12", "step 3", "p-glycoprotein 0.3", "p 3"])
def test_what_only_begins_with_a_p_is_none(text: str) -> None:
    assert list(p_values(sentence(text))) == []


@pytest.mark.parametrize(
    ("text", "value", "sign", "unit"),
    [
        ("a curie score of 2 or less", 2, "\u2264", None),
        ("siopen score > 3", 3, ">", None),
        ("suvmax above 4.2", 4.2, ">", None),
        ("ferritin over 92 ng/ml", 92, ">", "ng/ml"),
        ("1.5 was taken as the cut-off", 1.5, None, None),
        ("1.5 was taken as the cut point", 1.5, None, None),
        ("1.5 as cutpoint", 1.5, None, None),
        ("more than 5% had a sensitivity of 70%", 5, ">", "%"),
    ],
)
def test_a_cutoff_has_a_sign_or_words_for_one(
    text: str, value: float, sign: str | None, unit: str | None
) -> None:
    assert [(f.value, f.sign, f.unit) for f in cutoffs(sentence(text), WORDS)] == [
        (value, sign, unit)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "the curie score was 2",  # a patient's
        "rising uptake over 48 hours",
        "uptake over 24-h was read",
        "scores above 40% of these",
        "older than 18 months, with a sensitivity of 70%",
        "a cut of 3 cm",
    ],
)
def test_a_time_a_share_and_a_value_of_somebody_are_no_cutoff(text: str) -> None:
    assert cutoffs(sentence(text), WORDS) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("detected 77% of the liver lesions", 77),
        ("showed 10 of 13 lesions (77%)", 77),
        ("77% of relapses were detected by mri", 77),
        ("identified 7.5 per cent of all tumours", 7.5),
    ],
)
def test_a_share_that_a_test_found_is_a_detection_rate(text: str, value: float) -> None:
    assert [(f.value, f.unit) for f in detection_rates(sentence(text))] == [(value, "%")]


@pytest.mark.parametrize("text", ["77% of boys were detected", "found in 77% of lesions", "77%"])
def test_a_share_without_things_that_are_found_is_none(text: str) -> None:
    assert list(detection_rates(sentence(text))) == []


# Words of the field


@pytest.mark.parametrize(
    ("text", "value", "sign"),
    [
        ("a risk score > 2", 2, ">"),
        ("suvmax of 3.5 or more", 3.5, "≥"),
        ("an adc below 1.1", 1.1, "<"),
        ("an uptake ratio ≤ 4", 4, "≤"),
    ],
)
def test_scores_of_all_medicine_need_no_words_of_a_field(
    text: str, value: float, sign: str
) -> None:
    for words in (FieldWords(), WORDS):
        assert [(f.value, f.sign) for f in cutoffs(sentence(text), words)] == [(value, sign)]


@pytest.mark.parametrize(
    ("text", "value", "sign"),
    [
        ("ferritin above 92 ng/ml", 92, ">"),
        ("a quake index of 3 or less", 3, "≤"),
        ("quake index levels < 5", 5, "<"),
    ],
)
def test_scores_of_the_field_are_cutoffs_where_it_names_them(
    text: str, value: float, sign: str
) -> None:
    assert [(f.value, f.sign) for f in cutoffs(sentence(text), WORDS)] == [(value, sign)]
    assert cutoffs(sentence(text)) == []


def test_a_sentence_with_no_other_figure_than_a_cutoff_of_the_field_is_read() -> None:
    text = "All were scanned. Ferritin above 92 ng/ml was of bad omen."
    assert [(f.kind, f.value, f.unit) for f in figures(text, WORDS)] == [("cutoff", 92.0, "ng/ml")]
    assert figures(text) == []


@given(st.text(alphabet="abc.+*()[]\\|^$ -", min_size=1, max_size=8).filter(str.strip))
def test_a_score_is_read_as_it_is_written_and_never_as_a_pattern(name: str) -> None:
    for figure in cutoffs(sentence("ferritin above 92"), FieldWords(scores=(name,))):
        assert name in "ferritin above 92"[figure.start : figure.end]
