"""A Retraction Watch file is kept whole; what is doubtful in it is named and loses nothing."""

from __future__ import annotations

import gzip
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from harvest.cli import main
from kb.notices.updates import from_retraction_watch

HEAD = (
    "Record ID,Title,RetractionDate,RetractionDOI,RetractionPubMedID,OriginalPaperDOI,"
    "OriginalPaperPubMedID,RetractionNature,Reason\n"
)
GOOD = "1,T,1/2/2020,,0,10.1000/d,0,Retraction,+Error;\n"


def read(tmp_path: Path, content: bytes) -> Result:
    file = tmp_path / "watch.csv"
    file.write_bytes(content)
    return CliRunner().invoke(
        main, ["retraction-watch", str(file), "--raw", str(tmp_path / "raw.db")]
    )


def kept(tmp_path: Path) -> list[tuple[str, str, bytes]]:
    with closing(sqlite3.connect(tmp_path / "raw.db")) as db:
        return db.execute("SELECT service, question, body FROM answers").fetchall()


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_the_file_is_kept_whole_and_packed(tmp_path: Path, pack: type[bytes]) -> None:
    result = read(tmp_path, pack((HEAD + GOOD).encode()))
    assert result.exit_code == 0, result.output
    ((service, question, body),) = kept(tmp_path)
    assert (service, question) == ("retraction-watch", "watch.csv")
    assert gzip.decompress(body).decode() == HEAD + GOOD
    assert len(list(from_retraction_watch(body, "2026-03-01"))) == 1
    assert "watch.csv: 1 rows: 1 retraction" in result.output


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("2,T,1/2/2020,,0,10.1000/e,0,Something new,\n", "line 3: its nature 'Something new'"),
        ("2,T,1/2/2020,,0\n", "line 3: has not as many columns"),
        ("2,T,1/2/2020,,0,10.1000/e,0,Retraction,x,y,z\n", "line 3: has not as many columns"),
    ],
)
def test_a_doubtful_line_is_named_and_the_file_kept(tmp_path: Path, line: str, said: str) -> None:
    result = read(tmp_path, (HEAD + GOOD + line).encode())
    assert result.exit_code == 3
    assert said in result.output
    assert len(kept(tmp_path)) == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is no Retraction Watch file"),
        (b"<html>", "is no Retraction Watch file"),
        (b"\xff\xfe", "is no text in UTF-8"),
        (b"PMID,Title\n1,x\n", "is no Retraction Watch file: it has no column RetractionDate"),
        (HEAD.encode(), "has no rows below its first line"),
        ((HEAD + '1,T,,,0,,0,Retraction,"open').encode(), "line 2: cannot be read on"),
    ],
)
def test_another_file_is_refused_and_nothing_written(
    tmp_path: Path, content: bytes, said: str
) -> None:
    result = read(tmp_path, content)
    assert result.exit_code == 2
    assert f"watch.csv: {said}" in result.output
    assert not (tmp_path / "raw.db").exists()
