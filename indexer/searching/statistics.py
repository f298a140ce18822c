"""How much is written about something over time, and what the collection holds of each source and county."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from msgspec import Struct

from indexer.facets import FACETS, UNKNOWN, is_month, value_label
from indexer.metadata.regions.gazetteer import NATIONAL, is_county, order
from indexer.queries import Filters, Search
from indexer.searching import Searcher
from indexer.searching.questions import WordForms

COMPARED = 5
"""Questions of one trend."""
SOURCES = 200
"""Sources that the coverage lists, those with the most documents."""
GAPS = 3
"""Longest gaps that are named of each source."""


class Point(Struct, frozen=True):
    """A period of one question: documents that match and documents in all."""

    period: str
    """2019 or 2019-03."""
    count: int
    total: int

    @property
    def share(self) -> float:
        """Of all documents of the period, 0 to 1."""
        return self.count / self.total if self.total else 0.0


class Trend(Struct, frozen=True):
    """One question over time; `undated` documents match but have no date, or none as exact as the periods."""

    question: str
    points: tuple[Point, ...]
    undated: int
    forms: tuple[WordForms, ...] = ()
    """What was counted of each word of the question."""


class Gap(Struct, frozen=True):
    """Months in a row without documents: the first, the last and how many."""

    first: str
    last: str
    months: int


class Coverage(Struct, frozen=True):
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
    totals, _ = _periods(searcher, Search(filters=filters), monthly)
    periods = list(_between(min(totals), max(totals))) if totals else []
    series = []
    for question in questions[:COMPARED]:
        counts, undated = _periods(searcher, Search(question, filters), monthly)
        points = tuple(Point(period, counts.get(period, 0), totals.get(period, 0)) for period in periods)
        series.append(Trend(question, points, undated, searcher.forms(Search(question))))
    return tuple(series)


def _periods(searcher: Searcher, search: Search, monthly: bool) -> tuple[dict[str, int], int]:
    """How many documents each year or month has, and how many have none."""
    counts = searcher.counts(search, ["year"])["year"]
    periods = {value: number for value, number in counts.items() if value != UNKNOWN and is_month(value) == monthly}
    documents = sum(number for value, number in counts.items() if not is_month(value))
    return periods, documents - sum(periods.values())


def coverage(searcher: Searcher) -> tuple[list[Coverage], list[Coverage]]:
    """By source, the fullest first, and by county in the official order. Raises IndexMissing."""
    whole = searcher.counts(Search(), ["source", "region"])
    sources = sorted(whole["source"].items(), key=lambda pair: (-pair[1], pair[0]))[:SOURCES]
    counties = sorted((value for value in whole["region"] if is_county(value) or value == NATIONAL), key=order)
    by_source = [_covered(searcher, "source", source, number) for source, number in sources]
    return by_source, [_covered(searcher, "region", county, whole["region"][county]) for county in counties]


def _covered(searcher: Searcher, facet: str, value: str, documents: int) -> Coverage:
    counts = searcher.counts(Search(filters=Filters().with_values(facet, (value,))), ["year", "fetched"])
    years: Mapping[str, int] = counts["year"]
    months = sorted(filter(is_month, years))
    dated = sorted(year for year in years if not is_month(year) and year != UNKNOWN)
    gaps = sorted(_gaps(months), key=lambda gap: (-gap.months, gap.first))
    label, fetched = value_label(FACETS[facet], value), max(counts["fetched"], default=None)
    first, last = _exactest(dated[:1], months[:1]), _exactest(dated[-1:], months[-1:])
    undated, empty, longest = years.get(UNKNOWN, 0), sum(gap.months for gap in gaps), tuple(gaps[:GAPS])
    return Coverage(value, label, documents, first, last, undated, fetched, empty, longest)


def _exactest(years: Sequence[str], months: Sequence[str]) -> str | None:
    """The month where it lies in the year that is first or last, else that year."""
    return next(iter((*(month for month in months if month[:4] in years), *years)), None)


def _gaps(months: Sequence[str]) -> Iterator[Gap]:
    between = (list(_between(before, after))[1:-1] for before, after in pairwise(months))
    return (Gap(empty[0], empty[-1], len(empty)) for empty in between if empty)


def _between(first: str, last: str) -> Iterator[str]:
    """All years or months from the first to the last.

    >>> list(_between("2019-11", "2020-01")), list(_between("2018", "2019"))
    (['2019-11', '2019-12', '2020-01'], ['2018', '2019'])
    """
    years = [f"{year:04d}" for year in range(int(first[:4]), int(last[:4]) + 1)]
    months = (f"{year}-{month:02d}" for year in years for month in range(1, 13))
    return (period for period in (months if is_month(first) else years) if first <= period <= last)
