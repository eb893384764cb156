"""The record of a paper can be read as it arrived, byte for byte, in every version."""

from __future__ import annotations

import hashlib
import re
import shutil
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from serving import asking

from kb.checks import check

# One of hostile text, one whose XML this copy leaves out.
HOSTILE, OMITTED = 990000069, 990000002


@pytest.fixture(scope="module")
def base(specimen: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = Path(shutil.copy(specimen, tmp_path_factory.mktemp("record") / "kb.db"))
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE raw_records SET xml = NULL WHERE pmid = ?", (OMITTED,))
    return path


@pytest.fixture(scope="module")
def get(base: Path) -> Iterator[Any]:
    with asking(base) as get:
        yield get


def asked(base: Path, sql: str) -> list[Any]:
    with closing(sqlite3.connect(base)) as db:
        return db.execute(sql).fetchall()


def revised(base: Path) -> int:
    (pmid,) = asked(base, "SELECT pmid FROM raw_records GROUP BY pmid HAVING count(*) > 1")[0]
    return int(pmid)


def test_every_version_that_arrived_is_there_and_one_is_shown(specimen: Path) -> None:
    with closing(sqlite3.connect(specimen.with_name("raw.db"))) as raw:
        arrived = raw.execute("SELECT pmid, sha256, xml FROM records").fetchall()
    kept = asked(specimen, "SELECT pmid, sha256, xml FROM raw_records")
    papers = dict(asked(specimen, "SELECT pmid, record_sha256 FROM papers"))
    assert sorted(kept) == sorted(each for each in arrived if each[0] in papers)
    assert all(
        hashlib.sha256(zlib.decompress(xml)).hexdigest() == digest for _, digest, xml in kept
    )
    assert set(papers.items()) <= {(pmid, digest) for pmid, digest, _ in kept}


def test_a_paper_whose_record_is_lost_fails_the_check(base: Path, tmp_path: Path) -> None:
    assert check(base) == []
    less = Path(shutil.copy(base, tmp_path / "kb.db"))
    with closing(sqlite3.connect(less)) as db, db:
        db.execute("DELETE FROM raw_records WHERE pmid = ?", (OMITTED,))
    assert any("raw_records" in fault for fault in check(less))


def test_the_bytes_have_the_hash_that_the_page_states(get: Any) -> None:
    seen = get(f"/paper/{HOSTILE}").text
    assert f'href="/paper/{HOSTILE}.xml"' in seen
    assert "efetch.fcgi?db=pubmed&amp;id=990000069" in seen
    xml = get(f"/paper/{HOSTILE}.xml")
    assert hashlib.sha256(xml.content).hexdigest() in seen
    assert f'<PMID Version="1">{HOSTILE}</PMID>' in xml.text


def test_a_browser_runs_nothing_of_it(get: Any) -> None:
    answer = get(f"/paper/{HOSTILE}.xml")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


def test_an_earlier_version_is_one_click_away(get: Any, base: Path) -> None:
    pmid = revised(base)
    page = get(f"/paper/{pmid}").text
    assert "1 other version" in page
    (address,) = re.findall(rf'href="(/paper/{pmid}\.xml\?sha256=[0-9a-f]{{64}})"', page)
    earlier = get(address)
    assert hashlib.sha256(earlier.content).hexdigest() == address.partition("sha256=")[2]
    assert earlier.content != get(f"/paper/{pmid}.xml").content


def test_what_is_not_in_this_copy_is_said_and_its_hash_stays(get: Any, base: Path) -> None:
    page = get(f"/paper/{OMITTED}").text
    assert "Its XML is not in this copy of the base" in page
    assert f'href="/paper/{OMITTED}.xml"' not in page
    ((digest,),) = asked(base, f"SELECT record_sha256 FROM papers WHERE pmid = {OMITTED}")
    assert digest in page
    answer = get(f"/paper/{OMITTED}.xml")
    assert answer.status_code == 404
    assert "holds no XML" in answer.text


@pytest.mark.parametrize(
    "address",
    ["/paper/1.xml", "/paper/x.xml", f"/paper/{HOSTILE}.xml?sha256=%3Cscript%3E", "/paper/.xml"],
)
def test_a_record_that_is_not_there_is_not_found(get: Any, address: str) -> None:
    answer = get(address)
    assert answer.status_code == 404
    assert "<script" not in answer.text


def test_the_table_leads_to_the_xml_and_not_to_its_compressed_bytes(get: Any, base: Path) -> None:
    pmid = revised(base)
    page = get(f"/kb/raw_records?pmid={pmid}").text
    assert len(re.findall(rf'<a href="/paper/{pmid}\.xml\?sha256=[0-9a-f]+">XML</a>', page)) == 2
    sql = f"SELECT pmid, sha256, length(xml) AS bytes FROM raw_records WHERE pmid = {pmid}"
    assert get(f"/kb?sql={sql}").status_code == 200
