"""Clean the identifiers that link papers. What is no identifier becomes None, never a guess."""

from __future__ import annotations

import html
import re
from urllib.parse import unquote_to_bytes

# Half of a pair of surrogates, which JSON can hold, is no character.
DOI = re.compile(r"(?<![0-9])10\.[0-9]{4,9}/[^\s\ud800-\udfff]+")
# As it stands in an address, with its slash encoded or not.
FOUND_DOI = re.compile(r"(?<![0-9])10\.[0-9]{4,9}(?:/|%2[Ff])[^\s\ud800-\udfff]+")
PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")
DOI_PREFIX = re.compile(
    r"^(?:doi[:\s]\s*|(?:https?://)?(?:dx\.|www\.)?doi\.org/\s*|info:doi/)+", re.IGNORECASE
)
# Not html.unescape, which would also read &para in 10.1000/x?a=1&para=2.
ESCAPED = re.compile(r"&(?:amp|lt|gt|quot|#[0-9]{1,6});")
PMCID = re.compile(r"^\s*(?:PMC\s*)?0*([1-9][0-9]{0,9})(?:\.[0-9]+)?\s*$", re.IGNORECASE)
ORCID = re.compile(r"^(?:https?://)?(?:www\.)?(?:orcid\.org/?)?\s*([0-9-]{15,19}[0-9Xx])/?$")
CLOSING = {")": "(", "]": "[", "}": "{", ">": "<"}
LARGEST_PMID = 9_999_999_999  # ten digits; PubMed counts in eight today
PMID = re.compile(r"^\s*0*([1-9][0-9]{0,9})\s*$")


def clean_pmid(value: str) -> int | None:
    """A PMID from printed text; leading zeros are read as NCBI reads them (00000001 is 1)."""
    match = PMID.match(value)
    return int(match[1]) if match else None


def clean_pmcid(value: str) -> str | None:
    """``PMC`` and digits from ``PMC123``, ``pmc123.1`` or a bare number known to be a PMCID."""
    match = PMCID.match(value)
    return f"PMC{match[1]}" if match else None


def clean_doi(value: str) -> str | None:
    """A DOI in lower case (DOI Handbook 2.4: names are case-insensitive) without its resolver.

    Sentence punctuation after it and brackets that it does not open are dropped; the angle
    brackets and semicolons inside a SICI DOI stay. As it stands in an address, percent-encoded, it
    is decoded, once.
    """
    doi = _decoded(DOI_PREFIX.sub("", _unescaped(value).strip()))
    if not DOI.fullmatch(doi):
        return None
    while doi and (doi[-1] in ".,;:'\"" or _unopened(doi)):
        doi = doi[:-1]
    return doi.lower() if DOI.fullmatch(doi) else None


def compared_doi(value: str) -> str:
    """A DOI as it is compared with others; what is none by its form is read as ``clean_doi`` reads
    it, or else is in lower case too. A percent sign in a DOI stays as it is."""
    value = value.strip()
    return value.lower() if DOI.fullmatch(value) else clean_doi(value) or value.lower()


def _unescaped(text: str) -> str:
    return ESCAPED.sub(lambda reference: html.unescape(reference[0]), text)


def _decoded(doi: str) -> str:
    """Without percent-encoding; as it was where that would leave no DOI of visible characters."""
    if not PERCENT.search(doi):
        return doi
    try:
        decoded = unquote_to_bytes(doi).decode().strip()
    except UnicodeError:
        return doi
    return decoded if DOI.fullmatch(decoded) and decoded.isprintable() else doi


def _unopened(doi: str) -> bool:
    last = doi[-1]
    return last in CLOSING and doi.count(last) > doi.count(CLOSING[last])


def find_doi(text: str) -> str | None:
    """The first DOI in a citation text."""
    match = FOUND_DOI.search(_unescaped(text))
    return clean_doi(match[0]) if match else None


def clean_orcid(value: str) -> str | None:
    """An ORCID as 0000-0000-0000-0000 where its check digit is right (ISO 7064, MOD 11-2)."""
    match = ORCID.match(value.strip())
    digits = match[1].replace("-", "").upper() if match else ""
    if len(digits) != 16 or not digits[:15].isdigit():
        return None
    total = 0
    for digit in digits[:15]:
        total = (total + int(digit)) * 2
    check = (12 - total % 11) % 11
    if digits[15] != ("X" if check == 10 else str(check)):
        return None
    return "-".join(digits[start : start + 4] for start in range(0, 16, 4))


def page_range(pages: str) -> tuple[str, str]:
    """First and last page, the last one spelled out: 651-9 is 651 to 659; one page has no last.

    Only plain ranges are spelled out; of anything else (lists, suffixes) the first page is kept.
    """
    first, dash, last = re.sub(r"[–—‐-―−]", "-", pages.split(",")[0]).partition("-")
    first, last = (re.sub(r"(?:;|\.\s|\.$).*$", "", page.strip()) for page in (first, last))
    if not dash or not last:
        return first, ""
    if first.isdigit() and last.isdigit() and len(last) < len(first):
        last = first[: len(first) - len(last)] + last
    return first, last
