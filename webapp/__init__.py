"""The web face: questions come in as addresses, answers leave as pages and JSON. What goes wrong is mapped here, once."""

import logging
from http import HTTPStatus

from flask import Flask, Response, abort, render_template, request
from jinja2 import StrictUndefined
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from indexer import FORMS, IndexMissing, Searcher, Settings, load_settings
from webapp import faces, pages, rendering, sending, trends
from webapp.answering import SERVICE, Service, Unanswerable

_log = logging.getLogger(__package__)

QUERY_STRING_BYTES = 32_000
"""Longest query string that is read: 5,000 letters å. Every link of a page repeats its filters."""

METHODS = ("GET", "HEAD")

HEADERS = {
    # data: is the favicon in the page's head.
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

SENTENCES = {
    400: ("Adressen går inte att läsa", "Något i adressen är fel skrivet. Börja om från sökningen."),
    404: ("Sidan finns inte", "Det finns ingenting på den här adressen. Dokumentet kan ha tagits bort."),
    405: ("Det går bara att läsa här", "Tjänsten tar bara emot frågor (GET och HEAD)."),
    414: ("Adressen är för lång", "Ställ en kortare fråga eller välj färre filter."),
    500: ("Något gick fel", "Felet är vårt och står i serverns logg. Försök igen om en stund."),
    503: ("Sökningen är inte igång", ""),
}
"""Status -> heading and what to do about it."""

_FORMS, _TABLES = ("csv", "xlsx", "svg"), ("/trend", "/jamfor", "/tackning")
PROGRAMS = ("/forslag", *(f"/sok.{form}" for form in FORMS), *(f"{page}.{form}" for page in _TABLES for form in _FORMS))
"""What only programs ask for, beside the addresses that end in .json, .ris and .bib."""


def create_app(settings: Settings | None = None, searcher: Searcher | None = None, public: bool = False) -> Flask:
    """The application over a searcher, else over the index that the settings name; `public`: others can reach it."""
    app = Flask(__name__)
    # Ids are often addresses: /dokument/https://… must arrive with both its slashes.
    app.url_map.merge_slashes = False
    settings = settings or (Settings() if searcher else load_settings())
    app.extensions[SERVICE] = Service(searcher or Searcher(settings), settings, public or settings.public)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters |= rendering.FILTERS
    app.jinja_env.globals["forms"] = FORMS
    for blueprint in (pages.blueprint, pages.information, trends.blueprint, faces.blueprint):
        app.register_blueprint(blueprint)
    app.register_error_handler(Unanswerable, lambda error: faces.unreadable(error.faults))
    app.register_error_handler(HTTPException, _failed)
    app.register_error_handler(IndexMissing, _without_index)
    app.before_request(_stop)
    app.after_request(_protect)
    return app


def _stop() -> None:
    """Stop what no page of ours sends: anything but reading, and endless addresses."""
    if request.method not in METHODS:
        raise MethodNotAllowed(METHODS)
    if len(request.query_string) > QUERY_STRING_BYTES:
        abort(HTTPStatus.REQUEST_URI_TOO_LONG)


def _protect(response: Response) -> Response:
    if response.status_code >= HTTPStatus.BAD_REQUEST:
        _log.info("request refused", extra={"status": response.status_code, "endpoint": request.endpoint})
    response.headers.extend(HEADERS)
    return sending.packed(response)


def sentences(status: int) -> tuple[str, str]:
    """The heading of a failure and what to do about it."""
    return SENTENCES.get(status, SENTENCES[400 if status < 500 else 500])


def _failed(error: HTTPException) -> Response:
    status = error.code or 500
    response = _failure(status, sentences(status)[1])
    stated = error.get_response().headers
    response.headers.extend({name: stated[name] for name in ("Allow", "Retry-After") if name in stated})
    return response


def _without_index(error: IndexMissing) -> Response:
    _log.info("index unreadable", extra={"cause": str(error)})
    return _failure(503, str(error))


def _failure(status: int, sentence: str) -> Response:
    """The answer to a failure, on the face that was asked for."""
    if request.path.endswith((".json", ".ris", ".bib")) or request.path in PROGRAMS:
        return faces.problem(status, sentence)
    return Response(render_template("error.html", heading=sentences(status)[0], sentence=sentence), status)
