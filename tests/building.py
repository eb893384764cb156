"""Records as PubMed prints them, and a raw.db filled with them, for tests of the build."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Any

from kb import raw
from kb.build.build import build
from kb.data import data_dir
from kb.record import pubmed
from kb.record.article import Article

# A small vocabulary: reading the bundled one takes longer than all else in a small build.
VOCABULARY = """
schemes:
  A: {label: Imaging, description: How it was seen, role: test}
  D: {label: Task, description: What it is for, role: task}
  F: {label: Disease, description: What it is, role: disease}
descriptors: {D009447: Neuroblastoma}
sets: {scan: [scan, scintigraphy]}
topics:
  imaging: {scheme: A, label: Imaging, definition: x, synonyms: [imaging]}
  mibg:
    scheme: A
    label: MIBG scan
    definition: A scan with MIBG.
    broader: imaging
    synonyms: ["MIBG <scan>"]
    abbreviations: [MIBG]
  dose:
    scheme: D
    label: Radiation dose
    definition: x
    question: treatment
    synonyms: [dosimetry]
  tumour: {scheme: F, label: Tumour, definition: x, synonyms: [tumour], note: Any growth}
  neuroblastoma: {scheme: F, label: Neuroblastoma, definition: x, broader: tumour, mesh: [D009447]}
"""
# A reference: its text, and its identifiers by type.
Printed = tuple[str, Mapping[str, object]]
# A comment or correction: RefType, RefSource, PMID.
Comment = tuple[str, str, int | None]


def paper(
    pmid: int,
    *,
    title: str = "Imaging of children with rare tumours",
    authors: Sequence[str] = ("Maris JM",),
    journal: str = "J Example",
    journal_title: str = "Journal of examples",
    year: int | None = 2020,
    volume: str = "12",
    issue: str = "3",
    pages: str = "45-50",
    doi: str = "",
    pmcid: str = "",
    epub: str = "",
    abstract: str = "",
    version: int = 1,
    revised: str = "",
    status: str = "MEDLINE",
    types: Sequence[str] = ("Journal Article",),
    comments: Sequence[Comment] = (),
    references: Sequence[Printed] = (),
    more: str = "",
) -> bytes:
    """One record; ``more`` is XML that follows the journal inside MedlineCitation."""
    citation = (
        tag("PMID", pmid, Version=version)
        + date("DateRevised", revised)
        + _article(title, authors, journal_title, year, volume, issue, pages, epub, abstract, types)
        + f"<MedlineJournalInfo>{tag('MedlineTA', journal)}</MedlineJournalInfo>"
        + _comments(comments)
        + more
    )
    ids = [("pubmed", pmid), ("doi", doi), ("pmc", pmcid)]
    data = _ids(ids) + _references(references)
    return (
        f'<PubmedArticle><MedlineCitation Status="{status}" Owner="NLM">{citation}'
        f"</MedlineCitation><PubmedData>{data}</PubmedData></PubmedArticle>"
    ).encode()


def article(pmid: int, **about: Any) -> Article:
    return pubmed.parse(paper(pmid, **about))


def tag(name: str, text: object, **attributes: object) -> str:
    if text in {"", None}:
        return ""
    inside = "".join(f' {key}="{escape(str(value))}"' for key, value in attributes.items())
    return f"<{name}{inside}>{escape(str(text))}</{name}>"


def date(name: str, iso: str, **attributes: object) -> str:
    if not iso:
        return ""
    inside = "".join(f' {key}="{value}"' for key, value in attributes.items())
    year, month, day = iso.split("-")
    parts = tag("Year", year) + tag("Month", month) + tag("Day", day)
    return f"<{name}{inside}>{parts}</{name}>"


def _article(
    title: str,
    authors: Sequence[str],
    journal: str,
    year: int | None,
    volume: str,
    issue: str,
    pages: str,
    epub: str,
    abstract: str,
    types: Sequence[str],
) -> str:
    issued = tag("Volume", volume) + tag("Issue", issue) + f"<PubDate>{tag('Year', year)}</PubDate>"
    kinds = "".join(tag("PublicationType", kind) for kind in types)
    return (
        f"<Article><Journal><JournalIssue>{issued}</JournalIssue>{tag('Title', journal)}</Journal>"
        f"{tag('ArticleTitle', title)}<Pagination>{tag('MedlinePgn', pages)}</Pagination>"
        + (f"<Abstract>{tag('AbstractText', abstract)}</Abstract>" if abstract else "")
        + f"<AuthorList>{''.join(map(_author, authors))}</AuthorList>"
        f"{tag('Language', 'eng')}<PublicationTypeList>{kinds}</PublicationTypeList>"
        f"{date('ArticleDate', epub, DateType='Electronic')}</Article>"
    )


def _author(name: str) -> str:
    """``de Kraker J`` by its last word, ``Family, Given Names``, or ``group: The Name``."""
    kind, _, group = name.partition("group: ")
    if group:
        return f"<Author>{tag('CollectiveName', group)}</Author>"
    family, _, given = name.partition(", ")
    if given:
        initials = "".join(word[0] for word in given.split())
        return _person(family, given, initials)
    family, _, initials = kind.rpartition(" ")
    return _person(family, "", initials)


def _person(family: str, given: str, initials: str) -> str:
    parts = tag("LastName", family) + tag("ForeName", given) + tag("Initials", initials)
    return f"<Author>{parts}</Author>"


def _comments(comments: Sequence[Comment]) -> str:
    found = "".join(
        f'<CommentsCorrections RefType="{kind}">{tag("RefSource", source)}{tag("PMID", pmid)}'
        "</CommentsCorrections>"
        for kind, source, pmid in comments
    )
    return f"<CommentsCorrectionsList>{found}</CommentsCorrectionsList>" if found else ""


def _ids(ids: Iterable[tuple[str, object]]) -> str:
    found = "".join(tag("ArticleId", value, IdType=kind) for kind, value in ids)
    return f"<ArticleIdList>{found}</ArticleIdList>" if found else ""


def _references(references: Sequence[Printed]) -> str:
    found = "".join(
        f"<Reference>{tag('Citation', text)}{_ids(ids.items())}</Reference>"
        for text, ids in references
    )
    return f"<ReferenceList>{found}</ReferenceList>" if found else ""


class Raw:
    """A raw.db in the making; every row bears the time and run that the test says."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.data = path.with_name("data")
        self.data.mkdir(exist_ok=True)
        shutil.copy(data_dir() / "studies.yml", self.data)
        (self.data / "topics.yml").write_text(VOCABULARY)
        with closing(raw.open_raw(path, write=True)):
            pass

    def run(self, run: int = 1, state: str = "complete", job: str = "job") -> None:
        finished = None if state == "running" else "2024-01-01T01:00:00Z"
        self.do(
            "INSERT INTO runs (run, job, started, finished, state) VALUES (?, ?, ?, ?, ?)",
            [run, job, "2024-01-01T00:00:00Z", finished, state],
        )

    def read(
        self,
        pmid: int,
        xml: bytes = b"",
        *,
        run: int = 1,
        now: str = "2024-01-01T00:30:00Z",
        source: str = raw.EFETCH,
        seed: str = "job:pmid:1",
        via: str = "",
        hop: int = 0,
    ) -> None:
        """A record that a seed brought, with all that a harvest notes of it."""
        with closing(raw.open_raw(self.path, write=True)) as db:
            what = raw.put(db, pmid, xml or paper(pmid), source=source, run=run, now=now)
        self.do(
            "INSERT INTO outcomes (run, pmid, outcome) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            [run, pmid, what],
        )
        self.do(
            "INSERT INTO seeds (seed, job, kind, value) VALUES (?, 'job', 'pmid', '1')"
            " ON CONFLICT DO NOTHING",
            [seed],
        )
        self.do(
            "INSERT INTO reach (seed, pmid, via, hop, source, run) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT DO NOTHING",
            [seed, pmid, via, hop, "references" if hop else "seed", run],
        )

    def withdraw(self, pmid: int, *, run: int = 1, now: str = "2024-02-01T00:00:00Z") -> None:
        self.do("INSERT INTO withdrawals VALUES (?, 'efetch', ?, ?)", [pmid, run, now])

    def answer(
        self,
        service: str,
        body: str,
        *,
        run: int = 1,
        question: str = "q",
        asked_at: str = "2024-01-01T00:10:00Z",
        status: int = 200,
    ) -> None:
        kept = body.encode()
        self.do(
            "INSERT INTO answers (run, service, question, asked_at, status, body, sha256)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            [run, service, question, asked_at, status, kept, sha256(kept).hexdigest()],
        )

    def do(self, sql: str, values: Sequence[object] = ()) -> None:
        with closing(sqlite3.connect(self.path)) as db, db:
            db.execute(sql, values)

    def build(self, out: Path | None = None) -> Base:
        base = Base(out or self.path.with_name("kb.db"))
        build(self.path, base.path, self.data)
        return base


class Base:
    """A kb.db to look into."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def rows(self, sql: str, *values: object) -> list[Any]:
        """Rows as tuples; rows of one column as that column."""
        with closing(sqlite3.connect(self.path)) as db:
            found = db.execute(sql, values).fetchall()
        return [row[0] if len(row) == 1 else row for row in found]

    def one(self, sql: str, *values: object) -> Any:
        (row,) = self.rows(sql, *values)
        return row

    def dump(self) -> str:
        with closing(sqlite3.connect(self.path)) as db:
            return "\n".join(db.iterdump())


def elink(linkname: str, links: Mapping[int, Sequence[int]]) -> str:
    """An answer of ELink, a link set for each source."""
    sets = "".join(
        f"<LinkSet><DbFrom>pubmed</DbFrom><IdList><Id>{source}</Id></IdList><LinkSetDb>"
        f"<DbTo>pubmed</DbTo><LinkName>{linkname}</LinkName>"
        + "".join(f"<Link><Id>{target}</Id></Link>" for target in targets)
        + "</LinkSetDb></LinkSet>"
        for source, targets in links.items()
    )
    return f"<eLinkResult>{sets}</eLinkResult>"


def esearch(count: int, translation: str) -> str:
    return (
        f"<eSearchResult><Count>{count}</Count><IdList></IdList>"
        f"<QueryTranslation>{translation}</QueryTranslation></eSearchResult>"
    )
