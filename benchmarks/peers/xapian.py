"""Xapian over its own Swedish stemmer, by Debian's python3-xapian."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

from benchmarks.documents import read
from benchmarks.peers.protocol import COUNTED, HITS, Answer, Peer, PerThread
from benchmarks.questions import Question

DEBIAN = "/usr/lib/python3/dist-packages"
_CHECKED = 100_000_000
"""Documents that a count looks at: all of them."""


def _xapian() -> Any:
    """The binding: Debian's stands beside the packages of its own Python, and loads in one of the same version."""
    try:
        return importlib.import_module("xapian")
    except ImportError:
        sys.path.append(DEBIAN)
        try:
            return importlib.import_module("xapian")
        finally:
            sys.path.remove(DEBIAN)


class Xapian(Peer):
    """Title and text under prefixes and free, facets in value slots."""

    advice = (
        "Xapian's Getting Started guide: `TermGenerator` with `Stem('swedish')`, the title indexed under `S` and with the "
        "free text, `QueryParser` with `STEM_SOME`, facets by `ValueCountMatchSpy`, marks by `MSet.snippet`; "
        "`XAPIAN_FLUSH_THRESHOLD` 100,000 as its FAQ says for a first build"
    )

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "xapian"
        self._database = PerThread(lambda: _xapian().Database(str(self._folder)))

    def missing(self) -> str | None:
        """Where its binding is not installed."""
        try:
            _xapian()
        except ImportError:
            return "no python3-xapian for this Python"
        return None

    def build(self, documents: Path) -> None:
        """One writer."""
        xapian = _xapian()
        self._folder.parent.mkdir(parents=True, exist_ok=True)
        database = xapian.WritableDatabase(str(self._folder), xapian.DB_CREATE_OR_OPEN)
        generator = xapian.TermGenerator()
        generator.set_stemmer(xapian.Stem("swedish"))
        for number, line in enumerate(read(documents), 1):
            document = xapian.Document()
            generator.set_document(document)
            generator.index_text(line["title"], 1, "S")
            generator.index_text(line["title"])
            generator.increase_termpos()
            generator.index_text(line["text"])
            document.set_data(f"{line['id']}\n{line['text']}")
            for slot, value in enumerate((line.get("source") or "", (line.get("date") or "")[:4])):
                document.add_value(slot, value)
            document.add_boolean_term(f"Y{(line.get('date') or '')[:4]}")
            database.add_document(document)
            if not number % 100_000:  # what XAPIAN_FLUSH_THRESHOLD does, which is read before Python runs
                database.commit()
        database.commit()
        database.close()

    def ask(self, question: Question, size: int = HITS) -> Answer:
        """One match with a spy for each facet."""
        xapian = _xapian()
        stemmer = xapian.Stem("swedish")
        database = self._database()
        enquire = xapian.Enquire(database)
        enquire.set_query(self._query(question, database, stemmer))
        spies = [xapian.ValueCountMatchSpy(slot) for slot, _ in enumerate(COUNTED)]
        for spy in spies:
            enquire.add_matchspy(spy)
        found = enquire.get_mset(0, size, _CHECKED)
        ids, shown = [], []
        for match in found:
            id, _, text = match.document.get_data().decode().partition("\n")
            ids.append(id)
            shown.append(found.snippet(text, 200, stemmer).decode())
        counts = tuple({value.term.decode(): value.termfreq for value in spy.values()} for spy in spies)
        return Answer(found.get_matches_estimated(), tuple(ids), tuple(shown), counts)

    def _query(self, question: Question, database: Any, stemmer: Any) -> Any:
        xapian = _xapian()
        parser = xapian.QueryParser()
        parser.set_stemmer(stemmer)
        parser.set_stemming_strategy(xapian.QueryParser.STEM_SOME)
        parser.set_database(database)
        parser.set_default_op(xapian.Query.OP_OR if question.kind == "sentence" else xapian.Query.OP_AND)
        parts = xapian.QueryParser
        flags = parts.FLAG_PHRASE | parts.FLAG_BOOLEAN | parts.FLAG_LOVEHATE | parts.FLAG_WILDCARD
        query = parser.parse_query(_typed(question), 0 if question.kind == "sentence" else flags)
        if question.year:
            query = xapian.Query(xapian.Query.OP_FILTER, query, xapian.Query(f"Y{question.year}"))
        return query


def _typed(question: Question) -> str:
    """A question in the language of its QueryParser."""
    one, *others = question.words
    match question.kind:
        case "phrase":
            return f'"{question.text}"'
        case "either":
            return f"{one} OR {others[0]}"
        case "without":
            return f"{one} NOT {others[0]}"
        case "beginning":
            return f"{one}*"
    return question.text
