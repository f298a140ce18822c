"""Counts -> facet values: labels, order, the tree of regions, and the address that toggles each value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from indexer.addresses import address, toggling
from indexer.facets import FACETS, UNKNOWN, is_month, value_label
from indexer.metadata.dates import in_words
from indexer.metadata.regions.gazetteer import order, parent, with_ancestors
from indexer.queries import Search
from indexer.results import FacetValue

YEAR_LENGTH = 4


def facet_values(facet: str, counts: Mapping[str, int], search: Search) -> tuple[FacetValue, ...]:
    """The values of a facet as they are shown; chosen ones also at 0."""
    chosen = search.filters.values(facet)
    shown = {value: counts.get(value, 0) for value in (*counts, *chosen)}
    if FACETS[facet].tree:
        return _tree(facet, shown, search)
    if FACETS[facet].aspect == "time":
        return _years(facet, shown, search)
    values = sorted(shown, key=lambda value: (-shown[value], value))
    return tuple(facet_value(facet, value, shown[value], search) for value in values)


def _years(facet: str, counts: Mapping[str, int], search: Search) -> tuple[FacetValue, ...]:
    """Years, newest first and unknown last; of the only chosen year, its months, each in place of what is chosen."""
    chosen = {value[:YEAR_LENGTH] for value in search.filters.values(facet)}
    years = {value[:YEAR_LENGTH] if is_month(value) else value for value in counts}

    def months(year: str) -> tuple[FacetValue, ...]:
        return _months(facet, year, counts, search) if chosen == {year} else ()

    return tuple(
        facet_value(facet, year, counts.get(year, 0), search, months(year))
        for year in sorted(years, key=lambda year: (year != UNKNOWN, year), reverse=True)
    )


def _months(facet: str, year: str, counts: Mapping[str, int], search: Search) -> tuple[FacetValue, ...]:
    values = []
    for month in sorted(month for month in counts if is_month(month) and month.startswith(year)):
        selected = month in search.filters.values(facet)
        filters = search.filters.with_values(facet, (year,) if selected else (month,))
        url = address(search, filters=filters)
        values.append(FacetValue(month, in_words(month), counts[month], selected, url))
    return tuple(values)


def _tree(facet: str, counts: Mapping[str, int], search: Search) -> tuple[FacetValue, ...]:
    """Regions under the region they lie in; the fullest first."""
    below: dict[str | None, list[str]] = {}
    for value in with_ancestors(counts):
        below.setdefault(parent(value), []).append(value)

    def branch(above: str | None) -> tuple[FacetValue, ...]:
        values: Iterable[str] = sorted(below.get(above, ()), key=lambda value: (-counts.get(value, 0), order(value)))
        return tuple(facet_value(facet, value, counts.get(value, 0), search, branch(value)) for value in values)

    return branch(None)


def facet_value(
    facet: str, value: str, count: int, search: Search, children: tuple[FacetValue, ...] = ()
) -> FacetValue:
    """A value of a facet as it is shown beside the answer to a Search."""
    selected = value in search.filters.values(facet)
    label = value_label(FACETS[facet], value)
    return FacetValue(value, label, count, selected, toggling(search, facet, value), children)
