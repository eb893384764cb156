"""kb.record.recordset: cutting a stream of PubMed XML into whole records."""

from __future__ import annotations

import codecs
import gzip
import io
import os
import tracemalloc
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import InputError
from kb.record.pubmed import parse
from kb.record.recordset import LONGEST_RECORD, Cut, _Cutter, cut, read_file

Seen = tuple[str, int | None, int]


def record(pmid: int, inside: str = "") -> bytes:
    return (
        f'<PubmedArticle><MedlineCitation Status="MEDLINE"><PMID Version="1">{pmid}</PMID>'
        f"<Article><ArticleTitle>Title é {pmid}</ArticleTitle></Article>{inside}"
        "</MedlineCitation></PubmedArticle>"
    ).encode()


def whole(*records: bytes) -> bytes:
    return b'<?xml version="1.0"?><PubmedArticleSet>\n%s\n</PubmedArticleSet>' % b"\n".join(records)


class Dribble(io.BufferedIOBase):
    """A stream that gives as few bytes at a time as the sizes say, as networks and gzip do."""

    def __init__(self, data: bytes, sizes: list[int]) -> None:
        self.data = io.BytesIO(data)
        self.sizes = cycle(sizes)

    def read1(self, size: int = -1, /) -> bytes:
        return self.data.read(min(size, next(self.sizes)))


def outcome(pieces: Iterator[Cut]) -> tuple[list[Cut], str]:
    """All pieces, and the message of the error that ended them."""
    found: list[Cut] = []
    try:
        found.extend(pieces)
    except InputError as error:
        return found, str(error)
    return found, ""


def seen(data: bytes) -> list[Seen]:
    return [(piece.kind, piece.pmid, piece.number) for piece in cut(io.BytesIO(data), "set.xml")]


def refusal(data: bytes) -> tuple[list[int | None], str]:
    """PMIDs of the records that came before the error, and what it says."""
    found, said = outcome(cut(io.BytesIO(data), "set.xml"))
    assert said.startswith("set.xml: ")
    return [piece.pmid for piece in found if piece.kind == "record"], said


# What is a record


def test_records_are_cut_out_in_order_with_their_own_bytes() -> None:
    first, second = record(7), record(5)
    found = list(cut(io.BytesIO(whole(first, second)), "set.xml"))

    assert [piece.xml for piece in found] == [first, second]
    assert [(piece.pmid, piece.number, piece.problem) for piece in found] == [
        (7, 1, ""),
        (5, 2, ""),
    ]


def test_articles_books_and_bare_citations_are_records() -> None:
    book = b"<PubmedBookArticle><BookDocument><PMID>8</PMID></BookDocument></PubmedBookArticle>"
    bare = b"<MedlineCitation><PMID>9</PMID><Article/></MedlineCitation>"

    assert seen(whole(record(7), book, bare)) == [
        ("record", 7, 1),
        ("record", 8, 2),
        ("record", 9, 3),
    ]


@pytest.mark.parametrize("root", ["MedlineCitationSet", "PubmedArticleSet", "PubmedBookArticleSet"])
def test_all_roots_of_pubmed_are_read_and_an_empty_set_is_fine(root: str) -> None:
    bare = "<MedlineCitation><PMID>9</PMID><Article/></MedlineCitation>"

    assert seen(f"<{root}>{bare}</{root}>".encode()) == [("record", 9, 1)]
    assert seen(f"<{root}/>".encode()) == []
    assert seen(f'<?xml version="1.0"?>\n<!DOCTYPE {root}>\n<{root}></{root}>\n'.encode()) == []


def test_a_single_record_may_be_the_root() -> None:
    assert seen(record(7)) == [("record", 7, 1)]
    assert seen(b'<?xml version="1.0"?>\n' + record(7) + b"\n") == [("record", 7, 1)]


def test_the_pmid_is_the_records_own_not_that_of_a_paper_it_comments_on() -> None:
    commented = record(7, "<CommentsCorrectionsList><PMID>1</PMID></CommentsCorrectionsList>")
    without = commented.replace(b'<PMID Version="1">7</PMID>', b"")

    assert seen(whole(commented, without)) == [("record", 7, 1), ("broken", None, 2)]


def test_comments_before_the_pmid_do_not_hide_it() -> None:
    commented = record(7).replace(b"<MedlineCitation", b"<!-- a --> <?b c?><MedlineCitation")
    commented = commented.replace(b"<PMID", b"\n<!-- <PMID>6</PMID> -->\n<PMID")

    assert seen(whole(commented)) == [("record", 7, 1)]


def test_deleted_pmids_are_told_apart_from_records() -> None:
    deleted = (
        b"<DeleteCitation><!-- <PMID>13</PMID> --><PMID Version='1'>11</PMID>\n"
        b"<PMID> 0012 </PMID></DeleteCitation><DeleteDocument><PMID>14</PMID></DeleteDocument>"
    )

    assert seen(whole(record(7), deleted)) == [
        ("record", 7, 1),
        ("deleted", 11, 1),
        ("deleted", 12, 1),
        ("deleted", 14, 1),
    ]


@pytest.mark.parametrize("pmid", ["", "0", "eleven", "PMC11"])
def test_a_deletion_that_names_no_pmid_is_broken(pmid: str) -> None:
    deleted = f"<DeleteCitation><PMID>{pmid}</PMID></DeleteCitation>".encode()
    (found,) = cut(io.BytesIO(whole(deleted)), "set.xml")

    assert (found.kind, found.problem) == ("broken", f"its DeleteCitation names {pmid!r}")


def test_a_deletion_that_is_not_well_formed_deletes_nothing() -> None:
    found = seen(whole(b"<DeleteCitation><PMID>11</PMID><PMID>12</DeleteCitation>", record(7)))

    assert found == [("broken", None, 0), ("record", 7, 1)]


def test_record_tags_in_comments_cdata_and_instructions_are_no_tags() -> None:
    hidden = (
        "<!-- <PubmedArticle> </PubmedArticle> --><![CDATA[</PubmedArticle>]]><?x <PubmedArticle>?>"
    )
    outside = b"<!-- <PubmedArticle><MedlineCitation><PMID>1</PMID> --><?y </PubmedArticleSet>?>"
    found = list(cut(io.BytesIO(whole(outside, record(7, hidden), outside)), "set.xml"))

    assert [(piece.kind, piece.pmid, piece.xml) for piece in found] == [
        ("record", 7, record(7, hidden))
    ]


def test_prefixes_declared_on_the_root_are_good_in_its_records() -> None:
    formula = (
        "<Abstract><AbstractText>x<mml:math><mml:mi>y</mml:mi></mml:math></AbstractText></Abstract>"
    )
    data = whole(record(7).replace(b"</Article>", formula.encode() + b"</Article>"))
    data = data.replace(
        b"<PubmedArticleSet", b'<PubmedArticleSet xmlns:mml="http://www.w3.org/1998/Math/MathML"'
    )
    (found,) = cut(io.BytesIO(data), "set.xml")

    assert found.kind == "record"
    assert parse(found.xml).abstract == "xy"


# Broken records among good ones


@pytest.mark.parametrize(
    ("breaking", "problem"),
    [
        ((b"</MedlineCitation>", b""), "mismatched tag, line 1 of the record"),
        ((b"</ArticleTitle>", b"\n</Wrong>"), "mismatched tag, line 2 of the record"),
        ((b"Title \xc3\xa9", b"&nbsp;"), "undefined entity, line 1 of the record"),
        ((b"Title \xc3\xa9", b"a & b"), "not well-formed (invalid token), line 1 of the record"),
        ((b"Title \xc3\xa9", b"\x00"), "not well-formed (invalid token), line 1 of the record"),
        ((b"Title \xc3\xa9", b"caf\xe9"), "bytes that are no UTF-8, line 1 of the record"),
        (
            (b"Title \xc3\xa9", b"&#0;"),
            "reference to invalid character number, line 1 of the record",
        ),
        ((b"Title \xc3\xa9", b"<q:a/>"), "unbound prefix, line 1 of the record"),
        ((b">7</PMID>", b">0</PMID>"), "it does not begin with a PMID of its own"),
        ((b">7</PMID>", b"></PMID>"), "it does not begin with a PMID of its own"),
        ((b">7</PMID>", b">seven</PMID>"), "it does not begin with a PMID of its own"),
    ],
)
def test_a_broken_record_is_named_and_its_neighbours_are_good(
    breaking: tuple[bytes, bytes], problem: str
) -> None:
    first, broken, last = cut(
        io.BytesIO(whole(record(6), record(7).replace(*breaking), record(8))), "set.xml"
    )

    assert (first.kind, first.pmid, last.kind, last.pmid) == ("record", 6, "record", 8)
    assert (broken.kind, broken.number, broken.problem) == ("broken", 2, problem)
    assert broken.pmid == (None if "PMID" in problem else 7)


@pytest.mark.parametrize("lost", [b"</PubmedArticle>", b"</MedlineCitation></PubmedArticle>"])
def test_the_record_behind_one_that_lost_its_end_is_good(lost: bytes) -> None:
    damaged = record(7).removesuffix(lost)

    assert seen(whole(record(6), damaged, record(8), damaged, b"<DeleteCitation/>", record(9))) == [
        ("record", 6, 1),
        ("broken", 7, 2),
        ("record", 8, 3),
        ("broken", 7, 4),
        ("record", 9, 5),
    ]


# What is refused, and what came before


def test_a_file_that_ends_in_a_record_says_in_which() -> None:
    data = whole(record(6), record(7))[: -len(b"</MedlineCitation></PubmedArticle></Pub")]
    pmids, said = refusal(data.removesuffix(b"</MedlineCitation></PubmedArticle>\n</P"))

    assert pmids == [6]
    assert said == (
        "set.xml: cut in the middle of record 2 (PMID 7), after record 1 (PMID 6). "
        "What came before was read. Fetch the file again."
    )


def test_a_file_that_ends_before_the_pmid_of_a_record_says_so() -> None:
    pmids, said = refusal(b"<PubmedArticleSet><PubmedArticle><MedlineCit")

    assert pmids == []
    assert "cut in the middle of record 1 (PMID not reached), before its first record" in said


@pytest.mark.parametrize("rest", [b"", b"\n<PubmedArt", b"\n<!-- a comm", b"\n", b"</Pubm"])
def test_a_file_that_ends_between_records_says_after_which(rest: bytes) -> None:
    pmids, said = refusal(b"<PubmedArticleSet>" + record(6) + record(7) + rest)

    assert pmids == [6, 7]
    assert said == (
        "set.xml: cut after record 2 (PMID 7): </PubmedArticleSet> never comes. "
        "What came before was read. Fetch the file again."
    )


@pytest.mark.parametrize("data", [b"", b"\n ", b"\xef\xbb\xbf", b'<?xml version="1.0"?>', b"<Pub"])
def test_an_empty_file_is_no_set_without_records(data: bytes) -> None:
    pmids, said = refusal(data)

    assert pmids == []
    assert "the file is empty or ends before its first element. Fetch it again." in said


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"<!DOCTYPE html><html><body>Error</body></html>", "its first element is <html>"),
        (b"<html>\n<head><meta charset=utf-8></head>", "its first element is <html>"),
        (b"<eFetchResult><ERROR>no</ERROR></eFetchResult>", "its first element is <eFetchResult>"),
        (b"<pmc-articleset><article/></pmc-articleset>", "its first element is <pmc-articleset>"),
        (b"<Set>" + record(7) + b"</Set>", "its first element is <Set>"),
        (b'{"error": "API rate limit exceeded"}', "not PubMed XML before its first record"),
        (b"PMID- 7\nTI  - A title", "not PubMed XML before its first record"),
        (b"PK\x03\x04", "not PubMed XML before its first record"),
    ],
)
def test_what_is_no_pubmed_xml_is_refused_before_a_record_is_read(data: bytes, why: str) -> None:
    pmids, said = refusal(data)

    assert pmids == []
    assert why in said
    assert said.endswith(("name another file.", "or name another one."))


@pytest.mark.parametrize("junk", [b"</Wrong>", b"\x00", b"caf\xe9", b"&x;", b"<a b></a>"])
def test_junk_between_records_ends_the_file_there(junk: bytes) -> None:
    pmids, said = refusal(whole(record(6), record(7), junk, record(8)))

    assert pmids == [6, 7]
    assert "not PubMed XML after record 2 (PMID 7): " in said


def test_a_second_document_behind_the_first_is_not_passed_over() -> None:
    pmids, said = refusal(whole(record(6)) + b"\n" + whole(record(7)))

    assert pmids == [6]
    assert "after record 1 (PMID 6)" in said


LONG = "x" * 20_000


@pytest.mark.parametrize(
    "inside",
    [LONG, f"<!-- {LONG} -->", f"<![CDATA[{LONG}]]>", f"<?x {LONG}?>", f"<a>{LONG}</a>" * 3],
)
def test_a_record_that_is_longer_than_any_is_named_and_the_rest_goes_on(
    monkeypatch: pytest.MonkeyPatch, inside: str
) -> None:
    assert LONGEST_RECORD > 10 << 20
    monkeypatch.setattr("kb.record.recordset.LONGEST_RECORD", 9000)
    data = whole(record(6), record(7, inside), record(8))
    found = list(cut(Dribble(data, [700]), "set.xml"))

    assert [(piece.kind, piece.pmid) for piece in found] == [
        *(("record", 6), ("broken", 7), ("record", 8)),
    ]
    assert found[1].problem == "it is longer than 9,000 bytes, as no record of PubMed's is"
    assert found[1].xml == b""


def test_a_longer_stretch_without_an_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.record.recordset.LONGEST_RECORD", 1000)
    data = whole(record(6), record(7, LONG))
    pmids, said = refusal(data.replace(b"</PubmedArticle>", b""))
    assert pmids == []
    assert "cut in the middle of record 2 (PMID 7)" in said
    assert "a tag of more than" in refusal(whole(record(6)) + b"<x " + LONG.encode())[1]


def test_a_long_comment_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked = []
    behind = _Cutter._behind_the_awaited

    def counted(cutter: _Cutter, data: bytes) -> int:
        looked.append(len(data))
        return behind(cutter, data)

    monkeypatch.setattr(_Cutter, "_behind_the_awaited", counted)
    data = whole(record(7, f"<!-- {LONG} -->"))
    assert [piece.pmid for piece in cut(Dribble(data, [500]), "set.xml")] == [7]
    assert sum(looked) < 1.2 * len(data)


@pytest.mark.parametrize(
    ("inside", "problem"),
    [
        (
            b"<ERROR>Unable to obtain\n query #1</ERROR>",
            "<ERROR> stands in <PubmedArticleSet> and is no record; it says: Unable to obtain "
            "query #1",
        ),
        (
            b'<p:PubmedArticle xmlns:p="p"><p:PMID>7</p:PMID></p:PubmedArticle>' * 3,
            "<p:PubmedArticle> stands in <PubmedArticleSet> and is no record; it says: 777",
        ),
        (b"<DocumentSummary/>", "<DocumentSummary> stands in <PubmedArticleSet> and is no record"),
    ],
)
def test_what_stands_among_records_and_is_none_is_told_beside_them(
    inside: bytes, problem: str
) -> None:
    for data, kinds in (
        (whole(inside), ["broken"]),
        (whole(record(6), inside, record(8)), ["record", "record", "broken"]),
    ):
        found = list(cut(io.BytesIO(data), "set.xml"))
        assert [piece.kind for piece in found] == kinds
        assert found[-1].problem == problem


# Entities


RECORD_IN_ENTITY = "<!ENTITY x '" + record(7).decode().replace("'", '"') + "'>"
LAUGHS = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))


@pytest.mark.parametrize(
    "subset",
    [
        '<!ENTITY x SYSTEM "file://{secret}">',
        '<!ENTITY % x SYSTEM "file://{secret}"> %x;',
        '<!ENTITY l0 "ha">' + LAUGHS,
        RECORD_IN_ENTITY,
        "<!ELEMENT PubmedArticleSet ANY>",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1"])
def test_a_doctype_that_declares_anything_is_refused_before_a_record_is_read(
    subset: str, encoding: str, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    os.mkfifo(secret)  # whoever opened it would wait for ever
    doctype = f"<!DOCTYPE PubmedArticleSet [{subset.format(secret=secret)}]>"
    text = f'<?xml version="1.0" encoding="{encoding}"?>{doctype}' + whole(
        record(7, "&x;&l9;")
    ).decode().removeprefix('<?xml version="1.0"?>')
    pmids, said = refusal(text.encode(encoding))

    assert pmids == []
    assert "its DOCTYPE declares entities or elements of its own" in said


def test_the_dtd_that_a_doctype_names_is_never_read(tmp_path: Path) -> None:
    dtd = tmp_path / "pubmed.dtd"
    os.mkfifo(dtd)
    doctype = f'<!DOCTYPE PubmedArticleSet SYSTEM "file://{dtd}">'.encode()

    assert seen(doctype + whole(record(7)).removeprefix(b'<?xml version="1.0"?>')) == [
        ("record", 7, 1)
    ]


# Encodings


@pytest.mark.parametrize(
    ("encoding", "bom"),
    [
        ("utf-8", b""),
        ("utf-8", codecs.BOM_UTF8),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
        ("iso-8859-1", b""),
        ("windows-1252", b""),
    ],
)
def test_records_are_utf_8_whatever_encoding_the_file_has(encoding: str, bom: bytes) -> None:
    text = whole(record(7), record(8)).decode()
    text = text.replace('"1.0"', f'"1.0" encoding="{encoding.removesuffix("-le")}"')
    found = list(cut(io.BytesIO(bom + text.encode(encoding)), "set.xml"))

    assert [piece.xml for piece in found] == [record(7), record(8)]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("declared", ["", ' encoding="UTF-16"', ' encoding="utf-8"'])
def test_utf_16_without_a_mark_is_told_by_its_first_sign(encoding: str, declared: str) -> None:
    text = whole(record(7)).decode().replace('"1.0"', f'"1.0"{declared}')
    found = list(cut(io.BytesIO(text.encode(encoding)), "set.xml"))
    assert [piece.xml for piece in found] == [record(7)]


def test_a_byte_order_mark_outweighs_a_declaration() -> None:
    data = codecs.BOM_UTF8 + whole(record(7)).replace(b'"1.0"', b'"1.0" encoding="iso-8859-1"')

    assert [piece.xml for piece in cut(io.BytesIO(data), "set.xml")] == [record(7)]


@pytest.mark.parametrize(
    "encoding",
    [
        *("utf-16", "utf-32", "klingon", "base64", "rot13", "cp037", "undefined"),
        *("idna", "unicode_escape", "raw_unicode_escape", "hz", "utf-7", "punycode", "mbcs"),
    ],
)
def test_an_encoding_that_the_declaration_itself_is_not_in_is_refused(encoding: str) -> None:
    pmids, said = refusal(
        whole(record(7)).replace(b'"1.0"', f'"1.0" encoding="{encoding}"'.encode())
    )

    assert pmids == []
    assert f"declares the encoding {encoding!r}, in which it cannot be. Convert it to" in said


def test_bytes_that_the_encoding_does_not_have_are_told() -> None:
    text = whole(record(7)).decode().encode("utf-16")

    assert "is not in utf-16" in refusal(text[:-1])[1]
    data = whole(record(7)).replace(b'"1.0"', b'"1.0" encoding="windows-1252"')
    assert "is not in charmap as it declares" in refusal(data.replace(b"Title", b"\x81"))[1]


# Streams and files


PIECES = st.sampled_from(
    [
        record(7),
        record(8, "<!-- </PubmedArticle> -->"),
        record(9, "<![CDATA[<PubmedArticle>]]>"),
        record(10).removesuffix(b"</PubmedArticle>"),
        record(11).replace(b"Title", b"&nbsp;\x00"),
        b"<MedlineCitation><PMID>12</PMID></MedlineCitation>",
        b"<DeleteCitation><PMID>13</PMID></DeleteCitation>",
        b"<DeleteCitation/>",
        b"<!-- <PubmedArticle> -->",
        b"<?pi <PubmedArticle>?>",
        b"<Other>text > and</Other>",
        b"</PubmedArticle>",
        b"\r\n",
    ]
)


@st.composite
def sets(draw: st.DrawFn) -> bytes:
    data = whole(*draw(st.lists(PIECES, max_size=5)))
    if draw(st.booleans()):
        data = data.decode().encode("utf-16")
    return data[: draw(st.integers(0, len(data)))] if draw(st.booleans()) else data


@given(sets(), st.lists(st.integers(1, 40), min_size=1, max_size=5))
def test_the_cuts_do_not_depend_on_how_the_bytes_come(data: bytes, sizes: list[int]) -> None:
    assert outcome(cut(Dribble(data, sizes), "set.xml")) == outcome(
        cut(io.BytesIO(data), "set.xml")
    )


@given(st.integers(0, 2000))
def test_whatever_a_truncated_file_holds_of_whole_records_is_read(length: int) -> None:
    data = whole(*map(record, range(1, 9)))[:length]
    found, said = outcome(cut(io.BytesIO(data), "set.xml"))

    assert [piece.pmid for piece in found] == list(range(1, 1 + data.count(b"</PubmedArticle>")))
    assert bool(said) == (b"</PubmedArticleSet>" not in data)


def test_gzip_is_known_by_its_bytes_and_not_by_its_name(tmp_path: Path) -> None:
    plain, packed = tmp_path / "plain.xml.gz", tmp_path / "packed.xml"
    plain.write_bytes(whole(record(7)))
    # Two members, as one gets by cat a.gz b.gz.
    middle = len(whole(record(7))) // 2
    packed.write_bytes(
        gzip.compress(whole(record(7))[:middle]) + gzip.compress(whole(record(7))[middle:])
    )

    assert [piece.xml for piece in read_file(plain)] == [record(7)]
    assert [piece.xml for piece in read_file(packed)] == [record(7)]


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    path = tmp_path / "set.xml.gz"
    # Not compressed, so that a place in the file is a place in the text.
    path.write_bytes(gzip.compress(whole(*map(record, range(1, 9))), compresslevel=0))
    return path


@pytest.mark.parametrize("kept", [0.5, 0.9])
def test_a_cut_gzip_file_gives_what_it_holds_and_says_where_it_ends(
    packed: Path, kept: float
) -> None:
    data = packed.read_bytes()
    data = data[: int(len(data) * kept)]
    packed.write_bytes(data)
    found, said = outcome(read_file(packed))

    last = data.count(b"</PubmedArticle>")
    assert [piece.pmid for piece in found] == list(range(1, last + 1))
    assert f"{packed}: the compressed file is damaged or cut after record {last}" in said


def test_a_flipped_byte_in_a_gzip_file_is_told(packed: Path) -> None:
    packed.write_bytes(packed.read_bytes().replace(b"Title", b"Tidle", 1))

    with pytest.raises(InputError, match="the compressed file is damaged or cut"):
        list(read_file(packed))


@pytest.mark.parametrize("length", [3, 12])
def test_a_gzip_file_cut_in_its_head_is_told(packed: Path, length: int) -> None:
    packed.write_bytes(packed.read_bytes()[:length])

    with pytest.raises(InputError, match="before its first record"):
        list(read_file(packed))


def test_a_file_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=f"{tmp_path}: cannot be read"):
        list(read_file(tmp_path))
    with pytest.raises(InputError, match=r"absent.xml: cannot be read \(No such file"):
        list(read_file(tmp_path / "absent.xml"))


def test_memory_does_not_grow_with_the_file_and_a_giant_record_costs_a_few_times_its_size(
    tmp_path: Path,
) -> None:
    giant = record(
        7, "<OtherAbstract><AbstractText>word</AbstractText></OtherAbstract>\n" * 300_000
    )
    small = record(8, "x" * 10_000)
    many, one = tmp_path / "many.xml.gz", tmp_path / "one.xml.gz"
    many.write_bytes(gzip.compress(whole(*[small] * 2000), compresslevel=1))
    one.write_bytes(gzip.compress(whole(giant), compresslevel=1))

    def peak(path: Path, number: int) -> int:
        tracemalloc.start()
        try:
            assert sum(piece.kind == "record" for piece in read_file(path)) == number
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak(many, 2000) < 8e6 < 2000 * len(small)
    assert peak(one, 1) < 4 * len(giant)


def test_the_fixture_of_oddities_is_read_whole(oddities: Path) -> None:
    found = list(read_file(oddities))

    assert [piece.pmid for piece in found if piece.kind == "record"] == [
        *range(990001000, 990001010)
    ]
    assert [piece.pmid for piece in found if piece.kind == "deleted"] == [990001090, 990001091]
    assert [piece for piece in found if piece.kind == "broken"] == []


@pytest.fixture
def oddities() -> Path:
    return Path(__file__).parents[2] / "fixtures" / "oddities.xml"
