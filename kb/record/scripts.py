"""Superscripts and subscripts in plain text, so that none of them changes a number. Pure.

``10<sup>4</sup>`` is 10⁴, ``m<sup>2</sup>`` m², ``2.1<sup>3</sup>`` the value 2.1 with a footnote:
``2.1 ^3``. A mark stands set apart behind ``^`` where it belongs to no unit and no symbol; isotopes
(123I, I131), letters (3rd), signs (CD4+) and indices behind letters (H2O, SUVmax) are written as
people type them. What Unicode has no raised or lowered form of stands behind ``^`` or ``_``.
"""

from __future__ import annotations

import re

# Around what is raised or lowered, until all of the text is known. XML can hold none of these.
RAISED, LOWERED = ("\x01", "\x02"), ("\x03", "\x04")
MARKS = re.compile("[\x01-\x04]")
INNERMOST = re.compile(
    "(?P<gap>[ \t\r\n]*)\x01(?P<raised>[^\x01-\x04]*)\x02|\x03(?P<lowered>[^\x01-\x04]*)\x04"
)
# So many characters tell what a mark belongs to.
BEFORE, AFTER = 24, 4

SUPERSCRIPT = str.maketrans("0123456789+-−–=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁼⁽⁾ⁿⁱ")
SUBSCRIPT = str.maketrans("0123456789+-−–=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₋₌₍₎")
WITH_SUPERSCRIPT = re.compile(r"[+\-−–]?[0-9]{1,4}[+\-−–]?|[ni]")
WITH_SUBSCRIPT = re.compile(r"[+\-−–]?[0-9]+[+\-−–]?")
DIGITS = re.compile("[0-9]{1,4}")
# Several notes, or one: 1,2 and 3-7,10; a letter or letters.
NUMBERED_NOTE = re.compile(r"[0-9][0-9,;\s\-–]*")
LETTERED_NOTE = re.compile(r"[a-z](?:,\s?[a-z])*")
ORDINAL = re.compile("st|nd|rd|th", re.IGNORECASE)
SIGNS = {"TM": "™", "SM": "℠"}
DEGREE = re.compile("[oO0°º˚]")
TEMPERATURE = re.compile(r"\s?[CF](?![A-Za-z])")

# What the text ends in before a mark.
TEN = re.compile(r"(?<![\w.,])10$|[×x]\s?10$")
NUMBER = re.compile(r"(?<![^\W_])[.,]?[0-9](?:[0-9.,]*[0-9])?%?$")
SYMBOL = re.compile(r"(?<![^\W_])(?:[kdcmnµμ]?m|[^\W\d_])$")
WORD = re.compile(r"[^\W\d_]{4,}$|[)\]}.,;:!?'\"’”%]$")
ELEMENT_LAST = re.compile(r"(?<![A-Za-z])([A-Z][a-z]?)$")
ELEMENT_NEXT = re.compile(r"\s?([A-Z][a-z]?)(?![a-z])")
MASS = re.compile("([0-9]{1,3})m?[0-9]?")
OPENING = "([{/-–—"

# White space of XML; any other kind is kept.
WHITE = " \t\r\n"

# The symbols of the elements by their atomic number.
SYMBOLS = re.findall(
    "[A-Z][a-z]?",
    "H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br"
    " Kr Rb Sr Y ZrNbMo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho"
    " Er Tm Yb Lu Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U Np Pu Am Cm",
)
ATOMIC_NUMBER = {symbol: number for number, symbol in enumerate(SYMBOLS, start=1)}
# The mass numbers of nuclides in use, by atomic number: from 11C, 13N and 31P to 241Am.
LEAST_MASS, MOST_MASS = 1.7, 2.75


def marked(text: str, of: tuple[str, str]) -> str:
    """A piece of text that is RAISED or LOWERED."""
    return f"{of[0]}{text}{of[1]}"


def plain_scripts(text: str) -> str:
    """The text with all that is marked in it written out; marks within marks are read from the
    inside, two deep."""
    for _ in range(2):
        text = INNERMOST.sub(_written, text)
    return MARKS.sub("", text)


def _written(match: re.Match[str]) -> str:
    start, end = match.span()
    before = MARKS.sub("", match.string[max(0, start - BEFORE) : start])
    after = match.string[end : end + AFTER]
    if match["lowered"] is not None:
        return _lowered(before, match["lowered"], after)
    if match.string[start - 1 : start] == LOWERED[1] and not match["gap"]:
        return _over_index(match["raised"])
    return _raised(before, match["gap"], match["raised"], after)


def _over_index(inside: str) -> str:
    """What stands above an index belongs to the same symbol."""
    mark = inside.strip(WHITE)
    if WITH_SUPERSCRIPT.fullmatch(mark):
        return mark.translate(SUPERSCRIPT)
    return f"^{mark}" if mark[:1].isalnum() else inside


def _lowered(before: str, inside: str, after: str) -> str:
    """An index joins the letters before it; between digits it is set off."""
    mark = inside.strip(WHITE)
    meets = (before[-1:].isdigit() and mark[:1].isdigit()) or (
        mark[-1:].isdigit() and re.match(r"\.?[0-9]", after) is not None
    )
    if not meets:
        return inside
    return mark.translate(SUBSCRIPT) if WITH_SUBSCRIPT.fullmatch(mark) else f"_{mark} "


def _raised(before: str, gap: str, inside: str, after: str) -> str:
    mark = inside.strip(WHITE)
    if not mark or _is_isotope(before, gap, mark, after):
        return gap + inside
    if mark in SIGNS:
        return gap + SIGNS[mark]
    if DEGREE.fullmatch(mark) and before[-1:].isdigit() and TEMPERATURE.match(after):
        return f"{gap}°"
    if TEN.search(before):
        return _exponent(mark, after)
    if before[-1:].isdigit():
        return _behind_digit(before, gap, mark, inside)
    return _behind_letter(before, gap, mark, inside, after)


def _is_isotope(before: str, gap: str, mark: str, after: str) -> bool:
    """123I and I123: a mass number beside the symbol of its element."""
    mass = MASS.fullmatch(mark)
    if mass is None:
        return False
    following, last = ELEMENT_NEXT.match(after), ELEMENT_LAST.search(before)
    if following and (gap or not before[-1:].isdigit()) and _is_mass(mass[1], following[1]):
        return True
    return not gap and last is not None and _is_mass(mass[1], last[1])


def _is_mass(mass: str, symbol: str) -> bool:
    number = ATOMIC_NUMBER.get(symbol, 0)
    if number == 1:
        return mass in ("1", "2", "3")
    return LEAST_MASS * number <= int(mass) <= MOST_MASS * number


def _exponent(mark: str, after: str) -> str:
    """The power of ten, without the space that some publishers put before it."""
    if ORDINAL.fullmatch(mark):
        return mark
    if WITH_SUPERSCRIPT.fullmatch(mark):
        return mark.translate(SUPERSCRIPT)
    return f"^{mark}" + (" " if after[:1].isalnum() else "")


def _behind_digit(before: str, gap: str, mark: str, inside: str) -> str:
    is_number = NUMBER.search(before) is not None
    if (is_number and ORDINAL.fullmatch(mark)) or mark[0] == "[":
        return gap + inside
    if not is_number and WITH_SUPERSCRIPT.fullmatch(mark) and not DIGITS.fullmatch(mark):
        return gap + mark.translate(SUPERSCRIPT)
    is_signed = len(mark) > 1 and mark[0] in "(+-−–"
    if mark[0].isdigit() or (is_number and is_signed):
        return f"{gap or ' '}^{mark}"
    return gap + inside


def _behind_letter(before: str, gap: str, mark: str, inside: str, after: str) -> str:
    is_digits = DIGITS.fullmatch(mark) is not None
    if SYMBOL.search(before) and is_digits:
        return gap + mark.translate(SUPERSCRIPT)
    if WITH_SUPERSCRIPT.fullmatch(mark) and not is_digits and not mark.isalpha():
        return gap + mark.translate(SUPERSCRIPT)
    if before[-1:] in OPENING or not before.strip():
        return gap + inside + (" " if mark[-1].isdigit() and after[:1].isdigit() else "")
    is_word = WORD.search(before) is not None
    if NUMBERED_NOTE.fullmatch(mark):
        return f"{gap or (' ' if is_word else '')}^{mark}" + (" " if after[:1].isalnum() else "")
    if is_word and LETTERED_NOTE.fullmatch(mark) and not after[:1].isalnum():
        return f"{gap or ' '}^{mark}"
    return gap + inside
