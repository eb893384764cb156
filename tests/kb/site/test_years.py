"""Papers by year."""

from __future__ import annotations

from kb.site.years import bars, years


def test_there_is_a_bar_for_every_year_between_the_first_and_the_last() -> None:
    assert [(b.year, b.papers, b.height) for b in bars({2001: 1, 2004: 4})] == [
        (2001, 1, 25.0),
        (2002, 0, 0.0),
        (2003, 0, 0.0),
        (2004, 4, 100.0),
    ]
    assert bars({}) == []


def test_papers_without_a_year_are_counted_beside_the_chart() -> None:
    assert years(7, {2001: 1, 2004: 4}).undated == 2
    assert years(0, {}).undated == 0
