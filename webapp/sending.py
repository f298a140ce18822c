"""How an answer travels: not again to whoever has it, and packed for whoever can unpack it."""

import gzip
from collections.abc import Callable
from functools import cache, partial
from hashlib import blake2b
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from flask import Response, request

from indexer import Search
from webapp.answering import is_public, service

PACKED_FROM = 1_000
"""Bytes; what is shorter travels as fast as it is."""
_LEVEL = 5
"""Of 1 to 9 or 11: what takes longer to pack than a tenth of a question is not worth its bytes."""


def unless_known(search: Search, answered: Callable[[], Response], *beside: object) -> Response:
    """The answer to a Search, of what it depends on beside, which is only made for whoever has not got it. Raises IndexMissing."""
    depends_on = (_code(), service().searcher.version(search), is_public(), request.path, beside)
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
    packages = (Path(import_module(name).__file__ or "").parent for name in ("indexer", "webapp"))
    files = sorted(file for package in packages for file in package.rglob("*"))
    contents = (file.read_bytes() for file in files if file.suffix in (".py", ".html", ".txt", ".csv", ".tsv"))
    return blake2b(b"".join(contents), digest_size=16).hexdigest()


@cache
def _packers() -> dict[str, Callable[[bytes], bytes]]:
    """Content coding -> what packs in it, the best first; Brotli comes with what reads browsers' archives."""
    brotli = {"br": partial(import_module("brotli").compress, quality=_LEVEL)} if find_spec("brotli") else {}
    return {**brotli, "gzip": partial(gzip.compress, compresslevel=_LEVEL, mtime=0)}


def packed(response: Response) -> Response:
    """A response in a coding that the request accepts; files are sent as they are."""
    if response.direct_passthrough or response.is_streamed or len(response.get_data()) < PACKED_FROM:
        return response
    response.vary.add("Accept-Encoding")
    coding = request.accept_encodings.best_match([*_packers(), "identity"])
    if coding in _packers():
        response.set_data(_packers()[coding](response.get_data()))
        response.content_encoding = coding
    return response
