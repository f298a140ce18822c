"""The pages for people that answer a question: the search with its answer, and one document."""

import re
from collections.abc import Sequence

from flask import Blueprint, Response, render_template, request
from msgspec.structs import replace

from indexer import Results, Search, Unreadable, address, day_of, search_from
from webapp import filters, maps, marking, sending, steps
from webapp.answering import answer, count, document_of, parameters, service, shown

blueprint = Blueprint("pages", __name__)

_INDENTATION = re.compile(r"\n\s+")


@blueprint.get("/", endpoint="home")
@blueprint.get("/sok")
def search() -> Response:
    """The form, and the answer below it; the newest documents where nothing is asked."""
    search, faults = search_from(parameters())
    response = sending.unless_known(search, lambda: _answered(search, faults), faults)
    if request.path != "/":
        response.headers["X-Robots-Tag"] = "noindex"
    return response


def _answered(search: Search, faults: Sequence[Unreadable]) -> Response:
    wrong = filters.unanswerable(faults)
    notes = tuple(f"{fault.detail} {fault.instead}" for fault in faults if fault.instead)
    results = answer(search)
    results = replace(results, notes=(*notes, *results.notes)) if not wrong else _withheld(results, notes)
    answered = results.total or results.total_partial or wrong
    step = None if answered else steps.next_step(results.search, count, results.hides)
    return page("search.html", results=results, wrong=wrong, filters=filters, tiles=maps.tiles, step=step)


def _withheld(results: Results, notes: tuple[str, ...]) -> Results:
    """Only what can be chosen: the hits answer another question than the one that was asked."""
    nothing = replace(results, hits=(), total=0, total_partial=0, pages=1, suggestion=None, offers=(), widened=False)
    return replace(nothing, search=replace(results.search, page=1), notes=notes)


@blueprint.get("/dokument/<path:id>")
def document(id: str) -> Response:
    """One document with all that is known of it, and why; the words of `q` are marked."""
    whole = document_of(id)
    visible = shown(whole)
    search, _ = search_from(parameters())
    marks = service().searcher.marks(search.query, visible.text) if search.query else ()
    return page(
        "document.html",
        document=visible,
        first_seen=service().searcher.first_seen(id),
        search=search,
        paragraphs=marking.marked_paragraphs(visible.text, marks),
        place=marking.place_at(request.args.get("stalle", ""), len(marks)),
        back=address(search) if search != Search() else None,
        contact=mail_address(service().settings.public_contact),
        today=day_of(Search()).isoformat(),
        similar=[shown(other) for other in service().searcher.similar(whole)],
    )


def mail_address(contact: str) -> str | None:
    """The operator's contact where it is an e-mail address.

    >>> mail_address("sok@region.example"), mail_address("https://region.example/kontakt")
    ('sok@region.example', None)
    """
    return contact if re.fullmatch(r"[^\s@/?&#]+@[^\s@/?&#]+", contact) else None


def page(template: str, **values: object) -> Response:
    """A page without the templates' indentation; a lone surrogate, which UTF-8 lacks, becomes a question mark."""
    return Response(_INDENTATION.sub("\n", render_template(template, **values)).encode("utf-8", "replace"))
