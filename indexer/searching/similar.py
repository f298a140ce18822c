"""More like this: the words that tell a document from the others -> documents that have most of them."""

from __future__ import annotations

from collections import Counter
from math import log

from indexer.documents import Document
from indexer.engines import Engine, Window
from indexer.fields import document_of
from indexer.planning.nodes import AnyOf, Term
from indexer.swedish import Terms, terms_in
from indexer.swedish.lists import SMALL_WORDS
from indexer.vocabulary import IndexVocabulary

TERMS = 15
"""Of a document that others are looked for by; the weightiest, by how often it has them and how few others do."""
LOOKED_AT = 12
SAME_RELEASE = 0.6
"""Share of a shorter text's words in a row of five that the longer one has too: the same release, told twice."""
_ROW = 5


def similar_documents(document: Document, engine: Engine, vocabulary: IndexVocabulary, limit: int) -> list[Document]:
    """The most similar documents, without the same release published elsewhere."""
    text = terms_in(f"{document.title}\n{document.text}", vocabulary.entry)
    plan = AnyOf(tuple(Term("body", term, weight) for term, weight in _weighty(text, vocabulary)))
    found = (document_of(match.stored) for match in engine.find(plan, Window(0, LOOKED_AT)).hits)
    others = [other for other in found if other.id != document.id and not _is_same_release(document, other)]
    return others[:limit]


def _weighty(text: Terms, vocabulary: IndexVocabulary) -> list[tuple[str, float]]:
    often = Counter(
        entry.term
        for form, entry in zip(text.forms, text.entries, strict=True)
        if form not in SMALL_WORDS and not form.isdigit()
    )
    common = [(term, count) for term, count in often.most_common(TERMS * 6) if len(term) > 2]
    weighed = [(term, (1 + log(count)) / log(2 + vocabulary.documents(term))) for term, count in common]
    return sorted(weighed, key=lambda pair: (-pair[1], pair[0]))[:TERMS]


def _is_same_release(one: Document, other: Document) -> bool:
    rows = [_rows(document.text) for document in (one, other)]
    shorter = min(map(len, rows))
    return bool(shorter) and len(rows[0] & rows[1]) / shorter >= SAME_RELEASE


def _rows(text: str) -> set[tuple[str, ...]]:
    words = text.lower().split()
    return set(zip(*(words[start:] for start in range(_ROW)), strict=False))
