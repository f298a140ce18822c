"""The web face: questions come in as addresses, answers leave as pages and JSON."""

import logging
from http import HTTPStatus

from flask import Flask, Response, abort, request
from jinja2 import StrictUndefined
from werkzeug.exceptions import MethodNotAllowed

from indexer import Searcher, Settings, load_settings
from webapp import faces, failures, information, pages, rendering, sending, trends
from webapp.answering import SERVICE, Service

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


def create_app(settings: Settings | None = None, searcher: Searcher | None = None, public: bool = False) -> Flask:
    """The application over a searcher, else over the index that the settings name; `public`: others can reach it."""
    app = Flask(__name__)
    # Ids are often addresses: /dokument/https://… must arrive with both its slashes.
    app.url_map.merge_slashes = False
    settings = settings or (Settings() if searcher else load_settings())
    app.extensions[SERVICE] = Service(searcher or Searcher(settings), settings, public or settings.public)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    rendering.register(app)
    for module in (pages, information, trends, faces):
        app.register_blueprint(module.blueprint)
    failures.register(app)
    app.before_request(_refuse)
    app.after_request(_protect)
    return app


def _refuse() -> None:
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
