"""The records that the stand-in serves, with what searches need, read once."""

from __future__ import annotations

import re
import unicodedata
import zlib
from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from harvest.standin.replay import Kept, read_kept
from kb.errors import InputError
from kb.ids import page_range
from kb.raw import open_raw, records
from kb.record.article import Article
from kb.record.pubmed import parse
from kb.record.recordset import read_file

# MARC codes of the languages that PubMed holds most of; [la] takes the code or the name.
LANGUAGES = {
    "chi": "Chinese",
    "cze": "Czech",
    "dut": "Dutch",
    "eng": "English",
    "fre": "French",
    "ger": "German",
    "hun": "Hungarian",
    "ita": "Italian",
    "jpn": "Japanese",
    "kor": "Korean",
    "pol": "Polish",
    "por": "Portuguese",
    "rus": "Russian",
    "spa": "Spanish",
    "swe": "Swedish",
    "tur": "Turkish",
}
LAST_WITHDRAWALS = "SELECT pmid, max(read_at) FROM withdrawals GROUP BY pmid"
# Phrases whose finds are remembered, since the parts of a partitioned search repeat them.
MOST_REMEMBERED = 100
WORD = re.compile(r"[^\W_]+")
Dates = dict[str, tuple[str, ...]]


def words(text: str) -> str:
    """The text as PubMed indexes it: lower case, no accents, words parted by single spaces."""
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text)
        text = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(WORD.findall(text.casefold()))


@dataclass(frozen=True, slots=True)
class CorpusEntry:
    """One record. Its text parts hold their values as lines of words, ``\\n one two \\n``, so that
    a word, a phrase, the beginning of a value and a whole value are each found by plain ``in``.

    ``xml`` is compressed; ``dates`` are YYYY/MM/DD by EInfo's name of the field; ``cites`` are
    the PMIDs of its reference list and of CommentsCorrections of type Cites; ``numbers`` its
    identifiers and ``doi``, in lower case.
    """

    pmid: int
    version: int
    xml: bytes
    cites: Sequence[int] = ()
    numbers: tuple[str, ...] = ()
    doi: str = ""
    year: int | None = None
    volume: str = ""
    first_page: str = ""
    dates: Dates = field(default_factory=dict)
    title: str = ""
    abstract: str = ""
    keywords: str = ""
    mesh: str = ""
    major: str = ""
    substances: str = ""
    authors: str = ""
    journal: str = ""
    types: str = ""
    languages: str = ""


def entry(pmid: int, xml: bytes) -> CorpusEntry:
    """Read one record. One that is no Article is still served, and found by its PMID alone."""
    packed = zlib.compress(xml, 1)
    try:
        article = parse(xml)
    except InputError:
        return CorpusEntry(pmid, 1, packed, dates=_full_dates(pdat=[], edat=["1900"]))
    return CorpusEntry(
        pmid=pmid,
        version=article.version,
        xml=packed,
        cites=_cites(article),
        numbers=tuple({each.value.strip().casefold(): None for each in article.identifiers}),
        doi=article.doi or "",
        year=article.year,
        volume=(article.volume or "").casefold(),
        first_page=page_range(article.pages or "")[0].casefold(),
        dates=_dates(article),
        title=_lines([article.title, article.vernacular_title]),
        abstract=_lines([article.abstract, *(other.text for other in article.other_abstracts)]),
        keywords=_lines(keyword.keyword for keyword in article.keywords),
        mesh=_headings(article, major=False),
        major=_headings(article, major=True),
        substances=_lines(
            [chemical.name for chemical in article.chemicals]
            + [concept.name for concept in article.supplementary_mesh]
        ),
        authors=_lines(_names(article)),
        journal=_lines([article.journal_abbrev, article.journal, article.issn]),
        types=_lines(each.name for each in article.publication_types),
        languages=_lines(
            name for code in article.languages for name in (code, LANGUAGES.get(code))
        ),
    )


def _lines(values: Iterable[str | None]) -> str:
    return "\n" + "".join(f" {words(value)} \n" for value in values if value)


def _headings(article: Article, *, major: bool) -> str:
    """Descriptors, and descriptor with qualifier as [mh] takes it: Neuroblastoma/radiotherapy."""
    chosen = [heading for heading in article.mesh if heading.is_major or not major]
    pairs = [f"{heading.descriptor}/{heading.qualifier}" for heading in chosen if heading.qualifier]
    return _lines(dict.fromkeys([*(heading.descriptor for heading in chosen), *pairs]))


def _names(article: Article) -> list[str]:
    """Authors as [au] takes them: Smith JA, Smith John A, and the names of groups."""
    names = []
    for author in article.authors:
        for given in (author.initials, author.fore_name):
            names.append(f"{author.last_name or ''} {given or ''}")
        names.append(author.collective or "")
    return [name for name in dict.fromkeys(names) if name.strip()]


def _cites(article: Article) -> Sequence[int]:
    """Every PMID that the record cites, never its own, in descending order."""
    listed = {reference.pmid for reference in article.references}
    listed |= {comment.ref_pmid for comment in article.cites}
    return array("q", sorted((p for p in listed if p and p != article.pmid), reverse=True))


def _dates(article: Article) -> Dates:
    """Dates by field. Every record of PubMed has an entry date: older ones their publication's."""
    history = {event.event: event.date for event in article.history}
    published = [date for date in (article.pub_date, article.epub_date) if date]
    entered = history.get("entrez") or history.get("pubmed") or (published or ["1900"])[0]
    return _full_dates(
        pdat=published,
        edat=[entered],
        crdt=[entered],
        mdat=[article.date_revised or entered],
        mhda=[history.get("medline") or entered],
        cdat=[article.date_completed] if article.date_completed else [],
    )


def _full_dates(**fields: list[str]) -> Dates:
    """ISO dates made whole: what names no month or day is taken as the first, as PubMed does."""
    return {
        name.upper(): tuple((date + "-01-01")[:10].replace("-", "/") for date in dates)
        for name, dates in fields.items()
    }


class Corpus:
    """A PubMed of its own: the entries by PMID, and indexes for ranges, identifiers and citing
    papers; ``kept`` are answers that the services gave before.

    The newest version of a record counts, of equal versions the one read last.
    """

    def __init__(self, entries: Iterable[CorpusEntry], kept: Kept | None = None) -> None:
        self.kept = kept or Kept()
        self.entries: dict[int, CorpusEntry] = {}
        for entry in entries:
            known = self.entries.get(entry.pmid)
            if known is None or entry.version >= known.version:
                self.entries[entry.pmid] = entry
        self.pmids = sorted(self.entries)
        self.cited_by: dict[int, list[int]] = defaultdict(list)
        self._by_number: dict[str, list[int]] = defaultdict(list)
        by_date: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for pmid in reversed(self.pmids):
            for cited in self.entries[pmid].cites:
                self.cited_by[cited].append(pmid)
            for number in self.entries[pmid].numbers:
                self._by_number[number].append(pmid)
            for name, dates in self.entries[pmid].dates.items():
                by_date[name].extend((date, pmid) for date in dates)
        self._by_date = {name: sorted(dates) for name, dates in by_date.items()}
        self._remembered: dict[tuple[tuple[str, ...], str], frozenset[int]] = {}

    @classmethod
    def from_files(cls, paths: Iterable[Path]) -> Corpus:
        """Read PubMed XML files in the order given, as update files are applied: DeleteCitation
        takes its PMIDs out. Raises InputError for a file or a record that cannot be read."""
        kept: dict[int, list[CorpusEntry]] = defaultdict(list)
        for path in paths:
            for cut in read_file(path):
                if cut.pmid is None or cut.kind == "broken":
                    raise InputError(
                        f"{path}: record {cut.number} (PMID {cut.pmid or 'unknown'}) cannot be "
                        f"served: {cut.problem}. Repair it or leave it out of the file."
                    )
                if cut.kind == "deleted":
                    kept.pop(cut.pmid, None)
                else:
                    kept[cut.pmid].append(entry(cut.pmid, cut.xml))
        return cls(entry for versions in kept.values() for entry in versions)

    @classmethod
    def from_raw(cls, path: Path) -> Corpus:
        """The records of a raw.db as they were read last, without those withdrawn since, and what
        the services answered.

        Raises ConfigError or InputError as ``open_raw`` does.
        """
        latest: dict[int, tuple[str, CorpusEntry]] = {}
        with closing(open_raw(path)) as db:
            for record in records(db):
                if record.last_read >= latest.get(record.pmid, ("",))[0]:
                    latest[record.pmid] = record.last_read, entry(record.pmid, record.xml)
            for pmid, when in db.execute(LAST_WITHDRAWALS):
                if pmid in latest and latest[pmid][0] <= when:
                    del latest[pmid]
            told = read_kept(db)
        return cls((entry for _, entry in latest.values()), told)

    def xml(self, pmid: int) -> bytes:
        """The record as EFetch gives it; MedlineCitation alone is put into a PubmedArticle."""
        xml = zlib.decompress(self.entries[pmid].xml)
        if xml.startswith(b"<MedlineCitation"):
            return b"<PubmedArticle>" + xml + b"</PubmedArticle>"
        return xml

    def article(self, pmid: int) -> Article:
        return parse(zlib.decompress(self.entries[pmid].xml))

    def numbered(self, number: str) -> list[int]:
        """PMIDs of the records with an identifier (DOI, PMCID, …), whatever its case."""
        return self._by_number.get(number.strip().casefold(), [])

    def between(self, low: int, high: int) -> frozenset[int]:
        """PMIDs from ``low`` to ``high``, both included."""
        return frozenset(self.pmids[bisect_left(self.pmids, low) : bisect_right(self.pmids, high)])

    def dated(self, field: str, low: str, high: str) -> frozenset[int]:
        """Records with a date of the field (EInfo's name) from ``low`` to ``high``, YYYY/MM/DD."""
        dates = self._by_date.get(field, [])
        end = bisect_right(dates, high, key=lambda row: row[0])
        return frozenset(pmid for _, pmid in dates[bisect_left(dates, (low, 0)) : end])

    def holding(self, parts: tuple[str, ...], needle: str) -> frozenset[int]:
        """Records with the needle in one of these parts of their entry; ``*`` ends any word."""
        known = self._remembered.get((parts, needle))
        if known is None:
            if len(self._remembered) >= MOST_REMEMBERED:
                self._remembered = {}
            matches = re.compile(re.escape(needle).replace(r"\*", r"\w*")).search
            self._remembered[parts, needle] = known = frozenset(
                pmid
                for pmid, this in self.entries.items()
                if any(
                    matches(getattr(this, part)) if "*" in needle else needle in getattr(this, part)
                    for part in parts
                )
            )
        return known
