"""Whether a citation text can be that of a paper, and what of it agrees. Pure.

A text is a paper's only where it begins with the paper's first author, gives its volume and after
that its first page, and either the title and the year or the journal and the year agree. A title
alone never decides, since twins exist; nor do authors, volume and page without one of these.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from kb.article import Article, Author

WORD = re.compile(r"[^\W_]+")
DASH = re.compile("[‐‑‒–—―−]")
# Accents, soft hyphens, spaces of no width.
UNSEEN = re.compile("[\u0300-\u036f\u00ad\u200b-\u200f\u2060\ufeff]")
# What follows is about another item, or no place in a journal.
TAIL = re.compile(
    r"\bdoi\b(?=\W*10\.)|\b10\.[0-9]{4}|\bepub\b|\bpmc?id\b|\bhttps?:"
    r"|\b(?:comment|erratum|retraction|update)s? (?:in|of|on|for)\b|; ?(?:author|discussion)\b"
)
BRACKETED = re.compile(r"\([^()]*\)|\[[^][]*\]")
# A number as a citation prints it, letters included (e28473, 1S): what makes it an issue, what
# makes it a page, the number itself, the rest of its range.
NUMBER = r"[a-z]*[0-9][a-z0-9]*"
PLACED = re.compile(
    r"((?:\b(?:no|nr|issue|suppl\w*|pt|part)\b(?!\s*:)[\s.]*)*)"
    r"((?::\s*|\b(?:pp?|pages?|article|id)\b[\s.]*)*)"
    rf"({NUMBER})(?:\.e[0-9]+)?((?:\s*-\s*{NUMBER}(?:\.e[0-9]+)?)*)"
)
# What may stand between volume, issue, year and page, or belong to the volume (105-B, 97 Suppl).
BETWEEN = re.compile(r"(?:[\s,.:]|-[a-z]\b|\bsuppl[a-z]*\b)*")
# A year may bear a letter (2007a). What follows a colon or begins or ends a range is a page.
YEAR = re.compile(
    r"(?<![\w:-])(?<!: )(1[89][0-9]{2}|20[0-9]{2})(?=[a-z]?\b)(?! ?- ?[0-9]+(?![0-9-]))"
)
TITLE_AGREES = 0.9
# Words that carry a title, and how alike (of 100) two spellings of one are.
LONG_WORD = 5
WORD_AGREES = 80
# Shorter titles ("Neuroblastoma", "Letter") are found in too many citations to count.
TITLE_WORDS = 3
# Words before a family name that count as a part of it for some and not for others.
PARTICLES = frozenset(
    (
        *("abu", "af", "al", "av", "bin", "da", "das", "de", "del", "della", "den", "der", "di"),
        *("do", "dos", "du", "el", "ibn", "la", "le", "st", "ten", "ter", "van", "vom", "von"),
        *("zu", "zur"),
    )
)
SUFFIXES = frozenset(("jr", "sr", "ii", "iii"))
OTHERS = frozenset(("et", "and"))
# Letters that no decomposition turns into plain ones.
LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"}
)


@dataclass(frozen=True)
class Comparison:
    """``agrees`` is the verdict, ``words`` say what agreed and what did not; ``score`` is how much
    of the paper's title stands in the text, 0 to 1: low where the citation prints no title."""

    agrees: bool
    score: float
    words: str


@dataclass(frozen=True, slots=True)
class Citable:
    """What of a harvested paper a citation may print; ``volume`` and ``first_page`` are empty where
    the record has none, and the names are in the form in which they are compared."""

    pmid: int
    doi: str | None
    pmcid: str | None
    title: str
    first_author: str
    author_keys: tuple[str, ...]
    given_names: tuple[str, ...]
    journal: str
    journals: tuple[str, ...]
    year: int | None
    epub_year: int | None
    volume: str
    first_page: str


def citable(article: Article) -> Citable:
    first = article.authors[0] if article.authors else None
    name = (first.last_name or first.collective or first.fore_name or "") if first else ""
    # Of "Lancet : a journal of medicine" a citation prints what stands before the colon.
    titles = [article.journal or "", *re.split(" [:=] ", article.journal or "")[:1]]
    journals = dict.fromkeys(map(fold, (article.journal_abbrev or "", *titles)))
    return Citable(
        pmid=article.pmid,
        doi=article.doi,
        pmcid=article.pmcid,
        title=fold(article.title),
        first_author=name,
        author_keys=_author_keys(name),
        given_names=_given_names(first) if first else (),
        journal=article.journal_abbrev or article.journal or "",
        journals=tuple(filter(None, journals)),
        year=article.year,
        epub_year=int(article.epub_date[:4]) if article.epub_date else None,
        volume=_first_number(article.volume),
        first_page=_first_number(article.pages),
    )


def _author_keys(name: str) -> tuple[str, ...]:
    """The family name, or the group, as one word; also without its particles, which some print
    behind the initials."""
    words = _spelled(name).split()
    bare = next((n for n, word in enumerate(words) if word not in PARTICLES), 0)
    return tuple(dict.fromkeys(filter(None, ("".join(words), "".join(words[bare:])))))


def _given_names(author: Author) -> tuple[str, ...]:
    """The initials as one word, and each given name; empty for a group."""
    names = _spelled(author.fore_name or "").split()
    initials = _spelled(author.initials or "").replace(" ", "") or "".join(n[0] for n in names)
    return (initials, *names) if initials and author.last_name else ()


def _first_number(text: str | None) -> str:
    found = re.search(NUMBER, plain(text or ""))
    return found[0] if found else ""


def places(text: str) -> Iterator[tuple[str, str]]:
    """Every volume and first page that a citation may give.

    Volume and page are numbers in one run, the volume first. The page is the first range after a
    colon or "p", else the only range or the only number after one of these, else the only number.
    The issue (in brackets or not), the year and the end of a range are none: another paper of the
    volume may begin at that number.
    """
    head = BRACKETED.sub(" ", TAIL.split(plain(text), 1)[0])
    years = {found.start() for found in YEAR.finditer(head)}
    for run in _runs(head):
        # A year before the volume, unless it is the volume and the page follows at once.
        while len(run) > 2 and run[0].start(3) in years and not (run[1][2] or run[1][4]):
            run.pop(0)
        pages = [n for n in run[1:] if not n[1] and n.start(3) not in years]
        clear = [n for n in pages if n[2] and n[4]][:1] or [n for n in pages if n[2] or n[4]]
        if len(found := clear or pages) == 1:
            yield run[0][3], found[0][3]


def _runs(head: str) -> Iterator[list[re.Match[str]]]:
    """Numbers with nothing but commas, dots, colons and words for page or issue between them."""
    run: list[re.Match[str]] = []
    for number in PLACED.finditer(head):
        if run and not BETWEEN.fullmatch(head, run[-1].end(), number.start()):
            yield run
            run = []
        run.append(number)
    if run:
        yield run


def compare(paper: Citable, text: str) -> Comparison:
    """Whether a text that gives a paper's volume and first page (``places``) is its citation."""
    citation = plain(text)
    if not _begins_with_author(paper, citation):
        return Comparison(False, 0.0, f"the text does not begin with {paper.first_author}")
    years = printed_years(citation)
    title, score, title_words = _title_agreement(paper, citation)
    year, year_words = _year_agreement(paper, years)
    journal, journal_words = _journal_agreement(paper, citation)
    by_title = title and year
    by_journal = journal and paper.year in years and title is not False
    place = f"first author, volume {paper.volume} and first page {paper.first_page} agree"
    words = "; ".join((place, title_words, year_words, journal_words))
    return Comparison(bool(by_title or by_journal), score, words)


def _begins_with_author(paper: Citable, citation: str) -> bool:
    """Whether the first author printed is the paper's: the family name with, where initials stand
    beside it, the first of them. Only a number or initials may stand before the name."""
    words = _spelled(citation[:200]).split()
    for start in range(min(len(words), 6)):
        before = [w for w in words[:start] if not w.isdigit() and w not in PARTICLES]
        if before and not _are_given(before, paper.given_names):
            break
        for key in paper.author_keys:
            length = _words_of(key, words[start:])
            after = words[start + length :]
            if length and (before or _may_follow(after, paper.given_names)):
                return True
    return False


def _words_of(key: str, words: Sequence[str]) -> int:
    """How many words from the first on are together the key, or 0."""
    joined = ""
    for count, word in enumerate(words, start=1):
        joined += word
        if joined == key:
            return count
        if not key.startswith(joined):
            break
    return 0


def _are_given(words: Sequence[str], given: Sequence[str]) -> bool:
    """Whether words before a family name are the author's own: J M, JM, John M."""
    return (
        bool(given)
        and words[0][0] == given[0][0]
        and all(word in given or word in given[0] for word in words)
    )


def _may_follow(words: Sequence[str], given: Sequence[str]) -> bool:
    """Whether what stands behind a family name does not make it another person's."""
    if not words or not given:
        return True
    if words[0][0] == given[0][0] or words[0] in OTHERS or words[0].isdigit():
        return True
    return words[0] in SUFFIXES and _may_follow(words[1:], given)


def _journal_agreement(paper: Citable, citation: str) -> tuple[bool, str]:
    """Whether a name of the journal stands there as a whole, right before a number: the Cancer of
    "Pediatr Blood Cancer 2007" and the Lancet of "Lancet Oncol 2007" are other journals."""
    for journal in paper.journals:
        words = r"\W+".join(map(re.escape, journal.split()))
        if re.search(rf"(?:^|[^\w\s]\s*)(?:the )?{words}\b\W*(?:vol\w*\W*)?[0-9]", citation):
            return True, "the journal agrees"
    return False, f"the journal is not printed as {paper.journal}"


def _title_agreement(paper: Citable, citation: str) -> tuple[bool | None, float, str]:
    """Whether the title stands there, and how much of it; None where that tells nothing.

    A word that is replaced makes another title, however long the rest: "diseases of the nervous
    system" and "of the digestive system" are two parts of a series on one page of a volume.
    """
    words = fold(citation)
    score = round(fuzz.partial_ratio(paper.title, words) / 100, 4) if paper.title else 0.0
    if len(paper.title.split()) < TITLE_WORDS:
        return None, score, "its title is too short to tell"
    if score < TITLE_AGREES:
        return None, score, "its title is not printed, or otherwise"
    printed = words.split()
    lacking = [
        word
        for word in paper.title.split()
        if len(word) >= LONG_WORD
        and word.isalpha()
        and not process.extractOne(word, printed, scorer=fuzz.ratio, score_cutoff=WORD_AGREES)
    ]
    if lacking:
        return False, score, f"the title is nearly its own, but lacks {', '.join(lacking)}"
    return True, score, "the title agrees"


def _year_agreement(paper: Citable, years: Sequence[int]) -> tuple[bool, str]:
    """Whether a printed year is the paper's, that of its electronic version, or one beside it."""
    if not years or paper.year is None:
        return True, "no year to compare"
    if paper.year in years:
        return True, f"year {paper.year} agrees"
    if paper.epub_year in years:
        return (
            True,
            f"year {paper.epub_year} is that of the electronic version, {paper.year} of the issue",
        )
    nearest = min(years, key=lambda year: abs(year - (paper.year or 0)))
    return abs(nearest - paper.year) <= 1, f"year {nearest} against {paper.year} of the issue"


def printed_years(text: str) -> list[int]:
    """The numbers in a citation that may be its year; pages are not."""
    return [int(year) for year in YEAR.findall(plain(text))]


def plain(text: str) -> str:
    """Lower case without accents, every dash a hyphen."""
    text = DASH.sub("-", text)
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text)
        text = UNSEEN.sub("", decomposed)
    return text.casefold().translate(LETTERS)


def fold(text: str) -> str:
    """Letters and digits alone, lower case, without accents, single spaces between."""
    return " ".join(WORD.findall(plain(text)))


def _spelled(name: str) -> str:
    """Folded, and one spelling for the two of an umlaut: Pötschger, Potschger, Poetschger."""
    return re.sub("([aou])e|aa", lambda found: found[1] or "a", fold(name))
