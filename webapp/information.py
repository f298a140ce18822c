"""The pages about the service itself, and what robots and watchers ask for."""

from flask import Blueprint, Response, render_template

from indexer import COLUMNS, FACETS, SEARCH_PARAMETERS, Filters, Search, read_visits
from webapp.answering import count, is_public, service
from webapp.pages import page

blueprint = Blueprint("information", __name__)


@blueprint.get("/om")
def about() -> Response:
    """What this is, how it ranks, what is missing, whom it visits, who runs it."""
    settings = service().settings
    visits = read_visits(settings.corpus).values()
    crawled = [(visit, count(Search(filters=Filters(source=(visit.name,))))) for visit in visits]
    return page("about.html", total=count(Search()), settings=settings, public=is_public(), crawled=crawled)


@blueprint.get("/hjalp")
def help() -> Response:
    """The question language, each operator with a live example."""
    live = {"Search": Search, "ask": lambda query: service().searcher.search(Search(query, size=1), ())}
    return page("help.html", **live, parameters=SEARCH_PARAMETERS, facets=FACETS.values(), columns=COLUMNS)


@blueprint.get("/tillganglighet")
def accessibility() -> Response:
    """The accessibility statement."""
    return page("accessibility.html", settings=service().settings)


@blueprint.get("/robots.txt")
def robots() -> Response:
    """What robots may fetch: documents; not answers, whose facets make endlessly many addresses."""
    return Response(render_template("robots.txt") + "\n", mimetype="text/plain")


@blueprint.get("/halsa")
def health() -> Response:
    """That the server answers, for those who watch over it, and whether it takes the asker for somebody else.

    A damaged index is told as on every page, with 503.
    """
    service().searcher.ready()
    return Response(f"ok\noffentlig: {'ja' if is_public() else 'nej'}\n", mimetype="text/plain")
