"""ECitMatch of the stand-in, over HTTP."""

from __future__ import annotations

import requests

from harvest.standin import Standin


def matched(standin: Standin, session: requests.Session, *lines: str) -> list[str]:
    query = "%0D".join(line.replace(" ", "+") for line in lines)
    url = f"{standin.url}ecitmatch.cgi?db=pubmed&retmode=xml&bdata={query}"
    answer = session.get(url, timeout=10)
    assert answer.headers["Content-Type"].startswith("text/plain")
    return [line.rsplit("|", 1)[1] for line in answer.text.splitlines()]


def test_ecitmatch_gives_each_citation_its_outcome(
    standin: Standin, session: requests.Session
) -> None:
    lines = (
        "J Examples|2009|7|10|nobody|a|",  # a wrong author does not matter
        "J Examples|2035|7|10|doe|b|",
        "J Nowhere|2009|7|10|doe|c|",
        "journal of examples|2020|7||Muller C|d|",
        "J Examples||7|10||e|",
    )
    assert matched(standin, session, *lines) == [
        "AMBIGUOUS 12,14",
        "NOT_FOUND",
        "NOT_FOUND;INVALID_JOURNAL",
        "13",
        "AMBIGUOUS 11,12,13,14",
    ]


def test_ecitmatch_repeats_the_columns(standin: Standin, session: requests.Session) -> None:
    url = f"{standin.url}ecitmatch.cgi?bdata=j+examples|1999|7|10|m%C3%BCller|Key+1|"
    assert session.get(url, timeout=10).text == "j examples|1999|7|10|müller|Key 1|11\n"


def test_ecitmatch_stops_at_a_line_without_journal_and_candidate(
    standin: Standin, session: requests.Session
) -> None:
    lines = ("|2020|7|10|muller|a|", "|1900|9|9||b|", "J Examples|1999|7|10||c|")
    assert matched(standin, session, *lines) == ["13", "NOT_FOUND"]
