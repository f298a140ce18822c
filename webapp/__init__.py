"""The web face: questions come in as addresses, answers leave as pages and JSON. What goes wrong is mapped here, once."""

import logging
import time
from pathlib import Path

from flask import Flask, Response, abort, g, render_template, request
from jinja2 import StrictUndefined
from werkzeug.exceptions import HTTPException, MethodNotAllowed, ServiceUnavailable

from indexer import FACETS, FORMS, ORDERS, Fault, Search, Searcher, Settings, address, load_settings, rows
from webapp import answering, faces, operating, pages, rendering, trends
from webapp.answering import SERVICE, Service, Unanswerable, is_program, service

_log = logging.getLogger(__package__)

QUERY_STRING_BYTES = 32_000
"""Longest query string that is read: 5,000 letters å. Every link of a page repeats its filters."""

FORM_BYTES = 16_000
"""Most that a request may bring; the operator's forms are all that bring anything."""

METHODS = ("GET", "HEAD")

RETRY_AFTER = 10
"""Seconds until an index that does not answer is worth another question."""

_DATA = Path(__file__).with_name("data")
HEADERS, SHARED = dict(rows(_DATA / "headers.tsv")), dict(rows(_DATA / "sharing.tsv"))
"""Of every response; and of what a public service gives programs, which pages of others may read."""
SENTENCES = {int(status): (heading, advice) for status, heading, advice in rows(_DATA / "failures.tsv")}
"""Status -> heading and what to do about it."""


def create_app(settings: Settings | None = None, searcher: Searcher | None = None, public: bool = False) -> Flask:
    """The application over a searcher, else over the index that the settings name; `public`: others can reach it."""
    app = Flask(__name__)
    # Ids are often addresses: /dokument/https://… must arrive with both its slashes.
    app.url_map.merge_slashes = False
    settings = settings or (Settings() if searcher else load_settings())
    app.extensions[SERVICE] = Service(searcher or Searcher(settings), settings, public, operating.prepared(settings))
    app.jinja_options = {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    app.jinja_env.filters |= rendering.FILTERS | {"address": _address, "rooted": answering.rooted}
    app.jinja_env.globals |= {"forms": FORMS, "orders": ORDERS, "facets": FACETS, "fields": faces.FIELDS}
    app.config["MAX_CONTENT_LENGTH"] = FORM_BYTES
    for module in (pages, trends, faces, operating):
        app.register_blueprint(module.blueprint)
    app.register_error_handler(Unanswerable, lambda error: faces.unreadable(error.args))
    app.register_error_handler(HTTPException, _failed)
    app.register_error_handler(Fault, _without_index)
    app.wsgi_app = answering.behind_proxies(app.wsgi_app, settings.public_trusted_proxies)  # type: ignore[assignment, method-assign]
    app.before_request(_stop)
    app.after_request(operating.tell)  # the last of them
    app.after_request(_protect)
    return app


def _address(search: Search, path: str = "", **changes: object) -> str:
    """The address of a Search's answer, as templates write it."""
    return address(search, path or answering.rooted("/sok"), **changes)


def _stop() -> None:
    """Stop what no page of ours sends to who asks: anything but reading and the operator's forms, and endless addresses."""
    g.began = time.perf_counter()
    is_preflight = request.method == "OPTIONS" and _is_shared()
    if request.method not in METHODS and not is_preflight and not operating.is_accepted():
        raise MethodNotAllowed(METHODS)
    if len(request.query_string) > QUERY_STRING_BYTES:
        abort(414)
    if (limiter := service().limiter) and is_program(request.path):
        limiter.count()


def _is_shared() -> bool:
    """Whether pages of others may read the answer: of a service that is public, whatever comes with the request."""
    return service().public and is_program(request.path)


def _protect(response: Response) -> Response:
    if response.status_code >= 400:
        _log.info("request refused", extra={"status": response.status_code, "endpoint": request.endpoint})
    response.cache_control.no_store = g.get("is_private", False)
    response.headers.extend(HEADERS | g.get("limits", {}) | (SHARED if _is_shared() else {}))
    return answering.packed(answering.tagged(response) if is_program(request.path) else response)


def sentences(status: int) -> tuple[str, str]:
    """The heading of a failure and what to do about it."""
    return SENTENCES.get(status, SENTENCES[400 if status < 500 else 500])


def _without_index(error: Fault) -> Response:
    _log.info("index unreadable", extra={"cause": str(error)})
    return _failed(ServiceUnavailable(retry_after=RETRY_AFTER), str(error))


def _failed(error: HTTPException, cause: str = "") -> Response:
    """The answer to a failure, on the face that was asked for: what is the cause, or else what to do about such a one."""
    status = error.code or 500
    said, sentence = sentences(status), cause or sentences(status)[1]
    if is_program(request.path) or request.accept_mimetypes.best == "application/json":
        response = faces.problem(status, sentence)
    else:
        response = Response(render_template("error.html", said=said, sentence=sentence, status=status), status)
    response.headers.extend((name, value) for name, value in error.get_headers() if name in ("Allow", "Retry-After"))
    return response
