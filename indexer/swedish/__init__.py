"""Swedish analysis: text -> tokens with offsets, forms and terms. The only analysis that the index and the questions know."""

# ruff: noqa: F401
# mypy: implicit-reexport

from collections.abc import Callable

from msgspec import Struct, structs

from indexer.swedish.casing import cased, variants_of
from indexer.swedish.tokens import Normalised, cut, is_word, joined_spans, spans_of
from indexer.swedish.words import KNOWN, MEMOISED_FORMS, Entries, Entry, Known, entry_of, reason_of

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


class Words(Struct, frozen=True):
    """A text as the index holds it."""

    forms: list[str]
    terms: list[str]
    """Of each form."""
    parts: list[str]
    """The terms of all words in words: joined hyphen words, then parts of compounds; of one word, with blanks between them."""
    special: set[str]
    """Those of the terms that capitals tell apart."""


def analyse(text: str, entry: EntryOf = entry_of, alone: bool = True) -> list[Token]:
    """The tokens of a text, in order, with offsets into it as given (decomposed letters and emoji included).

    Not alone: the text begins a longer one, so that a capital of its first word may only begin a sentence.

    >>> [(token.surface, token.term) for token in analyse("EU:s 3D-printing 07:00Pressmeddelande")]
    [('EU:s', 'eu'), ('3D', '3d'), ('printing', 'printing'), ('07', '07'), ('00', '00'), ('Pressmeddelande', 'pressmeddelande')]
    """
    normalised, small, special = _cut(text, alone)
    entries = entry.of_all(small) if isinstance(entry, Entries) else list(map(entry, small))

    def part_of(first: int, last: int, term: str) -> Part:
        start, end = normalised.original(first, last)
        return Part(text[start:end], start, end, term)

    chains = joined_spans(normalised.text)
    joined = {span[0]: part_of(*span, before + entry(last).term) for span, before, last in chains}
    tokens = []
    for place, ((first, last), form) in enumerate(zip(spans_of(normalised.text), small, strict=True)):
        found = Entry(special[place]) if place in special else entries[place]
        own, joint = part_of(first, last, found.term), joined.get(first)
        inside = ((first + part.start, min(first + part.end, last), part.term) for part in found.parts)
        parts = (*([joint] if joint else ()), *(part_of(*part) for part in inside if part[0] < last))
        whole = joint.term if joint else None
        tokens.append(Token(own.text, own.start, own.end, place, form, found.term, parts, whole, found.readings))
    return tokens


def terms_in(text: str, entry: EntryOf = entry_of) -> Words:
    """The same forms, terms and parts as `analyse` gives, without offsets and some ten times as fast."""
    return words_in(text, Known(entry, MEMOISED_FORMS))


def words_in(text: str, known: Known, apart: bool = True) -> Words:
    """As `terms_in`, of what is known, in a third of the time; without parts where words are not taken apart."""
    normalised, small, special = _cut(text)
    terms, parts = known.of_all(small)
    for place, term in special.items():
        terms[place], parts[place] = term, None
    # The term of the last subword ends the joined one: its forms fall together, and no new form has to be known.
    joined = (before + known[last] for _, before, last in joined_spans(normalised.text))
    return Words(small, terms, [*joined, *filter(None, parts)] if apart else [], set(special.values()))


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
