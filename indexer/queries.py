"""What is asked: the tree that a question is parsed into, the chosen filters, and the whole Search."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from msgspec import Struct

from indexer.facets import FACETS

FURTHEST = 10
"""Words between the words of NÄRA and "…"~ (DESIGN.md)."""

Order = Literal["relevans", "nyast", "aldst", "inkommet"]
ORDERS: tuple[Order, ...] = ("relevans", "nyast", "aldst", "inkommet")
"""`inkommet`: what was last new here first."""


class Word(Struct, frozen=True):
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


class Phrase(Struct, frozen=True):
    """Words in a row; at most `slop` other words between neighbours, order kept."""

    words: tuple[str, ...]
    exact: bool = False
    slop: int = 0
    required: bool = False

    @property
    def text(self) -> str:
        """The words as typed."""
        return " ".join(self.words)


class Near(Struct, frozen=True):
    """Two words or phrases at most `distance` words apart, in either order (NÄRA/n)."""

    parts: tuple[Word | Phrase, Word | Phrase]
    distance: int


class And(Struct, frozen=True):
    """All of the parts. `blank`: they were only written beside each other, so relaxing may drop some."""

    parts: tuple[Query, ...]
    blank: bool = False


class Or(Struct, frozen=True):
    """Any of the parts."""

    parts: tuple[Query, ...]


class Not(Struct, frozen=True):
    """Not the part; alone it finds nothing, it only takes away from what stands beside it."""

    part: Query


class InTitle(Struct, frozen=True):
    """rubrik: the part is looked for in titles only."""

    part: Query


class Filtered(Struct, frozen=True):
    """region:, år:, källa: or typ: below the top level: documents that have the value."""

    filters: Filters


class Everything(Struct, frozen=True):
    """The empty question."""


class Alike(Struct, frozen=True):
    """A word, a phrase or words beside each other, or what means the same; only planning makes these."""

    parts: tuple[Word | Phrase, ...]
    others: tuple[Word | Phrase, ...]


Query = Word | Phrase | Near | And | Or | Not | InTitle | Filtered | Everything | Alike


class Period(Struct, frozen=True):
    """First and last day, inclusive, ISO 8601; None is open. A document is in it when its own period touches it."""

    first: str | None = None
    last: str | None = None
    since: str | None = None
    """And was new here, first seen or corrected, on a day or later, or after an instant, as `dates.instant` reads it."""

    def __bool__(self) -> bool:
        return self != Period()


@dataclass(frozen=True, slots=True, init=False)
class Filters:
    """The chosen values: OR within a facet, AND between facets. `period` narrows the year facet.

    >>> Filters(year=("2019",)).values("year"), Filters(year=("2019",)).values("region")
    (('2019',), ())
    """

    chosen: tuple[tuple[str, tuple[str, ...]], ...]
    """Facet and its chosen values, in the order of FACETS; facets without a choice are left out."""
    period: Period

    def __init__(self, period: Period = Period(), **values: tuple[str, ...]) -> None:  # noqa: B008
        if others := values.keys() - FACETS.keys():
            raise TypeError(f"no such facet: {', '.join(sorted(others))}")
        object.__setattr__(self, "chosen", tuple((name, values[name]) for name in FACETS if values.get(name)))
        object.__setattr__(self, "period", period)

    def values(self, facet: str) -> tuple[str, ...]:
        """The chosen values of one of FACETS."""
        return dict(self.chosen).get(facet, ())

    def with_values(self, facet: str, values: tuple[str, ...]) -> Filters:
        """The same but for the values of one facet."""
        return Filters(self.period, **dict(self.chosen) | {facet: values})

    def with_period(self, period: Period) -> Filters:
        """The same but for the period."""
        return Filters(period, **dict(self.chosen))

    def with_since(self, since: str | None) -> Filters:
        """The same but for since when."""
        return self.with_period(Period(self.period.first, self.period.last, since))

    def merged(self, other: Filters) -> Filters:
        """Both: OR within a facet; of two periods, what they share."""
        values = {facet: tuple(dict.fromkeys((*self.values(facet), *other.values(facet)))) for facet in FACETS}
        first = max(filter(None, (self.period.first, other.period.first)), default=None)
        last = min(filter(None, (self.period.last, other.period.last)), default=None)
        return Filters(Period(first, last, self.period.since or other.period.since), **values)

    def __bool__(self) -> bool:
        return bool(self.chosen or self.period)


class Reached(Struct, frozen=True):
    """The hit that an answer was read up to, for the one that goes on after it."""

    position: int
    """How many hits there were up to it."""
    key: tuple[float, str]
    """What hits are ordered by, ascending: the score below zero and the id; by date 0 and what they are sorted by."""
    lacking: bool = False
    """Whether it lacks some of the words."""


class Search(Struct, frozen=True):
    """A question with everything that shapes its answer; `page` counts from 1."""

    query: str = ""
    filters: Filters = Filters()
    order: Order = "relevans"
    page: int = 1
    size: int = 10
    literal: bool = False
    """Only the words as typed: no synonyms, no correction of misspellings, no place, time or kind read in them."""
    with_duplicates: bool = False
    """Every publication of a release, not only the one that stands for it."""
    explain: bool = False
    """Whether each hit says why it matched."""
    after: Reached | None = None
    """What the page begins behind, in place of where its number says; no part of an address that a page has."""
    today: date | None = None
    """The day that times in words (senaste månaden) are told from, and no part of an address; None: today in Sweden."""


class Named(Struct, frozen=True):
    """Words of a question that mean a value of a facet."""

    facet: str
    """region, year, kind or period."""
    value: str
    """A region's slug, a year or month (2019, 2019-03), a kind, or a period (2020-01..2020-05, 2020-03-01.., ..2014-12)."""
    label: str
    """In Swedish."""
    text: str
    """The words that say it, as typed."""


class Parsed(Struct, frozen=True):
    """A question as it was read."""

    query: Query
    filters: Filters = Filters()
    """The filters that stood at the top level of the question."""
    rest: str = ""
    """The typed question without those filters: what stays in the box when they are shown as chosen."""
    notes: tuple[str, ...] = ()
    """Swedish sentences: what was cut and what could not be read as syntax."""
