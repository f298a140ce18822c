"""The engine beyond one machine: compiles plans to OpenSearch's query language, and keeps records in a cluster.

An index there is one generation; the folder of the generation only says which one, in cluster.json.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from heapq import merge
from itertools import chain, groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import Any

import msgspec
from opensearchpy import exceptions, helpers

from indexer.durable import write_durably
from indexer.engines import Counts, Engine, EngineError, Guarded, Match, Page, Window, aggregations, counted, rounded
from indexer.engines.cluster import INDEX, WRITING, WRITTEN_BY, index_name, index_of, make_index, refreshed
from indexer.engines.connecting import TROUBLES, answered, connected
from indexer.fields import BORDER, FIELDS, Record, digest_of
from indexer.planning import nodes
from indexer.settings import Settings

_GAPS = "gaps"
"""The analyser that leaves a border out, but for its place: it stands where a phrase has a gap."""
_K1 = 2.2
"""Lucene's BM25 leaves out the factor k1 + 1."""
_LONGEST = 8_000
"""Characters of a value: one of more than 32,766 bytes would cost the document."""
_Asked = dict[str, Any]
_BULK = 8_000_000
"""Bytes of a request: of bulks of 45 MB one in five was refused whole; OpenSearch's manual recommends 5 to 15."""
_SENDING: dict[str, Any] = {"chunk_size": 10_000, "max_chunk_bytes": _BULK, "raise_on_error": False, "yield_ok": False}
_SENDING |= {"max_retries": 10, "initial_backoff": 1, "max_backoff": 10, "expand_action_callback": tuple}
"""What waits is as it is sent; where the cluster has no room, it is sent again a minute long."""
_PAGE, _SKIPPED, _TIED = 500, 10_000, 2
"""Hits of a request, with their texts or without (an index gives no more at once), and those beyond a window, where a tie mostly ends."""
_CLAUSES = 65_536
"""That a question may have; an untouched cluster takes 1,024, which three words at distance 10 in each of ten phrases pass."""
_WHOLE: dict[str, Any] = {"allow_partial_search_results": False, "search_type": "dfs_query_then_fetch"}
"""Half an answer is none. Each shard has statistics of its own, which are to be added up before anything is scored; a cluster knows where one is all."""
_Asking = Callable[[_Asked], Any]
_Hit = tuple[float, str, str | None]
"""Score, id, and what is stored if it was asked for."""

BODY: dict[str, Any] = msgspec.json.decode((Path(__file__).parent / "data" / "opensearch.json").read_bytes())
"""An index as it is made: only what is stored can be read, all else is searched. How many shards it has, a template may say."""
_MAPPINGS, _KINDS = BODY["mappings"], BODY.pop("kinds")
_MAPPINGS["properties"] = {name: _KINDS[field.kind.name] for name, field in FIELDS.items()}
_OURS = _MAPPINGS["_meta"] = {"regionsok": digest_of(repr(BODY))}


class _Held:
    """The index of a generation, in the cluster that the settings name."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self._folder = folder
        self._client = connected(settings)
        self._name = index_of(folder) or self._created(settings)
        index = self._client.indices.get(index=self._name, ignore=404).get(self._name)
        if index is None or index["mappings"].get("_meta") != _OURS:
            trouble = "är inte byggt av denna version" if index else "finns inte i klustret"
            raise EngineError(f"Indexet {self._name} {trouble}; kör regionsok index --rebuild där corpus/ ligger.")

    def _created(self, settings: Settings) -> str:
        raise EngineError(f"Det finns inget index i {self._folder}; kör regionsok index --rebuild.")

    def close(self) -> None:
        """Let go of connections, and drop what is not committed."""
        self._client.close()


class OpensearchEngine(Guarded, _Held, Engine):
    """Reads what was committed last, also since it was opened; what takes several requests is read of one moment."""

    def places(self, plan: nodes.Plan, window: Window, ask: _Asking | None = None) -> Iterable[_Hit]:
        """The hits of a window: of a page by its scores, else asked for when they are taken."""
        query, end, asking = _compiled(plan), window.offset + max(0, window.limit), ask or self.ask
        if window.ranking != "score":
            return islice(self._hits(query, window.ranking, window.offset, end, asking), window.offset, end)
        # Ties and ids are looked at where a page ends in one, which few do: the cluster takes a tenth longer for them.
        if window.limit > 0 and end < _PAGE:
            best = [*map(_hit, asking({"query": query, "size": end + 1, "track_total_hits": False})["hits"]["hits"])]
            if len(best) <= end or rounded(best[end][0]) < rounded(best[end - 1][0]):
                return sorted(best, key=lambda hit: (-rounded(hit[0]), hit[1]))[window.offset : end]
        hits = self._hits(query, "_score", window.offset, end + _TIED, asking)
        ties = (_by_id(tied) for _, tied in groupby(hits, lambda hit: rounded(hit[0])))
        return islice((hit for tied in ties for hit in tied), window.offset, end)

    def read(self, place: _Hit) -> Match:
        """The hit at one of the places. Raises EngineError where it was deleted since."""
        score, id, stored = place
        if stored is None and (stored := self.get(id)) is None:
            raise EngineError("Indexet ändrades medan svaret skrevs; fråga igen.")
        return Match(id, rounded(score), stored)

    def count(self, plan: nodes.Plan, facets: Sequence[str] = ()) -> Counts:
        """How many documents match, in all and under each value of some facets; no document is scored for it."""
        return _counted(self.ask({"query": _compiled(nodes.matching(plan)), "size": 0, **_counting(facets)}))

    def count_and_find(self, plan: nodes.Plan, window: Window, facets: Sequence[str]) -> Page:
        """In one request, but for a page that ends within a tie, and for windows of many hits."""
        said = list[Any]()

        def ask(body: _Asked) -> Any:
            said.append(self.ask(body if "search_after" in body else body | _counting(facets)))
            return said[-1]

        hits = tuple(map(self.read, self.places(plan, window, ask)))
        counts = [one for one in said if "total" in one["hits"]]  # the last are of the moment of the hits
        return _counted(counts[-1]) if counts else self.count(plan, facets), hits

    def get(self, id: str) -> str | None:
        """The stored form of a document."""
        found = answered(self._client.get, index=self._name, id=digest_of(id), realtime=False)
        return found["_source"]["stored"] if found["found"] else None

    def ids(self) -> Iterator[str]:
        """Every document's id, once for each time it is held."""
        return (id for _, id, _ in self._hits({"match_all": {}}, "newest", 10**9, 10**9, self.ask))

    def ask(self, body: _Asked) -> Any:
        """What the cluster answers to a search, also when it is asked for hits that are taken later."""
        # A copy that lies on the node that is asked; msgspec writes in a fifth of the client's own time.
        where = {} if "pit" in body else {"index": self._name, "preference": "_local"}
        return answered(self._client.search, body=msgspec.json.encode(body).decode(), **_WHOLE, **where)

    def moment(self, kept: str) -> str:
        """A name for what the index holds now; after so long without a question it means nothing."""
        pit = answered(self._client.create_pit, index=self._name, keep_alive=kept, allow_partial_pit_creation=False)
        return str(pit["pit_id"])

    def _hits(self, query: _Asked, order: str, first: int, end: int, ask: _Asking) -> Iterator[_Hit]:
        """All hits as the cluster orders them, in as few pages as are few up to `end`; from `first` on with their texts."""
        body: _Asked = {"query": query, "sort": [{order: "desc" if order == "_score" else "asc"}, "id"]}
        seen, size, hits = 0, 0, list[_Asked]()
        if end > _PAGE:
            body["pit"] = {"id": self.moment("5m"), "keep_alive": "5m"}
        try:
            while len(hits) == size:
                texts = first - seen < _PAGE
                size = min(max(end - seen, seen, 10), _PAGE) if texts else min(first - seen, _SKIPPED)
                hits = ask(body | {"size": size, "_source": texts, "track_total_hits": False})["hits"]["hits"]
                yield from map(_hit, hits)
                seen += size
                body["search_after"] = hits[-1]["sort"] if hits else []
        finally:
            if "pit" in body:
                with suppress(EngineError, exceptions.OpenSearchException):  # it ends by itself
                    self._client.delete_pit(body={"pit_id": [body["pit"]["id"]]})


class OpensearchWriter(Guarded, _Held):
    """Writes one generation; all waits here for `commit`, which is seen by everyone when its last part is durable."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self._waiting: dict[str, tuple[str, str | None]] = {}
        super().__init__(folder, settings)
        self.target = index_of(folder, WRITTEN_BY) or self._name
        """What is written to, which may be an alias of the index: once it is taken away, nothing more is written."""

    def _created(self, settings: Settings) -> str:
        name = index_name(settings.opensearch_prefix)
        self._folder.mkdir(parents=True, exist_ok=True)
        write_durably(self._folder / INDEX, msgspec.json.encode({"index": name}))  # an index nobody knows of would stay
        make_index(self._client, name, BODY)
        with suppress(EngineError):  # where that is not ours to decide, whoever runs the cluster does
            now = self._client.cluster.get_settings(include_defaults=True, flat_settings=True)
            limit = "indices.query.bool.max_clause_count"
            if int((now["defaults"] | now["persistent"] | now["transient"])[limit]) < _CLAUSES:
                self._client.cluster.put_settings(body={"persistent": {limit: _CLAUSES}})
        return name

    def add(self, record: Record) -> None:
        """Add a document; the caller has deleted an older one with the same id."""
        words = {field: text or BORDER for field, text in record.words.items()}  # statistics are of all documents
        values = {name: [*map(_kept, values)] for name, values in record.values.items()}
        numbers = record.numbers | {name: int(key.split()[0]) for name, key in record.sorts.items()}  # then by id
        document = {"id": _kept(record.id)} | words | values | numbers | {"stored": record.stored}
        self._waiting[record.id] = _action("index", record.id), msgspec.json.encode(document).decode()

    def delete(self, id: str) -> None:
        """Delete the document with that id, if there is one."""
        self._waiting[id] = _action("delete", id), None

    def commit(self) -> None:
        """Make everything so far durable and visible. Raises ClusterDown, and EngineError with the id of what is refused."""
        where: _Asked = {"index": self.target, "require_alias": self.target != self._name, "request_timeout": WRITING}
        for _, item in helpers.streaming_bulk(self._client, self._waiting.values(), **_SENDING, **where):
            ((_, answer),) = item.items()
            if "error" in answer:  # else what was to be deleted was not there
                raise self._refusal(answer)
        if not refreshed(self._client, self._name):
            raise self._refusal({"status": 503})
        self._waiting.clear()

    def _refusal(self, answer: dict[str, Any]) -> EngineError:
        if trouble := TROUBLES.get(answer["status"]):
            return trouble[0](f"Klustret {trouble[1]}.")
        id = next(id for id in self._waiting if digest_of(id) == answer["_id"])
        return EngineError(f"Klustret tar inte emot dokumentet {id}: {answer['error']['type']}.")


def _action(name: str, id: str) -> str:
    return msgspec.json.encode({name: {"_id": digest_of(id)}}).decode()


def _by_id(tied: Iterator[_Hit]) -> Iterable[_Hit]:
    """Hits of about one score by id; the last are those without any, which may be all and stand in order."""
    scored: list[_Hit] = []
    for hit in tied:
        if not hit[0]:
            return merge(sorted(scored, key=itemgetter(1)), chain([hit], tied), key=itemgetter(1))
        scored.append(hit)
    return sorted(scored, key=itemgetter(1))


def _counting(facets: Sequence[str]) -> _Asked:
    """What a request says so that its answer has counts."""
    return {"track_total_hits": True, "aggs": aggregations(facets)}


def _counted(found: _Asked) -> Counts:
    return Counts(found["hits"]["total"]["value"], counted(found.get("aggregations", {})))


def _hit(found: dict[str, Any]) -> _Hit:
    texts = found.get("_source", {})
    score, id = found.get("sort") or (found["_score"], texts["id"])
    return score if isinstance(score, float) else 0.0, id, texts.get("stored")


def _kept(value: str) -> str:
    """A value as it is kept: of one that is too long the beginning and a digest."""
    return value if len(value) <= _LONGEST else f"{value[: _LONGEST - 100]}…{digest_of(value)}"


def _compiled(plan: nodes.Plan) -> _Asked:
    """The query that finds what a plan does, with its scores."""
    match plan:
        case nodes.Term(field, text, weight):
            return {"term": {field: {"value": text, "boost": weight * _K1}}}
        case nodes.PhraseAt(field, terms, score, slop):
            return _constant(_near(field, terms, slop) if slop else _phrase(field, terms), score)
        case nodes.AllOf(required, bonus, forbidden) if required:
            must = [*map(_compiled, required)]
            return _joined("bool", must=must, should=_choices(bonus), must_not=_choices(forbidden))
        case nodes.AnyOf(parts) if parts:
            return _joined("bool", should=_choices(parts))
        case nodes.MaxOf(parts) if parts:
            return _joined("dis_max", queries=_choices(parts))
        case nodes.Everything():
            return _constant({"match_all": {}})
        case nodes.Value():
            return _valued(plan.facet, [plan.value])
        case nodes.Range(field, first, last):
            return _constant({"range": {field: {"gte": first, "lte": last}}})
    return {"match_none": {}}


def _joined(how: str, **clauses: list[_Asked]) -> _Asked:
    """A query of some; one alone is as it is."""
    clauses = {name: some for name, some in clauses.items() if some}
    (first, *others), *further = clauses.values()
    return {how: clauses} if others or further else first


def _choices(parts: Iterable[nodes.Plan]) -> list[_Asked]:
    """The parts of a choice, with the values of a field as one, since clauses are few."""
    values: dict[str, list[str]] = {}
    for part in parts:
        if isinstance(part, nodes.Value):
            values.setdefault(part.facet, []).append(part.value)
    others = [_compiled(part) for part in parts if not isinstance(part, nodes.Value)]
    return others + [_valued(facet, some) for facet, some in values.items()]


def _valued(facet: str, values: Sequence[str]) -> _Asked:
    ids, kept = {"values": [*map(digest_of, values)]}, [*map(_kept, values)]  # ids of a cluster are short
    one_or_more = {"terms": {facet: kept}} if len(kept) > 1 else {"term": {facet: kept[0]}}
    return _constant({"ids": ids} if facet == "id" else one_or_more)


def _constant(query: _Asked, score: float = 0.0) -> _Asked:
    return {"constant_score": {"filter": query, "boost": score}}


def _phrase(field: str, terms: Sequence[tuple[int, str]]) -> _Asked:
    held = dict(terms)
    row = " ".join(held.get(place, BORDER) for place in range(terms[-1][0] + 1))
    return {"match_phrase": {field: {"query": row, "analyzer": _GAPS}}}


def _near(field: str, terms: Sequence[tuple[int, str]], slop: int) -> _Asked:
    both = [{"span_term": {field: text}} for _, text in terms]
    return {"span_near": {"clauses": both, "slop": slop - 1, "in_order": False}}
