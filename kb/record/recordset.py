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
# the end of the bytes at hand, says that they go on in the bytes to come.
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
# What files of PubMed's records have come in, and what programs save them in.
ENCODINGS = re.compile(
    r"iso-?8859-(?:1|2|15)|latin-?1|windows-125[0-8]|cp125[0-8]|utf-?16(?:[bl]e)?"
)
XML_DECLARATION = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
LONGEST_DECLARATION = 100
CHUNK = 1 << 20
# The heaviest records known are consortium papers of a few megabytes. What is longer is damaged or
# no record of PubMed's; to hold and read it would cost memory and time without bound.
LONGEST_RECORD = 32 << 20
# So much of the beginning of a longer one tells its PMID.
BEGINNING = 1 << 12
# What ends a comment, a CDATA section, an instruction, by what begins it.
ENDS = {b"<!--": b"-->", b"<![CDATA[": b"]]>", b"<?": b"?>"}
ENDED = {
    expat.errors.codes[error]
    for error in (
        expat.errors.XML_ERROR_NO_ELEMENTS,
        expat.errors.XML_ERROR_UNCLOSED_TOKEN,
        expat.errors.XML_ERROR_PARTIAL_CHAR,
    )
}
# Of what stands in a set and is no record, so many letters and so many names are told.
MOST_WORDS, MOST_OTHERS = 200, 5
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
    yield from cutter.close()


class _Cutter:
    """State of one pass: the open record, the bytes not yet told and the frame around records."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.number = 0
        self.last_pmid: int | None = None
        self.opened = b""  # the tag of the open record
        self.record = bytearray()  # what of it was read, or the beginning of one too long
        self.too_long = False
        self.rest = b""  # a tag that the end of the bytes has cut
        self.awaited = b""  # what ends the comment, CDATA or instruction that the bytes are in
        self.tail = b""  # the last bytes of that
        self.frame = _Frame(name, self.place)

    def place(self) -> str:
        if not self.number:
            return "before its first record"
        return f"after record {self.number} (PMID {self.last_pmid or 'unknown'})"

    def feed(self, chunk: bytes) -> Iterator[Cut]:
        data = self.rest + chunk
        begin = 0  # of what is in neither the record nor the frame
        token: re.Match[bytes] | None = None
        for token in TOKEN.finditer(data, self._behind_the_awaited(data)):
            tag = token["name"]
            if tag is None:
                self._await(token, len(data))
                continue
            if token[0].endswith(b"/>"):
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
        edge = len(data) if self.awaited else _edge(data, token)
        self._take(data[begin:edge])
        self.rest = data[edge:]
        if len(self.rest) > LONGEST_RECORD:
            raise InputError(
                f"{self.name}: a tag of more than {len(self.rest):,} bytes, {self.place()}: this "
                f"is no PubMed XML, or it is damaged there. {CUT}"
            )

    def _await(self, token: re.Match[bytes], length: int) -> None:
        """Note what ends a comment, CDATA section or instruction that the bytes at hand do not."""
        begun = next(mark for mark in ENDS if token[0].startswith(mark))
        if token.end() == length and not token[0][len(begun) :].endswith(ENDS[begun]):
            self.awaited, self.tail = ENDS[begun], token[0][len(begun) :][-2:]

    def _behind_the_awaited(self, data: bytes) -> int:
        """Where what is awaited has ended in these bytes: each byte is looked at once."""
        if not self.awaited:
            return 0
        place = (self.tail + data).find(self.awaited)
        if place < 0:
            self.tail = (self.tail + data)[-2:]
            return len(data)
        end = place + len(self.awaited) - len(self.tail)
        self.awaited, self.tail = b"", b""
        return end

    def _take(self, data: bytes) -> None:
        if not self.opened:
            self.frame.feed(data)
        elif not self.too_long and len(self.record) + len(data) <= LONGEST_RECORD:
            self.record += data
        else:
            self.too_long = True
            self.record = (self.record + data[:BEGINNING])[:BEGINNING]

    def _piece(self) -> Iterator[Cut]:
        tag, xml, too_long = self.opened, bytes(self.record), self.too_long
        self.opened, self.too_long = b"", False
        self.record.clear()
        self.frame.feed(b"<record/>")
        if tag.startswith(b"Delete"):
            yield from self._deleted(xml)
            return
        self.number += 1
        pmid = OWN_PMID.match(xml)
        self.last_pmid = clean_pmid(pmid[1].decode()) if pmid else None
        if too_long:
            problem = f"it is longer than {LONGEST_RECORD:,} bytes, as no record of PubMed's is"
            yield Cut("broken", self.last_pmid, self.number, b"", problem)
            return
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

    def close(self) -> Iterator[Cut]:
        """What stands among the records and is none is broken."""
        if self.opened:
            pmid = OWN_PMID.match(self.record)
            raise InputError(
                f"{self.name}: cut in the middle of record {self.number + 1} "
                f"(PMID {pmid[1].decode() if pmid else 'not reached'}), {self.place()}. {CUT}"
            )
        self.frame.feed(self.rest)
        self.frame.close()
        for name, words in self.frame.others.items():
            said = " ".join(words.split())[:MOST_WORDS]
            problem = f"<{name}> stands in <{self.frame.root}> and is no record"
            problem += f"; it says: {said}" if said else ""
            yield Cut("broken", None, self.number, b"", problem)


def _edge(data: bytes, last: re.Match[bytes] | None) -> int:
    """Where a tag begins that may go on behind the bytes at hand."""
    begin = data.rfind(b"<", last.end() if last else 0)
    return begin if begin >= 0 and data.find(b">", begin) < 0 else len(data)


class _Frame:
    """Everything around the records, checked by expat: root, doctype, well-formedness.

    ``others`` are the elements of a set that are no records, by name, each with its words."""

    def __init__(self, name: str, place: Callable[[], str]) -> None:
        self.name = name
        self.place = place
        self.root = ""
        self.depth = 0
        self.others: dict[str, str] = {}
        self.within = ""  # the other element that is open
        self.parser = expat.ParserCreate(encoding="utf-8")
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._words
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)

    def _end(self, _tag: str) -> None:
        self.depth -= 1
        if self.depth == 1:
            self.within = ""

    def _words(self, text: str) -> None:
        if self.within and len(self.others[self.within]) < MOST_WORDS:
            self.others[self.within] += text

    def _start(self, tag: str, _attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.root:
            if self.depth == 2 and tag != "record" and len(self.others) < MOST_OTHERS:
                self.within = tag
                self.others.setdefault(tag, "")
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
    if head.startswith((b"<\0", b"\0<")):  # UTF-16 that lacks the mark
        return "utf-16-le" if head[0] else "utf-16-be"
    declared = XML_DECLARATION.match(head)
    encoding = declared[1].decode().lower() if declared else "utf-8"
    if encoding in {"utf-8", "utf8", "us-ascii", "ascii"}:
        return None
    try:
        # The declaration itself could be read: what it names has to agree with that.
        agrees = ENCODINGS.fullmatch(encoding) and "<?xml".encode(encoding) == b"<?xml"
    except (LookupError, UnicodeError):
        agrees = False
    if not agrees:
        raise InputError(
            f"{name}: declares the encoding {encoding!r}, in which it cannot be. "
            "Convert it to UTF-8, or fetch it again."
        )
    return encoding
