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
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from xml.parsers import expat

from kb.errors import InputError

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
    rb"(?:<(?:PubmedArticle|PubmedBookArticle)[^<>]*>\s*)?(?:<(?:MedlineCitation|BookDocument)[^<>]*>\s*)"
    rb"<PMID[^<>]*>\s*0*([1-9][0-9]{0,9})\s*</PMID>"
)
DELETED_PMID = re.compile(rb"<PMID(?:\s[^<>]*)?>\s*(.*?)\s*</PMID>", re.DOTALL)
XML_DECLARATION = re.compile(rb"\s*<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
CHUNK = 1 << 20
# The heaviest records known are consortium papers of a few megabytes; a longer stretch without an
# end tag is a damaged file, and holding it would cost memory without bound.
LONGEST_RECORD = 64 << 20


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
    """Open a file as bytes, unpacked where it is gzip by its first bytes, whatever its name."""
    stream = path.open("rb")
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
    the pieces before that place have been yielded by then.
    """
    cutter = _Cutter(name)
    try:
        for chunk in _utf8_chunks(stream, name):
            yield from cutter.feed(chunk)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise InputError(
            f"{name}: the compressed file is damaged or cut {cutter.place()} ({error}). "
            "What came before was read. Fetch the file again."
        ) from error
    cutter.close()


class _Cutter:
    """State of one pass: the unread bytes, the record being cut and the frame around records."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.buffer = b""
        self.number = 0
        self.last_pmid: int | None = None
        self.frame = _Frame(name, self.place)

    def place(self) -> str:
        if not self.number:
            return "before its first record"
        return f"after record {self.number} (PMID {self.last_pmid or 'unknown'})"

    def feed(self, chunk: bytes) -> Iterator[Cut]:
        buffer = self.buffer + chunk
        begin = 0  # of the open record, else of the unread frame
        opened = b""
        for token in TOKEN.finditer(buffer):
            tag, ends = token["name"], token[0].endswith(b"/>")
            if tag is None or ends or (token["close"] and tag != opened):
                continue  # where it is wrong, the record or the frame will be refused
            if token["close"]:
                yield from self._piece(opened, buffer[begin : token.end()])
                opened, begin = b"", token.end()
            elif not opened:
                self.frame.feed(buffer[begin : token.start()])
                opened, begin = tag, token.start()
            elif tag == opened or tag != b"MedlineCitation":
                # Records do not nest: the open one lost its end, the next one is still good.
                yield from self._piece(opened, buffer[begin : token.start()])
                opened, begin = tag, token.start()
        if not opened:
            begin = self._frame_edge(buffer, begin)
        self.buffer = buffer[begin:]
        if len(self.buffer) > LONGEST_RECORD:
            raise InputError(
                f"{self.name}: {len(self.buffer)} bytes without the end of a record, "
                f"{self.place()}: this is no PubMed XML, or it is damaged there."
            )

    def _frame_edge(self, buffer: bytes, begin: int) -> int:
        """Feed what is surely frame; a tag or comment may be cut by the end of the bytes."""
        last = next(iter(deque(TOKEN.finditer(buffer, begin), maxlen=1)), None)
        if last and last["name"] is None and last.end() == len(buffer):
            edge = last.start()
        else:
            edge = max(buffer.rfind(b"<"), begin)
        self.frame.feed(buffer[begin:edge])
        return edge

    def _piece(self, tag: bytes, xml: bytes) -> Iterator[Cut]:
        self.frame.feed(b"<record/>")
        if tag.startswith(b"Delete"):
            yield from self._deleted(xml)
            return
        self.number += 1
        pmid = OWN_PMID.match(xml)
        self.last_pmid = int(pmid[1]) if pmid else None
        problem = well_formed(xml)
        if not problem and not pmid:
            problem = "it does not begin with a PMID of its own"
        yield Cut("broken" if problem else "record", self.last_pmid, self.number, xml, problem)

    def _deleted(self, xml: bytes) -> Iterator[Cut]:
        for text in DELETED_PMID.findall(xml):
            if text.isdigit() and int(text):
                yield Cut("deleted", int(text), self.number)
            else:
                shown = text.decode("utf-8", "replace")
                yield Cut("broken", None, self.number, xml, f"its DeleteCitation names {shown!r}")

    def close(self) -> None:
        opened = TOKEN.match(self.buffer)
        if opened and opened["name"] and not opened["close"]:
            pmid = OWN_PMID.match(self.buffer)
            raise InputError(
                f"{self.name}: cut in the middle of record {self.number + 1} "
                f"(PMID {pmid[1].decode() if pmid else 'not reached'}), {self.place()}. "
                "What came before was read. Fetch the file again."
            )
        self.frame.feed(self.buffer)
        self.frame.close()


class _Frame:
    """Everything around the records, checked by expat: root, doctype, well-formedness."""

    def __init__(self, name: str, place: Callable[[], str]) -> None:
        self.name = name
        self.place = place
        self.root = ""
        self.parser = expat.ParserCreate(encoding="utf-8")
        self.parser.StartElementHandler = self._start
        self.parser.EntityDeclHandler = self._entity
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

    def _entity(self, entity: str, *_rest: object) -> None:
        raise InputError(
            f"{self.name}: declares the entity {entity!r}. PubMed's files declare none; entities "
            "can read local files or fill the memory, so the file was refused."
        )

    def feed(self, data: bytes) -> None:
        try:
            self.parser.Parse(data, False)
        except expat.ExpatError as error:
            raise self._refused(error) from error

    def close(self) -> None:
        try:
            self.parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise self._refused(error) from error

    def _refused(self, error: expat.ExpatError) -> InputError:
        place = self.place()
        why = expat.ErrorString(error.code)
        if error.code == expat.errors.codes[expat.errors.XML_ERROR_NO_ELEMENTS]:
            if not self.root:
                return InputError(
                    f"{self.name}: the file is empty or ends before its first element."
                )
            return InputError(
                f"{self.name}: cut {place}: </{self.root}> never comes. "
                "What came before was read. Fetch the file again."
            )
        return InputError(f"{self.name}: not PubMed XML {place}: {why}.")


def well_formed(xml: bytes) -> str:
    """Empty where the bytes are one well-formed element in UTF-8, else what is wrong."""
    parser = expat.ParserCreate(encoding="utf-8")
    try:
        parser.Parse(xml, True)
    except expat.ExpatError as error:
        return f"{expat.ErrorString(error.code)}, line {error.lineno} of the record"
    return ""


def _utf8_chunks(stream: io.BufferedIOBase, name: str) -> Iterator[bytes]:
    """The stream in chunks of UTF-8, from whatever encoding its first bytes declare."""
    # read1: a compressed file that ends early gives what it holds before it says so.
    head = stream.read1(CHUNK)
    encoding = _encoding(head)
    if encoding is None:
        yield head.removeprefix(codecs.BOM_UTF8)
        while chunk := stream.read1(CHUNK):
            yield chunk
        return
    try:
        decoder = codecs.getincrementaldecoder(encoding)()
        while head:
            yield decoder.decode(head).encode()
            head = stream.read1(CHUNK)
        yield decoder.decode(b"", True).encode()
    except LookupError as error:
        raise InputError(f"{name}: declares the unknown encoding {encoding!r}.") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{name}: is not in {encoding} as it declares ({error}).") from error


def _encoding(head: bytes) -> str | None:
    """Codec of the stream, None for UTF-8 (XML 1.0, appendix F)."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    declared = XML_DECLARATION.match(head.removeprefix(codecs.BOM_UTF8))
    if declared is None:
        return None
    encoding = declared[1].decode().lower()
    return None if encoding in {"utf-8", "utf8", "us-ascii", "ascii"} else encoding
