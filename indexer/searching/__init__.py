"""The read side: Search -> parsing -> planning -> engine -> Results. Everything that a page shows is in the Results."""

import functools
from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from itertools import chain, islice
from math import ceil

from msgspec.structs import replace

from indexer.documents import Document
from indexer.engines import BY_YEAR, Counts, Match, Page, Ranking, Window
from indexer.facets import FACETS
from indexer.fields import document_of, sort_keys
from indexer.parsing import parse
from indexer.parsing.interpretation import interpret
from indexer.planning import Plan, nodes, plan
from indexer.queries import Reached, Search
from indexer.results import Facets, Found, Results, Span
from indexer.searching import comparing, questions, suggesting
from indexer.searching.hits import Hits, facet_values, had_instead, in_place, without
from indexer.searching.opening import CurrentIndex, IndexMissing, IndexUnreadable, OpenIndex, hidden_in
from indexer.searching.questions import Question, day_of
from indexer.swedish.synonyms import as_sentence

__all__ = ["IndexMissing", "Searcher"]

PARTIAL_BELOW, PARTIAL_HITS = 10, 100
"""Full matches under which documents that lack some of the words follow, and how many of those at most (DESIGN.md)."""


class Searcher(CurrentIndex):
    """Answers questions over the last commit of an index, any number of threads at once; where none can answer, IndexMissing is raised."""

    def ready(self) -> None:
        """Raises IndexMissing where there is an index that cannot be read; none at all is where everybody begins."""
        try:
            self.get()
        except IndexMissing as error:
            if isinstance(error, IndexUnreadable):
                raise

    def version(self, search: Search) -> str:
        """Of the answer to a question: another where commit, settings or the day that times are told from may have changed it."""
        return repr((self.get().read_with, self.stamp, self._settings, day_of(search), search))

    def search(self, search: Search, facets: Collection[str] = tuple(FACETS)) -> Results:
        """The answer to any question, with some facets."""
        day = day_of(search)
        with self.reading() as index:
            results = index.answers.get((search, day))
            if results is None or not results.facets.keys() >= set(facets):
                _, results = _answered(index, search, facets)
                index.remember(search, day, results)
            return replace(results, facets=results.facets.only(facets))

    def documents(self, search: Search, first: int = 0) -> Iterator[Found]:
        """Every document of an answer but for the first ones, in the order of its pages, over one commit; nothing is asked before the first is taken."""
        with self.reading() as index:
            answer, results = _answered(index, replace(search, page=1, size=PARTIAL_BELOW + PARTIAL_HITS), ())
            yield from answer.documents(results, first)

    def counts(self, search: Search, fields: Sequence[str] = ()) -> Counts:
        """How many documents have all that is asked for, in all and under each value of some fields."""
        with self.reading() as index:
            question = Question(index, search)
            return index.engine.count(question.narrowed(question.planned.strict), fields)

    def worded(self, search: Search) -> Search:
        """A Search as it is counted and found alike: by its words, also those that an answer would take for a time or a kind."""
        with self.reading() as index:
            question = questions.asked(index, search)
            return replace(question.typed, literal=search.literal or bool(question.applied))

    def forms(self, search: Search) -> tuple[questions.WordForms, ...]:
        """Which forms `counts` counts of each word; none of a name that a document is hidden for."""
        with self.reading() as index:
            return questions.word_forms(Question(index, search))

    def marking(self, searches: Sequence[Search]) -> list[tuple[str, ...]]:
        """The words that mark the hits of each Search against those of the others."""
        with self.reading() as index:
            return comparing.marking(index, searches)

    def subjects(self) -> comparing.Subjects:
        """The words that mark the last month of the collection, worked out once a commit."""
        with self.reading() as index:
            if not index.subjects:
                index.subjects.append(comparing.subjects(index))
            return index.subjects[0]

    def document(self, id: str) -> Document | None:
        """A document of the index; of its duplicate group nothing that is hidden for a name in it."""
        with self.reading() as index:
            if (stored := index.engine.get(id)) is None:
                return None
            document = document_of(stored)
            return without(document, hidden_in(document, index.hidden, index.vocabulary.entry))

    def similar(self, document: Document, limit: int = 5) -> list[Document]:
        """The most similar documents, one a duplicate group, whatever of the document may be shown."""
        with self.reading() as index:
            stored = index.engine.get(document.id)
            return suggesting.similar_documents(document_of(stored) if stored is not None else document, index, limit)

    def complete(self, typed: str) -> suggesting.Completions:
        """What a question that is being typed may become."""
        with self.reading() as index:
            return suggesting.complete(typed, index)

    def marks(self, query: str, text: str) -> tuple[Span, ...]:
        """Where the words of a question stand in a text: start and end in code points."""
        with self.reading() as index:
            return Hits(plan(parse(query).query, index.vocabulary, index.synonyms), index.vocabulary).marked(text)


def _answered(index: OpenIndex, search: Search, facets: Collection[str]) -> tuple["_Answer", Results]:
    """An answer with the first correction that finds more; in its place where it shows nothing.

    What is new since a time is told by the reading of the question at any time: that nothing is new is no sign of another.
    """
    if since := search.filters.period.since:
        ever, reading = _answered(index, replace(search, filters=search.filters.with_since(None), page=1), ())
        new = replace(reading.search, filters=reading.search.filters.with_since(since), page=search.page)
        answer = _Answer(Question(index, new, hidden=ever.hidden), facets)
        return answer, replace(answer.results(search.query), suggestion=reading.suggestion)
    question = questions.asked(index, search)
    answer = _Answer(question, facets)
    results = answer.results(search.query)
    if not search.query or search.literal:
        return answer, results
    read = results.search.query, question.placed.besides
    proposed = list(suggesting.suggestions(*read, index.vocabulary, results.total))
    corrections = [Question(index, replace(results.search, query=suggestion.query)) for suggestion in proposed]
    if misspelt := frozenset[str]().union(*(correction.hidden for correction in corrections)) - question.hidden:
        answer = _Answer(Question(index, search, hidden=misspelt), facets)
        results = answer.results(search.query)
    for suggestion, correction in zip(proposed, corrections, strict=True):
        phrase = replace(results.search, query=suggestion.phrase)
        if correction.total > results.total and (not suggestion.phrase or Question(index, phrase).total):
            if results.total or not suggestion.sure:
                return answer, replace(results, suggestion=correction.search.query)
            answer = _Answer(correction, facets)
            return answer, in_place(results, answer.results(search.query))
    return answer, results


class _Answer:
    """One question over one commit."""

    def __init__(self, question: Question, facets: Collection[str]) -> None:
        self._question, self.hidden = question, question.hidden
        self._wanted = [name for name in FACETS if name in facets]
        self._filtered = [name for name in self._wanted if name in question.filters]
        self._replacement: Plan | None = None
        """The partial matches that are shown and counted where no document has all that was asked for."""
        self._partial_unfiltered = 0
        """Partial matches before any filter or limit, where they are shown in place of full ones."""

    def results(self, typed: str) -> Results:
        """Everything that is shown."""
        question, planned, search = self._question, self._question.planned, self._question.search
        window = Window((search.page - 1) * search.size, 0 if search.after else search.size, question.ranking)
        unfiltered = [name for name in self._wanted if name not in self._filtered]
        counted, page = self._counted(planned.strict, unfiltered, window)
        total = counted.total
        offset, strict, partial, number = self._matches(total, page)
        hits = Hits(planned, question.index.vocabulary, search.explain, question.hidden)
        others = hits.of(partial, planned.partial or nodes.NOTHING, lacking=True) if partial else ()
        following = min(number, PARTIAL_HITS)
        end = offset + len(strict) + len(partial)
        last = (*strict, *partial)[-1:] if end < total + following else ()
        asides = self._asides(total, number)
        return Results(
            query=typed,
            search=search,
            interpretation=interpret(question.parsed),
            notes=(*question.parsed.notes, *questions.offer_notes(question, total), *planned.notes, *asides),
            total=total,
            total_partial=following,
            pages=max(1, ceil((total + following) / search.size)),
            hits=(*hits.of(strict, planned.strict), *others),
            facets=self._facets(counted),
            offers=tuple(islice(questions.offers_of(question, total), questions.OFFERED)),
            widened=bool(planned.synonyms or question.placed.places),
            besides=tuple(dict.fromkeys(chain.from_iterable(planned.synonyms.values()))),
            asides=asides,
            hides=bool(question.hidden),
            reached=Reached(end, _key(last[0], question.ranking), bool(partial)) if last else None,
        )

    def documents(self, results: Results, first: int) -> Iterator[Found]:
        """All that the pages show; the partial matches are those of these results, whose one page holds every one."""
        question, engine = self._question, self._question.index.engine
        window = Window(first, results.total, question.ranking)
        for place in engine.places(question.narrowed(question.planned.strict), window):
            match = engine.read(place)
            yield Found(without(document_of(match.stored), question.hidden), match.score)
        for hit in results.hits[results.total :]:
            yield Found(without(document_of(engine.get(hit.id) or ""), question.hidden), hit.score, hit.missing)

    def _asides(self, total: int, partial: int) -> tuple[str, ...]:
        """What was looked for besides, and which documents the page shows that lack some of the words."""
        question, planned = self._question, self._question.planned
        synonyms = (as_sentence(planned.synonyms),) if planned.synonyms else ()
        if not partial:
            return synonyms
        has = had_instead(planned, named=not question.hidden)
        which = f"{partial} dokument som har {has}"
        if partial > PARTIAL_HITS or (self._partial_unfiltered > PARTIAL_HITS and not question.filters):
            number = f"{max(partial, self._partial_unfiltered):,}".replace(",", "\u00a0")
            which = f"De {PARTIAL_HITS} bästa av {number} dokument som har {has}"
        elif self._partial_unfiltered > PARTIAL_HITS:
            which = f"{partial} av de {PARTIAL_HITS} dokument som har mest av orden"
        return (*synonyms, f"{which} {'följer efter träffarna' if total else 'visas i stället'}.")

    def _matches(self, total: int, page: Sequence[Match]) -> tuple[int, Sequence[Match], Sequence[Match], int]:
        """Of so many full matches those before the page, its share of them and of the partial ones, and how many of these there are.

        A page that is told by its number has been read.
        """
        search, planned, ranking = self._question.search, self._question.planned, self._question.ranking
        lacking = search.after is not None and search.after.lacking
        offset = total if lacking else self._offset(planned.strict, total, ranking)
        if ranking != "score" or total >= PARTIAL_BELOW or planned.partial is None:
            if search.after and offset < total:
                page = self._find(planned.strict, Window(offset, search.size, ranking))
            return offset, page, (), 0
        full = page if len(page) == total else self._find(planned.strict, Window(0, total))
        known = tuple(nodes.with_id(match.id) for match in full)
        others = nodes.AllOf((planned.partial,), forbidden=known) if total else self._best(planned.partial)
        number = self._counts(others).total
        if lacking:
            offset += self._offset(others, min(number, PARTIAL_HITS), ranking)
        shown, after = full[offset : offset + search.size], max(0, offset - total)
        room = max(0, min(search.size - len(shown), PARTIAL_HITS - after))
        return offset, shown, self._find(others, Window(after, room)), number

    def _offset(self, plan: Plan, total: int, ranking: Ranking) -> int:
        """How many of so many matches stand before the page: those of the pages before, or all up to the hit that was read last."""
        search = self._question.search
        if search.after is None:
            return (search.page - 1) * search.size

        def key(place: int) -> tuple[float, str]:
            return _key(self._find(plan, Window(place, 1, ranking))[0], ranking)

        last, position = search.after.key, search.after.position
        if 0 < position <= total and key(position - 1) == last:
            return position
        # What came in changes scores, and hardly the order: it is looked for where it stands now.
        if ranking == "score":
            now = self._find(nodes.AllOf((plan, nodes.with_id(last[1]))), Window(0, 1))
            last = _key(now[0], ranking) if now else last
        return bisect_right(range(total), last, key=key)

    def _best(self, partial: Plan) -> Plan:
        """The best of them before any filter: each filter then narrows what is shown, to as many as its count says."""
        full = (self._question.planned.strict,) if self._question.filters else ()  # else no document has all
        unfiltered = nodes.AllOf((partial,), forbidden=(*self._question.forbidden, *map(nodes.matching, full)))
        best = self._question.index.engine.find(unfiltered, Window(0, PARTIAL_HITS))
        self._replacement = nodes.AnyOf(tuple(nodes.with_id(match.id) for match in best))
        self._partial_unfiltered = self._question.index.engine.count(unfiltered).total
        return nodes.AllOf((partial, self._replacement))

    def _find(self, plan: Plan, window: Window) -> Sequence[Match]:
        return self._question.index.engine.find(self._question.narrowed(plan), window)

    def _facets(self, counted: Counts) -> Facets:
        """The facets that are asked for, each counted with its own filter left out: what there is to choose instead."""
        if self._replacement:
            counted = self._counts(self._replacement, list(counted.facets))
        counts = dict(counted.facets)
        for facet in self._filtered:
            counts |= self._counts(self._question.planned.strict, [facet], without=facet).facets
            if self._replacement:  # of another choice all words may be found
                counts[facet] = self._counts(self._replacement, [facet], without=facet).facets[facet] | counts[facet]
        search = self._question.search
        return Facets({name: functools.partial(facet_values, name, counts[name], search) for name in self._wanted})

    def _counts(self, plan: Plan, facets: Sequence[str] = (), without: str | None = None) -> Counts:
        return self._counted(plan, facets, Window(0, 0), without)[0]

    def _counted(self, plan: Plan, facets: Sequence[str], window: Window, without: str | None = None) -> Page:
        """Months only where a year is chosen: no other has them shown."""
        fields = {BY_YEAR if facet == "year" and facet not in self._filtered else facet: facet for facet in facets}
        narrowed = self._question.narrowed(plan, without)
        counted, matches = self._question.index.engine.count_and_find(narrowed, window, [*fields])
        return Counts(counted.total, {fields[field]: counts for field, counts in counted.facets.items()}), matches


def _key(match: Match, ranking: Ranking) -> tuple[float, str]:
    """What a match is ordered by, ascending."""
    return -match.score, match.id if ranking == "score" else sort_keys(document_of(match.stored))[ranking]
