"""The one table behind every schema, facet and filter: what the index holds of a document."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from enum import Enum
from hashlib import blake2b

from indexer.documents import Document, Duplicate, from_json, to_json
from indexer.metadata.dates import Dated
from indexer.metadata.regions import NATIONAL, Region, with_ancestors
from indexer.queries import FACETS, FURTHEST, UNKNOWN
from indexer.swedish import EntryOf, entry_of, terms_in
from indexer.swedish.languages import SWEDISH


class Kind(Enum):
    """How an engine keeps a field."""

    KEY = "one raw value, unique"
    WORDS = "words with positions, split on blanks only"
    VALUES = "any number of raw values, counted as a facet"
    NUMBER = "one integer, compared"
    SORT = "one raw value, sorted by code point, ascending"
    STORED = "kept as it is, not searched"


FIELDS: dict[str, Kind] = {
    "id": Kind.KEY,
    "title": Kind.WORDS,
    "title_exact": Kind.WORDS,
    "body": Kind.WORDS,
    "body_exact": Kind.WORDS,
    "decompounded": Kind.WORDS,
    **dict.fromkeys(FACETS, Kind.VALUES),
    "fetched": Kind.VALUES,
    "collapsed": Kind.VALUES,
    "first_day": Kind.NUMBER,
    "last_day": Kind.NUMBER,
    "newest": Kind.SORT,
    "oldest": Kind.SORT,
    "stored": Kind.STORED,
}

UNDATED = 0
"""first_day and last_day of a document without a date."""

TITLE_COPIES = 2
"""Times that the title stands before the text in `body`: as much as it counts among all words (docs/relevance.md)."""
BORDER = "¶"
"""Stands between title and text in `body`, and is no word."""
_BORDERS = (BORDER,) * (FURTHEST + 1)

_AFTER_ALL_DATES = "99999999"
# Separates date from id in a sort key; smaller than every character of an id.
_SEPARATOR = " "


@dataclass(frozen=True, slots=True)
class Record:
    """A document as an engine takes it: field name -> words, values, number or raw value."""

    id: str
    words: dict[str, str]
    """Separated by blanks, which no word holds: a tenth of the time of lists between processes."""
    values: Mapping[str, tuple[str, ...]]
    numbers: dict[str, int]
    sorts: dict[str, str]
    stored: str


@dataclass(frozen=True, slots=True)
class Membership:
    """What a document is to its release; by default it is alone."""

    canonical: str | None = None
    """The id of the document that stands for it; it is not found itself unless that is asked for."""
    duplicates: tuple[Duplicate, ...] = ()
    """Those that it stands for."""
    regions: tuple[Region, ...] = ()
    """What only they are about."""
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Facet -> the values of all of them, which it is counted under."""


COLLAPSED = "ja"
"""The value of `folded` of a document that another stands for."""
_UNITED = ("source", "region", "mentions")


def canonical_membership(canonical: Document, others: Iterable[Document]) -> Membership:
    """What stands for a release has the publishers and regions of all its publications."""
    others = list(others)
    values = {}
    for facet in _UNITED:
        found = dict.fromkeys(value for one in (canonical, *others) for value in facet_values(one)[facet])
        if len(found) > 1:  # what is about a county is not about the whole country
            found.pop(NATIONAL, None)
        values[facet] = tuple(found)
    own = {region.value for region in canonical.regions if region.about}
    further = {region.value: region for one in others for region in one.regions if region.about}
    regions = tuple(region for value, region in further.items() if value not in own)
    return Membership(None, tuple(Duplicate(other.id, other.source, other.url) for other in others), regions, values)


def record_of(document: Document, entry: EntryOf = entry_of) -> Record:
    """Everything that the index holds of a document; words of other languages are not taken apart as Swedish ones."""
    title, body = terms_in(document.title, entry), terms_in(document.text, entry)
    return Record(
        id=document.id,
        words={
            "title": " ".join(title.terms),
            "title_exact": " ".join(title.forms),
            "body": " ".join([*_before(title.terms), *body.terms]),
            "body_exact": " ".join([*_before(title.forms), *body.forms]),
            "decompounded": " ".join([*title.parts, *body.parts]) if document.language in (None, SWEDISH) else "",
        },
        values={**facet_values(document), "collapsed": ()},
        numbers=_days(document),
        sorts=sort_keys(document),
        stored=stored_of(document),
    )


def with_membership(record: Record, document: Document, membership: Membership) -> Record:
    """The record of a document that belongs to a release."""
    values = {**record.values, "collapsed": (COLLAPSED,) if membership.canonical else (), **membership.values}
    return replace(record, values=values, stored=stored_of(document, membership))


def restored(stored: str, values: Mapping[str, tuple[str, ...]], entry: EntryOf) -> Record:
    """A record from what was kept of it."""
    return replace(record_of(document_of(stored), entry), values=values, stored=stored)


def _before(title: Sequence[str]) -> list[str]:
    """The title as it stands before the text, so far from it that nothing is near across the border."""
    return [*title, *_BORDERS] * TITLE_COPIES if title else []


def facet_values(document: Document) -> dict[str, tuple[str, ...]]:
    """The values that each facet counts a document under; regions with everything that they lie in."""
    about = with_ancestors(region.value for region in document.regions if region.about)
    return {
        "region": about or (NATIONAL,),
        "year": _years(document.published),
        "source": (document.source or UNKNOWN,),
        "kind": (document.kind or UNKNOWN,),
        "mentions": tuple(region.value for region in document.regions if region.value.endswith("-lan")),
        "fetched": (document.fetched,) if document.fetched else (),
    }


def _years(published: Dated | None) -> tuple[str, ...]:
    """The year, and the month in it where that is known: 2019, 2019-03.

    An estimate counts in its year: most are right about that, and a reader who narrows by year would not look under unknown.
    """
    if published is None:
        return (UNKNOWN,)
    return published.value[:4], *((published.value[:7],) if published.precision in ("day", "month") else ())


def is_month(year: str) -> bool:
    """Whether a value of the year facet is a month in one.

    >>> is_month("2019-03"), is_month("2019"), is_month("okant")
    (True, False, False)
    """
    return "-" in year


def _days(document: Document) -> dict[str, int]:
    published = document.published
    if published is None:
        return {"first_day": UNDATED, "last_day": UNDATED}
    return {"first_day": day_number(published.value), "last_day": day_number(published.last_day)}


def day_number(iso: str) -> int:
    """An ISO 8601 date as the number that days are compared by.

    >>> day_number("2019-02-11")
    20190211
    """
    return int(iso.replace("-", ""))


def sort_keys(document: Document) -> dict[str, str]:
    """Ascending in both fields: by date, undated last, then by id."""
    if document.published is None:
        newest = oldest = _AFTER_ALL_DATES
    else:
        oldest = f"{day_number(document.published.value):08d}"
        newest = f"{99999999 - int(oldest):08d}"
    return {"newest": newest + _SEPARATOR + document.id, "oldest": oldest + _SEPARATOR + document.id}


def stored_of(document: Document, membership: Membership | None = None) -> str:
    """The document as text that `document_of` reads back, with what it is to its release."""
    stored = to_json(document) | {"fetched": document.fetched, "kind_evidence": document.kind_evidence}
    if document.excerpt is not None:
        stored["excerpt"] = document.excerpt
    if membership and (membership.canonical or membership.duplicates):
        stored |= {
            "canonical": membership.canonical,
            "duplicates": [asdict(duplicate) for duplicate in membership.duplicates],
            "further_regions": [asdict(region) for region in membership.regions],
        }
    return json.dumps(stored, ensure_ascii=False, separators=(",", ":"))


def document_of(stored: str) -> Document:
    """The document that `stored_of` wrote."""
    return from_json(json.loads(stored))


def digest_of(stored: str) -> str:
    """Short, and equal for equal documents only."""
    return blake2b(stored.encode("utf-8"), digest_size=16).hexdigest()
