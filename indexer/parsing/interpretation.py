"""Tree -> a Swedish sentence that says how a question was read."""

from __future__ import annotations

from collections.abc import Sequence

from indexer.metadata.kinds import KINDS
from indexer.metadata.regions import NATIONAL, label
from indexer.parsing.small_words import small_words
from indexer.queries import (
    UNKNOWN,
    Alike,
    And,
    Everything,
    Filtered,
    Filters,
    InTitle,
    Near,
    Not,
    Or,
    Parsed,
    Period,
    Phrase,
    Query,
    Word,
)


def interpret(parsed: Parsed) -> str:
    """How a question and its chosen filters were read.

    >>> from indexer.queries import And, Parsed, Word
    >>> interpret(Parsed(And((Word("cirkulär"), Word("ekonomi")), blank=True)))
    'båda orden ”cirkulär” och ”ekonomi”'
    """
    words = "alla dokument, nyast först" if isinstance(parsed.query, Everything) else _said(parsed.query)
    filters = _filters(parsed.filters)
    return f"{words}, {filters}" if filters else words


def _said(query: Query, inner: bool = False) -> str:
    match query:
        case Word() | Phrase() | Near():
            return _leaf(query)
        case And():
            return _all(query, inner)
        case Or(parts):
            return _any(parts, inner)
        case Not(part):
            return f"inte {_said(part, inner=True)}"
        case InTitle(part):
            return f"i rubriken {_said(part, inner=True)}"
        case Filtered(filters):
            return _filters(filters)
        case Alike(part):
            return _said(part, inner)
        case Everything():
            return "alla dokument"


def _leaf(query: Word | Phrase | Near) -> str:
    match query:
        case Word():
            return _word(query)
        case Phrase():
            return _phrase(query)
        case Near(left, right, distance):
            return f"{_said(left)} och {_said(right)} med högst {distance} ord emellan"


def _phrase(phrase: Phrase) -> str:
    said = f"{'exakt ' if phrase.exact else ''}orden i rad ”{' '.join(phrase.words)}”"
    return f"{said} med högst {phrase.slop} ord emellan" if phrase.slop else said


def _any(parts: Sequence[Query], inner: bool) -> str:
    said = " eller ".join(_said(part, inner=True) for part in parts)
    return f"({said})" if inner else said


def _all(query: And, inner: bool) -> str:
    small = small_words(query)
    parts = [part for part in query.parts if part not in small]
    plain = all(isinstance(part, Word) and part == Word(part.text) for part in parts)
    said = _listed([_said(part, inner=True) for part in parts], "och")
    if plain and len(parts) > 1:
        said = f"{'alla orden' if len(parts) > 2 else 'båda orden'} {said}"
    if small:
        said += f", gärna med {_listed([_word(word) for word in small], 'och')}"
    return f"({said})" if inner else said


def _listed(pieces: Sequence[str], last: str) -> str:
    return f"{', '.join(pieces[:-1])} {last} {pieces[-1]}" if len(pieces) > 1 else "".join(pieces)


def _word(word: Word) -> str:
    said = f"”{word.text}”"
    if word.exact:
        return f"exakt {said}"
    if word.prefix:
        return f"ord som börjar på {said}"
    if word.fuzzy:
        return f"{said} eller ord som skiljer sig på en bokstav"
    return f"säkert {said}" if word.required else said


def _filters(filters: Filters) -> str:
    pieces = [
        _some("i", [label(value) if value != NATIONAL else "hela landet" for value in filters.region]),
        _some("som nämner", [label(value) for value in filters.mentions]),
        _some("från år", ["okänt" if year == UNKNOWN else year for year in filters.year]),
        _period(filters.period),
        _some("från", ["okänd källa" if source == UNKNOWN else source for source in filters.source]),
        _some("av typen", ["okänd" if kind == UNKNOWN else KINDS.get(kind, kind) for kind in filters.kind]),
    ]
    return ", ".join(piece for piece in pieces if piece)


def _some(before: str, values: Sequence[str]) -> str:
    return f"{before} {_listed(values, 'eller')}" if values else ""


def _period(period: Period) -> str:
    if period.first and period.last and period.first[4:] == "-01-01" and period.last[4:] == "-12-31":
        first, last = period.first[:4], period.last[:4]
        return f"från åren {first}–{last}" if first != last else f"från år {first}"
    if period.first and period.last:
        return f"från {period.first} till {period.last}"
    if period.first:
        return f"från och med {period.first}"
    return f"till och med {period.last}" if period.last else ""
