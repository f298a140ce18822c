"""Tree + Vocabulary -> plan: the one place for forms, fields and weights. An engine only carries the plan out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from indexer.planning import nodes
from indexer.planning.filtering import filter_plans, filters_plan
from indexer.planning.nodes import Plan
from indexer.planning.wording import ANYWHERE, TITLES, Scope, Vocabulary, Wording, closeness
from indexer.queries import And, Everything, Filtered, InTitle, Near, Not, Or, Phrase, Query, Word
from indexer.swedish import TermOf, term_of

__all__ = ["Plan", "Planned", "Vocabulary", "filter_plans", "nodes", "plan"]

CLOSE_PAIRS = 7
"""Pairs of neighbours that are looked for close together; longer questions are sentences, not subjects."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A question as plans."""

    strict: Plan
    """Documents that have all that was asked for."""
    relaxed: Plan | None
    """Documents that lack some of `droppable`, when the question allows that; none of `strict`."""
    droppable: tuple[tuple[str, Plan], ...]
    """The typed words that may be missing, each with its plan."""
    notes: tuple[str, ...]
    """Swedish sentences on what was bounded."""


def plan(query: Query, vocabulary: Vocabulary, term: TermOf = term_of) -> Planned:
    """The plans of a question; any tree has one."""
    wording = Wording(vocabulary, term)
    strict = _plan(query, wording, ANYWHERE) or nodes.NOTHING
    notes = tuple(wording.notes)
    droppable = _droppable(query, Wording(vocabulary, term))
    relaxed = _relaxed(query, Wording(vocabulary, term), strict, droppable) if len(droppable) > 1 else None
    return Planned(strict, relaxed, droppable if relaxed else (), notes)


def _plan(query: Query, wording: Wording, scope: Scope) -> Plan | None:
    """None: it says nothing on its own, being no word or only something to leave out."""
    match query:
        case Word():
            return wording.word(query, scope)
        case Phrase():
            return wording.phrase(query, scope)
        case Near():
            return wording.near(query, scope)
        case And():
            return _all(query.parts, wording, scope)
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


def _all(parts: Sequence[Query], wording: Wording, scope: Scope) -> Plan:
    required = _present(_plan(part, wording, scope) for part in parts)
    forbidden = _present(_plan(part.part, wording, scope) for part in parts if isinstance(part, Not))
    if len(required) == 1 and not forbidden:
        return required[0]
    return nodes.AllOf(required, _close(parts, wording, scope), forbidden)


def _close(parts: Iterable[Query], wording: Wording, scope: Scope) -> tuple[Plan, ...]:
    """The bonus of plain words that are neighbours in the question and in the text."""
    words = [part for part in parts if isinstance(part, Word) and not part.exact]
    tokens = [token for word in words for token in wording.tokens(word.text)]
    pairs = [(left, right) for left, right in pairwise(tokens) if left.term != right.term]
    return tuple(closeness(left, right, scope) for left, right in pairs[:CLOSE_PAIRS])


def _present(plans: Iterable[Plan | None]) -> tuple[Plan, ...]:
    return tuple(plan for plan in plans if plan is not None)


def _may_miss(part: Query) -> bool:
    return isinstance(part, Word | Phrase) and not part.required


def _droppable(query: Query, wording: Wording) -> tuple[tuple[str, Plan], ...]:
    """The parts of a question that were only written beside each other, as typed."""
    if not (isinstance(query, And) and query.blank):
        return ()
    found = [
        (part.text if isinstance(part, Word) else f'"{" ".join(part.words)}"', _plan(part, wording, ANYWHERE))
        for part in query.parts
        if isinstance(part, Word | Phrase) and not part.required
    ]
    return tuple((text, plan) for text, plan in found if plan is not None)


def _relaxed(query: Query, wording: Wording, strict: Plan, droppable: Sequence[tuple[str, Plan]]) -> Plan | None:
    """At least half of the droppable words, everything else as asked, and not all of it."""
    if not isinstance(query, And):
        return None
    rest = tuple(part for part in query.parts if not _may_miss(part))
    required = _present(_plan(part, wording, ANYWHERE) for part in rest)
    forbidden = _present(_plan(part.part, wording, ANYWHERE) for part in rest if isinstance(part, Not))
    most = nodes.MostOf(tuple(plan for _, plan in droppable), (len(droppable) + 1) // 2)
    return nodes.AllOf((*required, most), _close(query.parts, wording, ANYWHERE), (*forbidden, strict))
