"""When a survival was reached, and of what a figure is."""

from __future__ import annotations

from kb.appraisal.measures import Figure
from kb.appraisal.time_points import placed


def test_of_a_list_of_times_a_value_has_the_one_at_its_place() -> None:
    text = "the 1-, 3- and five-year os were 90%, 80% and 70%"
    times = [placed(text, Figure("os", 90, place=(n, 3))).time_point for n in range(3)]
    assert times == ["1 years", "3 years", "5 years"]
    assert placed(text, Figure("os", 90, place=(0, 2))).time_point is None


def test_the_label_comes_before_the_sentence_and_only_survival_has_a_time() -> None:
    text = "at 2 years 90% and 80% at 5 years"
    label = (text.index("at 5"), len(text))
    assert placed(text, Figure("os", 90, label=label)).time_point == "5 years"
    assert placed(text, Figure("os", 90)).time_point is None
    assert placed("at 2 years", Figure("sensitivity", 90)).time_point is None
    assert placed("by lesion", Figure("sensitivity", 90)).unit_of_analysis == "lesion"
