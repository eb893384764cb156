"""What the utilities share: the corpus, the History server and the calendar."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable, Iterable
from datetime import date

from harvest.standin.corpus import Corpus
from harvest.standin.wire import Request
from kb.errors import InputError
from kb.ids import clean_pmid

# NCBI's History server forgets too, at moments that it does not tell.
MOST_WEBENVS = 100


class State:
    """``today`` is what ``reldate`` counts back from."""

    def __init__(self, corpus: Corpus, today: Callable[[], date]) -> None:
        self.corpus = corpus
        self.today = today
        self.history: OrderedDict[str, list[tuple[int, ...]]] = OrderedDict()

    def store(self, uids: Iterable[int], webenv: str) -> tuple[str, int]:
        """Keep a set: appended to a WebEnv that is known, else in a new one. WebEnv and key."""
        sets = self.history.get(webenv)
        if sets is None:
            webenv, sets = f"MCID_{secrets.token_hex(12)}", []
            self.history[webenv] = sets
            if len(self.history) > MOST_WEBENVS:
                self.history.popitem(last=False)
        sets.append(tuple(uids))
        return webenv, len(sets)

    def recall(self, webenv: str, key: int) -> tuple[int, ...]:
        """The set of a query key. Raises InputError, in NCBI's words, where it is lost."""
        sets = self.history.get(webenv, [])
        if not 0 < key <= len(sets):
            raise InputError(f"Unable to obtain query #{key}")
        return sets[key - 1]

    def asked(self, request: Request) -> tuple[int, ...]:
        """UIDs of a request in its order, each once: its id lists, else its stored set."""
        if request.value("query_key"):
            return self.recall(request.webenv, request.number("query_key", 0))
        uids = (clean_pmid(given) for given in request.listed("id"))
        return tuple(dict.fromkeys(uid for uid in uids if uid))
