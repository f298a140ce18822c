"""Results -> what the forms of the search page hold: chosen filters, facet groups, years, dates, orders and pages."""

from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import parse_qsl

from msgspec import Struct, structs

import indexer
from indexer import FACETS, NATIONAL, UNKNOWN, Facet, FacetValue, Filters, Period, Results, Search, Unreadable
from webapp.rendering import grouped

ORDER_LABELS = {"relevans": "Relevans", "nyast": "Nyast först", "aldst": "Äldst först", "inkommet": "Senast inkommet"}

VALUES_SHOWN = 8
YEARS_SHOWN = 10
SIZES = (10, 20, 50, 100)
"""Hits of a page that are offered."""
GAP = 30
"""Years between the first and the last under which years without documents are shown too."""
BAR_STEPS = 20


_TIMES = (("fran", "first", "Från"), ("till", "last", "Till"), ("sedan", "since", "Nytt i Regionsök sedan"))
"""Form field, what of a period it is, and label."""
_LEVELS = {"riksomraden": "Riksområden", "kommuner": "Kommuner"}
"""Regions that stand behind a lid of their own; counties are in sight."""
_IN_SWEDISH = str.maketrans("åäö", "{|}")
"""Letters -> what stands after z, in the same order."""


Lid = tuple[str, str, list[FacetValue]]
"""Its id within the group, what opens it, and the values behind it."""


class Group(Struct, frozen=True):
    """A facet as a group of fields; `faults` are typed values that are none of its own."""

    name: str
    title: str
    faults: tuple[Unreadable, ...]
    shown: list[FacetValue]
    """What is chosen, then the fullest."""
    lids: list[Lid]


Year = tuple[FacetValue, int]
"""A row of the histogram: its bar from 0 to BAR_STEPS, the fullest year has all of them."""


def chosen(results: Results) -> Iterator[tuple[str, str, str, str]]:
    """Form field, value and label of each chosen filter, and the answer without it: as facets are ordered, then the period."""
    search = results.search
    for name, values in search.filters.chosen:
        labels = {value.value: value.label for value in indexer.all_values(results.facets.get(name, ()))}
        for value in values:
            url = indexer.address(indexer.toggled(search, name, value))
            yield FACETS[name].parameter, value, labels.get(value, value), url
    period = search.filters.period
    for (name, key, label), day in zip(_TIMES, structs.astuple(period), strict=True):
        if day:
            filters = search.filters.with_period(structs.replace(period, **{key: None}))
            yield name, day, f"{label} {indexer.instant_text(day)}", indexer.address(search, filters=filters)


def unanswerable(faults: Iterable[Unreadable]) -> tuple[Unreadable, ...]:
    """The faults instead of which nothing can be shown: another answer would be mistaken for the one asked for."""
    return tuple(fault for fault in faults if not fault.instead)


def kept(results: Results, wrong: Sequence[Unreadable]) -> list[tuple[str, str]]:
    """Name and value of all that another question is asked with: filters, also those to be mended, order and size.

    Not what the words in the box were taken for: they will be again.
    """
    filters = results.search.filters
    for offer in (offer for offer in results.offers if offer.applied):
        period = Period(since=filters.period.since)
        filters = filters.with_period(period) if offer.facet == "period" else filters.with_values(offer.facet, ())
    search = structs.replace(results.search, query="", filters=filters, page=1, literal=False, explain=False)
    pairs = parse_qsl(indexer.query_string(search))
    names = {name for name, _ in pairs} & {"fran", "till", "sedan"}
    return pairs + [(fault.parameter, fault.value) for fault in wrong if fault.parameter not in names]


def typed(results: Results) -> str:
    """What the box holds: the question without the filters written in it, which are shown as chosen.

    Words that were taken for filters, or are put right, stay there.
    """
    kept = results.suggestion == results.search.query or any(offer.applied for offer in results.offers)
    return results.query if kept else results.search.query


def shape(search: Search) -> list[tuple[str, str]]:
    """Name and value of what shapes an answer beside question and filters."""
    return parse_qsl(indexer.query_string(structs.replace(search, query="", filters=Filters(), page=1)))


def groups(results: Results, wrong: Sequence[Unreadable]) -> Iterator[Group]:
    """The facets in their order: those that have values or were given one that cannot be read, and always the time."""
    begun = results.search.query or results.search.filters
    for facet in FACETS.values():
        # Nobody begins with what is folded; years are a histogram.
        unasked = facet.aspect == "time" or (facet.folded and not begun)
        values = [] if unasked else list(indexer.all_values(results.facets.get(facet.name, ())))
        faults = tuple(fault for fault in wrong if fault.parameter == facet.parameter)
        if values or faults or facet.aspect == "time":
            first, lids = _arranged(facet, [value for value in values if not value.selected])
            chosen = [value for value in values if value.selected]
            yield Group(facet.parameter, facet.label, faults, [*chosen, *first], lids)


def _arranged(facet: Facet, values: list[FacetValue]) -> tuple[list[FacetValue], list[Lid]]:
    """The fullest values, and the others behind lids; one value alone is not worth a click."""
    if facet.folded:
        return [], [("alla", facet.folded, values)] if values else []
    fullest = sorted(values, key=lambda value: -value.count)
    first = [value for value in fullest if not facet.tree or _level(value.value) == "lan"]
    length = VALUES_SHOWN if len(first) > VALUES_SHOWN + 1 else len(first)
    shown, rest = first[:length], first[length:]
    if facet.by_name:
        shown, rest = by_name(shown), by_name(rest)
    lids = [("fler", f"Visa {len(rest)} till", rest)]
    for level, title in _LEVELS.items() if facet.tree else ():
        lids.append((level, title, by_name([value for value in values if _level(value.value) == level])))
    return shown, [lid for lid in lids if lid[2]]


def _level(region: str) -> str:
    if indexer.is_county(region) or region == NATIONAL:
        return "lan"
    return "kommuner" if indexer.is_county(indexer.region_above(region) or "") else "riksomraden"


def by_name(values: list[FacetValue]) -> list[FacetValue]:
    """In the order of the Swedish alphabet."""
    return sorted(values, key=lambda value: value.label.lower().translate(_IN_SWEDISH))


def offered(results: Results) -> Iterator[tuple[str, str, str]]:
    """Question, link and address of each filter that words of the question may mean."""
    for offer in results.offers:
        is_region = offer.facet == "region"
        named = offer.label if is_region else f"{'typen' if offer.facet == 'kind' else 'tiden'} {offer.label}"
        among = offer.facet in FACETS and results.search.filters.values(offer.facet)
        link = f"Visa {'också' if among else 'bara'} {'det som handlar om ' if is_region else ''}{named}"
        if not offer.applied:
            yield f"Menar du {named}?", f"{link} ({grouped(offer.count)})", offer.url


def undone(results: Results) -> str | None:
    """The address of the answer to the words as they stand, where some were taken for filters."""
    return next((offer.url for offer in results.offers if offer.applied), None)


def years(results: Results) -> tuple[list[Year], list[Year]]:
    """The histogram, newest first, and the older years that are behind a click."""
    return _rows(list(_without_gaps(results.facets.get("year", ()), results.search)))


def months(results: Results) -> list[Year]:
    """The same for the months of the only chosen year, in the order of time; empty otherwise."""
    opened = next((year for year in results.facets.get("year", ()) if year.children), None)
    return _rows(list(opened.children))[0] if opened else []


def _rows(values: list[FacetValue]) -> tuple[list[Year], list[Year]]:
    most = max((value.count for value in values), default=0)
    rows = [(value, -(-value.count * BAR_STEPS // most) if most else 0) for value in values]
    return (rows, []) if len(rows) <= YEARS_SHOWN + 1 else (rows[:YEARS_SHOWN], rows[YEARS_SHOWN:])


def _without_gaps(values: tuple[FacetValue, ...], search: Search) -> Iterator[FacetValue]:
    dated = {int(value.value): value for value in values if value.value != UNKNOWN}
    few = dated and max(dated) - min(dated) <= GAP
    for year in range(max(dated), min(dated) - 1, -1) if few else list(dated):
        yield dated.get(year) or indexer.facet_value("year", str(year), 0, search)
    yield from (value for value in values if value.value == UNKNOWN)


def date_fields(period: Period, wrong: Sequence[Unreadable]) -> Iterator[tuple[str, str, str, str]]:
    """Form field and label of from, to and since, what was read in the shortest form, else what was typed, and what is wrong with it."""
    for (name, _, label), day, ending in zip(_TIMES, structs.astuple(period), ("-01-01", "-12-31", ""), strict=True):
        fault = next((fault for fault in wrong if fault.parameter == name), None)
        yield name, label, fault.value if fault else (day or "").removesuffix(ending), fault.detail if fault else ""


def period_text(period: Period) -> str:
    """What the dates were read as.

    >>> period_text(Period("2019-03-01", "2019-03-31")), period_text(Period(None, "2020-12-31"))
    ('Läst som 1 mars 2019 till 31 mars 2019.', 'Läst som till och med 31 december 2020.')
    """
    first, last = (indexer.in_words(day) if day else "" for day in (period.first, period.last))
    if first and last:
        return f"Läst som {first} till {last}."
    return f"Läst som {'från' if first else 'till'} och med {first or last}." if first or last else ""


def orders(search: Search) -> Iterator[tuple[str, str, bool]]:
    """Label, address and whether it is in force, of each order that makes a difference."""
    current = search.order if search.query or search.order != "relevans" else "nyast"
    for order, label in ORDER_LABELS.items():
        if (search.query or order != "relevans") and (order != "inkommet" or search.filters.period.since):
            yield label, indexer.address(search, order=order), order == current


def page_numbers(page: int, last: int) -> Iterator[int | None]:
    """The first page, the last and those around the one that is shown; None where more than one is left out between two.

    >>> list(page_numbers(5, 9)), list(page_numbers(1, 3))
    ([1, None, 4, 5, 6, None, 9], [1, 2, 3])
    """
    before = 0
    for number in sorted(number for number in {1, page - 1, page, page + 1, last} if 1 <= number <= last):
        if number > before + 1:
            yield number - 1 if number == before + 2 else None
        yield number
        before = number
