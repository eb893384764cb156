"""The full-text index: how its words are written, and how it is filled.

FTS5's tokenizer takes accents off and leaves ł, ß, β and ² as they are. The index is filled with
folded words instead, and whoever searches folds what he looks for by the same function. A word
stays one word, so that FTS5 finds each in the text as printed and marks it there.
"""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from functools import cache

NON_ASCII = re.compile(r"[^\x00-\x7f]")
# As Unicode names them: Ł is LATIN CAPITAL LETTER L WITH STROKE, Œ LATIN CAPITAL LIGATURE OE.
LETTER = re.compile(r"(?:LATIN|GREEK) (?:SMALL|CAPITAL) (?:LETTER|LIGATURE) (?P<name>[A-Z ]+)")
NAMES = {
    "DOTLESS I": "i",
    "SHARP S": "ss",
    "THORN": "th",
    "ETH": "d",
    "FINAL SIGMA": "sigma",
    "LAMDA": "lambda",
}
# Topics stand in a column of their own, each as one word that no other word begins or is a stem of.
EDGE = HYPHEN = "0"

# A topic counts as often as what gave it says: once for the abstract, most for the title.
FILL = """
INSERT INTO papers_fts (rowid, title, abstract, authors, keywords, mesh, topics)
SELECT pmid, folded(title), folded(abstract), folded(authors), folded(keywords), folded(mesh),
    (SELECT group_concat(topic_words(c.ancestor,
        1 + (t.basis IN ('curated', 'mesh-major')) + 2 * (t.n_title > 0)), ' ')
     FROM paper_topics t JOIN topic_closure c ON c.topic = t.topic WHERE t.pmid = p.pmid)
FROM papers p ORDER BY pmid
"""


def fold(text: str) -> str:
    """The text with its letters and digits in ASCII where there is a way: Chełmecka is Chelmecka,
    ¹²³I is 123I, β is beta. What is no letter and no digit stays."""
    return text if text.isascii() else NON_ASCII.sub(lambda match: _folded(match[0]), text)


@cache
def _folded(char: str) -> str:
    if unicodedata.category(char)[0] not in "LN":
        return char
    plain = "".join(filter(_is_base, unicodedata.normalize("NFKD", char)))
    spelled = "".join(each if each.isascii() else _named(each) for each in plain)
    return spelled if spelled.isascii() and spelled.isalnum() else char


def _is_base(char: str) -> bool:
    return not unicodedata.combining(char)


def _named(char: str) -> str:
    """A letter by the name that Unicode gives it, of which Latin ones are their own."""
    name = unicodedata.name(char, "")
    letter = LETTER.match(name)
    if not letter:
        return char
    word = letter["name"].partition(" WITH ")[0]
    is_greek, is_small = name.startswith("GREEK"), " SMALL " in name
    spelled = NAMES.get(word) or (word.lower() if is_greek or len(word) <= len("OE") else char)
    return spelled if is_greek or is_small else spelled.upper()


def topic_word(topic: str) -> str:
    """A topic as the index has it, in its column ``topics``."""
    return EDGE + topic.replace("-", HYPHEN) + EDGE


def fill(db: sqlite3.Connection) -> None:
    """Fill the index of a base anew from its papers and their topics."""
    db.create_function("folded", 1, lambda text: text and fold(text), deterministic=True)
    db.create_function("topic_words", 2, _topic_words, deterministic=True)
    db.execute("INSERT INTO papers_fts (papers_fts) VALUES ('delete-all')")
    db.execute(FILL)


def _topic_words(topic: str, times: int) -> str:
    return " ".join([topic_word(topic)] * times)
