"""All that an index answers, on every face, as text: two indexes are one where it is the same."""

from __future__ import annotations

import json
from pathlib import Path

from msgspec import to_builtins
from msgspec.structs import asdict, replace

from indexer.documents import to_json as document_json
from indexer.indexing import build
from indexer.indexing.checking import aliases
from indexer.queries import Filters, Search
from indexer.results import to_json
from indexer.searching import Searcher
from indexer.searching.statistics import sides, trends
from indexer.settings import Settings

QUESTIONS = (
    "",
    "region",
    "kaffe*",
    "kaffebryggare~",
    "kafferosteri",
    "sats* vätgas",
    "ny* ELLER gamm*",
    '"regionen satsar"',
    "energi NÄRA/5 industri",
    "kommun INTE kaffe*",
    "rubrik:nyhet",
    "år:2019..2021 region",
    "Anna Berg",
    "industriutveckling",
    "kafé skola buss",
)


def answers(settings: Settings, searcher: Searcher | None = None) -> list[str]:
    """One line each: answers in every order, with every duplicate, documents, completions, similar, trends and aliases."""
    searcher = searcher or Searcher(settings)
    asked = [
        replace(Search(question, size=100), order=order, with_duplicates=with_duplicates)
        for question in QUESTIONS
        for order, with_duplicates in (("relevans", False), ("relevans", True), ("nyast", False))
    ]
    found = [to_json(searcher.search(search)) for search in asked]
    documents = [searcher.document(hit["id"]) for hit in found[1]["hits"]]
    whole = [document for document in documents if document]
    lines = [
        *found,
        *([document_json(one), one.canonical, [asdict(other) for other in one.duplicates]] for one in whole),
        *([one.id, bool(one.first_seen), [other.id for other in searcher.similar(one)]] for one in whole),
        *(to_builtins(searcher.complete(typed)) for typed in ("kaf", "ny", "region sa", "industri")),
        *(
            to_builtins(trend)
            for trend in trends(searcher, list(sides(searcher, ("region", "kaffe*"), Filters())), monthly=True)
        ),
        *([asdict(alias), often] for alias, often in aliases(settings)),
    ]
    return [json.dumps(line, ensure_ascii=False, sort_keys=True) for line in lines]


def fresh_answers(settings: Settings, index: Path) -> list[str]:
    """Those of an index built at once of what corpus/ and its ledger hold."""
    fresh = replace(settings, index=index)
    build(fresh)
    return answers(fresh)
