"""Corrections in the browser, for the operator only: who that is, which forms are ours, and what a form has done."""

import re
import time
from collections import defaultdict

from flask import Blueprint, Response, abort, g, request, url_for

import indexer
from webapp import pages
from webapp.answering import decoded, is_by_proxy, is_public, service

blueprint = Blueprint("correcting", __name__)

LONGEST = 500
"""Characters of what is typed in a field; more are cut off."""
PATIENCE = 2.0
"""Seconds until it is tried once more where somebody else writes."""


class Busy(indexer.Fault):
    """Somebody else writes."""


@blueprint.app_template_global()
def operator() -> str | None:
    """The login that a trusted proxy states, empty for who sits at a machine that no one else reaches, None for all others.

    A header that stands twice comes as one with a comma, and is nobody's.
    """
    name = request.headers.get(service().settings.public_login_header, "") if is_by_proxy() else ""
    if name := decoded(name).strip():
        return name if name.isprintable() and "," not in name else None
    return None if is_public() else ""


def is_accepted() -> bool:
    """Whether the request is a form that who asks may send, wherever it was made."""
    return request.method == "POST" and request.endpoint == "correcting.correct" and operator() is not None


def _is_own() -> bool:
    """Whether a page of ours made the form: browsers say so in headers that no page can set, old ones in Origin alone."""
    site = request.headers.get("Sec-Fetch-Site")
    origins = [f"{scheme}://{request.host}" for scheme in ("http", "https")]
    return site == "same-origin" if site is not None else request.headers.get("Origin") in origins


@blueprint.app_template_global()
def operators_ledger() -> indexer.Ledger | None:
    """What is decided of documents, for the operator alone: the answer that shows it is stored nowhere."""
    g.is_private = operator() is not None
    return indexer.read_ledger(service().settings.corpus) if g.is_private else None


@blueprint.post("/dokument/<path:id>/ratta")
def correct(id: str) -> Response | tuple[Response, int]:
    """Do what the form says and show the document, or say at its fields why that cannot be."""
    if request.mimetype != "application/x-www-form-urlencoded" or not _is_own():
        abort(403)
    g.typed = defaultdict(str, {name: _line(value) for name, value in request.form.items()})
    try:
        with indexer.naming(service().settings.corpus):
            try:
                _do(id, g.typed)
            except Busy:
                time.sleep(PATIENCE)
                _do(id, g.typed)
    except (indexer.CorrectionError, Busy) as fault:
        g.fault = fault
        return pages.document(id), 400 if isinstance(fault, indexer.CorrectionError) else 503
    return Response(status=303, headers={"Location": url_for("pages.document", id=id, _anchor="ratta")})


def _line(typed: str) -> str:
    return "".join(filter(str.isprintable, " ".join(typed.split())))[:LONGEST]


def _busy() -> None:
    raise Busy("En annan körning skriver i indexet just nu; inget är ändrat. Försök igen om en stund.")


def _do(id: str, form: dict[str, str]) -> None:
    settings = service().settings
    by = indexer.Operator(who=operator() or form["vem"], why=form["varfor"], waiting=_busy)
    match form["gor"]:
        case "ratta":
            stated = form["datum"] or None, re.findall(r"[^\s,][^,]*", form["regioner"]), form["typ"] or None
            indexer.correct(settings, id, stated if any(stated) else None, by)
        case "dolj" | "visa":
            indexer.hide(settings, id, form["namn"], form["gor"] == "visa", by)
        case "jamfor":
            indexer.pair(settings, id, form["annat"], {"ja": True, "nej": False}.get(form["samma"]), by)
        case "bort":
            indexer.remove(settings, [id], by)
        case _:  # it names the decision that it takes back
            indexer.undo(settings, id, form["sett"], by)
