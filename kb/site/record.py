"""The record of a paper as it arrived, byte for byte."""

from __future__ import annotations

import sqlite3
import zlib
from typing import Any
from urllib.parse import unquote

from datasette.utils.asgi import Response

from kb.ids import clean_pmid
from kb.site import compat, headers
from kb.site.lists import Rows, read_row, read_rows
from kb.site.responses import missing

# Of several versions the one that is shown, or the one that is named.
RECORD = """
SELECT r.xml FROM papers p JOIN raw_records r ON r.pmid = p.pmid
WHERE p.pmid = :pmid AND r.sha256 = coalesce(:sha256, p.record_sha256)
"""

VERSIONS = """
SELECT r.sha256, r.first_read, r.last_read, r.read_from, r.xml IS NOT NULL AS is_kept,
    r.sha256 = p.record_sha256 AS is_shown
FROM raw_records r JOIN papers p ON p.pmid = r.pmid
WHERE r.pmid = :pmid ORDER BY is_shown DESC, r.last_read DESC, r.sha256 LIMIT 40
"""


def versions(connection: sqlite3.Connection, pmid: int) -> Rows:
    """The version that is shown first, then the others, the one read last before."""
    return read_rows(connection, VERSIONS, pmid=pmid)


def read(connection: sqlite3.Connection, pmid: int | None, sha256: str | None) -> bytes | None:
    """The XML; None where there is no such record, or it was left out of this copy."""
    row = read_row(connection, RECORD, pmid=pmid, sha256=sha256)
    return zlib.decompress(row["xml"]) if row and row["xml"] is not None else None


async def page(datasette: Any, request: Any) -> Response:
    """As plain text: a browser shows it and runs nothing of it, and its hash is the one stated."""
    asked, sha256 = unquote(request.url_vars["pmid"]), request.args.get("sha256")
    pmid = clean_pmid(asked)
    xml = await compat.read(datasette, lambda connection: read(connection, pmid, sha256))
    if xml is None:
        which = f" with the SHA-256 {sha256[:64]}" if sha256 else ""
        return await missing(
            datasette,
            request,
            f"This copy of the base holds no XML of “{asked[:80]}”{which}.",
            pmid,
        )
    return Response(
        xml,
        content_type="text/plain; charset=utf-8",
        headers={headers.CSP: headers.STRICT},
    )
