"""The one table behind every schema, facet and filter: what the index holds of a document."""

from collections.abc import Mapping, Sequence
from enum import Enum
from hashlib import blake2b
from typing import Any

import msgspec

from indexer.documents import STORED_BESIDE, Document, Duplicate, from_json, to_json
from indexer.facets import FACETS
from indexer.metadata.regions.gazetteer import NATIONAL
from indexer.queries import FURTHEST
from indexer.swedish import KNOWN, Known, Words, words_in
from indexer.swedish.languages import SWEDISH


class Kind(Enum):
    """How an engine keeps a field."""

    KEY = "one raw value, unique"
    WORDS = "words with positions, split on blanks only"
    PARTS = "words inside words, in no order, split on blanks only"
    VALUES = "any number of raw values, counted as a facet"
    NUMBER = "one integer, compared"
    SORT = "one raw value, sorted by code point, ascending"
    STORED = "kept as it is, not searched"


class Field(msgspec.Struct, frozen=True):
    """A field of the index: how it is kept, and of the words of a text which form it holds."""

    kind: Kind
    exact: bool = False
    """Words as they were written, not their lexemes."""


FIELDS: dict[str, Field] = {
    "id": Field(Kind.KEY),
    **dict.fromkeys(("title", "body"), Field(Kind.WORDS)),
    **dict.fromkeys(("title_exact", "body_exact"), Field(Kind.WORDS, exact=True)),
    "decompounded": Field(Kind.PARTS),
    **dict.fromkeys((*FACETS, "fetched", "collapsed"), Field(Kind.VALUES)),
    **dict.fromkeys(("first_day", "last_day", "new_at"), Field(Kind.NUMBER)),
    **dict.fromkeys(("newest", "oldest", "latest"), Field(Kind.SORT)),
    "stored": Field(Kind.STORED),
}

TITLE_COPIES = 2
"""Times that the title stands before the text in `body`: as much as it counts among all words (docs/relevance.md)."""
BORDER = "¶"
"""Stands between title and text in `body`, and is no word."""

_AFTER_ALL = 10**17 - 1
"""As many digits as an instant has."""


class Record(msgspec.Struct, frozen=True):
    """A document as an engine takes it: field name -> words, values, number or raw value."""

    id: str
    words: dict[str, str]
    """Separated by blanks, which no word holds: a tenth of the time of lists between processes."""
    values: Mapping[str, tuple[str, ...]]
    numbers: dict[str, int]
    sorts: dict[str, str]
    stored: str


COLLAPSED = "ja"
"""The value of `collapsed` of a document that another stands for."""


def in_release(document: Document, canonical: str | None, others: Sequence[Document]) -> Document:
    """A document as its release has it: another stands for it, or it for the others, with their publishers and regions; or it is alone."""
    united = {}
    for facet in (facet for facet in FACETS.values() if facet.united and others):
        values = dict.fromkeys(value for one in (document, *others) for value in facet.values_of(one))
        if len(values) > 1:  # what is about a county is not about the whole country
            values.pop(NATIONAL, None)
        united[facet.name] = tuple(values)
    own = {place.value for place in document.regions if place.about}
    further = {place.value: place for one in others for place in one.regions if place.about and place.value not in own}
    duplicates = tuple(Duplicate(other.id, other.source, other.url) for other in others)
    has = {"duplicates": duplicates, "further_regions": tuple(further.values()), "united": united}
    # The instant that it was first seen is of all of them.
    return msgspec.structs.replace(document, first_seen="", canonical=canonical, **has)


def words_of(document: Document, known: Known = KNOWN) -> tuple[Words, Words]:
    """The words of the title and of the text; those of other languages are not taken apart as Swedish ones."""
    swedish = document.language in (None, SWEDISH)
    return words_in(document.title, known, swedish), words_in(document.text, known, swedish)


def record_of(document: Document, words: tuple[Words, Words] | None = None) -> Record:
    """Everything that the index holds of a document, of which the words may be known."""
    title, body = words or words_of(document)
    held = {"title": title.terms, "title_exact": title.forms}
    held |= {"body": [*_before(title.terms), *body.terms], "body_exact": [*_before(title.forms), *body.forms]}
    held["decompounded"] = [*title.parts, *body.parts]
    return Record(document.id, {name: " ".join(words) for name, words in held.items()}, **_stated(document))


def restated(record: Record, document: Document) -> Record:
    """The record of a document whose release is another than before: its words stay."""
    return msgspec.structs.replace(record, **_stated(document))


def _stated(document: Document) -> dict[str, Any]:
    """What a record has of a document beside its words."""
    beside = {"values": counted_values(document), "stored": stored_of(document)}
    return {"numbers": _numbers(document), "sorts": sort_keys(document), **beside}


def _numbers(document: Document) -> dict[str, int]:
    published = document.published
    first, last = (published.value, published.last_day) if published else ("", "")
    return {"first_day": number(first), "last_day": number(last), "new_at": number(document.new_at)}


def sort_keys(document: Document) -> dict[str, str]:
    """Ascending in each field of Kind.SORT: by date, undated last, or what was last new first; then by id."""
    numbers = _numbers(document)
    first, latest = numbers["first_day"], _AFTER_ALL - numbers["new_at"]
    keys = {"newest": _AFTER_ALL - first, "oldest": first or _AFTER_ALL, "latest": latest}
    # The blank is smaller than every character of an id.
    return {name: f"{key:017d} {document.id}" for name, key in keys.items()}


def _before(title: Sequence[str]) -> list[str]:
    """The title as it stands before the text, so far from it that nothing is near across the border."""
    return [*title, *[BORDER] * (FURTHEST + 1)] * TITLE_COPIES if title else []


def counted_values(document: Document) -> dict[str, tuple[str, ...]]:
    """The values of each field of Kind.VALUES that a document is counted under."""
    values = {name: facet.values_of(document) for name, facet in FACETS.items()} | document.united
    fetched = (document.fetched,) if document.fetched else ()
    return values | {"fetched": fetched, "collapsed": (COLLAPSED,) if document.canonical else ()}


def number(iso: str) -> int:
    """An ISO 8601 date, or an instant of `dates.instant`, as the number that it is compared by.

    >>> number("2019-02-11"), number("2019-02-11T08:30:00.250Z"), number("")
    (20190211, 20190211083000250, 0)
    """
    return int("".join(filter(str.isdigit, iso)) or 0)


def stored_of(document: Document) -> str:
    """The document as text that `document_of` reads back."""
    beside = {name: value for name in STORED_BESIDE if (value := getattr(document, name)) not in (None, "", (), {})}
    return msgspec.json.encode(to_json(document) | msgspec.to_builtins(beside)).decode()


def document_of(stored: str) -> Document:
    """The document that `stored_of` wrote."""
    return from_json(msgspec.json.decode(stored))


def digest_of(stored: str) -> str:
    """Short, and equal for equal documents only."""
    return blake2b(stored.encode("utf-8"), digest_size=16).hexdigest()
