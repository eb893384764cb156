"""The History server of the stand-in."""

from __future__ import annotations

from datetime import date

import pytest
from standin_records import (
    CORPUS,
    Ask,
    hits,
    xml,
)

from harvest.standin import Request
from harvest.standin.state import MOST_WEBENVS, State
from kb.errors import InputError


def test_of_many_webenvs_the_oldest_is_forgotten() -> None:
    state = State(CORPUS, date.today)
    first, key = state.store([11], "")
    for _ in range(MOST_WEBENVS - 1):
        state.store([12], "")
    assert state.recall(first, key) == (11,)
    state.store([12], "")
    with pytest.raises(InputError, match="Unable to obtain query #1"):
        state.recall(first, key)


@pytest.mark.parametrize("utility", ["esearch", "efetch", "esummary", "elink"])
def test_a_lost_set_is_an_error_within_a_200(ask: Ask, utility: str) -> None:
    answer = ask(utility, WebEnv="MCID_" + "0" * 24, query_key=3)
    assert answer.status_code == 200
    assert xml(answer).findtext("ERROR") == "Unable to obtain query #3"
    assert hits(ask, "#7") == []


def test_a_set_is_added_to_the_environment_that_is_known_and_else_begins_one() -> None:
    state = State(CORPUS, date.today)
    webenv, first = state.store([11, 12], "")
    assert state.store([13], webenv) == (webenv, 2)
    other, key = state.store([14], "MCID_unknown")
    assert (other != "MCID_unknown", first, key) == (True, 1, 1)
    assert (state.recall(webenv, 1), state.recall(webenv, 2)) == ((11, 12), (13,))


@pytest.mark.parametrize("key", [0, -1, 2])
def test_a_key_beyond_the_sets_is_lost(key: int) -> None:
    state = State(CORPUS, date.today)
    webenv, _ = state.store([11], "")
    with pytest.raises(InputError, match=f"Unable to obtain query #{key}"):
        state.recall(webenv, key)


def test_what_is_asked_for_is_each_uid_once_in_its_order_or_the_set_that_is_named() -> None:
    state = State(CORPUS, date.today)
    webenv, key = state.store([14, 11], "")
    ids = Request("efetch", {"id": ["12,11,none", "0012"]}, "/efetch.fcgi")
    assert state.asked(ids) == (12, 11)
    of_set = {"WebEnv": [webenv], "query_key": [str(key)], "id": ["12"]}
    assert state.asked(Request("efetch", of_set, "/efetch.fcgi")) == (14, 11)
