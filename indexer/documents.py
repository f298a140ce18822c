"""Document and its parts: what every source becomes, and the one JSON shape that is printed, stored and read back."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum
from typing import cast, get_args

from indexer.metadata.dates import Dated, Precision
from indexer.metadata.regions import Region

RIGHTS = {
    "egen": "Egen text",
    "myndighet": "Myndighetstext som får återges",
    "licens": "Text med fri licens",
    "tredje part": "Tredje parts text",
}
"""Value -> label: who may show the whole text."""
THIRD_PARTY = "tredje part"


class Medium(Enum):
    """How a source holds a text."""

    TEXT = "text"
    """As it is, with nothing around it."""
    PAGE = "page"
    """With lines around it that belong to the host."""
    ENTRY = "entry"
    """As an entry of a feed, often cut short."""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Another publication of the same release."""

    id: str
    source: str | None
    url: str | None


@dataclass(frozen=True, slots=True)
class Document:
    """One text of the collection; None is an answer and means unknown."""

    id: str
    title: str
    text: str
    url: str | None = None
    source: str | None = None
    """Who published it: an organisation's name, else the host of its address."""
    kind: str | None = None
    kind_evidence: str | None = None
    """In Swedish: what says so."""
    published: Dated | None = None
    updated: str | None = None
    """ISO 8601 date of the latest change that the source itself states."""
    language: str | None = None
    rights: str | None = None
    """One of RIGHTS, as far as known; whatever else it says is taken as the text of a third party."""
    fetched: str | None = None
    """ISO 8601 date that the text was fetched from its address."""
    excerpt: int | None = None
    """Most characters that its publisher lets a search engine show (nosnippet, max-snippet), where it says so."""
    regions: tuple[Region, ...] = ()
    publisher_region: str | None = None
    """Slug of the county that the publisher belongs to."""
    origin: str = ""
    """The file under corpus/ that it was read from, with `#` and the line number for a line of a JSONL file."""
    boilerplate: tuple[str, ...] = ()
    """Lines of the source that were left out of the text."""
    medium: Medium = field(default=Medium.TEXT, compare=False)
    """Of the source; not stored."""
    fetched_at: str = field(default="", compare=False)
    """When it was fetched as the source says it, to the second where it knows; not stored."""
    canonical: str | None = field(default=None, compare=False)
    """Of a publication that another stands for: the id of that one."""
    duplicates: tuple[Duplicate, ...] = field(default=(), compare=False)
    """Of one that stands for a release: its other publications."""
    further_regions: tuple[Region, ...] = field(default=(), compare=False)
    """What only those are about."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A source, or a part of one, that could not be read."""

    origin: str
    reason: str
    """One Swedish sentence: what is wrong and what to do."""


def to_json(document: Document) -> dict[str, object]:
    """The fixed JSON object of a document (DESIGN.md, A document as JSON)."""
    published = document.published
    return {
        "id": document.id,
        "title": document.title,
        "text": document.text,
        "url": document.url,
        "source": document.source,
        "kind": document.kind,
        "published": published.value if published else None,
        "published_precision": published.precision if published else None,
        "published_evidence": published.evidence if published else None,
        "updated": document.updated,
        "language": document.language,
        "rights": document.rights,
        "regions": [_region(region) for region in document.regions],
        "publisher_region": document.publisher_region,
        "origin": document.origin,
        "boilerplate": list(document.boilerplate),
    }


def _region(region: Region) -> dict[str, object]:
    """As `asdict`, in a tenth of the time."""
    return {name: getattr(region, name) for name in Region.__slots__}


def from_json(stored: dict[str, object]) -> Document:
    """The document that `to_json` wrote, with further fields beside it; for objects of our own only, nothing is checked."""
    values = dict(stored)
    published, precision = values.pop("published"), values.pop("published_precision")
    evidence = values.pop("published_evidence")
    regions = values.pop("regions")
    boilerplate = values.pop("boilerplate")
    duplicates = values.pop("duplicates", [])
    further = values.pop("further_regions", [])
    document = Document(**values)  # type: ignore[arg-type]
    return replace(
        document,
        published=_dated(published, precision, evidence),
        regions=tuple(Region(**region) for region in regions),  # type: ignore[attr-defined]
        boilerplate=tuple(boilerplate),  # type: ignore[arg-type]
        duplicates=tuple(Duplicate(**duplicate) for duplicate in duplicates),  # type: ignore[attr-defined]
        further_regions=tuple(Region(**region) for region in further),  # type: ignore[attr-defined]
    )


def _dated(value: object, precision: object, evidence: object) -> Dated | None:
    if value is None:
        return None
    known = precision if precision in get_args(Precision) else "estimated"
    return Dated(str(value), cast(Precision, known), str(evidence))
