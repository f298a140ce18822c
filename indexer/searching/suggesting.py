"""Did you mean: a typed question -> the nearest one that the index's own words allow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from indexer.queries import And, Query, Word
from indexer.swedish import analyse
from indexer.vocabulary import IndexVocabulary

RARE = 2
"""Documents of a word that may still be a misspelling."""
FAR_MORE = 100
"""How many times more documents a near neighbour must have then."""

LONG_NUMBER = 6
"""Digits of a word that is no year, amount or name."""


def suggestions(typed: str, query: Query, vocabulary: IndexVocabulary) -> Iterator[str]:
    """Questions that may have been meant, the likeliest first; none is known to find anything."""
    words = [word for word in _words(query) if len(analyse(word, vocabulary.entry)) == 1 and not _is_number(word)]
    corrected = {word: better for word in words if (better := _better(word, vocabulary))}
    if corrected:
        yield _replaced(typed, corrected)
    split = {word: parts for word in words if (parts := _split(word, vocabulary))}
    if split:
        yield _replaced(typed, split)
    for left, right in pairwise(words):
        joined = f"{left}{right}"
        if f"{left} {right}" in typed and vocabulary.documents(vocabulary.known(joined.lower()) or ""):
            yield typed.replace(f"{left} {right}", joined, 1)


def _words(query: Query) -> Sequence[str]:
    """The plain words of a question of nothing else: who writes operators or quotation marks means what he writes."""
    parts = query.parts if isinstance(query, And) and query.blank else (query,)
    words = [part.text for part in parts if isinstance(part, Word) and part == Word(part.text)]
    return words if len(words) == len(parts) else ()


def _is_number(word: str) -> bool:
    """Telephone, identity and case numbers are meant as they are typed; a near one belongs to somebody else."""
    return sum(map(str.isdigit, word)) >= LONG_NUMBER


def _better(word: str, vocabulary: IndexVocabulary) -> str | None:
    """The nearest word, for one that the index lacks or has far more rarely than that."""
    form = word.lower()
    term = vocabulary.known(form)
    often = vocabulary.documents(term) if term else 0
    if often > RARE:
        return None
    near = vocabulary.nearest(form)
    if near is None or (often and near[1] < often * FAR_MORE):
        return None
    return near[0]


def _split(word: str, vocabulary: IndexVocabulary) -> str | None:
    """additivtillverkning = additiv tillverkning: the split whose rarer word is in the most documents."""
    form = word.lower()
    if vocabulary.known(form):
        return None
    halves = ((form[:at], form[at:]) for at in range(3, len(form) - 2))
    counted = [(min(map(vocabulary.documents_of_form, half)), " ".join(half)) for half in halves]
    often, best = max(counted, default=(0, ""))
    return best if often else None


def _replaced(typed: str, words: dict[str, str]) -> str:
    for word, better in words.items():
        typed = typed.replace(word, better, 1)
    return typed
