"""JSON Lines, JSON lists and CSV -> given keys of each document; hardly more than one is in memory.

One that is broken or too large costs none of the others. A sidecar's `columns` says which column is which key where its name does not.
"""

import codecs
import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain, count

from indexer.ingestion import columns, parts
from indexer.ingestion.parts import ParsedDocument, ParsedPart, Part, RefusedPart, Stream, Unreadable, refusing, taken
from indexer.ingestion.text import decode, decoded_line

_PIECE = 65_536
"""Bytes that are read at once."""
_BETWEEN, _BLANK = re.compile(r"[\s,]*"), re.compile(r"\s*")
_MARK, _IN_STRING = re.compile(r'[\[\]{},"]'), re.compile(r'\\.|"', re.DOTALL)
_DECODER = json.JSONDecoder()
_NO_JSON = "Det som står här är ingen JSON i UTF-8; rätta det."

Put = Callable[[str], object]


def read_jsonl(stream: Stream) -> Iterator[Part]:
    """Every line that is not blank, numbered from 1."""
    longest = stream.document_bytes
    for number, line in enumerate(iter(partial(stream.file.readline, longest + 1), b""), start=1):
        if len(line) > longest:
            while line and not line.endswith(b"\n"):
                line = stream.file.readline(longest)
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


def _part(member: str, keys: object, stream: Stream) -> Part:
    """The part of a JSON value, or of bytes that should be one. Raises Unreadable."""
    if isinstance(keys, bytes):
        try:
            keys = json.loads(taken(keys, stream.document_bytes, stream.depth > 0).decode("utf-8-sig"))
        except (ValueError, RecursionError) as error:
            raise Unreadable("Innehållet är ingen JSON i UTF-8; rätta det eller ta bort det.") from error
    if not isinstance(keys, dict):
        raise Unreadable("Raden är inget JSON-objekt; skriv ett objekt med nyckeln text på varje rad.")
    keys |= {key: keys[name] for key, name in stream.columns.items() if name in keys}
    if not isinstance(keys.get("text"), str):
        raise Unreadable("Raden saknar nyckeln text med dokumentets text.")
    return ParsedPart(ParsedDocument("", keys["text"]), member=member, given=keys)


def elements(stream: Stream, put: Put = len) -> Iterator[tuple[object, str]]:
    """The values of a list, each with its text; RefusedPart for one that cannot be read.

    `put` is given all that stands around them, and what is too large to be given whole.
    """
    rest = _Rest(stream, put)
    rest.pass_over(_BLANK)
    rest.put(1)
    ended, numbers = False, count(1)
    while rest.pass_over(_BETWEEN):
        if rest.text.startswith("]", rest.at):
            rest.put(1)
            ended = True
        else:
            value, text = rest.element(f"#{next(numbers)}")
            ended = isinstance(value, RefusedPart)
            yield value, text
    if not ended:
        yield RefusedPart("Listan är avhuggen; hämta den igen.", member=f"#{next(numbers)}"), ""


class _Rest:
    """What follows; as much of it is in memory as is looked at."""

    def __init__(self, stream: Stream, put: Put) -> None:
        # A byte that is not UTF-8 is kept as it is and costs the element that it stands in.
        self._file = codecs.getreader("utf-8-sig")(stream.file, "surrogateescape")
        self._most, self._packed = stream.document_bytes, stream.depth > 0
        self._put = put
        self.text, self.at = self._file.read(_PIECE), 0

    def put(self, size: int) -> None:
        """Pass on so many characters."""
        self._put(self.text[self.at : self.at + size])
        self.at += size

    def pass_over(self, pattern: re.Pattern[str]) -> bool:
        """Pass on all that fits, however far it goes; whether anything follows."""
        while match := pattern.match(self.text, self.at):
            self.put(match.end() - self.at)
            if self.at < len(self.text):
                return True
            if not self._more():
                break
        return False

    def element(self, member: str) -> tuple[object, str]:
        """The element that stands here, and its text."""
        while True:
            try:
                value, end = _DECODER.raw_decode(self.text, self.at)
            except (ValueError, RecursionError):
                end = -1
            ended = -1 < end < len(self.text)  # a number may go on
            if ended or len(self.text) - self.at > self._most or not self._more():
                break
        if end < 0:
            return RefusedPart(self._passed(), member=member), ""
        text = self.text[self.at : end]
        self.at = end
        try:
            taken(text.encode("utf-8"), self._most, self._packed)
        except UnicodeEncodeError:
            return RefusedPart(_NO_JSON, member=member), text
        except Unreadable as error:
            return RefusedPart(str(error), member=member), text
        return value, text

    def _more(self) -> bool:
        more = self._file.read(max(_PIECE, len(self.text) - self.at))
        self.text, self.at = self.text[self.at :] + more, 0
        return bool(more)

    def _passed(self) -> str:
        """Pass over an element by its brackets and quotation marks; why it is refused."""
        depth, quoted, size, at = 0, False, 0, self.at
        while True:
            if mark := (_IN_STRING if quoted else _MARK).search(self.text, at):
                at = mark.end()
                quoted ^= mark[0] == '"'
                if not depth and mark[0] in "],":
                    at = mark.start()
                    break
                depth = max(0, depth + (mark[0] in "[{") - (mark[0] in "]}"))  # a stray brace closes nothing
            else:  # what a backslash stands before may come with the next piece
                at = len(self.text) - (quoted and self.text.endswith("\\", at))
                size += at - self.at
                self.put(at - self.at)
                if not self._more():
                    break
                at = 0
        size += at - self.at
        self.put(at - self.at)
        return f"Dokumentet är större än {self._most // 1_000_000} MB; dela upp det." if size > self._most else _NO_JSON


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
