"""The stand-in over four records, and a session that asks it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import requests
from standin_records import (
    CORPUS,
    Ask,
)

from harvest.standin import Standin, serve


@pytest.fixture(scope="module")
def standin() -> Iterator[Standin]:
    with serve(CORPUS, today=lambda: date(2020, 3, 10)) as server:
        yield server


@pytest.fixture(scope="module")
def session() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        yield session


@pytest.fixture(scope="module")
def ask(standin: Standin, session: requests.Session) -> Ask:
    def asked(utility: str, **parameters: Any) -> requests.Response:
        return session.get(f"{standin.url}{utility}.fcgi", params=parameters, timeout=10)

    return asked
