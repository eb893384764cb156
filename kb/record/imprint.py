"""What a record of NCBI's Bookshelf says of the making of its book. Pure.

Structure as in NLM's DTD (pubmed_260101.dtd).
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from kb.record.article import Imprint
from kb.record.markup import child_text, text_of

BOOKSHELF_ID = re.compile("NBK[0-9]+")


def imprint(document: Element, book: Element) -> Imprint:
    numbers = [
        text_of(number)
        for number in document.findall("ArticleIdList/ArticleId")
        if number.get("IdType") == "bookaccession"
    ]
    return Imprint(
        publisher=child_text(book, "Publisher/PublisherName"),
        publisher_place=child_text(book, "Publisher/PublisherLocation"),
        edition=child_text(book, "Edition"),
        series=child_text(book, "CollectionTitle"),
        isbn=" ".join(filter(None, map(text_of, book.findall("Isbn")))) or None,
        bookshelf_id=next(filter(BOOKSHELF_ID.fullmatch, numbers), None),
    )
