"""The faces for programs: the same answers as the pages, as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict

from flask import Blueprint, Response, request

from indexer import document_to_json, results_to_json
from webapp.answering import answer, document_of, service

blueprint = Blueprint("faces", __name__)


@blueprint.get("/sok.json")
def search() -> Response:
    """The answer to a question."""
    return json_response(results_to_json(answer()))


@blueprint.get("/forslag")
def completions() -> Response:
    """What a question that is being typed may become, with the number of hits."""
    found = service().searcher.complete(request.args.get("q", ""))
    titles = [{"title": title, "id": id} for title, id in found.titles]
    return json_response({"completions": [asdict(completion) for completion in found.completions], "titles": titles})


@blueprint.get("/dokument/<path:id>.json")
def document(id: str) -> Response:
    """One document."""
    return json_response(document_to_json(document_of(id)))


def json_response(value: object, status: int = 200) -> Response:
    """A value as readable UTF-8; a lone surrogate of a source stays an escape, which JSON allows."""
    body = json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace")
    return Response(body, status, mimetype="application/json")
