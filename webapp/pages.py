"""The pages for people that answer a question: the search with its answer, and one document."""

from __future__ import annotations

import re
from dataclasses import replace

from flask import Blueprint, Response, render_template, request

from indexer import Results, Search, address
from webapp import forms
from webapp.answering import answer, count, document_of, service
from webapp.maps import tiles
from webapp.marking import marked_paragraphs, place_at
from webapp.steps import next_step

blueprint = Blueprint("pages", __name__)

_INDENTATION = re.compile(r"\n\s+")


@blueprint.get("/", endpoint="home")
@blueprint.get("/sok")
def search() -> Response:
    """The form, and the answer below it; the newest documents where nothing is asked."""
    results = answer()
    asked = results.search
    period = asked.filters.period
    response = page(
        "search.html",
        results=results,
        asked=asked.query or asked.filters,
        chosen=list(forms.chosen(results)),
        clear_url=forms.without_filters(asked),
        groups=forms.groups(results),
        tiles=tiles(results.facets.get("region", ()), asked),
        years=forms.years(results),
        months=forms.months(results),
        dates=forms.date_fields(period, (request.args.get("fran", ""), request.args.get("till", ""))),
        period_text=forms.period_text(period),
        orders=forms.orders(asked),
        usual=Search(),
        step=next_step(asked, count, results.hides) if not results.total and not results.total_relaxed else None,
        page_address=page_address,
        question_address=question_address,
        folding_url=address(replace(asked, unfolded=not asked.unfolded, page=1)),
        literal_url=address(
            replace(asked, query=results.query if results.suggestion else asked.query, literal=True, page=1)
        ),
        explain_url=address(replace(asked, explain=True)),
    )
    if request.path != "/":
        response.headers["X-Robots-Tag"] = "noindex"
    return response


@blueprint.get("/dokument/<path:id>")
def document(id: str) -> Response:
    """One document with all that is known of it, and why; the words of `q` are marked."""
    found = document_of(id)
    query = request.args.get("q", "").strip()
    marks = service().searcher.marks(query, found.text) if query else ()
    return page(
        "document.html",
        document=found,
        first_seen=service().searcher.first_seen(id),
        query=query,
        paragraphs=marked_paragraphs(found.text, marks),
        place=place_at(request.args.get("stalle", ""), len(marks)),
        back=address(Search(query)) if query else None,
        contact=mail_address(service().settings.public_contact),
        similar=service().searcher.similar(found),
    )


def mail_address(contact: str) -> str | None:
    """The operator's contact where it is an e-mail address.

    >>> mail_address("sok@region.example"), mail_address("https://region.example/kontakt")
    ('sok@region.example', None)
    """
    return contact if re.fullmatch(r"[^\s@/?&#]+@[^\s@/?&#]+", contact) else None


def page_address(results: Results, number: int) -> str:
    """The address of another page of the same answer."""
    return address(replace(results.search, page=number))


def question_address(results: Results, query: str) -> str:
    """The address of another question with the same filters."""
    return address(replace(results.search, query=query, page=1))


def page(template: str, **values: object) -> Response:
    """A page without the templates' indentation; a lone surrogate, which UTF-8 lacks, becomes a question mark."""
    return Response(_INDENTATION.sub("\n", render_template(template, **values)).encode("utf-8", "replace"))
