"""Tree + Vocabulary -> plan: the one place for forms, fields and weights. An engine only carries the plan out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from indexer.parsing.small_words import small_words
from indexer.planning import nodes
from indexer.planning.alike import Expansion
from indexer.planning.filtering import COLLAPSED_DUPLICATES, filter_plans, filters_plan
from indexer.planning.nodes import Plan
from indexer.planning.wording import ANYWHERE, TITLES, Scope, Vocabulary, Wording, closeness
from indexer.queries import Alike, And, Everything, Filtered, InTitle, Near, Not, Or, Phrase, Query, Word
from indexer.swedish import EntryOf, entry_of
from indexer.swedish.synonyms import Synonyms

__all__ = ["COLLAPSED_DUPLICATES", "Plan", "Planned", "Vocabulary", "filter_plans", "nodes", "plan"]

SYNONYM_WEIGHT = 0.7
"""Of what means the same as a typed word."""
SMALL_WEIGHT = 0.3
"""Of the small words of a sentence."""
CLOSE_PAIRS = 7
"""Pairs of neighbours that are looked for close together; longer questions are sentences, not subjects."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A question as plans."""

    strict: Plan
    """Documents that have all that was asked for."""
    partial: Plan | None
    """Documents that lack some of `droppable`, when the question allows that; none of `strict`."""
    words: tuple[tuple[str, Plan], ...]
    """What was typed, each with its plan: those that may be missing, else the whole question."""
    notes: tuple[str, ...]
    """Swedish sentences on what was bounded."""
    synonyms: Mapping[str, tuple[str, ...]]
    """What was typed -> what is looked for besides."""


def plan(query: Query, vocabulary: Vocabulary, entry: EntryOf = entry_of, synonyms: Synonyms | None = None) -> Planned:
    """The plans of a question; any tree has one."""
    wording = Wording(vocabulary, entry)
    expansion = Expansion(synonyms or Synonyms(), wording.tokens)
    query = expansion.of(query)
    strict = _plan(query, wording, ANYWHERE) or nodes.NOTHING
    droppable = _droppable(query, Wording(vocabulary, entry))
    partial = _partial(query, Wording(vocabulary, entry, loose=True), strict) if droppable else None
    return Planned(strict, partial, droppable or ((_typed(query), strict),), tuple(wording.notes), expansion.found)


def _plan(query: Query, wording: Wording, scope: Scope) -> Plan | None:
    """None: it says nothing on its own, being no word or only something to leave out."""
    match query:
        case Word() | Phrase() | Near():
            return wording.of(query, scope)
        case And():
            return _all(query, wording, scope)
        case Or():
            return nodes.AnyOf(_present(_plan(part, wording, scope) for part in query.parts))
        case Not():
            return None
        case InTitle():
            return _plan(query.part, wording, TITLES)
        case Filtered():
            return filters_plan(query.filters)
        case Everything():
            return nodes.Everything()
        case Alike():
            return _any_of_alike(query, wording, scope)


def _any_of_alike(alike: Alike, wording: Wording, scope: Scope) -> Plan:
    return nodes.MaxOf(_present((_plan(alike.part, wording, scope), *_others(alike, wording, scope))))


def _others(alike: Alike, wording: Wording, scope: Scope) -> tuple[Plan, ...]:
    """What means the same, below the words as typed; never by its parts only."""
    strictly = Wording(wording.vocabulary, wording.entry)
    return _present(strictly.of(other, scope.scaled(SYNONYM_WEIGHT)) for other in alike.others)


def _all(query: And, wording: Wording, scope: Scope) -> Plan:
    small = small_words(query)
    parts = tuple(part for part in query.parts if part not in small)
    required = _present(_plan(part, wording, scope) for part in parts)
    forbidden = _present(_plan(part.part, wording, scope) for part in parts if isinstance(part, Not))
    if len(required) == 1 and not forbidden and not small:
        return required[0]
    bonus = (*_close(parts, wording, scope), *_small(small, wording, scope))
    return nodes.AllOf(required, bonus, forbidden)


def _small(words: Iterable[Query], wording: Wording, scope: Scope) -> tuple[Plan, ...]:
    """What the small words of a sentence add where they stand."""
    below = scope.scaled(SMALL_WEIGHT)
    return _present(_plan(word, wording, below) for word in words)


def _close(parts: Iterable[Query], wording: Wording, scope: Scope) -> tuple[Plan, ...]:
    """The bonus of plain words that are neighbours in the question and in the text."""
    tokens = [token for word in _plain_words(parts) for token in wording.tokens(word.text)]
    pairs = [(left, right) for left, right in pairwise(tokens) if left.term != right.term]
    return tuple(closeness(left, right, scope) for left, right in pairs[:CLOSE_PAIRS])


def _plain_words(parts: Iterable[Query]) -> Iterator[Word]:
    for part in parts:
        if isinstance(part, Word) and not part.exact:
            yield part
        elif isinstance(part, Alike):
            yield from _plain_words(part.part.parts if isinstance(part.part, And) else (part.part,))


def _typed(part: Query) -> str:
    """A droppable part as it was typed."""
    match part:
        case Word():
            return part.text
        case Phrase():
            return f'"{" ".join(part.words)}"'
        case Alike():
            return _typed(part.part)
        case And():
            return " ".join(_typed(word) for word in part.parts)
        case _:
            return ""


def _present(plans: Iterable[Plan | None]) -> tuple[Plan, ...]:
    return tuple(plan for plan in plans if plan is not None)


def _may_miss(part: Query) -> bool:
    return isinstance(part, Alike) or (isinstance(part, Word | Phrase) and not part.required)


def _droppable(query: Query, wording: Wording) -> tuple[tuple[str, Plan], ...]:
    """The parts of a question that were only written beside each other, as typed."""
    if not (isinstance(query, And) and query.blank):
        return ()
    small = small_words(query)
    parts = [part for part in query.parts if part not in small and _may_miss(part)]
    found = [(_typed(word), plan) for part in parts for word, plan in _words(part, wording)]
    return tuple((text, plan) for text, plan in found if plan is not None)


def _words(part: Query, wording: Wording) -> Iterator[tuple[Query, Plan | None]]:
    """A part that may be missing; of words that have a synonym together, each, beside that synonym."""
    if isinstance(part, Alike) and isinstance(part.part, And):
        others = _others(part, wording, ANYWHERE)
        yield from (
            (word, nodes.MaxOf(_present((_plan(word, wording, ANYWHERE), *others)))) for word in part.part.parts
        )
    else:
        yield part, _plan(part, wording, ANYWHERE)


def _partial(query: Query, wording: Wording, strict: Plan) -> Plan | None:
    """Any of the droppable words, everything else as asked, and not all of it; compounds also by their parts."""
    if not isinstance(query, And):
        return None
    small = small_words(query)
    rest = tuple(part for part in query.parts if part not in small and not _may_miss(part))
    required = _present(_plan(part, wording, ANYWHERE) for part in rest)
    forbidden = _present(_plan(part.part, wording, ANYWHERE) for part in rest if isinstance(part, Not))
    words = nodes.AnyOf(tuple(plan for _, plan in _droppable(query, wording)))
    bonus = (
        *_close((part for part in query.parts if part not in small), wording, ANYWHERE),
        *_small(small, wording, ANYWHERE),
    )
    return nodes.AllOf((*required, words), bonus, (*forbidden, strict))
