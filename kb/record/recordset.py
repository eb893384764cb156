"""Cut a stream of PubMed XML into whole records, without holding it in memory.

A record is the outermost PubmedArticle, PubmedBookArticle or MedlineCitation (the root of older
files holds the last directly). Records are cut out by their tags and parsed one at a time; what
lies between them, with a placeholder for each record, goes through expat, so that a file that is
no PubMed XML, ends early or declares entities is refused although it is never parsed as a whole.
"""

from __future__ import annotations

import codecs
import gzip
import io
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from xml.parsers import expat

from kb.errors import InputError
from kb.ids import clean_pmid
from kb.record.markup import SHELL, record_element, text_of

Kind = Literal["record", "deleted", "broken"]

SET_ROOTS = {"PubmedArticleSet", "MedlineCitationSet", "PubmedBookArticleSet"}
# Comments, CDATA and instructions come first: a tag inside them is no tag. Their second ending,
# the end of the bytes at hand, says that more has to be read before they can be told.
TOKEN = re.compile(
    rb"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<\?.*?(?:\?>|\Z)"
    rb"|<(?P<close>/?)(?P<name>PubmedArticle|PubmedBookArticle|MedlineCitation"
    rb"|DeleteCitation|DeleteDocument)(?=[\s/>])[^<>]*>",
    re.DOTALL,
)
# The record's own PMID is the first child of MedlineCitation or BookDocument (NLM's DTD); every
# other PMID in it belongs to a paper that it cites or comments on.
OWN_PMID = re.compile(
    rb"(?:<(?:PubmedArticle|PubmedBookArticle)[^<>]*>GAP)?<(?:MedlineCitation|BookDocument)[^<>]*>GAP"
    rb"<PMID[^<>]*>\s*([0-9]+)\s*</PMID>".replace(b"GAP", rb"(?>\s+|<!--.*?-->|<\?.*?\?>)*+"),
    re.DOTALL,
)
XML_DECLARATION = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
LONGEST_DECLARATION = 100
CHUNK = 1 << 20
# The heaviest records known are consortium papers of a few megabytes; a longer stretch without an
# end tag is a damaged file, and holding it would cost memory without bound.
LONGEST_RECORD = 64 << 20
ENDED = {
    expat.errors.codes[error]
    for error in (
        expat.errors.XML_ERROR_NO_ELEMENTS,
        expat.errors.XML_ERROR_UNCLOSED_TOKEN,
        expat.errors.XML_ERROR_PARTIAL_CHAR,
    )
}
CUT = "What came before was read. Fetch the file again."


@dataclass(frozen=True)
class Cut:
    """One piece of a record set.

    ``kind`` is ``record`` (``xml`` holds its bytes, UTF-8), ``deleted`` (a PMID of a
    DeleteCitation, no bytes) or ``broken`` (no well-formed record; ``problem`` says why).
    ``number`` counts records from 1; ``pmid`` is None only where a broken record shows none.
    """

    kind: Kind
    pmid: int | None
    number: int
    xml: bytes = b""
    problem: str = ""


def open_xml(path: Path) -> io.BufferedIOBase:
    """Open a file as bytes, unpacked where it is gzip by its first bytes, whatever its name.

    Raises InputError where it cannot be opened.
    """
    try:
        stream = path.open("rb")
    except OSError as error:
        raise InputError(
            f"{path}: cannot be read ({error.strerror}). Check its name and permissions."
        ) from error
    if stream.peek(2)[:2] != b"\x1f\x8b":
        return stream
    stream.close()
    return gzip.GzipFile(path)  # closes its file, unlike one made of a stream


def read_file(path: Path) -> Iterator[Cut]:
    """All pieces of a file in order. Raises InputError, naming the file, as ``cut`` does."""
    with open_xml(path) as stream:
        yield from cut(stream, str(path))


def cut(stream: io.BufferedIOBase, name: str) -> Iterator[Cut]:
    """Yield the pieces of a stream in order.

    Raises InputError where the stream is no PubMed XML, declares entities or ends in the middle;
    the pieces before that place have been yielded by then (before the megabyte with that place,
    where the encoding is not UTF-8).
    """
    cutter = _Cutter(name)
    try:
        for chunk in _utf8_chunks(stream, name):
            yield from cutter.feed(chunk)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise InputError(
            f"{name}: the compressed file is damaged or cut {cutter.place()} ({error}). {CUT}"
        ) from error
    except UnicodeDecodeError as error:
        raise InputError(
            f"{name}: is not in {error.encoding} as it declares, somewhere {cutter.place()} "
            f"({error.reason}). Convert it to UTF-8, or fetch it again."
        ) from error
    cutter.close()


class _Cutter:
    """State of one pass: the open record, the bytes not yet told and the frame around records."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.number = 0
        self.last_pmid: int | None = None
        self.opened = b""  # the tag of the open record
        self.record = bytearray()  # what of it was read
        self.rest = b""  # a tag or comment that the end of the bytes has cut
        self.frame = _Frame(name, self.place)

    def place(self) -> str:
        if not self.number:
            return "before its first record"
        return f"after record {self.number} (PMID {self.last_pmid or 'unknown'})"

    def feed(self, chunk: bytes) -> Iterator[Cut]:
        data = self.rest + chunk
        begin = 0  # of what is in neither the record nor the frame
        token: re.Match[bytes] | None = None
        for token in TOKEN.finditer(data):
            tag = token["name"]
            if tag is None or token[0].endswith(b"/>"):
                continue
            if token["close"]:
                # Any other end tag is wrong, and record or frame will be refused for it.
                if tag == self.opened:
                    self._take(data[begin : token.end()])
                    yield from self._piece()
                    begin = token.end()
            elif tag != b"MedlineCitation" or self.opened in {b"", tag}:
                self._take(data[begin : token.start()])
                if self.opened:
                    # Records do not nest: this one lost its end, the next one is still good.
                    yield from self._piece()
                self.opened, begin = tag, token.start()
        edge = _edge(data, token)
        self._take(data[begin:edge])
        self.rest = data[edge:]
        if len(self.record) + len(self.rest) > LONGEST_RECORD:
            raise InputError(
                f"{self.name}: {len(self.record) + len(self.rest):,} bytes without the end of a "
                f"record, {self.place()}: this is no PubMed XML, or it is damaged there. {CUT}"
            )

    def _take(self, data: bytes) -> None:
        if self.opened:
            self.record += data
        else:
            self.frame.feed(data)

    def _piece(self) -> Iterator[Cut]:
        tag, xml = self.opened, bytes(self.record)
        self.opened = b""
        self.record.clear()
        self.frame.feed(b"<record/>")
        if tag.startswith(b"Delete"):
            yield from self._deleted(xml)
            return
        self.number += 1
        pmid = OWN_PMID.match(xml)
        self.last_pmid = clean_pmid(pmid[1].decode()) if pmid else None
        problem = well_formed(xml)
        if not problem and not self.last_pmid:
            problem = "it does not begin with a PMID of its own"
        yield Cut("broken" if problem else "record", self.last_pmid, self.number, xml, problem)

    def _deleted(self, xml: bytes) -> Iterator[Cut]:
        if problem := well_formed(xml):
            yield Cut("broken", None, self.number, xml, f"its DeleteCitation is broken: {problem}")
            return
        for element in record_element(xml).iter("PMID"):
            text = text_of(element)
            if pmid := clean_pmid(text):
                yield Cut("deleted", pmid, self.number)
            else:
                yield Cut("broken", None, self.number, xml, f"its DeleteCitation names {text!r}")

    def close(self) -> None:
        if self.opened:
            pmid = OWN_PMID.match(self.record)
            raise InputError(
                f"{self.name}: cut in the middle of record {self.number + 1} "
                f"(PMID {pmid[1].decode() if pmid else 'not reached'}), {self.place()}. {CUT}"
            )
        self.frame.feed(self.rest)
        self.frame.close()


def _edge(data: bytes, last: re.Match[bytes] | None) -> int:
    """Where a tag or comment begins that may go on behind the bytes at hand."""
    if last and last["name"] is None and last.end() == len(data):
        return last.start()
    begin = data.rfind(b"<", last.end() if last else 0)
    return begin if begin >= 0 and data.find(b">", begin) < 0 else len(data)


class _Frame:
    """Everything around the records, checked by expat: root, doctype, well-formedness."""

    def __init__(self, name: str, place: Callable[[], str]) -> None:
        self.name = name
        self.place = place
        self.root = ""
        self.parser = expat.ParserCreate(encoding="utf-8")
        self.parser.StartElementHandler = self._start
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)

    def _start(self, tag: str, _attributes: dict[str, str]) -> None:
        if self.root:
            return
        self.root = tag
        if tag != "record" and tag not in SET_ROOTS:
            raise InputError(
                f"{self.name}: this is no PubMed XML: its first element is <{tag}>, "
                "not <PubmedArticleSet>. Ask EFetch with retmode=xml, or name another file."
            )

    def _doctype(
        self, _root: str, _system: str | None, _public: str | None, declares: bool
    ) -> None:
        if declares:
            raise InputError(
                f"{self.name}: its DOCTYPE declares entities or elements of its own. PubMed's "
                "never do; entities can read local files or fill the memory, so the file was "
                "refused. Remove what stands between [ and ] there, or fetch the file again."
            )

    def feed(self, data: bytes, last: bool = False) -> None:
        try:
            self.parser.Parse(data, last)
        except expat.ExpatError as error:
            raise InputError(f"{self.name}: {self._why(error.code)}") from error

    def close(self) -> None:
        self.feed(b"", last=True)

    def _why(self, code: int) -> str:
        if code not in ENDED:
            return (
                f"not PubMed XML {self.place()}: {expat.ErrorString(code)}. What came before "
                "was read. Fetch the file again, or name another one."
            )
        if not self.root:
            return "the file is empty or ends before its first element. Fetch it again."
        return f"cut {self.place()}: </{self.root}> never comes. {CUT}"


def well_formed(xml: bytes) -> str:
    """Empty where the bytes are one well-formed element in UTF-8, else what is wrong."""
    parser = expat.ParserCreate(encoding="utf-8", namespace_separator=" ")
    try:
        for part in (SHELL[0], xml, SHELL[1]):
            parser.Parse(part, part is SHELL[1])
    except expat.ExpatError as error:
        why = expat.ErrorString(error.code) if _is_utf8(xml) else "bytes that are no UTF-8"
        return f"{why}, line {error.lineno} of the record"
    return ""


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _utf8_chunks(stream: io.BufferedIOBase, name: str) -> Iterator[bytes]:
    """The stream in chunks of UTF-8, from whatever encoding its first bytes declare."""
    # read1: a compressed file that ends early gives what it holds before it says so.
    head = b""
    while len(head) < LONGEST_DECLARATION and (chunk := stream.read1(CHUNK)):
        head += chunk
    encoding = _encoding(head, name)
    if encoding is None:
        yield head.removeprefix(codecs.BOM_UTF8)
        while chunk := stream.read1(CHUNK):
            yield chunk
        return
    decoder = codecs.getincrementaldecoder(encoding)()
    while head:
        yield decoder.decode(head).encode()
        head = stream.read1(CHUNK)
    yield decoder.decode(b"", True).encode()


def _encoding(head: bytes, name: str) -> str | None:
    """Codec of the stream, None for UTF-8 (XML 1.0, appendix F)."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    declared = XML_DECLARATION.match(head)
    encoding = declared[1].decode().lower() if declared else "utf-8"
    if encoding in {"utf-8", "utf8", "us-ascii", "ascii"}:
        return None
    try:
        # The declaration itself could be read: what it names has to agree with that.
        agrees = "<?xml".encode(encoding) == b"<?xml"
    except (LookupError, UnicodeError):
        agrees = False
    if not agrees:
        raise InputError(
            f"{name}: declares the encoding {encoding!r}, in which it cannot be. "
            "Convert it to UTF-8, or fetch it again."
        )
    return encoding
