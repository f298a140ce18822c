"""What readers take and give: a named stream, and the parts that stand in it, before it is known what they are about and whose."""

import io
import re
import sys
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import BinaryIO, cast

from msgspec import Struct

from indexer.documents import Medium
from indexer.faults import is_passing
from indexer.metadata import dates, robots

BEGINNING = 4096
"""Bytes by which a format is told."""
PIECE = 65_536
"""Bytes that are read at once: room is made for all that are asked for, however few there are."""
UNPACKED = 1_100
"""Times its own size that a source may unpack to: deflate does 1,032 at most, so only what is packed in itself comes to more."""
ALLOWANCE = 500_000_000
"""Bytes that any source may unpack to, however small it is: two seconds of passing over what nobody can read."""
TEXT = 10_000_000
"""Bytes of a text, page or feed; reports of regions have up to 4 million (FINDINGS 6), and reading takes thirty times the memory."""
TAGS = ATTRIBUTES = 100_000
"""Characters < and = of these: a tag takes 30 microseconds and 1 kB. The pages of data/pages have up to 2,099 and 19,185."""
TOO_MUCH = f"Sidan har fler än {TAGS} taggar eller attribut; spara texten som en egen fil."
CUT_TITLE = 100
"""Characters of a title that is made of a text's first sentence."""
_UTF_16 = re.compile(rb"(?P<utf16>\xff\xfe|\xfe\xff)|(?P<utf_16le>(?:[\t-\xff]\0){4})|(?P<utf_16be>(?:\0[\t-\xff]){4})")


class Unreadable(Exception):
    """A source or a part of one that cannot become a Document; the message is a Swedish sentence: what to do."""


class Source(Struct, frozen=True):
    """A file to read."""

    path: Path
    origin: str
    """Its path below corpus/, with slashes."""
    given: Mapping[str, object] = {}
    """Keys of a document that a person stated; they win over what the source says."""


class ParsedDocument(Struct, frozen=True):
    """A text and what its source says of itself; None is unknown."""

    title: str
    """Empty where the source states none apart from the text: its first sentence then."""
    text: str
    url: str | None = None
    source: str | None = None
    published: dates.Dated | None = None
    updated: str | None = None
    language: str | None = None
    lines: tuple[str, ...] = ()
    """The lines of the source near its top, in which labels and dates are looked for."""
    boilerplate: tuple[str, ...] = ()
    medium: Medium = Medium.TEXT
    excerpt: int | None = None
    """Most characters of the text that may be shown, where its source says so."""
    until: str = ""
    """As of a Document."""
    masthead: str = ""
    """Lines above the title that may name the place of the publisher; left out of the text."""


def first_sentence(text: str) -> str:
    """A careful title for a text without one: its first sentence, cut at a word.

    >>> first_sentence("Regionen satsar. Mer text följer.")
    'Regionen satsar'
    """
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    sentence = re.split(r"(?<=[.!?])\s+(?=[A-ZÅÄÖ–])", line, maxsplit=1)[0].rstrip(".")
    if len(sentence) <= CUT_TITLE:
        return sentence
    return sentence[: CUT_TITLE + 1].rsplit(" ", 1)[0][:CUT_TITLE].rstrip(" ,;:–") + " …"


class _Part(Struct, frozen=True, kw_only=True):
    """One document of a source, or why there is none."""

    member: str = ""
    """Where in the source it stands: `#3`, `!folder/page.html`; empty for the whole of it."""
    given: Mapping[str, object] = {}
    """Keys of a document that the source states of it."""
    rules: robots.RobotsRules = robots.RobotsRules()
    """What the answer that it was fetched in says of its use."""
    publisher: Mapping[str, object] = {}
    """Of whom it was fetched, `source` and `publisher_region`: whose it is where nobody states that."""


class ParsedPart(_Part, frozen=True):
    """A document as its source has it."""

    document: ParsedDocument


class UnparsedPart(_Part, frozen=True):
    """A content that is one document: taking its text out is most of the work, and any process can do it."""

    content: bytes
    parser: Callable[[bytes], ParsedDocument]
    """A function of a module, so that another process knows it; may raise Unreadable."""

    def of(self, document: ParsedDocument) -> ParsedPart:
        """The part with what its content turned out to be."""
        return ParsedPart(document, member=self.member, given=self.given, rules=self.rules, publisher=self.publisher)


class RefusedPart(_Part, frozen=True):
    """A part that gives no document."""

    reason: str
    """One Swedish sentence: what is wrong and what to do."""


Part = ParsedPart | UnparsedPart | RefusedPart


def parsed(part: Part) -> ParsedPart | RefusedPart:
    """A part with its content parsed, or why it cannot be."""
    if not isinstance(part, UnparsedPart):
        return part
    try:
        return part.of(part.parser(part.content))
    except Exception as error:  # parsers fail over broken input in ways of their own, and the rest must go on
        return refused(error, part.member)


class Budget(Struct):
    """How much a source may still unpack to, over all its members."""

    left: int


def refused(error: Exception, member: str = "") -> RefusedPart:
    """The refusal of what its reader fails over; raises the error where it is the machine or a package that is missing."""
    if not isinstance(error, Unreadable) and (isinstance(error, ImportError) or is_passing(error)):
        raise error
    reason = f"Filen är trasig ({type(error).__name__}: {str(error)[:80]}); spara om den."
    if isinstance(error, OSError):
        reason = f"Filen går inte att läsa ({error.strerror or error}); kontrollera rättigheter och innehåll."
    return RefusedPart(str(error) if isinstance(error, Unreadable) else reason, member=member)


def refusing(read: Callable[..., Part], member: str, *given: object) -> Part:
    """The part that a function reads of a member, or its refusal."""
    try:
        return read(member, *given)
    except Unreadable as error:
        return refused(error, member)


def utf_16_of(content: bytes) -> str | None:
    """The codec of a content in UTF-16, told by its byte order mark or its first letters; never by what it declares.

    >>> utf_16_of("Örebro".encode("utf-16-be")), utf_16_of(b'<meta charset="utf-16">')
    ('utf_16be', None)
    """
    beginning = _UTF_16.match(content)
    return beginning.lastgroup if beginning else None


def in_utf_8(content: bytes, errors: str = "replace") -> bytes:
    """The same, in UTF-8 where it is in UTF-16."""
    codec = utf_16_of(content)
    return content.decode(codec, errors).encode() if codec else content


def taken(content: bytes, most: int, packed: bool = True) -> bytes:
    """The same content, if one document may hold it; `packed` says that it was. Raises Unreadable."""
    if len(content) > most:
        raise Unreadable(f"Innehållet är större än {most / 1e6:.0f} MB; dela upp det i flera dokument.")
    # 1_000_000: bytes; reading what repeats itself takes .2 s for so many. 200: times that a text packs to less than itself where
    # it only repeats itself: text packs to a tenth, markup to a fiftieth.
    if packed and len(content) > 1_000_000 and len(zlib.compress(content)) * 200 < len(content):
        raise Unreadable("Innehållet upprepar bara sig självt; spara den text som ska finnas med som en egen fil.")
    return content


def bounded(content: bytes) -> bytes:
    """The same markup, if a parser can take it. Raises Unreadable."""
    if content.count(b"<") > TAGS or content.count(b"=") > ATTRIBUTES:
        raise Unreadable(TOO_MUCH)
    return content


@dataclass
class Stream:
    """A source or a member of one, read from its beginning once; what is read of it counts against a budget."""

    name: str
    packed: BinaryIO
    """What the bytes come from; of a source that was not unpacked it can be read from any place."""
    document_bytes: int
    budget: Budget
    columns: Mapping[str, str] = field(default_factory=dict)
    """Key of a document -> what the source calls it, where a person has said so."""
    depth: int = 0
    """How many times it was unpacked."""
    stated: Mapping[str, object] = field(default_factory=dict)
    """Keys of a document that a person stated of all that a source holds."""

    def __post_init__(self) -> None:
        self.file = cast(BinaryIO, io.BufferedReader(_Counted(self.packed, self.budget), BEGINNING))
        self.beginning: bytes = self.file.peek(BEGINNING)[:BEGINNING]  # type: ignore[attr-defined]

    def inside(self, name: str, file: BinaryIO) -> "Stream":
        """What is packed in this one, under the same limits."""
        return Stream(name, file, self.document_bytes, self.budget, self.columns, self.depth + 1)

    def whole(self, most: int = sys.maxsize) -> bytes:
        """Everything. Raises Unreadable when that is more than one document may be, or a content of its kind: `most` bytes."""
        most = min(most, self.document_bytes)
        pieces = islice(iter(lambda: self.file.read(PIECE), b""), most // PIECE + 1)
        return taken(b"".join(pieces), most, self.depth > 0)


class _Counted(io.RawIOBase):
    """A file whose bytes are counted as they are read. Raises Unreadable when its budget is used up."""

    def __init__(self, file: BinaryIO, budget: Budget) -> None:
        # What a broken packed file holds before it breaks is read: read1 gives it before it raises.
        self._read: Callable[[int], bytes] = getattr(file, "read1", file.read)
        self._budget = budget

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        content = self._read(len(buffer))
        self._budget.left -= len(content)
        if self._budget.left < 0:
            advice = "packa upp den själv och kontrollera den"
            raise Unreadable(f"Filen packas upp till mer än {UNPACKED} gånger sin storlek; {advice}.")
        buffer[: len(content)] = content
        return len(content)
