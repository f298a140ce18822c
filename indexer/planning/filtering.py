"""Chosen filters -> plans: OR within a facet, AND between facets."""

from indexer.fields import COLLAPSED, day_number
from indexer.planning.nodes import AnyOf, Between, Plan, Value
from indexer.queries import Filters

_FIRST_DAY, _LAST_DAY = 1, 99999999


def filter_plans(filters: Filters) -> dict[str, Plan]:
    """Facet, or `period` -> what its chosen values demand; facets without a choice are left out."""
    plans: dict[str, Plan] = {
        facet: AnyOf(tuple(Value(facet, value) for value in values)) for facet, values in filters.chosen
    }
    if period := filters.period:
        first = day_number(period.first) if period.first else _FIRST_DAY
        last = day_number(period.last) if period.last else _LAST_DAY
        plans["period"] = Between(first, last)
    return plans


COLLAPSED_DUPLICATES: Plan = Value("collapsed", COLLAPSED)
"""Documents that another publication of the same release stands for."""
