"""Chosen filters -> plans: OR within a facet, AND between facets."""

from __future__ import annotations

from indexer.fields import COLLAPSED, day_number
from indexer.planning.nodes import AnyOf, Between, Plan, Value
from indexer.queries import Filters, Period

_FIRST_DAY, _LAST_DAY = 1, 99999999


def filter_plans(filters: Filters) -> dict[str, Plan]:
    """Facet, or `period` -> what its chosen values demand; facets without a choice are left out."""
    plans: dict[str, Plan] = {
        facet: AnyOf(tuple(Value(facet, value) for value in values)) for facet, values in filters.chosen
    }
    return plans | {"period": _between(filters.period)} if filters.period else plans


COLLAPSED_DUPLICATES: Plan = Value("collapsed", COLLAPSED)
"""Documents that another publication of the same release stands for."""


def _between(period: Period) -> Between:
    return Between(
        day_number(period.first) if period.first else _FIRST_DAY,
        day_number(period.last) if period.last else _LAST_DAY,
    )
