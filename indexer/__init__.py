"""The door to Regionsök: what the web and scripts may import.

    write: file or page -> ingestion -> Document -> dates, regions, kinds -> analysed fields -> engine -> index/
    read:  question -> addresses -> Search -> parsing -> planning -> engine.count, engine.find -> searching -> Results

The imports below are the table of what there is: type checkers follow them, and at run time a name is imported at first
use, so that a command loads only what it needs and a missing package is told by the command that needs it.
"""

# ruff: noqa: F401
# mypy: implicit-reexport

import ast
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from indexer.addresses import (
        CHOSEN_FACETS,
        SEARCH_PARAMETERS,
        Parameters,
        Unreadable,
        address,
        facets_from,
        query_string,
        search_from,
        toggled,
        unknown,
    )
    from indexer.crawling import read_visits
    from indexer.documents import RIGHTS, THIRD_PARTY, Document
    from indexer.documents import to_json as document_to_json
    from indexer.facets import FACETS, UNKNOWN, Facet
    from indexer.indexing import build
    from indexer.metadata.dates import DATE_PARTS, date_text, in_words, known_parts
    from indexer.metadata.regions.gazetteer import NATIONAL, counties, is_county
    from indexer.metadata.regions.gazetteer import label as region_label
    from indexer.metadata.regions.gazetteer import parent as region_above
    from indexer.metadata.regions.gazetteer import resolve as region_named
    from indexer.queries import ORDERS, Filters, Order, Period, Search
    from indexer.results import FacetValue, Found, Hit, Results, Snippet, Span, all_values
    from indexer.results import encodable as encodable_results
    from indexer.results.exporting import COLUMNS, FORMS, Row, exported, tabled
    from indexer.searching import IndexMissing, Searcher
    from indexer.searching.hits import facet_value
    from indexer.searching.questions import day_of
    from indexer.searching.snippets import cut_before
    from indexer.searching.statistics import COMPARED, SIDES, Figure, Side, coverage, sides, trends
    from indexer.settings import Settings, SettingsError, load_settings
    from indexer.swedish.words import load_tables


@cache
def _places() -> dict[str, tuple[str, str]]:
    """Name -> the module that it lies in, and what it is called there."""
    return {
        alias.asname or alias.name: (node.module, alias.name)
        for node in ast.walk(ast.parse(Path(__file__).read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(f"{__name__}.")
        for alias in node.names
    }


def __getattr__(name: str) -> object:
    if name not in _places():
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home, original = _places()[name]
    globals()[name] = getattr(import_module(home), original)
    return globals()[name]
