"""The faces for programs: the same answers as the pages, as JSON; an address that cannot be read is a problem object.

How they go on, by cursors, and the contract with programs, as OpenAPI 3.1 has it: which faces there are, and what each takes.
"""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from http import HTTPStatus
from itertools import chain

import msgspec
from flask import Blueprint, Response, current_app, render_template, request, url_for
from itsdangerous import BadData, URLSafeSerializer
from msgspec.structs import asdict, astuple, replace

import indexer
from indexer import FORMS, SEARCH_PARAMETERS, Found, Parameters, Reached, Search, Unreadable
from webapp import answering, showing
from webapp.answering import document_of, is_public, program_parameters, refuse, rooted, service, shown, unless_known

blueprint = Blueprint("faces", __name__)

FEED_SIZE = 50
"""Entries of a feed where its address does not say."""
PROBLEM = "application/problem+json"
"""The media type of RFC 9457."""
WHOLE = {"text", "published_evidence", "updated", "language", "publisher_region"}
"""What of a document a hit has only where it is chosen."""
FIELDS = (*indexer.Hit.__struct_fields__, *sorted(WHOLE))
_SHAPES = indexer.Document, indexer.FacetValue, indexer.Hit, indexer.Offer
_FORMS = re.compile(r"<any\((.*)\):\w+>")


@blueprint.get(f"/sok.<any(atom,json,{','.join(FORMS)}):form>")
def search(form: str) -> Response:
    """The answer to a question: a page of it, what was last new of it as a feed, or in a form to take along all of it."""
    given = program_parameters(*SEARCH_PARAMETERS, "facetter", *(("falt", "cursor") if form == "json" else ()))
    (search, faults), read = indexer.search_from(given), Parameters(given)
    facets, fields, search = read.facets(), read.choices("falt", FIELDS), continued(search, read)
    refuse((*faults, *read.faults))
    if form == "atom":
        search = replace(search, order="inkommet", size=search.size if "antal" in dict(given) else FEED_SIZE)
        return unless_known(search, lambda: _feed(search))
    if form in FORMS:
        return unless_known(search, lambda: _file(form, answering.taken(search)))
    return unless_known(search, lambda: json_response(_answer(search, facets, fields)), facets, fields)


def _feed(search: Search) -> Response:
    """An answer as Atom; of what XML cannot hold, blanks."""
    feed = indexer.UNFIT.sub(" ", render_template("feed.xml", results=answering.answer(search, ())))
    return Response(feed, mimetype="application/atom+xml")


def _answer(search: Search, facets: Collection[str], fields: Collection[str]) -> dict[str, object]:
    results = answering.answer(search, facets)
    said = indexer.encodable_results(results) | {"cursor": cursor_of(search, results.reached)}
    if request.script_root:
        said["offers"] = [replace(offer, url=rooted(offer.url)) for offer in results.offers]
        said["facets"] = {name: _rooted(values) for name, values in results.facets.items()}
    return said | {"hits": [_chosen(hit, fields) for hit in results.hits]} if fields else said


def _rooted(values: Iterable[indexer.FacetValue]) -> tuple[indexer.FacetValue, ...]:
    return tuple(replace(value, url=rooted(value.url), children=_rooted(value.children)) for value in values)


def _chosen(hit: indexer.Hit, fields: Collection[str]) -> dict[str, object]:
    """Some fields of a hit, or of its document as it may be shown to whoever asks."""
    document = None if WHOLE.isdisjoint(fields) else service().searcher.document(hit.id)
    held = indexer.document_to_json(shown(document)) if document else dict.fromkeys(WHOLE)
    return {field: (held | asdict(hit))[field] for field in fields}


def cursor_of(search: Search, reached: Reached | None) -> str | None:
    """The cursor that goes on after the answer to a Search, sealed with its question; None where nothing follows."""
    return str(_sealing(search).dumps(msgspec.to_builtins(reached))) if reached else None


def continued(search: Search, read: Parameters) -> Search:
    """The Search that goes on where its cursor says, if it has one; what is wrong with that is noted."""
    if not (text := read.one("cursor")):
        return search
    with suppress(BadData, msgspec.ValidationError, OSError):
        reached = msgspec.convert(_sealing(search).loads(text), Reached)
        if cursor_of(search, reached) == text and not read.one("sida"):  # Base64 has several ways to write one thing
            return replace(search, page=reached.position // search.size + 1, after=reached)
    detail = 'Markören går bara att använda oförändrad, med samma fråga och utan "sida"; annars börja om utan den.'
    read.refuse("cursor", text, detail)
    return search


def _sealing(search: Search) -> URLSafeSerializer:
    """Of a question, however long its pages are, with what only those know who answer from the index."""
    question = repr(replace(search, page=1, size=Search().size, after=None))
    return URLSafeSerializer(service().searcher.following.key(), question)


@blueprint.get("/forslag", defaults={"listed": False})
@blueprint.get("/forslag.json", defaults={"listed": True})
def completions(listed: bool) -> Response:
    """What a question that is being typed may become, with the number of hits; as browsers take it only listed."""
    read = Parameters(program_parameters("q"))
    typed = read.one("q")
    refuse(tuple(read.faults))
    ways, titles = astuple(service().searcher.complete(typed))
    if is_public():
        titles = tuple((showing.masked(title), id) for title, id in titles)
        ways = tuple(way for way in ways if way.text == showing.masked(way.text))
    if listed:
        return json_response([typed, [way.text for way in ways]], mimetype="application/x-suggestions+json")
    return json_response({"completions": ways, "titles": [{"title": title, "id": id} for title, id in titles]})


@blueprint.get("/dokument/<path:id>.<any(json,ris,bib):form>")
def document(id: str, form: str) -> Response:
    """One document, or the reference to it."""
    program_parameters()
    found = shown(document_of(id))
    return json_response(indexer.document_to_json(found)) if form == "json" else _file(form, (Found(found, 0.0),))


def _file(form: str, found: Iterable[Found]) -> Response:
    """Documents as a file, sent while it is made; what hinders its beginning is told as on every face."""
    day = indexer.day_of(Search())
    pieces = indexer.exported(form, found, day)
    return attached(f"regionsok-{day}", form, chain([next(pieces, b"")] if request.method == "GET" else [], pieces))


def attached(name: str, form: str, content: bytes | Iterable[bytes]) -> Response:
    """A file to take along, in one of FORMS or as a picture."""
    mimetype = "image/svg+xml" if form == "svg" else FORMS[form][1]
    return Response(content, mimetype=mimetype, headers={"Content-Disposition": f"attachment; filename={name}.{form}"})


def json_response(value: object, status: int = 200, mimetype: str = "application/json") -> Response:
    """A value as readable UTF-8; a lone surrogate of a source stays an escape, which JSON allows."""
    try:
        body = msgspec.json.encode(value)
    except UnicodeEncodeError:
        escaped = json.dumps(msgspec.to_builtins(value), ensure_ascii=False, separators=(",", ":"))
        body = escaped.encode("utf-8", "backslashreplace")
    return Response(body, status, mimetype=mimetype)


def problem(status: int, detail: str) -> Response:
    """A failure as RFC 9457 has it; where the type is about:blank the title is HTTP's own."""
    value = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return json_response(value, status, PROBLEM)


def unreadable(faults: Sequence[Unreadable]) -> Response:
    """What of an address could not be read: the first fault, and all of them under `errors`."""
    errors = [{name: getattr(fault, name) for name in ("parameter", "value", "detail", "allowed")} for fault in faults]
    kind = url_for("pages.help", _anchor="adresser")
    value = {"type": kind, "title": "Adressen går inte att läsa", "status": 400} | errors[0] | {"errors": errors}
    return json_response(value, 400, PROBLEM)


@blueprint.get("/openapi.json")
def contract() -> Response:
    """Every face, its parameters, and the shape of what it answers."""
    program_parameters()
    _, schemas = msgspec.json.schema_components(_SHAPES, ref_template="#/components/schemas/{name}")
    return json_response(json.loads(render_template("openapi.json", faces=dict(faces()), schemas=schemas)))


def faces() -> Iterator[tuple[str, tuple[str, ...]]]:
    """The address of each face for programs, and the parameters that it names when it is asked for another."""
    rules = ((rule.rule, _FORMS.search(rule.rule)) for rule in current_app.url_map.iter_rules())
    paths = (path_of(rule, form) for rule, forms in rules for form in (forms[1].split(",") if forms else ("",)))
    for path in filter(answering.is_program, paths):
        with current_app.test_request_context(f"{path}?{__name__}"):
            try:
                current_app.dispatch_request()
            except answering.Unanswerable as refused:
                yield path, refused.args[0].allowed


def path_of(rule: str, form: str) -> str:
    """A route in one of its forms, as the contract names it."""
    return _FORMS.sub(form, rule).replace("<path:id>", "{id}")


@blueprint.get("/utvecklare")
def developers() -> str:
    """How to write a program that asks."""
    return render_template("developers.html", faces=dict(faces()))
