"""kb.record.imprint: what a book says of its making."""

from __future__ import annotations

from xml.etree.ElementTree import fromstring

from kb.record.article import Imprint
from kb.record.imprint import imprint


def test_a_book_says_who_made_it_and_where_it_can_be_read() -> None:
    document = fromstring(
        "<BookDocument><ArticleIdList><ArticleId IdType='pubmed'>1</ArticleId>"
        "<ArticleId IdType='bookaccession'>NBK2</ArticleId></ArticleIdList></BookDocument>"
    )
    book = fromstring(
        "<Book><Publisher><PublisherName>BIOS</PublisherName>"
        "<PublisherLocation>Oxford</PublisherLocation></Publisher><Edition>2nd</Edition>"
        "<CollectionTitle>Series</CollectionTitle><Isbn>978</Isbn><Isbn>979</Isbn></Book>"
    )
    assert imprint(document, book) == Imprint("BIOS", "Oxford", "2nd", "Series", "978 979", "NBK2")
    assert imprint(fromstring("<BookDocument/>"), fromstring("<Book/>")) == Imprint()
