"""What people type into the search box, as a query of FTS5. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from kb.full_text import fold, topic_word
from kb.site.names import WORD, Names
from kb.tagging.wording import openings

TERM = re.compile(
    r'(?P<minus>-?)"(?P<phrase>[^"]*)"?(?P<tag1>\[[a-z]+\])?|(?P<word>[^\s"\[]+)(?P<tag2>\[[a-z]+\])?|\S',
    re.I,
)
MOST_TERMS = 24
# What makes a search slow is what it begins: a letter begins a third of all words.
SHORTEST_BEGINNING = 2  # letters or digits
MOST_BEGINNINGS = 6
MOST_WORDS = 200  # of all terms together, since a phrase may have any number
MOST_SPELLINGS = 8
# PubMed's field tags, as columns of papers_fts; any other tag is left out of account.
FIELDS = {
    "[ti]": "title",
    "[title]": "title",
    "[tiab]": "title abstract",
    "[ab]": "abstract",
    "[au]": "authors",
    "[author]": "authors",
    "[ot]": "keywords",
    "[mh]": "mesh",
    "[mesh]": "mesh",
    "[majr]": "mesh",
}
OPERATORS = ("AND", "OR", "NOT")
# Between what is compared: both must occur.
VERSUS = ("vs", "vs.", "versus")
# Plurals that FTS5's stemmer takes for other words; what is no word is in no paper.
PLURALS = (("sis", "ses"), ("xis", "xes"), ("oma", "omata"))


@dataclass(frozen=True)
class SearchTerm:
    """``words`` as typed, ``match`` in FTS5's language; ``ways`` are all ways in which they are
    looked for, ``tag`` the field, empty for all fields, ``topics`` those that the words name.
    ``is_plain``: without quotes, tag or sign, so that it may name a topic with its neighbours.
    """

    words: str
    match: str
    ways: tuple[str, ...] = ()
    tag: str = ""
    topics: tuple[str, ...] = ()
    is_excluded: bool = False
    is_beginning: bool = False
    is_plain: bool = False


@dataclass(frozen=True)
class Query:
    """``wanted`` are the terms that must occur, each with its alternatives, ``excluded`` those that
    must not; ``dropped`` counts what was cut; ``beginnings`` is what is written as the beginning
    of a word; ``words`` counts those of all terms."""

    wanted: tuple[tuple[SearchTerm, ...], ...] = ()
    excluded: tuple[SearchTerm, ...] = ()
    dropped: int = 0
    beginnings: tuple[str, ...] = ()
    words: int = 0
    compares: bool = False

    @property
    def match(self) -> str | None:
        """For FTS5; None where the text holds no word that must occur."""
        # FTS5 knows NOT only between two sides: there must be something to exclude from.
        if not self.wanted:
            return None
        match = " AND ".join(map(any_of, self.wanted))
        return f"({match}) NOT {any_of(self.excluded)}" if self.excluded else match

    @property
    def topics(self) -> tuple[str, ...]:
        """All that its words name, in their order."""
        terms = (term for terms in self.wanted for term in terms)
        return tuple(dict.fromkeys(topic for term in terms for topic in term.topics))

    @property
    def too_costly(self) -> str | None:
        """Why others would wait too long for it, and what to write instead."""
        for beginning in self.beginnings:
            last = (WORD.findall(beginning) or [""])[-1]
            if len(last) < SHORTEST_BEGINNING:
                return f"{beginning[:80]}*: write {SHORTEST_BEGINNING} letters or more before a *."
        if len(self.beginnings) > MOST_BEGINNINGS:
            return (
                f"A search takes {MOST_BEGINNINGS} words that end in *; "
                f"this one has {len(self.beginnings)}."
            )
        if self.words > MOST_WORDS:
            return f"A search takes {MOST_WORDS} words; this one has {self.words:,}."
        return None


NO_NAMES = Names()


def any_of(terms: Sequence[SearchTerm]) -> str:
    matches = list(dict.fromkeys(term.match for term in terms))
    return f"({' OR '.join(matches)})" if matches[1:] else matches[0]


def parse(text: str, names: Names = NO_NAMES) -> Query:
    """All words must occur; "…" a phrase, ``word*`` a beginning, -word or NOT excludes, OR between
    words, AND and "vs" say what is so anyway; PubMed's tags [ti], [tiab], [au] and [mh] name a
    field. British and American spellings find each other, and singular and plural. Words that name
    a topic find its papers too, however those put it; in quotes they are words.

    Every term is quoted, so nothing that is typed can be a syntax error of FTS5 or reach its
    operators. What holds neither letter nor digit is no term, as for FTS5's own tokenizer.
    """
    every = list(_pieces(text.replace("\x00", " ")))
    terms = [piece for piece in every if isinstance(piece, SearchTerm)]
    cut = {id(term) for term in terms[MOST_TERMS:]}
    pieces = [piece for piece in every if id(piece) not in cut]
    kept = terms[:MOST_TERMS]
    wanted, excluded = _arranged(_with_topics(pieces, names))
    return Query(
        wanted=tuple(tuple(alternatives) for alternatives in wanted),
        excluded=tuple(excluded),
        dropped=len(cut),
        beginnings=tuple(term.words for term in kept if term.is_beginning),
        words=sum(len(WORD.findall(term.words)) for term in kept),
        compares=any(piece in VERSUS for piece in pieces),
    )


def _arranged(
    pieces: Sequence[SearchTerm | str],
) -> tuple[list[list[SearchTerm]], list[SearchTerm]]:
    """What must occur, with its alternatives, and what must not."""
    wanted: list[list[SearchTerm]] = []
    excluded: list[SearchTerm] = []
    joined = denied = False
    for piece in pieces:
        if isinstance(piece, str):
            joined = (piece == "OR" and bool(wanted)) or (joined and piece != "OR")
            denied = denied or piece == "NOT"
            continue
        if piece.is_excluded or denied:
            excluded.append(piece)
        elif joined:
            wanted[-1].append(piece)
        else:
            wanted.append([piece])
        joined = denied = False
    return wanted, excluded


def _pieces(text: str) -> Iterator[SearchTerm | str]:
    """Terms, and between them what is written to join them."""
    began = False
    for typed in TERM.finditer(text):
        if typed["word"] in OPERATORS:
            yield typed["word"]
        elif began and not typed["tag2"] and (typed["word"] or "").lower() in VERSUS:
            yield typed["word"].lower()
        elif term := _term(typed):
            began = True
            yield term


def _term(typed: re.Match[str]) -> SearchTerm | None:
    """None for what FTS5 sees no word in."""
    if typed["word"] is None:
        words, minus, star = typed["phrase"] or "", bool(typed["minus"]), ""
    else:
        words = typed["word"]
        minus = words.startswith("-")
        star = "*" if words.endswith("*") else ""
        words = words.strip("-*") if minus else words.rstrip("*")
    if not any(unicodedata.category(char)[0] in "LN" for char in words):
        return None
    tag = (typed["tag1"] or typed["tag2"] or "").lower()
    columns = FIELDS.get(tag)
    ways = _spellings(fold(words), is_whole=not star)
    match = _any(f'"{way}"{star}' for way in ways)
    return SearchTerm(
        words=words,
        match=f"{{{columns}}} : {match}" if columns else match,
        ways=tuple(ways),
        tag=tag if columns else "",
        is_excluded=minus,
        is_beginning=bool(star),
        is_plain=typed["word"] is not None and not (minus or star or columns),
    )


def _any(matches: Iterator[str]) -> str:
    listed = list(matches)
    return f"({' OR '.join(listed)})" if listed[1:] else listed[0]


def _spellings(words: str, *, is_whole: bool) -> list[str]:
    """The words as typed, and where they are plain ones in the other spelling and number too."""
    if not re.fullmatch(r"[a-z]+(?: [a-z]+){0,3}", words, re.I):
        return [words]
    ways = [words, *(" ".join(way) for way in openings(words))]
    if is_whole:
        ways += [other for way in ways for other in _other_number(way)]
    each_once: dict[str, str] = {}
    for way in ways:
        each_once.setdefault(way.lower(), way)
    return list(each_once.values())[:MOST_SPELLINGS]


def _other_number(words: str) -> Iterator[str]:
    for pair in PLURALS:
        for ending, other in (pair, pair[::-1]):
            if words.lower().endswith(ending):
                yield words[: -len(ending)] + other


def _with_topics(pieces: Sequence[SearchTerm | str], names: Names) -> list[SearchTerm | str]:
    """Plain words in a row that name a topic as one term, which its papers have too."""
    arranged: list[SearchTerm | str] = []
    place = 0
    while place < len(pieces):
        term, length = _named(pieces[place:], names)
        arranged.append(term)
        place += length
    return arranged


def _named(pieces: Sequence[SearchTerm | str], names: Names) -> tuple[SearchTerm | str, int]:
    """The first of them, or as many of them as name a topic together; and how many."""
    run: list[SearchTerm] = []
    for piece in pieces[: names.longest]:
        if not isinstance(piece, SearchTerm) or not piece.is_plain:
            break
        run.append(piece)
    for length in range(len(run), 0, -1):
        words = " ".join(term.words for term in run[:length])
        if topics := names.named(words):
            return _naming(run[:length], words, topics), length
    return pieces[0], 1


def _naming(run: Sequence[SearchTerm], words: str, topics: tuple[str, ...]) -> SearchTerm:
    match = " AND ".join(term.match for term in run)
    match = f"({match})" if run[1:] else match
    of_topics = " OR ".join(f'"{topic_word(topic)}"' for topic in topics)
    ways = run[0].ways if not run[1:] else (words,)
    match = f"({match} OR {{topics}} : ({of_topics}))"
    return replace(run[0], words=words, ways=ways, topics=topics, match=match)
