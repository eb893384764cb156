"""Text in the LaTeX of a bibliography, so that its readers give it back. Pure.

No way to write < is read by all of them: pybtex and bibtexparser hand on what stands in the file,
biblatex-csl-converter drops \\textless, Better BibTeX's parser makes ¡ of a bare <. In mathematics
nothing loses it.
"""

from __future__ import annotations

import re

from kb.exports.characters import one_line
from kb.exports.letter_case import words

# Commands that need no braces around them, for readers count braces before all else.
ESCAPES = {
    "\\": "\\textbackslash{}",
    "{": "\\textbraceleft{}",
    "}": "\\textbraceright{}",
    "~": "\\textasciitilde{}",
    "^": "\\textasciicircum{}",
    "<": "$<$",
    ">": "$>$",
    **{sign: f"\\{sign}" for sign in "&%$#_"},
}
# Braces that stand in pairs are counted right with a command that every reader knows.
IN_PAIRS = {"{": "\\{", "}": "\\}"}
# Two of these in a row are one other sign; between braces they are two.
PAIRS = ("--", "''", "``", ",,")
LIGATURES = re.compile(r"-(?=-)|'(?=')|`(?=`)|,(?=,)")
# One class of signs, which is looked for far faster than alternatives.
UNSAFE = re.compile(r"[\\{}~^<>&%$#_]")
# In a list of names these part names, or end the list.
LONE_WORDS = {"and", "others"}
NAME_WORDS = re.compile(r"\s(?:and|others)\s", re.IGNORECASE)
# A word that no style may write otherwise; the first letter of a title is safe where it is large.
CASED = re.compile(r"[^\W\d_]")
# Behind it a style begins anew with a large letter.
END_OF_PART = re.compile(r"[:?!.–—-][\"'”’)\]]*$")


PAIRED = ESCAPES | IN_PAIRS


def escaped(text: str) -> str:
    """Text with nothing in it that LaTeX would run or join."""
    if UNSAFE.search(text):
        signs = PAIRED if _braces_pair(text) else ESCAPES
        text = UNSAFE.sub(lambda sign: signs[sign[0]], text)
    if any(pair in text for pair in PAIRS):
        return LIGATURES.sub(r"\g<0>{}", text)
    return text


def _has_no_brace(text: str) -> bool:
    return "{" not in text and "}" not in text


def _braces_pair(text: str) -> bool:
    if _has_no_brace(text):
        return True
    depth = 0
    for sign in re.findall("[{}]", text):
        depth += 1 if sign == "{" else -1
        if depth < 0:
            return False
    return depth == 0


def title(text: str) -> str:
    """A title with each word in braces whose letters a style would change: MIBG, Neuroblastoma,
    p53, and the small one that begins it or follows a colon.

    Braces around the whole would do it for some readers and undo it for others: Better BibTeX's
    parser takes them for a habit of the writer, and makes neuroblastoma of Neuroblastoma.
    """
    pieces = list(words(text))
    if not (_has_no_brace(text) or all(_braces_pair(piece) for piece, _ in pieces)):
        return braced(text)
    begins = [True, *(_ends_a_part(piece) for piece, _ in pieces[::2])]
    return "".join(
        piece if place % 2 else _word(piece, is_meant, not place, begins[place // 2])
        for place, (piece, is_meant) in enumerate(pieces)
    )


def _ends_a_part(word: str) -> bool:
    return not word[-1:].isalnum() and END_OF_PART.search(word) is not None


def _word(word: str, is_meant: bool, is_first: bool, begins: bool) -> str:
    if not (begins or is_meant) and word.islower() and word.isalpha():  # as most are
        return word
    rest = word[1:] if is_first and word[:1].isupper() else word
    first = CASED.search(word)
    begins_small = begins and first is not None and first[0].islower()
    if is_meant or begins_small or rest != rest.lower():
        return braced(word)
    return escaped(word)


def name_part(text: str) -> str:
    """A family name or given names; what would be parted is in braces."""
    text = one_line(text)
    if text.isalpha() and text.lower() not in LONE_WORDS:  # as nearly all are
        return text
    if "," in text or NAME_WORDS.search(f" {text} "):
        return braced(text)
    return escaped(text)


def family(text: str) -> str:
    """Readers take a word in small letters, and all before it, for particles: of Costa e Silva,
    "Costa e"; and of al-Fawaz one. PubMed's family name is one."""
    if text.isalpha():
        return name_part(text)
    parts = re.split(r"[\s-]+", one_line(text))
    return braced(text) if parts[1:] and any(p[:1].islower() for p in parts) else name_part(text)


def braced(text: str) -> str:
    return f"{{{escaped(one_line(text))}}}"
