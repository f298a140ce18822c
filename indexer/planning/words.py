"""Tokens of a question -> leaves of a plan: which keys, in which fields, how far apart, at what weight."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, product

from indexer.planning.nodes import AllOf, AnyOf, MaxOf, PhraseAt, Plan, Term
from indexer.swedish import Token

TITLE_WEIGHT = 0.7
"""Of a word in the title, added to what it weighs before the text, where the title stands too (docs/relevance.md)."""
EXACT_WEIGHT = 0.5
"""Of the typed form, added to its term's (docs/relevance.md)."""
DECOMPOUNDED_WEIGHT = 0.4
"""Of a word that is only written joined, or only in parts (FINDINGS 4)."""
QUESTION_PARTS_WEIGHT = 0.5
"""Of a part of a question's compound (docs/relevance.md)."""
PARTS_GAP = 3
"""Words between the parts of a compound that is written apart: utveckling av den svenska industrin."""

ROW_SCORE = 5.0
"""Added where two words of the question stand in a row as typed."""
NEAR_SCORE = 2.5
"""Added where they stand in either order with at most NEAR_GAP words between."""
NEAR_GAP = 3


@dataclass(frozen=True, slots=True)
class Scope:
    """Where words are looked for, and how strictly."""

    fields: tuple[tuple[str, str, float], ...]
    """Field of terms, field of exact forms, weight."""
    decompounded: bool
    """Whether words in words count."""
    factor: float = 1.0
    """Of all weights."""
    exact: bool = False
    """Whether a word is looked for in this very form only."""
    loose: bool = False
    """Whether a compound may stand for its parts anywhere: industriutveckling for utveckling and industri."""

    def scaled(self, factor: float) -> Scope:
        """The same places, of another weight."""
        fields = tuple((name, exact, weight * factor) for name, exact, weight in self.fields)
        return replace(self, fields=fields, factor=self.factor * factor)


_TITLE = ("title", "title_exact", TITLE_WEIGHT)
ANYWHERE = Scope((_TITLE, ("body", "body_exact", 1.0)), decompounded=True)
TITLES = Scope((_TITLE,), decompounded=False)

Slots = Sequence[Sequence[str]]
"""For each place of a phrase, the terms or forms that may stand there."""
Offsets = Sequence[int]
"""Of each of them, the place, counted from the first."""


def word(token: Token, scope: Scope) -> Plan:
    """A typed word; a compound also by its parts near each other (utveckling av industrin), loosely by any of them."""
    whole = leaves(token, scope)
    if scope.exact or len(token.parts) < 2:
        return whole
    terms = [part.term for part in token.parts]
    scored = tuple(term(part, scope.scaled(QUESTION_PARTS_WEIGHT)) for part in dict.fromkeys(terms))
    if scope.loose:
        return AnyOf((whole, *scored))
    orders = [terms, terms[::-1]] if len(terms) == 2 else [terms]
    rows = _phrases([([[part] for part in order], apart(1, len(terms) - 1, PARTS_GAP)) for order in orders], scope)
    return AllOf((AnyOf((whole, *rows)),), bonus=scored)


def leaves(token: Token, scope: Scope) -> Plan:
    """One word: its term in all forms, and a little more for its own form; or that form only."""
    if scope.exact:
        return _sum(Term(name, token.form, weight) for _, name, weight in scope.fields)
    return term(token.term, scope, token.form)


def term(text: str, scope: Scope, form: str | None = None) -> Plan:
    """One term in every field of the scope, added up."""
    plans: list[Plan] = [Term(name, text, weight) for name, _, weight in scope.fields]
    if form is not None:
        forms = (Term(name, form, weight * EXACT_WEIGHT) for _, name, weight in scope.fields)
        plans = [AnyOf(both) for both in zip(plans, forms, strict=True)]
    if scope.decompounded:
        plans.append(Term("decompounded", text, DECOMPOUNDED_WEIGHT * scope.factor))
    return _sum(plans)


def _sum(plans: Iterable[Plan]) -> Plan:
    parts = tuple(plans)
    return parts[0] if len(parts) == 1 else AnyOf(parts)


def slots(tokens: Iterable[Token], scope: Scope) -> list[list[str]]:
    """The places of words in a row."""
    return [[token.form if scope.exact else token.term] for token in tokens]


def constrained(rows: Iterable[tuple[Slots, Sequence[Offsets]]], tokens: Iterable[Token], scope: Scope) -> Plan:
    """A phrase constrains and its words score: engines score phrases each in its own way (FINDINGS 12)."""
    different = {token.form: token for token in tokens}.values()
    return AllOf((AnyOf(tuple(_phrases(rows, scope))),), bonus=tuple(leaves(token, scope) for token in different))


def _phrases(rows: Iterable[tuple[Slots, Sequence[Offsets]]], scope: Scope) -> Iterator[PhraseAt]:
    """Every phrase that the slots and offsets allow, in every field of the scope."""
    for slots, offsets in rows:
        for name, exact_name, _ in scope.fields:
            for places in offsets:
                for terms in product(*slots):
                    yield PhraseAt(exact_name if scope.exact else name, tuple(zip(places, terms, strict=True)))


def spread(gaps: Sequence[int]) -> Offsets:
    """The offsets of words with some numbers of other words between them.

    >>> spread((0, 2))
    (0, 1, 4)
    """
    return tuple(accumulate(gaps, lambda offset, gap: offset + 1 + gap, initial=0))


def apart(first: int, second: int, most: int) -> list[Offsets]:
    """The offsets of two rows of words, of some lengths, with up to a number of words between them.

    >>> apart(2, 1, 1)
    [(0, 1, 2), (0, 1, 3)]
    """
    return [(*range(first), *range(first + gap, first + gap + second)) for gap in range(most + 1)]


def closeness(left: Token, right: Token, scope: Scope) -> Plan:
    """What two neighbours of a question add where they stand close together: most in a row, less near each other."""
    both = (left.term, right.term)
    swapped = (right.term, left.term)
    return MaxOf(
        tuple(
            PhraseAt(name, ((0, first), (1 + gap, second)), score)
            for name, _, _ in scope.fields
            for (first, second), gap, score in (
                (both, 0, ROW_SCORE),
                (swapped, 0, NEAR_SCORE),
                *((pair, gap, NEAR_SCORE) for gap in range(1, NEAR_GAP + 1) for pair in (both, swapped)),
            )
        )
    )
