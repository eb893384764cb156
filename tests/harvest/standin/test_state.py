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
