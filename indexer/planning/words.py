"""Tokens of a question -> leaves of a plan: which keys, in which fields, how far apart, at what weight."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, product

from msgspec import Struct, structs

from indexer.planning.nodes import AllOf, AnyOf, MaxOf, PhraseAt, Plan, Term
from indexer.swedish import Token
from indexer.swedish.words import INSIDE

TITLE_WEIGHT = 0.7
"""Of a word in the title, added to what it weighs before the text, where the title stands too (docs/relevance.md)."""
EXACT_WEIGHT = 0.5
"""Of the typed form, added to its term's (docs/relevance.md)."""
DECOMPOUNDED_WEIGHT = 0.5
"""Of a word that is only written joined, or only in parts (FINDINGS 4)."""
QUESTION_PARTS_WEIGHT = 0.5
"""Of a part of a question's compound (docs/relevance.md)."""
PARTS_GAP = 3
"""Words between the parts of a compound that is written apart: utveckling av den svenska industrin."""

ROW_SCORE = 5.0
"""Added where two words of the question stand in a row as typed."""
NEAR_SCORE, NEAR_GAP = 2.5, 3
"""Added where they stand in either order with at most so many words between."""
PIECE_SCORE = 1.0
"""Added for two words of a sentence in a row in the typed forms, and once more for three."""

DERIVED_WEIGHT = 0.6
"""Of another word of the same stem, where a document may lack the word itself."""


class Wanted(Token, frozen=True, kw_only=True):
    """A typed word as it is looked for; its readings are other words that have the form too: länka for länkar, which counts as länk."""

    meanings: tuple[tuple[str, float], ...]
    """Its term, and the names and abbreviations that small letters may also mean; each with a factor of its weight."""
    rarity: float
    """What it weighs among the words of a question: 1 where one document in a hundred has it."""

    @property
    def terms(self) -> list[str]:
        """All that it may mean."""
        return [term for term, _ in self.meanings]


class Scope(Struct, frozen=True):
    """Where words are looked for, and how strictly."""

    fields: tuple[tuple[str, str, float], ...]
    """Field of terms, field of exact forms, weight."""
    factor: float = 1.0
    """Of all weights."""
    exact: bool = False
    """Whether a word is looked for in this very form only."""
    loose: bool = False
    """Whether a compound may stand for its parts anywhere: industriutveckling for utveckling and industri."""
    typed: bool = True
    """Whether a word was typed, so that its very form counts for more."""
    derived: bool = False
    """Whether another word of the same stem may stand for a plain word."""

    def scaled(self, factor: float) -> "Scope":
        """The same places, of another weight."""
        return structs.replace(self, factor=self.factor * factor)

    def terms(self, text: str, factor: float = 1.0, exact: bool = False) -> list[Term]:
        """A term, or a form, in each of the fields; what stands in one stands in the last too, as `body` holds the title."""
        factor, last = self.factor * factor, self.fields[-1][0]
        return [Term(form if exact else name, text, own * factor, name != last) for name, form, own in self.fields]


_TITLE = ("title", "title_exact", TITLE_WEIGHT)
_BODY = ("body", "body_exact", 1.0)
ANYWHERE, TITLES = Scope((_TITLE, _BODY)), Scope((_TITLE,))

Slots = Sequence[Sequence[str]]
"""For each place of a phrase, the terms or forms that may stand there."""
Offsets = Sequence[int]
"""Of each of them, the place, counted from the first."""


def word(wanted: Wanted, scope: Scope) -> Plan:
    """A typed word; a compound also by its parts near each other (utveckling av industrin), loosely by any of them."""
    whole = leaves(wanted, scope)
    if scope.exact or len(wanted.parts) < 2:
        return whole
    parts = [part.term for part in wanted.parts]
    scored = tuple(term(part, scope.scaled(QUESTION_PARTS_WEIGHT)) for part in dict.fromkeys(parts))
    if scope.loose:
        return AnyOf((whole, *scored))
    first, *others = [part.removesuffix(INSIDE) for part in parts]
    if len(others) == 1:
        rows = near(scope.fields[-1][0], first, others[0], PARTS_GAP)
    else:
        rows = _phrases([([[part] for part in (first, *others)], apart(1, len(others), PARTS_GAP))], scope)
    return AllOf((MaxOf((whole, *rows)),), bonus=scored)


def leaves(wanted: Wanted, scope: Scope) -> Plan:
    """One word: its term in all forms, and a little more for its own form; or that form only."""
    if scope.exact:
        return _sum(scope.terms(wanted.form, exact=True))
    # The best of what a word may mean, not all of it together: else a rare name outranks the word.
    meant = zip(*(scope.terms(term, factor) for term, factor in wanted.meanings), strict=True)
    plans: list[Plan] = [terms[0] if len(terms) == 1 else MaxOf(terms) for terms in meant]
    if wanted.term != wanted.term.lower():  # told by its capitals, which forms and words in words are not
        return _sum(plans)
    if scope.typed:
        *before, text = zip(plans, scope.terms(wanted.form, EXACT_WEIGHT, exact=True), strict=True)
        # A union in a union costs, so the long lists of the text stand in no inner one.
        plans = [*text, *map(AnyOf, before)]
    return _sum((*plans, *_inside(wanted.term, scope)))


def term(text: str, scope: Scope) -> Plan:
    """One term in every field of the scope, added up."""
    return _sum((*scope.terms(text.removesuffix(INSIDE)), *_inside(text, scope)))


def derived(text: str, scope: Scope) -> Plan:
    """Another word of the same stem, or a name in a longer word; the title stands in `body` too."""
    return Term("decompounded" if text.endswith(INSIDE) else "body", text, DERIVED_WEIGHT * scope.factor)


def _inside(text: str, scope: Scope) -> tuple[Plan, ...]:
    return (Term("decompounded", text, DECOMPOUNDED_WEIGHT * scope.factor),) if _BODY in scope.fields else ()


def _sum(plans: Sequence[Plan]) -> Plan:
    return plans[0] if len(plans) == 1 else AnyOf(tuple(plans))


def slots(row: Iterable[Wanted], scope: Scope) -> list[list[str]]:
    """The places of words in a row."""
    return [[wanted.form] if scope.exact else wanted.terms for wanted in row]


def constrained(rows: Iterable[tuple[Slots, Sequence[Offsets]]], words: Iterable[Wanted], scope: Scope) -> Plan:
    """A phrase constrains and its words score: engines score phrases each in its own way (FINDINGS 12)."""
    different = {wanted.form: wanted for wanted in words}.values()
    return AllOf((MaxOf(tuple(_phrases(rows, scope))),), bonus=tuple(leaves(wanted, scope) for wanted in different))


def _phrases(rows: Iterable[tuple[Slots, Sequence[Offsets]]], scope: Scope) -> Iterator[PhraseAt]:
    """Every phrase that the slots and offsets allow, in the last field of the scope: `body` holds the title too."""
    name, exact_name, _ = scope.fields[-1]
    for slots, offsets in rows:
        for places, terms in product(offsets, product(*slots)):
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


def near(field: str, first: str, second: str, gap: int, score: float = 0.0) -> Iterator[PhraseAt]:
    """Two terms in either order with at most some words between; the slop of one with itself would be one place."""
    if first != second:
        yield PhraseAt(field, ((0, first), (0, second)), score, 1 + gap)
    else:
        yield from (PhraseAt(field, ((0, first), (1 + between, second)), score) for between in range(gap + 1))


def closeness(left: Wanted, right: Wanted, scope: Scope) -> Plan:
    """What two neighbours of a question add where they stand close together: less near each other, most in a row.

    In the last field only: `body` holds the title too.
    """
    name = scope.fields[-1][0]
    pairs = list(product(left.terms, right.terms))
    close = MaxOf(tuple(phrase for pair in pairs for phrase in near(name, *pair, NEAR_GAP, NEAR_SCORE)))
    rows = MaxOf(tuple(PhraseAt(name, tuple(enumerate(pair)), ROW_SCORE - NEAR_SCORE) for pair in pairs))
    return AllOf((close,), bonus=(rows,))


def piece(forms: Sequence[str], scope: Scope) -> Plan:
    """What two words of a sentence add where they stand in a row as typed, and once more where a third follows."""
    field = scope.fields[-1][1]
    two, *three = (PhraseAt(field, tuple(enumerate(forms[:end])), PIECE_SCORE) for end in range(2, len(forms) + 1))
    return AllOf((two,), bonus=tuple(three))
