"""WARC and ARC -> Drafts: every fetched page by the reader of its own format, with its address and when it was fetched."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import redirect_stderr
from dataclasses import replace
from importlib import import_module
from typing import Any, BinaryIO

from indexer.documents import Form
from indexer.ingestion.drafts import Draft, Unreadable
from indexer.ingestion.encodings import decoded
from indexer.ingestion.formats import read_member
from indexer.ingestion.parts import Part, Stream
from indexer.rights import rights_of

PUBLISHED = "Regionsok-Published"
"""Field of a record: the moment (ISO 8601) that a feed gave for the page, written by our own crawler."""
_RECORDS = ("response", "resource", "conversion")
_FETCHED = "200"


def read_warc(stream: Stream) -> Iterator[Part]:
    """The records that hold a page; what follows a record that cannot be told from the next is refused as one part."""
    broken: type[Exception] = import_module("warcio.exceptions").ArchiveLoadFailed
    number = 0
    try:
        for record in _records(stream.file):
            number += 1
            if record.rec_type in _RECORDS and _was_fetched(record):
                yield from _record(stream, record, f"#{number}")
    except (broken, ValueError, OSError, EOFError, AttributeError, TypeError, KeyError) as error:
        told = Unreadable(f"Arkivet är trasigt efter post {number} ({type(error).__name__}); hämta sidorna igen.")
        yield Part(told, f"#{number + 1}")


def _records(file: BinaryIO) -> Iterator[Any]:
    """warcio prints what it mends; what we refuse is said by us."""
    records: Any = iter(import_module("warcio.archiveiterator").ArchiveIterator(file, arc2warc=True))
    while True:
        with redirect_stderr(io.StringIO()):
            record = next(records, None)
        if record is None:
            return
        yield record


def _was_fetched(record: Any) -> bool:
    return record.http_headers is None or record.http_headers.get_statuscode() == _FETCHED


def _record(stream: Stream, record: Any, member: str) -> Iterator[Part]:
    url = str(record.rec_headers.get_header("WARC-Target-URI") or "").strip("<> ")
    if not url.startswith(("http://", "https://")) or not _is_document(_kind(record)):
        return  # a log of the program that fetched, a picture, a script
    fetched = str(record.rec_headers.get_header("WARC-Date") or "")
    try:
        content = _content(record, stream.document_bytes)
    except Unreadable as error:
        yield Part(error, member)
        return
    published = record.rec_headers.get_header(PUBLISHED)
    dated = {"published": published, "published_evidence": f"flödets published: {published}"} if published else {}
    name = url.partition("?")[0].rstrip("/").rpartition("/")[2]
    for part in read_member(stream.inside(name, io.BytesIO(content)), member):
        given = {"fetched": fetched} if _has_its_own_address(part) else {"url": url, "fetched": fetched, **dated}
        yield replace(part, given={**given, **part.given}, excerpt=_excerpt(record))


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
    return decoded(content, packed, most)


def _excerpt(record: Any) -> int | None:
    headers = record.http_headers.headers if record.http_headers else ()
    return rights_of(value for name, value in headers if name.lower() == "x-robots-tag").snippet


def _has_its_own_address(part: Part) -> bool:
    """An entry of a feed that was fetched."""
    return isinstance(part.draft, Draft) and part.draft.form is Form.ENTRY and part.draft.url is not None


def _kind(record: Any) -> str:
    stated = record.http_headers.get_header("Content-Type") if record.http_headers else record.content_type
    return str(stated or "").partition(";")[0].strip().lower()


def _is_document(kind: str) -> bool:
    """Pages and documents; what belongs to a page is passed over and not refused."""
    return kind in ("", "text/html", "text/plain", "application/pdf", "application/xhtml+xml") or kind.endswith(
        ("wordprocessingml.document", "rss+xml", "atom+xml", "/xml")
    )
