"""Form -> term: guarded lemma, then Snowball. One key a word; figures in FINDINGS 2."""

from __future__ import annotations

import threading
from functools import cache, lru_cache
from importlib import import_module
from typing import Any

MEMOISED_FORMS = 400_000
"""Forms whose term is remembered; 20,000 documents of data/news hold about 280,000."""

_STEMMING = threading.Lock()  # the stemmer keeps the word that it works on in itself
# Where lemma(word) differs but a form built on the word leads back to it, the word is a noun that the table
# mistakes for a verb form: tillväxt -> tillväxa, nämnd -> nämna, uppdrag -> uppdra (FINDINGS 2).
_NOUN_ENDINGS = ("en", "et", "n", "t", "ar", "er", "or")


@lru_cache(MEMOISED_FORMS)
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
    lemma = _lemma(form)
    if lemma != form and any(_lemma(form + ending) == form for ending in _NOUN_ENDINGS):
        return form
    return lemma


def _lemma(form: str) -> str:
    lemma: str = _lemmatize()(form, lang="sv")
    return lemma.lower()


@cache
def _lemmatize() -> Any:
    """Imported at the first unknown word: the table costs .7 s and 103 MB, which a search of known words never pays."""
    return import_module("simplemma").lemmatize
