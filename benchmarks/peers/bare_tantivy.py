"""tantivy-py over the same terms as this project, and nothing around it: what the engine itself costs."""

from __future__ import annotations

from pathlib import Path

import tantivy
from tantivy import Occur, Query

from benchmarks.documents import read
from benchmarks.peers.protocol import COUNTED, HITS, Answer, Peer, marked
from benchmarks.questions import Question
from indexer.swedish import terms_in

_BLANKS = "blanks"
_FIELDS = ("title_terms", "text_terms")


class BareTantivy(Peer):
    """Title and text in a field of terms each."""

    limit = 10**9

    advice = (
        "tantivy-py's tutorial: a schema, one writer, one commit, `wait_merging_threads`; fast fields for what is counted; "
        "of title and text the greater score (their sum, with a boost of the title, gives .65 on agency_questions for .82); the terms are this project's, analysed within the time of the build"
    )

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "tantivy"
        self._searcher: tantivy.Searcher | None = None

    def _index(self) -> tantivy.Index:
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
        for name in _FIELDS:
            builder.add_text_field(name, tokenizer_name=_BLANKS, index_option="position")
        for name in COUNTED:
            builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
        for name in ("title", "text"):
            builder.add_bytes_field(name, stored=True)
        self._folder.mkdir(parents=True, exist_ok=True)
        index = tantivy.Index(builder.build(), str(self._folder), reuse=True)
        analyser = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
        index.register_tokenizer(_BLANKS, analyser)
        return index

    def build(self, documents: Path) -> None:
        """Analyse and write, in one process as its tutorial does."""
        writer = self._index().writer(heap_size=128_000_000)
        for line in read(documents):
            document = tantivy.Document()
            document.add_text("id", line["id"])
            for name in ("title", "text"):
                document.add_text(f"{name}_terms", " ".join(terms_in(line[name]).terms))
                document.add_bytes(name, line[name].encode())
            document.add_text("source", line.get("source") or "")
            document.add_text("year", (line.get("date") or "")[:4])
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()

    def ask(self, question: Question, size: int = HITS) -> Answer:
        """One search and one aggregation, the hits marked."""
        if self._searcher is None:
            index = self._index()
            self._schema, self._searcher = index.schema, index.searcher()
        query = self._query(question)
        found = self._searcher.search(query, limit=size)
        documents = [self._searcher.doc(address) for _, address in found.hits]
        terms = {name: {"terms": {"field": name, "size": 1_000}} for name in COUNTED}
        counted = self._searcher.aggregate(query, terms)
        counts = tuple({bucket["key"]: bucket["doc_count"] for bucket in counted[name]["buckets"]} for name in COUNTED)
        beginnings = [word[:5] for word in question.words]
        shown = tuple(marked(bytes(document.get_first("text") or b"").decode(), beginnings) for document in documents)
        ids = tuple(str(document.get_first("id")) for document in documents)
        return Answer(found.count, ids, shown, counts)  # type: ignore[attr-defined]  # the stub leaves it out

    def _query(self, question: Question) -> Query:
        if question.kind == "beginning":
            return _either([Query.regex_query(self._schema, field, f"{question.words[0]}.*") for field in _FIELDS])
        parts = [self._words(terms_in(word).terms) for word in question.words]
        match question.kind:
            case "phrase":
                return self._words(terms_in(question.text).terms)
            case "either" | "sentence":
                return _either(parts)
            case "without":
                return Query.boolean_query([(Occur.Must, parts[0]), *((Occur.MustNot, part) for part in parts[1:])])
            case "year":
                year = Query.term_query(self._schema, "year", question.year, index_option="basic")
                parts.append(Query.const_score_query(year, 0.0))
        return Query.boolean_query([(Occur.Must, part) for part in parts])

    def _words(self, terms: list[str] | tuple[str, ...]) -> Query:
        """In the title or the text, the greater score of them; several terms in a row."""
        if not terms:
            return Query.empty_query()
        if len(terms) == 1:
            return Query.disjunction_max_query([Query.term_query(self._schema, field, terms[0]) for field in _FIELDS])
        return Query.disjunction_max_query([Query.phrase_query(self._schema, field, list(terms)) for field in _FIELDS])


def _either(parts: list[Query]) -> Query:
    return Query.boolean_query([(Occur.Should, part) for part in parts])
