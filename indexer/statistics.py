"""How much is written about something over time, and what the collection holds of each source and county."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from indexer.queries import UNKNOWN, Filters, Search
from indexer.regions import NATIONAL, label, order
from indexer.searching import Searcher

QUESTIONS = 5
"""That one trend compares."""
SOURCES = 200
"""Sources that the coverage lists, those with the most documents."""
GAPS = 3
"""Longest gaps that are named of each source."""


@dataclass(frozen=True, slots=True)
class Point:
    """A period of one question: documents that match and documents in all."""

    period: str
    """2019 or 2019-03."""
    count: int
    total: int

    @property
    def share(self) -> float:
        """Of all documents of the period, 0 to 1."""
        return self.count / self.total if self.total else 0.0


@dataclass(frozen=True, slots=True)
class Trend:
    """One question over time; `undated` documents match but have no date, or none as exact as the periods."""

    question: str
    points: tuple[Point, ...]
    undated: int


@dataclass(frozen=True, slots=True)
class Gap:
    """Months in a row without documents: the first, the last and how many."""

    first: str
    last: str
    months: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the collection holds of a source or a county."""

    value: str
    label: str
    documents: int
    first: str | None
    """First and last month, or year, that a document is known to be from."""
    last: str | None
    undated: int
    fetched: str | None
    """ISO 8601, when one was last fetched, where that is known."""
    empty_months: int
    """Between the first and the last month."""
    gaps: tuple[Gap, ...]
    """The longest runs of them."""


def trends(
    searcher: Searcher, questions: Sequence[str], region: str | None = None, monthly: bool = False
) -> tuple[Trend, ...]:
    """The trend of each question, over the same periods, without gaps. Raises IndexMissing."""
    filters = Filters(region=(region,)) if region else Filters()
    totals = _periods(searcher, Search(filters=filters), monthly)
    known = [period for period in totals if period != UNKNOWN]
    periods = list(_between(min(known), max(known))) if known else []
    found = []
    for question in questions[:QUESTIONS]:
        asked = Search(question, filters)
        counts = _periods(searcher, asked, monthly)
        points = tuple(Point(period, counts.get(period, 0), totals.get(period, 0)) for period in periods)
        matching = sum(point.count for point in points)
        found.append(Trend(question, points, searcher.search(replace(asked, size=1)).total - matching))
    return tuple(found)


def _periods(searcher: Searcher, search: Search, monthly: bool) -> dict[str, int]:
    counts = searcher.counts(search, ["year"])["year"]
    return {value: number for value, number in counts.items() if value != UNKNOWN and (len(value) > 4) == monthly}


def coverage(searcher: Searcher) -> tuple[list[Coverage], list[Coverage]]:
    """By source, the fullest first, and by county in the official order. Raises IndexMissing."""
    whole = searcher.counts(Search(), ["source", "region"])
    sources = sorted(whole["source"].items(), key=lambda pair: (-pair[1], pair[0]))[:SOURCES]
    counties = sorted((value for value in whole["region"] if value.endswith("-lan") or value == NATIONAL), key=order)
    by_source = [
        _covered(searcher, source, _source_label(source), Filters(source=(source,)), number)
        for source, number in sources
    ]
    by_county = [
        _covered(searcher, county, label(county), Filters(region=(county,)), whole["region"][county])
        for county in counties
    ]
    return by_source, by_county


def _source_label(source: str) -> str:
    return "Okänd källa" if source == UNKNOWN else source


def _covered(searcher: Searcher, value: str, name: str, filters: Filters, documents: int) -> Coverage:
    counts = searcher.counts(Search(filters=filters), ["year", "fetched"])
    years: Mapping[str, int] = counts["year"]
    months = sorted(month for month in years if len(month) > 4 and month != UNKNOWN)
    dated = sorted(year for year in years if len(year) == 4)
    gaps = sorted(_gaps(months), key=lambda gap: (-gap.months, gap.first))
    return Coverage(
        value,
        name,
        documents,
        _earliest(months, dated),
        max((*months[-1:], *(year for year in dated[-1:] if not months or year > months[-1][:4])), default=None),
        years.get(UNKNOWN, 0),
        max(counts["fetched"], default=None),
        sum(gap.months for gap in gaps),
        tuple(gaps[:GAPS]),
    )


def _earliest(months: Sequence[str], years: Sequence[str]) -> str | None:
    if months and years and years[0] < months[0][:4]:
        return years[0]
    return months[0] if months else years[0] if years else None


def _gaps(months: Sequence[str]) -> Iterator[Gap]:
    for before, after in zip(months, months[1:], strict=False):
        between = list(_between(before, after))[1:-1]
        if between:
            yield Gap(between[0], between[-1], len(between))


def _between(first: str, last: str) -> Iterator[str]:
    """All years or months from the first to the last.

    >>> list(_between("2019-11", "2020-01")), list(_between("2018", "2019"))
    (['2019-11', '2019-12', '2020-01'], ['2018', '2019'])
    """
    if len(first) == 4:
        yield from map(str, range(int(first), int(last) + 1))
        return
    year, month = int(first[:4]), int(first[5:])
    while (current := f"{year:04d}-{month:02d}") <= last:
        yield current
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
