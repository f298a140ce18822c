"""The pure-Python engine: carries plans out over Whoosh's postings.

Plans are evaluated here and not compiled to Whoosh's query objects: its matchers give wrong answers for DisjunctionMax,
AndNot and minimum matches, and lose top hits under a limit (FINDINGS 12).
"""

import math
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, cached_property, partial
from operator import add
from pathlib import Path
from typing import Any

from whoosh import analysis, fields, index
from whoosh.matching import NullMatcher

from indexer.engines import BY_YEAR, Counts, Engine, Guarded, Match, Window, rounded
from indexer.facets import is_month
from indexer.fields import FIELDS, Kind, Record
from indexer.planning import nodes

# BM25 with Lucene's parameters and inverse document frequency, as Tantivy has them.
K1, B = 1.2, 0.75
_VALUES = "\x1f"
"""Separates the values of a facet; taken out of texts at ingestion."""

Scores = dict[int, float]
"""Document number -> score of the documents that match."""


def _schema() -> fields.Schema:
    kinds: dict[Kind, Callable[[], Any]] = {
        Kind.KEY: lambda: fields.ID(unique=True, sortable=True),
        Kind.WORDS: lambda: fields.TEXT(analyzer=analysis.RegexTokenizer(r"[^ ]+"), phrase=True),
        Kind.PARTS: lambda: fields.TEXT(analyzer=analysis.RegexTokenizer(r"[^ ]+"), phrase=False),
        Kind.VALUES: lambda: fields.TEXT(analyzer=analysis.RegexTokenizer(f"[^{_VALUES}]+"), phrase=False),
        Kind.NUMBER: lambda: fields.NUMERIC(bits=64, signed=False, sortable=True),
        Kind.SORT: lambda: fields.ID(sortable=True),
        Kind.STORED: lambda: fields.STORED(),
    }
    return fields.Schema(**{name: kinds[field.kind]() for name, field in FIELDS.items()})


class WhooshEngine(Guarded, Engine):
    """Reads one commit; open anew to see a later one. Threads take turns: Whoosh's files keep the place that is read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._reading = threading.Lock()
        self._reader: Any = index.open_dir(str(folder)).reader()
        # Of one commit, so each is read once.
        self._column = cache(partial(_column, self._reader))
        self._facet = cache(partial(_facet, self._reader))
        self._mean_length = cache(partial(_mean_length, self._reader))

    def places(self, plan: nodes.Plan, window: Window) -> Sequence[tuple[int, float]]:
        """The numbers and scores of the hits of a window."""
        with self._reading:
            found, by_score = self._evaluated(plan), window.ranking == "score"
            scores = {number: rounded(score) if by_score else 0.0 for number, score in found.items()}
            keys = self._column("id" if by_score else window.ranking)
        ranked = sorted(scores.items(), key=lambda hit: (-hit[1], keys[hit[0]]))
        return ranked[window.offset : window.offset + max(0, window.limit)]

    def read(self, place: tuple[int, float]) -> Match:
        """The hit at one of the places."""
        number, score = place
        with self._reading:
            return Match(self._column("id")[number], score, self._reader.stored_fields(number)["stored"])

    def count(self, plan: nodes.Plan, facets: Sequence[str] = ()) -> Counts:
        """How many documents match, in all and under each value of some facets."""
        with self._reading:
            matching = self._evaluated(nodes.matching(plan)).keys()
            held = {facet: self._facet(facet) for facet in facets}
        counted = {}
        for facet, values in held.items():
            counted[facet] = {value: len(both) for value, numbers in values.items() if (both := matching & numbers)}
        return Counts(len(matching), counted)

    def get(self, id: str) -> str | None:
        """The stored form of a document."""
        return next((match.stored for match in self.find(nodes.with_id(id), Window(0, 1))), None)

    def ids(self) -> Iterator[str]:
        """Every document's id, once for each time it is held."""
        with self._reading:
            return iter([self._column("id")[number] for number in self._reader.all_doc_ids()])

    def close(self) -> None:
        """Let go of files."""
        self._reader.close()

    def _evaluated(self, plan: nodes.Plan) -> Scores:
        match plan:
            case nodes.Term():
                return self._term(plan)
            case nodes.PhraseAt(field, _, score):
                return {number: score for row in plan.rows for number in self._row(field, row)}
            case nodes.AllOf():
                return self._all(plan)
            case nodes.AnyOf() | nodes.MaxOf():
                return _any(plan, [self._evaluated(part) for part in plan.parts])
            case nodes.Everything():
                return dict.fromkeys(self._reader.all_doc_ids(), 0.0)
            case nodes.Value("id", id):
                return dict.fromkeys((number for number, _ in _postings(self._reader, "id", id)), 0.0)
            case nodes.Value():
                return dict.fromkeys(self._facet(plan.facet).get(plan.value, ()), 0.0)
            case nodes.Range(field, first, last):
                held = self._column(field)
                numbers = (number for number in self._reader.all_doc_ids() if first <= held[number] <= last)
                return dict.fromkeys(numbers, 0.0)

    def _term(self, plan: nodes.Term) -> Scores:
        postings = [(number, matcher.weight()) for number, matcher in _postings(self._reader, plan.field, plan.text)]
        rarity = math.log(1 + (self._reader.doc_count() - len(postings) + 0.5) / (len(postings) + 0.5))
        mean = self._mean_length(plan.field) if postings else 1.0
        scores = {}
        for number, often in postings:
            length = self._reader.doc_field_length(number, plan.field)
            saturation = often * (K1 + 1) / (often + K1 * (1 - B + B * length / mean))
            scores[number] = plan.weight * rarity * saturation
        return scores

    def _row(self, field: str, row: Iterable[tuple[int, str]]) -> Iterable[int]:
        """Documents where the terms stand at the offsets: first positions are intersected."""
        starts: dict[int, set[int]] = {}
        for place, (offset, text) in enumerate(row):
            held = (one for one in _postings(self._reader, field, text) if place == 0 or one[0] in starts)
            shifted = {number: {at - offset for at in matcher.value_as("positions")} for number, matcher in held}
            starts = {number: both for number, some in shifted.items() if (both := some & starts.get(number, some))}
        return starts

    def _all(self, plan: nodes.AllOf) -> Scores:
        if not plan.required:
            return {}
        parts = [self._evaluated(part) for part in plan.required]
        common = set(parts[0]).intersection(*parts[1:])
        common.difference_update(*map(self._evaluated, plan.forbidden))
        parts += [self._evaluated(part) for part in plan.bonus] if common else []
        return {number: sum(part.get(number, 0.0) for part in parts) for number in common}


def _column(reader: Any, field: str) -> list[Any]:
    """A field's value by document number."""
    documents = reader.doc_count_all()
    column = reader.column_reader(field) if documents else ()  # an empty index has no columns
    return [column[number] for number in range(documents)]


def _facet(reader: Any, facet: str) -> dict[str, frozenset[int]]:
    """Value -> documents."""
    if facet == BY_YEAR:
        return {year: numbers for year, numbers in _facet(reader, "year").items() if not is_month(year)}
    values = [value.decode("utf-8") for value in reader.lexicon(facet)]
    return {value: frozenset(number for number, _ in _postings(reader, facet, value)) for value in values}


def _mean_length(reader: Any, field: str) -> float:
    """Words of a field, on average: Whoosh's own total still has what is deleted, and rounds what is merged."""
    lengths = [reader.doc_field_length(number, field) or 0 for number in reader.all_doc_ids()]
    return sum(lengths) / len(lengths)


def _postings(reader: Any, field: str, text: str) -> Iterator[tuple[int, Any]]:
    """The documents that have a term, each with the matcher standing on it."""
    matcher = reader.postings(field, text) if (field, text) in reader else NullMatcher()
    while matcher.is_active():
        yield matcher.id(), matcher
        matcher.next()


def _any(plan: nodes.AnyOf | nodes.MaxOf, parts: Iterable[Scores]) -> Scores:
    scores: Scores = {}
    united = max if isinstance(plan, nodes.MaxOf) else add
    for part in parts:
        for number, score in part.items():
            scores[number] = united(scores.get(number, 0.0), score)
    return scores


class WhooshWriter(Guarded):
    """Writes one generation. Whoosh does not sync its commits: after a power cut, run `regionsok check`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        there_is = index.exists_in(str(folder))
        self._index: Any = index.open_dir(str(folder)) if there_is else index.create_in(str(folder), _schema())

    @cached_property
    def _writer(self) -> Any:
        """Of what is not committed, where there is any."""
        return self._index.writer(limitmb=128)

    def add(self, record: Record) -> None:
        """Add a document; the caller has deleted an older one with the same id."""
        values = {name: _VALUES.join(values) for name, values in record.values.items()}
        fields = record.words | values | record.numbers | record.sorts
        self._writer.add_document(id=record.id, stored=record.stored, **fields)

    def delete(self, id: str) -> None:
        """Delete the document with that id, if there is one."""
        self._writer.delete_by_term("id", id)

    def commit(self) -> None:
        """Make everything so far visible to engines opened from now on."""
        if "_writer" in vars(self):
            self._writer.commit()
            del self._writer

    def close(self) -> None:
        """Drop what is not committed."""
        if writer := vars(self).pop("_writer", None):
            writer.cancel()
        self._index.close()
