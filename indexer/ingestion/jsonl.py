"""JSON Lines, one document a line, and JSON, one document or a list of them -> given keys of each."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import BinaryIO

from indexer.ingestion.drafts import Draft, Unreadable
from indexer.ingestion.parts import Part, Stream

_BETWEEN = re.compile(r"[\s,]*\[?[\s,]*")
_PIECE = 65_536
"""Characters that are read at once."""


def read_jsonl(stream: Stream) -> Iterator[Part]:
    """Every line that is not blank, numbered from 1."""
    longest = stream.document_bytes
    for number, line in enumerate(_lines(stream.file, longest), start=1):
        if line is None:
            error = Unreadable(f"Raden är större än {longest // 1_000_000} MB; dela upp dokumentet.")
            yield Part(error, f"#{number}")
        elif line.strip():
            yield _part(_object(line, stream), f"#{number}")


def read_json(stream: Stream) -> Iterator[Part]:
    """The objects of a list, or one object."""
    if not stream.beginning.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"["):
        yield _part(_object(stream.whole(), stream))
        return
    for number, item in enumerate(_items(stream), start=1):
        yield _part(item if isinstance(item, Unreadable) else _checked(item, stream), f"#{number}")


def _items(stream: Stream) -> Iterator[object]:
    """The values of a list, hardly more than one in memory; what follows a broken one is refused as one."""
    file, decoder = codecs.getreader("utf-8-sig")(stream.file), json.JSONDecoder()
    text, at = "", 0
    while True:
        try:
            between = _BETWEEN.match(text, at)
            value, at = decoder.raw_decode(text, between.end() if between else at)
            yield value
        except (ValueError, RecursionError):
            text, at = text[at:], 0
            more = file.read(max(_PIECE, len(text))) if len(text) <= stream.document_bytes else ""
            if not more:
                if text.strip() != "]":
                    yield Unreadable("Listan är ingen JSON i UTF-8 härifrån; rätta den.")
                return
            text += more


def _lines(file: BinaryIO, longest: int) -> Iterator[bytes | None]:
    """The lines of a file, None for one that is too long; never more than one in memory."""
    while line := file.readline(longest + 1):
        if len(line) <= longest:
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = file.readline(longest)
        yield None


def _object(line: bytes, stream: Stream) -> dict[str, object] | Unreadable:
    try:
        return _checked(json.loads(line.decode("utf-8-sig")), stream)
    except (ValueError, RecursionError):
        return Unreadable("Innehållet är ingen JSON i UTF-8; rätta det eller ta bort det.")


def _checked(found: object, stream: Stream) -> dict[str, object] | Unreadable:
    if not isinstance(found, dict):
        return Unreadable("Raden är inget JSON-objekt; skriv ett objekt med nyckeln text på varje rad.")
    found |= {key: found[name] for key, name in stream.columns.items() if name in found}
    if not isinstance(found.get("text"), str):
        return Unreadable("Raden saknar nyckeln text med dokumentets text.")
    return found


def _part(found: dict[str, object] | Unreadable, member: str = "") -> Part:
    if isinstance(found, Unreadable):
        return Part(found, member)
    text, title = str(found["text"]), found.get("title")
    if isinstance(title, str) and title.strip():
        return Part(Draft(title, text), member, found)
    from indexer.ingestion.text import first_sentence

    return Part(Draft(first_sentence(text), text), member, found)
