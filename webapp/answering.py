"""From the request at hand to what the engine answers; what pages and JSON have in common."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import cast
from urllib.parse import urlsplit

from flask import abort, current_app, request

from indexer import Document, Results, Search, Searcher, Settings, search_from
from webapp.showing import is_loopback, public_document, public_results

SERVICE = "regionsok.service"
"""Where the application keeps its Service."""


@dataclass(frozen=True, slots=True)
class Service:
    """What an application answers with and for whom."""

    searcher: Searcher
    settings: Settings
    public: bool = False
    """Whether others than the people at this machine can reach it."""


def service() -> Service:
    """The service of the application at hand."""
    return cast(Service, current_app.extensions[SERVICE])


def answer() -> Results:
    """The answer to the request's parameters, with the notes on them first. Raises IndexMissing."""
    search, notes = search_from(request.args.items(multi=True))
    results = service().searcher.search(search)
    results = replace(results, notes=(*notes, *results.notes))
    return public_results(results, service().settings.rights) if is_public() else results


def count(search: Search) -> int:
    """How many documents have all that a Search asks for. Raises IndexMissing."""
    return service().searcher.search(replace(search, page=1, size=1)).total


def document_of(id: str) -> Document:
    """The document with an id; 404 where there is none. Raises IndexMissing."""
    document = service().searcher.document(id) or abort(404)
    return public_document(document, service().settings.rights) if is_public() else document


def is_public() -> bool:
    """Whether the answer may reach others: the server listens to them, or was reached by a name that they know."""
    try:
        host = urlsplit(f"//{request.host}").hostname
    except ValueError:
        return True
    return service().public or not is_loopback(host)
