"""What a question that is being typed may become: the word that has begun, by how many hits it would have, and titles."""

from __future__ import annotations

from dataclasses import dataclass

from indexer.engines import Window
from indexer.fields import document_of
from indexer.parsing import parse
from indexer.planning import plan
from indexer.queries import And, InTitle, Query, Word
from indexer.searching.opening import OpenIndex

WORDS = 16
"""Most frequent words with the beginning whose hits are counted together with the other words."""
COMPLETIONS = 8
TITLES = 3
LONGEST = 100
"""Characters of a typed question that is completed."""


@dataclass(frozen=True, slots=True)
class Completion:
    """A whole question and how many documents it would find."""

    text: str
    count: int


@dataclass(frozen=True, slots=True)
class Completions:
    """What a typed beginning may become; `titles` are (title, id)."""

    completions: tuple[Completion, ...] = ()
    titles: tuple[tuple[str, str], ...] = ()


def complete(typed: str, index: OpenIndex) -> Completions:
    """The completions of the last word in the hits of the words before it, and titles that have all of them."""
    before, _, last = typed.lstrip()[:LONGEST].rpartition(" ")
    if len(last) < 2 or not last.isalnum():
        return Completions()
    found: dict[str, Completion] = {}
    for form in index.vocabulary.forms_beginning(last.lower(), WORDS):
        text = f"{before} {form}".strip()
        count = _find(parse(text).query, index, 0)[0]
        term = index.vocabulary.entry(form).term
        if count and (term not in found or found[term].count < count):
            found[term] = Completion(text, count)
    ranked = sorted(found.values(), key=lambda completion: (-completion.count, completion.text))
    words = tuple(Word(word) for word in before.split())
    _, titles = _find(And((*(InTitle(word) for word in words), InTitle(Word(last, prefix=True)))), index, TITLES)
    return Completions(tuple(ranked[:COMPLETIONS]), titles)


def _find(query: Query, index: OpenIndex, limit: int) -> tuple[int, tuple[tuple[str, str], ...]]:
    planned = plan(query, index.vocabulary, index.vocabulary.entry)
    matches = index.engine.find(planned.strict, Window(0, limit))
    documents = (document_of(match.stored) for match in matches.hits)
    return matches.total, tuple((document.title, document.id) for document in documents)
