"""kb.record.markup: PubMed's inline markup as text and as safe HTML."""

from __future__ import annotations

import html
import re
from xml.etree.ElementTree import Element, ParseError, SubElement, fromstring, tostring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.record.markup import record_element, safe_html, text_of

TEXT = st.text(st.sampled_from("aé<>&\"' \t\n\u00a0\u2009\U0001d6c2"), max_size=8)
TAGS = st.sampled_from(
    ["b", "i", "u", "sub", "sup", "script", "{http://www.w3.org/1998/Math/MathML}mi"]
)


@st.composite
def marked(draw: st.DrawFn, depth: int = 3) -> Element:
    element = Element("ArticleTitle")
    _fill(draw, element, depth)
    return element


def _fill(draw: st.DrawFn, element: Element, depth: int) -> None:
    element.text = draw(TEXT)
    for _ in range(draw(st.integers(0, 3 if depth else 0))):
        child = SubElement(element, draw(TAGS), {"onclick": draw(TEXT)})
        _fill(draw, child, depth - 1)
        child.tail = draw(TEXT)


@pytest.mark.parametrize(
    ("xml", "text", "safe"),
    [
        ("<t>No markup.</t>", "No markup.", "No markup."),
        ("<t/>", "", ""),
        ("<t><i>In vivo</i> first</t>", "In vivo first", "<i>In vivo</i> first"),
        ("<t>H<sub>2</sub>O</t>", "H2O", "H<sub>2</sub>O"),
        ("<t>a<b><i>b<sup>c</sup></i></b>d</t>", "abcd", "a<b><i>b<sup>c</sup></i></b>d"),
        ("<t>10<sup>4</sup> cells</t>", "10⁴ cells", "10<sup>4</sup> cells"),
        ("<t>p &lt; 0.05 &amp; more</t>", "p < 0.05 & more", "p &lt; 0.05 &amp; more"),
        ("<t> two\n   lines\t</t>", "two lines", "two lines"),
        ("<t>5&#160;%&#8201;up</t>", "5\u00a0%\u2009up", "5\u00a0%\u2009up"),
        ("<t>a<!-- not text -->b</t>", "ab", "ab"),
        # What would turn the words, and the PMID behind them, is no text; Hebrew stays as it is.
        ("<t>&#x202E;a <i>b&#x202C;</i>&#x2067;\u05d0\u2069</t>", "a b\u05d0", "a <i>b</i>\u05d0"),
        (
            '<t>x<m:math xmlns:m="http://www.w3.org/1998/Math/MathML"><m:mi>y</m:mi></m:math>z</t>',
            "xyz",
            "xyz",
        ),
        (
            '<t>x<m:math xmlns:m="http://www.w3.org/1998/Math/MathML"> <m:msup> <m:mn>10</m:mn>'
            " <m:mn>4</m:mn> </m:msup> </m:math>z</t>",
            "x10⁴z",
            "x10<sup>4</sup>z",
        ),
        ("<t><script>alert(1)</script></t>", "alert(1)", "alert(1)"),
        ('<t><b onclick="x">bold</b></t>', "bold", "<b>bold</b>"),
    ],
)
def test_nothing_is_cut_at_a_tag_and_only_five_tags_come_through(
    xml: str, text: str, safe: str
) -> None:
    element = fromstring(xml)

    assert text_of(element) == text
    assert safe_html(element) == safe


def test_markup_may_be_nested_deeper_than_any_stack() -> None:
    element = fromstring("<t>" + "<b>" * 5000 + "deep" + "</b>" * 5000 + "</t>")

    assert text_of(element) == "deep"
    assert safe_html(element).count("<b>") == 5000


def test_an_element_that_is_not_there_has_no_text() -> None:
    assert text_of(None) == ""
    assert safe_html(None) == ""


def _squeezed(text: str) -> str:
    return re.sub(r"[ \t\r\n]", "", text)


@given(marked())
def test_text_and_html_hold_every_character_of_the_element(element: Element) -> None:
    everything = "".join(element.itertext())

    # A note is set apart behind ^; TEXT has none of its own.
    assert _squeezed(text_of(element)).replace("^", "") == _squeezed(everything)
    shown = re.sub(r"</?(?:b|i|u|sub|sup)>", "", safe_html(element))
    assert "<" not in shown
    assert _squeezed(html.unescape(shown)) == _squeezed(everything)


@given(marked())
def test_html_is_well_formed_and_has_no_attribute(element: Element) -> None:
    again = fromstring(f"<t>{safe_html(element)}</t>")

    assert not [child for child in again.iter() if child.attrib]
    assert {child.tag for child in again.iter()} <= {"t", "b", "i", "u", "sub", "sup"}


@given(marked())
def test_only_xml_white_space_is_folded(element: Element) -> None:
    text = text_of(element)

    assert not re.search(r"[\t\r\n]|  |^ | $", text)
    for kept in "\u00a0\u2009":
        assert text.count(kept) == "".join(element.itertext()).count(kept)


def test_a_record_cut_out_of_its_file_keeps_the_prefixes_that_the_file_declared() -> None:
    element = record_element(
        b'<PubmedArticle><mml:math xlink:href="#a" xsi:nil="true"/></PubmedArticle>'
    )

    assert element.tag == "PubmedArticle"
    assert b"http://www.w3.org/1998/Math/MathML" in tostring(element)


@pytest.mark.parametrize(
    "xml",
    [
        b"<a>",
        b"<a></b>",
        b"<a>&nbsp;</a>",
        b"<a>\x00</a>",
        b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
        b'<?xml version="1.0"?><a/>',
        b"<q:a/>",
    ],
)
def test_what_is_no_single_element_is_refused(xml: bytes) -> None:
    with pytest.raises(ParseError):
        record_element(xml)
