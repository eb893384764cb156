"""The page that checks a list of papers: which are here, how each stands, what it cites.

The list is read in memory and kept nowhere."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from datasette.utils.asgi import Response

from kb.exports.cells import lines
from kb.notices.verdict import NEVER_CHECKED
from kb.site import compat
from kb.site.lists import Rows, read_rows
from kb.site.pasted import Entry, entries
from kb.site.responses import render
from kb.site.values import BadRequest

LARGEST = 1_000_000  # bytes of a list as it is sent
MOST_ENTRIES = 2000
PASTED = "kb.pasted"  # where a request keeps its list, which can be read from it once

WORKS = """
SELECT w.work, w.pmid, w.doi, w.pmcid, w.text, w.is_paper, p.record_status,
    coalesce(v.verdict, :never) AS verdict
FROM works w LEFT JOIN papers p ON p.work = w.work LEFT JOIN verdicts v ON v.work = w.work
WHERE w.pmid IN (SELECT value FROM json_each(:pmids))
    OR w.doi IN (SELECT value FROM json_each(:dois))
    OR w.pmcid IN (SELECT value FROM json_each(:pmcids))
ORDER BY w.is_paper, w.work DESC
"""
RESTS_ON = """
SELECT x.work, x.kind, x.retracted, w.text, w.pmid, w.is_paper, v.verdict
FROM exposure x JOIN works w ON w.work = x.retracted LEFT JOIN verdicts v ON v.work = x.retracted
WHERE x.hops = 1 AND x.work IN (SELECT value FROM json_each(:works))
ORDER BY x.work, x.kind, x.retracted
"""
KINDS = {
    "retraction": "retracted",
    "contradictory": "contradictory",
    "expression_of_concern": "in doubt",
}

HERE, CITED, ABSENT, UNNAMED = "here", "cited here, not harvested", "not here", "no identifier"
DISAGREE = "its identifiers are of two works"


@dataclass(frozen=True)
class Checked:
    """An entry with its work, None where it is not here; ``rests_on`` are works that it cites
    which are retracted or in doubt, ``others`` the works that its other identifiers name."""

    entry: Entry
    work: sqlite3.Row | None
    rests_on: Rows
    others: list[sqlite3.Row]
    is_repeated: bool

    @property
    def place(self) -> str:
        if self.work is None:
            return ABSENT if self.entry.is_named else UNNAMED
        return HERE if self.work["is_paper"] else CITED

    @property
    def stands(self) -> str:
        """Of what is not here nobody has said anything."""
        return str(self.work["verdict"]) if self.work else "unknown"


def checked(connection: sqlite3.Connection, text: str) -> list[Checked]:
    """Each entry of a list. Raises BadRequest for more than MOST_ENTRIES."""
    listed = entries(text)
    if len(listed) > MOST_ENTRIES:
        raise BadRequest(
            f"A list has up to {MOST_ENTRIES:,} entries; this one has {len(listed):,}. "
            "Check it in parts."
        )
    works = _works(connection, listed)
    works_of_each = [_named(entry, works) for entry in listed]
    firsts = [each[0]["work"] for each in works_of_each if each]
    rests_on: dict[str, Rows] = defaultdict(list)
    for row in read_rows(connection, RESTS_ON, works=json.dumps(firsts)):
        rests_on[row["work"]].append(row)
    return list(_checked(listed, works_of_each, rests_on))


def _checked(
    listed: Sequence[Entry],
    works_of_each: Sequence[Sequence[sqlite3.Row]],
    rests_on: Mapping[str, Rows],
) -> Iterator[Checked]:
    seen = set()
    for entry, named in zip(listed, works_of_each, strict=True):
        first = named[0] if named else None
        key = first["work"] if first else entry[1:] if entry.is_named else None
        yield Checked(
            entry,
            first,
            rests_on.get(first["work"], []) if first else [],
            list(named[1:]),
            key is not None and key in seen,
        )
        seen.add(key)


Identified = Mapping[tuple[str, object], sqlite3.Row]


def _works(connection: sqlite3.Connection, listed: Sequence[Entry]) -> Identified:
    """The works of all entries by identifier; of several with one DOI the harvested one."""
    wanted = {
        "pmids": [each.pmid for each in listed if each.pmid],
        "dois": [each.doi for each in listed if each.doi],
        "pmcids": [each.pmcid for each in listed if each.pmcid],
    }
    params = {name: json.dumps(values) for name, values in wanted.items()}
    works: dict[tuple[str, object], sqlite3.Row] = {}
    for row in read_rows(connection, WORKS, never=NEVER_CHECKED, **params):
        works |= {(name, row[name]): row for name in ("pmid", "doi", "pmcid") if row[name]}
    return works


def _named(entry: Entry, works: Identified) -> list[sqlite3.Row]:
    """The works that the identifiers of an entry name, each once: one, where they agree."""
    keys = (("pmid", entry.pmid), ("doi", entry.doi), ("pmcid", entry.pmcid))
    rows = [works[key] for key in keys if key in works]
    return list({row["work"]: row for row in reversed(rows)}.values())[::-1]


HEAD = ("entry", "place", "stands", "pmid", "doi", "work", "title", "record", "cites", "remark")


def csv_lines(rows: Sequence[Checked]) -> Iterator[str]:
    yield from lines([HEAD])
    for row in rows:
        work = row.work
        yield from lines(
            [
                [
                    row.entry.text,
                    row.place,
                    row.stands,
                    work["pmid"] if work else row.entry.pmid,
                    work["doi"] if work else row.entry.doi,
                    work["work"] if work else None,
                    work["text"] if work else None,
                    work["record_status"] if work else None,
                    "; ".join(
                        f"{KINDS[each['kind']]}: {each['retracted']}" for each in row.rests_on
                    ),
                    "; ".join(remarks(row)),
                ]
            ]
        )


def remarks(row: Checked) -> list[str]:
    """What else a reader should know of an entry."""
    disagree = [f"{DISAGREE}: also {other['work']}" for other in row.others]
    return [*disagree, *(["stands in the list before"] if row.is_repeated else [])]


def summary(rows: Sequence[Checked]) -> dict[str, int]:
    """How many entries are of each kind, those that matter first."""
    stands = Counter(row.stands for row in rows if row.work)
    places = Counter(row.place for row in rows)
    counted = {
        "retracted": stands["retracted"],
        "contradictory": stands["contradictory"],
        "with an expression of concern": stands["expression of concern"],
        "that cite a retracted work": sum(
            any(each["kind"] == "retraction" for each in row.rests_on) for row in rows
        ),
        "never checked for retraction": stands[NEVER_CHECKED],
        "whose identifiers are of two works": sum(bool(row.others) for row in rows),
        "repeated": sum(row.is_repeated for row in rows),
        **{place: places[place] for place in (HERE, CITED, ABSENT, UNNAMED)},
    }
    return {told: n for told, n in counted.items() if n}


async def page(datasette: Any, request: Any) -> Response:
    text = await _pasted(request)
    if not text.strip():
        return await render(datasette, request, "check", text="", rows=None, most=MOST_ENTRIES)
    rows = await compat.search(datasette, lambda connection: checked(connection, text))
    return await render(
        datasette,
        request,
        "check",
        text=text,
        rows=rows,
        summary=summary(rows),
        remarks=remarks,
        kinds=KINDS,
        most=MOST_ENTRIES,
    )


async def table(datasette: Any, request: Any) -> Response:
    """The same as CSV."""
    text = await _pasted(request)
    if not text.strip():
        raise BadRequest("There is no list to check. Paste one into the form at /check.")
    rows = await compat.search(datasette, lambda connection: checked(connection, text))
    headers = {"content-disposition": 'attachment; filename="checked.csv"'}
    body = "".join(csv_lines(rows))
    return Response(body, headers=headers, content_type="text/csv; charset=utf-8")


async def _pasted(request: Any) -> str:
    """The list that a form sends. Raises BadRequest for one that is too large."""
    if request.method != "POST":
        return ""
    if PASTED not in request.scope:
        request.scope[PASTED] = await _body(request)
    body: bytes = request.scope[PASTED]
    return parse_qs(body.decode("utf-8", "replace")).get("list", [""])[0]


async def _body(request: Any) -> bytes:
    body = b""
    more = True
    while more:
        message = await request.receive()
        body += message.get("body", b"")
        more = message["type"] == "http.request" and message.get("more_body", False)
        if len(body) > LARGEST:
            raise BadRequest(f"A list has up to {LARGEST // 1_000_000} MB. Check it in parts.")
    return body
