"""PubMed's search fields: their tags, and how a phrase is looked for in each."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from harvest.standin.corpus import Corpus, words

Kind = Literal["text", "value", "author", "number", "date", "uid"]
EVERYTHING = ("title", "abstract", "keywords", "mesh", "substances", "authors", "journal", "types")
UID = re.compile(r"\s*[0-9]{1,20}\s*")
DATE = re.compile(r"\s*([0-9]{4})(?:/([0-9]{1,2}))?(?:/([0-9]{1,2}))?\s*")


class SearchField(NamedTuple):
    """A search field: EInfo's name and full name, further tags, and the parts of an entry it reads.

    ``kind`` says what is matched: any words (text), a whole value, an author with or without all
    initials, an identifier (number), a date, the PMID (uid).
    """

    name: str
    full: str
    description: str
    tags: tuple[str, ...]
    kind: Kind
    parts: tuple[str, ...] = ()


ALL = SearchField("ALL", "All Fields", "Words anywhere in the record", (), "text", EVERYTHING)
NO_EXPLOSION = ("mh", "mh:noexp", "mesh:noexp", "mesh terms:noexp")
MAJOR = ("majr:noexp", "mesh major topic:noexp")
FIELDS = (
    ALL,
    SearchField("UID", "UID", "PMID", ("pmid",), "uid"),
    SearchField("TITL", "Title", "Words of the title", ("ti",), "text", ("title",)),
    SearchField("MESH", "MeSH Terms", "MeSH descriptors", NO_EXPLOSION, "value", ("mesh",)),
    SearchField("MAJR", "MeSH Major Topic", "Major descriptors", MAJOR, "value", ("major",)),
    SearchField("AUTH", "Author", "Authors and groups", ("au",), "author", ("authors",)),
    SearchField("JOUR", "Journal", "Title, abbreviation or ISSN", ("ta",), "value", ("journal",)),
    SearchField("SUBS", "Substance Name", "Substances", ("nm",), "value", ("substances",)),
    SearchField("PTYP", "Publication Type", "Publication types", ("pt",), "value", ("types",)),
    SearchField("LANG", "Language", "Language of the text", ("la",), "value", ("languages",)),
    SearchField("TIAB", "Title/Abstract", "Title, abstract, keywords", (), "text", EVERYTHING[:3]),
    SearchField("WORD", "Text Word", "Text, MeSH, substances", ("tw",), "text", EVERYTHING[:5]),
    SearchField("OTRM", "Other Term", "Keywords", ("ot",), "text", ("keywords",)),
    SearchField("PID", "Publisher ID", "DOI and others", ("aid", "doi"), "number"),
    SearchField("LID", "Location ID", "DOI and others", (), "number"),
    SearchField("PDAT", "Date - Publication", "Printed or published online", ("dp",), "date"),
    SearchField("EDAT", "Date - Entry", "Added to PubMed", (), "date"),
    SearchField("CRDT", "Date - Create", "Record first made", (), "date"),
    SearchField("MHDA", "Date - MeSH", "MeSH assigned", (), "date"),
    SearchField("CDAT", "Date - Completion", "Record completed", ("dcom",), "date"),
    SearchField("MDAT", "Date - Modification", "Last revised", ("lr",), "date"),
)
BY_TAG = {tag.casefold(): this for this in FIELDS for tag in (this.name, this.full, *this.tags)}


def phrase(text: str) -> str:
    """The words of a text as ``words`` gives them, with the asterisks that end some of them."""
    tokens = ("*".join(map(words, token.split("*"))) for token in text.split())
    return " ".join(token for token in tokens if token.strip("*"))


def lookup(corpus: Corpus, this: SearchField, text: str, *, quoted: bool) -> frozenset[int]:
    """Records that hold a phrase in a field that is neither a date nor the PMID.

    An unquoted author stands for all longer initials: Smith J finds Smith JA, not Smithson.
    """
    if this.kind == "number":
        return frozenset(corpus.numbered(text))
    wanted = phrase(text)
    if not wanted:
        return frozenset()
    if this.kind == "author" and not quoted:
        return corpus.holding(this.parts, f"\n {wanted}" if " " in wanted else f"\n {wanted} ")
    if this.kind != "text":
        return corpus.holding(this.parts, f"\n {wanted} \n")
    pmids = corpus.holding(this.parts, f" {wanted} ")
    if this is ALL and UID.fullmatch(wanted):
        pmids |= corpus.between(int(wanted), int(wanted))
    return pmids


def days(low: str, high: str) -> tuple[str, str] | None:
    """First and last day, YYYY/MM/DD, of two YYYY[/MM[/DD]] texts; None where one is no date."""
    first, last = DATE.fullmatch(low), DATE.fullmatch(high)
    if not first or not last:
        return None
    begin = (first[1], (first[2] or "1").zfill(2), (first[3] or "1").zfill(2))
    end = (last[1], (last[2] or "12").zfill(2), (last[3] or "31").zfill(2))
    return "/".join(begin), "/".join(end)


def spanned(
    corpus: Corpus, this: SearchField, low: str, high: str
) -> tuple[frozenset[int], str] | None:
    """Records in a range of dates or PMIDs, and the range as PubMed shows it; None for no range."""
    if this.kind == "uid" and UID.fullmatch(low) and UID.fullmatch(high):
        first, last = int(low), int(high)
        shown = f"{first}" if first == last else f"{first}:{last}"
        return corpus.between(first, last), f"{shown}[{this.full}]"
    if this.kind == "date" and (ends := days(low, high)):
        return corpus.dated(this.name, *ends), f"{ends[0]}:{ends[1]}[{this.full}]"
    return None
