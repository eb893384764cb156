"""Languages as citation processors want them: ISO 639-1, by which they choose an item's rules."""

from __future__ import annotations

# NLM's codes are those of MARC, ISO 639-2/B; what has no code of two letters is not here.
CODES = """
afr:af alb:sq amh:am ara:ar arm:hy aze:az ben:bn bos:bs bul:bg cat:ca chi:zh cze:cs dan:da
dut:nl eng:en epo:eo est:et fin:fi fre:fr geo:ka ger:de gla:gd gre:el heb:he hin:hi hrv:hr
hun:hu ice:is ind:id ita:it jpn:ja kin:rw kor:ko lat:la lav:lv lit:lt mac:mk mal:ml mao:mi
may:ms nor:no per:fa pol:pl por:pt pus:ps rum:ro rus:ru san:sa slo:sk slv:sl spa:es srp:sr
swe:sv tha:th tur:tr ukr:uk urd:ur vie:vi wel:cy
"""
TWO_LETTERS = {code: short for code, _, short in (c.partition(":") for c in CODES.split())}


# Where an item is in one of these, citeproc-js writes "Cao S. L." for "Cao, S. L.", as these
# scripts have it; PubMed's names are in Latin letters. By the code of three letters it does not.
FAMILY_FIRST = {"chi", "hun", "jpn", "vie"}


def two_letters(languages: str | None) -> str | None:
    """``en`` of ``eng; fre``: the first language that has such a code."""
    codes = map(TWO_LETTERS.get, (languages or "").split("; "))
    return next(filter(None, codes), None)


def of_item(languages: str | None) -> str | None:
    """The same, but three letters where two would turn the names of people around."""
    known = [code for code in (languages or "").split("; ") if code in TWO_LETTERS]
    return known[0] if known and known[0] in FAMILY_FIRST else two_letters(languages)
