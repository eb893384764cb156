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
import zlib
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from kb.answers import RETRACTION_WATCH, SERVICE_NAMES, Work, objects
from kb.errors import InputError
from kb.ids import clean_doi, clean_pmid, compared_doi
from kb.notices.integrity import UNKNOWN_KIND, IntegrityNotice, Stated
from kb.notices.verdict import CROSSREF_PUBLISHER, CROSSREF_WATCH, WATCH
from kb.record.dates import date_of

# Crossref's types of updates (its documentation of Crossmark). What is not here nobody knows the
# meaning of: one came as "68818".
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
    "new_edition": "update",
    "new_version": "update",
}
# Who of Crossref's sources stands behind an update; where it names none, the publisher.
CROSSREF_WITNESSES = {
    "retraction-watch": (CROSSREF_WATCH, "Crossref (Retraction Watch)"),
    "publisher": (CROSSREF_PUBLISHER, SERVICE_NAMES["crossref"]),
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
RECORD = "Record ID"  # files made by hand may lack it
EARLIEST = "1500"  # a year before is no date of a notice
# Spreadsheets and pandas make 3199170.0 of a number.
WHOLE = re.compile(r"([0-9]+)\.0*")


class Update(NamedTuple):
    """A notice as a service states it, before it is known which work of the base it is about.

    ``witness``, ``record``, ``wrote`` and ``place`` as in ``kb.notices.integrity.Stated``."""

    pmid: int | None
    doi: str | None
    kind: str
    notice_pmid: int | None
    notice_doi: str | None
    text: str | None
    date: str | None
    source: str
    checked: str
    witness: str = WATCH
    record: str | None = None
    wrote: str = ""
    place: int = 0


def from_crossref(doi: str, work: Work, checked: str) -> Iterator[Update]:
    """What Crossref states of the work that has a DOI."""
    doi = compared_doi(doi)
    before: Counter[str | None] = Counter()
    for field, is_notice in (("update-to", True), ("updated-by", False)):
        for update in objects(work.get(field)):
            other = clean_doi(str(update.get("DOI") or ""))
            about, notice = (other, doi) if is_notice else (doi, other)
            if about and about != notice:
                record = _record(str(update.get("record-id") or ""))
                # The states of one record in the order of the answer; what else is in it, and on
                # which side of the notice it was asked for, is no matter of theirs.
                yield _of_crossref(update, about, notice, checked, record, before[record])
                before[record] += 1


def _of_crossref(
    update: Mapping[str, Any],
    about: str,
    notice: str | None,
    checked: str,
    record: str | None,
    place: int,
) -> Update:
    wrote = str(update.get("type") or "")
    kind = CROSSREF_KINDS.get(_type_name(wrote), UNKNOWN_KIND)
    text = str(update.get("label") or wrote) or None
    given = str(update.get("source") or "publisher").strip().lower()
    witness, source = CROSSREF_WITNESSES.get(given, CROSSREF_WITNESSES["publisher"])
    known = (kind, None, notice, text, _crossref_date(update), source, checked)
    return Update(None, about, *known, witness, record, wrote, place if record else 0)


def _type_name(kind: object) -> str:
    return re.sub(r"[\s-]+", "_", str(kind or "").strip().lower())


def _crossref_date(update: Mapping[str, Any]) -> str | None:
    updated = update.get("updated")
    listed = updated.get("date-parts") if isinstance(updated, dict) else None
    parts = listed[0] if isinstance(listed, list) and listed and isinstance(listed[0], list) else []
    date = date_of(*("" if isinstance(part, bool) else str(part) for part in parts[:3] or [""]))
    return date if date and date >= EARLIEST else None


def from_retraction_watch(body: bytes, checked: str) -> Iterator[Update]:
    """The rows of a Retraction Watch file, gzipped or not.

    Raises InputError where it is none: a column is missing, or the text is no UTF-8.
    """
    before: Counter[str | None] = Counter()
    for _, row in retraction_watch_rows(body):
        value = {column: row[column] or "" for column in COLUMNS}
        record = _record(row.get(RECORD) or "")
        before[record] += 1
        yield Update(
            _pmid(value["OriginalPaperPubMedID"]),
            clean_doi(value["OriginalPaperDOI"]),
            nature(row["RetractionNature"]) or UNKNOWN_KIND,
            _pmid(value["RetractionPubMedID"]),
            clean_doi(value["RetractionDOI"]),
            value["Reason"].strip("; ").replace(";+", "; ").lstrip("+") or None,
            _american_date(value["RetractionDate"]),
            SERVICE_NAMES[RETRACTION_WATCH],
            checked,
            WATCH,
            record,
            value["RetractionNature"].strip(),
            before[record] - 1 if record else 0,
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
    except (OSError, EOFError, UnicodeDecodeError, zlib.error) as error:
        raise InputError(f"is no text in UTF-8, gzipped or not ({error})") from error
    # Strict: a quote that is never closed would swallow all the rows behind it.
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
        if missing:
            raise InputError(f"is no Retraction Watch file: it has no column {', '.join(missing)}")
        for row in reader:
            yield reader.line_num, row
    except csv.Error as error:
        raise InputError(f"line {reader.line_num + 1}: cannot be read on ({error})") from error


def doubt(row: Mapping[str | None, str | None]) -> str | None:
    """Why a row may not say what it was meant to; None where all is as it should be."""
    if None in row or any(row[column] is None for column in COLUMNS):
        return "has not as many columns as the first line"
    if not nature(row["RetractionNature"]):
        return f"its nature {row['RetractionNature']!r} is none of {', '.join(NATURES)}"
    if (row["RetractionDate"] or "").strip() and not _american_date(row["RetractionDate"] or ""):
        return f"its RetractionDate {row['RetractionDate']!r} is no date (month/day/year)"
    pmid, doi = (row[f"OriginalPaper{kind}"] or "" for kind in ("PubMedID", "DOI"))
    if pmid.strip() not in UNKNOWN and not _pmid(pmid):
        return f"its OriginalPaperPubMedID {pmid[:40]!r} is no PMID"
    if doi.strip().lower() not in UNKNOWN and not clean_doi(doi):
        return f"its OriginalPaperDOI {doi[:60]!r} is no DOI"
    return None


# How the file says that it does not know an identifier.
UNKNOWN = ("", "0", "unavailable")


def _pmid(text: str) -> int | None:
    """Unknown ones are 0 in the file."""
    return clean_pmid(_number(text))


def _record(text: str) -> str | None:
    """A record's id as it is compared."""
    return _number(text) or None


def _number(text: str) -> str:
    """As it was before it was made one with a point."""
    whole = WHOLE.fullmatch(text.strip())
    return whole[1] if whole else text.strip()


def _american_date(text: str) -> str | None:
    """``5/31/2019 0:00`` as an ISO date; one that is written otherwise is none."""
    for form in ("%m/%d/%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text.strip().split(" ")[0], form).date().isoformat()
        except ValueError:
            continue
    return None


class Bearers(NamedTuple):
    """The works of a base by what names them: all by identifier, those that bear a DOI by it, and
    the DOI of each work that has one."""

    works: Container[str]
    by_doi: Mapping[str, Sequence[str]]
    doi_of: Mapping[str, str]


def stated(updates: Iterable[Update], bearers: Bearers) -> list[Stated]:
    """The updates that are about a work of the base, at that work.

    A PMID and a DOI of two works stand at both, and neither is sure: one of the two identifiers is
    wrong, and nobody here can tell which. What says so travels with the notice. A DOI that several
    papers bear is about each, save the notice itself and where the update names the PMID of one.
    """
    return [
        _stated_at(update, work, why) for update in updates for work, why in _about(update, bearers)
    ]


def _stated_at(update: Update, work: str, why: str) -> Stated:
    if why:
        update = update._replace(text=f"{update.text or ''} ({why})".strip())
    own = int(work.removeprefix("pmid:")) if work.startswith("pmid:") else None
    notice = IntegrityNotice(work, own, *update[2:9])
    return Stated(notice, update.witness, update.record, update.wrote, update.place, bool(why))


def _about(update: Update, bearers: Bearers) -> list[tuple[str, str]]:
    """The works that the identifiers lead to, each with what of them is not its own."""
    pmid, doi = update.pmid, update.doi
    named = f"pmid:{pmid}"
    of_pmid = [named] if pmid and named in bearers.works else []
    borne = bearers.by_doi.get(doi or "", ())
    if named in borne:
        return [(named, "")]
    of_doi = [work for work in borne if work != f"pmid:{update.notice_pmid}"] or borne
    of_another_pmid = pmid and any(work.startswith("pmid:") for work in of_doi)
    of_another_doi = doi and any(work in bearers.doi_of for work in of_pmid)
    unsure = of_another_pmid or of_another_doi
    return [
        *((work, f"its DOI {doi} is not that of the paper" if unsure else "") for work in of_pmid),
        *((work, f"its PMID {pmid} is not that of the paper" if unsure else "") for work in of_doi),
    ]
