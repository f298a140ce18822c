"""The read side: Search -> parsing -> planning -> engine -> Results. Everything that a page shows is in the Results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import ceil

from indexer.documents import Document
from indexer.engines import Match, Matches, Ranking, Window
from indexer.facets import FACETS
from indexer.fields import document_of
from indexer.parsing import interpret, parse
from indexer.planning import Plan, nodes, plan
from indexer.queries import And, Everything, Search
from indexer.results import FacetValue, Results, Span
from indexer.searching.completing import Completions, complete
from indexer.searching.explaining import had_instead
from indexer.searching.facets import facet_values
from indexer.searching.hidden_names import hidden_in
from indexer.searching.hits import Hits, without
from indexer.searching.offers import asked, offer_notes, offers_of
from indexer.searching.opening import CurrentIndex, IndexMissing, IndexUnreadable, OpenIndex
from indexer.searching.questions import Question
from indexer.searching.scattered import is_scattered
from indexer.searching.similar import similar_documents
from indexer.searching.suggesting import suggestions
from indexer.searching.word_forms import WordForms, word_forms
from indexer.settings import Settings
from indexer.swedish.synonyms import as_sentence

__all__ = ["IndexMissing", "Searcher"]

PARTIAL_BELOW = 10
"""Full matches under which documents that lack some of the words follow (DESIGN.md)."""
PARTIAL_HITS = 100
"""How many of those are shown at most (DESIGN.md)."""


class Searcher:
    """Answers questions over the index of the settings; follows its commits; any number of threads may ask.

    Every method raises IndexMissing where no index can answer.
    """

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

    def search(self, search: Search) -> Results:
        """The answer to any question."""
        with self._current.reading() as index:
            question = asked(index, search)
            results = _Answer(index, question).results(search.query)
            return results if search.literal or not search.query else _corrected(index, question, search, results)

    def counts(self, search: Search, fields: Sequence[str]) -> dict[str, dict[str, int]]:
        """Field -> value -> how many documents that have all that is asked for have it."""
        with self._current.reading() as index:
            question = Question(index, search)
            return index.engine.count(question.narrowed(question.planned.strict), fields)

    def forms(self, search: Search) -> tuple[WordForms, ...]:
        """Which forms `counts` counts of each word; none of a name that a document is hidden for."""
        with self._current.reading() as index:
            question = Question(index, search)
            return () if question.hidden else word_forms(question.parsed.query, index.vocabulary)

    def document(self, id: str) -> Document | None:
        """A document of the index; of its duplicate group nothing that is hidden for a name in it."""
        with self._current.reading() as index:
            stored = index.engine.get(id)
            if stored is None:
                return None
            document = document_of(stored)
            return without(document, hidden_in(document, index.hidden, index.vocabulary.entry))

    def first_seen(self, id: str) -> str | None:
        """The ISO 8601 date that any version of a document was first fetched or added, where that is recorded."""
        with self._current.reading() as index:
            return index.vocabulary.first_seen(id)

    def similar(self, document: Document, limit: int = 5) -> list[Document]:
        """The most similar documents, one a duplicate group, whatever of the document may be shown."""
        with self._current.reading() as index:
            stored = index.engine.get(document.id)
            return similar_documents(document_of(stored) if stored is not None else document, index, limit)

    def complete(self, typed: str) -> Completions:
        """What a question that is being typed may become."""
        with self._current.reading() as index:
            return complete(typed, index)

    def marks(self, query: str, text: str) -> tuple[Span, ...]:
        """Where the words of a question stand in a text: start and end in code points."""
        with self._current.reading() as index:
            entry = index.vocabulary.entry
            return Hits(plan(parse(query).query, index.vocabulary, entry, index.synonyms), entry).marked(text)


def _corrected(index: OpenIndex, question: Question, search: Search, results: Results) -> Results:
    """An answer with the first correction that finds more; in its place where it shows nothing."""
    proposed = list(suggestions(results.search.query, question.besides, index.vocabulary, results.total))
    corrections = [Question(index, replace(results.search, query=suggestion.query)) for suggestion in proposed]
    if misspelt := frozenset[str]().union(*(correction.hidden for correction in corrections)) - question.hidden:
        results = _Answer(index, Question(index, search, hidden=misspelt)).results(search.query)
    for suggestion, correction in zip(proposed, corrections, strict=True):
        corrected = _Answer(index, correction).results(search.query)
        stands = Question(index, replace(results.search, query=suggestion.phrase)).counted()
        if stands and corrected.total > results.total:
            return _suggested(results, corrected, suggestion.sure)
    return results


def _suggested(results: Results, corrected: Results, sure: bool) -> Results:
    """The answer with a correction beside it; the corrected one, and why, where that is sure and there is nothing else to show."""
    correction, search = corrected.search.query, results.search
    if results.total or not sure:
        return replace(results, suggestion=correction)
    which = "Inga dokument inom filtren" if search.filters else "Inga dokument"
    note = f"Visar träffar för ”{correction}”. {which} har ”{search.query}”."
    return replace(corrected, suggestion=correction, notes=(note, *corrected.notes), widened=True)


class _Answer:
    """One question over one commit."""

    def __init__(self, index: OpenIndex, question: Question) -> None:
        self._index = index
        self._question = question
        self._replacement: Plan | None = None
        """The partial matches that are shown and counted where no document has all that was asked for."""
        self._partial_unfiltered = 0
        """Partial matches before any filter or limit, where they are shown in place of full ones."""
        self._before: tuple[int, int] | None = None
        """How many full and partial matches of the page stand before the scattered ones; None: none is scattered."""

    def results(self, typed: str) -> Results:
        """Everything that is shown."""
        strict, partial = self._matches()
        question, planned, search = self._question, self._question.planned, self._question.search
        hits = Hits(planned, self._index.vocabulary.entry, search.explain, question.hidden)
        full = tuple(hits.of(strict.hits, planned.strict))
        lacking = tuple(hits.of(partial.hits, planned.partial or nodes.NOTHING, lacking=True))
        first, then = self._before or (len(full), 0)
        following = min(partial.total, PARTIAL_HITS)
        return Results(
            query=typed,
            search=search,
            interpretation=interpret(question.parsed),
            notes=(
                *question.parsed.notes,
                *offer_notes(question, strict.total),
                *planned.notes,
                *self._notes(strict.total, partial.total),
            ),
            suggestion=None,
            total=strict.total,
            total_partial=following,
            pages=max(1, ceil((strict.total + following) / search.size)),
            hits=(*full[:first], *lacking[:then], *full[first:], *lacking[then:]),
            facets=self._facets(),
            offers=offers_of(question, strict.total),
            widened=bool(planned.synonyms or question.places),
            hides=bool(question.hidden),
        )

    def _notes(self, total: int, partial: int) -> tuple[str, ...]:
        """What was looked for besides, and which documents the page shows that lack some of the words."""
        synonyms = (as_sentence(self._question.planned.synonyms),) if self._question.planned.synonyms else ()
        if not partial:
            return synonyms
        has = had_instead(self._question.planned, named=not self._question.hidden)
        which = f"{partial} dokument som har {has}"
        if partial > PARTIAL_HITS or (self._partial_unfiltered > PARTIAL_HITS and not self._question.filters):
            number = f"{max(partial, self._partial_unfiltered):,}".replace(",", "\u00a0")
            which = f"De {PARTIAL_HITS} bästa av {number} dokument som har {has}"
        elif self._partial_unfiltered > PARTIAL_HITS:
            which = f"{partial} av de {PARTIAL_HITS} dokument som har mest av orden"
        return (*synonyms, f"{which} {'följer efter träffarna' if total else 'visas i stället'}.")

    def _matches(self) -> tuple[Matches, Matches]:
        """The page's share of the full matches, and of the partial ones that follow them."""
        search = self._question.search
        offset = (search.page - 1) * search.size
        ranking = _ranking(self._question)
        strict = self._find(self._question.planned.strict, Window(offset, search.size, ranking))
        partial = self._question.planned.partial
        if partial is None or ranking != "score" or strict.total >= PARTIAL_BELOW:
            return strict, Matches(0, ())
        if not strict.total:
            partial = self._replacement = self._best(partial)
        full = strict.hits
        if len(full) < strict.total:
            full = self._find(self._question.planned.strict, Window(0, PARTIAL_BELOW)).hits
        entry, words = self._index.vocabulary.entry, [plan for _, plan in self._question.planned.words]
        if scattered := [match for match in full if is_scattered(match, words, entry)]:
            return self._with_scattered(full, scattered, partial)
        after = max(0, offset - strict.total)
        room = max(0, min(search.size - len(strict.hits), PARTIAL_HITS - after))
        return strict, self._find(partial, Window(after, room))

    def _with_scattered(
        self, full: Sequence[Match], scattered: Sequence[Match], partial: Plan
    ) -> tuple[Matches, Matches]:
        """The page where the first PARTIAL_BELOW places are left to matches in which the words belong together."""
        near = [match for match in full if match not in scattered]
        following = min(self._find(partial, Window(0, 0)).total, PARTIAL_HITS)
        ahead = min(PARTIAL_BELOW - len(near), following)
        order = [*near, *range(ahead), *scattered, *range(ahead, following)]
        start = (self._question.search.page - 1) * self._question.search.size
        page = order[start : start + self._question.search.size]
        ranks = [rank for rank in page if isinstance(rank, int)]
        matches = tuple(match for match in page if isinstance(match, Match))
        self._before = sum(match in near for match in matches), sum(rank < ahead for rank in ranks)
        found = self._find(partial, Window(ranks[0] if ranks else 0, len(ranks)))
        return Matches(len(full), matches), found

    def _best(self, partial: Plan) -> Plan:
        """The best of them before any filter: each filter then narrows what is shown, to as many as its count says."""
        unfiltered = nodes.AllOf((partial,), forbidden=self._question.forbidden)
        matches = self._index.engine.find(unfiltered, Window(0, PARTIAL_HITS))
        self._partial_unfiltered = matches.total
        if matches.total <= PARTIAL_HITS:
            return partial
        return nodes.AllOf((partial, nodes.AnyOf(tuple(nodes.with_id(match.id) for match in matches.hits))))

    def _find(self, plan: Plan, window: Window) -> Matches:
        return self._index.engine.find(self._question.narrowed(plan), window)

    def _facets(self) -> dict[str, tuple[FacetValue, ...]]:
        """Every facet, counted with its own filter left out: what there is to choose instead."""
        filtered = [facet for facet in FACETS if facet in self._question.filters]
        shown = self._replacement or self._question.planned.strict
        counts = self._counts(shown, [name for name in FACETS if name not in filtered])
        for facet in filtered:
            counts |= self._counts(self._question.planned.strict, [facet], without=facet)
            if self._replacement:  # of another choice all words may be found
                partial = self._counts(self._replacement, [facet], without=facet)
                counts[facet] = partial[facet] | counts[facet]
        return {facet: facet_values(facet, counts[facet], self._question.search) for facet in FACETS}

    def _counts(self, plan: Plan, facets: Sequence[str], without: str | None = None) -> dict[str, dict[str, int]]:
        return self._index.engine.count(self._question.narrowed(plan, without), facets)


def _ranking(question: Question) -> Ranking:
    """A question without words is answered by date, newest first."""
    query, order = question.parsed.query, question.search.order
    if order == "aldst":
        return "oldest"
    everything = isinstance(query, Everything) or (isinstance(query, And) and Everything() in query.parts)
    return "newest" if everything or order == "nyast" else "score"
