"""Nodes that are killed, paused or full and a writer that is killed, under load: no document is lost or doubled, no total is wrong."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest
from msgspec import structs

from benchmarks.peers import opensearch as runner
from indexer.engines import EngineError, connecting, open_engine
from indexer.generations import read_current
from indexer.indexing.checking import check
from indexer.queries import Search
from indexer.searching import Searcher
from indexer.settings import Settings
from tests.cluster_nodes import Node, Nodes, apart, fill
from tests.cluster_writer import settings_of
from tests.conftest import lacking, write_jsonl

ASKERS, QUESTIONS, DOCUMENTS = 5, 50, 20
"""Askers at once; questions and documents a second of all."""
PATIENCE = 2
"""Seconds that a node has for an answer."""
SEEN = 4.0
"""Seconds after which what was acknowledged is asked for: a reader looks every second, and a commit is one before its command ends."""
FAILED = 0.001
"""Share of questions that may have to be asked again."""


@dataclass
class Load:
    """A writer whose process begins anew all the time, and readers on another machine."""

    settings: Settings
    searcher: Searcher
    ended: threading.Event = field(default_factory=threading.Event)
    writer: subprocess.Popen[str] | None = None
    options: tuple[str, ...] = ()
    """Of the next run."""
    written: int = 0
    """Documents in corpus/."""
    acknowledged: list[tuple[float, int]] = field(default_factory=lambda: [(0.0, 0)])
    """When, and how many of the first."""
    runs: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    step: str = "start"

    def write(self) -> None:
        """Give corpus/ what has come in since, and index it; what a run does not take is there for the next."""
        begun, sent = time.monotonic(), 0
        while not self.ended.is_set():
            due = max(sent + 1, int((time.monotonic() - begun) * DOCUMENTS))
            self.give(due - sent)
            sent, options, self.options = due, self.options, ()
            self.index(*options)

    def give(self, count: int) -> None:
        """Put documents into corpus/, each with a word of its own."""
        rows = [
            {"url": f"https://a.example/{n}", "title": f"Vindkraft nr{n}x", "text": f"Regionen bygger verk nr{n}x."}
            for n in range(self.written, self.written + count)
        ]
        write_jsonl(self.settings.corpus / f"{self.written:06}.jsonl", rows)
        self.written += count

    def index(self, *options: str) -> None:
        """One run, which acknowledges what was there when it began."""
        before, settings = self.written, self.settings
        where = [str(settings.corpus), str(settings.index), ",".join(settings.opensearch_hosts)]
        program = [sys.executable, "-m", "tests.cluster_writer", *where, settings.opensearch_prefix, *options]
        with subprocess.Popen(program, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1]) as self.writer:
            said, _ = self.writer.communicate()
        ended = self.writer.returncode
        self.runs[f"{self.step}: {ended}{said.strip()[:150] * (ended > 0)}"] += 1
        if not ended:
            self.acknowledged.append((time.monotonic(), before))

    def sure(self) -> int:
        """How many documents everyone must find now."""
        return max(count for at, count in self.acknowledged if at < time.monotonic() - SEEN or not count)

    def ask(self, chance: random.Random) -> None:
        """Ask at an even pace; what fails is asked again at once."""
        due = time.monotonic()
        while not self.ended.is_set():
            due = max(due + ASKERS / QUESTIONS, time.monotonic() - 1)
            time.sleep(max(0.0, due - time.monotonic()))
            sure, one = self.sure(), chance.random() < 0.7
            asked, begun = f"nr{chance.randrange(sure)}x" if one and sure else "vindkraft", time.monotonic()
            for _ in range(4):
                try:
                    total = self.searcher.search(Search(asked)).total
                    break
                except EngineError as error:
                    self.failed.append(f"{self.step}: {error}"[:120])
            else:
                self.wrong.append(f"{self.step}: {asked} has no answer")
                continue
            self.seconds.append(time.monotonic() - begun)
            if not (total == 1 if asked != "vindkraft" else sure <= total <= self.written):
                self.wrong.append(f"{self.step}: {asked} has {total} of {sure} to {self.written}")


@pytest.fixture
def nodes() -> Iterator[Nodes]:
    """Three processes."""
    if reason := runner.missing():
        lacking(reason)
    with apart() as made:
        yield made


@pytest.mark.parametrize(
    "pace", [pytest.param(0.15, marks=pytest.mark.long), pytest.param(1.0, marks=pytest.mark.soak)]
)
def test_nothing_is_lost_while_nodes_and_writers_fail(
    nodes: Nodes, tmp_path: Path, pace: float, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(connecting._OPTIONS, "timeout", PATIENCE)
    (tmp_path / "corpus").mkdir()
    settings = settings_of(tmp_path / "corpus", tmp_path / "index", ",".join(nodes.hosts), "soak")
    load = Load(settings, Searcher(structs.replace(settings, corpus=tmp_path / "none", index=tmp_path / "reader")))
    load.give(500)
    load.index()
    threads = [threading.Thread(target=load.ask, args=(random.Random(n),), daemon=True) for n in range(ASKERS)]
    threads.append(threading.Thread(target=load.write, daemon=True))
    for thread in threads:
        thread.start()
    for name, act in steps(nodes, load, pace).items():
        load.step, begun = name, time.monotonic()
        act()
        nodes.await_whole()
        time.sleep(max(0.0, 50 * pace - (time.monotonic() - begun)))
    load.ended.set()
    for thread in threads:
        thread.join()
    while load.acknowledged[-1][1] < load.written:
        load.index()
    with capsys.disabled():
        print(said(load))
    assert load.wrong == []
    if pace == 1.0:
        assert len(load.failed) <= FAILED * len(load.seconds), load.failed
    current = read_current(settings.index)
    assert current and check(settings).sound
    with closing(open_engine("opensearch", current.generation.engine_folder, settings)) as engine:
        held = Counter(engine.ids())
    assert len(held) == load.written == held.total()


def steps(nodes: Nodes, load: Load, pace: float) -> dict[str, Callable[[], None]]:
    """What happens, each while all that was before goes on."""

    def signalled(number: int, first: signal.Signals, seconds: float, then: Callable[[Node], None]) -> None:
        nodes.nodes[number].signal(first)
        time.sleep(seconds * pace)
        then(nodes.nodes[number])

    def rebuilt() -> None:
        load.options = ("rebuild",)
        while not any(run.startswith("rebuild") for run in load.runs):
            time.sleep(0.2)

    def writer_killed() -> None:
        for seconds in (0.5, 2, 4):
            time.sleep(seconds)
            if load.writer:
                load.writer.kill()

    def full() -> None:
        path = fill(nodes.nodes[-1].data)
        time.sleep(45 * pace)
        if path:
            path.unlink()

    killed = {f"node {n} killed": partial(signalled, n, signal.SIGKILL, 15, Node.start) for n in range(3)}
    paused = partial(signalled, 1, signal.SIGSTOP, 30, lambda node: node.signal(signal.SIGCONT))
    others = {"rebuild": rebuilt, "writer killed": writer_killed, "disk full": full, "node paused": paused}
    return {"quiet": lambda: None, **killed, **others}


def said(load: Load) -> str:
    """The figures of a run."""
    seconds = sorted(load.seconds)
    p50, p99 = (1_000 * seconds[int(len(seconds) * share)] for share in (0.5, 0.99))
    numbers = f"{len(seconds)} questions, p50 {p50:.0f} ms, p99 {p99:.0f} ms, longest {seconds[-1]:.1f} s; {load.written} documents"
    return "\n".join(
        ["", numbers, f"asked again: {Counter(load.failed)}", f"runs: {dict(load.runs)}", f"wrong: {load.wrong}"]
    )
