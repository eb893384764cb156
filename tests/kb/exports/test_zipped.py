"""A zip archive that is written as it is read."""

from __future__ import annotations

import io
from collections.abc import Iterator
from zipfile import ZipFile

from hypothesis import given
from hypothesis import strategies as st

from kb.exports.zipped import zipped

NAMES = st.text(st.characters(categories=["L", "N"], max_codepoint=0x2FFF), min_size=1, max_size=20)


@given(st.dictionaries(NAMES, st.lists(st.binary(max_size=3000)), max_size=4))
def test_an_archive_holds_its_files_in_order_byte_by_byte(files: dict[str, list[bytes]]) -> None:
    with ZipFile(io.BytesIO(b"".join(zipped(files)))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == list(files)
        for name, pieces in files.items():
            assert archive.read(name) == b"".join(pieces)


def test_the_same_files_give_the_same_bytes_whenever_they_are_written() -> None:
    files = {"a.csv": [b"1", b"2"]}
    assert list(zipped(files)) == list(zipped(files))
    with ZipFile(io.BytesIO(b"".join(zipped(files)))) as archive:
        assert archive.infolist()[0].date_time == (1980, 1, 1, 0, 0, 0)


def test_what_can_be_packed_is_sent_before_the_last_of_it_is_read() -> None:
    read: list[int] = []

    def pieces() -> Iterator[bytes]:
        for number in range(100):
            read.append(number)
            yield bytes([number]) * 5000

    assert next(zipped({"a": pieces()}))
    assert len(read) < 100
