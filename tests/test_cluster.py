"""One writer and any number of readers over a cluster: whatever is stopped, killed or in two places, nothing is lost and nothing half done answers."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import uuid4

import pytest
from msgspec import structs
from opensearchpy.client.indices import IndicesClient
from opensearchpy.exceptions import TransportError

from indexer.engines import ClusterDown, EngineError, opensearch
from indexer.engines.cluster import Cluster, State, index_of
from indexer.engines.connecting import connected
from indexer.generations import Generation, Manifest, all_generations, read_current
from indexer.indexing import announcing as leases
from indexer.indexing import build
from indexer.indexing.checking import check, status
from indexer.indexing.curating import forget, hide
from indexer.queries import Search
from indexer.searching import IndexMissing, Searcher, following, opening
from indexer.searching.following import LOOKED_AT
from indexer.settings import Settings
from tests.cluster import Cluster as Nodes
from tests.cluster import passed_on
from tests.cluster_writer import settings_of
from tests.conftest import write_jsonl
from webapp import create_app

HELD = 3.0
"""Seconds that a lease is waited for here where its holder is known to be stopped."""
STEPS = [
    "bulk",
    "announce",
    *(pytest.param(step, marks=pytest.mark.long) for step in ("claim", "copy", "alias", "delete")),
]
"""Of `cluster_writer`; the first two lie on either side of what makes a commit one."""


def documents(name: str, numbers: Sequence[int]) -> list[dict[str, object]]:
    """Each with a word of its own."""
    return [
        {
            "url": f"https://{name}.example/{n}",
            "title": f"Vindkraft {name}{n}",
            "text": f"Regionen bygger {n} verk åt {name}.",
        }
        for n in numbers
    ]


@pytest.fixture
def settings(tmp_path: Path, cluster: Nodes) -> Iterator[Settings]:
    """A machine with twenty documents that reaches a cluster where nothing is."""
    (tmp_path / "corpus").mkdir()
    write_jsonl(tmp_path / "corpus" / "a.jsonl", documents("a", range(20)))
    chosen = settings_of(tmp_path / "corpus", tmp_path / "index", ",".join(cluster.hosts), f"t{uuid4().hex[:10]}")
    yield chosen
    with closing(connected(chosen)) as client:
        client.indices.delete(index=f"{chosen.opensearch_prefix}*", ignore=404)


@pytest.fixture
def reader(settings: Settings, tmp_path: Path) -> Settings:
    """Another machine, with neither corpus nor index."""
    return structs.replace(settings, corpus=tmp_path / "none", index=tmp_path / "reader")


@pytest.fixture
def other(settings: Settings, tmp_path: Path) -> Settings:
    """Another machine that writes, with documents of its own."""
    (tmp_path / "corpus2").mkdir()
    write_jsonl(tmp_path / "corpus2" / "b.jsonl", documents("b", range(7)))
    return structs.replace(settings, corpus=tmp_path / "corpus2", index=tmp_path / "index2")


def started(settings: Settings, *step: str) -> subprocess.Popen[str]:
    """A writer as a process."""
    where = [str(settings.corpus), str(settings.index), ",".join(settings.opensearch_hosts), settings.opensearch_prefix]
    program = [sys.executable, "-m", "tests.cluster_writer", *where, *step]
    return subprocess.Popen(program, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1])


def state_of(settings: Settings) -> State:
    """What the cluster says."""
    with closing(Cluster(settings)) as held:
        return held.state()[0]


def indexes_of(settings: Settings) -> list[str]:
    """Those of generations that the cluster has, and what the alias means."""
    with closing(Cluster(settings)) as held:
        aliases, state = held.indexes(), held.state()[0]
        pointed = [index for index, names in aliases.items() if settings.opensearch_prefix in names]
        assert pointed == [state.index]
        return [index for index in aliases if "-copy-" not in index]


def found(searcher: Searcher, question: str = "vindkraft", wanted: int | None = None) -> list[str]:
    """The ids that a question finds, once it finds so many; what is written is seen a second later."""
    for _ in range(200):
        ids = sorted(hit.document.id for hit in searcher.documents(Search(question)))
        if wanted is None or len(ids) == wanted:
            break
        time.sleep(0.1)
    return ids


def add(settings: Settings, name: str, count: int) -> None:
    """A file more in the corpus."""
    write_jsonl(settings.corpus / f"{name}.jsonl", documents(name, range(count)))


QUESTIONS = [
    *("vindkraft", "regionen bygger", "vindkraft -a3", '"bygger 7"', "vindkr*", "a1* eller a2", "vinkraft", "källa:a"),
    *(f"vindkraft a{n}" for n in range(20)),
    *(f"{n} verk" for n in range(22)),
]


def test_a_machine_without_corpus_or_index_answers_as_the_writers(settings: Settings, reader: Settings) -> None:
    build(settings)
    assert len(QUESTIONS) == 50
    mine, others = Searcher(settings), Searcher(reader)
    for question in map(Search, QUESTIONS):
        assert others.search(question) == mine.search(question)
    for typed in ("vind", "reg"):
        assert others.complete(typed) == mine.complete(typed)
    assert not reader.corpus.exists()


def test_commits_names_and_rebuilds_are_followed_while_questions_are_asked(
    settings: Settings, reader: Settings
) -> None:
    build(settings)
    searcher, failures, ended = Searcher(reader), [], threading.Event()
    first = state_of(settings).index

    def ask() -> None:
        while not ended.is_set():
            try:
                assert len(found(searcher)) >= 20
            except Exception as error:
                failures.append(error)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    add(settings, "c", 3)
    build(settings)
    assert len(found(searcher, wanted=23)) == 23
    assert state_of(settings).index == first
    (id,) = found(searcher, '"vindkraft c1"')
    hide(settings, id, "Vindkraft c1")
    assert found(searcher, '"vindkraft c1"', wanted=0) == []
    for _ in range(2):
        build(settings, rebuild=True)
        assert len(found(searcher, wanted=23)) == 23
    ended.set()
    asking.join()
    assert not failures
    state = state_of(settings)
    assert set(indexes_of(settings)) == {state.index, state.previous}
    assert first not in indexes_of(settings)


def test_an_index_that_is_built_whole_is_one_segment(settings: Settings) -> None:
    """And what comes to it later is not a reason to write all of it anew."""
    for rebuild, segments in ((False, 1), (False, 2), (True, 1)):
        build(structs.replace(settings, commit_every=5), rebuild=rebuild)
        with closing(connected(settings)) as client:
            held = Counter(one["prirep"] for one in client.cat.segments(index=state_of(settings).index, format="json"))
        assert set(held.values()) == {segments}, held
        add(settings, "c", 3)


def test_a_cluster_that_does_not_merge_answers_all_the_same(
    settings: Settings, reader: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **named: object) -> None:
        raise TransportError(500, "no room")

    monkeypatch.setattr(IndicesClient, "forcemerge", refuse)
    build(settings)
    assert len(found(Searcher(reader), wanted=20)) == 20


def test_what_is_forgotten_is_gone_from_the_cluster_at_once(settings: Settings, reader: Settings) -> None:
    build(settings)
    add(settings, "hemlig", 1)
    build(settings)
    before = state_of(settings)
    (id,) = found(Searcher(reader), '"vindkraft hemlig0"')
    forget(settings, [id])
    state = state_of(settings)
    assert indexes_of(settings) == [state.index]
    assert len(found(Searcher(reader), wanted=20)) == 20
    with closing(Cluster(settings)) as held:
        with pytest.raises(ClusterDown):
            list(held.parts(before))
        assert not any(b"hemlig" in part for part in held.parts(state))


def test_a_machine_with_an_empty_corpus_takes_nothing_over(
    settings: Settings, other: Settings, reader: Settings
) -> None:
    build(settings)
    for path in other.corpus.iterdir():
        path.unlink()
    with pytest.raises(EngineError, match="är tom, och i klustret svarar"):
        build(other)
    assert len(found(Searcher(reader))) == 20
    assert build(settings).documents == 20
    assert build(other, rebuild=True).documents == 0


@pytest.mark.long
def test_what_the_cluster_lost_is_built_again(settings: Settings, reader: Settings) -> None:
    build(settings)
    before = state_of(settings)
    add(settings, "c", 4)
    build(settings)
    with closing(Cluster(settings)) as held:  # as from a snapshot of yesterday
        _, seen = held.state()
        held.put(before, seen)
    assert build(settings).documents == 24
    assert len(found(Searcher(reader), wanted=24)) == 24
    with closing(connected(settings)) as client:
        client.indices.delete(index=state_of(settings).index)
    assert build(settings).documents == 24
    assert len(found(Searcher(reader), wanted=24)) == 24
    with closing(connected(settings)) as client:
        client.delete_by_query(
            index=state_of(settings).index, body={"query": {"match_all": {}}}, max_docs=1, refresh=True
        )
    assert build(settings).documents == 24
    assert len(found(Searcher(reader), wanted=24)) == 24


def test_what_was_announced_answers_here_too_after_a_failure(
    settings: Settings, reader: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(settings)
    for name in ("delete", "point"):
        with monkeypatch.context() as failing, pytest.raises(ClusterDown, match="nej"):
            original, calls = getattr(Cluster, name), []

            def once(
                *given: Any, original: Any = original, calls: list[int] = calls
            ) -> None:  # not as the lease is taken
                calls.append(1)
                if len(calls) > 1:
                    raise ClusterDown("nej")
                original(*given)

            failing.setattr(Cluster, name, once)
            build(settings, rebuild=True)
        answering = state_of(settings).index
        assert holds(settings)
        build(settings)
        assert state_of(settings).index == answering
    with monkeypatch.context() as failing, pytest.raises(RuntimeError):
        failing.setattr("indexer.generations.write_manifest", raising_for_whole)
        build(settings, rebuild=True)
    answering = state_of(settings).index
    assert not holds(settings)
    assert build(settings).documents == 20 and state_of(settings).index == answering and holds(settings)


def raising_for_whole(folder: Path, manifest: Manifest) -> None:
    """As a kill once all was said in the cluster, and not yet here."""
    if manifest.complete:
        raise RuntimeError


@pytest.mark.long
def test_who_was_stopped_before_it_moved_the_alias_leaves_one(
    settings: Settings, other: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "HELD", HELD)
    build(settings)
    add(settings, "c", 3)
    with started(settings, "alias", "SIGSTOP", "2") as holder:
        os.waitid(os.P_PID, holder.pid, os.WSTOPPED | os.WNOWAIT)
        build(other)
        holder.send_signal(signal.SIGCONT)
        holder.communicate(timeout=300)
    indexes_of(settings)


@pytest.mark.long
def test_what_stopped_writers_left_in_the_cluster_is_deleted_by_the_next(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "HELD", HELD)
    build(settings)
    for _ in range(2):
        with started(settings, "announce", "SIGKILL", "rebuild") as killed:
            killed.communicate(timeout=300)
        assert killed.returncode == -signal.SIGKILL
    build(settings)
    with closing(Cluster(settings)) as held:
        assert held.indexes().keys() == {held.state()[0].index, held.state()[0].copy}


def test_a_lease_is_free_at_once_after_a_start_that_failed(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as failing, pytest.raises(ClusterDown, match="nej"):
        failing.setattr(Cluster, "let_nobody_write", lambda held: (_ for _ in ()).throw(ClusterDown("nej")))
        build(settings)
    assert state_of(settings).holder == ""


@pytest.mark.parametrize("times", [3, pytest.param(20, marks=pytest.mark.soak)])
def test_two_writers_at_once_are_one_after_the_other(settings: Settings, other: Settings, times: int) -> None:
    for number in range(times):
        add(settings, f"n{number}", 1)
        with started(settings) as one, started(other) as two:
            said = [process.communicate(timeout=300)[0].split() for process in (one, two)]
        assert [process.returncode for process in (one, two)] == [0, 0], "\n".join(" ".join(one) for one in said)
        assert [lines[-1] for lines in said] == [str(21 + number), "7"]
        last = next(one for one in (settings, other) if holds(one))
        assert check(last).sound
        assert len(indexes_of(settings)) <= 2


def holds(settings: Settings) -> bool:
    """Whether what a machine has built last is what answers."""
    now = read_current(settings.index)
    return now is not None and index_of(now.generation.engine_folder) == state_of(settings).index


@pytest.mark.parametrize("step", STEPS)
def test_who_is_frozen_and_thawed_after_another_took_over_commits_nothing(
    settings: Settings, other: Settings, reader: Settings, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "HELD", HELD)
    build(settings)
    if step == "alias":  # which only another generation moves
        shutil.rmtree(settings.index)
    add(settings, "frozen", 5)
    with started(settings, step, "SIGSTOP", "2" if step in ("alias", "delete") else "1") as holder:
        os.waitid(os.P_PID, holder.pid, os.WSTOPPED | os.WNOWAIT)
        assert build(other).documents == 7
        taken = state_of(other)
        holder.send_signal(signal.SIGCONT)
        said, _ = holder.communicate(timeout=300)
    if step == "delete":  # it had committed before the other took over
        assert (holder.returncode, said) == (0, "25\n")
    else:
        assert holder.returncode == 1, said
        assert "annan skrivare har tagit över" in said
    assert state_of(other) == taken
    assert taken.index in indexes_of(other)
    assert len(found(Searcher(reader))) == 7
    if step in ("claim", "bulk"):
        with closing(connected(other)) as client:
            assert client.count(index=taken.previous)["count"] == 20
    assert build(settings).documents == 25  # which is lost to nobody
    assert len(found(Searcher(reader))) == 25


@pytest.mark.parametrize("step", STEPS)
def test_who_is_killed_goes_on(
    settings: Settings, reader: Settings, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "HELD", HELD)
    if step != "alias":
        build(settings)
        first = state_of(settings).index
        add(settings, "c", 5)
    with started(settings, step, "SIGKILL", "2" if step == "delete" else "1") as killed:
        killed.communicate(timeout=300)
    assert killed.returncode == -signal.SIGKILL
    built = build(settings)
    assert check(settings).sound
    assert len(found(Searcher(reader))) == built.documents == (20 if step == "alias" else 25)
    if step not in ("alias", "bulk"):  # what is given again may have been there: then it is written compactly
        assert state_of(settings).index == first
    assert len(indexes_of(settings)) <= (2 if step in ("alias", "bulk") else 1)


def test_a_rebuild_that_lacks_documents_answers_nobody(
    settings: Settings, reader: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(settings)
    before = state_of(settings)
    add = opensearch.OpensearchWriter.add
    with monkeypatch.context() as losing:
        every_other = itertools.cycle([add, lambda writer, record: None])
        losing.setattr(opensearch.OpensearchWriter, "add", lambda *given: next(every_other)(*given))
        with pytest.raises(EngineError, match="inte alla dokument"):
            build(settings, rebuild=True)
    after = state_of(settings)
    assert structs.replace(after, epoch=before.epoch, holder=before.holder) == before
    assert before.index in indexes_of(settings)
    assert len(found(Searcher(reader))) == 20
    build(settings, rebuild=True)
    assert len(indexes_of(settings)) == 2


class Door:
    """A port that leads to a node while it is open."""

    def __init__(self, host: str) -> None:
        self._beyond, self._ends, self.port = urlsplit(host), list[socket.socket](), 0

    def open(self) -> None:
        listening = socket.create_server(("127.0.0.1", self.port))
        self.port = listening.getsockname()[1]
        self._ends.append(listening)
        threading.Thread(target=self._serve, args=(listening,), daemon=True).start()

    def _serve(self, listening: socket.socket) -> None:
        with suppress(OSError):
            while True:
                end, other = listening.accept()[0], socket.create_connection((self._beyond.hostname, self._beyond.port))
                self._ends += (end, other)
                for pair in ((end, other), (other, end)):
                    threading.Thread(target=passed_on, args=pair, daemon=True).start()

    def close(self) -> None:
        while self._ends:
            with suppress(OSError):
                self._ends[-1].shutdown(socket.SHUT_RDWR)
            self._ends.pop().close()


def test_a_cluster_that_is_down_is_told_in_a_sentence_and_found_again_without_a_restart(
    settings: Settings, reader: Settings, tmp_path: Path
) -> None:
    build(settings)
    door = Door(settings.opensearch_hosts[0])
    door.open()
    here = structs.replace(reader, opensearch_hosts=(f"http://127.0.0.1:{door.port}",))
    searcher, client = Searcher(here), create_app(here).test_client()
    assert len(found(searcher)) == 20
    assert client.get("/sok?q=vindkraft").status_code == 200
    assert status(here).documents == 20
    door.close()
    time.sleep(1.1)
    for _ in range(2):
        with pytest.raises(ClusterDown, match=r"svarar inte.*\.$"):
            searcher.search(Search("vindkraft"))
    assert client.get("/sok?q=vindkraft").status_code == 503
    settled = [f'corpus = "{settings.corpus}"', f'index = "{settings.index}"', 'engine = "opensearch"', "[opensearch]"]
    hosts = [f'hosts = ["http://127.0.0.1:{door.port}"]', f'prefix = "{settings.opensearch_prefix}"']
    (tmp_path / "regionsok.toml").write_text("\n".join(settled + hosts), encoding="utf-8")
    for command in (["status"], ["check"], ["index"], ["search", "vindkraft"]):
        program = [sys.executable, "-m", "indexer", *command]
        where = {"cwd": tmp_path, "env": os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}}
        done = subprocess.run(program, capture_output=True, text=True, **where)
        assert (done.returncode, len(done.stderr.splitlines())) == (1, 1), done.stderr
        assert "svarar inte" in done.stderr
    door.open()
    time.sleep(1.1)
    assert len(found(searcher)) == 20
    assert client.get("/sok?q=vindkraft").status_code == 200
    door.close()


def test_a_cursor_goes_on_at_every_machine(settings: Settings, reader: Settings, tmp_path: Path) -> None:
    build(settings)
    beside = structs.replace(reader, index=tmp_path / "beside")
    one, two, own = (create_app(machine).test_client() for machine in (reader, beside, settings))
    asked = "/sok.json?q=vindkraft"
    first = one.get(asked).json
    for client in (two, own, create_app(beside).test_client()):
        then = client.get(f"{asked}&cursor={quote(first['cursor'])}")
        assert then.status_code == 200, then.json
        assert {hit["id"] for hit in first["hits"]}.isdisjoint(hit["id"] for hit in then.json["hits"])
    build(settings, rebuild=True)
    time.sleep(LOOKED_AT + 0.1)
    assert two.get(f"{asked}&cursor={quote(first['cursor'])}").status_code == 200
    others = structs.replace(reader, opensearch_prefix=f"{reader.opensearch_prefix}-other")
    assert state_of(settings).key not in ("", state_of(others).key)


def test_a_damaged_copy_is_brought_anew(settings: Settings, reader: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    build(settings)
    assert len(found(Searcher(reader))) == 20

    def copy() -> Path:
        return current(reader).catalogue

    def changed() -> None:
        content = copy().read_bytes()
        copy().write_bytes(content[:-5_000] + b"x" * 5_000)

    for damage in (lambda: copy().write_bytes(b"x"), lambda: copy().unlink(), changed):
        damage()
        assert len(found(Searcher(reader))) == 20
        now = read_current(reader.index / "cluster")
        assert now and not now.damaged()
    monkeypatch.setattr(opening, "READ_AT_ONCE", 0)  # as of a large one, which is read through beside the questions
    late = Searcher(reader)
    late.following.folder()
    changed()
    for _ in range(30):
        with suppress(IndexMissing):
            found(late)
        time.sleep(0.1)
    assert len(found(late)) == 20
    assert not late.damage()


def current(reader: Settings) -> Generation:
    """Of a machine's copy."""
    now = read_current(reader.index / "cluster")
    assert now is not None
    return now.generation


def test_what_cannot_be_brought_leaves_what_answers_and_nothing_beside(
    settings: Settings, reader: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(settings)
    searcher, nothing = Searcher(reader), structs.replace(reader, index=reader.index / "nothing")
    assert len(found(searcher)) == 20
    before = current(reader)
    add(settings, "c", 3)
    build(settings)
    parts, asked = Cluster.parts, threading.Event()

    def failing(held: Cluster, state: State) -> Iterator[bytes]:
        asked.set()
        raise ClusterDown("Klustret svarar inte.")

    with monkeypatch.context() as broken:
        broken.setattr(Cluster, "parts", failing)
        empty = Searcher(nothing)
        for _ in range(3):
            asked.clear()
            time.sleep(LOOKED_AT + 0.1)
            assert len(found(searcher)) == 23  # the index is the same
            assert asked.is_set()
            with pytest.raises(ClusterDown):
                empty.search(Search("vindkraft"))
        assert current(reader) == before
        for machine, kept in ((reader, 2), (nothing, 1)):
            assert len(all_generations(machine.index / "cluster")) <= kept
            assert not [*(machine.index / "cluster").rglob("*.unfinished")]
    go_on = threading.Event()

    def slow(held: Cluster, state: State) -> Iterator[bytes]:
        asked.set()
        go_on.wait(30)
        return parts(held, state)

    asked.clear()
    with monkeypatch.context() as slower:
        slower.setattr(Cluster, "parts", slow)
        time.sleep(LOOKED_AT + 0.1)
        looking = threading.Thread(target=found, args=(searcher,))
        looking.start()
        assert asked.wait(30)
        assert len(found(searcher)) == 23
        assert looking.is_alive()
        go_on.set()
        looking.join()
    assert current(reader) != before
    assert all_generations(reader.index / "cluster") == [current(reader)]


def test_readiness_is_of_what_answers(settings: Settings, reader: Settings) -> None:
    build(settings)
    app, accept = create_app(reader).test_client(), {"Accept": "application/json"}
    told = app.get("/halsa", headers=accept).json
    assert (told["documents"], told["generation"]) == (20, current(reader).folder.name)
    assert "regionsok_ready 1" in app.get("/metrics").text
    with closing(connected(settings)) as client:
        client.indices.delete(index=state_of(settings).index)
    for _ in range(2):
        answer = app.get("/halsa", headers=accept)
        assert answer.status_code == 503
        assert "finns inte" in answer.json["detail"]
        assert str(reader.index) not in answer.json["detail"]
    assert "regionsok_ready 0" in app.get("/metrics").text
    answer = create_app(reader).test_client().get("/halsa", headers=accept).json
    assert answer["detail"].endswith("finns inte i klustret; kör regionsok index --rebuild där corpus/ ligger.")


def test_who_asks_while_something_is_forgotten_is_told_to_ask_again_and_is_answered(
    settings: Settings, reader: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(settings)
    monkeypatch.setattr(following, "LOOKED_AT", 1_000.0)  # it looks when it is told to
    one, two = Searcher(reader), Searcher(structs.replace(reader, index=reader.index / "beside"))
    first, *_, last = found(one)
    assert found(two)
    forget(settings, [last])
    for searcher, ask in ((one, lambda: one.search(Search("vindkraft"))), (two, lambda: two.document(first))):
        with pytest.raises(ClusterDown, match=r"^Indexet byttes .*; försök igen\.$"):
            ask()
        assert len(found(searcher)) == 19
        assert ask()


def test_a_cluster_that_waits_in_vain_is_told_in_a_sentence(settings: Settings, cluster: Nodes) -> None:
    index = f"{settings.opensearch_prefix}-red"
    body = {"settings": {"index.routing.allocation.require._name": "nowhere"}}
    cluster.client.indices.create(index=index, body=body, wait_for_active_shards=0)
    with closing(connected(settings)) as client, pytest.raises(ClusterDown, match=r"^Klustret .* försök igen"):
        client.cluster.health(index=index, wait_for_status="yellow", timeout="1s", request_timeout=60)


def test_a_machine_without_corpus_cannot_tell_whether_the_index_is_current(
    settings: Settings, reader: Settings
) -> None:
    build(settings)
    forget(settings, found(Searcher(settings))[:1])
    assert status(settings).current is True
    assert status(reader).current is None
