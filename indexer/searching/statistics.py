"""How much is written about something over time, and what the collection holds of each source and county."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice, pairwise, product
from math import sqrt

from msgspec import Struct, structs

from indexer.facets import FACETS, UNKNOWN, is_month, value_label
from indexer.metadata.regions.gazetteer import NATIONAL, is_county, order
from indexer.queries import Filters, Period, Search
from indexer.searching import Searcher
from indexer.searching.questions import WordForms

COMPARED, SIDES = 5, 6
"""Questions that are compared, and pairs of a question and a region."""
SURE = 1.96
"""Standard errors on either side that hold 95 % of a normal distribution."""


class Figure(Struct, frozen=True):
    """Documents that are counted, of all that pass the same filters whatever their words."""

    count: int
    total: int
    search: Search
    """What finds those that are counted."""
    period: str = ""
    """2019 or 2019-03."""

    @property
    def share(self) -> float:
        """0 to 1; 0 of nothing."""
        return self.count / self.total if self.total else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval of the share, 0 to 1 (Wilson 1927, JASA 22: 209-212); of nothing, all that it may be.

        >>> [round(end, 3) for end in Figure(1, 10, Search()).interval]
        [0.018, 0.404]
        """
        if not self.total:
            return 0.0, 1.0
        spread = SURE * SURE / self.total
        half = SURE * sqrt((self.share * (1 - self.share) + spread / 4) / self.total)
        low, high = (abs(round((self.share + spread / 2 + way * half) / (1 + spread), 9)) for way in (-1, 1))
        return low, high


class Side(Struct, frozen=True):
    """A question and a region, which are compared with others."""

    question: str
    region: str | None
    search: Search
    """As it is counted."""
    held: Search
    """What passes the same filters, whatever its words; of a region without words, all that there is of the time."""


class Trend(Side, frozen=True):
    """One of them over time; `undated` documents match but have no date, or none as exact as the periods."""

    points: tuple[Figure, ...]
    undated: int
    forms: tuple[WordForms, ...] = ()
    """What was counted of each word of the question."""


class Gap(Struct, frozen=True):
    """Months in a row without documents: how many, and the months with documents before and after, None where nothing came since."""

    since: str
    until: str | None
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
    """What came to an end, then the two longest runs of them."""
    years: Mapping[str, int] = {}
    """How many documents are from each year, month, and unknown time."""


def sides(searcher: Searcher, questions: Sequence[str], filters: Filters) -> Iterator[Side]:
    """Each question in each chosen region, or anywhere, within the period. Raises IndexMissing."""
    for question, region in islice(product(questions, filters.values("region") or (None,)), SIDES):
        search = searcher.worded(Search(question, filters.with_values("region", (region,) if region else ())))
        yield Side(question, region, search, Search(filters=search.filters if question else Filters(filters.period)))


def trends(searcher: Searcher, compared: Sequence[Side], monthly: bool = False) -> Iterator[Trend]:
    """Each of them over the same periods without gaps: from the first hit, or from where a period begins. Raises IndexMissing."""
    counted = [_periods(searcher, side.search, monthly) for side in compared]
    totals = {search: _periods(searcher, search, monthly)[0] for search in {side.held: None for side in compared}}
    is_begun = any(side.search.filters.period.first for side in compared)
    first = min(chain.from_iterable(totals.values() if is_begun else (counts for counts, _ in counted)), default="")
    periods = list(_between(first, max(chain.from_iterable(totals.values())))) if first else []
    for side, (counts, undated) in zip(compared, counted, strict=True):
        held = totals[side.held]
        points = tuple(Figure(counts.get(one, 0), held.get(one, 0), _within(side.search, one), one) for one in periods)
        yield Trend(**structs.asdict(side), points=points, undated=undated, forms=searcher.forms(side.search))


def _within(search: Search, period: str) -> Search:
    """What a Search finds of a year or a month; a year keeps the months that were chosen."""
    filters = search.filters
    if is_month(period) or not any(map(is_month, filters.values("year"))):
        return structs.replace(search, filters=filters.with_values("year", (period,)))
    return structs.replace(search, filters=filters.merged(Filters(Period(f"{period}-01-01", f"{period}-12-31"))))


def _periods(searcher: Searcher, search: Search, monthly: bool) -> tuple[dict[str, int], int]:
    """How many documents each year or month has, and how many have none."""
    counts = searcher.counts(search, ["year"]).facets["year"]
    periods = {value: number for value, number in counts.items() if value != UNKNOWN and is_month(value) == monthly}
    return periods, sum(number for value, number in counts.items() if not is_month(value)) - sum(periods.values())


def coverage(searcher: Searcher) -> tuple[list[Coverage], list[Coverage]]:
    """By source, of which the 200 fullest, and by county in the official order. Raises IndexMissing."""
    whole = searcher.counts(Search(), ["source", "region", "year"]).facets
    newest = max((year for year in whole["year"] if year != UNKNOWN), default="")
    sources = sorted(whole["source"].items(), key=lambda pair: (-pair[1], pair[0]))[:200]
    counties = sorted((value for value in whole["region"] if is_county(value) or value == NATIONAL), key=order)
    by_source = [_covered(searcher, ("source", source), number, newest) for source, number in sources]
    return by_source, [_covered(searcher, ("region", one), whole["region"][one], newest) for one in counties]


def _covered(searcher: Searcher, value: tuple[str, str], documents: int, newest: str) -> Coverage:
    """Of a facet and its value, beside the last month or year of the collection."""
    counts = searcher.counts(Search(filters=Filters().with_values(value[0], (value[1],))), ["year", "fetched"]).facets
    years = counts["year"]
    months = sorted(filter(is_month, years))
    known = [year for year in years if year != UNKNOWN]
    gaps = sorted(_gaps(pairwise(months)), key=lambda gap: (-gap.months, gap.since))
    label, fetched = value_label(FACETS[value[0]], value[1]), max(counts["fetched"], default=None)
    # The month where one lies in the first or last year, else that year.
    first = min(known, key=lambda one: (one[:4], -len(one), one), default=None)
    last = max(known, key=lambda one: (one[:4], len(one), one), default=None)
    ended = [structs.replace(gap, until=None) for gap in _gaps([(last or "", newest)] if last in months else [])]
    undated, empty, longest = years.get(UNKNOWN, 0), sum(gap.months for gap in gaps), (*ended, *gaps[:2])
    return Coverage(value[1], label, documents, first, last, undated, fetched, empty, longest, years)


def _gaps(months: Iterable[tuple[str, str]]) -> Iterator[Gap]:
    gaps = (Gap(before, after, len(list(_between(before, after))) - 2) for before, after in months)
    return (gap for gap in gaps if gap.months > 0)


def _between(first: str, last: str) -> Iterator[str]:
    """All years or months from the first to the last.

    >>> list(_between("2019-11", "2020-01")), list(_between("2018", "2019"))
    (['2019-11', '2019-12', '2020-01'], ['2018', '2019'])
    """
    years = [f"{year:04d}" for year in range(int(first[:4]), int(last[:4]) + 1)]
    months = (f"{year}-{month:02d}" for year in years for month in range(1, 13))
    return (period for period in (months if is_month(first) else years) if first <= period <= last)
