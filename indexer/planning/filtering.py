"""Chosen filters -> plans: OR within a facet, AND between facets."""

from indexer.fields import COLLAPSED, day_number
from indexer.planning.nodes import AnyOf, Between, Plan, Value
from indexer.queries import Filters


def filter_plans(filters: Filters) -> dict[str, Plan]:
    """Facet, or `period` -> what its chosen values demand; facets without a choice are left out."""
    plans: dict[str, Plan] = {name: AnyOf(tuple(Value(name, one) for one in values)) for name, values in filters.chosen}
    if period := filters.period:
        first, last = period.first or "0001-01-01", period.last or "9999-12-31"
        plans["period"] = Between(day_number(first), day_number(last))
    return plans


COLLAPSED_DUPLICATES: Plan = Value("collapsed", COLLAPSED)
"""Documents that another publication of the same release stands for."""
