"""JSON Lines, one document a line, and JSON, one document or a list of them -> given keys of each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import BinaryIO

from indexer.ingestion.drafts import Draft, Unreadable
from indexer.ingestion.parts import Part, Stream


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
    """A list of objects, or one."""
    try:
        found = json.loads(stream.whole().decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise Unreadable("Filen är ingen JSON i UTF-8; rätta den.") from error
    if not isinstance(found, list):
        yield _part(_checked(found, stream))
        return
    for number, item in enumerate(found, start=1):
        yield _part(_checked(item, stream), f"#{number}")


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
        return Unreadable("Raden är ingen JSON i UTF-8; rätta den eller ta bort den.")


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
