"""The plan: a small tree over index fields that every engine carries out in the same way.

Matching is exact and the same everywhere; a score is BM25 of the terms (k1 1.2, b .75) times their weight, added up, but
for MaxOf, which takes the greatest, and for the constants of PhraseAt. Nothing here knows Swedish or an engine.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from indexer.fields import COLLAPSED, number
from indexer.metadata.dates import instant
from indexer.queries import Filters


class Term(Struct, frozen=True):
    """Documents that have `text` in `field`, scored by BM25 × `weight`."""

    field: str
    text: str
    weight: float = 1.0
    only_scores: bool = False
    """Whether it stands in a choice of which another part finds every document that has it."""


class PhraseAt(Struct, frozen=True):
    """Documents that have the terms at these offsets from one another; scores the constant `score`."""

    field: str
    terms: tuple[tuple[int, str], ...]
    """At least two of (offset, term), offsets rising from 0."""
    score: float = 0.0
    slop: int = 0
    """Of two different terms, both at 0: how many places they may stand from one another, in either order."""

    @property
    def rows(self) -> tuple[tuple[tuple[int, str], ...], ...]:
        """The terms at each of the offsets that the slop allows."""
        if not self.slop:
            return (self.terms,)
        words = [term for _, term in self.terms]
        return tuple(((0, one), (1 + gap, other)) for one, other in (words, words[::-1]) for gap in range(self.slop))


class AllOf(Struct, frozen=True):
    """Documents that match every required part and no forbidden one; `bonus` parts only add to the score.

    Without a required part it matches nothing: NOT alone finds nothing.
    """

    required: tuple[Plan, ...]
    bonus: tuple[Plan, ...] = ()
    forbidden: tuple[Plan, ...] = ()


class AnyOf(Struct, frozen=True):
    """Documents that match a part; the scores of the matching parts are added. Empty: nothing."""

    parts: tuple[Plan, ...]


class MaxOf(Struct, frozen=True):
    """As AnyOf, but the greatest score counts."""

    parts: tuple[Plan, ...]


class Everything(Struct, frozen=True):
    """Every document, score 0."""


class Value(Struct, frozen=True):
    """Documents that a facet counts under `value`, or of the field `id` the one with that id; score 0."""

    facet: str
    value: str


class Range(Struct, frozen=True):
    """Documents whose number (of `fields.number`) in a field lies in first..last, inclusive; score 0."""

    field: str
    first: int
    last: int = 10**17 - 1


Plan = Term | PhraseAt | AllOf | AnyOf | MaxOf | Everything | Value | Range

NOTHING = AnyOf(())
COLLAPSED_DUPLICATES: Plan = Value("collapsed", COLLAPSED)
"""Documents that another publication of the same release stands for."""


def with_id(id: str) -> Value:
    """The document with an id."""
    return Value("id", id)


def filter_plans(filters: Filters) -> dict[str, Plan]:
    """Facet, `period` or `since` -> what its chosen values demand; facets without a choice are left out."""
    plans: dict[str, Plan] = {name: AnyOf(tuple(Value(name, one) for one in values)) for name, values in filters.chosen}
    period = filters.period
    if period.first or period.last:  # what touches it; undated documents have day 0 and lie before every period
        first, last = number(period.first or "0001-01-01"), number(period.last or "9999-12-31")
        plans["period"] = AllOf((Range("first_day", 1, last), Range("last_day", first)))
    if period.since:  # who knows an instant knows what came then
        plans["since"] = Range("new_at", number(instant(period.since) or "") + (":" in period.since))
    return plans


def matching(plan: Plan) -> Plan:
    """A plan of the same documents without what only scores, for counting: a third of the work (benchmarks/plans.py)."""
    match plan:
        case AllOf(required, _, forbidden):
            return AllOf(tuple(map(matching, required)), forbidden=tuple(map(matching, forbidden)))
        case AnyOf(parts) | MaxOf(parts):
            # A choice in a choice is none of its own.
            kept = map(matching, parts)
            choices = (one for part in kept for one in (part.parts if isinstance(part, AnyOf) else (part,)))
            return AnyOf(tuple(one for one in choices if not (isinstance(one, Term) and one.only_scores)))
    return plan


def leaves(plan: Plan, *, bonus: bool = False, forbidden: bool = False) -> Iterator[Term | PhraseAt]:
    """The terms and phrases of a plan that make a document match; those that only score, or keep one out, if asked for."""
    return (node for node in _ends(plan, bonus, forbidden) if isinstance(node, Term | PhraseAt))


def values(plan: Plan) -> Iterator[Value]:
    """The facet values of a plan that make a document match."""
    return (node for node in _ends(plan) if isinstance(node, Value))


def _ends(plan: Plan, bonus: bool = False, forbidden: bool = False) -> Iterator[Plan]:
    waiting = [plan]
    while waiting:
        match waiting.pop():
            case AllOf(required, also, never):
                waiting += reversed((*required, *(also if bonus else ()), *(never if forbidden else ())))
            case AnyOf(parts) | MaxOf(parts):
                waiting += reversed(parts)
            case end:
                yield end
