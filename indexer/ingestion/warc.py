"""WARC and ARC -> Drafts: every fetched page by the reader of its own format, with its address and when it was fetched."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from typing import Any

from indexer.documents import Form
from indexer.ingestion.drafts import Draft, Unreadable
from indexer.ingestion.formats import read_parts
from indexer.ingestion.parts import Part, Stream
from indexer.rights import rights_of

_RECORDS = ("response", "resource", "conversion")
_FETCHED = "200"


def read_warc(stream: Stream) -> Iterator[Part]:
    """The records that hold a page; what follows a record that cannot be told from the next is refused as one part."""
    iterator: Any = import_module("warcio.archiveiterator").ArchiveIterator
    broken: type[Exception] = import_module("warcio.exceptions").ArchiveLoadFailed
    number = 0
    try:
        for record in iterator(stream.file, arc2warc=True):
            number += 1
            if record.rec_type in _RECORDS and _was_fetched(record):
                yield from _record(stream, record, f"#{number}")
    except (broken, ValueError, OSError, EOFError, AttributeError, TypeError, KeyError) as error:
        told = Unreadable(f"Arkivet är trasigt efter post {number} ({type(error).__name__}); hämta sidorna igen.")
        yield Part(told, f"#{number + 1}")


def _was_fetched(record: Any) -> bool:
    return record.http_headers is None or record.http_headers.get_statuscode() == _FETCHED


def _record(stream: Stream, record: Any, member: str) -> Iterator[Part]:
    url = str(record.rec_headers.get_header("WARC-Target-URI") or "").strip("<> ")
    if not url.startswith(("http://", "https://")) or not _is_document(_kind(record)):
        return  # a log of the program that fetched, a picture, a script
    fetched = str(record.rec_headers.get_header("WARC-Date") or "")
    try:
        content = record.content_stream().read(stream.document_bytes + 1)
        if len(content) <= stream.document_bytes and getattr(record.raw_stream, "limit", 0) > 0:
            raise Unreadable("Posten är avhuggen; hämta sidan igen.")
        stream.budget.spend(len(content))
        name = url.partition("?")[0].rstrip("/").rpartition("/")[2]
        for part in read_parts(stream.inside(name, io.BytesIO(content))):
            given = {"fetched": fetched} if _has_its_own_address(part) else {"url": url, "fetched": fetched}
            yield replace(part, member=member + part.member, given={**given, **part.given}, excerpt=_excerpt(record))
    except Unreadable as error:
        yield Part(error, member)
        if stream.budget.left < 0:
            raise


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
