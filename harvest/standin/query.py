"""PubMed's query language, as far as a stand-in needs it.

AND, OR and NOT in capitals, applied from left to right; parentheses; words, "phrases", word*;
[field] tags by their short and long names; 1:100[uid] and 2020/05:2021[dp] ranges; #1 for an
earlier set of the same WebEnv (E-utilities Help, chapter 4; PubMed Help). As in PubMed, a phrase
or a range of days that occurs nowhere is reported and the query runs without it, and a phrase that
is not found as such is looked for by its words.

What is not PubMed's: an untagged word is looked for as it stands, in title, abstract, keywords,
MeSH, substances, authors, journal and publication types, and never widened to synonyms; there is
no MeSH explosion: [mh] finds the descriptor named, and records indexed with narrower ones are not
found; there are no proximity and no subset searches; a tag behind parentheses is ignored, and
reported as ignored.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from harvest.standin.corpus import Corpus
from harvest.standin.fields import ALL, BY_TAG, SearchField, lookup, phrase, spanned
from kb.errors import InputError

Earlier = Callable[[int], Iterable[int]]
ONLY_UIDS = re.compile(r"[\s,]*[0-9]{1,20}(?:[\s,]+[0-9]{1,20})*[\s,]*")
TOKEN = re.compile(
    r'(?P<open>\()|(?P<close>\))|"(?P<quoted>[^"]*)"|\[(?P<tag>[^\[\]]*)\]|#(?P<key>[0-9]{1,9})'
    r'|(?P<colon>:)|(?P<operator>(?:AND|OR|NOT)(?![^\s()"\[\]]))|(?P<word>[^\s()"\[\]]+)'
)
DEEPEST = 100


@dataclass(frozen=True)
class Messages:
    """What ESearch says beside its answer, each kind in the order met."""

    phrases_not_found: list[str] = field(default_factory=list)
    fields_not_found: list[str] = field(default_factory=list)
    phrases_ignored: list[str] = field(default_factory=list)
    quoted_not_found: list[str] = field(default_factory=list)
    output: list[str] = field(default_factory=list)


class Hits(NamedTuple):
    """The records of a query or a part of it, and the QueryTranslation: what was really run."""

    pmids: frozenset[int]
    translation: str


def search(
    corpus: Corpus, term: str, earlier: Earlier, default: SearchField = ALL
) -> tuple[Hits, Messages]:
    """Run a query; ``earlier`` gives the UIDs of a query key, ``default`` is the field of phrases
    that have no tag.

    Raises InputError where parentheses do not match or a query key is lost.
    """
    if ONLY_UIDS.fullmatch(term):
        pmids = dict.fromkeys(int(number) for number in re.findall(r"[0-9]+", term))
        shown = " OR ".join(f"{pmid}[UID]" for pmid in pmids)
        return Hits(frozenset(pmids.keys() & corpus.entries.keys()), shown), Messages()
    reader = _Reader(corpus, term, earlier, default)
    hits = reader.expression(depth=0)
    if hits is None:
        shown = term.strip() if "[" in term else f"{term.strip()}[{default.full}]"
        hits = Hits(frozenset(), f"({shown})")
    return hits, reader.messages


class _Reader:
    """One pass over the tokens; each operand is answered as it is read, None if it is dropped."""

    def __init__(self, corpus: Corpus, term: str, earlier: Earlier, default: SearchField) -> None:
        self.corpus = corpus
        self.term = term
        self.earlier = earlier
        self.default = default
        self.messages = Messages()
        straight = term.replace("“", '"').replace("”", '"')
        self.tokens = [(match.lastgroup, match) for match in TOKEN.finditer(straight)]
        self.at = 0

    def kind(self, ahead: int = 0) -> str | None:
        at = self.at + ahead
        return self.tokens[at][0] if at < len(self.tokens) else None

    def take(self) -> str:
        kind, match = self.tokens[self.at]
        self.at += 1
        return str(match[kind or 0])

    def expression(self, depth: int) -> Hits | None:
        """Operands up to a closing parenthesis or the end, joined from left to right."""
        if depth > DEEPEST:
            raise InputError(f"The term has more than {DEEPEST} parentheses inside each other.")
        chain = _Chain()
        operator = self.take() if self.kind() == "operator" else "AND"
        if operator == "NOT":
            chain.hits = Hits(frozenset(self.corpus.pmids), "all[sb]")
        while self.kind() not in (None, "close"):
            if self.kind() == "operator":
                operator = self.take()
                continue
            chain.add(operator, self.operand(depth))
            operator = "AND"
        if (self.kind() == "close") != (depth > 0):
            raise InputError(
                f"The parentheses of the term do not match: {self.term!r}. "
                "PubMed would guess; this stand-in does not."
            )
        return chain.hits

    def operand(self, depth: int) -> Hits | None:
        if self.kind() == "open":
            self.take()
            inner = self.expression(depth + 1)
            self.take()
            return inner and Hits(inner.pmids, grouped(inner.translation))
        if self.kind() == "key":
            key = self.take()
            return Hits(frozenset(self.earlier(int(key))), f"#{key}")
        if self.kind() in ("tag", "colon"):
            self.messages.phrases_ignored.append(self.take())
            return None
        return self.tagged()

    def tagged(self) -> Hits | None:
        """A quoted phrase or a run of words with the tag behind it, or a range of two of them."""
        quoted = self.kind() == "quoted"
        text = self.take()
        while not quoted and self.kind() == "word":
            text += " " + self.take()
        tag = self.tag()
        low, _, high = (text, "", "") if quoted else text.partition(":")
        if self.kind() == "colon" and self.kind(1) in ("word", "quoted"):
            self.take()
            low, high = text, self.take()
            text, tag = f"{low}:{high}", self.tag() or tag
        this = BY_TAG.get(tag.casefold()) if tag else self.default
        if this is None:
            self.messages.fields_not_found.append(tag)
            return None
        suffix = f"[{tag}]" if tag else ""
        if this.kind not in ("uid", "date"):
            return self.worded(this, text, quoted, suffix)
        hits = spanned(self.corpus, this, low, high or low)
        if not hits or (this.kind == "date" and not hits[0]):
            # No range, or days on which PubMed has no record at all.
            self.messages.phrases_not_found.append(text + suffix)
            return None
        return Hits(*hits)

    def tag(self) -> str:
        return self.take().strip() if self.kind() == "tag" else ""

    def worded(self, this: SearchField, text: str, quoted: bool, suffix: str) -> Hits | None:
        """A phrase; where it is not found, or has neither tag nor quotes, each of its words."""
        several = text.split() if this.kind == "text" else [text]
        if quoted or suffix or len(several) == 1:
            pmids = lookup(self.corpus, this, text, quoted=quoted)
            if pmids:
                return Hits(pmids, _shown(this, text))
        if quoted:
            self.messages.quoted_not_found.append(f'"{text}"{suffix}')
        elif len(several) == 1:
            self.messages.phrases_not_found.append(text + suffix)
        chain = _Chain()
        for word in several if len(several) > 1 else ():
            chain.add("AND", self.worded(this, word, False, suffix))
        return chain.hits and Hits(chain.hits.pmids, grouped(chain.hits.translation))


class _Chain:
    """Operands joined from left to right, without those that were dropped."""

    def __init__(self) -> None:
        self.hits: Hits | None = None
        self.last = ""

    def add(self, operator: str, operand: Hits | None) -> None:
        if operand is None or (operator == "NOT" and self.hits is None):
            return
        if self.hits is None:
            self.hits = operand
            return
        left = self.hits.translation
        if self.last not in ("", operator):
            left = f"({left})"
        self.hits = Hits(
            _joined(operator, self.hits.pmids, operand.pmids),
            f"{left} {operator} {operand.translation}",
        )
        self.last = operator


def _joined(operator: str, left: frozenset[int], right: frozenset[int]) -> frozenset[int]:
    if operator == "OR":
        return left | right
    return left & right if operator == "AND" else left - right


def grouped(translation: str) -> str:
    """In parentheses where it has an operator of its own."""
    return f"({translation})" if re.search(r" (?:AND|OR|NOT) ", translation) else translation


def _shown(this: SearchField, text: str) -> str:
    """A phrase as QueryTranslation prints it: ``"stem cells"[MeSH Terms]``."""
    shown = text.strip().casefold() if this.kind == "number" else phrase(text)
    return f"{shown}[{this.full}]" if "*" in shown else f'"{shown}"[{this.full}]'
