"""Documents out of the files of corpus/ that hold them: a line of a JSONL, a record of a WARC, or the whole file."""

from __future__ import annotations

import gzip
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO, cast

from indexer.corpus import CorpusFile, Ledger, delete
from indexer.documents import Refusal
from indexer.durable import replacing
from indexer.ingestion.formats import format_of
from indexer.ingestion.parts import BEGINNING

_GZIP = b"\x1f\x8b"
_PIECE = 1 << 20
_WITHIN = "Texten ligger i en fil av ett slag som inte kan skrivas om; ta bort den ur filen eller ta bort filen, och kör kommandot igen."


def cut(corpus: Path, ledger: Ledger, file: CorpusFile, members: Sequence[str], kept: bool) -> Iterator[Refusal]:
    """Delete members of a file, or all of it where nothing else is kept of it; those that cannot be cut out."""
    if not kept:
        delete(corpus, file, ledger)
        return
    path = file.source.path
    with _opened(path) as stream:
        _, reader = format_of(path.name.removesuffix(".gz"), stream.read(BEGINNING))
    cutter = _CUTTERS.get(reader)
    if cutter and all(member[1:].isdigit() for member in members):
        cutter(path, {int(member[1:]) for member in members})
    else:
        yield from (Refusal(file.source.origin + member, _WITHIN) for member in members)


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    with path.open("rb") as file:
        packed = file.read(2) == _GZIP
        file.seek(0)
        yield cast(BinaryIO, gzip.GzipFile(fileobj=file)) if packed else file


@contextmanager
def _rewritten(path: Path) -> Iterator[BinaryIO]:
    """A file that replaces another, packed as that one was."""
    with path.open("rb") as file:
        packed = file.read(2) == _GZIP
    with replacing(path) as target:
        if not packed:
            yield target
            return
        with gzip.GzipFile(fileobj=target, mode="wb", filename="", mtime=0) as unpacked:
            yield cast(BinaryIO, unpacked)


def _cut_lines(path: Path, numbers: Collection[int]) -> None:
    """A line that is cut becomes an empty one, so that the others keep their numbers."""
    with _opened(path) as lines, _rewritten(path) as target:
        for number, line in enumerate(lines, start=1):
            target.write(b"\n" if number in numbers else line)


def _cut_records(path: Path, numbers: Collection[int]) -> None:
    """The records of a WARC but those; the bytes of the others stay as they are, in one gzip member where they were packed."""
    spans = []
    with _opened(path) as stream:
        iterator: Any = import_module("warcio.archiveiterator").ArchiveIterator(stream, arc2warc=True)
        for number, _ in enumerate(iterator, start=1):
            offset = iterator.get_record_offset()
            length = iterator.get_record_length()
            if number in numbers:
                spans.append((offset, offset + length))
    with _opened(path) as stream, _rewritten(path) as target:
        at = 0
        for start, end in spans:
            _copy(stream, target, start - at)
            _copy(stream, None, end - start)
            at = end
        _copy(stream, target, None)


def _copy(source: BinaryIO, target: BinaryIO | None, size: int | None) -> None:
    """So many bytes, or all, from one to the other, or to nowhere."""
    left = size
    while left is None or left > 0:
        piece = source.read(_PIECE if left is None else min(_PIECE, left))
        if not piece:
            return
        if target:
            target.write(piece)
        left = None if left is None else left - len(piece)


_CUTTERS = {"read_jsonl": _cut_lines, "read_warc": _cut_records}
"""Reader of a format whose members can be taken out -> what does it."""
