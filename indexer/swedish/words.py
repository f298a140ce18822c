"""Form -> term and parts, and why; term -> what is derived of it. A term is a lexeme; one key a word.

Figures in FINDINGS 13 and docs/relevance.md. A rule of data/derivations.txt is how long a stem must be, and the endings that words of one
stem take: utveckla, utveckling, utvecklare. An index tells which of them there are.
"""

from collections.abc import Callable, Sequence, Set
from functools import lru_cache
from importlib import import_module
from typing import Generic, NamedTuple, TypeVar

import msgspec

from indexer.swedish.compounds import Piece, pieces_of
from indexer.swedish.lexemes import CLOSED_CLASS, is_name, lexeme_of, listed, readings_of, word_lines, word_list
from indexer.swedish.tokens import is_word

MEMOISED_FORMS = 400_000
"""Forms whose term is remembered; 20,000 documents of data/news hold about 280,000."""


INSIDE = "-"
"""Ends the key of a name that begins a longer word: stockholm- of Stockholmsregionen."""

Found = TypeVar("Found")

_ENDINGS = ("", "n", "t", "r", "na", "en", "et", "er", "ar", "or", "erna", "arna", "orna")
_INFLECTIONS = {ending + genitive for ending in _ENDINGS for genitive in ("", "s")} - {""}
"""What a word that the table lacks may add to one that it has."""
_OWN = tuple(word + more for word in word_list("strangers") for more in ("", "het"))
_RULES = [(int(least), [ending.strip("-") for ending in endings]) for least, *endings in word_lines("derivations")]


class FormPart(NamedTuple):
    """A part of a compound: where it stands in the form, and its term."""

    start: int
    end: int
    term: str
    linking: int = 0
    """Letters at its end that only link it to the next part: the s of utvecklings-."""


class Entry(NamedTuple):
    """What the analysis knows of a form."""

    term: str
    """The one key that it is indexed by, and counted as."""
    parts: tuple[FormPart, ...] = ()
    readings: tuple[str, ...] = ()
    """Terms of other lexemes that have the form too: länkar counts as länk, and may be of länka."""

    def packed(self) -> tuple[str, str]:
        """As two texts that `unpacked` reads."""
        return self.term, msgspec.json.encode(self[1:]).decode() if any(self[1:]) else ""

    @classmethod
    def unpacked(cls, term: str, parts: str) -> "Entry":
        """From what `packed` gave."""
        return cls(term, *(_inside.decode(parts) if parts else ()))


_inside = msgspec.json.Decoder(tuple[tuple[FormPart, ...], tuple[str, ...]])


class LookUps(Generic[Found]):
    """What is known of words, looked up for many at once, and remembered; any number of threads may ask."""

    def __init__(self, look_up: Callable[[Set[str]], dict[str, Found]], most: int) -> None:
        self._look_up, self._most = look_up, most
        self._known: dict[str, Found] = {}

    def __call__(self, word: str) -> Found:
        return self._known.get(word) or self.of_all((word,))[0]

    def of_all(self, words: Sequence[str]) -> list[Found]:
        """What is known of each of some words."""
        known = self._known
        if unknown := set(words).difference(known):
            if len(known) + len(unknown) > self._most:
                known, unknown = {}, set(words)
            known.update(self._look_up(unknown))
            self._known = known
        return list(map(known.__getitem__, words))


class Entries(LookUps[Entry]):
    """Form -> entry, as `entry_of`, for all forms of a text at once."""


class Known(dict[str, str]):
    """Form -> its term, with the parts beside it: all that is indexed of a word, in a third of an entry's memory."""

    def __init__(self, entry: Callable[[str], Entry], most: int) -> None:
        self._entry, self._most = entry, most
        self._parts: dict[str, str] = {}
        """Of a compound, the terms of its parts with blanks between them."""

    def __missing__(self, form: str) -> str:
        entry = self._entry(form)
        if entry.parts:
            self._parts[form] = " ".join(part.term for part in entry.parts)
        self[form] = term = form if entry.term == form else entry.term
        return term

    def of_all(self, forms: Sequence[str]) -> tuple[list[str], list[str | None]]:
        """Of each form of a text its term, and the parts where it has any."""
        if len(self) > self._most:
            self.clear()
            self._parts.clear()
        if isinstance(self._entry, Entries):
            self._entry.of_all(forms)  # all at once
        return list(map(self.__getitem__, forms)), list(map(self._parts.get, forms))


@lru_cache(MEMOISED_FORMS)
def entry_of(form: str) -> Entry:
    """The term of a form and, of a compound, of each of its parts. A form with capitals is a term itself (casing.py).

    >>> entry_of("industriutvecklingen").parts
    (FormPart(start=0, end=8, term='industri', linking=0), FormPart(start=8, end=20, term='utveckling', linking=0))
    """
    if not is_word(form) or form != form.lower():
        return Entry(form)
    pieces = pieces_of(form)
    term = lexeme_of(form) or _inflected(form, pieces)[0]
    return Entry(term, tuple(_form_part(form, piece) for piece in pieces), readings_of(form))


KNOWN = Known(entry_of.__wrapped__, MEMOISED_FORMS)
"""What this process has met."""


def load_tables() -> None:
    """Read now what is else read at the first unknown word, 45 MB in .4 s: copies of this process then share it."""
    entry_of("brrzkvx")  # which no table has, so all are asked


def _form_part(form: str, piece: Piece) -> FormPart:
    """A name is never the last part; as another it has a key that no word has."""
    term, linking = _term_of_part(piece.word), form[piece.start : piece.end] == piece.word + "s"
    return FormPart(piece.start, piece.end, term + INSIDE if is_name(term) else term, int(linking))


def _term_of_part(word: str) -> str:
    """The term of a part, which is rather a noun than a verb: testbäddar is of bädd, not of bädda."""
    noun = word.removesuffix("ar")
    return noun if noun != word and lexeme_of(noun) == noun else term_of(word)


# 50_000: of MEMOISED_FORMS, those whose term is remembered by itself, for the compounds that they are parts of.
@lru_cache(50_000)
def term_of(form: str) -> str:
    """The one key that a lower-case form is indexed and searched by.

    >>> [term_of(form) for form in ("ekonomi", "ekonomin", "ekonomiska", "regionfonderna")]
    ['ekonomi', 'ekonomi', 'ekonomisk', 'regionfond']
    """
    return lexeme_of(form) or _inflected(form, pieces_of(form))[0]


def _inflected(form: str, pieces: tuple[Piece, ...]) -> tuple[str, str]:
    """Term and model of a word that the table lacks: what it ends with, else its stem where no other word is that."""
    if pieces:
        last = _term_of_part(pieces[-1].word)
        return form[: pieces[-1].start] + last, last
    # 5: letters of a known word at the end of an unknown one that is inflected as it is.
    for start in range(1, len(form) - 5 + 1):  # ehälsan, as e-hälsan
        if (lexeme := lexeme_of(form[start:])) and not is_name(form[start:]):
            return form[:start] + lexeme, lexeme
    # Made anew, which costs nothing: a stemmer keeps the word that it works on in itself, and any number of threads may ask.
    stem: str = import_module("snowballstemmer").stemmer("swedish").stemWord(form)
    for base in dict.fromkeys((form.removesuffix("s"), stem)):
        if base != form and (lexeme := lexeme_of(base)):
            endings = ("s",) if is_name(base) else _INFLECTIONS
            return (lexeme, lexeme) if len(base) > 3 and form[len(base) :] in endings else (form, "")
    return stem, ""


def derivations_of(term: str) -> frozenset[str]:
    """All that a word of the same stem may be, few of which are words at all. Function words, numbers and words in capitals have none.

    >>> sorted(derivations_of("utveckling") & {"utveckla", "utvecklare", "utvecklas", "veckla"})
    ['utveckla', 'utvecklare']
    """
    if not (term.isalpha() and _has_derivations(term)):
        return frozenset()
    rules = ((ending, endings) for least, endings in _RULES for ending in endings if len(term) - len(ending) >= least)
    found = {term.removesuffix(own) + other for own, endings in rules if term.endswith(own) for other in endings}
    return frozenset(filter(_has_derivations, found - {term}))


def _has_derivations(term: str) -> bool:
    return term == term.lower() and term not in CLOSED_CLASS and not term.endswith(_OWN)


def reason_of(form: str, term: str, readings: tuple[str, ...] = ()) -> str:
    """What tells the term of a form.

    >>> reason_of("länkar", "länk", ("länka",))
    'ordboken: form av länk; kan också vara form av länka'
    >>> reason_of("las", "LAS"), reason_of("mora", "mora"), reason_of("ska", "ska")
    ('förkortning, skild från ordet av versalerna', 'namn', 'formord: ett ord för sig')
    >>> reason_of("finlandsfärjor", "finlandsfärja"), reason_of("kvaddlan", "kvaddlan")
    ('okänt ord, böjt som färja', 'okänt ord: söks som det står')
    """
    if term != term.lower():
        if term[1:].islower():
            return "namn, skilt från ordet av versalen"
        return "förkortning, skild från ordet av versalerna"
    if form in CLOSED_CLASS:
        return "formord: ett ord för sig"
    if is_name(form):
        return "namn" if form == term else f"namn: form av {term.capitalize()}"
    if lexeme_of(form):
        told = "ordboken: grundform" if form == term else f"ordboken: form av {term}"
        return f"{told}; kan också vara form av {listed(readings, 'eller')}" if readings else told
    if model := _inflected(form, pieces_of(form))[1]:
        return f"okänt ord, böjt som {model}"
    return "okänt ord: söks som det står" if form == term else "okänt ord: söks på stammen"
