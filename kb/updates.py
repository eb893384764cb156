"""Notices that others than PubMed state: Crossref, and a Retraction Watch file. Pure.

Crossref's REST API carries ``update-to`` on a notice and ``updated-by`` on the work it is about.
Retraction Watch's file, which Crossref gives away, has a row for each retraction, expression of
concern, correction and reinstatement; its columns are described at its repository on GitLab.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from kb.answers import crossref_message
from kb.errors import InputError
from kb.ids import clean_doi
from kb.integrity import Notice

# Crossref's types of updates (its documentation of Crossmark); what is not here is a new version
# or edition of the work.
CROSSREF_KINDS = {
    "retraction": "retraction",
    "withdrawal": "retraction",
    "removal": "retraction",
    "expression_of_concern": "expression_of_concern",
    "addendum": "erratum",
    "clarification": "erratum",
    "correction": "erratum",
    "corrigendum": "erratum",
    "erratum": "erratum",
    "partial_retraction": "erratum",
}
NATURES = {
    "retraction": "retraction",
    "expression of concern": "expression_of_concern",
    "correction": "erratum",
    "reinstatement": "reinstatement",
}
COLUMNS = (
    *("Title", "RetractionDate", "RetractionDOI", "RetractionPubMedID", "OriginalPaperDOI"),
    *("OriginalPaperPubMedID", "RetractionNature", "Reason"),
)


class Update(NamedTuple):
    """A notice as a service states it, before it is known which work of the base it is about."""

    pmid: int | None
    doi: str | None
    kind: str
    notice_pmid: int | None
    notice_doi: str | None
    text: str | None
    date: str | None
    source: str
    checked: str


def from_crossref(doi: str, body: bytes, checked: str) -> Iterator[Update]:
    """What Crossref's answer on a DOI states. Raises InputError where it is no such answer."""
    message = crossref_message(body)
    for field, is_notice in (("update-to", True), ("updated-by", False)):
        for stated in message.get(field) or ():
            other = clean_doi(str(stated.get("DOI") or ""))
            about, notice = (other, doi) if is_notice else (doi, other)
            if about and about != notice:
                kind = CROSSREF_KINDS.get(_plain(stated.get("type")), "update")
                text = str(stated.get("label") or stated.get("type") or "") or None
                known = (kind, None, notice, text, _crossref_date(stated))
                yield Update(None, about, *known, "Crossref", checked)


def _plain(kind: object) -> str:
    return re.sub(r"[\s-]+", "_", str(kind or "").strip().lower())


def _crossref_date(stated: Mapping[str, Any]) -> str | None:
    parts = ((stated.get("updated") or {}).get("date-parts") or [[]])[0]
    return "-".join(f"{part:02d}" for part in parts if isinstance(part, int)) or None


def from_retraction_watch(body: bytes, checked: str) -> Iterator[Update]:
    """The rows of a Retraction Watch file, gzipped or not.

    Raises InputError where it is none: a column is missing, or the text is no UTF-8.
    """
    for _, row in retraction_watch_rows(body):
        value = {column: row[column] or "" for column in COLUMNS}
        yield Update(
            _pmid(value["OriginalPaperPubMedID"]),
            clean_doi(value["OriginalPaperDOI"]),
            nature(row["RetractionNature"]) or "update",
            _pmid(value["RetractionPubMedID"]),
            clean_doi(value["RetractionDOI"]),
            value["Reason"].strip("; ").replace(";+", "; ").lstrip("+") or None,
            _american_date(value["RetractionDate"]),
            "Retraction Watch",
            checked,
        )


def nature(given: str | None) -> str | None:
    """The kind of notice of a RetractionNature; None where it is not known."""
    return NATURES.get((given or "").strip().lower())


def retraction_watch_rows(body: bytes) -> Iterator[tuple[int, dict[str | None, str | None]]]:
    """(line, columns) of a Retraction Watch file, gzipped or not.

    A row that is cut short has None for what it lacks; a row too long has the rest under None.
    """
    try:
        text = (gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body).decode("utf-8-sig")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise InputError(f"is no text in UTF-8, gzipped or not ({error})") from error
    reader = csv.DictReader(io.StringIO(text, newline=""))
    missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
    if missing:
        raise InputError(f"is no Retraction Watch file: it has no column {', '.join(missing)}")
    for row in reader:
        yield reader.line_num, row


def _pmid(text: str) -> int | None:
    """Unknown ones are 0 in the file."""
    return int(text) if text.strip().isdecimal() and int(text) else None


def _american_date(text: str) -> str | None:
    """``5/31/2019 0:00`` as an ISO date."""
    found = re.match(r"(\d{1,2})/(\d{1,2})/(\d{4})\b", text.strip())
    return f"{found[3]}-{int(found[1]):02d}-{int(found[2]):02d}" if found else None


def notices(
    updates: Iterable[Update],
    works: Container[str],
    by_doi: Mapping[str, int],
    dois: Mapping[int, str],
) -> list[Notice]:
    """The updates that are about a work of the base, at that work.

    ``by_doi`` and ``dois`` are the papers' PMIDs by DOI and DOIs by PMID. Where an update names a
    PMID whose paper has another DOI than the update names, the DOI decides: one of the two is
    wrong, and a DOI is copied where a number is typed.
    """
    found = []
    for update in updates:
        pmid, doi = update.pmid, update.doi
        if pmid and doi and dois.get(pmid, doi) != doi:
            pmid = None
        pmid = by_doi.get(doi or "", pmid)
        work = f"pmid:{pmid}" if pmid and f"pmid:{pmid}" in works else f"doi:{doi}"
        if work in works:
            own = int(work.removeprefix("pmid:")) if work.startswith("pmid:") else None
            found.append(Notice(work, own, *update[2:]))
    return _reinstated(found)


def _reinstated(found: list[Notice]) -> list[Notice]:
    """A retraction that was undone since is told as part of the reinstatement."""
    since = {notice.work: notice.date or "" for notice in found if notice.kind == "reinstatement"}
    return [
        notice._replace(
            kind="reinstatement", text=f"retracted {notice.date or 'before'}, reinstated since"
        )
        if notice.kind == "retraction"
        and notice.work in since
        and (notice.date or "") <= since[notice.work]
        else notice
        for notice in found
    ]
