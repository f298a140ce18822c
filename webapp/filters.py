"""Results -> what the forms of the search page hold: chosen filters, facet groups, years, dates and orders."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl

from indexer import (
    FACET_LABELS,
    FACETS,
    PARAMETERS,
    UNKNOWN,
    FacetValue,
    Filters,
    Period,
    Results,
    Search,
    Unreadable,
    address,
    query_string,
    toggled,
)
from webapp.rendering import date_text

ORDER_LABELS = {"relevans": "Relevans", "nyast": "Nyast först", "aldst": "Äldst först"}

VALUES_SHOWN = 8
YEARS_SHOWN = 15
GAP = 30
"""Years between the first and the last under which years without documents are shown too."""
BAR_STEPS = 20


@dataclass(frozen=True, slots=True)
class Chosen:
    """A chosen filter: its form field, and the answer without it."""

    name: str
    value: str
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Group:
    """A facet as a group of checkboxes; `rest` is behind a click, `faults` are typed values that are none of them."""

    name: str
    title: str
    shown: tuple[FacetValue, ...]
    rest: tuple[FacetValue, ...]
    faults: tuple[Unreadable, ...]


@dataclass(frozen=True, slots=True)
class Year:
    """A row of the histogram; `bar` from 0 to BAR_STEPS, the fullest year has all of them."""

    value: FacetValue
    bar: int


@dataclass(frozen=True, slots=True)
class DateField:
    """From or to: as it was typed, and what is wrong with that."""

    name: str
    label: str
    text: str
    error: str


def chosen(results: Results) -> Iterator[Chosen]:
    """The chosen filters in the order of the facets, then the period."""
    search = results.search
    for facet in FACETS:
        labels = {value.value: value.label for value in all_values(results.facets.get(facet, ()))}
        for value in search.filters.values(facet):
            url = address(toggled(search, facet, value))
            yield Chosen(PARAMETERS[facet], value, labels.get(value, value), url)
    period = search.filters.period
    for name, key, label, day in (("fran", "first", "Från", period.first), ("till", "last", "Till", period.last)):
        if day:
            filters = replace(search.filters, period=replace(period, **{key: None}))
            yield Chosen(name, day, f"{label} {_day(day)}", address(replace(search, filters=filters, page=1)))


def all_values(values: Iterable[FacetValue]) -> Iterator[FacetValue]:
    """The values and all that lie below them."""
    for value in values:
        yield value
        yield from all_values(value.children)


def without_filters(search: Search) -> str:
    """The address of the same question with nothing chosen."""
    return address(replace(search, filters=Filters(), page=1))


def unanswerable(faults: Iterable[Unreadable]) -> tuple[Unreadable, ...]:
    """The faults instead of which nothing can be shown: another answer would be mistaken for the one asked for."""
    return tuple(fault for fault in faults if not fault.instead)


def kept(results: Results, wrong: Sequence[Unreadable]) -> list[tuple[str, str]]:
    """Name and value of all that another question is asked with: filters, also those to be mended, order and size."""
    search = replace(results.search, query="", page=1, literal=False, explain=False)
    pairs = parse_qsl(query_string(search))
    names = {name for name, _ in pairs} & {"fran", "till"}
    return pairs + [(fault.parameter, fault.value) for fault in wrong if fault.parameter not in names]


def shape(search: Search) -> list[tuple[str, str]]:
    """Name and value of what shapes an answer beside question and filters."""
    return parse_qsl(query_string(replace(search, query="", filters=Filters(), page=1)))


def groups(results: Results, wrong: Sequence[Unreadable]) -> list[Group]:
    """The facets that are chosen by checkboxes, those that have values or were given one that cannot be read."""
    found = []
    for facet in FACETS:
        values = _offered(facet, results)
        faults = tuple(fault for fault in wrong if fault.parameter == PARAMETERS[facet])
        length = len(values) if facet == "region" else VALUES_SHOWN
        if facet != "year" and (values or faults):
            found.append(Group(PARAMETERS[facet], FACET_LABELS[facet], *_shortened(values, length), faults))
    return found


def _offered(facet: str, results: Results) -> tuple[FacetValue, ...]:
    """What is only named is offered where something was asked: nobody begins there."""
    search = results.search
    asked = search.query or search.filters
    return results.facets.get(facet, ()) if asked or facet != "mentions" else ()


def _shortened(values: tuple[FacetValue, ...], length: int) -> tuple[tuple[FacetValue, ...], tuple[FacetValue, ...]]:
    """The first values and all that are chosen, and the rest; one value alone is not worth a click."""
    if len(values) <= length + 1:
        return values, ()
    rest = [value for value in values[length:] if not value.selected]
    return tuple(value for value in values if value not in rest), tuple(rest)


def years(results: Results) -> tuple[list[Year], list[Year]]:
    """The histogram, newest first, and the older years that are behind a click."""
    return _rows(list(_without_gaps(results.facets.get("year", ()), results.search)))


def months(results: Results) -> list[Year]:
    """The same for the months of the only chosen year, in the order of time; empty otherwise."""
    opened = next((year for year in results.facets.get("year", ()) if year.children), None)
    return _rows(list(opened.children))[0] if opened else []


def _rows(values: list[FacetValue]) -> tuple[list[Year], list[Year]]:
    most = max((value.count for value in values), default=0)
    rows = [Year(value, -(-value.count * BAR_STEPS // most) if most else 0) for value in values]
    return (rows, []) if len(rows) <= YEARS_SHOWN + 1 else (rows[:YEARS_SHOWN], rows[YEARS_SHOWN:])


def _without_gaps(values: tuple[FacetValue, ...], search: Search) -> Iterator[FacetValue]:
    known = {int(value.value): value for value in values if value.value != UNKNOWN}
    if known and max(known) - min(known) <= GAP:
        for year in range(max(known), min(known) - 1, -1):
            empty = FacetValue(str(year), str(year), 0, False, address(toggled(search, "year", str(year))))
            yield known.get(year, empty)
    else:
        yield from known.values()
    yield from (value for value in values if value.value == UNKNOWN)


def date_fields(period: Period, wrong: Sequence[Unreadable]) -> tuple[DateField, ...]:
    """From and to: what was read in the shortest form that means the same, else what was typed."""
    return (
        _date_field("fran", "Från", _short(period.first or "", "-01-01"), wrong),
        _date_field("till", "Till", _short(period.last or "", "-12-31"), wrong),
    )


def _date_field(name: str, label: str, read: str, wrong: Sequence[Unreadable]) -> DateField:
    fault = next((fault for fault in wrong if fault.parameter == name), None)
    return DateField(name, label, fault.value if fault else read, fault.detail if fault else "")


def _short(day: str, ending: str) -> str:
    return day[:4] if len(day) == 10 and day.endswith(ending) else day


def period_text(period: Period) -> str:
    """What the dates were read as.

    >>> period_text(Period("2019-03-01", "2019-03-31")), period_text(Period(None, "2020-12-31"))
    ('Läst som 1 mars 2019 till 31 mars 2019.', 'Läst som till och med 31 december 2020.')
    """
    if period.first and period.last:
        return f"Läst som {_day(period.first)} till {_day(period.last)}."
    if period.first:
        return f"Läst som från och med {_day(period.first)}."
    return f"Läst som till och med {_day(period.last or '')}." if period.last else ""


def _day(iso: str) -> str:
    return date_text(iso, "day")


def orders(search: Search) -> list[tuple[str, str, bool]]:
    """Label, address and whether it is in force, of each order that makes a difference."""
    current = search.order if search.query or search.order != "relevans" else "nyast"
    return [
        (label, address(replace(search, order=order, page=1)), order == current)  # type: ignore[arg-type]
        for order, label in ORDER_LABELS.items()
        if search.query or order != "relevans"
    ]
