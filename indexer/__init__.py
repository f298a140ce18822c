"""The door to Regionsök: what the web and scripts may import.

    write: file or page -> ingestion -> Document -> dates, regions, kinds -> analysed fields -> engine -> index/
    read:  question -> addresses -> Search -> parsing -> planning -> engine.find -> Matches -> searching -> Results

Names are imported at first use, so that a command loads only what it needs and a missing package is told by the
command that needs it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from indexer.addresses import (
        PARAMETERS,
        SEARCH_PARAMETERS,
        Parameters,
        Unreadable,
        address,
        query_string,
        search_from,
        toggled,
        unknown,
    )
    from indexer.documents import RIGHTS, THIRD_PARTY, Document
    from indexer.documents import to_json as document_to_json
    from indexer.indexing import build
    from indexer.metadata.dates import MONTH_NAMES
    from indexer.metadata.kinds import KINDS
    from indexer.metadata.regions import counties
    from indexer.metadata.regions import label as region_label
    from indexer.metadata.regions import parent as region_above
    from indexer.metadata.regions import resolve as region_named
    from indexer.queries import FACET_LABELS, FACETS, ORDERS, UNKNOWN, Filters, Period, Search
    from indexer.results import FacetValue, Hit, Results, Snippet
    from indexer.results import to_json as results_to_json
    from indexer.searching import IndexMissing, Searcher
    from indexer.searching.highlights import cut_before
    from indexer.searching.statistics import COMPARED, Coverage, Trend, coverage, trends
    from indexer.settings import Settings, SettingsError, load_settings

__all__ = [
    "COMPARED",
    "FACETS",
    "FACET_LABELS",
    "KINDS",
    "MONTH_NAMES",
    "ORDERS",
    "PARAMETERS",
    "RIGHTS",
    "SEARCH_PARAMETERS",
    "THIRD_PARTY",
    "UNKNOWN",
    "Coverage",
    "Document",
    "FacetValue",
    "Filters",
    "Hit",
    "IndexMissing",
    "Parameters",
    "Period",
    "Results",
    "Search",
    "Searcher",
    "Settings",
    "SettingsError",
    "Snippet",
    "Trend",
    "Unreadable",
    "address",
    "build",
    "counties",
    "coverage",
    "cut_before",
    "document_to_json",
    "load_settings",
    "query_string",
    "region_above",
    "region_label",
    "region_named",
    "results_to_json",
    "search_from",
    "toggled",
    "trends",
    "unknown",
]

_HOMES = {
    "addresses": (
        "PARAMETERS",
        "SEARCH_PARAMETERS",
        "Parameters",
        "Unreadable",
        "address",
        "query_string",
        "search_from",
        "toggled",
        "unknown",
    ),
    "indexing": ("build",),
    "metadata.dates": ("MONTH_NAMES",),
    "documents": ("RIGHTS", "THIRD_PARTY", "Document"),
    "searching.highlights": ("cut_before",),
    "metadata.kinds": ("KINDS",),
    "queries": ("FACETS", "FACET_LABELS", "ORDERS", "UNKNOWN", "Filters", "Period", "Search"),
    "metadata.regions": ("counties",),
    "results": ("FacetValue", "Hit", "Results", "Snippet"),
    "searching": ("IndexMissing", "Searcher"),
    "searching.statistics": ("COMPARED", "Coverage", "Trend", "coverage", "trends"),
    "settings": ("Settings", "SettingsError", "load_settings"),
}
_RENAMED = {
    "document_to_json": ("documents", "to_json"),
    "region_above": ("metadata.regions", "parent"),
    "region_label": ("metadata.regions", "label"),
    "region_named": ("metadata.regions", "resolve"),
    "results_to_json": ("results", "to_json"),
}
_PLACES = {name: (home, name) for home, names in _HOMES.items() for name in names} | _RENAMED


def __getattr__(name: str) -> object:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home, original = _PLACES[name]
    found: object = getattr(import_module(f"{__name__}.{home}"), original)
    globals()[name] = found
    return found
