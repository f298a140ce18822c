"""The door to Regionsök: what the web, the terminal and scripts may import.

    write: file or page -> ingestion -> Document -> dates, regions, kinds -> analysed fields -> engine -> index/
    read:  question -> addresses -> Search -> parsing -> planning -> engine.count, engine.find -> searching -> Results

The imports below are the table of what there is: type checkers follow them, and at run time a name is imported at first
use, so that a command loads only what it needs and a missing package is told by the command that needs it.
"""

# ruff: noqa: F401
# mypy: implicit-reexport

import ast
from pathlib import Path
from pkgutil import resolve_name
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from indexer.addresses import SEARCH_PARAMETERS, Parameters, Unreadable, address, encoded, query_string, search_from
    from indexer.addresses import unknown as unknown_parameters
    from indexer.corpus.ledger import CorrectionError, Ledger, read_ledger
    from indexer.crawling import OUTCOMES, Report, Visit, check_sources, crawl, fetch, last_visits, read_visits
    from indexer.documents import RIGHTS, THIRD_PARTY, Document, Refusal
    from indexer.documents import to_json as document_to_json
    from indexer.facets import FACETS, UNKNOWN, Facet
    from indexer.faults import Fault, naming
    from indexer.generations import read_manifest
    from indexer.indexing import build
    from indexer.indexing.backup import back_up, restore
    from indexer.indexing.checking import aliases, check, status
    from indexer.indexing.curating import Added, Operator, add, correct, forget, hide, pair, read_sources, remove, undo
    from indexer.metadata.dates import DATE_PARTS, date_text, instant_text, known_parts, parse_date
    from indexer.metadata.regions import gazetteer
    from indexer.metadata.tables import one_of, rows
    from indexer.queries import ORDERS, Filters, Period, Reached, Search
    from indexer.results import FacetValue, Found, Hit, Offer, Results, Snippet, Span, all_values
    from indexer.results import encodable as encodable_results
    from indexer.results import to_json as results_to_json
    from indexer.results.exporting import COLUMNS, FORMS, UNFIT, Row, exported, tabled
    from indexer.searching import IndexMissing, Searcher
    from indexer.searching.hits import facet_value
    from indexer.searching.questions import day_of
    from indexer.searching.snippets import cut_before
    from indexer.searching.statistics import COMPARED, SIDES, Figure, Side, coverage, sides, trends
    from indexer.settings import ENGINES, Settings, SettingsError, load_settings
    from indexer.swedish.words import load_tables


_PLACES = {
    alias.asname or alias.name: f"{node.module}:{alias.name}"
    for node in ast.walk(ast.parse(Path(__file__).read_text(encoding="utf-8")))
    if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(f"{__name__}.")
    for alias in node.names
}
"""Name -> the module that it lies in, a colon, and what it is called there."""


def __getattr__(name: str) -> object:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = resolve_name(_PLACES[name])
    return globals()[name]
