"""Swedish analysis: text -> tokens with offsets, forms and terms. The only analysis that the index and the questions know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass

from indexer.swedish.tokens import Normalised, forms, joined_spans, token_spans
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
    joined: list[str]
    """Forms of the hyphen words when written as one."""
    parts: list[str]
    """Their terms."""


def analyse(text: str, term: TermOf = term_of) -> list[Token]:
    """The tokens of a text, in order, with offsets into it as given (decomposed letters and emoji included).

    >>> [(token.surface, token.term) for token in analyse("EU:s 3D-printing 07:00Pressmeddelande")]
    [('EU:s', 'eu'), ('3D', '3d'), ('printing', 'printing'), ('07', '07'), ('00', '00'), ('Pressmeddelande', 'pressmeddel')]
    """
    normalised = Normalised(text)
    joined = {span[0]: (span, form) for span, form in joined_spans(normalised.text)}
    tokens = []
    for position, ((first, last), form) in enumerate(token_spans(normalised.text)):
        start, end = normalised.original(first, last)
        parts: tuple[Part, ...] = ()
        if first in joined:
            span, whole = joined[first]
            part_start, part_end = normalised.original(*span)
            parts = (Part(text[part_start:part_end], part_start, part_end, term(whole)),)
        tokens.append(Token(text[start:end], start, end, position, form, term(form), parts))
    return tokens


def terms_in(text: str, term: TermOf = term_of) -> Terms:
    """The same forms, terms and parts as `analyse` gives, without offsets and some ten times as fast."""
    normalised = Normalised(text).text
    found = forms(normalised)
    joined = [form for _, form in joined_spans(normalised)]
    return Terms(found, [term(form) for form in found], joined, [term(form) for form in joined])


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
