"""JSON Lines, one document a line, and JSON, one document or a list of them -> given keys of each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import BinaryIO

from indexer.ingestion.listed import elements
from indexer.ingestion.parsed import ParsedDocument, Unreadable
from indexer.ingestion.parts import Part, Stream, taken

_TOO_LARGE = "Dokumentet är större än {} MB; dela upp det."


def read_jsonl(stream: Stream) -> Iterator[Part]:
    """Every line that is not blank, numbered from 1."""
    longest = stream.document_bytes
    for number, line in enumerate(lines_of(stream.file, longest), start=1):
        if line is None:
            yield Part(Unreadable(_TOO_LARGE.format(longest // 1_000_000)), f"#{number}")
        elif line.strip():
            yield _part(_object(line, stream), f"#{number}")


def read_json(stream: Stream) -> Iterator[Part]:
    """The objects of a list, or one object; null stands for one that was taken out."""
    if not is_list(stream):
        yield _part(_object(stream.whole(), stream))
        return
    for number, (element, _) in enumerate(elements(stream), start=1):
        if element is not None:
            yield _part(element if isinstance(element, Unreadable) else _checked(element, stream), f"#{number}")


def is_list(stream: Stream) -> bool:
    """Whether a JSON file is a list of documents, and not one."""
    return stream.beginning.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"[")


def lines_of(file: BinaryIO, longest: int) -> Iterator[bytes | None]:
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
        return _checked(json.loads(taken(line, stream.document_bytes, stream.depth > 0).decode("utf-8-sig")), stream)
    except Unreadable as error:
        return error
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
        return Part(ParsedDocument(title, text), member, found)
    from indexer.ingestion.text import first_sentence

    return Part(ParsedDocument(first_sentence(text), text), member, found)
