"""JSON Lines, JSON lists and CSV -> given keys of each document; hardly more than one is in memory.

One that is broken or too large costs none of the others. A sidecar's `columns` says which column is which key where its name does not.
"""

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain, count
from typing import BinaryIO

from indexer.ingestion import COLUMNS, parts
from indexer.ingestion.parts import ParsedDocument, ParsedPart, Part, RefusedPart, Stream, Unreadable, refusing, taken
from indexer.ingestion.text import decode, decoded_line

_STRING = rb'[^"\\]*+(?:\\.[^"\\]*+)*+("?)'
_MARK, _IN_STRING = re.compile(rb'([\[\]{},])|"' + _STRING, re.DOTALL), re.compile(rb"()" + _STRING, re.DOTALL)


def read_jsonl(stream: Stream) -> Iterator[Part]:
    """Every line that is not blank, numbered from 1."""
    longest = stream.document_bytes
    for number, line in enumerate(iter(partial(stream.file.readline, longest + 1), b""), start=1):
        if len(line) > longest:
            while line and not line.endswith(b"\n"):
                line = stream.file.readline(longest)
            yield RefusedPart(_too_large(longest), member=f"#{number}")
        elif line.strip():
            yield refusing(_part, f"#{number}", line, stream)


def read_json(stream: Stream) -> Iterator[Part]:
    """The objects of a list, or one object; null stands for one that was taken out."""
    if not stream.beginning.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"["):
        yield refusing(_part, "", stream.whole(), stream)
        return
    for number, element in enumerate(elements(stream), start=1):
        if isinstance(element, str):
            yield RefusedPart(element, member=f"#{number}")
        elif element.strip() != b"null":
            yield refusing(_part, f"#{number}", element, stream)


def _too_large(most: int) -> str:
    return f"Dokumentet är större än {most // 1_000_000} MB; dela upp det."


def _part(member: str, content: bytes, stream: Stream) -> Part:
    """The part of a JSON object. Raises Unreadable."""
    try:
        keys = json.loads(taken(content, stream.document_bytes, stream.depth > 0).decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise Unreadable("Innehållet är ingen JSON i UTF-8; rätta det eller ta bort det.") from error
    if not isinstance(keys, dict):
        raise Unreadable("Raden är inget JSON-objekt; skriv ett objekt med nyckeln text på varje rad.")
    keys |= {key: keys[name] for key, name in stream.columns.items() if name in keys}
    if not isinstance(keys.get("text"), str):
        raise Unreadable("Raden saknar nyckeln text med dokumentets text.")
    return ParsedPart(ParsedDocument("", keys["text"]), member=member, given=keys)


def elements(stream: Stream, put: Callable[[bytes], object] = len) -> Iterator[bytes | str]:
    """The values of a list as they stand, or why one cannot be given: a Swedish sentence.

    `put` is given all that stands around them, and what is too large to be given.
    """
    pieces, most = _pieces(stream.file), stream.document_bytes
    value, size, ended = bytearray(), 0, False
    put(next(pieces)[0])
    for piece, ends in pieces:
        begins = 0 if size else len(piece) - len(piece.lstrip(b" \t\r\n,]"))  # between values, and behind the last
        put(piece[:begins])
        ended = ended or b"]" in piece[:begins]
        size += len(piece) - begins
        value += piece[begins:]
        if size > most:
            put(bytes(value))
            value.clear()
        if ends and size:
            yield bytes(value) if size <= most else _too_large(most)
            value, size, ended = bytearray(), 0, False
    if size:
        yield bytes(value) if size <= most else _too_large(most)
    elif not ended:
        yield "Listan är avhuggen; hämta den igen."


def _pieces(file: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    """A list piece by piece, and whether what stands in it ends with each, as brackets and quotation marks tell."""
    depth, quoted, at = 0, False, 0
    for piece in iter(partial(file.read, parts.PIECE), b""):
        begin = 0
        while mark := (_IN_STRING if quoted else _MARK).search(piece, at):
            sign, at, quoted, within = mark[1] or b'"', mark.end(), mark[2] == b"", depth > 1
            if quoted:
                break
            depth = max(1, depth + (sign in b"[{") - (sign in b"]}"))  # a stray one closes nothing
            if depth == 1:
                end = mark.start() if sign in b",]" and not within else at
                yield piece[begin:end], True
                begin = end
        yield piece[begin:], False
        at = len(piece) - at if quoted else 0  # what a backslash stands before may come with the next piece


def read_csv(stream: Stream) -> Iterator[Part]:
    """The rows below the heading. Raises Unreadable for a table without a column of texts."""
    table = Table(stream)
    headings = {column.strip().lower(): at for at, column in reversed(list(enumerate(table.heading)))}
    headings_of = COLUMNS | {key: [name.lower()] for key, name in stream.columns.items() if key in COLUMNS}
    keys = {key: headings[name] for key, names in headings_of.items() for name in names if name in headings}
    if "text" not in keys:
        raise Unreadable("Tabellen har ingen kolumn som heter text; döp om den kolumn som har texterna.")
    for number, row in table:
        if isinstance(row, RefusedPart):
            yield row
        elif any(row):
            cells = {key: row[at].strip() for key, at in keys.items() if at < len(row)}
            yield refusing(_row, f"#{number}", {key: cell for key, cell in cells.items() if cell}, stream)


class Table:
    """The rows of a table in turn, numbered from the heading's 1; hardly more than one is in memory.

    One that cannot be read costs none of the others: it ends with the line where its quotation marks are even.
    """

    def __init__(self, stream: Stream) -> None:
        # 10_000_000: characters of a field.
        csv.field_size_limit(10_000_000)
        self._file, self._most = stream.file, stream.document_bytes
        if parts.utf_16_of(stream.beginning):
            self._file = io.BytesIO(decode(stream.whole()).encode("utf-8"))
        self.lines: list[bytes] = []
        """Of the row that was given last, as they stand; none of one that is too large to be kept."""
        self._quotes = 0
        first = next(self._lines(), "")
        self.delimiter = max(",;\t", key=first.count)
        self.heading = next(csv.reader(chain([first], self._lines()), delimiter=self.delimiter), [])

    def __iter__(self) -> Iterator[tuple[int, list[str] | RefusedPart]]:
        for number in count(2):
            self.lines, self._quotes = [], 0
            try:
                if (row := next(csv.reader(self._lines(), delimiter=self.delimiter), None)) is None:
                    return
                yield number, row
            except (csv.Error, Unreadable) as error:
                reason = str(error) if isinstance(error, Unreadable) else f"Raden är trasig ({error}); rätta den."
                self._pass_over()
                yield number, RefusedPart(reason, member=f"#{number}")

    def _lines(self) -> Iterator[str]:
        """Raises Unreadable for one that is too large or in an unknown encoding."""
        while line := self._file.readline(self._most + 1):
            self._quotes += line.count(b'"')
            if len(line) > self._most:
                raise Unreadable(f"Raden är större än {self._most // 1_000_000} MB; dela upp den.")
            self.lines.append(line)
            yield decoded_line(line)

    def _pass_over(self) -> None:
        """To the end of a row that cannot be read."""
        whole = bool(self.lines) and self.lines[-1].endswith(b"\n")
        self.lines = []
        while (not whole or self._quotes % 2) and (line := self._file.readline(self._most)):
            self._quotes += line.count(b'"')
            whole = line.endswith(b"\n")


def _row(member: str, given: dict[str, str], stream: Stream) -> Part:
    if not (text := given.pop("text", "")):
        raise Unreadable("Raden har ingen text; fyll i den eller ta bort raden.")
    taken(text.encode("utf-8", "replace"), stream.document_bytes, stream.depth > 0)
    return ParsedPart(ParsedDocument("", text), member=member, given=given)
