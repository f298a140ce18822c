"""What pages and JSON have in common: who asks and how often, what the engine answers, and how that travels.

It is not sent again to whoever has it, and packed for whoever can unpack it. How often one client may ask a public
service is told as draft-ietf-httpapi-ratelimit-headers-10 has it.
"""

import gzip
import os
import re
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from hashlib import blake2b
from importlib import import_module, util
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qsl
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Response, abort, current_app, g, request
from msgspec import structs
from werkzeug.middleware.proxy_fix import ProxyFix

from indexer import FACETS, Document, Found, Results, Search, Searcher, Settings, Unreadable, unknown_parameters
from webapp.showing import came_through, is_among, is_loopback, public_document, public_results

SERVICE = "regionsok.service"
"""Where the application keeps its Service."""
_PROGRAMS = re.compile(r"/forslag|/\w+\.(?!txt$|xml$)\w+|/.*\.(?:json|ris|bib)", re.DOTALL)
"""What only programs ask for; an id may end as a file does."""
_PREFIX = re.compile(r"(?:^|, *)((?:/[\w.~-]+)+)/?$", re.ASCII)
"""In the header that names it, the path that is before ours; of several the last, which the nearest proxy added."""
_MERGED = re.compile("^(/dokument/https?:/)(?=[^/])")
PACKED_FROM = 1_000
"""Bytes; what is shorter travels as fast as it is."""
_LEVEL = 5
"""Of 1 to 9 or 11: what takes longer to pack than a tenth of a question is not worth its bytes."""
_BROTLI = {"br": partial(import_module("brotli").compress, quality=_LEVEL)} if util.find_spec("brotli") else {}
_PACKERS = _BROTLI | {"gzip": partial(gzip.compress, compresslevel=_LEVEL, mtime=0)}
"""Content coding -> what packs in it, the best first; Brotli comes with what reads browsers' archives."""


class Limiter:
    """Counts what each client asks in a minute, every process for itself. Raises ImportError without the package that it takes."""

    def __init__(self, settings: Settings) -> None:
        limits = import_module("limits")
        self._rate = limits.RateLimitItemPerMinute(settings.public_requests_per_minute)
        self._counts = limits.strategies.FixedWindowRateLimiter(limits.storage.MemoryStorage())

    def count(self) -> None:
        """Count the request at hand, keep the headers that say what is left, and end it where it is one too many."""
        who = client()
        allowed = self._counts.hit(self._rate, who)
        reset, left = self._counts.get_window_stats(self._rate, who)
        seconds = int(reset - time.time()) + 1
        g.limits = {"RateLimit": f'"minut";r={left};t={seconds}'}
        g.limits["RateLimit-Policy"] = f'"minut";q={self._rate.amount};w=60'
        if not allowed:
            abort(429, retry_after=seconds)


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


class Service:
    """What an application answers with and for whom: `public` where others than the people at this machine can reach it."""

    def __init__(self, searcher: Searcher, settings: Settings, public: bool, figures: Figures | None) -> None:
        self.searcher, self.settings, self.figures = searcher, settings, figures
        self.public = public or settings.public
        self.limiter = Limiter(settings) if self.public and settings.public_requests_per_minute else None


class Unanswerable(Exception):
    """A program's address that cannot be read as it was meant; its arguments are the faults."""


def service() -> Service:
    """The service of the application at hand."""
    return cast(Service, current_app.extensions[SERVICE])


def client() -> str:
    """The address that asks; of what trusted proxies pass on, the last address that is none of theirs."""
    trusted = service().settings.public_trusted_proxies
    route = [*request.headers.get("X-Forwarded-For", "").split(","), request.remote_addr or ""]
    addresses = [address.strip() for address in reversed(route)]
    return next((address for address in addresses if not is_among(address, trusted)), addresses[-1])


def is_by_proxy() -> bool:
    """Whether a trusted proxy asks, for whomever."""
    return is_among(request.remote_addr, service().settings.public_trusted_proxies)


def behind_proxies(app: WSGIApplication, trusted: Collection[str]) -> WSGIApplication:
    """The application, which takes host, scheme and the prefix that it lies below from proxies that are trusted, and from nobody else.

    They pass its paths on with the prefix or without it, and may have made one of the two slashes of an id that is an address.
    """

    def answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        is_trusted = is_among(environ.get("REMOTE_ADDR"), trusted)
        if is_trusted and (prefix := _PREFIX.search(environ.get("HTTP_X_FORWARDED_PREFIX", ""))):
            environ["SCRIPT_NAME"] = prefix[1]
            environ["PATH_INFO"] = re.sub(f"^{re.escape(prefix[1])}(?=/)", "", environ["PATH_INFO"])
        environ["PATH_INFO"] = _MERGED.sub(r"\1/", environ["PATH_INFO"])
        return (ProxyFix(app, x_for=0, x_host=1) if is_trusted else app)(environ, start)

    return answer


def rooted(address: str) -> str:
    """An address of ours, below the prefix that the service lies below."""
    return request.script_root + address


def is_program(path: str) -> bool:
    """Whether only programs ask for an address."""
    return bool(_PROGRAMS.fullmatch(path))


def parameters() -> list[tuple[str, str]]:
    """The parameters of the request; bytes that are not UTF-8 are read as Windows-1252, as old forms and links send them."""
    # Latin-1 there and back keeps every byte, escaped or not.
    pairs = parse_qsl(request.query_string.decode("latin-1"), keep_blank_values=True, encoding="latin-1")
    return [(decoded(name), decoded(value)) for name, value in pairs]


def decoded(value: str) -> str:
    """What came as bytes, which are read as Latin-1, in UTF-8 or else Windows-1252."""
    given = value.encode("latin-1")
    try:
        return given.decode("utf-8")
    except UnicodeDecodeError:
        return given.decode("cp1252", "replace")


def program_parameters(*allowed: str) -> list[tuple[str, str]]:
    """The parameters of the request. Raises Unanswerable where one is not among the allowed."""
    given = parameters()
    refuse(unknown_parameters(given, allowed))
    return given


def refuse(faults: Sequence[Unreadable]) -> None:
    """Raises Unanswerable where anything is wrong: a program is told, and not given another answer."""
    if faults:
        raise Unanswerable(*faults)


def answer(search: Search, facets: Collection[str] = tuple(FACETS)) -> Results:
    """The answer to a Search with some facets, as it may be shown to whoever asks. Raises IndexMissing."""
    results = service().searcher.search(search, facets)
    g.setdefault("hits", results.total + results.total_partial)
    return public_results(results, service().settings.rights) if is_public() else results


def taken(search: Search) -> Iterator[Found]:
    """Every document of the answer to a Search, as it may be shown to whoever asks. Raises IndexMissing when the first is taken."""
    found, rights = service().searcher.documents(search), service().settings.rights
    shown = (structs.replace(one, document=public_document(one.document, rights)) for one in found)
    return shown if is_public() else found


def count(search: Search) -> int:
    """How many documents have all that a Search asks for. Raises IndexMissing."""
    return service().searcher.search(structs.replace(search, page=1, size=1), ()).total


def document_of(id: str) -> Document:
    """The whole document with an id; 404 where there is none. Raises IndexMissing."""
    return service().searcher.document(id) or abort(404)


def shown(document: Document) -> Document:
    """A document as it may be shown to whoever asks."""
    return public_document(document, service().settings.rights) if is_public() else document


def is_public() -> bool:
    """Whether the answer may reach others. What comes with a request can only make it stricter: anyone can send anything."""
    # The address that the server listens on, by WSGI, and the one that the request came from.
    host = re.fullmatch(r"(\[[^]]*\]|[^:@/?#\s]*)(:\d*)?", request.host.lower())
    here = (host and host[1], request.environ.get("SERVER_NAME"), request.remote_addr)
    return service().public or is_passed_on() or not all(map(is_loopback, here))


def is_passed_on() -> bool:
    """Whether the request says that it came by way of another server."""
    return came_through(request.headers.keys(), str(request.environ.get("SERVER_PROTOCOL", "")))


def unless_known(search: Search, answered: Callable[[], Response], *beside: object) -> Response:
    """The answer to a Search, of what it depends on beside, which is only made for whoever has not got it. Raises IndexMissing."""
    g.question = search.query
    depends_on = (_code(), service().searcher.version(search), is_public(), request.script_root, request.path, beside)
    tag = blake2b(repr(depends_on).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    response = Response(status=304) if request.if_none_match.contains_weak(tag) else answered()
    response.set_etag(tag, weak=True)  # packed it has other bytes
    response.cache_control.no_cache = True
    return response


def tagged(response: Response) -> Response:
    """A response that is not sent again to whoever has it."""
    if response.status_code == 200 and not response.is_streamed and "ETag" not in response.headers:
        response.add_etag(weak=True)
        response.cache_control.no_cache = True
        response.make_conditional(request)
    return response


@cache
def _code() -> str:
    """Changes with every file that answers are made by."""
    files = sorted(file for name in ("indexer", "webapp") for file in (Path(__file__).parents[1] / name).rglob("*"))
    contents = (file.read_bytes() for file in files if file.is_file() and file.suffix != ".pyc")
    return blake2b(b"".join(contents), digest_size=16).hexdigest()


def packed(response: Response) -> Response:
    """A response in a coding that the request accepts; files are sent as they are."""
    if response.direct_passthrough or response.is_streamed or len(response.get_data()) < PACKED_FROM:
        return response
    response.vary.add("Accept-Encoding")
    if (coding := request.accept_encodings.best_match([*_PACKERS, "identity"])) in _PACKERS:
        response.set_data(_PACKERS[coding](response.get_data()))
        response.content_encoding = coding
    return response
