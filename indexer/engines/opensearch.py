"""The engine beyond one machine: compiles plans to OpenSearch's query language, and keeps records in a cluster.

An index there is one generation; the folder of the generation only says which one, in cluster.json.
"""

from collections import ChainMap
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, suppress
from datetime import UTC, datetime
from heapq import merge
from itertools import chain, groupby, islice
from operator import itemgetter
from pathlib import Path
from secrets import token_hex
from typing import Any

import msgspec
from opensearchpy import exceptions, helpers

from indexer.durable import write_durably
from indexer.engines import (
    BY_YEAR,
    SCORE_DECIMALS,
    ClusterDown,
    Counts,
    Engine,
    EngineError,
    Guarded,
    Match,
    Window,
    engine_faults,
    year_of,
)
from indexer.engines.connecting import LACKING, TROUBLES, connected
from indexer.engines.querying import GAPS, Asked, compiled, kept, key
from indexer.fields import BORDER, FIELDS, Kind, Record, digest_of
from indexer.planning import nodes
from indexer.settings import Settings

_WRITING = 120
"""Seconds for what changes an index."""
_BULK = 8_000_000
"""Bytes of a request: of bulks of 45 MB one in five was refused whole; OpenSearch's manual recommends 5 to 15."""
_PAGE, _SKIPPED = 500, 10_000
"""Hits of a request, with their texts or without; an index gives no more at once."""
_CLAUSES = 65_536
"""That a question may have; an untouched cluster takes 1,024, which three words at distance 10 in each of ten phrases pass."""
_FILE = "cluster.json"
_Hit = tuple[float, str, str | None]
"""Score, id, and what is stored if it was asked for."""


_KINDS: dict[Kind, dict[str, Any]] = {
    Kind.KEY: {"type": "keyword", "index": False},
    Kind.WORDS: {"type": "text", "analyzer": "whitespace"},
    Kind.VALUES: {"type": "keyword"},
    Kind.SORT: {"type": "keyword", "index": False},
    Kind.NUMBER: {"type": "long"},
    Kind.STORED: {"type": "keyword", "index": False, "doc_values": False},
}
_MAPPING: dict[str, Any] = {
    "dynamic": "strict",
    "_source": {"includes": ["stored"]},  # all else can be searched, and need not be read
    "properties": {name: _KINDS[field.kind] for name, field in FIELDS.items()},
}
_OURS = {"regionsok": digest_of(repr(_MAPPING))}
_ANALYSIS = {
    "filter": {"skip": {"type": "stop", "stopwords": [BORDER]}},
    "analyzer": {GAPS: {"type": "custom", "tokenizer": "whitespace", "filter": ["skip"]}},
}
INDEX = {
    "settings": {"refresh_interval": "-1", "auto_expand_replicas": "0-1", "analysis": _ANALYSIS},
    "mappings": _MAPPING | {"_meta": _OURS},
}
"""An index as it is made; how many shards it has, a template of whoever runs the cluster may say."""


class _Held:
    """The index of a generation, in the cluster that the settings name."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self._folder = folder
        self._client = connected(settings)
        if not (folder / _FILE).exists():
            self._create(settings)
        self._name = _name_in(folder)
        index = self._client.indices.get(index=self._name, ignore=404).get(self._name)
        if index is None:
            raise EngineError(f"Indexet {self._name} finns inte i klustret; kör regionsok index --rebuild.")
        if index["mappings"].get("_meta") != _OURS:
            raise EngineError(f"Indexet {self._name} är inte byggt av denna version; kör regionsok index --rebuild.")
        # Each shard has statistics of its own, which are to be added up before anything is scored.
        several = int(index["settings"]["index"]["number_of_shards"]) > 1
        self._kind = {"search_type": "dfs_query_then_fetch"} if several else {}

    def _create(self, settings: Settings) -> None:
        raise EngineError(f"Det finns inget index i {self._folder}; kör regionsok index --rebuild.")

    def close(self) -> None:
        """Let go of connections, and drop what is not committed."""
        self._client.close()


def _name_in(folder: Path) -> str:
    return str(msgspec.json.decode((folder / _FILE).read_bytes())["index"])


def delete_index(folder: Path, settings: Settings) -> None:
    """Delete what the cluster holds of the generation with that engine folder. Raises as `connected`."""
    with closing(connected(settings)) as client, engine_faults(folder):
        client.indices.delete(index=_name_in(folder), ignore_unavailable=True, request_timeout=_WRITING)


class OpensearchEngine(Guarded, _Held, Engine):
    """Reads what was committed last, also since it was opened; what takes several requests is read of one moment."""

    def places(self, plan: nodes.Plan, window: Window) -> Iterable[_Hit]:
        """The hits of a window, which are asked for when they are taken."""
        end = window.offset + max(0, window.limit)
        if window.ranking != "score":
            return islice(self._hits(compiled(plan), window.ranking, window.offset, end), window.offset, end)
        hits = self._hits(compiled(plan), "_score", window.offset, end + 10)
        ties = (_by_id(tied) for _, tied in groupby(hits, lambda hit: round(hit[0], SCORE_DECIMALS)))
        return islice((hit for tied in ties for hit in tied), window.offset, end)

    def read(self, place: _Hit) -> Match:
        """The hit at one of the places. Raises EngineError where it was deleted since."""
        score, id, stored = place
        if stored is None and (stored := self.get(id)) is None:
            raise EngineError("Indexet ändrades medan svaret skrevs; fråga igen.")
        return Match(id, round(score, SCORE_DECIMALS), stored)

    def count(self, plan: nodes.Plan, facets: Sequence[str] = ()) -> Counts:
        """How many documents match, in all and under each value of some facets; no document is scored for it."""
        # Room for more values than any facet has, so that every count is exact.
        counting: dict[str, Asked] = {facet: {"terms": {"field": facet, "size": 65_000}} for facet in facets}
        if BY_YEAR in facets:
            counting[BY_YEAR] = {"histogram": {"field": BY_YEAR, "interval": 10_000, "min_doc_count": 1}}
        query = compiled(nodes.matching(plan))
        found = self._search({"query": query, "size": 0, "track_total_hits": True, "aggs": counting})
        counted = found.get("aggregations", {})
        values = {facet: {one["key"]: one["doc_count"] for one in counted[facet]["buckets"]} for facet in facets}
        if BY_YEAR in facets:
            values[BY_YEAR] = {year_of(int(day)): number for day, number in values[BY_YEAR].items()}
        return Counts(found["hits"]["total"]["value"], values)

    def get(self, id: str) -> str | None:
        """The stored form of a document."""
        found = self._client.get(index=self._name, id=key(id), realtime=False, ignore=404)
        return found["_source"]["stored"] if found["found"] else None

    def ids(self) -> Iterator[str]:
        """Every document's id, once for each time it is held."""
        return (id for _, id, _ in self._hits({"match_all": {}}, "newest", 10**9, 10**9))

    def _hits(self, query: Asked, order: str, first: int, end: int) -> Iterator[_Hit]:
        """All hits as the cluster orders them, in as few pages as are few up to `end`; from `first` on with their texts."""
        body = {"query": query, "sort": [{order: "desc" if order == "_score" else "asc"}, "id"]}
        seen, size, point = 0, 0, None
        if end > _PAGE:
            kept_for = {"keep_alive": "5m"}
            with engine_faults(self._folder):
                point = self._client.create_pit(index=self._name, allow_partial_pit_creation=False, **kept_for)[
                    "pit_id"
                ]
            body["pit"] = kept_for | {"id": point}
        try:
            hits: list[Asked] = []
            while len(hits) == size:
                texts = first - seen < _PAGE
                size = min(max(end - seen, seen, 10), _PAGE) if texts else min(first - seen, _SKIPPED)
                hits = self._search(body | {"size": size, "_source": texts})["hits"]["hits"]
                yield from map(_hit, hits)
                seen += size
                body["search_after"] = hits[-1]["sort"] if hits else []
        finally:
            if point:
                with suppress(EngineError, exceptions.OpenSearchException):  # it ends by itself
                    self._client.delete_pit(body={"pit_id": [point]})

    def _search(self, body: Asked) -> dict[str, Any]:
        # The same question goes to the same copies, whose deleted documents count alike; half an answer is none.
        where = {} if "pit" in body else {"index": self._name, "preference": digest_of(repr(body["query"]))}
        body = {"track_total_hits": False} | body
        with engine_faults(self._folder):
            found: dict[str, Any] = self._client.search(
                body=body, allow_partial_search_results=False, **self._kind, **where
            )
        return found


class OpensearchWriter(Guarded, _Held):
    """Writes one generation; all waits here for `commit`, which is seen by everyone when its last part is durable."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self._waiting: dict[str, tuple[str, str | None]] = {}
        super().__init__(folder, settings)
        self.target = self._name
        """What is written to, which may be an alias of the index: once it is taken away, nothing more is written."""

    def _create(self, settings: Settings) -> None:
        name = f"{settings.opensearch_prefix}-{datetime.now(UTC):%Y%m%d%H%M%S}-{token_hex(4)}"
        self._folder.mkdir(parents=True, exist_ok=True)
        write_durably(self._folder / _FILE, msgspec.json.encode({"index": name}))  # an index nobody knows of would stay
        self._client.indices.create(index=name, body=INDEX, request_timeout=_WRITING)
        with suppress(EngineError):  # where that is not ours to decide, whoever runs the cluster does
            now = self._client.cluster.get_settings(include_defaults=True, flat_settings=True)
            limit = "indices.query.bool.max_clause_count"
            if int(ChainMap(now["transient"], now["persistent"], now["defaults"])[limit]) < _CLAUSES:
                self._client.cluster.put_settings(body={"persistent": {limit: _CLAUSES}})

    def add(self, record: Record) -> None:
        """Add a document; the caller has deleted an older one with the same id."""
        words = {field: text or BORDER for field, text in record.words.items()}  # statistics are of all documents
        values = {name: [*map(kept, values)] for name, values in record.values.items()}
        raw = {name: kept(value) for name, value in {"id": record.id, **record.sorts}.items()}
        document = raw | words | values | record.numbers | {"stored": record.stored}
        self._waiting[record.id] = _action("index", record.id), msgspec.json.encode(document).decode()

    def delete(self, id: str) -> None:
        """Delete the document with that id, if there is one."""
        self._waiting[id] = _action("delete", id), None

    def commit(self) -> None:
        """Make everything so far durable and visible. Raises ClusterDown, and EngineError with the id of what is refused."""
        where: dict[str, Any] = {"index": self.target, "request_timeout": _WRITING}
        where |= {"require_alias": True} if self.target != self._name else {}
        for taken, item in helpers.streaming_bulk(
            self._client,
            self._waiting.values(),
            chunk_size=_SKIPPED,
            max_chunk_bytes=_BULK,
            expand_action_callback=tuple,  # they are as they are sent
            raise_on_error=False,
            max_retries=10,
            initial_backoff=1,
            max_backoff=10,
            **where,
        ):
            ((_, answer),) = item.items()
            if not taken and "error" in answer:  # else what was to be deleted was not there
                raise self._refusal(answer)
        if self._client.indices.refresh(index=self._name, request_timeout=_WRITING)["_shards"]["failed"]:
            raise ClusterDown(f"Klustret {LACKING}.")
        self._waiting.clear()

    def _refusal(self, answer: dict[str, Any]) -> EngineError:
        if trouble := TROUBLES.get(answer["status"]):
            return ClusterDown(f"Klustret {trouble[1]}.")
        id = next(id for id in self._waiting if key(id) == answer["_id"])
        return EngineError(f"Klustret tar inte emot dokumentet {id}: {answer['error']['type']}.")


def _action(name: str, id: str) -> str:
    return msgspec.json.encode({name: {"_id": key(id)}}).decode()


def _by_id(tied: Iterator[_Hit]) -> Iterable[_Hit]:
    """Hits of about one score by id; the last are those without any, which may be all and stand in order."""
    scored: list[_Hit] = []
    for hit in tied:
        if not hit[0]:
            return merge(sorted(scored, key=itemgetter(1)), chain([hit], tied), key=itemgetter(1))
        scored.append(hit)
    return sorted(scored, key=itemgetter(1))


def _hit(found: dict[str, Any]) -> _Hit:
    score, id = found["sort"]
    return score if isinstance(score, float) else 0.0, id, found.get("_source", {}).get("stored")
