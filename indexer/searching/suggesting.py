"""Did you mean: a typed question -> the nearest one that the index's own words allow."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, pairwise

from indexer.catalogue.vocabulary import IndexVocabulary
from indexer.parsing import cleaned
from indexer.queries import And, Query, Word
from indexer.swedish import analyse, is_word

RARE = 2
"""Documents of a word that may still be a misspelling."""
FAR_MORE = 100
"""How many times more documents a near neighbour must have then."""
CORRECTED = 8
"""Words of a question that a correction is looked for, some 20 ms each; who writes more is not searching for a word."""
TRIED = 4
"""Questions that are given; each is answered to see whether it finds more."""
LONG_NUMBER = 6
"""Digits of a word that is no year, amount or name."""
_CHUNK = re.compile(r"[^\s()]+")


def suggestions(typed: str, query: Query, vocabulary: IndexVocabulary) -> Iterator[str]:
    """Questions that may have been meant, the likeliest first; none is known to find anything."""
    return islice(_suggestions(typed, query, vocabulary), TRIED)


def _suggestions(typed: str, query: Query, vocabulary: IndexVocabulary) -> Iterator[str]:
    plain = _words(query)
    single = (word for word in plain if is_word(word) and len(analyse(word, vocabulary.entry)) == 1)
    rare = (word for word in single if not _is_number(word) and _often(word, vocabulary) <= RARE)
    words = list(islice(rare, CORRECTED))
    corrected = {word: better for word in words if (better := _better(word, vocabulary))}
    if corrected:
        yield _replaced(typed, corrected)
    split = {word: parts for word in words if (parts := _split(word, vocabulary))}
    if split:
        yield _replaced(typed, split)
    chunks = list(_CHUNK.finditer(typed))
    for left, right in pairwise(chunks):
        joined = left[0] + right[0]
        together = typed[left.end() : right.start()] == " " and {left[0], right[0]} <= set(plain)
        if together and vocabulary.documents(vocabulary.known(joined.lower()) or ""):
            yield typed[: left.end()] + typed[right.start() :]


def _words(query: Query) -> Sequence[str]:
    """The plain words of a question of nothing else: who writes operators or quotation marks means what he writes."""
    parts = query.parts if isinstance(query, And) and query.blank else (query,)
    words = [part.text for part in parts if isinstance(part, Word) and part == Word(part.text)]
    return words if len(words) == len(parts) else ()


def _is_number(word: str) -> bool:
    """Telephone, identity and case numbers are meant as they are typed; a near one belongs to somebody else."""
    return sum(map(str.isdigit, word)) >= LONG_NUMBER


def _often(word: str, vocabulary: IndexVocabulary) -> int:
    return vocabulary.documents(vocabulary.known(word.lower()) or "")


def _better(word: str, vocabulary: IndexVocabulary) -> str | None:
    """The nearest word, for one that the index lacks or has far more rarely than that."""
    often = _often(word, vocabulary)
    near = vocabulary.nearest(word.lower())
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


def _replaced(typed: str, better: Mapping[str, str]) -> str:
    """The question with some of its words replaced, wherever they stand as words of their own."""

    def replaced(chunk: re.Match[str]) -> str:
        word = cleaned(chunk[0])
        before, _, after = chunk[0].partition(word) if word in better else (chunk[0], "", "")
        return before + better.get(word, "") + after

    return _CHUNK.sub(replaced, typed)
