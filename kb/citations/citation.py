"""What a citation text prints, and what of a paper a citation may print. Pure.

Both sides are brought to one form here; ``kb.citations.agreement`` compares them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kb.citations.template import as_printed
from kb.record.article import Article, Author

WORD = re.compile(r"[^\W_]+")
DASH = re.compile("[‐‑‒–—―−]")
# Accents, soft hyphens, spaces of no width.
UNSEEN = re.compile("[\u0300-\u036f\u00ad\u200b-\u200f\u2060\ufeff]")
# So many letters of a text are searched for its first authors.
BEGINNING = 150
# What follows is about another item, or no place in a journal.
TAIL = re.compile(
    r"(?<![a-z0-9])(?:doi(?=\W*10\.)|10\.[0-9]{4}|epub\b|pmc?id\b|https?:"
    r"|(?:comment|erratum|retraction|update)s? (?:in|of|on|for)\b)|; ?(?:author|discussion)\b"
)
# One of these stands in all that TAIL finds; looking for them first spares most texts the search.
TAIL_WORDS = (
    *("10.", "doi", "epub", "pmid", "pmcid", "http", "comment", "erratum", "retraction", "update"),
    *("author", "discussion"),
)
BRACKETED = re.compile(r"\([^()]*\)|\[[^][]*\]")
# A number as a citation prints it, letters included (e28473, 1S): what makes it an issue, what
# makes it a page, the number itself, the rest of its range.
NUMBER = r"[a-z]*+[0-9][a-z0-9]*+"
# Nothing in it may be tried twice: the engine then passes titles fast.
# In German and the Slavic languages a page is "S." or "с.", in Russian "стр.", in Spanish "pág.".
PLACED = re.compile(
    r"(?<![a-zа-я])((?:(?:no|nr|issue|suppl\w*|pt|part|вып)\b(?!\s*:)[\s.]*)*+)"
    r"((?::\s*|\b(?:pp?|pages?|pags?|article|id|стр)\b[\s.]*|\b[sсc]\.\s*)*+)"
    rf"({NUMBER})(?:\.e[0-9]+)?((?:\s*-\s*{NUMBER}(?:\.e[0-9]+)?)*)"
)
DIGIT = re.compile("[0-9]")
LABEL = 24  # letters, at most, of what makes the first number an issue or a page
# What may stand between volume, issue, year and page, or belong to the volume (105-B, 97 Suppl).
BETWEEN = re.compile(r"(?:[\s,.:]|-[a-z]\b|-(?=\s)|\bsuppl[a-z]*\b)*")
# A year may bear a letter (2007a). What follows a colon or begins or ends a range is a page.
YEAR = re.compile(
    r"(1[89][0-9]{2}|20[0-9]{2})(?<![\w:-]....)(?<!: ....)"
    r"(?=[a-z]?\b)(?! ?- ?[0-9]+(?![0-9-]))"
)
# "Part II", "1969 to 1974. 5. Aspects of morbidity".
SERIES = re.compile(
    r"\b(?i:part|paper|report|chapter)\s+(?:[0-9]+|[IVX]+)\b|(?:^|[.:]\s+)(?:[0-9]{1,2}|[IVX]+)[.:]\s"
)
# Words before a family name that count as a part of it for some and not for others.
PARTICLES = frozenset(
    (
        *("abu", "af", "al", "av", "bin", "da", "das", "de", "del", "della", "den", "der", "di"),
        *("do", "dos", "du", "el", "ibn", "la", "le", "st", "ten", "ter", "van", "vom", "von"),
        *("zu", "zur"),
    )
)
# Letters and quotes that no decomposition turns into plain ones.
LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"}
    | dict.fromkeys("‘’‚‛", "'")
    | dict.fromkeys("“”„‟", '"')
)
# Of ASCII, everything but letters and digits becomes a space.
MARKS = bytes(n if chr(n).isalnum() else 32 for n in range(256))


@dataclass(frozen=True, slots=True)
class AuthorName:
    """An author in the form in which names are compared; ``keys`` is empty where there is none."""

    keys: tuple[str, ...]
    given: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Citable:
    """What of a work a citation may print; ``volume`` and ``first_page`` are empty where that is
    not known. ``others`` are the authors after the first; ``known_as`` says where a work is known
    from that is no harvested paper. It has a PMID or a DOI."""

    pmid: int | None
    doi: str | None
    pmcid: str | None
    title: str
    in_series: bool
    first_author: str
    author: AuthorName
    others: tuple[Author, ...]
    journal: str
    journals: tuple[str, ...]
    year: int | None
    epub_year: int | None
    volume: str
    first_page: str
    known_as: str = ""

    @property
    def work(self) -> str:
        return f"pmid:{self.pmid}" if self.pmid else f"doi:{self.doi}"

    @property
    def name(self) -> str:
        return f"PMID {self.pmid}" if self.pmid else f"doi:{self.doi}"

    @property
    def order(self) -> tuple[bool, int, str]:
        """By PMID, and then by DOI."""
        return self.pmid is None, self.pmid or 0, self.doi or ""


def citable(article: Article) -> Citable:
    """A journal without volumes is cited by year and page, as if the year were its volume."""
    page = first_number(article.pages or "")
    first = article.authors[0] if article.authors else None
    # Of "Lancet : a journal of medicine" a citation prints what stands before the colon, of
    # "Spine (Phila Pa 1976)" what stands before the bracket.
    names = [article.journal_abbrev or "", article.journal or ""]
    names += [re.split(r" [:=] | \(", name)[0] for name in names]
    return Citable(
        pmid=article.pmid,
        doi=article.doi,
        pmcid=article.pmcid,
        title=fold(article.title),
        in_series=bool(SERIES.search(article.title)),
        first_author=printed_name(first) if first else "",
        author=author_name(first) if first else AuthorName(()),
        others=article.authors[1:],
        journal=article.journal_abbrev or article.journal or "",
        journals=tuple(filter(None, dict.fromkeys(map(fold, names)))),
        year=article.year,
        epub_year=int(article.epub_date[:4]) if article.epub_date else None,
        volume=first_number(article.volume or "") or (str(article.year) if page else ""),
        first_page=page,
    )


def printed_name(author: Author) -> str:
    return author.last_name or author.collective or author.fore_name or ""


def author_name(author: Author) -> AuthorName:
    return AuthorName(author_keys(printed_name(author)), _given_names(author))


def author_keys(name: str) -> tuple[str, ...]:
    """The family name, or the group, as one word; also without its particles, which some print
    behind the initials."""
    words = spelled(name).split()
    bare = next((n for n, word in enumerate(words) if word not in PARTICLES), 0)
    return tuple(dict.fromkeys(filter(None, ("".join(words), "".join(words[bare:])))))


def _given_names(author: Author) -> tuple[str, ...]:
    """The initials as one word, and each given name; empty for a group."""
    names = spelled(author.fore_name or "").split()
    # Not spelled: A.E. are two initials and no umlaut.
    initials = fold(author.initials or "").replace(" ", "") or "".join(n[0] for n in names)
    return (initials, *names) if initials and author.last_name else ()


def first_number(text: str) -> str:
    number = re.search(NUMBER, unaccented(text))
    return number[0] if number else ""


class Citation:
    """A citation text, read once.

    - ``unaccented`` and ``words``: the text as ``unaccented`` and ``fold`` leave it;
    - ``beginning``: the words that may name the first authors, in the spelling of names;
    - ``years``: the numbers that may be its year; pages are not;
    - ``places``: every volume and first page that it may give, the page empty where none is
      printed. Volume and page are numbers in one run, the volume first. The page is the first range
      after a colon or "p", else the only range or the only number after one of these, else the only
      number. The issue (in brackets or not), the year and the end of a range are none: another
      paper of the volume may begin at that number.
    """

    __slots__ = ("beginning", "places", "unaccented", "words", "years")

    def __init__(self, text: str) -> None:
        printed = unaccented(as_printed(text))
        years = list(YEAR.finditer(printed))
        starts = {year.start() for year in years}
        # As long as before: the years stay where they were.
        head = BRACKETED.sub(_blank, _head(printed))
        places = [place for run in _runs(head) for place in _places(run, starts)]
        self._set(printed, [int(year[0]) for year in years], places)

    def _set(self, printed: str, years: list[int], places: list[tuple[str, str]]) -> None:
        self.unaccented = printed
        self.words = folded(printed)
        self.beginning = one_spelling(self.words[:BEGINNING]).split()
        self.years = years
        self.places = places

    @property
    def read(self) -> tuple[str, list[int], list[tuple[str, str]]]:
        """What reading the text took time to find; ``of_read`` makes the same citation of it."""
        return self.unaccented, self.years, self.places

    @classmethod
    def of_read(
        cls, printed: str, years: Iterable[int], places: Iterable[Iterable[str]]
    ) -> Citation:
        citation = cls.__new__(cls)
        citation._set(printed, list(years), [(volume, page) for volume, page in places])
        return citation

    @property
    def names(self) -> Iterator[str]:
        """What may be the first author's family name, as ``AuthorName.keys`` have it."""
        words = self.beginning[:6]
        for start, word in enumerate(words[:4]):
            if not word.isdigit():
                yield word
                for following in words[start + 1 : start + 3]:
                    word += following
                    yield word

    def heads(self, words: str) -> Iterator[str]:
        """What the text has, unaccented, before these folded words, wherever they stand in it."""
        text, at, first = self.unaccented, -1, words.split(" ", 1)[0]
        while (at := text.find(first, at + 1)) >= 0:
            if folded(text[at : at + 2 * len(words)]).startswith(words):
                yield text[:at].rstrip()


def _head(text: str) -> str:
    for word in TAIL_WORDS:
        if word in text:
            return TAIL.split(text, 1)[0]
    return text


def _blank(bracketed: re.Match[str]) -> str:
    return " " * len(bracketed[0])


def _places(run: list[re.Match[str]], years: set[int]) -> Iterator[tuple[str, str]]:
    # A year before the volume, unless it is the volume and the page follows at once.
    while len(run) > 2 and run[0].start(3) in years and not (run[1][2] or run[1][4]):
        run.pop(0)
    pages = [n for n in run[1:] if not n[1] and n.start(3) not in years]
    clear = [n for n in pages if n[2] and n[4]][:1] or [n for n in pages if n[2] or n[4]]
    if len(first_pages := clear or pages) == 1:
        yield run[0][3], first_pages[0][3]
    if not pages:
        yield run[0][3], ""
    elif not clear and len(run) == 2 and run[0].start(3) in years:
        yield run[1][3], ""


def _runs(head: str) -> Iterator[list[re.Match[str]]]:
    """Numbers with nothing but commas, dots, colons and words for page or issue between them."""
    if not (first := DIGIT.search(head)):
        return
    run: list[re.Match[str]] = []
    for number in PLACED.finditer(head, max(0, first.start() - LABEL)):
        if run and not BETWEEN.fullmatch(head, run[-1].end(), number.start()):
            yield run
            run = []
        run.append(number)
    if run:
        yield run


def printed_years(text: str) -> list[int]:
    return Citation(text).years


def only_year(years: Iterable[int]) -> int | None:
    """The year of a citation that prints just one."""
    several = set(years)
    return several.pop() if len(several) == 1 else None


def unaccented(text: str) -> str:
    """Lower case without accents, every dash a hyphen."""
    if not text.isascii():
        text = DASH.sub("-", text)
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text)
    return UNSEEN.sub("", decomposed).casefold().translate(LETTERS)


def fold(text: str) -> str:
    """Letters and digits alone, lower case, without accents, single spaces between."""
    return folded(unaccented(text))


def folded(text: str) -> str:
    """``fold`` of what is ``unaccented`` already."""
    if text.isascii():
        return " ".join(text.encode().translate(MARKS).decode().split())
    return " ".join(WORD.findall(text))


def spelled(name: str) -> str:
    """Folded, and one spelling for the two of an umlaut: Pötschger, Potschger, Poetschger."""
    return one_spelling(fold(name))


def one_spelling(words: str) -> str:
    for two, one in (("ae", "a"), ("oe", "o"), ("ue", "u"), ("aa", "a")):
        words = words.replace(two, one)
    return words
