"""A cursor: how far an answer was read, sealed with its question, so that the next request goes on where this one ended."""

from contextlib import suppress

from itsdangerous import BadData, URLSafeSerializer
from msgspec import ValidationError, convert, structs, to_builtins

from indexer import Parameters, Reached, Search
from webapp.answering import service


def cursor_of(search: Search, reached: Reached | None) -> str | None:
    """What goes on after the answer to a Search; None where nothing follows."""
    return str(_sealing(search).dumps(to_builtins(reached))) if reached else None


def continued(search: Search, read: Parameters) -> Search:
    """The Search that goes on where its cursor says, if it has one; what is wrong with that is noted."""
    text = read.one("cursor")
    if not text:
        return search
    with suppress(BadData, ValidationError, OSError):
        reached = convert(_sealing(search).loads(text), Reached)
        if cursor_of(search, reached) == text and not read.one("sida"):  # Base64 has several ways to write one thing
            return structs.replace(search, page=reached.position // search.size + 1, after=reached)
    detail = 'Markören går bara att använda oförändrad, med samma fråga och utan "sida"; annars börja om utan den.'
    read.refuse("cursor", text, detail)
    return search


def _sealing(search: Search) -> URLSafeSerializer:
    """Of a question, however long its pages are, with what only this machine knows of the index and no commit changes."""
    lock = service().settings.index / ".lock"
    begun = (lock if lock.exists() else lock.parent).stat()
    question = repr(structs.replace(search, page=1, size=Search().size, after=None))
    return URLSafeSerializer(f"{begun.st_ino} {begun.st_mtime_ns}", question)
