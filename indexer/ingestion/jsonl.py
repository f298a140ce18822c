"""JSON Lines, one document a line, and JSON, one document or a list of them -> given keys of each."""

import json
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from indexer.ingestion.listed import elements
from indexer.ingestion.parts import ParsedDocument, ParsedPart, Part, RefusedPart, Stream, Unreadable, refusing, taken


def read_jsonl(stream: Stream) -> Iterator[Part]:
    """Every line that is not blank, numbered from 1."""
    longest = stream.document_bytes
    for number, line in enumerate(lines_of(stream.file, longest), start=1):
        if line is None:
            yield RefusedPart(f"Dokumentet är större än {longest // 1_000_000} MB; dela upp det.", member=f"#{number}")
        elif line.strip():
            yield refusing(_part, f"#{number}", line, stream)


def read_json(stream: Stream) -> Iterator[Part]:
    """The objects of a list, or one object; null stands for one that was taken out."""
    if not stream.beginning.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"["):
        yield refusing(_part, "", stream.whole(), stream)
        return
    for number, (element, _) in enumerate(elements(stream), start=1):
        if isinstance(element, RefusedPart):
            yield element
        elif element is not None:
            yield refusing(_part, f"#{number}", element, stream)


def lines_of(file: BinaryIO, longest: int) -> Iterator[bytes | None]:
    """The lines of a file, None for one that is too long; never more than one in memory."""
    while line := file.readline(longest + 1):
        if len(line) <= longest:
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = file.readline(longest)
        yield None


def _part(member: str, value: object, stream: Stream) -> Part:
    """The part of a JSON value, or of bytes that should be one. Raises Unreadable."""
    keys = _keys(_decoded(value, stream) if isinstance(value, bytes) else value, stream.columns)
    return ParsedPart(ParsedDocument("", str(keys["text"])), member=member, given=keys)


def _decoded(content: bytes, stream: Stream) -> object:
    try:
        return json.loads(taken(content, stream.document_bytes, stream.depth > 0).decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise Unreadable("Innehållet är ingen JSON i UTF-8; rätta det eller ta bort det.") from error


def _keys(value: object, columns: Mapping[str, str]) -> dict[str, object]:
    if not isinstance(value, dict):
        raise Unreadable("Raden är inget JSON-objekt; skriv ett objekt med nyckeln text på varje rad.")
    keys = value | {key: value[name] for key, name in columns.items() if name in value}
    if not isinstance(keys.get("text"), str):
        raise Unreadable("Raden saknar nyckeln text med dokumentets text.")
    return keys
