"""The pages about the service itself, and what robots and watchers ask for."""

from flask import Blueprint, Response

from indexer import FACETS, SEARCH_PARAMETERS, Search, address
from webapp.answering import count, is_public, service
from webapp.pages import page

blueprint = Blueprint("information", __name__)

EXAMPLES = (
    ("cirkulär ekonomi", "Alla ord ska finnas, i vilken böjning som helst. De får stå var som helst i texten."),
    ('"smart specialisering"', "Orden i följd, i vilken böjning som helst."),
    ('="smart specialisering"', "Orden i följd, stavade precis så."),
    ("=ekonomin", "Bara den här formen av ordet."),
    ("vätgas ELLER batteri", "Minst ett av orden. OR går lika bra."),
    ("energi INTE vindkraft", "Det första utan det andra. NOT och -vindkraft går lika bra."),
    ("(vätgas ELLER batteri) industri", "Parenteser håller ihop det som hör samman."),
    ("+bredband landsbygd fiber", "Ordet med plus måste finnas, även när dokument som saknar något ord visas."),
    ("innovation*", "Alla ord som börjar så."),
    ("kompetens~", "Också ord som skiljer sig på en bokstav, till exempel felstavade."),
    ('"hållbar tillväxt"~5', "Orden i den ordningen, med högst fem andra ord emellan."),
    ("energi NÄRA/5 industri", "Orden nära varandra, i vilken ordning som helst. NEAR/5 går lika bra."),
    ("rubrik:energi", "Ordet ska stå i rubriken."),
    ("region:dalarna år:2018..2021", "Handlar om Dalarna och är från 2018 till 2021. Blir valda filter."),
    ("nämner:skåne", "Nämner länet, vare sig texten handlar om det eller inte."),
    ("källa:Almedalsveckan", "Från en viss källa, den som har gett ut texten."),
    ("typ:uppdrag", "En viss typ av dokument."),
)
"""A question and what it asks for."""

ROBOTS = """User-agent: *
Disallow: /sok
Disallow: /forslag
Allow: /
"""
"""Documents may be read by robots; answers may not: their facets make endlessly many addresses."""


@blueprint.get("/om")
def about() -> Response:
    """What this is, how it ranks, what is missing, who runs it."""
    return page(
        "about.html",
        total=count(Search()),
        settings=service().settings,
        public=is_public(),
    )


@blueprint.get("/hjalp")
def help() -> Response:
    """The question language, each operator with a live example."""
    ask = service().searcher.search
    examples = [(query, meaning, ask(Search(query, size=1), ()), address(Search(query))) for query, meaning in EXAMPLES]
    return page("help.html", examples=examples, parameters=SEARCH_PARAMETERS, facets=FACETS.values())


@blueprint.get("/tillganglighet")
def accessibility() -> Response:
    """The accessibility statement."""
    return page("accessibility.html", settings=service().settings)


@blueprint.get("/robots.txt")
def robots() -> Response:
    """What robots may fetch."""
    return Response(ROBOTS, mimetype="text/plain")


@blueprint.get("/halsa")
def health() -> Response:
    """That the server answers, for those who watch over it, and whether it takes the asker for somebody else.

    A damaged index is told as on every page, with 503.
    """
    service().searcher.ready()
    return Response(f"ok\noffentlig: {'ja' if is_public() else 'nej'}\n", mimetype="text/plain")
