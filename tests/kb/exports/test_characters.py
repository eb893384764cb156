"""What a file cannot hold is replaced by something that shows it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from kb.exports.characters import NOT_IN_XML, SIGNS, is_plain, one_line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("one\r\ntwo", "one two"),
        ("one\u2028two\u2029\x85\x0b\x0cthree", "one two three"),
        ("one\ttwo", "one two"),
        (" \n one \n ", "one"),
        ("a\x00b\x01c\x1b[31m", "a␀b␁c␛[31m"),
        ("a\x7fb\x9bc\ufffe\uffff", "a\ufffdb\ufffdc\ufffd\ufffd"),
        ("नमस्ते e\u0301 \U0001f9e0\u00a0x", "नमस्ते e\u0301 \U0001f9e0\u00a0x"),
        ("", ""),
    ],
)
def test_a_line_stays_one_line_and_shows_what_it_cannot_hold(text: str, line: str) -> None:
    assert one_line(text) == line


@given(st.text())
def test_no_text_becomes_two_lines_or_hides_a_control_character(text: str) -> None:
    line = one_line(text)
    assert len(line.splitlines()) <= 1
    assert not {c for c in line if c < " " or "\x7f" <= c <= "\x9f"}
    assert one_line(line) == line


def test_each_control_character_has_a_sign_of_its_own() -> None:
    assert [chr(SIGNS[n]) for n in (0, 1, 27)] == ["␀", "␁", "␛"]
    assert len(set(SIGNS.values())) == 32


@given(st.text())
def test_any_text_can_stand_in_xml_and_keeps_what_xml_can_hold(text: str) -> None:
    """lxml refuses what XML 1.0 cannot hold."""
    shown = text.translate(NOT_IN_XML)
    etree.Element("a").text = shown
    assert all(a == b or a < " " or a in "\ufffe\uffff" for a, b in zip(text, shown, strict=True))


@given(st.text())
def test_what_is_plain_reads_the_same_in_xml_as_it_stands(text: str) -> None:
    if is_plain(text):
        assert etree.fromstring(f"<a>{text}</a>").text == (text or None)


def test_what_xml_gives_a_meaning_to_or_cannot_hold_is_not_plain() -> None:
    assert not any(map(is_plain, ("a&b", "<", ">", "\x01", "\r", "\x85", "\ufffe")))
    assert is_plain('Müller "2010"')
