"""Counts -> facet values: labels, order, the tree of regions, and the address that toggles each value."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from indexer.addresses import address, toggled
from indexer.kinds import KINDS
from indexer.queries import UNKNOWN, Search
from indexer.regions import label, order, parent, with_ancestors
from indexer.results import FacetValue

_UNKNOWN_LABELS = {"year": "Okänt år", "source": "Okänd källa", "kind": "Okänd typ"}


def facet_values(facet: str, counts: Mapping[str, int], search: Search) -> tuple[FacetValue, ...]:
    """The values of a facet as they are shown; chosen ones also at 0."""
    chosen = search.filters.values(facet)
    shown = {value: counts.get(value, 0) for value in (*counts, *chosen)}
    if facet == "region":
        return _tree(shown, search)
    values = sorted(shown, key=_orders(facet, shown))
    return tuple(_value(facet, value, shown[value], search) for value in values)


def _orders(facet: str, counts: Mapping[str, int]) -> Callable[[str], tuple[object, ...]]:
    if facet == "year":  # newest first, unknown last
        return lambda value: (value == UNKNOWN, -int(value) if value.isdigit() else 0)
    return lambda value: (-counts[value], value)


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
    if facet == "region":
        return label(value)
    return KINDS.get(value, value) if facet == "kind" else value
