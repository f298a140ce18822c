"""For those who watch over the service: whether it lives and answers, a line in the log for each request, and figures of them all."""

import json
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import nullcontext, suppress
from datetime import UTC, datetime
from importlib.util import find_spec
from shutil import disk_usage
from typing import Any

from flask import Blueprint, Response, abort, g, request

from indexer import Fault, Search, Settings, SettingsError, read_manifest, read_visits
from webapp import faces
from webapp.answering import Figures, client, is_by_proxy, is_passed_on, is_public, service
from webapp.showing import is_loopback

blueprint = Blueprint("watching", __name__)

LONGEST = 1_000
"""Characters of a path or question that are written down."""


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
            with suppress(OSError), file.open("a") if file else nullcontext(sys.stdout) as log:
                print(json.dumps(asked), file=log, flush=True)

    response.call_on_close(answered)
    return response


def _asked(status: int) -> dict[str, Any]:
    """What of the request at hand is counted and written down."""
    settings, rule, form = service().settings, request.url_rule, (request.view_args or {}).get("form", "")
    now, face = datetime.now(UTC).isoformat(timespec="milliseconds"), faces.path_of(rule.rule, form) if rule else ""
    asked: dict[str, Any] = {"time": now, "method": request.method[:20], "path": request.path[:LONGEST]}
    asked |= {"face": face, "status": status}
    if settings.log_addresses:
        asked["address"] = client()
    if "question" in g:
        asked |= {"hits": g.get("hits")} | ({"question": g.question[:LONGEST]} if settings.log_questions else {})
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
    index = service().settings.index
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
