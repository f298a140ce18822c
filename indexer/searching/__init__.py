"""The read side: Search -> parsing -> planning -> engine -> Results. Everything that a page shows is in the Results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import ceil

from indexer.documents import Document
from indexer.engines import Matches, Ranking, Window
from indexer.fields import document_of
from indexer.parsing import interpret, parse
from indexer.planning import FOLDED_AWAY, Plan, Planned, filter_plans, nodes, plan
from indexer.queries import FACETS, And, Everything, Not, Parsed, Search
from indexer.results import FacetValue, Results, Span
from indexer.searching.completing import Completions, complete
from indexer.searching.facets import facet_values
from indexer.searching.hiding import left_out
from indexer.searching.hits import Hits
from indexer.searching.opening import CurrentIndex, IndexMissing, IndexUnreadable, OpenIndex, told_of_damage
from indexer.searching.similar import similar_documents
from indexer.searching.suggesting import suggestions
from indexer.settings import Settings
from indexer.swedish import EntryOf
from indexer.swedish.synonyms import as_sentence

__all__ = ["IndexMissing", "Searcher"]

RELAXED_BELOW = 10
"""Full matches under which documents that lack some of the words follow (DESIGN.md)."""
SUGGESTED_BELOW = 2
"""Full matches up to which a question may be misspelt."""
RELAXED_HITS = 100
"""How many of those are shown at most (DESIGN.md)."""


class Searcher:
    """Answers questions over the index of the settings; follows its commits; any number of threads may ask."""

    def __init__(self, settings: Settings) -> None:
        self._current = CurrentIndex(settings)

    def ready(self) -> None:
        """Raises IndexMissing where there is an index that cannot be read; none at all is where everybody begins."""
        try:
            self._current.get()
        except IndexUnreadable:
            raise
        except IndexMissing:
            return

    @told_of_damage
    def search(self, search: Search) -> Results:
        """The answer to any question. Raises IndexMissing."""
        index = self._current.get()
        results, parsed = self._answered(index, search)
        if search.literal or not search.query or (results.total and results.total > SUGGESTED_BELOW):
            return results
        asked = results.search
        for better in suggestions(asked.query, parsed.query, index.vocabulary):
            corrected, _ = self._answered(index, replace(asked, query=better))
            if corrected.total > results.total:
                if results.total:
                    return replace(results, suggestion=better)
                said = f"Visar träffar för ”{better}”. Inga dokument har ”{asked.query}”."
                return replace(
                    corrected, query=search.query, suggestion=better, notes=(said, *corrected.notes), widened=True
                )
        return results

    def _answered(self, index: OpenIndex, search: Search) -> tuple[Results, Parsed]:
        parsed = parse(search.query)
        filters = search.filters.merged(parsed.filters)
        asked = replace(search, query=parsed.rest, filters=filters)
        return _Answer(index, asked, _anchored(replace(parsed, filters=filters))).results(search.query), parsed

    @told_of_damage
    def counts(self, search: Search, fields: Sequence[str]) -> dict[str, dict[str, int]]:
        """Field -> value -> how many documents that have all that is asked for have it. Raises IndexMissing."""
        index = self._current.get()
        parsed = parse(search.query)
        filters = search.filters.merged(parsed.filters)
        planned = plan(
            _anchored(replace(parsed, filters=filters)).query, index.vocabulary, index.vocabulary.entry, index.synonyms
        )
        hidden = (FOLDED_AWAY, *left_out(parsed.query, index.hidden, index.vocabulary.entry))
        return index.engine.count(
            nodes.AllOf((planned.strict, *filter_plans(filters).values()), forbidden=hidden), fields
        )

    @told_of_damage
    def document(self, id: str) -> Document | None:
        """A document of the index. Raises IndexMissing."""
        stored = self._current.get().engine.get(id)
        return document_of(stored) if stored is not None else None

    @told_of_damage
    def first_seen(self, id: str) -> str | None:
        """The ISO 8601 date that any version of a document was first fetched or added, where that is known. Raises IndexMissing."""
        return self._current.get().vocabulary.first_seen(id)

    @told_of_damage
    def similar(self, document: Document, limit: int = 5) -> list[Document]:
        """The most similar documents, without the same release published elsewhere. Raises IndexMissing."""
        index = self._current.get()
        return similar_documents(document, index.engine, index.vocabulary, limit)

    @told_of_damage
    def complete(self, typed: str) -> Completions:
        """What a question that is being typed may become. Raises IndexMissing."""
        return complete(typed, self._current.get())

    @told_of_damage
    def marks(self, query: str, text: str) -> tuple[Span, ...]:
        """Where the words of a question stand in a text: start and end in code points. Raises IndexMissing."""
        index = self._current.get()
        entry = index.vocabulary.entry
        return Hits(plan(parse(query).query, index.vocabulary, entry, index.synonyms), entry).marked(text)


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


class _Answer:
    """One question over one commit."""

    def __init__(self, index: OpenIndex, asked: Search, parsed: Parsed) -> None:
        self._engine = index.engine
        self._entry: EntryOf = index.vocabulary.entry
        self._asked = asked
        self._parsed = parsed
        self._planned: Planned = plan(
            parsed.query, index.vocabulary, self._entry, None if asked.literal else index.synonyms
        )
        self._filters = filter_plans(asked.filters)
        folded = () if asked.unfolded else (FOLDED_AWAY,)
        self._left_out = (*folded, *left_out(parsed.query, index.hidden, self._entry))

    def results(self, typed: str) -> Results:
        """Everything that is shown."""
        strict, relaxed = self._found()
        asked = self._asked
        hits = Hits(self._planned, self._entry, asked.explain)
        shown = strict.total + min(relaxed.total, RELAXED_HITS)
        return Results(
            query=typed,
            search=asked,
            interpretation=interpret(self._parsed),
            notes=(*self._parsed.notes, *self._planned.notes, *self._said()),
            suggestion=None,
            total=strict.total,
            total_relaxed=min(relaxed.total, RELAXED_HITS),
            pages=max(1, ceil(shown / asked.size)),
            hits=(*hits.full(strict.hits), *hits.relaxed(relaxed.hits)),
            facets=self._facets(self._planned.relaxed if not strict.total and relaxed.total else None),
            widened=bool(self._planned.synonyms),
        )

    def _said(self) -> tuple[str, ...]:
        return (as_sentence(self._planned.synonyms),) if self._planned.synonyms else ()

    def _found(self) -> tuple[Matches, Matches]:
        """The page's share of the full matches, and of those that follow them."""
        asked = self._asked
        offset = (asked.page - 1) * asked.size
        query = self._parsed.query
        everything = isinstance(query, Everything) or (isinstance(query, And) and Everything() in query.parts)
        by_date = everything or asked.order != "relevans"
        ranking: Ranking = "oldest" if asked.order == "aldst" else "newest" if by_date else "score"
        strict = self._find(self._planned.strict, Window(offset, asked.size, ranking))
        if self._planned.relaxed is None or by_date or strict.total >= RELAXED_BELOW:
            return strict, Matches(0, ())
        after = max(0, offset - strict.total)
        room = max(0, min(asked.size - len(strict.hits), RELAXED_HITS - after))
        return strict, self._find(self._planned.relaxed, Window(after, room))

    def _find(self, question: Plan, window: Window) -> Matches:
        return self._engine.find(self._filtered(question), window)

    def _filtered(self, question: Plan, without: str | None = None) -> Plan:
        filters = [filter for facet, filter in self._filters.items() if facet != without]
        if not filters and not self._left_out:
            return question
        return nodes.AllOf((question, *filters), forbidden=self._left_out)

    def _facets(self, instead: Plan | None) -> dict[str, tuple[FacetValue, ...]]:
        """Every facet counted with its own filter left out: one count a filtered facet, one for the rest."""
        question = instead or self._planned.strict
        counts = self._engine.count(self._filtered(question), [facet for facet in FACETS if facet not in self._filters])
        for facet in self._filters:
            counts |= self._engine.count(self._filtered(question, facet), [facet])
        return {facet: facet_values(facet, counts[facet], self._asked) for facet in FACETS}
