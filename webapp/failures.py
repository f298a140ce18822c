"""What goes wrong, mapped once: to a plain page, or to JSON where JSON was asked for."""

import logging

from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException

from indexer import FORMS, IndexMissing
from webapp.answering import Unanswerable
from webapp.faces import problem, unreadable

_log = logging.getLogger(__package__)

SENTENCES = {
    400: ("Adressen går inte att läsa", "Något i adressen är fel skrivet. Börja om från sökningen."),
    404: ("Sidan finns inte", "Det finns ingenting på den här adressen. Dokumentet kan ha tagits bort."),
    405: ("Det går bara att läsa här", "Tjänsten tar bara emot frågor (GET och HEAD)."),
    414: ("Adressen är för lång", "Ställ en kortare fråga eller välj färre filter."),
    500: ("Något gick fel", "Felet är vårt och står i serverns logg. Försök igen om en stund."),
    503: ("Sökningen är inte igång", ""),
}
"""Status -> heading and what to do about it."""

PROGRAMS = ("/forslag", "/trend.csv", *(f"/sok.{form}" for form in FORMS))
"""What only programs ask for, beside the addresses that end in .json, .ris and .bib."""


def register(app: Flask) -> None:
    """Let the application answer every failure in the same way; unexpected ones are logged by Flask first."""
    app.register_error_handler(Unanswerable, lambda error: unreadable(error.faults))
    app.register_error_handler(HTTPException, _refused)
    app.register_error_handler(IndexMissing, _without_index)


def sentences(status: int) -> tuple[str, str]:
    """The heading of a failure and what to do about it."""
    return SENTENCES.get(status, SENTENCES[400 if status < 500 else 500])


def _refused(error: HTTPException) -> Response:
    status = error.code or 500
    response = failure(status, sentences(status)[1])
    stated = error.get_response().headers
    response.headers.extend({name: stated[name] for name in ("Allow", "Retry-After") if name in stated})
    return response


def _without_index(error: IndexMissing) -> Response:
    _log.info("index unreadable", extra={"cause": str(error)})
    return failure(503, str(error))


def failure(status: int, sentence: str) -> Response:
    """The answer to a failure, on the face that was asked for."""
    if request.path.endswith((".json", ".ris", ".bib")) or request.path in PROGRAMS:
        return problem(status, sentence)
    return Response(render_template("error.html", heading=sentences(status)[0], sentence=sentence), status)
