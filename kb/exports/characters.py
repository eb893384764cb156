"""Text made fit for files that cannot hold every character; what is replaced stays visible."""

from __future__ import annotations

import re

# A control character becomes the sign that stands for it: U+0001 becomes ␁.
SIGNS = {n: 0x2400 + n for n in range(32)}
# What XML 1.0 cannot hold in any form, not even escaped.
NO_CHARACTERS = {0xFFFE: 0xFFFD, 0xFFFF: 0xFFFD}
NOT_IN_XML = {n: sign for n, sign in SIGNS.items() if chr(n) not in "\t\n\r"} | NO_CHARACTERS
# A bare carriage return is read as a line feed (XML 1.0, section 2.11), the others so by readers
# that go by XML 1.1; a reference stays what it is.
XML_REFERENCES = {"\r": "&#13;", "\x85": "&#133;", "\u2028": "&#8232;"}
# Whatever any reader takes for the end of a line.
BREAKS = re.compile(r"[\t-\r\x1c-\x1e\x85\u2028\u2029]+")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ufffe\uffff]")
CONTROLS = SIGNS | dict.fromkeys(range(127, 160), 0xFFFD) | NO_CHARACTERS


def one_line(text: str) -> str:
    """Line ends and tabs become a space, other control characters their sign."""
    # Nearly all text is, and looking is far cheaper than replacing sign by sign.
    if text.isprintable():
        return text.strip()
    text = BREAKS.sub(" ", text)
    return (text.translate(CONTROLS) if CONTROL.search(text) else text).strip()


def is_plain(text: str) -> bool:
    """Whether XML takes it as it is: nearly all is, and looking is quicker than replacing."""
    return text.isprintable() and "&" not in text and "<" not in text and ">" not in text
