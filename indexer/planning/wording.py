"""Words and phrases -> plans: which forms, in which fields, at what weight."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import product
from math import log
from typing import Protocol

from indexer.planning.nodes import NOTHING, AllOf, AnyOf, MaxOf, PhraseAt, Plan, Term
from indexer.queries import Near, Phrase, Word
from indexer.swedish import EntryOf, Token, analyse, entry_of

TITLE_WEIGHT = 0.7
"""Of a word in the title, added to what it weighs before the text, where the title stands too (docs/relevance.md)."""
EXACT_WEIGHT = 0.5
"""Of the typed form, added to its term's (docs/relevance.md)."""
PARTS_WEIGHT = 0.4
"""Of a word that is only written joined, or only in parts (FINDINGS 4)."""

PARTS_GAP = 3
"""Words between the parts of a compound that is written apart: utveckling av den svenska industrin."""

QUESTION_PARTS_WEIGHT = 0.5
"""Of a part of a question's compound (docs/relevance.md)."""

EXPANSIONS = 50
"""Terms that a prefix or fuzzy word may become (DESIGN.md)."""
ALL_EXPANSIONS = 200
"""The same for all words of a question together: 2,000 words cost 640 ms (FINDINGS 12)."""
PHRASES = 128
"""Exact-offset phrases that one written phrase may become in a field: 3 words at distance 10 are 121."""

RARITY_POWER = 0.2
"""How much more than BM25 gives it a rare word weighs, and a frequent one less (docs/relevance.md)."""
ONE_IN_A_HUNDRED = log(101)
"""The rarity at which a word weighs 1."""

ROW_SCORE = 5.0
"""Added where two words of the question stand in a row as typed."""
NEAR_SCORE = 2.5
"""Added where they stand in either order with at most NEAR_GAP words between."""
NEAR_GAP = 3


TOKENS = 32
"""Of a typed word or phrase: 1.1.1 … of a thousand characters is one word, whose phrase took 2 s (as many as words are read)."""


class Vocabulary(Protocol):
    """The words of an index, as far as planning needs them; all answers are terms, most frequent first."""

    def beginning(self, prefix: str, limit: int) -> Sequence[str]:
        """Terms with a form that begins with `prefix`."""
        ...

    def similar(self, form: str, limit: int) -> Sequence[str]:
        """Terms with a form that is one letter away from `form`."""
        ...

    def rarity(self, term: str) -> float:
        """log(1 + documents / documents that have the term): above 0, greatest for a term that none has."""
        ...


@dataclass(frozen=True, slots=True)
class Scope:
    """Where words are looked for: (terms field, exact field, weight), and whether joined parts count."""

    fields: tuple[tuple[str, str, float], ...]
    parts: bool
    factor: float = 1.0
    """Of all weights."""

    def scaled(self, factor: float) -> Scope:
        """The same places, of another weight."""
        fields = tuple((name, exact, weight * factor) for name, exact, weight in self.fields)
        return Scope(fields, self.parts, self.factor * factor)


_TITLE = ("title", "title_exact", TITLE_WEIGHT)
ANYWHERE = Scope((_TITLE, ("body", "body_exact", 1.0)), parts=True)
TITLES = Scope((_TITLE,), parts=False)

Slots = Sequence[Sequence[str]]
"""For each place of a phrase, the terms that may stand there."""


@dataclass(slots=True)
class Wording:
    """Turns the words of one question into plans and keeps count of its expansions."""

    vocabulary: Vocabulary
    entry: EntryOf = entry_of
    loose: bool = False
    """Whether a compound may stand for its parts anywhere: industriutveckling for utveckling and industri."""
    notes: list[str] = field(default_factory=list)
    _expansions: int = 0

    def tokens(self, text: str) -> list[Token]:
        """The tokens of a typed word or phrase."""
        return analyse(text, self.entry)[:TOKENS]

    def of(self, query: Word | Phrase | Near, scope: Scope) -> Plan | None:
        """A word, a phrase or two of them near each other; None where nothing of it is a word."""
        match query:
            case Word():
                return self.word(query, scope)
            case Phrase():
                return self.phrase(query, scope)
            case Near():
                return self.near(query, scope)

    def word(self, word: Word, scope: Scope) -> Plan | None:
        """A typed word; None where nothing of it is a word."""
        tokens = self.tokens(word.text)
        if not tokens:
            return None
        if len(tokens) == 1:
            return self._single(word, tokens[0], self._weighed(word, tokens[0], scope))
        row = self._row(tokens, self._slots(word, tokens), word.exact, scope)
        if word.exact or not tokens[0].joined:
            return row
        return MaxOf((row, _joined(tokens[0].joined, scope)))

    def phrase(self, phrase: Phrase, scope: Scope) -> Plan | None:
        """A typed phrase; a phrase of one term is that term."""
        tokens = self.tokens(" ".join(phrase.words))
        if not tokens:
            return None
        if len(tokens) == 1:
            return _term(tokens[0], scope, phrase.exact)
        slots = [[token.form if phrase.exact else token.term] for token in tokens]
        slop = self._affordable(phrase.slop, len(tokens))
        offsets = [_offsets(gaps) for gaps in product(range(slop + 1), repeat=len(tokens) - 1)]
        return _constrained(_rows(slots, offsets, phrase.exact, scope), tokens, phrase.exact, scope)

    def near(self, near: Near, scope: Scope) -> Plan | None:
        """Two words or phrases in either order with at most `distance` words between them."""
        left, right = (self.tokens(_typed(side)) for side in (near.left, near.right))
        if not left or not right:
            return None
        exact = near.left.exact and near.right.exact
        rows = [
            plan
            for first, second in ((left, right), (right, left))
            for plan in _rows(
                [[token.form if exact else token.term] for token in (*first, *second)],
                [_apart(len(first), len(second), gap) for gap in range(near.distance + 1)],
                exact,
                scope,
            )
        ]
        return _constrained(rows, (*left, *right), exact, scope)

    def _single(self, word: Word, token: Token, scope: Scope) -> Plan:
        plan = _term(token, scope, word.exact)
        if not word.exact and len(token.parts) > 1:
            plan = self._or_parts(plan, token, scope)
        more = [text for text in self._expanded(word, token) if text != token.term]
        if not more:
            return plan
        return MaxOf((plan, *(Term(name, text, weight) for text in more for name, _, weight in scope.fields)))

    def _weighed(self, word: Word, token: Token, scope: Scope) -> Scope:
        """The scope at the weight of a word among the others; what stands for several words is not weighed."""
        if word.exact or word.prefix or word.fuzzy:
            return scope
        return scope.scaled((self.vocabulary.rarity(token.term) / ONE_IN_A_HUNDRED) ** RARITY_POWER)

    def _or_parts(self, plan: Plan, token: Token, scope: Scope) -> Plan:
        """A compound, or its parts near each other (utveckling av industrin); loosely, any of them."""
        terms = [part.term for part in token.parts]
        scored = tuple(_part(term, scope) for term in dict.fromkeys(terms))
        if self.loose:
            return AnyOf((plan, *scored))
        orders = [terms, terms[::-1]] if len(terms) == 2 else [terms]
        gaps = [_apart(1, len(terms) - 1, gap) for gap in range(PARTS_GAP + 1)]
        rows = [row for order in orders for row in _rows([[term] for term in order], gaps, False, scope)]
        return AllOf((AnyOf((plan, *rows)),), bonus=scored)

    def _row(self, tokens: Sequence[Token], slots: Slots, exact: bool, scope: Scope) -> Plan:
        return _constrained(_rows(slots, [tuple(range(len(tokens)))], exact, scope), tokens, exact, scope)

    def _slots(self, word: Word, tokens: Sequence[Token]) -> Slots:
        """A hyphen word's places; a prefix or fuzzy mark belongs to its last subword."""
        slots = [[token.form if word.exact else token.term] for token in tokens]
        slots[-1] += [text for text in self._expanded(word, tokens[-1]) if text not in slots[-1]]
        return slots

    def _expanded(self, word: Word, token: Token) -> Sequence[str]:
        limit = min(EXPANSIONS, ALL_EXPANSIONS - self._expansions)
        if limit <= 0 or not (word.prefix or word.fuzzy):
            return ()
        look_up = self.vocabulary.beginning if word.prefix else self.vocabulary.similar
        found = look_up(token.form, limit + 1)
        self._expansions += min(len(found), limit)
        if len(found) > limit:
            self.notes.append(f"”{word.text}*” passar på fler ord än {limit}; de {limit} vanligaste söks.")
        return found[:limit]

    def _affordable(self, slop: int, words: int) -> int:
        least = slop
        while least and (least + 1) ** (words - 1) > PHRASES:
            least -= 1
        if least < slop:
            self.notes.append(f"Avståndet ~{slop} är för stort för {words} ord; {least} används.")
        return least


def _typed(side: Word | Phrase) -> str:
    return side.text if isinstance(side, Word) else " ".join(side.words)


def _term(token: Token, scope: Scope, exact: bool = False) -> Plan:
    """One word in every field of the scope, added up."""
    if exact:
        return _sum(Term(name, token.form, weight) for _, name, weight in scope.fields)
    plans: list[Plan] = [
        AnyOf((Term(name, token.term, weight), Term(exact_name, token.form, weight * EXACT_WEIGHT)))
        for name, exact_name, weight in scope.fields
    ]
    if scope.parts:
        plans.append(Term("parts", token.term, PARTS_WEIGHT * scope.factor))
    return _sum(plans)


def _part(term: str, scope: Scope) -> Plan:
    """A part of a question's compound, as a word or as a part of another compound."""
    plans: list[Plan] = [Term(name, term, weight * QUESTION_PARTS_WEIGHT) for name, _, weight in scope.fields]
    if scope.parts:
        plans.append(Term("parts", term, PARTS_WEIGHT * QUESTION_PARTS_WEIGHT * scope.factor))
    return _sum(plans)


def _joined(text: str, scope: Scope) -> Plan:
    """A hyphen word where it is written as one word."""
    plans = [Term(name, text, weight) for name, _, weight in scope.fields]
    if scope.parts:
        plans.append(Term("parts", text, PARTS_WEIGHT * scope.factor))
    return _sum(plans)


def _sum(plans: Iterable[Plan]) -> Plan:
    parts = tuple(plans)
    return parts[0] if len(parts) == 1 else AnyOf(parts)


def _rows(slots: Slots, offsets: Iterable[Sequence[int]], exact: bool, scope: Scope) -> list[Plan]:
    """Every phrase that the slots and offsets allow, in every field of the scope."""
    names = [exact_name if exact else name for name, exact_name, _ in scope.fields]
    return [
        PhraseAt(name, tuple(zip(places, terms, strict=True)))
        for name in names
        for places in offsets
        for terms in product(*slots)
    ]


def _constrained(rows: Sequence[Plan], tokens: Iterable[Token], exact: bool, scope: Scope) -> Plan:
    """A phrase constrains and its words score: engines score phrases each in its own way (FINDINGS 12)."""
    unique = {token.form: token for token in tokens}.values()
    scored = tuple(_term(token, scope, exact) for token in unique)
    return AllOf((AnyOf(tuple(rows)),), bonus=scored) if rows else NOTHING


def _offsets(gaps: Sequence[int]) -> tuple[int, ...]:
    places = [0]
    for gap in gaps:
        places.append(places[-1] + 1 + gap)
    return tuple(places)


def _apart(first: int, second: int, gap: int) -> tuple[int, ...]:
    return (*range(first), *range(first + gap, first + gap + second))


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
