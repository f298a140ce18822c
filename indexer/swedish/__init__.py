"""Swedish analysis: text -> tokens with offsets, forms and terms. The only analysis that the index and the questions know."""

from collections.abc import Callable
from operator import itemgetter

from msgspec import Struct, structs

from indexer.swedish.casing import cased, variants_of
from indexer.swedish.tokens import Normalised, Span, cut, is_word, joined_spans, spans_of
from indexer.swedish.words import KNOWN, Entries, Entry, Known, entry_of, reason_of

# Taken from here together with what is defined below.
__all__ = ["KNOWN", "Entries", "Entry", "EntryOf", "Known", "analyse", "entry_of", "is_word", "terms_in", "variants_of"]

_parts_of = itemgetter(1)
EntryOf = Callable[[str], Entry]
"""Lower-case form -> term and parts; `entry_of`, or a faster way to the same answer."""


class Part(Struct, frozen=True):
    """A word inside a written word; offsets in code points of the analysed text."""

    text: str
    start: int
    end: int
    term: str


class Token(Struct, frozen=True):
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
    """Of a compound, the words in it; on the first token of a hyphen word, the word when written as one."""
    joined: str | None = None
    """On the first token of a hyphen word: the term of the word when written as one."""
    readings: tuple[str, ...] = ()
    """Terms of other lexemes that have the form too; a question may mean them, no text counts as them."""

    @property
    def keys(self) -> tuple[str, ...]:
        """The terms that the word matches by: its own, then those that follow after."""
        return (self.term, *self.readings)

    @property
    def variants(self) -> tuple[str, ...]:
        """Further terms that a question means by the word, written in small letters: names and abbreviations of its letters."""
        return variants_of(self.form) if self.surface.islower() else ()


class Terms(Struct, frozen=True):
    """A text as the index holds it: forms, terms and entries of the same length and order, and the joined words beside them."""

    forms: list[str]
    entries: list[Entry]
    joined: list[tuple[Span, str]]
    """Of each hyphen word: its span in the text, and its term when written as one word."""
    text: Normalised

    @property
    def terms(self) -> list[str]:
        """The term of each token."""
        return list(map(itemgetter(0), self.entries))

    @property
    def parts(self) -> list[str]:
        """The terms of all words in words: joined hyphen words and parts of compounds."""
        inside = (part.term for parts in filter(None, map(_parts_of, self.entries)) for part in parts)
        return [*(term for _, term in self.joined), *inside]


def analyse(text: str, entry: EntryOf = entry_of, alone: bool = True) -> list[Token]:
    """The tokens of a text, in order, with offsets into it as given (decomposed letters and emoji included).

    Not alone: the text begins a longer one, so that a capital of its first word may only begin a sentence.

    >>> [(token.surface, token.term) for token in analyse("EU:s 3D-printing 07:00Pressmeddelande")]
    [('EU:s', 'eu'), ('3D', '3d'), ('printing', 'printing'), ('07', '07'), ('00', '00'), ('Pressmeddelande', 'pressmeddelande')]
    """
    terms = terms_in(text, entry, alone)
    joined = {start: Part(text[start:end], start, end, term) for (start, end), term in terms.joined}
    spans = spans_of(terms.text.text)
    tokens = []
    for place, ((first, last), form, found) in enumerate(zip(spans, terms.forms, terms.entries, strict=True)):
        start, end = terms.text.original(first, last)
        parts = [joined[start]] if start in joined else []
        for part in found.parts:
            if first + part.start < last:
                inside = terms.text.original(first + part.start, min(first + part.end, last))
                parts.append(Part(text[slice(*inside)], *inside, part.term))
        whole = joined[start].term if start in joined else None
        tokens.append(Token(text[start:end], start, end, place, form, found.term, tuple(parts), whole, found.readings))
    return tokens


def terms_in(text: str, entry: EntryOf = entry_of, alone: bool = True) -> Terms:
    """The same forms, entries and joined words as `analyse` gives, without offsets and some ten times as fast."""
    normalised, small, special = _cut(text, alone)
    entries = entry.of_all(small) if isinstance(entry, Entries) else list(map(entry, small))
    for place, term in special.items():
        entries[place] = Entry(term)
    # The term of the last subword ends the joined one: its forms fall together, and no new form has to be known.
    spans = joined_spans(normalised.text)
    joined = [(normalised.original(*span), before + entry(last).term) for span, before, last in spans]
    return Terms(small, entries, joined, normalised)


class Words(Struct, frozen=True):
    """A text as the index holds it."""

    forms: list[str]
    terms: list[str]
    """Of each form."""
    parts: list[str]
    """The terms of all words in words, as `Terms.parts`; of one word, with blanks between them."""
    special: set[str]
    """Those of the terms that capitals tell apart."""


def words_in(text: str, known: Known, apart: bool = True) -> Words:
    """The same forms, terms and parts as `terms_in` gives, in a third of the time; without parts where words are not taken apart."""
    normalised, small, special = _cut(text)
    terms, parts = known.of_all(small)
    for place, term in special.items():
        terms[place], parts[place] = term, None
    if not apart:
        return Words(small, terms, [], set(special.values()))
    joined = (before + known[last] for _, before, last in joined_spans(normalised.text))
    return Words(small, terms, [*joined, *filter(None, parts)], set(special.values()))


def _cut(text: str, alone: bool = True) -> tuple[Normalised, list[str], dict[int, str]]:
    """A text, its forms, and by their places the terms of those that capitals tell apart."""
    normalised = Normalised(text)
    tokens, small = cut(normalised.text)
    return normalised, small, cased(normalised.text, tokens, small, alone)


def forms_in(text: str) -> list[str]:
    """The forms that `terms_in` gives, without their terms."""
    return cut(Normalised(text).text)[1]


def as_json(token: Token) -> dict[str, object]:
    """The fixed JSON object of a token (DESIGN.md, Command line), and why it has its term."""
    shown = {name: getattr(token, name) for name in ("surface", "start", "end", "position", "term")}
    why = reason_of(token.form, token.term, token.readings)
    return shown | {"keys": list(token.keys), "parts": [structs.asdict(part) for part in token.parts], "why": why}
