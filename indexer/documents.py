"""Document and its parts: what every source becomes, and the one JSON shape that is printed, stored and read back.

Of the address of a page: the key that two ways to write one have in common, the identity made of it, and the host.
"""

import re
import unicodedata
from enum import Enum
from hashlib import sha256
from typing import get_args
from urllib.parse import urlsplit

import msgspec

from indexer.metadata.dates import Dated, Precision
from indexer.metadata.regions import Region
from indexer.metadata.tables import patterns, rows

THIRD_PARTY = "tredje part"
RIGHTS = dict(rows("metadata/data/rights.tsv"))
"""Value -> label: who may show the whole text."""
_ADDRESSES = patterns("metadata/data/addresses.tsv", re.IGNORECASE)


class Medium(Enum):
    """How a source holds a text."""

    TEXT = "text"
    """As it is, with nothing around it."""
    PAGE = "page"
    """With lines around it that belong to the host."""
    ENTRY = "entry"
    """As an entry of a feed, often cut short."""


class Duplicate(msgspec.Struct, frozen=True):
    """Another publication of the same release."""

    id: str
    source: str | None
    url: str | None


class Document(msgspec.Struct, frozen=True):
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
    medium: Medium = Medium.TEXT
    """Of the source; not stored."""
    fetched_at: str = ""
    """When it was fetched as the source says it, to the second where it knows; not stored."""
    until: str = ""
    """ISO 8601, the last day that its publisher lets it be found, where it says so; not stored."""
    first_seen: str = ""
    """The instant from which the index has answered with it, or with the first of its release."""
    corrected: str = ""
    """The instant from which a person's correction holds."""
    canonical: str | None = None
    """Of a publication that another stands for: the id of that one."""
    duplicates: tuple[Duplicate, ...] = ()
    """Of one that stands for a release: its other publications."""
    further_regions: tuple[Region, ...] = ()
    """What only those are about."""
    united: dict[str, tuple[str, ...]] = {}
    """Of one that stands for a release: facet -> the values of all its publications, which it is counted under."""

    @property
    def new_at(self) -> str:
        """The instant from which it was last new here, first seen or corrected; empty before the index has it."""
        return max(self.first_seen, self.corrected)


class Refusal(msgspec.Struct, frozen=True):
    """A source, or a part of one, that could not be read."""

    origin: str
    reason: str
    """One Swedish sentence: what is wrong and what to do."""


_OF_RELEASE = ("first_seen", "canonical", "duplicates", "further_regions", "united")
STORED_BESIDE = ("fetched", "kind_evidence", "excerpt", "corrected", *_OF_RELEASE)
"""Fields that a document as JSON (DESIGN.md) does without, and that are kept beside it; the others stand in their order."""


def to_json(document: Document) -> dict[str, object]:
    """The fixed JSON object of a document."""
    printed: dict[str, object] = {}
    for name, value in msgspec.to_builtins(document).items():
        if name == "published":
            dated = value or dict.fromkeys(("value", "precision", "evidence"))
            printed |= {name if part == "value" else f"{name}_{part}": dated[part] for part in dated}
        elif name not in (*STORED_BESIDE, "medium", "fetched_at", "until"):
            printed[name] = value
    return printed


def from_json(stored: dict[str, object]) -> Document:
    """The document that `to_json` wrote, with further fields beside it. Raises msgspec.ValidationError for anything else."""
    precision = stored["published_precision"] if stored["published_precision"] in get_args(Precision) else "estimated"
    dated = {"value": stored["published"], "precision": precision, "evidence": stored["published_evidence"]}
    return msgspec.convert(stored | {"published": dated if dated["value"] else None}, Document)


def host_of(url: str | None) -> str | None:
    """The host of an address without www., None where there is none."""
    try:
        return (urlsplit(url or "").hostname or "").removeprefix("www.") or None
    except ValueError:
        return None


def identity(url: str | None, title: str, text: str) -> str:
    """Sixteen hexadecimal digits of the canonical address, else of the title and text without regard to spacing."""
    key = canonical_address(url) if url else unicodedata.normalize("NFC", " ".join(f"{title} {text}".split()))
    return sha256(key.encode("utf-8")).hexdigest()[:16]


def canonical_address(url: str) -> str:
    """An address as a key: without protocol and its port, www., fragment, trailing slash, tracking and session parameters (FINDINGS 9).

    >>> canonical_address("https://www.example.se/nyhet/?utm_source=x#del") == canonical_address("http://example.se/nyhet")
    True
    """
    from w3lib.url import canonicalize_url  # brings all of urllib.request, http and email

    without = _ADDRESSES["tracking"].sub("", canonicalize_url(_ADDRESSES["session"].sub("", url.strip())))
    return _ADDRESSES["beginning"].sub(r"\1\2/", without.rstrip("?&")).rstrip("/")
