"""Tree -> plan: one compiler a question, with one budget of expansions and one list of notes."""

from collections.abc import Iterable, Sequence
from itertools import pairwise, product
from math import log

from msgspec import Struct, structs

from indexer.catalogue.vocabulary import IndexVocabulary
from indexer.parsing import is_plain, small_words
from indexer.planning import nodes, words
from indexer.planning.nodes import Plan, filter_plans
from indexer.planning.words import TITLES, Scope, Wanted
from indexer.queries import Alike, And, Everything, Filtered, InTitle, Near, Not, Or, Phrase, Query, Word
from indexer.swedish import Token, analyse, variants_of
from indexer.swedish.words import INSIDE, derivations_of

SYNONYM_WEIGHT, SMALL_WEIGHT = 0.3, 0.3
"""Of what means the same as a typed word, and of the small words of a sentence."""
RARITY_POWER = 0.2
"""How much more than BM25 gives it a rare word weighs, and a frequent one less (docs/relevance.md)."""
TOKENS = 32
"""Of a typed word or phrase: 1.1.1 … of a thousand characters is one word, whose phrase took 2 s (as many as words are read)."""
EXPANSIONS, ALL_EXPANSIONS = 50, 200
"""Terms that a prefix or fuzzy word may become (DESIGN.md), and all of a question together: 2,000 cost 640 ms (FINDINGS 12)."""


class Compiler(Struct):
    """Compiles the trees of one question; what a word expands to is looked up, counted and noted once."""

    vocabulary: IndexVocabulary
    first: str = ""
    """The first of several words: as in a text, its capital letter may only begin the sentence."""
    notes: dict[str, None] = {}
    """Swedish sentences on what was bounded, in order, each once."""
    synonyms: dict[str, tuple[str, ...]] = {}
    """What was typed -> what is looked for besides."""
    derivations: dict[str, tuple[str, ...]] = {}
    """What was typed -> other words of the same stem, which a document may have that lacks it."""
    _read: dict[str, list[Wanted]] = {}
    _expansions: dict[tuple[str, bool], Sequence[str]] = {}
    """Form and whether it is a prefix -> terms."""

    def read(self, text: str) -> list[Wanted]:
        """The words of a typed word or phrase."""
        if text not in self._read:
            is_first = text == self.first
            tokens = analyse(text, self.vocabulary.entry, not is_first)
            self._read[text] = [self._wanted(token, is_first) for token in tokens[:TOKENS]]
        return self._read[text]

    def _wanted(self, token: Token, is_first: bool) -> Wanted:
        variants = variants_of(token.form) if is_first and token.surface.istitle() else token.variants
        looked_up = (token.term, *variants) if token.term.islower() else (token.term,)
        held = dict(self.vocabulary.held(looked_up, len(looked_up)))
        typed, documents = held.pop(token.term, 0), self.vocabulary.size
        often = {token.term: max(typed - sum(held.values()), 0), **held}  # a form is counted in any case
        # The rarer meanings score as the most frequent one: BM25 holds a rare word for a telling one.
        telling = {one: log(1 + (max(documents - number, 0) + 0.5) / (number + 0.5)) for one, number in often.items()}
        meanings = tuple((one, min(telling.values()) / telling[one]) for one in often)
        # 101: a word weighs 1 that one document in a hundred has.
        rarity = log(1 + documents / (max((typed, *held.values())) + 0.5)) / log(101)
        return Wanted(**structs.asdict(token), meanings=meanings, rarity=rarity**RARITY_POWER)

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
            case Or(parts):
                return nodes.AnyOf(self.plans(parts, scope))
            case InTitle(part):
                return self.plan(part, structs.replace(TITLES, loose=scope.loose))
            case Filtered(filters):
                return nodes.AllOf(tuple(filter_plans(filters).values()))
            case Everything():
                return nodes.Everything()
            case Alike():
                return nodes.MaxOf((self._all(And(query.parts, blank=True), scope), *self.alike(query, scope)))
        return None

    def plans(self, parts: Iterable[Query], scope: Scope) -> tuple[Plan, ...]:
        """Those of the parts that say something on their own."""
        return tuple(plan for part in parts if (plan := self.plan(part, scope)) is not None)

    def forbidden(self, parts: Iterable[Query], scope: Scope) -> tuple[Plan, ...]:
        """What the parts with INTE leave out."""
        return tuple(map(nodes.matching, self.plans((part.part for part in parts if isinstance(part, Not)), scope)))

    def alike(self, alike: Alike, scope: Scope) -> tuple[Plan, ...]:
        """What means the same, below the words as typed; never by its parts only."""
        self.synonyms[" ".join(part.text for part in alike.parts)] = tuple(other.text for other in alike.others)
        meant = structs.replace(scope.scaled(SYNONYM_WEIGHT), typed=False, loose=False, derived=False)
        return self.plans(alike.others, meant)

    def bonus(self, query: And, scope: Scope) -> tuple[Plan, ...]:
        """What only adds to the score: plain words that are neighbours also in the text, and small words."""
        row, small = self._row(carrying(query)), small_words(query)
        pairs = [(left, right) for left, right in pairwise(row) if left.term != right.term]
        # Longer questions are sentences, not subjects.
        close = (words.closeness(left, right, scope) for left, right in pairs[:7])
        # The small words of a sentence say how the others belong together: two and three in a row as typed (docs/relevance.md).
        forms = [wanted.form for wanted in self._row(query.parts)][:9] if len(small) > 1 else ()
        pieces = (words.piece(forms[start : start + 3], scope) for start in range(len(forms) - 1))
        return (*close, *pieces, *self.plans(small, scope.scaled(SMALL_WEIGHT)))

    def _row(self, parts: Iterable[Query]) -> list[Wanted]:
        """The plain words among some parts, also those that something else stands beside."""
        inside = (word for part in parts for word in (part.parts if isinstance(part, Alike) else (part,)))
        plain = (word.text for word in inside if isinstance(word, Word) and not word.exact)
        return [wanted for text in plain for wanted in self.read(text)]

    def _all(self, query: And, scope: Scope) -> Plan:
        parts = carrying(query)
        required, forbidden = self.plans(parts, scope), self.forbidden(parts, scope)
        if len(required) == 1 and not forbidden and len(parts) == len(query.parts):
            return required[0]
        return nodes.AllOf(required, self.bonus(query, scope), forbidden)

    def _word(self, word: Word, scope: Scope) -> Plan | None:
        row, scope = self.read(word.text), structs.replace(scope, exact=word.exact)
        if len(row) < 2:
            return self._single(word, row[0], scope) if row else None
        slots = words.slots(row, scope)  # a prefix or fuzzy mark belongs to the last part of a hyphen word
        slots[-1] += [term for term in self._expanded(word, row[-1]) if term not in slots[-1]]
        apart = words.constrained([(slots, [range(len(row))])], row, scope)
        joined = None if word.exact else row[0].joined
        return nodes.MaxOf((apart, words.term(joined, scope))) if joined else apart

    def _single(self, word: Word, wanted: Wanted, scope: Scope) -> Plan:
        if not (word.exact or word.prefix or word.fuzzy):
            scope = scope.scaled(wanted.rarity)
        plan = words.word(wanted, scope)
        more = [term for term in self._expanded(word, wanted) if term not in wanted.terms]
        others = (*(plan for term in more for plan in scope.terms(term)), *self.derived(word, scope))
        return nodes.MaxOf((plan, *others)) if others else plan

    def derived(self, word: Word, scope: Scope) -> tuple[Plan, ...]:
        """What a plain word may also be a form of, the other words of its stem, and longer words that begin with a name; if wanted."""
        row = self.read(word.text)
        if not (scope.derived and is_plain(word) and len(row) == 1):
            return ()
        others = (*row[0].readings, *derivations_of(row[0].term), row[0].term + INSIDE)
        if held := self.vocabulary.held(others, 20):
            self.derivations[word.text] = tuple(other for other, _ in held)
        return tuple(words.derived(other, scope) for other, _ in held)

    def _phrase(self, phrase: Phrase, scope: Scope) -> Plan | None:
        """A phrase of one term is that term, and no compound written apart."""
        row, scope = self.read(phrase.text), structs.replace(scope, exact=phrase.exact)
        if len(row) < 2:
            return words.leaves(row[0], scope) if row else None
        # So few phrases at exact offsets: 3 words at distance 10 are 121.
        slop = next(least for least in range(phrase.slop, -1, -1) if (least + 1) ** (len(row) - 1) <= 128)
        if slop < phrase.slop:
            self.notes[f"Avståndet ~{phrase.slop} är för stort för {len(row)} ord; {slop} används."] = None
        offsets = [words.spread(between) for between in product(range(slop + 1), repeat=len(row) - 1)]
        return words.constrained([(words.slots(row, scope), offsets)], row, scope)

    def _near(self, near: Near, scope: Scope) -> Plan | None:
        """Two words or phrases in either order with at most `distance` words between them."""
        left, right = (self.read(part.text) for part in near.parts)
        if not left or not right:
            return None
        scope = structs.replace(scope, exact=all(part.exact for part in near.parts))
        ways = (left, right), (right, left)
        rows = [(words.slots([*a, *b], scope), words.apart(len(a), len(b), near.distance)) for a, b in ways]
        return words.constrained(rows, [*left, *right], scope)

    def _expanded(self, word: Word, wanted: Wanted) -> Sequence[str]:
        if not (word.prefix or word.fuzzy):
            return ()
        if (wanted.form, word.prefix) not in self._expansions:
            limit = min(EXPANSIONS, ALL_EXPANSIONS - sum(map(len, self._expansions.values())))
            look_up = self.vocabulary.beginning if word.prefix else self.vocabulary.similar
            terms = look_up(wanted.form, limit + 1) if limit else ()
            if len(terms) > limit:
                typed = f"{word.text}{'*' if word.prefix else '~'}"
                self.notes[f"”{typed}” passar på fler ord än {limit}; de {limit} vanligaste söks."] = None
            self._expansions[wanted.form, word.prefix] = terms[:limit]
        return self._expansions[wanted.form, word.prefix]


def carrying(query: And | Or | Near) -> tuple[Query, ...]:
    """The parts of a question that its small words stand beside."""
    small = small_words(query)
    return tuple(part for part in query.parts if part not in small)
