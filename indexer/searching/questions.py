"""A Search over one commit: read, planned, and narrowed to what it may find.

Places, times and kinds that its words name are filters too: offered, or applied where nothing else is left or found. Which
forms of its words are counted is said beside a trend.
"""

from collections.abc import Iterator
from datetime import date, datetime
from functools import cached_property, reduce

from msgspec import Struct, structs

from indexer.addresses import address
from indexer.engines import Ranking
from indexer.fields import document_of
from indexer.metadata.dates import SWEDEN
from indexer.parsing import parse
from indexer.parsing.expressions import Expression, expressions_in
from indexer.parsing.placing import Placed, left_of, placed, says_nothing_else
from indexer.planning import COLLAPSED_DUPLICATES, Plan, Planned, carrying, filter_plans, nodes, plan
from indexer.queries import And, Everything, Filters, InTitle, Near, Not, Or, Order, Parsed, Phrase, Query, Search, Word
from indexer.results import Offer
from indexer.searching.opening import OpenIndex, named, question_terms
from indexer.swedish import analyse, forms_in

OFFERED = 6
"""Offers of an answer; each is a question to the engine."""
_RANKINGS: dict[Order, Ranking] = {"aldst": "oldest", "inkommet": "latest", "nyast": "newest"}
_NOUNS = {"kind": "typ", "year": "tid", "period": "tid"}
NAMED = 8
"""Forms of a word that are said."""


class Question:
    """What every face asks an index: the same question finds and counts the same documents on all of them."""

    def __init__(
        self, index: OpenIndex, search: Search, parsed: Parsed | None = None, hidden: frozenset[str] = frozenset()
    ) -> None:
        self.index = index
        read = parsed or parse(search.query)
        filters = search.filters.merged(read.filters)
        self.search = structs.replace(search, query=read.rest, filters=filters)
        """With the filters that the question named moved from its text to its filters."""
        index.vocabulary.look_up(forms_in(read.rest))
        self.expressions = expressions_in(read.rest, day_of(search)) if parsed is None and not search.literal else ()
        """The places, times and kinds that its words name."""
        self.applied: tuple[Expression, ...] = ()
        """Those that were named in the words of `typed` and are chosen as filters in their place."""
        self.typed = self.search
        self.placed = placed(read, [expression for expression in self.expressions if expression.facet == "region"])
        self.parsed = _anchored(structs.replace(read, query=self.placed.query, filters=filters))
        self._whole = self.plan(self.parsed.query)
        self.filters = filter_plans(filters)
        terms = question_terms(self.planned, index.vocabulary.entry) if index.hidden else frozenset()
        self.hidden = hidden | named(terms, index.hidden)
        """Ids of the documents that a name in the question must not find."""
        collapsed = () if search.with_duplicates else (_collapsed_duplicates(index, self.hidden),)
        self.forbidden = (*collapsed, *map(nodes.with_id, sorted(self.hidden)))

    def plan(self, query: Query) -> Planned:
        """The plans of a part of it, with its synonyms."""
        return plan(query, self.index.vocabulary, self.index.synonyms, self.search.literal)

    @cached_property
    def planned(self) -> Planned:
        """Its plans. Partial matches of a question with places may lack any words and all places but one."""
        apart, whole = self.placed, self._whole
        if not apart.places:
            return whole
        words = () if isinstance(apart.besides, Everything) else self.plan(apart.besides).words
        named = ((text, self.plan(part).strict) for text, part in apart.wanted)
        loosely = whole.loosely if apart.least == apart.query else lambda: self._without(apart)
        return Planned(whole.strict, loosely, (*words, *named), whole.notes, whole.synonyms, whole.derivations)

    def _without(self, apart: Placed) -> Plan:
        """Of a question with places and more: what lacks places, or words as well."""
        loosely = self._whole if apart.anywhere == self.parsed.query else self.plan(apart.anywhere)
        some = nodes.AllOf((loosely.partial or nodes.NOTHING,), forbidden=(loosely.strict,))
        return nodes.MaxOf((loosely.strict, some, self.plan(apart.least).strict))

    def narrowed(self, plan: Plan, without: str | None = None) -> Plan:
        """A plan within all filters, but for one facet's own."""
        filters = (filter for facet, filter in self.filters.items() if facet != without)
        return nodes.AllOf((plan, *filters), forbidden=self.forbidden)

    @cached_property
    def ranking(self) -> Ranking:
        """What its hits are ordered by; without words by date, newest first."""
        query = self.parsed.query
        everything = isinstance(query, Everything) or (isinstance(query, And) and Everything() in query.parts)
        return _RANKINGS.get(self.search.order, "newest" if everything else "score")

    @cached_property
    def total(self) -> int:
        """How many documents have all that is asked for."""
        return self.count(self._whole.strict)

    def count(self, plan: Plan) -> int:
        """How many documents a plan finds within all filters."""
        return self.index.engine.count(self.narrowed(plan)).total


def day_of(search: Search) -> date:
    """The day that its times are told from: that of asking, in Sweden."""
    return search.today or datetime.now(SWEDEN).date()


def _collapsed_duplicates(index: OpenIndex, hidden: frozenset[str]) -> Plan:
    """Publications that another stands for; where that one is hidden, the first of the others stands in its place."""
    groups = (document_of(text).duplicates for text in map(index.engine.get, sorted(hidden)) if text is not None)
    heirs = (next((other.id for other in others if other.id not in hidden), None) for others in groups)
    shown = tuple(nodes.with_id(id) for id in heirs if id is not None)
    return nodes.AllOf((COLLAPSED_DUPLICATES,), forbidden=shown) if shown else COLLAPSED_DUPLICATES


def _anchored(parsed: Parsed) -> Parsed:
    """A question that only says what to leave out takes away from what the filters choose, else it finds nothing."""
    parts = parsed.query.parts if isinstance(parsed.query, And) else (parsed.query,)
    if not all(isinstance(part, Not) for part in parts):
        return parsed
    if parsed.filters:
        return structs.replace(parsed, query=And((Everything(), *parts)))
    note = "Frågan säger bara vad som inte ska finnas; skriv också vad du söker."
    return structs.replace(parsed, notes=(*parsed.notes, note))


def asked(index: OpenIndex, search: Search) -> Question:
    """The question of a Search; with the times and kinds in it applied where it has no other words or finds nothing."""
    question = Question(index, search)
    times_and_kinds = [one for one in question.expressions if one.facet != "region" and not _decided(one, question)]
    is_all = bool(times_and_kinds) and says_nothing_else(question.search.query, question.expressions)
    if not times_and_kinds or (not is_all and question.total):
        return question
    each = [[one] for one in times_and_kinds if len(times_and_kinds) > 1 and not is_all]
    # Who asks for a time means it also where nothing is from then; a kind that nothing is of may be a word.
    means_it = is_all and (any(one.facet != "kind" for one in times_and_kinds) or not question.total)
    # A time is no word that a text may lack: where nothing has all words, what has most of them is from then.
    times = [one for one in times_and_kinds if one.facet != "kind" and not is_all]
    for choice in filter(None, (times_and_kinds, *each, times)):
        other = Question(index, _chosen(question, choice))
        some = other.planned.partial if choice is times else None
        if other.hidden >= question.hidden and (means_it or other.total or (some and other.count(some))):
            other.applied, other.typed = tuple(choice), question.search
            return other
    return question


def offers_of(question: Question, total: int) -> Iterator[Offer]:
    """What is applied in an answer with so many full hits, and what may be, in the order of the question."""
    for one in question.applied:
        yield Offer(one.facet, one.value, one.label, one.text, True, total, address(question.typed, literal=True))
    for value in dict.fromkeys((one.facet, one.value) for one in question.expressions):
        alike = [one for one in question.expressions if (one.facet, one.value) == value]
        one, search = alike[0], structs.replace(_chosen(question, alike), page=1)
        other = asked(question.index, search)
        # A name of which a word is taken out would find what the whole name hides.
        if search.filters != question.search.filters and other.hidden >= question.hidden:
            yield Offer(one.facet, one.value, one.label, one.text, False, other.total, address(search))


def offer_notes(question: Question, total: int) -> Iterator[str]:
    """Sentences on what was applied, and on places that the collection does not hold."""
    yield from (f"”{one.text}” är läst som {_NOUNS[one.facet]}: {one.label}." for one in question.applied)
    for part, place in () if total else question.placed.places.items():  # within whatever filters
        held = nodes.AllOf((question.plan(part).strict,), forbidden=question.forbidden)
        if not question.index.engine.count(held).total:
            yield f"Inget i samlingen handlar om {place.label} eller nämner ”{place.text}”."


def _chosen(question: Question, expressions: list[Expression]) -> Search:
    """The question with filters in place of some of its expressions."""
    filters = reduce(Filters.merged, (one.filters for one in expressions), question.search.filters)
    query = left_of(question.search.query, question.expressions, expressions)
    return structs.replace(question.search, query=query, filters=filters)


def _decided(expression: Expression, question: Question) -> bool:
    """Whether a value of its facet is chosen already; a year and a period are both times."""
    filters = question.search.filters
    return bool(filters.values("kind") if expression.facet == "kind" else filters.values("year") or filters.period)


class WordForms(Struct, frozen=True):
    """A word of a question, as it is found."""

    forms: tuple[str, ...]
    """Those that most documents have, first."""
    more: int
    """How many others there are."""


def word_forms(question: Question) -> tuple[WordForms, ...]:
    """Of each word that must stand in a document, in order; of none that no document has or that is left out with INTE.

    None of a name that a document is hidden for.
    """
    vocabulary = question.index.vocabulary
    counted: dict[WordForms, None] = {}
    for word, exact in () if question.hidden else _words(question.parsed.query):
        for token in analyse(word, vocabulary.entry):
            terms = () if exact else (token.term, *token.variants)
            found = [vocabulary.forms_of(term, NAMED) for term in terms] or [((token.form,), 0)]
            forms = tuple(form for some, _ in found for form in some)
            if forms:
                counted[WordForms(forms[:NAMED], len(forms[NAMED:]) + sum(more for _, more in found))] = None
    return tuple(counted)


def _words(query: Query) -> Iterator[tuple[str, bool]]:
    """Each word, and whether it is asked for exactly as it is written; none that stands for others (ord*, ord~)."""
    match query:
        case Word(prefix=False, fuzzy=False):
            yield query.text, query.exact
        case Phrase():
            yield from ((word, query.exact) for word in query.words)
        case And() | Or() | Near():
            yield from (word for part in carrying(query) for word in _words(part))
        case InTitle():
            yield from _words(query.part)
