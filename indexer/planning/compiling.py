"""Tree -> plan: one compiler a question, with one budget of expansions and one list of notes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise, product
from typing import Protocol

from indexer.parsing.small_words import small_words
from indexer.planning import nodes, words
from indexer.planning.filtering import filter_plans
from indexer.planning.nodes import Plan
from indexer.planning.words import TITLES, Scope
from indexer.queries import Alike, And, Everything, Filtered, InTitle, Near, Not, Or, Phrase, Query, Word
from indexer.swedish import EntryOf, Token, analyse

SYNONYM_WEIGHT = 0.7
"""Of what means the same as a typed word."""
SMALL_WEIGHT = 0.3
"""Of the small words of a sentence."""
CLOSE_PAIRS = 7
"""Pairs of neighbours that are looked for close together; longer questions are sentences, not subjects."""
TOKENS = 32
"""Of a typed word or phrase: 1.1.1 … of a thousand characters is one word, whose phrase took 2 s (as many as words are read)."""
EXPANSIONS = 50
"""Terms that a prefix or fuzzy word may become (DESIGN.md)."""
ALL_EXPANSIONS = 200
"""The same for all words of a question together: 2,000 words cost 640 ms (FINDINGS 12)."""
PHRASES = 128
"""Exact-offset phrases that one written phrase may become in a field: 3 words at distance 10 are 121."""


class Vocabulary(Protocol):
    """The words of an index, as far as planning needs them; all answers are terms, most frequent first."""

    def beginning(self, prefix: str, limit: int) -> Sequence[str]:
        """Terms with a form that begins with `prefix`."""

    def similar(self, form: str, limit: int) -> Sequence[str]:
        """Terms with a form that is one letter away from `form`."""


@dataclass(slots=True)
class Compiler:
    """Compiles the trees of one question; what a word expands to is looked up, counted and noted once."""

    vocabulary: Vocabulary
    entry: EntryOf
    notes: dict[str, None] = field(default_factory=dict)
    """Swedish sentences on what was bounded, in order, each once."""
    synonyms: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """What was typed -> what is looked for besides."""
    _expansions: dict[tuple[str, bool], Sequence[str]] = field(default_factory=dict)
    """Form and whether it is a prefix -> terms."""

    def tokens(self, text: str) -> list[Token]:
        """The tokens of a typed word or phrase."""
        return analyse(text, self.entry)[:TOKENS]

    def plan(self, query: Query, scope: Scope) -> Plan | None:
        """None: it says nothing on its own, being no word or only something to leave out."""
        match query:
            case Word():
                return self._word(query, scope)
            case Phrase():
                return self._phrase(query, scope)
            case Near():
                return self._near(query, scope)
            case And():
                return self._all(query, scope)
            case Or():
                return nodes.AnyOf(self.plans(query.parts, scope))
            case InTitle():
                return self.plan(query.part, replace(TITLES, loose=scope.loose))
            case Filtered():
                return nodes.AllOf(tuple(filter_plans(query.filters).values()))
            case Everything():
                return nodes.Everything()
            case Alike():
                return nodes.MaxOf((*self.plans((query.part,), scope), *self.alike(query, scope)))
            case _:
                return None

    def plans(self, parts: Iterable[Query], scope: Scope) -> tuple[Plan, ...]:
        """Those of the parts that say something on their own."""
        return tuple(plan for part in parts if (plan := self.plan(part, scope)) is not None)

    def forbidden(self, parts: Iterable[Query], scope: Scope) -> tuple[Plan, ...]:
        """What the parts with INTE leave out."""
        return self.plans((part.part for part in parts if isinstance(part, Not)), scope)

    def alike(self, alike: Alike, scope: Scope) -> tuple[Plan, ...]:
        """What means the same, below the words as typed; never by its parts only."""
        self.synonyms[typed_text(alike.part)] = tuple(map(typed_text, alike.others))
        return self.plans(alike.others, replace(scope.scaled(SYNONYM_WEIGHT), loose=False))

    def bonus(self, query: And, scope: Scope) -> tuple[Plan, ...]:
        """What only adds to the score: plain words that are neighbours also in the text, and small words."""
        tokens = [token for word in _plain_words(carrying(query)) for token in self.tokens(word.text)]
        pairs = [(left, right) for left, right in pairwise(tokens) if left.term != right.term]
        close = (words.closeness(left, right, scope) for left, right in pairs[:CLOSE_PAIRS])
        return (*close, *self.plans(small_words(query), scope.scaled(SMALL_WEIGHT)))

    def _all(self, query: And, scope: Scope) -> Plan:
        parts = carrying(query)
        required, forbidden = self.plans(parts, scope), self.forbidden(parts, scope)
        if len(required) == 1 and not forbidden and len(parts) == len(query.parts):
            return required[0]
        return nodes.AllOf(required, self.bonus(query, scope), forbidden)

    def _word(self, word: Word, scope: Scope) -> Plan | None:
        tokens, scope = self.tokens(word.text), replace(scope, exact=word.exact)
        if len(tokens) < 2:
            return self._single(word, tokens[0], scope) if tokens else None
        slots = words.slots(tokens, scope)  # a prefix or fuzzy mark belongs to the last part of a hyphen word
        slots[-1] += [term for term in self._expanded(word, tokens[-1]) if term not in slots[-1]]
        row = words.constrained([(slots, [range(len(tokens))])], tokens, scope)
        joined = None if word.exact else tokens[0].joined
        return nodes.MaxOf((row, words.term(joined, scope))) if joined else row

    def _single(self, word: Word, token: Token, scope: Scope) -> Plan:
        plan = words.word(token, scope)
        more = [term for term in self._expanded(word, token) if term != token.term]
        expanded = (nodes.Term(name, term, weight) for term in more for name, _, weight in scope.fields)
        return nodes.MaxOf((plan, *expanded)) if more else plan

    def _phrase(self, phrase: Phrase, scope: Scope) -> Plan | None:
        """A phrase of one term is that term, and no compound written apart."""
        tokens, scope = self.tokens(typed_text(phrase)), replace(scope, exact=phrase.exact)
        if len(tokens) < 2:
            return words.leaves(tokens[0], scope) if tokens else None
        gaps = range(self._affordable(phrase.slop, len(tokens)) + 1)
        offsets = [words.spread(row) for row in product(gaps, repeat=len(tokens) - 1)]
        return words.constrained([(words.slots(tokens, scope), offsets)], tokens, scope)

    def _near(self, near: Near, scope: Scope) -> Plan | None:
        """Two words or phrases in either order with at most `distance` words between them."""
        left, right = (self.tokens(typed_text(side)) for side in (near.left, near.right))
        if not left or not right:
            return None
        scope = replace(scope, exact=near.left.exact and near.right.exact)
        rows = [
            (words.slots([*first, *second], scope), words.apart(len(first), len(second), near.distance))
            for first, second in ((left, right), (right, left))
        ]
        return words.constrained(rows, [*left, *right], scope)

    def _expanded(self, word: Word, token: Token) -> Sequence[str]:
        if not (word.prefix or word.fuzzy):
            return ()
        if (token.form, word.prefix) not in self._expansions:
            limit = min(EXPANSIONS, ALL_EXPANSIONS - sum(map(len, self._expansions.values())))
            look_up = self.vocabulary.beginning if word.prefix else self.vocabulary.similar
            terms = look_up(token.form, limit + 1) if limit else ()
            if len(terms) > limit:
                self.notes[f"”{word.text}*” passar på fler ord än {limit}; de {limit} vanligaste söks."] = None
            self._expansions[token.form, word.prefix] = terms[:limit]
        return self._expansions[token.form, word.prefix]

    def _affordable(self, slop: int, words: int) -> int:
        least = slop
        while least and (least + 1) ** (words - 1) > PHRASES:
            least -= 1
        if least < slop:
            self.notes[f"Avståndet ~{slop} är för stort för {words} ord; {least} används."] = None
        return least


def carrying(query: And) -> tuple[Query, ...]:
    """The parts of a question that its small words stand beside."""
    small = small_words(query)
    return tuple(part for part in query.parts if part not in small)


def typed_text(part: Query) -> str:
    """A word, a phrase, or words beside each other, as they were typed."""
    match part:
        case Word():
            return part.text
        case Phrase():
            return " ".join(part.words)
        case Alike():
            return typed_text(part.part)
        case And():
            return " ".join(map(typed_text, part.parts))
        case _:
            return ""


def _plain_words(parts: Iterable[Query]) -> Iterator[Word]:
    for part in parts:
        if isinstance(part, Word) and not part.exact:
            yield part
        elif isinstance(part, Alike):
            yield from _plain_words(part.part.parts if isinstance(part.part, And) else (part.part,))
