"""A raw.db as stand-in: what was answered is answered again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest
import requests
from standin_records import (
    links,
    record,
)

from harvest.standin import Corpus, Standin, serve
from harvest.standin.replay import read_kept, stored
from kb.errors import InputError
from kb.raw import open_raw, put


def elink_answer(pmid: int, *citing: int) -> bytes:
    ids = "".join(f"<Link><Id>{this}</Id></Link>" for this in citing)
    block = f"<LinkSetDb><LinkName>pubmed_pubmed_citedin</LinkName>{ids}</LinkSetDb>"
    return (
        f"<eLinkResult><LinkSet><IdList><Id>{pmid}</Id></IdList>{block if citing else ''}"
        "</LinkSet></eLinkResult>"
    ).encode()


@pytest.fixture
def replayed(tmp_path: Path) -> Iterator[Standin]:
    """Papers 1 and 2, of which 2 cites 1, and answers that know more and other things."""
    path = tmp_path / "raw.db"
    db = open_raw(path, write=True)
    db.execute("INSERT INTO runs (run, job, started) VALUES (1, 'j', '2025-01-01T00:00:00Z')")
    for pmid, cites in ((1, ()), (2, (1,))):
        xml = record(pmid, "As stored.", cites=cites)
        put(db, pmid, xml, source="efetch", run=1, now="2025-01-01T00:00:00Z")
    for service, question, status, body in (
        ("esearch", "db=pubmed&term=old+query%5Bti%5D&retmax=9999", 200, b"<eSearchResult>1"),
        ("esearch", "db=pubmed&term=old+query%5Bti%5D&retmax=9999", 200, b"<eSearchResult>2"),
        (
            "elink",
            "db=pubmed&dbfrom=pubmed&linkname=pubmed_pubmed_citedin&id=1",
            200,
            elink_answer(1, 8, 7),
        ),
        (
            "icite",
            "pubs?pmids=1,2&fl=pmid,references,cited_by&legacy=false&format=json",
            200,
            b'{"data": [{"pmid": 1, "references": [5], "cited_by": [9, 8]}]}',
        ),
        ("crossref", "works/10.1000%2Fx%28y%29", 404, b"Resource not found, as then."),
        ("idconv", "?ids=1&format=json", 200, b'{"records": []}'),
    ):
        db.execute(
            "INSERT INTO answers (run, service, question, asked_at, status, body)"
            " VALUES (1, ?, ?, '2025-01-01T00:00:00Z', ?, ?)",
            [service, question, status, body],
        )
    db.conn.close()
    with serve(Corpus.from_raw(path)) as server:
        yield server


def test_the_latest_answer_to_the_same_question_comes_byte_for_byte(
    replayed: Standin, session: requests.Session
) -> None:
    asked = {"email": "me@example.org", "retmax": "9999", "term": "old query[ti]", "db": "pubmed"}
    url = f"{replayed.url}esearch.fcgi"
    assert session.post(url, data=asked, timeout=10).content == b"<eSearchResult>2"
    another = session.post(url, data=asked | {"term": "stored[ti]"}, timeout=10)
    assert fromstring(another.content).findtext("Count") == "2"


def test_answers_of_the_other_services_come_again_with_their_status(
    replayed: Standin, session: requests.Session
) -> None:
    mailto = "mailto=me%40example.org"
    gone = session.get(f"{replayed.base('crossref')}works/10.1000%2FX(y)?{mailto}", timeout=10)
    assert (gone.status_code, gone.text) == (404, "Resource not found, as then.")
    assert gone.headers["Content-Type"].startswith("text/plain")
    conv = session.get(f"{replayed.base('idconv')}?format=json&ids=1&tool=t&email=e", timeout=10)
    assert conv.json() == {"records": []}


def test_other_batches_get_the_links_that_were_told_then(
    replayed: Standin, session: requests.Session
) -> None:
    asked = {"id": ["2", "1"], "linkname": "pubmed_pubmed_citedin"}
    root = fromstring(session.post(f"{replayed.url}elink.fcgi", data=asked, timeout=10).content)
    assert [links(block) for block in root] == [{}, {"pubmed_pubmed_citedin": ["8", "7"]}]
    whole = session.post(f"{replayed.url}elink.fcgi", data={"id": "2"}, timeout=10)
    assert links(fromstring(whole.content)[0]) == {"pubmed_pubmed_refs": ["1"]}
    url = f"{replayed.base('icite')}pubs?pmids=2,1,3&fl=pmid,references,cited_by"
    data = session.get(url, timeout=10).json()["data"]
    assert data == [{"pmid": 1, "references": [5], "cited_by": [8, 9]}]  # it did not know 2


def test_a_list_of_works_is_made_of_what_crossref_told_of_each(
    tmp_path: Path, session: requests.Session
) -> None:
    told = {"10.1000/a": {"DOI": "10.1000/a", "volume": "1"}, "10.1000/b": {"DOI": "10.1000/b"}}
    single = json.dumps({"message": told["10.1000/a"]}).encode()
    items = json.dumps({"message": {"items": [told["10.1000/b"]]}}).encode()
    db = open_raw(tmp_path / "raw.db", write=True)
    db.execute("INSERT INTO runs (run, job, started) VALUES (1, 'j', '2025-01-01T00:00:00Z')")
    for number, (question, status, body) in enumerate(
        [
            ("works/10.1000%2FA", 200, single),
            ("works?filter=doi%3A10.1000%2Fb,doi%3A10.1000%2Fc&rows=2&select=DOI", 200, items),
            ("works/10.1000%2Fd", 404, b"Resource not found."),
        ]
    ):
        row = [number, 1, "crossref", question, f"2025-01-0{number + 1}", status, body, None]
        db.execute(f"INSERT INTO answers VALUES ({','.join('?' * len(row))})", row)
    db.conn.close()
    with serve(Corpus.from_raw(tmp_path / "raw.db")) as server:
        named = ",".join(f"doi:10.1000/{name}" for name in "dcba")
        url = f"{server.base('crossref')}works"
        found = session.get(url, params={"filter": named}, timeout=10).json()["message"]["items"]
        assert found == [told["10.1000/b"], told["10.1000/a"]]
        assert session.get(f"{url}/10.1000%2Fb", timeout=10).json()["message"] == found[0]
        assert session.get(f"{url}/10.1000%2Fc", timeout=10).status_code == 404


def test_a_question_is_the_same_whatever_its_encoding_order_and_asker() -> None:
    one = stored("crossref", "works/10.1000%2Fa%3Fb?rows=1&mailto=me")
    assert one == stored("crossref", "works/10.1000/A%3Fb?rows=1")
    assert stored("elink", "id=1&id=2&cmd=x") == stored("elink", "cmd=x&id=1&id=2&tool=t")
    assert stored("elink", "id=1&id=2") != stored("elink", "id=2&id=1")
    assert stored("esearch", "term=a") != stored("esummary", "term=a")


def test_a_damaged_answer_is_named(tmp_path: Path) -> None:
    db = open_raw(tmp_path / "raw.db", write=True)
    db.execute("INSERT INTO runs (run, job, started) VALUES (1, 'j', '2025-01-01T00:00:00Z')")
    kept = "(3, 1, 'icite', 'pubs?pmids=1', '2025', 200, x'00', NULL)"
    db.execute(f"INSERT INTO answers VALUES {kept}")
    with pytest.raises(InputError, match="answer 3 of icite"):
        read_kept(db)
    db.conn.close()
