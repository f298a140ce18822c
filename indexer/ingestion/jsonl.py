"""JSON Lines, one document a line -> given keys of each."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from indexer.ingestion.drafts import Unreadable

_GZIP = b"\x1f\x8b"
_NAMES = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")


def is_jsonl(path: Path, beginning: bytes) -> bool:
    """By name, or by a first line that is a JSON object with a text."""
    if path.name.lower().endswith(_NAMES):
        return True
    first = beginning.lstrip(b"\xef\xbb\xbf \t\r\n").partition(b"\n")[0]
    return first.startswith(b"{") and b'"text"' in first and not beginning.startswith(_GZIP)


def read_jsonl(path: Path, document_bytes: int) -> Iterator[tuple[int, dict[str, object] | Unreadable]]:
    """Line number, counted from 1, and the object of every line that is not blank, or why there is none."""
    with path.open("rb") as plain:
        packed = plain.read(2) == _GZIP
        plain.seek(0)
        lines = cast(BinaryIO, gzip.GzipFile(fileobj=plain)) if packed else plain
        for number, line in enumerate(_lines(lines, document_bytes), start=1):
            if line is None:
                yield number, Unreadable(f"Raden är större än {document_bytes // 1_000_000} MB; dela upp dokumentet.")
            elif line.strip():
                yield number, _object(line)


def _lines(file: BinaryIO, longest: int) -> Iterator[bytes | None]:
    """The lines of a file, None for one that is too long; never more than one in memory."""
    while line := file.readline(longest + 1):
        if len(line) <= longest:
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = file.readline(longest)
        yield None


def _object(line: bytes) -> dict[str, object] | Unreadable:
    try:
        found = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return Unreadable("Raden är ingen JSON i UTF-8; rätta den eller ta bort den.")
    if not isinstance(found, dict):
        return Unreadable("Raden är inget JSON-objekt; skriv ett objekt med nyckeln text på varje rad.")
    if not isinstance(found.get("text"), str):
        return Unreadable("Raden saknar nyckeln text med dokumentets text.")
    return found
