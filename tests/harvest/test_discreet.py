from __future__ import annotations

import html
import json
from urllib.parse import quote, quote_plus

from hypothesis import given
from hypothesis import strategies as st

from harvest.discreet import HIDDEN, Secrets

KEY = "0123456789abcdef0123456789abcdef0123"
PRINTED = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=8, max_size=40)
WAYS = st.sampled_from(
    [
        str,
        str.upper,
        str.lower,
        html.escape,
        quote,
        quote_plus,
        lambda text: quote(text, safe=""),
        lambda text: quote(text, safe="").lower(),
        lambda text: json.dumps(text)[1:-1],
        lambda text: "".join(f"%{ord(one):02X}" for one in text),
    ]
)


@given(PRINTED, WAYS, st.sampled_from(["", "a key: ", "?api_key="]))
def test_however_a_secret_is_repeated_it_is_not_said(secret: str, way: object, before: str) -> None:
    written = way(secret)  # type: ignore[operator]
    assert Secrets("", [secret]).out_of(f"{before}{written}.") == f"{before}{HIDDEN}."
    body = f"{before}{written}.".encode()
    assert Secrets(secret).out_of_answer(body) == f"{before}{HIDDEN}.".encode()


def test_what_has_no_secret_in_it_stays_the_same_object() -> None:
    body = b"<PubmedArticleSet/>" * 1000
    assert Secrets(KEY, ["password"]).out_of_answer(body) is body
    assert Secrets("").out_of_answer(body) is body
    assert Secrets(KEY).out_of("HTTP 502") == "HTTP 502"


def test_a_short_one_that_could_be_any_word_makes_no_message_unreadable() -> None:
    assert Secrets("", ["no"]).out_of("no answer") == "no answer"
    assert Secrets("tumour").out_of_answer(b"<p>tumour</p>") == b"<p>tumour</p>"
    assert Secrets("tumour").out_of("tumour is no key") == f"{HIDDEN} is no key"


def test_the_longer_of_two_that_begin_alike_goes_as_a_whole() -> None:
    assert Secrets("", ["pass", "password"]).out_of("password") == HIDDEN
