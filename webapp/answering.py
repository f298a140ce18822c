"""From the request at hand to what the engine answers; what pages and JSON have in common."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from flask import abort, current_app, request

from indexer import Document, Results, Searcher, search_from

SEARCHER = "regionsok.searcher"
"""Where the application keeps its Searcher."""


def answer() -> Results:
    """The answer to the request's parameters, with the notes on them first. Raises IndexMissing."""
    search, notes = search_from(request.args.items(multi=True))
    results = _searcher().search(search)
    return replace(results, notes=(*notes, *results.notes))


def document_of(id: str) -> Document:
    """The document with an id; 404 where there is none. Raises IndexMissing."""
    return _searcher().document(id) or abort(404)


def _searcher() -> Searcher:
    return cast(Searcher, current_app.extensions[SEARCHER])
