"""What a service is: its names, its limit, and what raw.db calls it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harvest.service import Again, Rate, Refused, Service, is_loopback, said, shown

NEW = Service("newone", "New one", "https://new.example/", Rate(2), lambda _client: "")


def test_the_name_of_a_service_names_its_variable_and_its_option() -> None:
    assert (NEW.variable, NEW.option) == ("HARVEST_NEWONE_URL", "--newone-url")


def test_a_service_has_a_limit_of_its_own_unless_it_is_counted_with_another() -> None:
    assert NEW.limit == "newone"
    assert replace(NEW, counted="ncbi").limit == "ncbi"


def test_only_a_key_that_counts_raises_the_limit() -> None:
    assert NEW.allowed(keyed=True) == Rate(2)
    keyed = replace(NEW, with_key=Rate(10))
    assert (keyed.allowed(keyed=False), keyed.allowed(keyed=True)) == (Rate(2), Rate(10))


def test_raw_db_calls_a_service_by_its_name_and_e_utilities_by_the_utility() -> None:
    assert NEW.kept_as("works/10.1.2") == "newone"
    assert replace(NEW, utilities=True).kept_as("elink.fcgi") == "elink"


@pytest.mark.parametrize(
    ("url", "own"),
    [
        ("http://127.0.0.1:8002/x/", True),
        ("http://localhost/", True),
        ("http://[::1]:1/", True),
        ("https://eutils.ncbi.nlm.nih.gov/", False),
        ("http://127.0.0.1.example.org/", False),
        ("http://localhost.example.org/", False),
        ("", False),
    ],
)
def test_this_machine_is_told_from_others(url: str, own: bool) -> None:
    assert is_loopback(url) is own


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "an empty answer"),
        (b"<html><head><title>x</title></head>  Bad\n Gateway</html>", "'Bad Gateway'"),
        (b"<style>b {}</style><p>Sign in</p><script>1 < 2</script>", "'Sign in'"),
        (b"\xff\xfe", "'\ufffd\ufffd'"),
        (b"a" * 300, repr("a" * 200)),
    ],
)
def test_what_was_no_answer_is_quoted_by_its_first_words(body: bytes, words: str) -> None:
    assert said(body) == words


def test_a_refusal_brings_advice_and_a_trouble_a_pause() -> None:
    assert Refused("no", "Do this.").advice == "Do this."
    assert (Again("later", wait=2.0).wait, Again("later").down) == (2.0, False)


def test_the_first_words_of_a_huge_page_are_told_in_no_time_however_it_is_marked_up() -> None:
    """Read again from each mark that is not closed, this would take hours."""
    assert said(b"<b>Down</b> <script " + b"<script " * 4_000_000) == "'Down'"
    assert said(b"<" * 4_000_000) == f"{'<' * 200!r}"


def test_words_of_a_service_are_a_line_that_a_terminal_can_show() -> None:
    assert shown(" no\n\x1b[2J\x9b query ") == "no �[2J� query"
    assert len(shown("a" * 9_999)) == 500
