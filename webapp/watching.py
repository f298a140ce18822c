"""For those who watch over the service: whether it lives and answers, a line in the log for each request, and figures of them all."""

import json
import os
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import nullcontext, suppress
from datetime import UTC, datetime
from importlib import import_module
from importlib.util import find_spec
from shutil import disk_usage
from typing import Any

from flask import Blueprint, Response, abort, g, request

import indexer
from indexer import Fault, Search, Settings, SettingsError
from webapp import faces
from webapp.answering import client, is_passed_on, is_public, service
from webapp.showing import is_among, is_loopback

blueprint = Blueprint("watching", __name__)

LONGEST = 1_000
"""Characters of a path or question that are written down."""


class Figures:
    """Counts requests, each process for itself, in files of one folder where that is named. Raises ImportError without its package."""

    def __init__(self) -> None:
        client = import_module("prometheus_client")
        own = self._own = client.CollectorRegistry()
        self._seconds = client.Histogram("regionsok_request_seconds", "Tid till ett svar.", ["face"], registry=own)
        self._answers = client.Counter("regionsok_requests", "Svar efter status.", ["face", "status"], registry=own)
        self._empty = client.Counter("regionsok_without_hits", "Frågor utan träffar.", ["face"], registry=own)

    def count(self, asked: Mapping[str, Any]) -> None:
        """Count a request that was answered."""
        face = asked["face"] or "annat"
        self._seconds.labels(face).observe(asked["ms"] / 1000)
        self._answers.labels(face, asked["status"]).inc()
        if asked.get("hits") == 0:
            self._empty.labels(face).inc()

    def written(self) -> str:
        """All that was counted, in every process."""
        counted = self._own
        if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
            counted = import_module("prometheus_client.multiprocess").MultiProcessCollector(None)
        return str(import_module("prometheus_client").generate_latest(counted), "utf-8")


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
    sent = [0 if request.method == "HEAD" or response.status_code == 304 else response.content_length or 0]
    if response.is_streamed and not response.direct_passthrough:
        response.response = _counted(response.iter_encoded(), sent)

    def answered() -> None:
        asked.update(bytes=sent[0], ms=round((time.perf_counter() - began) * 1000, 1))
        if figures:
            figures.count(asked)
        if settings.log_access:
            # Opened for each line, a file may be moved away at any time; who asks is answered also where there is no room.
            file = settings.log_file
            with suppress(OSError), file.open("a") if file else nullcontext(sys.stdout) as log:
                print(json.dumps(asked), file=log, flush=True)

    if response.direct_passthrough:  # nothing is called when that is closed
        answered()
    else:
        response.call_on_close(answered)
    return response


def _asked(status: int) -> dict[str, Any]:
    """What of the request at hand is counted and written down."""
    settings, rule, form = service().settings, request.url_rule, (request.view_args or {}).get("form", "")
    said = {"time": datetime.now(UTC).isoformat(timespec="milliseconds"), "method": request.method[:20]}
    said |= {"path": request.path[:LONGEST], "face": faces.path_of(rule.rule, form) if rule else ""}
    asked = {**said, "status": status}
    if settings.log_addresses:
        asked["address"] = client()
    if "question" in g:
        asked["hits"] = g.get("hits")
    if "question" in g and settings.log_questions:
        asked["question"] = g.question[:LONGEST]
    return asked


def _counted(pieces: Iterable[bytes], sent: list[int]) -> Iterator[bytes]:
    for piece in pieces:
        sent[0] += len(piece)
        yield piece


def is_watcher() -> bool:
    """Whether who asks is at this machine or one of the proxies' own, and asks without any of them."""
    near = is_loopback(request.remote_addr)
    return not is_passed_on() and (near or is_among(request.remote_addr, service().settings.public_trusted_proxies))


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
    crawl = {name: [visit.day, visit.status] for name, visit in indexer.read_visits(service().settings.corpus).items()}
    response = Response(f"ok\noffentlig: {'ja' if is_public() else 'nej'}\n", mimetype="text/plain")
    if request.accept_mimetypes.best == "application/json":
        response = faces.json_response({"status": "ok", "public": is_public(), **known, "crawl": crawl})
    response.vary.add("Accept")
    return response


def _known() -> dict[str, object]:
    """What there is, when a question was answered: nothing where there is no index. Raises Fault."""
    service().searcher.ready()
    index = service().settings.index
    if not (manifest := indexer.read_manifest(index)):
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
    for source, visit in indexer.read_visits(settings.corpus).items():
        named = json.dumps(source, ensure_ascii=False)
        now |= {f'crawl_addresses{{source={named},outcome="{name}"}}': visit.counts[name] for name in visit.counts}
    gauges = "".join(f"regionsok_{name} {value}\n" for name, value in now.items())
    return Response(figures.written() + gauges, mimetype="text/plain")
