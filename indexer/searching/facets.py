"""Counts -> facet values: labels, order, the tree of regions, and the address that toggles each value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from indexer.addresses import address, toggled
from indexer.fields import is_month
from indexer.metadata.dates import MONTH_NAMES
from indexer.metadata.kinds import KINDS
from indexer.metadata.regions import label, order, parent, with_ancestors
from indexer.queries import UNKNOWN, Search
from indexer.results import FacetValue

YEAR_LENGTH = 4
_UNKNOWN_LABELS = {"year": "Okänt år", "source": "Okänd källa", "kind": "Okänd typ"}


def facet_values(facet: str, counts: Mapping[str, int], search: Search) -> tuple[FacetValue, ...]:
    """The values of a facet as they are shown; chosen ones also at 0."""
    chosen = search.filters.values(facet)
    shown = {value: counts.get(value, 0) for value in (*counts, *chosen)}
    if facet == "region":
        return _tree(shown, search)
    if facet == "year":
        return _years(shown, search)
    values = sorted(shown, key=lambda value: (-shown[value], value))
    return tuple(_value(facet, value, shown[value], search) for value in values)


def _years(counts: Mapping[str, int], search: Search) -> tuple[FacetValue, ...]:
    """Years, newest first and unknown last; of the only chosen year, its months, each in place of what is chosen."""
    chosen = {value[:YEAR_LENGTH] for value in search.filters.year}
    opened = chosen.pop() if len(chosen) == 1 else None
    months = {value: count for value, count in counts.items() if is_month(value)}
    years = dict.fromkeys(
        [*(value for value in counts if value not in months), *(month[:YEAR_LENGTH] for month in months)]
    )
    return tuple(
        _value("year", year, counts.get(year, 0), search, _months(year, months, search) if year == opened else ())
        for year in sorted(years, key=lambda year: (year != UNKNOWN, year), reverse=True)
    )


def _months(year: str, counts: Mapping[str, int], search: Search) -> tuple[FacetValue, ...]:
    found = []
    for month in sorted(month for month in counts if month.startswith(year)):
        selected = month in search.filters.year
        filters = replace(search.filters, year=(year,) if selected else (month,))
        url = address(replace(search, filters=filters, page=1))
        found.append(FacetValue(month, f"{MONTH_NAMES[int(month[5:]) - 1]} {year}", counts[month], selected, url))
    return tuple(found)


def _tree(counts: Mapping[str, int], search: Search) -> tuple[FacetValue, ...]:
    """Regions under the region they lie in; the fullest first."""
    below: dict[str | None, list[str]] = {}
    for value in with_ancestors(counts):
        below.setdefault(parent(value), []).append(value)

    def branch(above: str | None) -> tuple[FacetValue, ...]:
        values: Iterable[str] = sorted(below.get(above, ()), key=lambda value: (-counts.get(value, 0), order(value)))
        return tuple(_value("region", value, counts.get(value, 0), search, branch(value)) for value in values)

    return branch(None)


def _value(facet: str, value: str, count: int, search: Search, children: tuple[FacetValue, ...] = ()) -> FacetValue:
    selected = value in search.filters.values(facet)
    return FacetValue(value, _label(facet, value), count, selected, address(toggled(search, facet, value)), children)


def _label(facet: str, value: str) -> str:
    if value == UNKNOWN:
        return _UNKNOWN_LABELS[facet]
    if facet in ("region", "mentions"):
        return label(value)
    return KINDS.get(value, value) if facet == "kind" else value
