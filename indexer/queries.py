"""What is asked: the tree that a question is parsed into, the chosen filters, and the whole Search."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

FACET_LABELS = {"region": "Region", "year": "År", "source": "Källa", "kind": "Typ", "mentions": "Nämner"}
"""Facet -> its heading, on every face, in the order they are shown. `mentions`: every named county."""

FACETS = tuple(FACET_LABELS)
"""The facets; also the names of the filter fields in the index."""

UNKNOWN = "okant"
"""The facet value of documents whose year, source or kind is not known."""

FURTHEST = 10
"""Words between the words of NÄRA and "…"~ (DESIGN.md)."""

Order = Literal["relevans", "nyast", "aldst"]
ORDERS: tuple[Order, ...] = ("relevans", "nyast", "aldst")


@dataclass(frozen=True, slots=True)
class Word:
    """One blank-separated word as typed; a hyphen word is one Word."""

    text: str
    exact: bool = False
    """=ord: this very form only."""
    prefix: bool = False
    """ord*: every word that begins so."""
    fuzzy: bool = False
    """ord~: also words that differ by one letter."""
    required: bool = False
    """+ord: must stand, also when the question is relaxed."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words in a row; at most `slop` other words between neighbours, order kept."""

    words: tuple[str, ...]
    exact: bool = False
    slop: int = 0
    required: bool = False


@dataclass(frozen=True, slots=True)
class Near:
    """Two words or phrases at most `distance` words apart, in either order (NÄRA/n)."""

    left: Word | Phrase
    right: Word | Phrase
    distance: int


@dataclass(frozen=True, slots=True)
class And:
    """All of the parts. `blank`: they were only written beside each other, so relaxing may drop some."""

    parts: tuple[Query, ...]
    blank: bool = False


@dataclass(frozen=True, slots=True)
class Or:
    """Any of the parts."""

    parts: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Not the part; alone it finds nothing, it only takes away from what stands beside it."""

    part: Query


@dataclass(frozen=True, slots=True)
class InTitle:
    """rubrik: the part is looked for in titles only."""

    part: Query


@dataclass(frozen=True, slots=True)
class Filtered:
    """region:, år:, källa: or typ: below the top level: documents that have the value."""

    filters: Filters


@dataclass(frozen=True, slots=True)
class Everything:
    """The empty question."""


@dataclass(frozen=True, slots=True)
class Alike:
    """A word, a phrase or words beside each other, or what means the same; only planning makes these."""

    part: Query
    others: tuple[Word | Phrase, ...]


Query = Word | Phrase | Near | And | Or | Not | InTitle | Filtered | Everything | Alike


@dataclass(frozen=True, slots=True)
class Period:
    """First and last day, inclusive, ISO 8601; None is open. A document is in it when its own period touches it."""

    first: str | None = None
    last: str | None = None

    def __bool__(self) -> bool:
        return self.first is not None or self.last is not None


@dataclass(frozen=True, slots=True)
class Filters:
    """The chosen values: OR within a facet, AND between facets. `period` narrows the year facet."""

    region: tuple[str, ...] = ()
    year: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    period: Period = field(default=Period())

    def values(self, facet: str) -> tuple[str, ...]:
        """The chosen values of one of FACETS."""
        chosen: tuple[str, ...] = getattr(self, facet)
        return chosen

    def merged(self, other: Filters) -> Filters:
        """Both: OR within a facet; of two periods, what they share."""
        values = {facet: tuple(dict.fromkeys((*self.values(facet), *other.values(facet)))) for facet in FACETS}
        firsts = [period.first for period in (self.period, other.period) if period.first]
        lasts = [period.last for period in (self.period, other.period) if period.last]
        return Filters(**values, period=Period(max(firsts, default=None), min(lasts, default=None)))

    def __bool__(self) -> bool:
        return any(self.values(facet) for facet in FACETS) or bool(self.period)


@dataclass(frozen=True, slots=True)
class Search:
    """A question with everything that shapes its answer; `page` counts from 1."""

    query: str = ""
    filters: Filters = field(default=Filters())
    order: Order = "relevans"
    page: int = 1
    size: int = 10
    literal: bool = False
    """Only the words as typed: no synonyms, no correction of misspellings."""
    with_duplicates: bool = False
    """Every publication of a release, not only the one that stands for it."""
    explain: bool = False
    """Whether each hit says why it matched."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """A question as it was read."""

    query: Query
    filters: Filters = field(default=Filters())
    """The filters that stood at the top level of the question."""
    rest: str = ""
    """The typed question without those filters: what stays in the box when they are shown as chosen."""
    notes: tuple[str, ...] = ()
    """Swedish sentences: what was cut and what could not be read as syntax."""
