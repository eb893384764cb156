"""Three papers at a stand-in of all services, and a transport that asks it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from building import paper
from loopback import FakeClock, record_set, settings_of

from harvest.standin import Answer, Corpus, Fault, Request, serve
from harvest.transport import Transport

PAPERS = (
    paper(1, title="Scans of children", doi="10.5555/one", pmcid="PMC11", authors=["Maris JM"]),
    paper(2, title="Other scans", doi="10.5555/two", volume="13", pages="101-9"),
    paper(3, title="Same place", volume="13", pages="101-9", authors=["Park JR"]),
)
Asking = Callable[..., AbstractContextManager[Transport]]


@pytest.fixture(scope="session")
def three_papers(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    file = tmp_path_factory.mktemp("services") / "pubmed.xml"
    file.write_bytes(record_set(*PAPERS))
    return Corpus.from_files([file])


@pytest.fixture
def asking(three_papers: Corpus) -> Asking:
    """Gives a transport while a block runs; ``fault`` may spoil the answers."""

    @contextmanager
    def to(fault: Fault = as_answered) -> Iterator[Transport]:
        with serve(three_papers, fault=fault) as server:
            yield Transport(settings_of(server), lambda _sent: None, FakeClock())

    return to


def as_answered(_number: int, _request: Request, answer: Answer) -> Answer:
    return answer
