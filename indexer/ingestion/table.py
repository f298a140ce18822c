"""CSV with a heading row -> given keys of each row; a sidecar's `columns` says which heading is which key where its name does not."""

import csv
import io
from collections.abc import Iterator
from itertools import chain, count

from indexer.ingestion import columns, parts
from indexer.ingestion.parts import ParsedDocument, ParsedPart, Part, RefusedPart, Stream, Unreadable, refusing
from indexer.ingestion.text import decode, decoded_line

LONGEST_FIELD = 10_000_000
"""Characters."""


def read_csv(stream: Stream) -> Iterator[Part]:
    """The rows below the heading. Raises Unreadable for a table without a column of texts."""
    table = Table(stream)
    headings = {column.strip().lower(): at for at, column in reversed(list(enumerate(table.heading)))}
    known = columns()
    headings_of = known | {key: [name.lower()] for key, name in stream.columns.items() if key in known}
    keys = {key: headings[name] for key, names in headings_of.items() for name in names if name in headings}
    if "text" not in keys:
        raise Unreadable("Tabellen har ingen kolumn som heter text; döp om den kolumn som har texterna.")
    for number, row in table:
        if isinstance(row, RefusedPart):
            yield row
        elif any(row):
            cells = {key: row[at].strip() for key, at in keys.items() if at < len(row)}
            yield refusing(_part, f"#{number}", {key: cell for key, cell in cells.items() if cell}, stream)


class Table:
    """The rows of a table in turn, numbered from the heading's 1; hardly more than one is in memory.

    One that cannot be read costs none of the others: it ends with the line where its quotation marks are even.
    """

    def __init__(self, stream: Stream) -> None:
        csv.field_size_limit(LONGEST_FIELD)
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


def _part(member: str, given: dict[str, str], stream: Stream) -> Part:
    if not (text := given.pop("text", "")):
        raise Unreadable("Raden har ingen text; fyll i den eller ta bort raden.")
    parts.taken(text.encode("utf-8", "replace"), stream.document_bytes, stream.depth > 0)
    return ParsedPart(ParsedDocument("", text), member=member, given=given)
