"""A Search over one commit: read, planned, and narrowed to what it may find."""

from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from indexer.fields import document_of
from indexer.parsing import parse
from indexer.parsing.expressions import Expression, expressions_in
from indexer.parsing.placing import Placed, placed
from indexer.planning import COLLAPSED_DUPLICATES, Plan, Planned, filter_plans, nodes, plan
from indexer.queries import And, Everything, Not, Parsed, Query, Search
from indexer.searching.hidden_names import named, question_terms
from indexer.searching.opening import OpenIndex
from indexer.swedish import forms_in


class Question:
    """What every face asks an index: the same question finds and counts the same documents on all of them."""

    def __init__(
        self, index: OpenIndex, search: Search, parsed: Parsed | None = None, hidden: frozenset[str] = frozenset()
    ) -> None:
        self.index = index
        read = parsed or parse(search.query)
        filters = search.filters.merged(read.filters)
        self.search = replace(search, query=read.rest, filters=filters)
        """With the filters that the question named moved from its text to its filters."""
        index.vocabulary.look_up(forms_in(read.rest))
        is_read = parsed is None and not search.literal
        self.expressions = expressions_in(read.rest, day_of(search)) if is_read else ()
        """The places, times and kinds that its words name."""
        self.applied: tuple[Expression, ...] = ()
        """Those that were named in the words of `typed` and are chosen as filters in their place."""
        self.typed = self.search
        places = [expression for expression in self.expressions if expression.facet == "region"]
        self._placed = placed(read.rest, places) if places else None
        self.besides: Query = self._placed.besides if self._placed else read.query
        """The tree of the words that are no place's."""
        query = self._placed.query if self._placed else read.query
        self.parsed = _anchored(replace(read, query=query, filters=filters))
        self._whole = self._plan(self.parsed.query)
        self.filters = filter_plans(filters)
        terms = question_terms(self.planned, index.vocabulary.entry) if index.hidden else frozenset()
        self.hidden = hidden | named(terms, index.hidden)
        """Ids of the documents that a name in the question must not find."""
        collapsed = () if search.with_duplicates else (_collapsed_duplicates(index, self.hidden),)
        self.forbidden = (*collapsed, *map(nodes.with_id, sorted(self.hidden)))

    def _plan(self, query: Query) -> Planned:
        index = self.index
        return plan(query, index.vocabulary, index.vocabulary.entry, index.synonyms, self.search.literal)

    @cached_property
    def planned(self) -> Planned:
        """Its plans. Partial matches of a question with places may lack any words and all places but one."""
        apart, whole = self._placed, self._whole
        if apart is None:
            return whole
        words = () if isinstance(apart.besides, Everything) else self._plan(apart.besides).words
        named = ((text, self._plan(part).strict) for text, part in apart.wanted)
        loosely = whole.loosely if apart.least == apart.query else lambda: self._without(apart)
        return Planned(whole.strict, loosely, (*words, *named), whole.notes, whole.synonyms, whole.derivations)

    def _without(self, apart: Placed) -> Plan:
        """Of a question with places and more: what lacks places, or words as well."""
        loosely = self._whole if apart.anywhere == self.parsed.query else self._plan(apart.anywhere)
        some = nodes.AllOf((loosely.partial or nodes.NOTHING,), forbidden=(loosely.strict,))
        return nodes.MaxOf((loosely.strict, some, self._plan(apart.least).strict))

    @cached_property
    def places(self) -> tuple[tuple[Expression, Plan], ...]:
        """Each place that its words name, with the plan of what names it or is about it."""
        parts = self._placed.places if self._placed else ()
        return tuple((place, self._plan(part).strict) for place, part in parts)

    def narrowed(self, plan: Plan, without: str | None = None) -> Plan:
        """A plan within all filters, but for one facet's own."""
        filters = (filter for facet, filter in self.filters.items() if facet != without)
        return nodes.AllOf((plan, *filters), forbidden=self.forbidden)

    @cached_property
    def total(self) -> int:
        """How many documents have all that is asked for."""
        return self.index.engine.count(self.narrowed(self._whole.strict)).total

    @property
    def has_partial(self) -> bool:
        """Whether any document has most of what is asked for."""
        partial = self.planned.partial
        return partial is not None and bool(self.index.engine.count(self.narrowed(partial)).total)

    def is_held(self, place: Plan) -> bool:
        """Whether any document names a place or is about it, within whatever filters."""
        return bool(self.index.engine.count(nodes.AllOf((place,), forbidden=self.forbidden)).total)


def day_of(search: Search) -> date:
    """The day that its times are told from: that of asking, in Sweden."""
    return search.today or datetime.now(ZoneInfo("Europe/Stockholm")).date()


def _collapsed_duplicates(index: OpenIndex, hidden: frozenset[str]) -> Plan:
    """Publications that another stands for; where that one is hidden, the first of the others stands in its place."""
    stored = (index.engine.get(id) for id in sorted(hidden))
    groups = (document_of(text).duplicates for text in stored if text is not None)
    heirs = (next((other.id for other in others if other.id not in hidden), None) for others in groups)
    shown = tuple(nodes.with_id(id) for id in heirs if id is not None)
    return nodes.AllOf((COLLAPSED_DUPLICATES,), forbidden=shown) if shown else COLLAPSED_DUPLICATES


def _anchored(parsed: Parsed) -> Parsed:
    """A question that only says what to leave out takes away from what the filters choose, else it finds nothing."""
    parts = parsed.query.parts if isinstance(parsed.query, And) else (parsed.query,)
    if not all(isinstance(part, Not) for part in parts):
        return parsed
    if parsed.filters:
        return replace(parsed, query=And((Everything(), *parts)))
    note = "Frågan säger bara vad som inte ska finnas; skriv också vad du söker."
    return replace(parsed, notes=(*parsed.notes, note))
