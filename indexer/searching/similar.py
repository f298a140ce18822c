"""More like this: the words that tell a document from the others -> documents that have most of them."""

from collections import Counter
from math import log

from indexer.documents import Document
from indexer.engines import Window
from indexer.fields import document_of
from indexer.planning import COLLAPSED_DUPLICATES, nodes
from indexer.searching.hidden_names import hidden_in
from indexer.searching.opening import OpenIndex
from indexer.swedish import Words, terms_in
from indexer.swedish.lists import SMALL_WORDS

TERMS = 15
"""Of a document that others are looked for by; the weightiest, by how often it has them and how few others do."""
LOOKED_AT = 12
SAME_RELEASE = 0.6
"""Share of a shorter text's words in a row of five that the longer one has too: the same release, told twice."""
_ROW = 5

_Rows = set[tuple[str, ...]]


def similar_documents(document: Document, index: OpenIndex, limit: int) -> list[Document]:
    """The most similar documents, one a release and none of the document's own, nor any that a name in it must not find."""
    entry = index.vocabulary.entry
    text = terms_in(f"{document.title}\n{document.text}", entry)
    words = nodes.AnyOf(tuple(nodes.Term("body", term, weight) for term, weight in _weighty(text, index)))
    ids = {document.id, document.canonical or document.id, *hidden_in(document, index.hidden, entry)}
    plan = nodes.AllOf((words,), forbidden=(COLLAPSED_DUPLICATES, *map(nodes.with_id, sorted(ids))))
    seen = [_rows(document.text)]
    chosen: list[Document] = []
    for match in index.engine.find(plan, Window(0, LOOKED_AT)):
        other = document_of(match.stored)
        rows = _rows(other.text)
        if len(chosen) < limit and not any(_is_same_release(rows, one) for one in seen):
            seen.append(rows)
            chosen.append(other)
    return chosen


def _weighty(text: Words, index: OpenIndex) -> list[tuple[str, float]]:
    words = zip(text.forms, text.terms, strict=True)
    often = Counter(term for form, term in words if form not in SMALL_WORDS and not form.isdigit())
    common = [(term, count) for term, count in often.most_common(TERMS * 6) if len(term) > 2]
    held = dict(index.vocabulary.held([term for term, _ in common], len(common)))
    weighed = [(term, (1 + log(count)) / log(2 + held.get(term, 0))) for term, count in common]
    return sorted(weighed, key=lambda pair: (-pair[1], pair[0]))[:TERMS]


def _is_same_release(one: _Rows, other: _Rows) -> bool:
    shorter = min(len(one), len(other))
    return bool(shorter) and len(one & other) / shorter >= SAME_RELEASE


def _rows(text: str) -> _Rows:
    words = text.lower().split()
    return set(zip(*(words[start:] for start in range(_ROW)), strict=False))
