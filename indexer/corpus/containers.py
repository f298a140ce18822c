"""A packed content without some of its members: what stands in their place keeps the numbers of the others.

Each function copies a stream to a file, a piece at a time. None of them is believed: `corpus.files` reads what they wrote.
"""

import gzip
import io
import shutil
import zipfile
from collections.abc import Collection
from copy import copy
from datetime import UTC, datetime
from pathlib import PurePosixPath
from tempfile import SpooledTemporaryFile
from typing import IO, Any, BinaryIO, cast
from uuid import uuid4

from indexer.ingestion import DEEPEST, archives, feed, format_of, lists
from indexer.ingestion.parts import RefusedPart, Stream

_PIECE, _LARGE = 1 << 20, 1 << 25
"""Bytes: read at once, and kept in memory."""
_WARC = "WARC/1.0\r\nWARC-Type: metadata\r\nWARC-Record-ID: <urn:uuid:{}>\r\nWARC-Date: {:%Y-%m-%dT%H:%M:%SZ}\r\nContent-Length: 0\r\n\r\n"
_INSTEAD = {"warc": _WARC, "arc": "dns:removed 0.0.0.0 {1:%Y%m%d%H%M%S} text/plain 0\n"}
"""Kind of archive -> a record that holds nothing."""


class Uncut(Exception):
    """Members that cannot be taken out of what they stand in."""


def take_out(stream: Stream, target: BinaryIO, members: Collection[str]) -> None:
    """Copy a content without members, named as its reader does. Raises Uncut, and what unpackers raise over broken files."""
    _, reader = format_of(stream.name, stream.beginning)
    # What read_csv reads, _without_csv cuts.
    without: Any = globals().get(f"_{reader.replace('read', 'without')}")
    if not without or stream.depth > DEEPEST:
        raise Uncut
    without(stream, target, members)


def _numbers(members: Collection[str]) -> set[int]:
    """Of members that are whole in what they stand in: #3, and not #3#1. Raises Uncut."""
    if not all(member[:1] == "#" and member[1:].isdecimal() for member in members):
        raise Uncut
    return {int(member[1:]) for member in members}


def _without_jsonl(stream: Stream, target: BinaryIO, members: Collection[str]) -> None:
    numbers, number = _numbers(members), 1
    while piece := stream.file.readline(_PIECE):
        ends = piece.endswith(b"\n")
        target.write((b"\n" if ends else b"") if number in numbers else piece)
        number += ends


def _without_json(stream: Stream, target: BinaryIO, members: Collection[str]) -> None:
    numbers = _numbers(members)
    for number, element in enumerate(lists.elements(stream, target.write), start=1):
        target.write(b"null" if number in numbers else element if isinstance(element, bytes) else b"")


def _without_csv(stream: Stream, target: BinaryIO, members: Collection[str]) -> None:
    numbers, table = _numbers(members), lists.Table(stream)
    target.writelines(table.lines)
    for number, row in table:
        if isinstance(row, RefusedPart):  # not all of it may have been in memory
            raise Uncut
        target.writelines([b"\n"] if number in numbers else table.lines)


def _without_feed(stream: Stream, target: BinaryIO, members: Collection[str]) -> None:
    numbers, content, at = _numbers(members), stream.whole(), 0
    for number, (begins, ends) in enumerate(feed.entries_in(content), start=1):
        if number in numbers:
            target.write(content[at:begins] + feed.NO_ENTRY)
            at = ends
    target.write(content[at:])


def _without_warc(stream: Stream, target: BinaryIO, members: Collection[str]) -> None:
    """Each in a gzip member of its own where the archive is packed, as programs that play archives need it."""
    numbers, spans, at = _numbers(members), [], 0
    with SpooledTemporaryFile(_LARGE) as whole:  # where a record ends is known when it is read
        shutil.copyfileobj(stream.file, whole, _PIECE)
        whole.seek(0)
        records = archives.Records(io.BufferedReader(cast(io.RawIOBase, whole)))
        try:
            for record in records:
                spans.append((*records.span(), record.format))
        except Exception:  # as in `parsed`; what follows the last one is copied as it is
            if len(spans) < max(numbers):
                raise
        for number, (begins, ends, kind) in enumerate(spans, start=1):
            _copy(whole, target, at, begins)
            if isinstance(target, _Gzip):
                target.begin()
            if number in numbers:
                target.write(_INSTEAD[kind].format(uuid4(), datetime.now(UTC)).encode())
            else:
                _copy(whole, target, begins, ends)
            at = ends
        _copy(whole, target, at, whole.seek(0, io.SEEK_END))


def _copy(source: IO[bytes], target: BinaryIO, begin: int, end: int) -> None:
    source.seek(begin)
    for at in range(begin, end, _PIECE):
        target.write(source.read(min(_PIECE, end - at)))


class _Gzip(io.RawIOBase):
    """A gzip file in members."""

    def __init__(self, target: BinaryIO) -> None:
        self._target = target
        self._member: gzip.GzipFile | None = None

    def begin(self) -> None:
        """What follows is a member of its own."""
        if self._member:
            self._member.close()
        self._member = None

    def write(self, content: Any) -> int:
        self._member = self._member or gzip.GzipFile(fileobj=self._target, mode="wb", filename="", mtime=0)
        return self._member.write(content)


def _without_gzip(stream: Stream, target: BinaryIO, members: Collection[str]) -> None:
    written = _Gzip(target)
    take_out(archives.inside_gzip(stream), cast(BinaryIO, written), members)
    written.begin()


def _without_zip(stream: Stream, target: BinaryIO, members: Collection[str]) -> None:
    with archives.opened_zip(stream) as archive, zipfile.ZipFile(target, "w") as kept:
        kept.comment = archive.comment
        for member in archive.infolist():
            marker = f"!{member.filename}"
            below = (name.removeprefix(marker) for name in members if name.startswith(marker))
            inner = {rest for rest in below if rest[:1] in ("", "#", "!")}  # else the file's name is longer
            if "" in inner:
                continue
            copied = copy(member)
            copied.extra = b""  # of where it stood
            with archive.open(member) as file, kept.open(copied, "w", force_zip64=True) as written:
                if inner:
                    name = PurePosixPath(member.filename).name
                    take_out(stream.inside(name, cast(BinaryIO, file)), cast(BinaryIO, written), inner)
                else:
                    shutil.copyfileobj(file, written, _PIECE)
