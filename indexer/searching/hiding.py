"""Documents that a person's name must not find: left out of the answer when a question holds the whole name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from indexer.planning import Plan, nodes
from indexer.queries import Alike, And, InTitle, Near, Not, Or, Phrase, Query, Word
from indexer.swedish import EntryOf, analyse


@dataclass(frozen=True, slots=True)
class Hidden:
    """A document and the terms of a name."""

    id: str
    terms: frozenset[str]


def hidden_of(pairs: Iterable[tuple[str, str]], entry: EntryOf) -> tuple[Hidden, ...]:
    """Ids and names -> ids and terms; a name without words hides nothing."""
    found = (Hidden(id, frozenset(token.term for token in analyse(name, entry))) for id, name in pairs)
    return tuple(one for one in found if one.terms)


def left_out(query: Query, hidden: Iterable[Hidden], entry: EntryOf) -> tuple[Plan, ...]:
    """The documents that a question must not find: those whose every term of the name it asks for, also by a beginning."""
    asked = list(_asked(query, entry))
    return tuple(
        nodes.Identified(one.id)
        for one in hidden
        if all(any(term == text or (begins and term.startswith(text)) for text, begins in asked) for term in one.terms)
    )


def _asked(query: Query, entry: EntryOf) -> Iterator[tuple[str, bool]]:
    """Every word that is asked for, as term and as typed, and whether it is only a beginning."""
    match query:
        case Word():
            for token in analyse(query.text, entry):
                yield token.term, False
                yield token.form, query.prefix or query.fuzzy
        case Phrase():
            yield from ((token.term, False) for token in analyse(" ".join(query.words), entry))
        case Near():
            yield from (*_asked(query.left, entry), *_asked(query.right, entry))
        case And() | Or():
            for part in query.parts:
                yield from _asked(part, entry)
        case InTitle() | Alike():
            yield from _asked(query.part, entry)
        case Not() | _:
            return
