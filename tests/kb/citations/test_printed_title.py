"""Where a title stands in a citation, and how much of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cited_papers import MARIS, PARK
from hypothesis import given
from hypothesis import strategies as st

from kb.citations.citation import Citation, citable
from kb.citations.printed_title import printed_title
from kb.record.article import Article


def test_words_before_and_behind_a_title_are_kept() -> None:
    text = "Park JR. Neuroblastoma: biology, prognosis, and treatment. Blood 2010;24:65"
    title = printed_title(citable(PARK), Citation(text))
    assert (title.agrees, title.in_full, title.score, title.words) == (True, True, 1.0, 5)
    assert list(title.before) == ["park", "jr"]
    assert list(title.behind) == ["blood", "2010", "24", "65"]


def test_of_a_title_cut_short_the_words_that_are_printed() -> None:
    text = "Park JR. Neuroblastoma: biology, prognosis, and. Hematol Oncol Clin North Am 2010;24:65"
    title = printed_title(citable(PARK), Citation(text))
    assert not title.agrees
    assert title.shortened == "neuroblastoma biology prognosis and"
    assert title.behind[0] == "hematol"


def test_long_words_that_are_replaced_are_named() -> None:
    text = "Park JR. Neuroblastoma: biology, diagnosis, and treatment. Blood 2010;24:65"
    title = printed_title(citable(PARK), Citation(text))
    assert title.is_alike == (title.score >= 0.9)
    assert not title.agrees


@pytest.mark.parametrize("text", ["", "2010", "Park JR", "神经母细胞瘤"])
@pytest.mark.parametrize("paper", [PARK, MARIS, replace(PARK, title="")])
def test_a_text_without_a_title_has_none(text: str, paper: Article) -> None:
    title = printed_title(citable(paper), Citation(text))
    assert not title.agrees
    assert not title.in_full
    assert not title.shortened
    assert not title.before


@given(head=st.text("abc .1", max_size=20), tail=st.text("abc .1", max_size=20))
def test_a_title_agrees_whatever_stands_around_it(head: str, tail: str) -> None:
    title = printed_title(citable(PARK), Citation(f"{head} {PARK.title} {tail}"))
    assert title.agrees
    assert title.score == 1.0
