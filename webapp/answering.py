"""From the request at hand to what the engine answers; what pages and JSON have in common."""

import re
from collections.abc import Collection, Iterator, Sequence
from typing import cast
from urllib.parse import parse_qsl

from flask import abort, current_app, request
from msgspec import Struct, structs
from werkzeug.exceptions import BadRequest

from indexer import FACETS, Document, Found, Results, Search, Searcher, Settings, Unreadable, unknown
from webapp.limiting import Limiter
from webapp.showing import came_through, is_loopback, public_document, public_results

SERVICE = "regionsok.service"
"""Where the application keeps its Service."""
_PROGRAMS = re.compile(r"/forslag|/\w+\.(?!txt$|xml$)\w+|/.*\.(?:json|ris|bib)", re.DOTALL)
"""What only programs ask for; an id may end as a file does."""


class Service(Struct, frozen=True):
    """What an application answers with and for whom."""

    searcher: Searcher
    settings: Settings
    public: bool = False
    """Whether others than the people at this machine can reach it."""
    limiter: Limiter | None = None
    """What counts how often each client asks."""


class Unanswerable(BadRequest):
    """A program's address that cannot be read as it was meant."""

    def __init__(self, faults: Sequence[Unreadable]) -> None:
        super().__init__(faults[0].detail)
        self.faults = faults


def service() -> Service:
    """The service of the application at hand."""
    return cast(Service, current_app.extensions[SERVICE])


def is_program(path: str) -> bool:
    """Whether only programs ask for an address."""
    return bool(_PROGRAMS.fullmatch(path))


def parameters() -> list[tuple[str, str]]:
    """The parameters of the request; bytes that are not UTF-8 are read as Windows-1252, as old forms and links send them."""
    # Latin-1 there and back keeps every byte, escaped or not.
    pairs = parse_qsl(request.query_string.decode("latin-1"), keep_blank_values=True, encoding="latin-1")
    return [(decoded(name), decoded(value)) for name, value in pairs]


def decoded(value: str) -> str:
    """What came as bytes, which are read as Latin-1, in UTF-8 or else Windows-1252."""
    given = value.encode("latin-1")
    try:
        return given.decode("utf-8")
    except UnicodeDecodeError:
        return given.decode("cp1252", "replace")


def program_parameters(*allowed: str) -> list[tuple[str, str]]:
    """The parameters of the request. Raises Unanswerable where one is not among the allowed."""
    given = parameters()
    refuse(unknown(given, allowed))
    return given


def refuse(faults: Sequence[Unreadable]) -> None:
    """Raises Unanswerable where anything is wrong: a program is told, and not given another answer."""
    if faults:
        raise Unanswerable(faults)


def answer(search: Search, facets: Collection[str] = tuple(FACETS)) -> Results:
    """The answer to a Search with some facets, as it may be shown to whoever asks. Raises IndexMissing."""
    results = service().searcher.search(search, facets)
    return public_results(results, service().settings.rights) if is_public() else results


def taken(search: Search) -> Iterator[Found]:
    """Every document of the answer to a Search, as it may be shown to whoever asks. Raises IndexMissing when the first is taken."""
    found, rights = service().searcher.documents(search), service().settings.rights
    shown = (structs.replace(one, document=public_document(one.document, rights)) for one in found)
    return shown if is_public() else found


def count(search: Search) -> int:
    """How many documents have all that a Search asks for. Raises IndexMissing."""
    return service().searcher.search(structs.replace(search, page=1, size=1), ()).total


def document_of(id: str) -> Document:
    """The whole document with an id; 404 where there is none. Raises IndexMissing."""
    return service().searcher.document(id) or abort(404)


def shown(document: Document) -> Document:
    """A document as it may be shown to whoever asks."""
    return public_document(document, service().settings.rights) if is_public() else document


def is_public() -> bool:
    """Whether the answer may reach others. What comes with a request can only make it stricter: anyone can send anything."""
    # The address that the server listens on, by WSGI, and the one that the request came from.
    host = re.fullmatch(r"(\[[^]]*\]|[^:@/?#\s]*)(:\d*)?", request.host.lower())
    here = (host and host[1], request.environ.get("SERVER_NAME"), request.remote_addr)
    through = came_through(request.headers.keys(), str(request.environ.get("SERVER_PROTOCOL", "")))
    return service().public or through or not all(map(is_loopback, here))
