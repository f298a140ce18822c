"""python -m benchmarks.cluster WORK DOCUMENTS: one cluster of three nodes holds our index and a plain one by the analyser `swedish`; as JSON.

Milliseconds of each question, asked of both in turn, each time for a total, ten hits with their texts and counts by source and year: `plan`
is what our engine asks for, `plain` the best query that OpenSearch's own analysis has (`peers.opensearch`), `whole` our answer with all
that it says besides, in the process. `bulk` has seconds of sending ready records and the same texts, each in bulks as large by the same client.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

from msgspec import structs
from opensearchpy import helpers

from benchmarks import documents
from benchmarks.peers import opensearch as peer
from benchmarks.peers.protocol import COUNTED, HITS
from benchmarks.peers.regionsok import typed
from benchmarks.questions import Question, read
from indexer.engines import BY_YEAR, Window, open_engine, opensearch
from indexer.fields import document_of, record_of
from indexer.generations import read_current
from indexer.indexing import build
from indexer.queries import Search
from indexer.searching import Searcher
from indexer.searching.opening import CurrentIndex
from indexer.searching.questions import Question as Asked
from indexer.settings import Settings
from tests.cluster import Cluster, running

PLAIN, HEAP = "plain", "2g"
OURS = tuple(BY_YEAR if facet == "year" else facet for facet in COUNTED)
"""As a page asks for them where no year is chosen: its own values are months too."""
WARMED = 5
"""Times that other questions are asked before any is timed: what answers is compiled as it runs."""
SENT = 10_000
"""Records that a bulk is timed over."""


def main() -> None:
    """Print one JSON object."""
    work, size = Path(sys.argv[1]), sys.argv[2]
    folder = work / "cluster"
    folder.mkdir(parents=True)
    (folder / "corpus").mkdir()
    (folder / "corpus" / "documents.jsonl").symlink_to(work / f"{size}.jsonl")
    warm, alone, _ = read(work / f"{size}.questions.json")
    with running(heap=HEAP) as cluster:
        settings = cluster.settings(opensearch_prefix="ours")
        settings = structs.replace(settings, corpus=folder / "corpus", index=folder / "index")
        began = time.perf_counter()
        build(settings)
        built = time.perf_counter() - began
        _fill(cluster, work / f"{size}.jsonl")
        figures = {
            "build": built,
            "bulk": _bulks(cluster, settings, work / f"{size}.jsonl"),
            **_asked(cluster, settings, warm, alone),
        }
    print(json.dumps(figures))


def _fill(cluster: Cluster, file: Path, index: str = PLAIN, most: int | None = None) -> float:
    """Seconds to send documents as they are."""
    mapping = {"settings": peer.MAPPING["settings"] | {"number_of_replicas": 1}, "mappings": peer.MAPPING["mappings"]}
    cluster.client.indices.create(index=index, body=mapping, wait_for_active_shards="all")
    rows = islice(documents.read(file), most)
    actions = [
        {"_id": row["id"], "title": row["title"], "text": row["text"]}
        | {"source": row.get("source") or "", "year": (row.get("date") or "")[:4]}
        for row in rows
    ]
    began = time.perf_counter()
    for _ in helpers.streaming_bulk(
        cluster.client, actions, index=index, chunk_size=10_000, max_chunk_bytes=8_000_000, request_timeout=120
    ):
        pass
    cluster.client.indices.refresh(index=index, request_timeout=120)
    return time.perf_counter() - began


def _bulks(cluster: Cluster, settings: Settings, file: Path) -> dict[str, list[float]]:
    """Three times each, in turn."""
    now = read_current(settings.index)
    assert now
    with closing(open_engine("opensearch", now.generation.engine_folder, settings)) as engine:
        stored = [engine.get(id) for id in islice(engine.ids(), SENT)]
    records = [record_of(document_of(text)) for text in stored if text]
    spent: dict[str, list[float]] = {"ready": [], "plain": []}
    for turn in range(3):
        other = structs.replace(settings, opensearch_prefix=f"bulk{turn}")
        with closing(opensearch.OpensearchWriter(settings.index.parent / f"bulk{turn}", other)) as writer:
            cluster.client.cluster.health(index=f"bulk{turn}*", wait_for_status="green")
            began = time.perf_counter()
            for record in records:
                writer.add(record)
            writer.commit()
            spent["ready"].append(time.perf_counter() - began)
        spent["plain"].append(_fill(cluster, file, f"plain{turn}", len(records)))
        cluster.client.indices.delete(index=f"bulk{turn}*,plain{turn}")
    return spent


def _asked(cluster: Cluster, settings: Settings, warm: list[Question], alone: list[Question]) -> dict[str, Any]:
    searcher = Searcher(settings)
    spent: dict[str, list[float]] = {"plan": [], "plain": [], "whole": []}
    with CurrentIndex(settings).reading() as index:

        def plan(question: Question) -> Callable[[], object]:
            asked = Asked(index, Search(typed(question)))
            narrowed = asked.narrowed(asked.planned.strict)
            return lambda: index.engine.count_and_find(narrowed, Window(0, HITS), OURS)

        def plain(question: Question) -> Callable[[], object]:
            body = peer.body(question) | {"_source": ["title", "text"]}
            del body["highlight"]
            return lambda: cluster.client.search(index=PLAIN, body=body, request_cache=False)

        def whole(question: Question) -> Callable[[], object]:
            return lambda: searcher.search(Search(typed(question)))

        ways = {"plan": plan, "plain": plain, "whole": whole}
        for question in warm * WARMED:
            for way in ways.values():
                way(question)()
        chance = random.Random(len(alone))
        for question in alone:
            for name in chance.sample(list(ways), len(ways)):  # what is asked after what changes its time
                act = ways[name](question)
                began = time.perf_counter()
                act()
                spent[name].append(round((time.perf_counter() - began) * 1000, 3))
    return {**spent, "kinds": [question.kind for question in alone]}


if __name__ == "__main__":
    main()
