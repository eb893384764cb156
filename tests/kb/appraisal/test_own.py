"""Which figures are no results of the paper itself."""

from __future__ import annotations

import pytest

from kb.appraisal.figures import figures
from kb.appraisal.lexicon import passage
from kb.appraisal.measures import Figure
from kb.appraisal.own import is_own


def kept(text: str) -> list[tuple[str, float | None]]:
    return [(figure.kind, figure.value) for figure in figures(text)]


@pytest.mark.parametrize(
    "text",
    [
        "In a previous study of 300 boys the sensitivity was 80%.",
        "Two-sided p values of less than 0.05 were considered to indicate significance.",
        "A p-value < 0.05 was taken as significant.",
        "The level of significance was set at p < 0.05.",
        "Significance was defined as P < .05.",
        "Survival of children with gout is excellent, with survival of >97%.",
        "Survival of gout remains below 40%.",
        "Background: The sensitivity was 80%.",
        "The trial had a power of 80% to detect a hazard ratio of 0.6.",
        "A sensitivity of 80% has been reported in the literature.",
    ],
)
def test_a_figure_of_others_a_plan_a_level_and_common_knowledge_are_not(text: str) -> None:
    assert kept(text) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Sensitivity was 90%, whereas a previous study had found a sensitivity of 80%.", 90),
        ("The difference was considered significant and p was 0.03.", 0.03),
        ("It was significant at p < 0.05.", 0.05),
        ("The 5-year survival is 66.4%.", 66.4),
        ("The survival of our patients is 65%.", 65),
        ("Survival of these boys was 65%.", 65),
        ("The expected improvement in sensitivity was small; sensitivity was 80%.", 80),
        ("Sensitivity was greater than 90%.", 90),
    ],
)
def test_a_result_beside_such_words_is(text: str, value: float) -> None:
    assert [found for _, found in kept(text)] == [value]


def test_a_bound_of_survival_is_no_estimate() -> None:
    sentence = passage("Survival was > 97%").sentences[0]
    assert not is_own(Figure("os", 97, sign=">", end=5), sentence)
    assert is_own(Figure("os", 97, end=5), sentence)
    assert is_own(Figure("sensitivity", 97, sign=">", end=5), sentence)
