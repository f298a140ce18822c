"""The read side: Search -> parsing -> planning -> engine -> Results. Everything that a page shows is in the Results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import ceil

from indexer.documents import Document
from indexer.engines import Match, Matches, Ranking, Window
from indexer.fields import document_of
from indexer.parsing import interpret, parse
from indexer.planning import Plan, nodes, plan
from indexer.queries import FACETS, And, Everything, Search
from indexer.results import FacetValue, Results, Span
from indexer.searching.completing import Completions, complete
from indexer.searching.facets import facet_values
from indexer.searching.hiding import hidden_in
from indexer.searching.hits import Hits, without
from indexer.searching.opening import CurrentIndex, IndexMissing, IndexUnreadable, OpenIndex, told_of_damage
from indexer.searching.questions import Question
from indexer.searching.scattered import is_scattered
from indexer.searching.similar import similar_documents
from indexer.searching.suggesting import suggestions
from indexer.settings import Settings
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
        question = Question(index, search)
        results = _Answer(index, question).results(search.query)
        if search.literal or not search.query or (results.total and results.total > SUGGESTED_BELOW):
            return results
        asked = results.search
        typed = suggestions(asked.query, question.parsed.query, index.vocabulary)
        meant = [Question(index, replace(asked, query=better)) for better in typed]
        if misspelt := frozenset[str]().union(*(better.hidden for better in meant)) - question.hidden:
            results = _Answer(index, Question(index, search, hidden=misspelt)).results(search.query)
        for better in meant:
            corrected = _Answer(index, better).results(search.query)
            if corrected.total > results.total:
                return _suggested(results, corrected)
        return results

    @told_of_damage
    def counts(self, search: Search, fields: Sequence[str]) -> dict[str, dict[str, int]]:
        """Field -> value -> how many documents that have all that is asked for have it. Raises IndexMissing."""
        index = self._current.get()
        question = Question(index, search)
        return index.engine.count(question.narrowed(question.planned.strict), fields)

    @told_of_damage
    def document(self, id: str) -> Document | None:
        """A document of the index; of its release nothing that is hidden for a name in it. Raises IndexMissing."""
        index = self._current.get()
        stored = index.engine.get(id)
        if stored is None:
            return None
        document = document_of(stored)
        return without(document, hidden_in(document, index.hidden, index.vocabulary.entry))

    @told_of_damage
    def first_seen(self, id: str) -> str | None:
        """The ISO 8601 date that any version of a document was first fetched or added, where that is known. Raises IndexMissing."""
        return self._current.get().vocabulary.first_seen(id)

    @told_of_damage
    def similar(self, document: Document, limit: int = 5) -> list[Document]:
        """The most similar documents, one a release, whatever of the document may be shown. Raises IndexMissing."""
        index = self._current.get()
        stored = index.engine.get(document.id)
        return similar_documents(document_of(stored) if stored is not None else document, index, limit)

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


def _suggested(results: Results, corrected: Results) -> Results:
    """The answer with a correction beside it; the corrected one, and why, where there is nothing else to show."""
    better, asked = corrected.search.query, results.search
    if results.total:
        return replace(results, suggestion=better)
    which = "Inga dokument inom filtren" if asked.filters else "Inga dokument"
    said = f"Visar träffar för ”{better}”. {which} har ”{asked.query}”."
    return replace(corrected, suggestion=better, notes=(said, *corrected.notes), widened=True)


class _Answer:
    """One question over one commit."""

    def __init__(self, index: OpenIndex, question: Question) -> None:
        self._index = index
        self._question = question
        self._planned = question.planned
        self._asked = question.search
        self._instead: Plan | None = None
        """What is shown and counted where no document has all that was asked for."""
        self._partly = 0
        """Documents that have some of the words, before any filter or limit."""
        self._before: tuple[int, int] | None = None
        """How many full and partial matches of the page stand before the scattered ones; None: none is scattered."""

    def results(self, typed: str) -> Results:
        """Everything that is shown."""
        strict, relaxed = self._found()
        asked = self._asked
        hits = Hits(self._planned, self._index.vocabulary.entry, asked.explain, self._question.hidden)
        full, partial = hits.full(strict.hits), hits.relaxed(relaxed.hits)
        first, then = self._before or (len(full), 0)
        following = min(relaxed.total, RELAXED_HITS)
        return Results(
            query=typed,
            search=asked,
            interpretation=interpret(self._question.parsed),
            notes=(*self._question.parsed.notes, *self._planned.notes, *self._said(strict.total, relaxed.total)),
            suggestion=None,
            total=strict.total,
            total_relaxed=following,
            pages=max(1, ceil((strict.total + following) / asked.size)),
            hits=(*full[:first], *partial[:then], *full[first:], *partial[then:]),
            facets=self._facets(),
            widened=bool(self._planned.synonyms),
            hides=bool(self._question.hidden),
        )

    def _said(self, total: int, relaxed: int) -> tuple[str, ...]:
        """What was looked for besides, and which documents the page shows that lack some of the words."""
        synonyms = (as_sentence(self._planned.synonyms),) if self._planned.synonyms else ()
        if not relaxed:
            return synonyms
        which = f"{relaxed} dokument som har en del av orden"
        if relaxed > RELAXED_HITS or (self._partly > RELAXED_HITS and not self._question.filters):
            number = f"{max(relaxed, self._partly):,}".replace(",", "\u00a0")
            which = f"De {RELAXED_HITS} bästa av {number} dokument som har en del av orden"
        elif self._partly > RELAXED_HITS:
            which = f"{relaxed} av de {RELAXED_HITS} dokument som har mest av orden"
        return (*synonyms, f"{which} {'följer efter träffarna' if total else 'visas i stället'}.")

    def _found(self) -> tuple[Matches, Matches]:
        """The page's share of the full matches, and of those that follow them."""
        asked = self._asked
        offset = (asked.page - 1) * asked.size
        query = self._question.parsed.query
        everything = isinstance(query, Everything) or (isinstance(query, And) and Everything() in query.parts)
        by_date = everything or asked.order != "relevans"
        ranking: Ranking = "oldest" if asked.order == "aldst" else "newest" if by_date else "score"
        strict = self._find(self._planned.strict, Window(offset, asked.size, ranking))
        relaxed = self._planned.relaxed
        if relaxed is None or by_date or strict.total >= RELAXED_BELOW:
            return strict, Matches(0, ())
        if not strict.total:
            relaxed = self._instead = self._best(relaxed)
        full = strict.hits
        if len(full) < strict.total:
            full = self._find(self._planned.strict, Window(0, RELAXED_BELOW)).hits
        entry, words = self._index.vocabulary.entry, [plan for _, plan in self._planned.words]
        if scattered := [match for match in full if is_scattered(match, words, entry)]:
            return self._with_scattered(full, scattered, relaxed)
        after = max(0, offset - strict.total)
        room = max(0, min(asked.size - len(strict.hits), RELAXED_HITS - after))
        return strict, self._find(relaxed, Window(after, room))

    def _with_scattered(
        self, full: Sequence[Match], scattered: Sequence[Match], relaxed: Plan
    ) -> tuple[Matches, Matches]:
        """The page where the first RELAXED_BELOW places are left to matches in which the words belong together."""
        near = [match for match in full if match not in scattered]
        following = min(self._find(relaxed, Window(0, 0)).total, RELAXED_HITS)
        ahead = min(RELAXED_BELOW - len(near), following)
        order = [*near, *range(ahead), *scattered, *range(ahead, following)]
        start = (self._asked.page - 1) * self._asked.size
        page = order[start : start + self._asked.size]
        ranks = [rank for rank in page if isinstance(rank, int)]
        matches = tuple(match for match in page if isinstance(match, Match))
        self._before = sum(match in near for match in matches), sum(rank < ahead for rank in ranks)
        partial = self._find(relaxed, Window(ranks[0] if ranks else 0, len(ranks)))
        return Matches(len(full), matches), partial

    def _best(self, relaxed: Plan) -> Plan:
        """The best of them before any filter: each filter then narrows what is shown, to as many as its count says."""
        wanted = nodes.AllOf((relaxed,), forbidden=self._question.forbidden)
        found = self._index.engine.find(wanted, Window(0, RELAXED_HITS))
        self._partly = found.total
        if found.total <= RELAXED_HITS:
            return relaxed
        return nodes.AllOf((relaxed, nodes.AnyOf(tuple(nodes.Identified(match.id) for match in found.hits))))

    def _find(self, wanted: Plan, window: Window) -> Matches:
        return self._index.engine.find(self._question.narrowed(wanted), window)

    def _facets(self) -> dict[str, tuple[FacetValue, ...]]:
        """Every facet, counted with its own filter left out: what there is to choose instead."""
        filtered = [facet for facet in FACETS if facet in self._question.filters]
        counts = self._counts(self._instead or self._planned.strict, [name for name in FACETS if name not in filtered])
        for facet in filtered:
            counts |= self._counts(self._planned.strict, [facet], without=facet)
            if self._instead:  # of another choice all words may be found
                counts[facet] = self._counts(self._instead, [facet], without=facet)[facet] | counts[facet]
        return {facet: facet_values(facet, counts[facet], self._asked) for facet in FACETS}

    def _counts(self, wanted: Plan, facets: Sequence[str], without: str | None = None) -> dict[str, dict[str, int]]:
        return self._index.engine.count(self._question.narrowed(wanted, without), facets)
