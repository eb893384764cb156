"""Published text is hostile; what reaches a page is harmless and nothing of it is lost."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.site.text import LONGEST_HEADLINE, headline, marked, published, without_tags


class Reader(HTMLParser):
    """What a browser would make of it."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, attrs))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_markup_of_the_build_comes_through() -> None:
    html = "<p><b>AIM:</b> H<sub>2</sub>O &lt; 5 &amp; <i>n</i></p>"
    assert published(html) == html


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        "<b onclick=alert(1)>x</b>",
        '<a href="javascript:alert(1)">x</a>',
        "<img src=x onerror=alert(1)>",
        "<B >x",
        "<svg/onload=alert(1)>",
        "<!-- <b> -->",
    ],
)
def test_every_other_tag_is_shown_as_text(html: str) -> None:
    seen = Reader(str(published(html)))
    assert {tag for tag, _ in seen.tags} <= {"b"}
    assert all(not attributes for _, attributes in seen.tags)
    assert without_tags(html) == re.sub("</?b>", "", html)


@given(st.text(alphabet=st.sampled_from("<>/&;bipsubxscript= \"'#39\x02\x03"), max_size=80))
def test_only_known_tags_without_attributes_survive(html: str) -> None:
    for make in (published, headline, marked):
        seen = Reader(str(make(html) or ""))
        assert {tag for tag, _ in seen.tags} <= {
            "b", "i", "u", "sub", "sup", "p", "br", "h3", "h4", "mark",
        }  # fmt: skip
        assert all(not attributes for _, attributes in seen.tags)


def test_words_found_are_marked_in_escaped_text() -> None:
    assert marked("<i> \x02MRI\x03 & co") == "&lt;i&gt; <mark>MRI</mark> &amp; co"
    assert marked("\x02a\x03 \x02b") == "<mark>a</mark> b"
    assert marked("no word of it") is None


def test_a_title_of_100_kb_does_not_fill_a_list() -> None:
    long = "<i>neuroblastoma</i> " * 5000
    assert len(headline(long)) <= LONGEST_HEADLINE + 1
    assert headline("<i>short</i>") == "<i>short</i>"
