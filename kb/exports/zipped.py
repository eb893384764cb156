"""Several files as one stream: a zip archive that is written as it is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo


class _Outlet:
    """A file for ZipFile to write to; it cannot seek, and what was written is taken out of it."""

    def __init__(self) -> None:
        self._written = bytearray()

    def write(self, data: bytes) -> int:
        self._written += data
        return len(data)

    def flush(self) -> None:
        pass

    def taken(self) -> bytes:
        data = bytes(self._written)
        self._written.clear()
        return data


def zipped(files: Mapping[str, Iterable[bytes]]) -> Iterator[bytes]:
    """The archive, piece by piece. The members are dated 1980, so that the same files give the
    same bytes."""
    outlet = _Outlet()
    with ZipFile(outlet, "w") as archive:  # type: ignore[call-overload]
        for name, pieces in files.items():
            member = ZipInfo(name)
            member.compress_type = ZIP_DEFLATED
            with archive.open(member, "w", force_zip64=True) as stream:
                for piece in pieces:
                    stream.write(piece)
                    if data := outlet.taken():
                        yield data
    yield outlet.taken()
