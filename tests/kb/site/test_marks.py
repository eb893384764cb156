"""Words are marked where they stand, whatever tags stand between them, or not at all."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from kb.site.marks import Mark, with_marks

OPEN = '<a class="mark a" href="#why" title="MIBG scan">'


def mark(start: int, end: int) -> Mark:
    return Mark(start, end, "a", "#why", "MIBG scan")


def shown(html: str, text: str, *spans: tuple[int, int]) -> str:
    return str(with_marks(html, text, [mark(*span) for span in spans]))


def test_words_are_marked_in_place() -> None:
    assert shown("An MIBG scan", "An MIBG scan", (3, 7)) == f"An {OPEN}MIBG</a> scan"


def test_a_mark_ends_before_a_tag_and_goes_on_behind_it() -> None:
    html, text = "<p><sup>123</sup>I-MIBG scan</p>", "123I-MIBG scan"
    assert shown(html, text, (0, 9)) == (f"<p><sup>{OPEN}123</a></sup>{OPEN}I-MIBG</a> scan</p>")


def test_paragraphs_are_line_ends_of_the_text() -> None:
    html, text = "<p><b>AIM:</b> MIBG.</p><p>Scans.</p>", "AIM: MIBG.\nScans."
    assert shown(html, text, (5, 9), (11, 16)) == (
        f"<p><b>AIM:</b> {OPEN}MIBG</a>.</p><p>{OPEN}Scans</a>.</p>"
    )


def test_escaped_characters_count_as_one() -> None:
    assert shown("a &lt; b MIBG", "a < b MIBG", (6, 10)) == f"a &lt; b {OPEN}MIBG</a>"


def test_of_overlapping_marks_the_first_and_longest_is_shown() -> None:
    assert shown("MIBG scan", "MIBG scan", (0, 4), (0, 9), (5, 9)) == f"{OPEN}MIBG scan</a>"


@pytest.mark.parametrize(
    ("html", "text"), [("An MIBG scan", "A MIBG scan"), ("MIBG", "MIBG scan and more")]
)
def test_where_text_and_html_go_apart_nothing_is_marked(html: str, text: str) -> None:
    assert shown(html, text, (2, 30)) == html


def test_a_text_longer_than_any_abstract_is_shown_unmarked() -> None:
    text = "MIBG " * 30_000
    assert shown(text, text, (0, 4)) == text


def test_hostile_text_stays_text() -> None:
    text = "<script>alert(1)</script> MIBG"
    assert shown(text, text, (26, 30)) == str(escape(text[:26])) + f"{OPEN}MIBG</a>"


@given(
    text=st.text(alphabet="ab <&\"'", min_size=1),
    spans=st.lists(st.tuples(st.integers(0, 20), st.integers(1, 5)), max_size=4),
)
def test_without_its_tags_the_text_is_what_it_was(text: str, spans: list[tuple[int, int]]) -> None:
    found = shown(str(escape(text)), text, *((start, start + size) for start, size in spans))
    assert re.sub(r"<[^>]*>", "", found) == str(escape(text))
    assert found.count("<a ") == found.count("</a>")
