"""OpenSearch as an engine: the conformance suite on three real nodes, and what a cluster can do to whoever asks it."""

from __future__ import annotations

import random
import select
import socket
import socketserver
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from msgspec import structs

from indexer.catalogue.vocabulary import IndexVocabulary
from indexer.cli.evaluating import ask_all, evaluate, read_questions
from indexer.engines import BY_YEAR, ClusterDown, Engine, EngineError, Window, open_engine, open_writer
from indexer.engines.cluster import make_index
from indexer.engines.connecting import connected
from indexer.engines.opensearch import BODY, OpensearchEngine, OpensearchWriter
from indexer.facets import FACETS
from indexer.faults import Fault
from indexer.fields import BORDER, Record, document_of, record_of
from indexer.generations import read_current
from indexer.indexing import build
from indexer.parsing import parse
from indexer.planning import nodes, plan
from indexer.queries import Search
from indexer.searching import Searcher
from indexer.searching.following import LOOKED_AT
from indexer.settings import Settings, SettingsError, load_settings
from tests import test_engines as conformance
from tests.brute_force import Truth
from tests.cluster import Cluster, passed_on
from tests.conftest import write_jsonl
from tests.floors import FLOORS
from tests.test_engines import WRITTEN, World, generated_questions, tau
from tests.web import Answer, Web
from webapp import create_app

SHARDS = (1, 3)
ALL_NEWS = 69_677
EVERYTHING = Window(0, 10**6)


@contextmanager
def writing(settings: Settings, folder: Path) -> Iterator[OpensearchWriter]:
    with closing(open_writer("opensearch", folder, settings)) as writer:
        assert isinstance(writer, OpensearchWriter)
        yield writer


def filled(settings: Settings, folder: Path, records: list[Record] | tuple[Record, ...]) -> Engine:
    with writing(settings, folder) as writer:
        for record in records:
            writer.add(record)
        writer.commit()
    return open_engine("opensearch", folder, settings)


def record(id: str, body: str = "ord", **changed: object) -> Record:
    words = {"title": "", "title_exact": "", "body": body, "body_exact": body, "decompounded": ""}
    numbers, sorts = {"first_day": 20200101, "last_day": 20200101, "new_at": 0}, {"newest": f"1 {id}"}
    values = {facet: ("ja",) for facet in FACETS}
    made = Record(id, words, values, numbers, sorts | {"oldest": f"1 {id}", "latest": f"1 {id}"}, f'{{"id": "{id}"}}')
    return structs.replace(made, **changed)


def found(engine: Engine, wanted: nodes.Plan, window: Window = EVERYTHING) -> list[str]:
    return [match.id for match in engine.find(wanted, window)]


@pytest.fixture(scope="module", params=(1, pytest.param(3, marks=pytest.mark.long)))
def world(
    request: pytest.FixtureRequest,
    cluster: Cluster,
    real_index: Callable[[str, int], Settings],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[World]:
    """Six hundred documents on nodes that have one shard, or three."""
    settings = cluster.settings()
    generation = read_current(real_index("tantivy", 600).index)
    assert generation is not None
    tantivy = open_engine("tantivy", generation.generation.engine_folder)
    records = tuple(record_of(document_of(tantivy.get(id) or "")) for id in tantivy.ids())
    with cluster.shards(settings, request.param):
        engine = filled(settings, tmp_path_factory.mktemp("engine"), records)
    vocabulary = IndexVocabulary(generation.generation.catalogue)
    with closing(engine):
        yield World({"opensearch": engine}, {"tantivy": vocabulary}, records, tuple(map(Truth, records)))


@pytest.mark.real
@pytest.mark.parametrize(
    "conforms",
    (
        conformance.test_match_sets_and_facet_counts_are_those_of_brute_force,
        conformance.test_two_words_near_each_other_are_those_of_brute_force,
        conformance.test_of_a_choice_the_greatest_score_counts,
    ),
)
def test_a_cluster_conforms(world: World, conforms: Callable[[World], None]) -> None:
    conforms(world)


@pytest.mark.real
@pytest.mark.long
@pytest.mark.parametrize("shards", SHARDS)
def test_a_cluster_answers_as_tantivy(
    cluster: Cluster, real_index: Callable[[str, int], Settings], tmp_path: Path, shards: int
) -> None:
    """Of 5,000 documents and 1,100 questions: the same matches, counts and texts, and hardly another order."""
    now = read_current(real_index("tantivy", 5_000).index)
    assert now is not None
    settings, vocabulary = cluster.settings(), IndexVocabulary(now.generation.catalogue)
    first = open_engine("tantivy", now.generation.engine_folder)
    records = [record_of(document_of(first.get(id) or "")) for id in first.ids()]
    with cluster.shards(settings, shards):
        second = filled(settings, tmp_path / "engine", records)
    agreements, same = [], []
    with closing(second):
        for question in (*WRITTEN[:100], *generated_questions(records, 1_000)):
            wanted = plan(parse(question).query, vocabulary).strict
            ours, theirs = ([*engine.find(wanted, EVERYTHING)] for engine in (first, second))
            assert {hit.id: hit.stored for hit in ours} == {hit.id: hit.stored for hit in theirs}, question
            for facets in (FACETS, [BY_YEAR]):
                assert first.count(wanted, [*facets]) == second.count(wanted, [*facets]), question
            window = Window(len(ours) // 3, 10)
            at_once = second.count_and_find(wanted, window, [*FACETS])
            assert at_once == (first.count(wanted, [*FACETS]), tuple(theirs[window.offset :][:10])), question
            if len(ours) >= 5:
                rank = {hit.id: place for place, hit in enumerate(theirs)}
                agreements.append(tau([rank[hit.id] for hit in ours[:50]]))
                same.append({hit.id for hit in ours[:10]} == {hit.id for hit in theirs[:10]})
    print(f"tau {sum(agreements) / len(agreements):.4f}, same ten {sum(same) / len(same):.3f} of {len(same)} questions")
    assert sum(agreements) / len(agreements) >= FLOORS["engines.cluster_tau"]
    assert sum(same) / len(same) >= FLOORS["engines.cluster_same_ten"]


@pytest.mark.real
@pytest.mark.parametrize("count", (60, pytest.param(1_000, marks=pytest.mark.long)))
def test_what_a_page_shows_and_marks_is_the_same(
    cluster: Cluster, real_index: Callable[[str, int], Settings], tmp_path: Path, count: int
) -> None:
    """Hits by their ids, since scores that differ in their last digits order some otherwise."""
    here = real_index("tantivy", 600)
    there = cluster.settings(corpus=here.corpus, index=tmp_path / "index")
    build(there)
    now = read_current(here.index)
    assert now is not None
    with closing(open_engine("tantivy", now.generation.engine_folder)) as engine:
        records = [record_of(document_of(engine.get(id) or "")) for id in engine.ids()]
    searchers, marked = [Searcher(settings) for settings in (here, there)], 0
    for question in (*WRITTEN[: count // 10], *generated_questions(records, count)):
        ours, theirs = (searcher.search(Search(question, size=100)) for searcher in searchers)
        for results in (ours, theirs):
            assert len(results.hits) <= 100
        shown = [
            {hit.id: structs.replace(hit, score=0.0, origin="", new_at="") for hit in results.hits}
            for results in (ours, theirs)
        ]
        if ours.total + ours.total_partial <= 100:
            assert shown[0] == shown[1], question
        both = shown[0].keys() & shown[1].keys()
        assert {id: shown[0][id] for id in both} == {id: shown[1][id] for id in both}, question
        for name in ("total", "total_partial", "notes", "offers", "suggestion", "interpretation", "besides"):
            assert getattr(ours, name) == getattr(theirs, name), (question, name)
        assert {name: ours.facets[name] for name in FACETS} == {name: theirs.facets[name] for name in FACETS}, question
        marked += sum(bool(hit.snippets or hit.title_highlights) for hit in shown[0].values())
    assert marked > count


@pytest.mark.real
@pytest.mark.long
@pytest.mark.parametrize("name", ["agency_faq", "agency_questions"])
def test_a_cluster_ranks_as_well(cluster: Cluster, shared: Path, name: str) -> None:
    folder = shared / "data" / "relevance" / name
    ours, theirs = (
        evaluate(settings, folder / "documents.jsonl", folder / "queries.jsonl").mean("ndcg@10")
        for settings in (Settings(engine="tantivy"), cluster.settings())
    )
    print(f"{name}: {ours:.4f} and {theirs:.4f}")
    assert abs(ours - theirs) <= 0.003


@pytest.mark.real
@pytest.mark.soak
def test_a_cluster_ranks_the_news_as_well(
    cluster: Cluster, shared: Path, real_index: Callable[[str, int], Settings], tmp_path: Path
) -> None:
    questions = read_questions(shared / "data" / "relevance" / "regional_news" / "queries.jsonl")
    local = real_index("tantivy", ALL_NEWS)
    there = cluster.settings(corpus=local.corpus, index=tmp_path / "index")
    build(there)
    ours, theirs = (ask_all(Searcher(settings), questions).mean("ndcg@10") for settings in (local, there))
    print(f"regional_news: {ours:.4f} and {theirs:.4f}")
    assert abs(ours - theirs) <= 0.003


def test_an_index_is_built_and_asked_there(cluster: Cluster, tmp_path: Path) -> None:
    settings = cluster.settings(corpus=tmp_path / "corpus", index=tmp_path / "index")
    settings.corpus.mkdir()
    documents: list[dict[str, object]] = [{"text": f"Vindkraft i Skåne {n}", "id": f"a{n}"} for n in range(30)]
    write_jsonl(settings.corpus / "a.jsonl", documents)
    build(settings)
    searcher = Searcher(settings)
    assert searcher.counts(Search("vindkraft")).total == 30
    write_jsonl(settings.corpus / "a.jsonl", documents[1:])
    build(settings)
    assert searcher.document("a0") is None and searcher.counts(Search("vindkraft")).total == 29
    shown = searcher.document("a1")
    assert shown is not None and shown.text == "Vindkraft i Skåne 1"


def test_nothing_is_seen_before_it_is_committed(cluster: Cluster, tmp_path: Path) -> None:
    settings = cluster.settings()
    with (
        closing(filled(settings, tmp_path, [record("a"), record("b")])) as engine,
        writing(settings, tmp_path) as writer,
    ):
        writer.add(record("c"))
        writer.delete("a")
        assert sorted(engine.ids()) == ["a", "b"] and engine.get("c") is None and engine.get("a")
        writer.commit()
        assert sorted(engine.ids()) == ["b", "c"] and engine.get("c") and engine.get("a") is None
        writer.add(record("d"))
    with writing(settings, tmp_path) as writer:
        writer.commit()
    with closing(open_engine("opensearch", tmp_path, settings)) as engine:
        assert sorted(engine.ids()) == ["b", "c"], "what was not committed is dropped"


def test_every_copy_answers_with_what_was_committed(cluster: Cluster, tmp_path: Path) -> None:
    """Also of deletions alone, and whichever copy is asked."""
    settings, held = cluster.settings(), set[str]()
    with writing(settings, tmp_path) as writer:
        (index,) = cluster.client.indices.get_alias(index=f"{settings.opensearch_prefix}-*")
        awaited = {"wait_for_status": "green", "wait_for_no_initializing_shards": True}
        assert cluster.client.cluster.health(index=index, **awaited)["active_shards"] == 2
        for turn in range(20):
            added = {f"{turn}-{n}" for n in range(50 * (turn % 3))}
            gone = {id for id in held if not id.endswith(str(turn % 10))}
            for id in gone:
                writer.delete(id)
            for id in added:
                writer.add(record(id))
            writer.commit()
            held = held - gone | added
            of_nodes = (f"_only_nodes:{node}" for node in cluster.client.nodes.info()["nodes"])
            answers = (cluster.client.count(index=index, preference=one, ignore=[400, 404]) for one in of_nodes)
            counted = [answer.get("count") for answer in answers]
            assert sorted(counted, key=str) == sorted([len(held), len(held), None], key=str), turn


@pytest.mark.parametrize("length", [7_999, 8_001, 40_000])
def test_a_long_value_costs_no_document(cluster: Cluster, tmp_path: Path, length: int) -> None:
    long, other = "å" * length, "å" * (length - 1) + "ä"
    records = [record(id, values=dict.fromkeys(FACETS, (value,))) for id, value in (("a", long), (other, other))]
    with closing(filled(cluster.settings(), tmp_path, records)) as engine:
        facet = next(iter(FACETS))
        assert found(engine, nodes.Value(facet, long)) == ["a"]
        assert engine.get(other) is not None
        assert sorted(engine.count(nodes.Everything(), [facet]).facets[facet].values()) == [1, 1]


def test_an_empty_field_counts_among_its_statistics(cluster: Cluster, tmp_path: Path) -> None:
    """A word in half of the titles is as rare as in half of the texts."""
    records = [record(f"{n}", "x" if n % 2 else "y") for n in range(20)]
    for one in records[1::2]:
        one.words["title"] = "x"
    with closing(filled(cluster.settings(), tmp_path, records)) as engine:
        scores = [engine.find(nodes.Term(field, "x"), Window(0, 1))[0].score for field in ("title", "body")]
        assert scores[0] == pytest.approx(scores[1], rel=0.01)


def test_deep_pages_follow_each_other(cluster: Cluster, tmp_path: Path) -> None:
    """Beyond the ten thousand that a cluster gives at once, by rounded score with ties by id, and by date."""
    chance = random.Random(5)
    records = [record(f"{n:05d}", f"alla {'ord ' * chance.randint(1, 3)}") for n in range(10_700)]
    records += [record(f"{n:05d}", "alla") for n in range(10_700, 15_000)]
    chance.shuffle(records)
    with closing(filled(cluster.settings(), tmp_path, records)) as engine:
        wanted = nodes.Term("body", "ord")
        for slight in (nodes.Term("body", "alla"), nodes.Everything()):
            assert found(engine, slight, Window(0, 5)) == [f"{n:05d}" for n in range(5)], "none has a score to speak of"
        whole = [(-hit.score, hit.id) for hit in engine.find(wanted, EVERYTHING)]
        assert whole == sorted(whole) and len(whole) == 10_700 and len({score for score, _ in whole}) == 3
        for offset, limit in ((0, 10), (95, 500), (3_000, 20), (9_990, 30), (10_600, 500), (20_000, 5)):
            window = Window(offset, limit)
            assert found(engine, wanted, window) == [id for _, id in whole[offset : offset + limit]], window
        in_order = sorted(one.id for one in records)
        assert found(engine, wanted, Window(10_100, 5, "newest")) == in_order[10_100:10_105]
        assert [*engine.find(wanted, Window(0, 0))] == []
        assert sorted(engine.ids()) == in_order


@pytest.mark.parametrize(("times", "limit", "requests"), (("123456", 3, 1), ("122234", 5, 1), ("122234", 4, 2)))
def test_a_page_is_one_request_unless_a_tie_crosses_its_end(
    cluster: Cluster, tmp_path: Path, times: str, limit: int, requests: int
) -> None:
    """Documents that have a word so many times each; of one score the first id comes first."""
    records = [record(f"{n}", "x " * int(often) + "y " * (9 - int(often))) for n, often in enumerate(times)]
    asked = list[dict[str, object]]()
    with closing(filled(cluster.settings(), tmp_path, records[::-1])) as engine:
        assert isinstance(engine, OpensearchEngine)
        ask = engine.ask
        engine.ask = lambda body: (asked.append(body), ask(body))[1]  # type: ignore[method-assign]
        counts, hits = engine.count_and_find(nodes.Term("body", "x"), Window(0, limit), ())
    assert counts.total == len(times) and len(asked) == requests
    assert all("aggs" in body for body in asked), "counts are of the moment of the hits"
    in_order = sorted(range(len(times)), key=lambda n: (-int(times[n]), n))
    assert [hit.id for hit in hits] == [f"{n}" for n in in_order[:limit]]


def test_a_question_of_many_long_phrases_is_answered(cluster: Cluster, tmp_path: Path) -> None:
    """A cluster takes 1,024 clauses where nobody says otherwise."""
    phrases = [
        nodes.PhraseAt("body", ((0, f"a{n}"), (1 + one, "b"), (2 + one + other, "c")))
        for n in range(20)
        for one in range(11)
        for other in range(11)
    ]
    wanted = nodes.AllOf((nodes.MaxOf(tuple(phrases)),), bonus=(nodes.Term("body", "b"),))
    many = nodes.AnyOf(tuple(nodes.with_id(f"{n}") for n in range(5_000)))
    with closing(filled(cluster.settings(), tmp_path, [record("1", "a7 x b x x c"), record("2", "b a7 c")])) as engine:
        assert found(engine, wanted) == ["1"]
        assert found(engine, many) == ["1", "2"]


def test_what_an_index_skips_is_a_border() -> None:
    assert BODY["settings"]["analysis"]["filter"]["skip"]["stopwords"] == [BORDER]


def test_an_index_that_is_gone_is_said_to_be(cluster: Cluster, tmp_path: Path) -> None:
    settings = cluster.settings()
    with closing(filled(settings, tmp_path, [record("a")])) as engine:
        cluster.client.indices.delete(index=f"{settings.opensearch_prefix}-*")
        with pytest.raises(EngineError):
            found(engine, nodes.Everything())
        with pytest.raises(EngineError):
            engine.get("a")
        with pytest.raises(EngineError):
            [*engine.ids()]
    for opened in (open_engine, open_writer):
        with pytest.raises(EngineError, match=r"finns inte i klustret; kör regionsok index --rebuild där corpus/ l"):
            opened("opensearch", tmp_path, settings)


def test_an_index_that_is_not_ours_is_refused_by_name(cluster: Cluster, tmp_path: Path) -> None:
    settings = cluster.settings()
    name = f"{settings.opensearch_prefix}-annan"
    cluster.client.indices.create(index=name)
    (tmp_path / "cluster.json").write_text(f'{{"index": "{name}"}}')
    with pytest.raises(EngineError, match=f"^Indexet {name} är inte byggt av denna version"):
        open_engine("opensearch", tmp_path, settings)


def test_an_index_whose_making_was_sent_again_is_made(cluster: Cluster) -> None:
    """A node may die once it has made it: who asks another one meets what was made. All else that is refused is said."""
    name = cluster.settings().opensearch_prefix
    for _ in range(2):
        make_index(cluster.client, name, BODY)
    with pytest.raises(EngineError, match=f"Klustret skapar inte indexet {name}-b: .*number_of_shards"):
        make_index(cluster.client, f"{name}-b", {"settings": {"number_of_shards": -1}})


def test_a_refused_document_is_named(cluster: Cluster, tmp_path: Path) -> None:
    with writing(cluster.settings(), tmp_path) as writer:
        writer.add(record("bra"))
        writer.add(record("fel", numbers={"first_day": 10**30}))
        with pytest.raises(EngineError, match="^Klustret tar inte emot dokumentet fel: mapper_parsing_exception"):
            writer.commit()


def test_a_cluster_without_room_is_waited_for(cluster: Cluster, tmp_path: Path) -> None:
    """As when a disk is nearly full: each document is refused with 429."""
    settings = cluster.settings()
    with closing(filled(settings, tmp_path, [record("a")])) as engine, writing(settings, tmp_path) as writer:
        index = f"{settings.opensearch_prefix}-*"
        cluster.client.indices.put_settings(index=index, body={"index.blocks.read_only_allow_delete": True})
        opened = threading.Timer(
            1.5,
            cluster.client.indices.put_settings,
            kwargs={"index": index, "body": {"index.blocks.read_only_allow_delete": None}},
        )
        opened.start()
        for number in range(50):
            writer.add(record(f"b{number}"))
        writer.commit()
        opened.join()
        assert len([*engine.ids()]) == 51


def test_what_is_written_to_an_alias_is_not_written_without_it(cluster: Cluster, tmp_path: Path) -> None:
    settings = cluster.settings()
    with writing(settings, tmp_path) as writer:
        alias = f"{writer.target}-w1"
        cluster.client.indices.put_alias(index=writer.target, name=alias)
        writer.target = alias
        writer.add(record("a"))
        writer.commit()
        cluster.client.indices.delete_alias(index="_all", name=alias)
        writer.add(record("b"))
        with pytest.raises(EngineError):
            writer.commit()
    with closing(open_engine("opensearch", tmp_path, settings)) as engine:
        assert [*engine.ids()] == ["a"]


def test_half_an_answer_is_none_and_the_whole_one_comes_back(cluster: Cluster, tmp_path: Path) -> None:
    """Of three shards only one has a node."""
    settings = cluster.settings()
    alone = {"routing.allocation.require._name": "Node 1", "routing.allocation.total_shards_per_node": 1}
    index = f"{settings.opensearch_prefix}-halv"
    with cluster.shards(settings, 3, **alone):
        cluster.client.indices.create(index=index, body=BODY, wait_for_active_shards="0")
    (tmp_path / "cluster.json").write_text(f'{{"index": "{index}"}}')
    engine = open_engine("opensearch", tmp_path, settings)
    asks: list[Callable[[], object]] = [
        lambda: found(engine, nodes.Everything()),
        lambda: found(engine, nodes.Everything(), Window(0, 5)),
        lambda: engine.count(nodes.Everything()),
        lambda: [*engine.ids()],
    ]
    with closing(engine):
        for ask in asks:
            with pytest.raises(ClusterDown, match=r"^Klustret .* saknar just nu något .*; försök igen om en stund\.$"):
                ask()
        body = {f"index.{name}": None for name in alone}
        cluster.client.indices.put_settings(index=index, body=body)
        cluster.client.transport.perform_request("GET", f"/_cluster/health/{index}?wait_for_status=yellow&timeout=90s")
        with writing(settings, tmp_path) as writer:
            writer.add(record("a"))
            writer.commit()
        assert found(engine, nodes.Everything()) == [*engine.ids()] == ["a"]


class Relay(socketserver.BaseRequestHandler):
    """Hands on what comes to a node that has another address, until either side ends."""

    node: tuple[str, int]

    def handle(self) -> None:
        with socket.create_connection(self.node) as there:
            other = {self.request: there, there: self.request}
            while True:
                for end in select.select([*other], [], [])[0]:
                    if not (content := end.recv(65_536)):
                        return
                    other[end].sendall(content)


def test_pages_say_that_a_cluster_is_down_and_answer_when_it_is_back(cluster: Cluster, tmp_path: Path) -> None:
    direct = cluster.settings(corpus=tmp_path / "corpus", index=tmp_path / "index")
    direct.corpus.mkdir()
    write_jsonl(direct.corpus / "a.jsonl", [{"text": "Vindkraft i Skåne", "id": "a"}])
    build(direct)
    with socket.create_server(("127.0.0.1", 0)) as free:
        here = free.getsockname()
    away = structs.replace(direct, opensearch_hosts=(f"http://127.0.0.1:{here[1]}",))
    browser, paths = create_app(away).test_client(), ("/sok?q=vindkraft", "/sok.json?q=vindkraft")
    for path in paths:
        said = browser.get(path)
        assert said.status_code == 503 and said.headers["Retry-After"] == "10", path
        assert "svarar inte; kontrollera att OpenSearch är igång" in said.text
    address, _, port = cluster.hosts[0].removeprefix("http://").partition(":")
    Relay.node = address, int(port)
    socketserver.ThreadingTCPServer.allow_reuse_address = socketserver.ThreadingTCPServer.daemon_threads = True
    with socketserver.ThreadingTCPServer(here, Relay) as relay:
        serving = threading.Thread(target=relay.serve_forever)
        serving.start()
        time.sleep(LOOKED_AT + 0.1)
        assert [browser.get(path).status_code for path in paths] == [200, 200]
        relay.shutdown()
        serving.join()


VERSION = b'{"version": {"number": "%s", "distribution": "opensearch"}}'
JSON = {"Content-Type": "application/json"}
REFUSALS: dict[str, tuple[Answer, type[Fault], str]] = {
    "older": (Answer(200, JSON, VERSION % b"2.19.1"), EngineError, r"är opensearch 2\.19\.1; Regionsök behöver"),
    "other": (Answer(200, JSON, b'{"version": {"number": "8.1.0"}}'), EngineError, r"är Elasticsearch 8\.1\.0;"),
    "page": (Answer(200, {"Content-Type": "text/html"}, b"<p>Hej"), EngineError, "är något annat;"),
    "nothing": (Answer(404, JSON, b"{}"), EngineError, "är något annat;"),
    "password": (Answer(401, JSON, b"{}"), EngineError, "släpper inte in den som frågar; kontrollera user"),
    "rights": (Answer(403, JSON, b"{}"), EngineError, "släpper inte in den som frågar; kontrollera user"),
    "busy": (Answer(429, JSON, b"{}"), ClusterDown, "hinner inte med; försök igen om en stund"),
    "unable": (Answer(503, JSON, b"{}"), ClusterDown, "saknar just nu något"),
    "cut": (Answer(raw=b""), ClusterDown, "svarar inte; kontrollera att OpenSearch är igång"),
}


@pytest.mark.parametrize("answer, kind, sentence", REFUSALS.values(), ids=REFUSALS)
def test_what_a_cluster_refuses_is_one_sentence_without_secrets(
    web: Web, tmp_path: Path, caplog: pytest.LogCaptureFixture, answer: Answer, kind: type[Fault], sentence: str
) -> None:
    host = web.host()
    host.otherwise = answer
    (tmp_path / "hemlig").write_text("nyckelpiga\n")
    caplog.set_level(0)
    for secret in ("opensearch_password_file", "opensearch_api_key_file"):
        address = host.url("").rstrip("/").replace("://", "://anna:nyckelpiga@")
        settings = Settings(opensearch_hosts=(address,), opensearch_user="anna", **{secret: tmp_path / "hemlig"})
        with pytest.raises(kind, match=f"^Klustret .*{sentence}") as raised:
            connected(settings)
        assert type(raised.value) is kind or issubclass(type(raised.value), ClusterDown) == (kind is ClusterDown)
        assert "nyckelpiga" not in str(raised.value) + caplog.text


def test_whoever_asks_says_who_it_is(web: Web, tmp_path: Path) -> None:
    host = web.host()
    host.otherwise = Answer(200, JSON, VERSION % b"3.8.0")
    (tmp_path / "hemlig").write_text("nyckelpiga\n")
    file = tmp_path / "hemlig"
    for options, said in (
        ({}, None),
        ({"opensearch_user": "anna", "opensearch_password_file": file}, "Basic YW5uYTpueWNrZWxwaWdh"),
        ({"opensearch_api_key_file": file}, "ApiKey nyckelpiga"),
    ):
        connected(Settings(opensearch_hosts=(host.url("").rstrip("/"),), **options)).close()
        assert host.log[-1].headers.get("Authorization") == said


def test_a_certificate_is_taken_from_whom_the_settings_name(cluster: Cluster, tmp_path: Path) -> None:
    for name in ("ours", "others"):
        certified(tmp_path / f"{name}.pem")
    with encrypted(cluster.hosts[0], tmp_path / "ours.pem") as port:
        hosts = (f"https://localhost:{port}",)
        with closing(connected(Settings(opensearch_hosts=hosts, opensearch_ca=tmp_path / "ours.pem"))) as client:
            assert client.cluster.health()["number_of_nodes"] == 3
        for options in ({}, {"opensearch_ca": tmp_path / "others.pem"}):
            with pytest.raises(EngineError, match="certifikat som inte godtas"):
                connected(Settings(opensearch_hosts=hosts, **options))
        with pytest.raises(EngineError, match="certifikat som inte godtas"):
            there = (f"https://127.0.0.1:{port}",)  # which the certificate is not for
            connected(Settings(opensearch_hosts=there, opensearch_ca=tmp_path / "ours.pem"))


def certified(path: Path) -> None:
    """A key and a certificate of localhost by itself."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, path.stem)])
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(datetime.now(UTC) - timedelta(1)).not_valid_after(datetime.now(UTC) + timedelta(1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + made.sign(key, SHA256()).public_bytes(Encoding.PEM))


@contextmanager
def encrypted(host: str, certificate: Path) -> Iterator[int]:
    """The port of a server that passes on to a host what comes to it over TLS."""
    context, beyond = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH), urlsplit(host)
    context.load_cert_chain(certificate)

    class PassedOn(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with (
                suppress(OSError),
                context.wrap_socket(self.request, server_side=True) as end,
                socket.create_connection((beyond.hostname, beyond.port)) as other,
            ):
                back = threading.Thread(target=passed_on, args=(other, end))
                back.start()
                passed_on(end, other)
                other.shutdown(socket.SHUT_RDWR)
                back.join()

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), PassedOn) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.mark.parametrize("setting", ["opensearch_ca", "opensearch_password_file", "opensearch_api_key_file"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, setting: str) -> None:
    with pytest.raises(Fault, match="saknas"):
        connected(Settings(**{setting: tmp_path / "saknas"}))
    (tmp_path / "ca").write_text("inget certifikat")
    with pytest.raises(Fault, match="ca: "):
        connected(Settings(opensearch_ca=tmp_path / "ca"))


@pytest.mark.parametrize("hosts", [[], ["127.0.0.1:9200"], ["ftp://a"], ["http://"]])
def test_addresses_that_are_none_are_refused(tmp_path: Path, hosts: list[str]) -> None:
    (tmp_path / "a.toml").write_text(f"[opensearch]\nhosts = {hosts}\n")
    with pytest.raises(SettingsError, match="opensearch_hosts"):
        load_settings(tmp_path / "a.toml", {})


def test_another_node_is_asked_where_one_is_down(cluster: Cluster) -> None:
    for hosts in (("http://127.0.0.1:1", *cluster.hosts), (*cluster.hosts, "http://127.0.0.1:1")):
        with closing(connected(cluster.settings(opensearch_hosts=hosts))) as client:
            for _ in range(8):
                assert client.ping()
