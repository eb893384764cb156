"""Which figures of a text are those of a test, of agreement, risk or survival, and whose."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.appraisal.figures import figures
from kb.appraisal.measures import Figure


def read(text: str) -> list[tuple[str, float | None]]:
    return [(figure.kind, figure.value) for figure in figures(text)]


def one(text: str) -> Figure:
    (figure,) = figures(text)
    return figure


def labels(text: str) -> list[str | None]:
    return [figure.label and text[slice(*figure.label)] for figure in figures(text)]


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("The sensitivity of planar views was 71%.", "sensitivity", 71),
        ("Readers reached 64% specificity.", "specificity", 64),
        ("Skull films were 38% sensitive.", "sensitivity", 38),
        ("The positive predictive value (PPV) was 0.87.", "ppv", 0.87),
        ("AUROC: 0\u00b791.", "auc", 0.91),
        ("The area under the receiver operating characteristic curve was 0.77.", "auc", 0.77),
        ("LR+ 6.2", "lr+", 6.2),
        ("Agreement was fair (weighted kappa, 0.33).", "kappa", 0.33),
        ("The intra-class correlation coefficient (ICC) was 0.88.", "icc", 0.88),
        ("The hazard ratio for relapse was 2.7.", "hr", 2.7),
        ("The odds ratio [OR], 3.4", "or", 3.4),
        ("Five-year event-free survival (EFS) was 41 per cent.", "efs", 41),
        ("Survival at three years was 66%.", "os", 66),
        ("Ultrasound detected 77% of the liver lesions.", "detection-rate", 77),
        ("Ultrasound detected 10 of 13 lesions (77%).", "detection-rate", 77),
        ("A cut-off of 1.31 split the groups.", "cutoff", 1.31),
        ("2.5 was used as the threshold.", "cutoff", 2.5),
        ("A cut point of 1.31 split the groups.", "cutoff", 1.31),
        ("2.5 was used as the cut point.", "cutoff", 2.5),
        ("(123)I-MIBG showed 10 of 13 lesions (77%).", "detection-rate", 77),
        ("Overall survival was 66%.", "os", 66),
        ("The aHR was 2.7.", "hr", 2.7),
        ("P trend = .031", "p", 0.031),
        ("p = 2 × 10-4", "p", 0.0002),
    ],
)
def test_every_measure_is_read_in_the_words_of_the_field(
    text: str, kind: str, value: float
) -> None:
    assert read(text) == [(kind, value)]


@pytest.mark.parametrize(
    "text",
    [
        "The antibody had a specificity of 1 in 20,000 clones.",
        "Heart rate (HR) was 112 and HR fell by 0.9.",
        "The area under the concentration-time curve was 0.84.",
        "An operating room (OR) of 1.5 units.",
        "An earlier study reported a sensitivity of 91%.",
        "We assumed a sensitivity of 85% and a power of 80%.",
        "BACKGROUND: Survival exceeds 90%, with a specificity of 80%.",
        "The sensor had an accuracy of 0.2 mS/cm.",
        "Sensitivity was tested in 43 patients.",
        "Relapse-free survival was 61%.",
        "Graft survival was 81%.",
        "The sensitivity of the whole protocol, while 40% of scans failed.",
        "OR for drinkers of 15 grams of spirits.",
        "Sensitivity was high; 80% of patients were boys.",
        "Stage 4 tumours fared worse.",
        "Cycle threshold values below 30 were rare.",
        "Uptake over 48 hours rose.",
        "An ileum os of 3.",
        "Our operating system (OS) was OS 10.",
        "p53 and P2 receptors",
        "The odds ratio was 1.5 × 10⁹ (95% CI 1.2-3.4).",
        "HR was 2.1^3.",
    ],
)
def test_what_only_looks_like_a_figure_is_left_out(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("Sensitivity was 90% (95% CI 71-98%).", 71, 98),
        ("Sensitivity was 90% (95% confidence interval [CI] 71 to 98%).", 71, 98),
        ("HR 2.1; 95% CI: (1.2, 3.6)", 1.2, 3.6),
        ("an adjusted hazard ratio of 2.1 [1.2; 3.6]", 1.2, 3.6),
        ("an odds ratio of 2·1, 1·2–3·6", 1.2, 3.6),
        ("AUC 0.86 (95% CI: 0.75-0.98; p < 0.001)", 0.75, 0.98),
        # behind the mark of a footnote
        ("The hazard ratio was 2.1 ^3 (95% CI 1.2-3.4).", 1.2, 3.4),
    ],
)
def test_the_interval_goes_with_the_value(text: str, low: float, high: float) -> None:
    figure = next(figure for figure in figures(text) if figure.kind != "p")
    assert (figure.low, figure.high) == (low, high)
    assert figure.value is not None


def test_numbers_in_brackets_that_do_not_hold_the_value_are_no_interval() -> None:
    figure = one("Sensitivity was 90% (10, 12).")
    assert (figure.value, figure.low, figure.high) == (90, None, None)


def test_plus_minus_is_an_error_and_no_interval() -> None:
    for stated in ("33% ± 7%", "33% +/- 7%", "33% (SE 7%)", "33 ± 7%", "33% (SE, 7)"):
        figure = one(f"Three-year EFS was {stated}.")
        assert (figure.value, figure.se, figure.low, figure.unit) == (33, 7, None, "%")


def test_a_range_has_its_ends_alone_and_a_change_has_two_values() -> None:
    figure = one("Sensitivity lay between 61% and 84%.")
    assert (figure.value, figure.low, figure.high) == (None, 61, 84)
    assert read("Sensitivity rose from 61% to 84%.") == [("sensitivity", 61), ("sensitivity", 84)]


def test_a_list_of_measures_takes_as_many_values_in_order() -> None:
    text = "Specificity, negative and positive predictive values were 90, 80 and 70%, respectively."
    assert read(text) == [("specificity", 90), ("npv", 80), ("ppv", 70)]
    assert read("Event-free and overall survival were 50% and 60%.") == [("efs", 50), ("os", 60)]
    assert read("Sensitivity and specificity were both 90%.") == [
        ("sensitivity", 90),
        ("specificity", 90),
    ]


def test_where_names_and_values_do_not_match_nothing_is_taken() -> None:
    assert read("Sensitivity, specificity and accuracy were 90% and 80%.") == []
    assert read("Sensitivity and specificity were 90%, 80%, 70% and 60%.") == []
    assert read("Local control (LC) and overall survival were 80, 70 and 60, 50%.") == []


def test_values_of_several_tests_each_have_their_words() -> None:
    text = "The sensitivity was 83% for planar views, 91% for SPECT and 70% with ultrasound."
    assert read(text) == [("sensitivity", 83), ("sensitivity", 91), ("sensitivity", 70)]
    assert labels(text) == ["for planar views", "for SPECT", "with ultrasound"]
    text = "PPV and NPV were 90% and 80% for SPECT and 70% and 60% for planar views."
    assert read(text) == [("ppv", 90), ("npv", 80), ("ppv", 70), ("npv", 60)]
    assert labels(text) == ["for SPECT", "for SPECT", "for planar views", "for planar views"]


def test_a_second_value_needs_words_that_tie_it_to_the_measure() -> None:
    assert read("Sensitivity was 83% and that of ultrasound 60%.") == [
        ("sensitivity", 83),
        ("sensitivity", 60),
    ]
    assert read("AUC = 0.92, 95% sensitivity, and 85% specificity.") == [
        ("auc", 0.92),
        ("sensitivity", 95),
        ("specificity", 85),
    ]
    assert read("Sensitivity was 83% and relapse was seen in 60%.") == [("sensitivity", 83)]
    assert read("Survival was 83%, with risk reduced by 3%.") == [("os", 83)]
    assert read("EFS was 60% in stage 3 and 4 disease.") == [("efs", 60)]


def test_time_and_unit_of_analysis_are_read_where_only_one_is_named() -> None:
    assert one("Overall survival was 60% at five years.").time_point == "5 years"
    two = figures("Survival was 60% at two years and 50% at five years.")
    assert [figure.time_point for figure in two] == ["2 years", "5 years"]
    assert one("Twelve-month PFS was 60%.").time_point == "12 months"
    several = figures("The 5-y EFS was 47%, and the 18-month PFS 20%.")
    assert [figure.time_point for figure in several] == ["5 years", "18 months"]
    assert one("On a lesion basis sensitivity was 60%.").unit_of_analysis == "lesion"
    assert one("By patient and by lesion, sensitivity was 60%.").unit_of_analysis is None


@pytest.mark.parametrize(
    "text",
    [
        "The 2- and 5-year EFS were 60% and 50%, respectively.",
        "EFS at 2 years and 5 years was 60% and 50%, respectively.",
        "EFS at two and five years was 60% and 50%.",
    ],
)
def test_of_as_many_times_as_values_each_value_has_its_own(text: str) -> None:
    assert [(figure.value, figure.time_point) for figure in figures(text)] == [
        (60, "2 years"),
        (50, "5 years"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Overall survival was 60% in infants older than 18 months.",
        "Overall survival was 60% in patients ≥ 18 months.",
        "Overall survival was 60% at a median follow-up of five years.",
        "The 3- and 5-year EFS was 60%.",
        "EFS at 1, 2 and 5 years was 60% and 50%, respectively.",
    ],
)
def test_an_age_a_follow_up_or_one_of_several_times_is_no_time_point(text: str) -> None:
    assert {figure.time_point for figure in figures(text)} == {None}


PIECES = st.sampled_from(
    [
        *("sensitivity", "specificity", "AUC", "HR", "EFS", "kappa", "cutoff", "p", "Curie score"),
        *(" was ", " of ", " and ", ", ", "; ", " (", ")", " for MIBG", " vs. ", "respectively"),
        *(
            "83%",
            "0.9",
            "95% CI ",
            "68-98%",
            " ± ",
            "4",
            "<",
            "≤",
            "12 of 15",
            "n = 20",
            ". ",
            "\n",
        ),
        *("\u2009", "\u00b7", "\u2013", "\u0130", " at 5 years", "lesions"),
    ]
)


@pytest.mark.soak
@pytest.mark.timeout(60)  # ten times as long as it takes; what grew with the square took minutes
@pytest.mark.parametrize("piece", ["kappa 0.8, ", "cutoff of 3 "])
def test_a_long_hostile_sentence_is_read_in_time(piece: str) -> None:
    figures(piece * (30_000 // len(piece)))


@given(st.lists(PIECES | st.text(max_size=3), max_size=30).map("".join))
def test_places_lie_within_any_text_and_hold_the_number(text: str) -> None:
    for figure in figures(text):
        words = text[figure.start : figure.end]
        assert words.strip() == words != ""
        assert any(character.isdigit() for character in words)
        assert 0 <= figure.sentence[0] <= figure.start < figure.end <= figure.sentence[1]
        assert figure.value is not None or None not in (figure.low, figure.high)
