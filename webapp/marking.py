"""A text and its spans -> marked paragraphs, and the way from mark to mark."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from markupsafe import Markup
from msgspec import Struct

from indexer import Span


class Position(Struct, frozen=True):
    """Which mark of how many a reader is at, counted from 1, and the marks beside it; None where there is none."""

    number: int
    of: int
    before: int | None
    after: int | None


def place_at(typed: str, marks: int) -> Position | None:
    """The place that an address names, else the first; None where nothing is marked.

    >>> place_at("2", 3)
    Position(number=2, of=3, before=1, after=3)
    """
    if not marks:
        return None
    number = min(max(int(typed), 1), marks) if typed.isdecimal() and len(typed) < 7 else 1
    return Position(number, marks, number - 1 or None, number + 1 if number < marks else None)


def marked(text: str, spans: Sequence[Span] = ()) -> Markup:
    """The text with its spans (code points) in <mark>, everything escaped.

    >>> marked("a < b", [(4, 5)])
    Markup('a &lt; <mark>b</mark>')
    """
    return _joined(text, [(start, end, Markup("<mark>")) for start, end in spans])


def marked_paragraphs(text: str, spans: Sequence[Span]) -> list[list[Markup]]:
    """The paragraphs of a text, each as its lines; the n:th span is <mark id="stalle-n">.

    >>> marked_paragraphs("En rad\\n\\nNytt stycke", [(8, 12)])
    [[Markup('En rad')], [Markup('<mark id="stalle-1">Nytt</mark> stycke')]]
    """
    runs = groupby(_lines(text, spans), key=lambda line: bool(line.strip()))
    return [list(lines) for filled, lines in runs if filled]


def _lines(text: str, spans: Sequence[Span]) -> Iterator[Markup]:
    """A mark that goes on over the end of a line ends with it."""
    numbered = iter(enumerate(spans, 1))
    number, (start, end) = next(numbered, (0, (len(text) + 1, 0)))
    position = 0
    for line in text.splitlines(keepends=True):
        inside = []
        while start < position + len(line):
            tag = Markup('<mark id="stalle-{}">').format(number)
            last = min(end - position, len(line.rstrip()))
            inside += [(start - position, last, tag)] if start - position < last else []
            number, (start, end) = next(numbered, (0, (len(text) + 1, 0)))
        yield _joined(line.rstrip(), inside)
        position += len(line)


def _joined(text: str, marks: Sequence[tuple[int, int, Markup]]) -> Markup:
    pieces: list[str] = []
    position = 0
    for start, end, tag in marks:
        pieces += [text[position:start], tag, text[start:end], Markup("</mark>")]
        position = end
    return Markup("").join([*pieces, text[position:]])
