"""A Search over one commit: read, planned, and narrowed to what it may find."""

from __future__ import annotations

from dataclasses import replace

from indexer.fields import document_of
from indexer.parsing import parse
from indexer.planning import COLLAPSED_DUPLICATES, Plan, Planned, filter_plans, nodes, plan
from indexer.queries import And, Everything, Not, Parsed, Search
from indexer.searching.hidden_names import named, question_terms
from indexer.searching.opening import OpenIndex


class Question:
    """What every face asks an index: the same question finds and counts the same documents on all of them."""

    def __init__(
        self, index: OpenIndex, search: Search, parsed: Parsed | None = None, hidden: frozenset[str] = frozenset()
    ) -> None:
        parsed = parsed or parse(search.query)
        filters = search.filters.merged(parsed.filters)
        self.search = replace(search, query=parsed.rest, filters=filters)
        """With the filters that the question named moved from its text to its filters."""
        self.parsed = _anchored(replace(parsed, filters=filters))
        self.planned: Planned = plan(
            self.parsed.query, index.vocabulary, index.vocabulary.entry, index.synonyms, search.literal
        )
        self.filters = filter_plans(filters)
        terms = question_terms(self.planned, index.vocabulary.entry) if index.hidden else frozenset()
        self.hidden = hidden | named(terms, index.hidden)
        """Ids of the documents that a name in the question must not find."""
        collapsed = () if search.with_duplicates else (_collapsed_duplicates(index, self.hidden),)
        self.forbidden = (*collapsed, *map(nodes.with_id, sorted(self.hidden)))

    def narrowed(self, plan: Plan, without: str | None = None) -> Plan:
        """A plan within all filters, but for one facet's own."""
        filters = (filter for facet, filter in self.filters.items() if facet != without)
        return nodes.AllOf((plan, *filters), forbidden=self.forbidden)


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
    return replace(
        parsed, notes=(*parsed.notes, "Frågan säger bara vad som inte ska finnas; skriv också vad du söker.")
    )
