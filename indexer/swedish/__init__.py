"""Swedish analysis: text -> tokens with offsets, forms and terms. The only analysis that the index and the questions know."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import asdict, dataclass
from itertools import islice

from indexer.swedish.tokens import Normalised, Span, forms, joined_spans, spans_of, token_spans
from indexer.swedish.words import term_of

__all__ = ["Part", "TermOf", "Terms", "Token", "analyse", "as_json", "term_of", "terms_in"]

TermOf = Callable[[str], str]
"""Lower-case form -> term; `term_of`, or a faster way to the same answer."""


@dataclass(frozen=True, slots=True)
class Part:
    """A word inside a written word; offsets in code points of the analysed text."""

    text: str
    start: int
    end: int
    term: str


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a text. `start` and `end` are code points; `position` counts tokens from 0."""

    surface: str
    start: int
    end: int
    position: int
    form: str
    """The exact form: lower case, without the ending of EU:s and 19:e."""
    term: str
    """What its forms have in common."""
    parts: tuple[Part, ...] = ()
    """On the first token of a hyphen word: the word when written as one."""

    @property
    def keys(self) -> tuple[str, ...]:
        """The terms that the word matches by."""
        return (self.term,)


@dataclass(frozen=True, slots=True)
class Terms:
    """A text as the index holds it: forms and terms of the same length and order, and the joined words beside them."""

    forms: list[str]
    terms: list[str]
    joined: list[tuple[Span, str]]
    """Of each hyphen word: its span in the text, and its term when written as one word."""
    _text: Normalised

    def spans(self, places: Collection[int]) -> dict[int, Span]:
        """Where the tokens at some places stand in the text as given; found only now, because few are ever asked for."""
        last = max(places, default=-1)
        spans = islice(spans_of(self._text.text), last + 1)
        return {place: self._text.original(*span) for place, span in enumerate(spans) if place in places}


def analyse(text: str, term: TermOf = term_of) -> list[Token]:
    """The tokens of a text, in order, with offsets into it as given (decomposed letters and emoji included).

    >>> [(token.surface, token.term) for token in analyse("EU:s 3D-printing 07:00Pressmeddelande")]
    [('EU:s', 'eu'), ('3D', '3d'), ('printing', 'printing'), ('07', '07'), ('00', '00'), ('Pressmeddelande', 'pressmeddel')]
    """
    normalised = Normalised(text)
    joined = {span[0]: (span, term_) for span, term_ in _joined(normalised, term)}
    tokens = []
    for position, ((first, last), form) in enumerate(token_spans(normalised.text)):
        start, end = normalised.original(first, last)
        parts: tuple[Part, ...] = ()
        if first in joined:
            (part_first, part_last), whole = joined[first]
            part_start, part_end = normalised.original(part_first, part_last)
            parts = (Part(text[part_start:part_end], part_start, part_end, whole),)
        tokens.append(Token(text[start:end], start, end, position, form, term(form), parts))
    return tokens


def _joined(normalised: Normalised, term: TermOf) -> Iterator[tuple[Span, str]]:
    """The term of the last subword ends the joined one: its forms fall together, and no new form has to be known."""
    for span, before, last in joined_spans(normalised.text):
        yield span, before + term(last)


def terms_in(text: str, term: TermOf = term_of) -> Terms:
    """The same forms, terms and parts as `analyse` gives, without offsets and some ten times as fast."""
    normalised = Normalised(text)
    found = forms(normalised.text)
    joined = [(normalised.original(*span), whole) for span, whole in _joined(normalised, term)]
    return Terms(found, [term(form) for form in found], joined, normalised)


def as_json(token: Token) -> dict[str, object]:
    """The fixed JSON object of a token (DESIGN.md, Command line)."""
    return {
        "surface": token.surface,
        "start": token.start,
        "end": token.end,
        "position": token.position,
        "term": token.term,
        "keys": list(token.keys),
        "parts": [asdict(part) for part in token.parts],
    }
