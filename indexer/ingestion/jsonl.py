"""JSON Lines, one document a line, and JSON, one document or a list of them -> given keys of each.

Hardly more than one is in memory; one that is broken or too large costs none of the others.
"""

import codecs
import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count

from indexer.ingestion.parts import ParsedDocument, ParsedPart, Part, RefusedPart, Stream, Unreadable, refusing, taken

_PIECE = 65_536
"""Bytes that are read at once."""
_BETWEEN, _BLANK = re.compile(r"[\s,]*"), re.compile(r"\s*")
_MARK, _IN_STRING = re.compile(r'[\[\]{},"]'), re.compile(r'\\.|"', re.DOTALL)
_DECODER = json.JSONDecoder()
_NO_JSON = "Det som står här är ingen JSON i UTF-8; rätta det."
_CUT = "Listan är avhuggen; hämta den igen."

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


def _part(member: str, value: object, stream: Stream) -> Part:
    """The part of a JSON value, or of bytes that should be one. Raises Unreadable."""
    keys = _decoded(value, stream) if isinstance(value, bytes) else value
    if not isinstance(keys, dict):
        raise Unreadable("Raden är inget JSON-objekt; skriv ett objekt med nyckeln text på varje rad.")
    keys |= {key: keys[name] for key, name in stream.columns.items() if name in keys}
    if not isinstance(keys.get("text"), str):
        raise Unreadable("Raden saknar nyckeln text med dokumentets text.")
    return ParsedPart(ParsedDocument("", keys["text"]), member=member, given=keys)


def _decoded(content: bytes, stream: Stream) -> object:
    try:
        return json.loads(taken(content, stream.document_bytes, stream.depth > 0).decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise Unreadable("Innehållet är ingen JSON i UTF-8; rätta det eller ta bort det.") from error


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
        yield RefusedPart(_CUT, member=f"#{next(numbers)}"), ""


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
