"""The pages for people: the search with its answer, and one document."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from flask import Blueprint, Response, render_template

from indexer import FACETS, FacetValue, Results, Search, address
from webapp.answering import answer, document_of

blueprint = Blueprint("pages", __name__)

FACET_TITLES = {
    "region": ("region", "Region"),
    "year": ("ar", "År"),
    "source": ("kalla", "Källa"),
    "kind": ("typ", "Typ"),
}
"""Facet -> the form field of its chosen values and its heading."""

ORDER_LABELS = {"relevans": "Relevans", "nyast": "Nyast först", "aldst": "Äldst först"}


@dataclass(frozen=True, slots=True)
class Chosen:
    """A chosen filter value as a field of the form."""

    name: str
    value: str
    label: str


@blueprint.get("/", endpoint="home")
@blueprint.get("/sok")
def search() -> Response:
    """The form, and the answer below it; the newest documents where nothing is asked."""
    results = answer()
    return _page(
        "search.html",
        results=results,
        chosen=list(chosen(results)),
        facets=facets(results),
        orders=ORDER_LABELS.items(),
        usual_size=Search().size,
        page_address=page_address,
        question_address=question_address,
    )


@blueprint.get("/halsa")
def health() -> Response:
    """That the server answers, for those who watch over it."""
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/dokument/<path:id>")
def document(id: str) -> Response:
    """One document with all that is known of it, and why."""
    return _page("document.html", document=document_of(id))


def chosen(results: Results) -> Iterator[Chosen]:
    """The chosen values in the order of the facets, as the form must send them again."""
    for facet in FACETS:
        labels = dict(_labels(results.facets.get(facet, ())))
        for value in results.search.filters.values(facet):
            yield Chosen(FACET_TITLES[facet][0], value, labels.get(value, value))


def _labels(values: tuple[FacetValue, ...]) -> Iterator[tuple[str, str]]:
    for value in values:
        yield value.value, value.label
        yield from _labels(value.children)


def facets(results: Results) -> list[tuple[str, str, tuple[FacetValue, ...]]]:
    """Name, heading and values of each facet that has any."""
    named = [(facet, FACET_TITLES[facet][1], results.facets.get(facet, ())) for facet in FACETS]
    return [(facet, title, values) for facet, title, values in named if values]


def page_address(results: Results, page: int) -> str:
    """The address of another page of the same answer."""
    return address(replace(results.search, page=page))


def question_address(results: Results, query: str) -> str:
    """The address of another question with the same filters."""
    return address(replace(results.search, query=query, page=1))


def _page(template: str, **values: object) -> Response:
    """A page; a lone surrogate of a source, which UTF-8 lacks, becomes a question mark."""
    return Response(render_template(template, **values).encode("utf-8", "replace"))
