"""The operator's side: who that is, what they correct in the browser, and what tells them whether the service lives and answers.

Of each request a line may be written to the log, and figures of them all are kept.
"""

import json
import re
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import nullcontext, suppress
from datetime import UTC, datetime
from importlib.util import find_spec
from shutil import disk_usage
from typing import Any

from flask import Blueprint, Response, abort, g, request, url_for

import indexer
from indexer import Fault, Search, Settings, SettingsError, read_manifest, read_visits
from webapp import faces, pages
from webapp.answering import Figures, client, decoded, is_by_proxy, is_passed_on, is_public, service
from webapp.showing import is_loopback

blueprint = Blueprint("operating", __name__)

TYPED = 500
"""Characters of what is typed in a field; more are cut off."""
LOGGED = 1_000
"""Characters of a path or question that are written down."""
PATIENCE = 2.0
"""Seconds until it is tried once more where somebody else writes."""


class Busy(Fault):
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
    return request.method == "POST" and request.endpoint == "operating.correct" and operator() is not None


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
    return "".join(filter(str.isprintable, " ".join(typed.split())))[:TYPED]


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


def prepared(settings: Settings) -> Figures | None:
    """What counts requests, where its package is. Raises SettingsError and OSError where they cannot be written down as is wanted."""
    if settings.log_addresses and settings.log_questions:
        raise SettingsError("[log] får inte ha både addresses och questions: ingen ska kunna se vem som frågade vad.")
    if settings.log_access and settings.log_file:
        settings.log_file.open("a").close()
    return Figures() if find_spec("prometheus_client") else None


def tell(response: Response) -> Response:
    """The response; when it is sent, the request is counted and written down."""
    figures, settings, began, asked = service().figures, service().settings, g.began, _asked(response.status_code)
    asked["bytes"] = 0 if request.method == "HEAD" or response.status_code == 304 else response.content_length or 0
    response.direct_passthrough = False  # nothing is called when what is passed through is closed
    if response.content_length is None:
        response.response = _counted(response.iter_encoded(), asked)

    def answered() -> None:
        asked["ms"] = round((time.perf_counter() - began) * 1000, 1)
        if figures:
            figures.count(asked)
        if settings.log_access:
            # Opened for each line, a file may be moved away at any time; who asks is answered also where there is no room.
            file = settings.log_file
            with suppress(OSError), file.open("a") if file else nullcontext() as log:
                print(json.dumps(asked), file=log, flush=True)

    response.call_on_close(answered)
    return response


def _asked(status: int) -> dict[str, Any]:
    """What of the request at hand is counted and written down."""
    settings, rule, form = service().settings, request.url_rule, (request.view_args or {}).get("form", "")
    now, face = datetime.now(UTC).isoformat(timespec="milliseconds"), faces.path_of(rule.rule, form) if rule else ""
    asked: dict[str, Any] = {"time": now, "method": request.method[:20], "path": request.path[:LOGGED]}
    asked |= {"face": face, "status": status}
    if settings.log_addresses:
        asked["address"] = client()
    if "question" in g:
        asked |= {"hits": g.get("hits")} | ({"question": g.question[:LOGGED]} if settings.log_questions else {})
    return asked


def _counted(pieces: Iterable[bytes], asked: dict[str, Any]) -> Iterator[bytes]:
    for piece in pieces:
        asked["bytes"] += len(piece)
        yield piece


def is_watcher() -> bool:
    """Whether who asks is at this machine or one of the proxies' own, and asks without any of them."""
    return not is_passed_on() and (is_loopback(request.remote_addr) or is_by_proxy())


@blueprint.get("/halsa/lever")
def alive() -> Response:
    """That the process answers, whatever the index does."""
    return faces.json_response({"status": "ok"})


@blueprint.get("/halsa")
def health() -> Response:
    """That the index answers, and whether the service takes the asker for somebody else; for who asks for JSON, what is known of it.

    What keeps it from answering is told as on every page, with 503.
    """
    known = {name: value for name, value in _known().items() if is_watcher() or name != "disk_free_bytes"}
    crawl = {name: [visit.day, visit.status] for name, visit in read_visits(service().settings.corpus).items()}
    response = Response(f"ok\noffentlig: {'ja' if is_public() else 'nej'}\n", mimetype="text/plain")
    if request.accept_mimetypes.best == "application/json":
        response = faces.json_response({"status": "ok", "public": is_public(), **known, "crawl": crawl})
    response.vary.add("Accept")
    return response


def _known() -> dict[str, object]:
    """What there is, when a question was answered: nothing where there is no index. Raises Fault."""
    service().searcher.ready()
    index = service().searcher.following.folder()
    if not (manifest := read_manifest(index)):
        return {}
    service().searcher.counts(Search())
    age = time.time() - datetime.fromisoformat(manifest.committed).timestamp()
    known = {name: getattr(manifest, name) for name in ("generation", "documents", "committed")}
    return {**known, "age_seconds": round(age), "disk_free_bytes": disk_usage(index).free}


@blueprint.get("/metrics")
def metrics() -> Response:
    """Figures for Prometheus, for those who may see them."""
    figures, settings = service().figures, service().settings
    if not figures or not (settings.metrics_public or is_watcher()):
        abort(404)
    now: dict[str, object] = {"ready": 0}
    with suppress(Fault, OSError):  # a commit may take a file away meanwhile
        now |= {name: value for name, value in _known().items() if isinstance(value, int)} | {"ready": 1}
        now["index_bytes"] = sum(path.stat().st_size for path in settings.index.rglob("*"))
    for source, visit in read_visits(settings.corpus).items():
        named = json.dumps(source, ensure_ascii=False)
        now |= {f'crawl_addresses{{source={named},outcome="{name}"}}': visit.counts[name] for name in visit.counts}
    gauges = "".join(f"regionsok_{name} {value}\n" for name, value in now.items())
    return Response(figures.written() + gauges, mimetype="text/plain")
