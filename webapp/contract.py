"""The contract with programs, as OpenAPI 3.1 has it: which faces there are, and what each takes, as it says itself."""

import json
import re
from collections.abc import Iterator

import msgspec
from flask import Blueprint, Response, current_app, render_template

from indexer import Document, FacetValue, Hit, Offer
from webapp.answering import Unanswerable, is_program, program_parameters
from webapp.faces import json_response

blueprint = Blueprint("contract", __name__)

_SHAPES = Document, FacetValue, Hit, Offer
_FORMS = re.compile(r"<any\((.*)\):\w+>")


@blueprint.get("/openapi.json")
def contract() -> Response:
    """Every face, its parameters, and the shape of what it answers."""
    program_parameters()
    _, schemas = msgspec.json.schema_components(_SHAPES, ref_template="#/components/schemas/{name}")
    return json_response(json.loads(render_template("openapi.json", faces=dict(faces()), schemas=schemas)))


def faces() -> Iterator[tuple[str, tuple[str, ...]]]:
    """The address of each face for programs, and the parameters that it names when it is asked for another."""
    for rule in current_app.url_map.iter_rules():
        forms = _FORMS.search(rule.rule)
        for form in forms[1].split(",") if forms else ("",):
            path = _FORMS.sub(form, rule.rule).replace("<path:id>", "{id}")
            with current_app.test_request_context(f"{path}?{__name__}"):
                try:
                    if is_program(path):
                        current_app.dispatch_request()
                except Unanswerable as refused:
                    yield path, refused.faults[0].allowed


@blueprint.get("/utvecklare")
def developers() -> str:
    """How to write a program that asks."""
    return render_template("developers.html", faces=dict(faces()))
