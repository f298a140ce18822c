"""gzip, zip, WARC and ARC -> what is in them, each member by the reader of its own format; and what servers pack answers with -> bytes.

Of a fetched page its address and when it was fetched are told too.
"""

import gzip
import io
import re
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, suppress
from importlib import import_module
from pathlib import PurePosixPath
from typing import Any, BinaryIO, cast

from msgspec.structs import replace

from indexer.documents import Medium
from indexer.ingestion import read_member, read_parts
from indexer.ingestion.parts import ParsedPart, Part, RefusedPart, Stream, Unreadable, refused, taken
from indexer.metadata import dates, robots

MEMBERS = 100_000
"""Files of one zip that are read."""
_BROKEN = (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError)
PUBLISHED, UPDATED = "Regionsok-Published", "Regionsok-Updated"
"""Fields of a record: when the feed or sitemap that lists a page says that it was published and changed, written by our own crawler."""
SOURCE, COUNTY = "Regionsok-Source", "Regionsok-County"
"""Likewise: the publisher that it was fetched of, and where that belongs."""
DOCUMENT = re.compile(r"|text/(html|plain)|.*(/pdf|wordprocessingml\.document|(/|/xhtml\+|rss\+|atom\+)xml)")
"""The type of a page or document; empty where nobody says it."""
_LONGEST_LINE, _LONGEST_HEAD = 65_536, 1_000_000
"""Bytes of a line, and of all lines, that say something of a record."""


def read_gzip(stream: Stream) -> Iterator[Part]:
    """What one gzip file holds. Raises Unreadable."""
    try:
        yield from read_parts(inside_gzip(stream))
    except _BROKEN as error:
        reason = f"Den packade filen är trasig ({type(error).__name__}); hämta eller packa den igen."
        raise Unreadable(reason) from error


def inside_gzip(stream: Stream) -> Stream:
    """What one gzip file holds, under its name without .gz."""
    name = re.sub(r"\.gz$", "", stream.name, flags=re.IGNORECASE)
    return stream.inside(name, cast(BinaryIO, gzip.GzipFile(fileobj=stream.file)))


def opened_zip(stream: Stream) -> zipfile.ZipFile:
    """A zip file, in memory where it is packed in another. Raises Unreadable."""
    try:
        return zipfile.ZipFile(io.BytesIO(stream.whole()) if stream.depth else stream.packed)
    except _BROKEN as error:
        raise Unreadable(f"Filen är en trasig zipfil ({type(error).__name__}); hämta eller packa den igen.") from error


def read_zip(stream: Stream) -> Iterator[Part]:
    """Every file of an archive, in its order; a Word document is one document. Nothing is unpacked to disk."""
    archive = opened_zip(stream)
    names = [member for member in archive.infolist() if not member.is_dir()]
    if "word/document.xml" in archive.namelist():
        from indexer.ingestion.office import read_docx

        content = cast(BinaryIO, archive.fp)
        content.seek(0)
        yield from read_docx(content.read(stream.document_bytes))
        return
    if "[Content_Types].xml" in archive.namelist():
        raise Unreadable("Filen är en Officefil av ett slag som inte kan läsas; spara den som text, DOCX eller PDF.")
    for member in names[:MEMBERS]:
        yield from _member(stream, archive, member)
    if len(names) > MEMBERS:
        yield RefusedPart(f"Zipfilen har mer än {MEMBERS} filer; resten läses inte, dela upp den.")


def _member(stream: Stream, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[Part]:
    path = PurePosixPath(member.filename)
    if any(part.startswith((".", "__MACOSX")) for part in path.parts):
        return  # what the system that packed it keeps for itself
    try:
        with archive.open(member) as file:
            yield from read_member(stream.inside(path.name, cast(BinaryIO, file)), f"!{member.filename}")
    except _BROKEN as error:
        reason = f"Filen i arkivet är trasig ({type(error).__name__}); packa den igen."
        yield RefusedPart(reason, member=f"!{member.filename}")


def read_warc(stream: Stream) -> Iterator[Part]:
    """The records that hold a page; what follows a record that cannot be told from the next is refused as one part."""
    broken: type[Exception] = import_module("warcio.exceptions").ArchiveLoadFailed
    number = 0
    try:
        for number, record in enumerate(Records(stream.file), start=1):
            yield from _record(stream, record, f"#{number}")
    except (broken, ValueError, OSError, EOFError, AttributeError, TypeError, KeyError) as error:
        reason = f"Arkivet är trasigt efter post {number} ({type(error).__name__}); hämta sidorna igen."
        yield RefusedPart(reason, member=f"#{number + 1}")


class Records:
    """The records of an archive in turn, also one that begins with blank lines. warcio prints what it mends; what we refuse is said by us."""

    def __init__(self, file: Any) -> None:
        # Browsers and other programs leave blank lines between records, and before the first.
        while (start := file.peek(1)) and (blank := len(start) - len(start.lstrip(b"\r\n \t"))):
            file.read(blank)
        self._archive: Any = import_module("warcio.archiveiterator").ArchiveIterator(file)
        self._archive.mixed_arc_warc = True
        self._readline: Callable[[int], bytes] = self._archive.reader.readline
        self._archive.reader.readline = self._line
        self._head = 0

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        self._head = 0
        with redirect_stderr(io.StringIO()):
            return next(self._archive)

    def span(self) -> tuple[int, int]:
        """Where in a file that can be told the record that was given last begins and ends, without blank lines; reads to its end."""
        self._head = 0
        with redirect_stderr(io.StringIO()):
            begins = self._archive.get_record_offset()
            return begins, begins + self._archive.get_record_length()

    def _line(self, length: int | None = None) -> bytes:
        """A line of a head, which ends where it is longer than any is: warcio keeps all of it, however long."""
        if length is not None and length <= _LONGEST_LINE:  # of a chunked body
            return self._readline(length)
        line = self._readline(_LONGEST_LINE) if self._head < _LONGEST_HEAD else b""
        self._head += len(line)
        return line


def _record(stream: Stream, record: Any, member: str) -> Iterator[Part]:
    stated, answer = record.rec_headers.get_header, record.http_headers
    url = str(stated("WARC-Target-URI") or stated("uri") or "").strip("<> ").replace(" ", "%20")
    kind = str((answer.get_header("Content-Type") if answer else record.content_type) or "").partition(";")[0]
    is_page = url.startswith(("http://", "https://")) and DOCUMENT.fullmatch(kind.strip().lower())
    is_answer = record.rec_type in ("response", "resource", "conversion")
    if not (is_page and is_answer) or (answer is not None and answer.get_statuscode() != "200"):
        return  # a log of the program that fetched, a picture, a script, a page that is elsewhere
    fetched = str(stated("WARC-Date") or _moment(str(stated("archive-date") or "")))
    try:
        content = _content(record, stream.document_bytes)
    except Unreadable as error:
        yield refused(error, member)
        return
    dated = {"updated_in_list": stated(UPDATED)}  # what the page says of its changes counts before it
    if dates.plausible_date(published := str(stated(PUBLISHED) or "")):
        dated |= {"published": published, "published_evidence": f"flödets eller webbplatskartans datum: {published}"}
    publisher = {"source": stated(SOURCE), "publisher_region": stated(COUNTY)}
    headers = answer.headers if answer else ()
    rules = robots.robots_rules(value for name, value in headers if name.lower() == "x-robots-tag")
    name = url.partition("?")[0].rstrip("/").rpartition("/")[2]
    for part in read_member(stream.inside(name, io.BytesIO(content)), member):
        is_entry = isinstance(part, ParsedPart) and part.document.medium is Medium.ENTRY and part.document.url
        given = {"fetched": fetched} if is_entry else {"url": url, "fetched": fetched, **dated}
        yield replace(part, given={**given, **part.given}, rules=rules, publisher=publisher)


def _content(record: Any, most: int) -> bytes:
    """What was answered, unpacked. Raises Unreadable for a record that was cut off."""
    stated = record.http_headers.get_header if record.http_headers else {}.get
    packed, length = str(stated("Content-Encoding") or ""), str(stated("Content-Length") or "")
    if packed:  # warcio unpacks without a limit, and gives up the whole archive over what it cannot unpack
        record.http_headers.remove_header("Content-Encoding")
    content: bytes = record.content_stream().read(most + 1)
    whole = length.isdecimal() and len(content) >= int(length)  # where the record's own length is wrong
    if len(content) <= most and getattr(record.raw_stream, "limit", 0) > 0 and not whole:
        raise Unreadable("Posten är avhuggen; hämta sidan igen.")
    return taken(unpacked(content, packed, most), most)


def _moment(digits: str) -> str:
    """When an ARC says that a page was fetched, 20140216050221 or 20140216, as ISO 8601."""
    day = re.sub(r"^(\d{4})(\d\d)(\d\d)", r"\1-\2-\3", digits)
    return re.sub(r"(?<=-\d\d)(\d\d)(\d\d)(\d\d)$", r"T\1:\2:\3Z", day)


def unpacked(content: bytes, encodings: str, most: int) -> bytes:
    """At most so many bytes of a content and one; as it is where it is not packed as its header says. Raises Unreadable.

    >>> unpacked(zlib.compress(b"a" * 1000), "deflate", 9), unpacked(b"<p>", "gzip", 9)
    (b'aaaaaaaaaa', b'<p>')
    """
    for name in reversed([one.strip().lower() for one in encodings.split(",")]):
        if unpack := _UNPACKERS.get(name):
            try:
                content, ended = unpack(content, most + 1)
            except ImportError as error:
                reason = f"Sidan är packad med {name}; installera paketet {error.name} och läs den igen."
                raise Unreadable(reason) from error
            if not ended and len(content) <= most:
                raise Unreadable("Sidan är avhuggen; hämta den igen.")
    return content


def _inflated(content: bytes, most: int) -> tuple[bytes, bool]:
    """What is in a content, and whether that is all that was meant to be."""
    for format in (zlib.MAX_WBITS | 32, -zlib.MAX_WBITS):  # gzip or zlib with a head, or none, as some servers have it
        unpacker = zlib.decompressobj(format)
        with suppress(zlib.error):
            if (inflated := unpacker.decompress(content, most)) or unpacker.eof:
                return inflated, unpacker.eof
    return content, True


def _unbrotlied(content: bytes, most: int) -> tuple[bytes, bool]:
    brotli: Any = import_module("brotli")
    unpacker = brotli.Decompressor()
    with suppress(brotli.error):
        return unpacker.process(content, output_buffer_limit=most)[:most], unpacker.is_finished()
    return content, True


def _unzstandarded(content: bytes, most: int) -> tuple[bytes, bool]:
    zstd: Any = import_module("compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd")
    try:
        return zstd.ZstdFile(io.BytesIO(content)).read(most), True
    except zstd.ZstdError:
        return content, True
    except EOFError:
        return b"", False


_UNPACKERS = dict.fromkeys(("gzip", "x-gzip", "deflate"), _inflated) | {"br": _unbrotlied, "zstd": _unzstandarded}
