"""Form -> term and parts: guarded lemma, then Snowball; one key a word. Figures in FINDINGS 2."""

from __future__ import annotations

import json
import threading
from functools import cache, lru_cache
from importlib import import_module
from typing import Any, NamedTuple

from indexer.swedish.compounds import Piece, pieces_of
from indexer.swedish.lemmas import lemma_of
from indexer.swedish.tokens import is_word

MEMOISED_FORMS = 400_000
"""Forms whose term is remembered; 20,000 documents of data/news hold about 280,000."""

MEMOISED_PARTS = 50_000
"""Of these, those whose term is remembered by itself, for the compounds that they are parts of."""

_STEMMING = threading.Lock()  # the stemmer keeps the word that it works on in itself
# Where lemma(word) differs but a form built on the word leads back to it, the word is a noun that the table
# mistakes for a verb form: tillväxt -> tillväxa, nämnd -> nämna, uppdrag -> uppdra (FINDINGS 2).
_NOUN_ENDINGS = ("en", "et", "n", "t", "ar", "er", "or")


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
    """The one key that it is indexed and searched by."""
    parts: tuple[FormPart, ...] = ()

    def packed(self) -> tuple[str, str]:
        """As two texts that `unpacked` reads."""
        return self.term, json.dumps(self.parts) if self.parts else ""

    @classmethod
    def unpacked(cls, term: str, parts: str) -> Entry:
        """From what `packed` gave."""
        return cls(term, tuple(FormPart(*part) for part in json.loads(parts)) if parts else ())


@lru_cache(MEMOISED_FORMS)
def entry_of(form: str) -> Entry:
    """The term of a lower-case form and, of a compound, of each of its parts.

    >>> entry_of("industriutvecklingen").parts
    (FormPart(start=0, end=8, term='industri', linking=0), FormPart(start=8, end=20, term='utveckling', linking=0))
    """
    if not is_word(form):
        return Entry(form)
    parts = tuple(_form_part(form, piece) for piece in pieces_of(form))
    return Entry(term_of(form), parts)


def _form_part(form: str, piece: Piece) -> FormPart:
    written = form[piece.start : piece.end]
    return FormPart(piece.start, piece.end, term_of(piece.word), int(written == piece.word + "s"))


@lru_cache(MEMOISED_PARTS)
def term_of(form: str) -> str:
    """The one key that a lower-case form is indexed and searched by.

    >>> [term_of(form) for form in ("ekonomi", "ekonomin", "ekonomiska")]
    ['ekonomi', 'ekonomi', 'ekonomisk']
    """
    lemma = _guarded_lemma(form)
    with _STEMMING:
        stem: str = _stemmer().stemWord(lemma)
    return stem


@cache
def _stemmer() -> Any:
    return import_module("snowballstemmer").stemmer("swedish")


def _guarded_lemma(form: str) -> str:
    lemma = lemma_of(form)
    if lemma != form and any(lemma_of(form + ending) == form for ending in _NOUN_ENDINGS):
        return form
    return lemma
