"""Is this installation fit to harvest? `harvest doctor`, and with --live: is NCBI as we take it?

Every check says what it saw; one that finds a fault says what to do. The key is never shown.
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from harvest.jobs_file import read_jobs
from harvest.services import crossref, entrez, icite, idconv
from harvest.settings import is_loopback, settings_from
from harvest.transport import Reply, Sent, Transport, said
from kb import raw as raw_db
from kb.answers import crossref_references, elink_links, esummary_dois, icite_links
from kb.errors import KbError, Locked, ServiceFailed

LIBRARIES = ("biopython", "datasette", "networkx", "requests", "sqlite-utils")
# A base of some thousand papers takes a few hundred megabytes with its build aside.
LEAST_FREE = 1 << 30
# Two papers whose records, citations and DOIs are known.
REVIEW, CITED, CITED_DOI = 36063183, 20558371, "10.1056/nejmra0804577"
NOBODY = 99_999_999  # beyond the PMIDs that NLM has given by 2026


class Finding(NamedTuple):
    """``fault`` is empty where all is well, ``seen`` what was found either way."""

    name: str
    seen: str
    fault: str = ""


def installation(raw: Path | None, jobs: Path) -> Iterator[Finding]:
    """What can be told without asking anyone."""
    yield Finding("Python", f"{sys.version.split()[0]}, SQLite {sqlite3.sqlite_version}")
    yield Finding("libraries", ", ".join(f"{name} {version(name)}" for name in LIBRARIES))
    yield _settings()
    try:
        found = read_jobs(jobs)
        scheduled = sum(bool(job.schedule) for job in found)
        yield Finding("jobs", f"{jobs}: {len(found)} jobs, {scheduled} with a schedule")
    except KbError as error:
        yield Finding("jobs", str(jobs), str(error))
    if raw:
        yield from _place(raw)


def _settings() -> Finding:
    try:
        settings = settings_from(os.environ)
    except KbError as error:
        return Finding("settings", "as the environment gives them", str(error))
    key = settings.api_key
    seen = f"e-mail {settings.email or 'none'}, key {'set' if key else 'not set'}, "
    seen += f"{settings.per_second} requests a second"
    if key and not re.fullmatch(r"[0-9a-f]{36}", key):
        return Finding(
            "settings", seen, "NCBI_API_KEY is not 36 hexadecimal digits, as NCBI's keys are."
        )
    return Finding("settings", seen)


def _place(raw: Path) -> Iterator[Finding]:
    folder = raw.resolve().parent
    if not folder.is_dir():
        yield Finding("disk", str(folder), "There is no such folder. Make it first.")
        return
    free = shutil.disk_usage(folder).free
    full = f"Less than {LEAST_FREE >> 20} MB are free: make room." if free < LEAST_FREE else ""
    yield Finding("disk", f"{free >> 20:,} MB free at {folder}", full)
    try:
        try:
            with raw_db.locked(raw):
                yield Finding("lock", "free")
        except Locked:
            yield Finding("lock", "held by a run that is at work, as it should be")
        if raw.exists():
            raw_db.open_raw(raw).close()
            yield Finding("raw.db", f"{raw}: can be read")
    except KbError as error:
        yield Finding("raw.db", str(raw), str(error))


def reachable(transport: Transport) -> Iterator[Finding]:
    """One small question to each source that is not switched off."""
    settings = transport.settings
    asks: dict[str, tuple[str, Callable[[], object]]] = {
        "E-utilities": (settings.eutils, lambda: _einfo(transport)),
        "the ID converter": (settings.idconv, lambda: idconv.pmids(transport, "doi", [CITED_DOI])),
        "iCite": (settings.icite, lambda: icite.pubs(transport, [REVIEW])),
        "Crossref": (settings.crossref, lambda: crossref.work(transport, CITED_DOI)),
    }
    for name, (base, ask) in asks.items():
        if not base:
            needed = "Nothing can be harvested without." if name == "E-utilities" else ""
            yield Finding(name, "switched off", needed)
            continue
        try:
            ask()
            yield Finding(name, f"answers at {base}")
        except ServiceFailed as failure:
            yield Finding(name, base, str(failure))


def _einfo(transport: Transport) -> Reply:
    return _plainly(transport, "einfo")


def _plainly(transport: Transport, utility: str, *parameters: tuple[str, str]) -> Reply:
    """The answer of a utility, whatever it says; an HTTP status of 400 is one too."""
    asked = [("db", "pubmed"), *parameters]
    return transport.ask(utility, f"{utility}.fcgi", asked, lambda reply: reply, 3)


@dataclass(frozen=True)
class Live:
    """The questions of --live, each about something that the client takes for granted."""

    transport: Transport

    def findings(self) -> Iterator[Finding]:
        for name, check in self.checks().items():
            try:
                yield Finding(name, *check())
            except (KbError, ValueError) as error:
                yield Finding(name, "no answer as expected", str(error))

    def checks(self) -> dict[str, Callable[[], tuple[str, str]]]:
        return {
            "EInfo: fields of PubMed": self.fields,
            "limit in the headers": self.limit,
            "ESearch: the 9,999 ceiling": self.ceiling,
            "ESearch: beyond the ceiling": self.beyond,
            "ESearch: ranges of UIDs add up": self.ranges,
            "ESearch: a phrase it does not know": self.dropped,
            "ESearch: changed since (mdat)": self.changed,
            "ESearch and ESummary: a DOI": self.doi,
            "EFetch: a record, and one that is none": self.records,
            "EFetch: nothing valid": self.nothing,
            "ESummary: one that is none": self.summary,
            "ELink: a set for each paper": self.links,
            "iCite: links of two papers": self.icite,
            "Crossref: a reference list": self.crossref,
        }

    def fields(self) -> tuple[str, str]:
        body = _einfo(self.transport).body
        names = set(re.findall(rb"<Name>([A-Z0-9]+)</Name>", body))
        wanted = {b"UID", b"EDAT", b"MDAT", b"MESH", b"TIAB"}
        missing = b", ".join(sorted(wanted - names)).decode()
        return f"{len(names)} fields", f"these are gone: {missing}" if missing else ""

    def limit(self) -> tuple[str, str]:
        told = _einfo(self.transport).headers.get("x-ratelimit-limit", "")
        ours = self.transport.settings.per_second
        differs = told.isdecimal() and int(told) < ours
        return (
            f"told {told or 'nothing'}, asked at most {ours} a second",
            "NCBI grants fewer than are asked for. Check NCBI_API_KEY." if differs else "",
        )

    def _count(self, term: str, start: int = 0, most: int = 20) -> tuple[int, list[int], bytes]:
        pages = (("retstart", str(start)), ("retmax", str(most)))
        body = _plainly(self.transport, "esearch", ("term", term), *pages).body
        count = re.search(rb"<Count>(\d+)</Count>", body)
        ids = [int(pmid) for pmid in re.findall(rb"<Id>(\d+)</Id>", body)]
        return int(count[1]) if count else -1, ids, body

    def ceiling(self) -> tuple[str, str]:
        count, ids, _ = self._count(WIDE, most=100_000)
        seen = f"{count:,} papers counted, {len(ids):,} named"
        if count <= entrez.MOST_FOUND:
            return self._few(seen)
        if len(ids) != entrez.MOST_FOUND:
            return seen, f"{entrez.MOST_FOUND:,} were expected."
        newest = sum(a > b for a, b in pairwise(ids)) > 0.6 * len(ids)
        return seen, "" if newest else "They do not come newest first: searches will take longer."

    def _few(self, seen: str) -> tuple[str, str]:
        """Fewer papers than PubMed has; a stand-in on this machine may hold as few as it likes."""
        if is_loopback(self.transport.settings.eutils):
            return f"{seen} (a stand-in with few papers, which is fine: it has no ceiling)", ""
        return seen, "Too few to tell: this is not all of PubMed."

    def beyond(self) -> tuple[str, str]:
        count, _, body = self._count(WIDE, start=entrez.MOST_FOUND)
        if 0 <= count <= entrez.MOST_FOUND:
            return self._few(said(body))
        refused = b"<ERROR>" in body and b"retstart" in body
        return said(body), "" if refused else "An ERROR on retstart was expected."

    def ranges(self) -> tuple[str, str]:
        whole, *_ = self._count(WIDE)
        half = 20_000_000
        parts = [
            self._count(f"({WIDE}) AND {low}:{high}[uid]")[0]
            for low, high in ((1, half), (half + 1, entrez.HIGHEST_UID))
        ]
        return f"{whole:,} = {parts[0]:,} + {parts[1]:,}", "" if whole == sum(parts) else "Not so."

    def dropped(self) -> tuple[str, str]:
        *_, body = self._count('neuroblastoma[ti] AND "zzyzx quux imaging"[ti]')
        told = b"PhraseNotFound" in body
        return said(body), "" if told else "A phrase that PubMed does not know was not named."

    def changed(self) -> tuple[str, str]:
        count, *_ = self._count(f"({WIDE}) AND 2024/01/01:3000[mdat]")
        return f"{count:,} papers", "" if count > 0 else "No paper was changed: [mdat] is not read."

    def doi(self) -> tuple[str, str]:
        *_, last = entrez.find_dois(self.transport, [CITED_DOI])
        found = esummary_dois(last.body).get(CITED_DOI)
        return f"{CITED_DOI} is PMID {found}", "" if found == CITED else f"{CITED} was expected."

    def records(self) -> tuple[str, str]:
        ids = ("id", f"{CITED},{NOBODY}")
        body = _plainly(self.transport, "efetch", ids, ("retmode", "xml")).body
        dtd = re.search(rb"pubmed_\d+\.dtd", body)
        seen = f"{body.count(b'<PubmedArticle>')} record, {dtd[0].decode() if dtd else 'no DTD'}"
        fetched = entrez.efetch(self.transport, [CITED, NOBODY])
        right = list(fetched.records) == [CITED] and fetched.missing == [NOBODY]
        return seen, "" if right else f"PMID {CITED} stored and {NOBODY} missing were expected."

    def nothing(self) -> tuple[str, str]:
        reply = _plainly(self.transport, "efetch", ("id", "0"), ("retmode", "xml"))
        right = reply.status == 400 and b"ID list is empty" in reply.body
        return (
            f"HTTP {reply.status}: {said(reply.body)}",
            "" if right else "HTTP 400 with 'ID list is empty' was expected.",
        )

    def summary(self) -> tuple[str, str]:
        known = entrez.known_pmids(entrez.esummary(self.transport, [CITED, NOBODY]).body)
        right = known == {CITED: True, NOBODY: False}
        return f"{known}", "" if right else f"only {CITED} was expected to be known."

    def links(self) -> tuple[str, str]:
        reply = entrez.elink(self.transport, [REVIEW, CITED], entrez.CITED_IN)
        found = elink_links(reply.body, entrez.CITED_IN)
        seen = ", ".join(f"PMID {pmid}: {len(several)} citing" for pmid, several in found.items())
        return seen, "" if set(found) == {REVIEW, CITED} else "A set for each was expected."

    def icite(self) -> tuple[str, str]:
        if not self.transport.settings.icite:
            return "switched off", ""
        found = icite_links(icite.pubs(self.transport, [REVIEW, CITED]).body)
        seen = ", ".join(f"PMID {pmid}: {len(one.cited_by)} citing" for pmid, one in found.items())
        return seen, "" if CITED in found else f"iCite does not know PMID {CITED}."

    def crossref(self) -> tuple[str, str]:
        if not self.transport.settings.crossref:
            return "switched off", ""
        reply = crossref.work(self.transport, CITED_DOI)
        granted = reply.headers.get("x-rate-limit-limit", "no limit told")
        seen = f"HTTP {reply.status}, limit {granted}"
        if reply.status != 200:
            return seen, f"Crossref does not know {CITED_DOI}."
        return f"{seen}, {len(crossref_references(reply.body))} references with a DOI", ""


# So many papers that PubMed cannot name them all in one answer.
WIDE = "neuroblastoma"


def reports(
    raw: Path | None, jobs: Path, *, live: bool, log: Callable[[Sent], None]
) -> Iterator[Finding]:
    """All findings, in the order in which they come."""
    yield from installation(raw, jobs)
    try:
        settings = settings_from(os.environ)
    except KbError:
        yield Finding("services", "not asked: see to the settings first")
        return
    # Whoever asks a doctor does not want to wait for the tries of a night.
    transport = Transport(replace(settings, tries=2), log)
    yield from Live(transport).findings() if live else reachable(transport)
