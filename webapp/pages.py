"""The pages for people, an answer, a document, what the service says of itself; and what robots and watchers ask for."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from itertools import islice

from flask import Blueprint, Response, abort, render_template, request, stream_template
from msgspec import Struct, structs

import indexer
from indexer import Document, Filters, Hit, Period, Results, Search, Unreadable, address, gazetteer
from webapp import rendering
from webapp.answering import answer, count, document_of, is_public, parameters, service, shown, unless_known

blueprint = Blueprint("pages", __name__)

PART = 50_000
"""Most addresses that a sitemap may hold."""
_INDENTATION = re.compile(r"\n\s+")
WORDS = 8
"""Words of a question that are tried alone."""
_OPERATORS = {"OCH", "AND", "ELLER", "OR", "INTE", "NOT", "NÄRA", "NEAR"}
_SIGNS = re.compile(r'(?<![^\s(+-])(?i:rubrik|titel):|[()"“”„»«]|(?<=["“”„»«])~\d+')


class Step(Struct, frozen=True):
    """A sentence on what there is, and a link to it."""

    sentence: str
    link: str
    url: str


@blueprint.get("/", endpoint="home")
@blueprint.get("/sok")
def search() -> Response:
    """The form, and the answer below it; at the start, where nothing is asked, what there is."""
    search, faults = indexer.search_from(parameters())
    response = unless_known(search, lambda: _answered(search, faults), faults)
    if request.path != "/":
        response.headers["X-Robots-Tag"] = "noindex"
    return response


def _answered(search: Search, faults: Sequence[Unreadable]) -> Response:
    wrong, notes = rendering.told(faults)
    results = answer(search)
    if request.path == "/" and search == Search() and not faults:
        return _start(results)
    results = structs.replace(results, notes=(*notes, *results.notes)) if not wrong else _withheld(results, notes)
    step = None if results.total or results.total_partial or wrong else next_step(results.search, count, results.hides)
    return page("search.html", results=results, wrong=wrong, rendering=rendering, step=step)


def _start(results: Results) -> Response:
    """What the collection holds and about which counties, by name, and its newest documents."""
    held = {value.value: value for value in indexer.all_values(results.facets["region"])}
    values = [held.get(one) or indexer.facet_value("region", one, 0, results.search) for one, _ in gazetteer.counties()]
    fetched = max(service().searcher.counts(Search(), ["fetched"]).facets["fetched"], default=None)
    subjects = service().searcher.subjects()
    return page("start.html", results=results, counties=rendering.by_name(values), fetched=fetched, subjects=subjects)


def _withheld(results: Results, notes: tuple[str, ...]) -> Results:
    """Only what can be chosen: the hits answer another question than the one that was asked."""
    nothing = structs.replace(results, hits=(), total=0, total_partial=0, pages=1, suggestion=None, offers=())
    return structs.replace(nothing, search=structs.replace(results.search, page=1), widened=False, notes=notes)


def next_step(search: Search, count: Callable[[Search], int], hides: bool = False) -> Step:
    """What to do when a Search finds nothing: without filters, by its words anywhere, by one of them, its place, or everything.

    Where it hides documents for a name, its words are not offered: they would find them.
    """
    for sentence, link, other in _ways(search, count, hides):
        if number := count(other):
            return Step(sentence, f"{link} ({rendering.counted(number, 'träff', 'träffar')})", address(other))
    nothing = "Ingenting i samlingen liknar frågan." if search.query else "Inget i samlingen har allt som är valt."
    return Step(nothing, "Visa alla dokument", address(Search()))


def _ways(search: Search, count: Callable[[Search], int], hides: bool) -> Iterator[tuple[str, str, Search]]:
    """What there is, what to do, and what that asks for: the likeliest first; the next is looked for where one finds nothing."""
    if search.filters and search.query:
        yield "Filtren tar bort alla träffar.", "Sök utan filter", structs.replace(search, filters=Filters(), page=1)
    words = [] if hides else _words(search)
    anywhere = Search(" ".join(dict.fromkeys(words)))
    if words and anywhere != search:
        yield "Inget dokument passar in på hela frågan.", "Sök efter orden var som helst", anywhere
    long = [word for word in words if len(word) > 2]
    hits = [(number, word) for word in long if (number := count(Search(word)))] if len(long) > 1 else []
    for _, word in sorted(hits)[:1]:  # the word that fewest documents have
        yield "Inget dokument har alla orden.", f"Sök bara efter ”{word}”", Search(word)
    for named in filter(None, map(gazetteer.resolve, _words(search))):
        for region in reversed(gazetteer.with_ancestors([named])):  # before those around it
            own, name = gazetteer.label(named), gazetteer.label(region)
            inside = f" ligger i {name}" if region != named else " är en region i samlingen"
            yield f"{own}{inside}.", f"Visa det som handlar om {name}", Search(filters=Filters(region=(region,)))


def _words(search: Search) -> list[str]:
    words = (word.strip("+-=~*,.") for word in _SIGNS.sub(" ", search.query).split())
    return [word for word in words if word and word.partition("/")[0] not in _OPERATORS][:WORDS]


@blueprint.get("/dokument/<path:id>")
def document(id: str) -> Response:
    """One document with all that is known of it, and why; the words of `q` are marked."""
    whole = document_of(id)
    visible = shown(whole)
    search, _ = indexer.search_from(parameters())
    marks = service().searcher.marks(search.query, visible.text) if search.query else ()
    said = {"paragraphs": rendering.marked_paragraphs(visible.text, marks), "cut": len(visible.text) < len(whole.text)}
    said |= {"place": rendering.place_at(request.args.get("stalle", ""), len(marks)), "places": len(marks)}
    similar = [shown(other) for other in service().searcher.similar(whole)]
    said |= {"similar": similar, "neighbours": _neighbours(visible), "today": indexer.day_of(Search()).isoformat()}
    contact = mail_address(service().settings.public_contact)
    return page("document.html", document=visible, search=search, contact=contact, **said)


def _neighbours(document: Document) -> list[Hit]:
    """What the same source published last before the document's day, month or year, and first after it."""
    dated = document.published
    if not (document.source and dated):
        return []
    eve, morrow = date.fromisoformat(dated.value) - timedelta(1), date.fromisoformat(dated.last_day) + timedelta(1)
    source = Filters(source=(document.source,))
    earlier = answer(Search(filters=source.with_period(Period(None, f"{eve}")), order="nyast", size=1), ()).hits
    later = answer(Search(filters=source.with_period(Period(f"{morrow}")), order="aldst"), ()).hits
    return [*earlier, *[hit for hit in later if (hit.published or "") > dated.last_day][:1]]


def mail_address(contact: str) -> str | None:
    """The operator's contact where it is an e-mail address.

    >>> mail_address("sok@region.example"), mail_address("https://region.example/kontakt")
    ('sok@region.example', None)
    """
    return contact if re.fullmatch(r"[^\s@/?&#]+@[^\s@/?&#]+", contact) else None


def page(template: str, **values: object) -> Response:
    """A page without the templates' indentation; a lone surrogate, which UTF-8 lacks, becomes a question mark."""
    return Response(_INDENTATION.sub("\n", render_template(template, **values)).encode("utf-8", "replace"))


@blueprint.get("/om")
def about() -> Response:
    """What this is, how it ranks, what is missing, whom it visits, who runs it."""
    settings = service().settings
    visits = indexer.read_visits(settings.corpus).values()
    crawled = [(visit, count(Search(filters=Filters(source=(visit.name,))))) for visit in visits]
    return page("about.html", total=count(Search()), settings=settings, public=is_public(), crawled=crawled)


@blueprint.get("/hjalp")
def help() -> Response:
    """The question language, each operator with a live example."""
    live = {"Search": Search, "ask": lambda query: service().searcher.search(Search(query, size=1), ())}
    return page("help.html", **live, parameters=indexer.SEARCH_PARAMETERS, columns=indexer.COLUMNS)


@blueprint.get("/tillganglighet")
def accessibility() -> Response:
    """The accessibility statement."""
    return page("accessibility.html", settings=service().settings)


@blueprint.get("/robots.txt")
def robots() -> Response:
    """What robots may fetch: documents; not answers, whose facets make endlessly many addresses."""
    return Response(render_template("robots.txt", settings=service().settings) + "\n", mimetype="text/plain")


@blueprint.get("/opensearch.xml")
def opensearch() -> Response:
    """What a browser needs to offer this search beside others."""
    return Response(render_template("opensearch.xml"), mimetype="application/opensearchdescription+xml")


@blueprint.get("/sitemap.xml", defaults={"part": 0})
@blueprint.get("/sitemap-<int:part>.xml")
def sitemap(part: int) -> Response:
    """Where the operator wants it, a part of the addresses of all documents that are shown, or where all parts are."""
    parts = -(-count(Search()) // PART) if service().settings.public_sitemap else -1
    if part > parts:
        abort(404)
    documents = islice(service().searcher.documents(Search(), (part - 1) * PART), PART)
    return Response(stream_template("sitemap.xml", part=part, parts=parts, documents=documents), mimetype="text/xml")
