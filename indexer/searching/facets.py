"""Counts -> facet values: labels, order, the tree of regions, and the address that toggles each value."""

from collections.abc import Callable, Iterator, Mapping

from indexer.addresses import address, toggling
from indexer.facets import FACETS, UNKNOWN, is_month, value_label
from indexer.metadata.regions.gazetteer import order, parent, with_ancestors
from indexer.queries import Search
from indexer.results import FacetValue

_Made = Callable[..., FacetValue]
"""Value, count and children -> the value as it is shown."""


def facet_values(facet: str, counts: Mapping[str, int], search: Search) -> tuple[FacetValue, ...]:
    """The values of a facet as they are shown; chosen ones also at 0."""
    shown = {value: counts.get(value, 0) for value in (*counts, *search.filters.values(facet))}
    made = _made(facet, search)
    if FACETS[facet].tree:
        return _tree(shown, made)
    if FACETS[facet].aspect == "time":
        return _years(facet, shown, search, made)
    return tuple(made(value, shown[value]) for value in sorted(shown, key=lambda value: (-shown[value], value)))


def _years(facet: str, counts: Mapping[str, int], search: Search, made: _Made) -> tuple[FacetValue, ...]:
    """Years, newest first and unknown last; of the only chosen year, its months, each in place of what is chosen."""
    chosen = {value.partition("-")[0] for value in search.filters.values(facet)}
    years = {value.partition("-")[0] for value in counts}
    return tuple(
        made(year, counts.get(year, 0), tuple(_months(facet, year, counts, search)) if chosen == {year} else ())
        for year in sorted(years, key=lambda year: (year != UNKNOWN, year), reverse=True)
    )


def _months(facet: str, year: str, counts: Mapping[str, int], search: Search) -> Iterator[FacetValue]:
    for month in sorted(month for month in counts if is_month(month) and month.startswith(year)):
        selected = month in search.filters.values(facet)
        url = address(search, filters=search.filters.with_values(facet, (year if selected else month,)))
        yield FacetValue(month, value_label(FACETS[facet], month), counts[month], selected, url)


def _tree(counts: Mapping[str, int], made: _Made) -> tuple[FacetValue, ...]:
    """Regions under the region they lie in; the fullest first."""
    below: dict[str | None, list[str]] = {}
    # All that they lie in is counted too, but for what is only chosen.
    for region in counts if min(counts.values(), default=0) else with_ancestors(counts):
        below.setdefault(parent(region), []).append(region)

    def branch(above: str | None) -> tuple[FacetValue, ...]:
        values = sorted(below[above], key=lambda value: (-counts.get(value, 0), order(value)))
        return tuple(made(value, counts.get(value, 0), branch(value) if value in below else ()) for value in values)

    return branch(None) if below else ()


def facet_value(facet: str, value: str, count: int, search: Search) -> FacetValue:
    """A value of a facet as it is shown beside the answer to a Search."""
    return _made(facet, search)(value, count)


def _made(facet: str, search: Search) -> _Made:
    chosen, address_of = search.filters.values(facet), toggling(search, facet)

    def made(value: str, count: int, children: tuple[FacetValue, ...] = ()) -> FacetValue:
        label = value_label(FACETS[facet], value)
        return FacetValue(value, label, count, value in chosen, address_of(value), children)

    return made
