"""The fast engine: compiles plans to Tantivy queries."""

import os
import shutil
import tempfile
import weakref
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import tantivy
from tantivy import Occur, Order, Query

from indexer.engines import BY_YEAR, Counts, Engine, Guarded, Match, Window, aggregations, counted, rounded
from indexer.fields import FIELDS, Kind, Record
from indexer.planning import nodes

_BLANKS = "blanks"
_Place = tuple[float, tantivy.DocAddress]
"""The score of a hit, and where it is."""


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    raw = partial(builder.add_text_field, tokenizer_name="raw", index_option="basic")
    adding: dict[Kind, Callable[[str], object]] = {
        Kind.KEY: partial(raw, stored=True),
        Kind.WORDS: partial(builder.add_text_field, tokenizer_name=_BLANKS, index_option="position"),
        Kind.PARTS: partial(builder.add_text_field, tokenizer_name=_BLANKS, index_option="freq"),
        Kind.VALUES: partial(raw, fast=True),
        Kind.SORT: partial(raw, fast=True),
        Kind.NUMBER: partial(builder.add_unsigned_field, indexed=True, fast=True),
        Kind.STORED: partial(builder.add_bytes_field, stored=True),
    }
    for name, field in FIELDS.items():
        adding[field.kind](name)
    return builder.build()


def _opened(folder: Path) -> tantivy.Index:
    index = tantivy.Index.open(str(folder))
    index.register_tokenizer(_BLANKS, tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
    return index


class TantivyEngine(Guarded, Engine):
    """Reads one commit; open anew to see a later one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        index = _opened(self._readable())
        self._schema, self._searcher = index.schema, index.searcher()

    def _readable(self) -> Path:
        """The folder; where it cannot be written to, one with links to its files: Tantivy locks also while it opens."""
        if all(os.access(path, os.W_OK) for path in (self._folder, *self._folder.glob("*.lock"))):
            return self._folder
        links = Path(tempfile.mkdtemp())
        weakref.finalize(self, shutil.rmtree, links, ignore_errors=True)  # an engine has no other end
        for file in self._folder.iterdir():
            if not file.name.endswith(".lock"):
                (links / file.name).symlink_to(file.resolve())
        return links

    def places(self, plan: nodes.Plan, window: Window) -> Sequence[_Place]:
        """Where the hits of a window are, and their scores."""
        # Passing over, Tantivy adds what of a MaxOf is the greatest.
        query = _compiled(nodes.AllOf((plan,)), self._schema)
        if window.limit <= 0 or window.offset >= self._searcher.num_docs:  # room is made for all that is asked for
            return ()
        if window.ranking == "score":
            return self._by_score(query, window)
        ordered = partial(self._searcher.search, order_by_field=window.ranking, order=Order.Asc, count=False)
        return [(0.0, address) for _, address in ordered(query, window.limit, offset=window.offset).hits]

    def read(self, place: _Place) -> Match:
        """The hit at one of the places."""
        score, address = place
        document = self._searcher.doc(address)
        return Match(str(document.get_first("id")), score, bytes(document.get_first("stored") or b"").decode("utf-8"))

    def count(self, plan: nodes.Plan, facets: Sequence[str] = ()) -> Counts:
        """How many documents match, in all and under each value of some facets; no document is scored for it."""
        # A document has one first day, so that the years have all documents, each once.
        wanted = aggregations((BY_YEAR, *facets))
        values = counted(self._searcher.aggregate(_compiled(nodes.matching(plan), self._schema), wanted))
        return Counts(sum(values[BY_YEAR].values()), {facet: values[facet] for facet in facets})

    def get(self, id: str) -> str | None:
        """The stored form of a document."""
        result = self._searcher.search(Query.term_query(self._schema, "id", id), limit=1)
        return self.read(result.hits[0]).stored if result.hits else None

    def ids(self) -> Iterator[str]:
        """Every document's id, once for each time it is held."""
        hits = self._searcher.search(Query.all_query(), limit=max(1, self._searcher.num_docs)).hits
        return iter([self.read(hit).id for hit in hits])

    def _by_score(self, query: Query, window: Window) -> Sequence[_Place]:
        """Ranked by rounded score, then id: the window is widened, first by a few, until no tie crosses its end."""
        limit = (end := window.offset + window.limit) + 10
        while True:
            scored = [(rounded(score), at) for score, at in self._searcher.search(query, limit=limit, count=False).hits]
            if len(scored) < limit or scored[-1][0] < scored[end - 1][0]:
                break
            limit *= 4
        often = Counter(score for score, _ in scored)
        tied = {score for score, _ in scored[window.offset : end] if often[score] > 1}
        scored.sort(key=lambda hit: (-hit[0], self.read(hit).id if hit[0] in tied else ""))
        return scored[window.offset : end]


class TantivyWriter(Guarded):
    """Writes one generation; Tantivy syncs every commit to disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        tantivy.Index(_schema(), str(folder))  # where there is one, it stays as it is
        # One thread: analysis in Python is the slower side, and fewer threads make fewer, larger segments.
        index = _opened(folder)
        self._schema, self._writer = index.schema, index.writer(heap_size=48_000_000, num_threads=1)

    def add(self, record: Record) -> None:
        """Add a document; the caller has deleted an older one with the same id."""
        values = {name: list(values) for name, values in record.values.items()} | record.numbers | record.sorts
        fields = {"id": record.id, "stored": record.stored.encode("utf-8")} | record.words | values
        self._writer.add_document(tantivy.Document.from_dict(fields, self._schema))

    def delete(self, id: str) -> None:
        """Delete the document with that id, if there is one."""
        self._writer.delete_documents_by_term("id", id)

    def commit(self) -> None:
        """Make everything so far durable and visible to engines opened from now on."""
        self._writer.commit()

    def close(self) -> None:
        """Drop what is not committed and finish merges; each deletes the files that it replaced."""
        self._writer.wait_merging_threads()


def _compiled(plan: nodes.Plan, schema: tantivy.Schema) -> Query:
    match plan:
        case nodes.Term():
            query = Query.term_query(schema, plan.field, plan.text)
            return query if plan.weight == 1.0 else Query.boost_query(query, plan.weight)
        case nodes.PhraseAt(field, terms, score, slop):  # a slop is exact for two different terms from one place only
            return Query.const_score_query(Query.phrase_query(schema, field, list(terms), slop), score)
        case nodes.AllOf(required, bonus, forbidden) if required:
            roles = (Occur.Must, required), (Occur.Should, bonus), (Occur.MustNot, forbidden)
            return Query.boolean_query([(occur, _compiled(part, schema)) for occur, parts in roles for part in parts])
        case nodes.AllOf():
            return Query.empty_query()
        case nodes.MaxOf(parts) if parts:
            return Query.disjunction_max_query([_compiled(part, schema) for part in parts])
        case nodes.AnyOf() | nodes.MaxOf():
            return Query.boolean_query([(Occur.Should, _compiled(part, schema)) for part in plan.parts])
        case nodes.Everything():
            return Query.const_score_query(Query.all_query(), 0.0)
        case nodes.Value():
            return Query.const_score_query(Query.term_query(schema, plan.facet, plan.value, index_option="basic"), 0.0)
        case nodes.Range(field, first, last):
            numbers = Query.range_query(schema, field, tantivy.FieldType.Unsigned, first, last)
            return Query.const_score_query(numbers, 0.0)
