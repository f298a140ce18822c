"""Stops a command of the write side at each of its steps, really: the process kills itself. Run as a program.

    python -m tests.stops FOLDER ENGINE [SCENARIO: | SCENARIO:STEP ...]

A step is a moment before one of the operations that a kill can come between: a change of name, a deletion, a new folder, a
commit of the catalogue (also in the middle of it, where its journal is hot) or of the engine; a sync changes nothing that a
kill leaves. Of several with one name the last is chosen. What is found wrong is printed, a JSON object a line. Nothing of
the product knows of this: the operations are replaced in the forked process.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import sqlite3
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing
from hashlib import blake2b
from pathlib import Path
from typing import Any

import indexer.indexing.preloading  # noqa: F401  the tables, once for all that are forked
from indexer.catalogue import Catalogue
from indexer.corpus.ledger import FIRST_SEEN, LEDGER
from indexer.engines import tantivy, whoosh
from indexer.indexing import build
from indexer.indexing.checking import check
from indexer.queries import Search
from indexer.searching import IndexMissing, Searcher
from indexer.settings import Settings
from tests.index_answers import answers, fresh_answers
from tests.stop_scenarios import SCENARIOS, STAYING, Command, write_base

HOT = b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7"
"""What a journal of SQLite begins with once it has been synced: with it the commit is undone."""


class Trace:
    """The steps of one run; at one of them the process ends."""

    def __init__(self, stop: int) -> None:
        self.steps: list[str] = []
        self._stop = stop

    def step(self, name: str, before: Callable[[], object] = lambda: None) -> None:
        self.steps.append(re.sub(r"\.(.+)\.\d+\.unfinished", r"new \1", name))
        if len(self.steps) - 1 == self._stop:
            before()
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self) -> None:
        """Replace what makes something durable by the same, a step before it."""
        for name in ("replace", "rename", "unlink", "rmdir", "mkdir"):
            setattr(os, name, self._watched(getattr(os, name), name))
        commit = Catalogue.commit

        def catalogue_commit(catalogue: Catalogue) -> None:
            self.step("catalogue commit")
            self.step("in the catalogue commit", lambda: spill(catalogue))
            commit(catalogue)

        opened = Catalogue.__init__

        def catalogue_opened(catalogue: Catalogue, path: Path, **named: Any) -> None:
            opened(catalogue, path, **named)
            let_spill(catalogue)

        Catalogue.__init__ = catalogue_opened  # type: ignore[method-assign]
        Catalogue.commit = catalogue_commit  # type: ignore[method-assign]
        for writer in (tantivy.TantivyWriter, whoosh.WhooshWriter):
            writer.commit = self._watched(writer.commit, "engine commit")  # type: ignore[method-assign]

    def _watched(self, original: Any, name: str) -> Any:
        def watched(*args: Any, **named: Any) -> Any:
            what = Path(os.fsdecode(args[0])).name if isinstance(args[0], str | bytes | os.PathLike) else ""
            self.step(f"{name} {what}".strip())
            return original(*args, **named)

        return watched


def let_spill(catalogue: Catalogue) -> None:
    """Let `spill` do so: SQLite takes that only between transactions."""
    for sql in ("ROLLBACK", "PRAGMA main.cache_spill = 1", "BEGIN"):
        catalogue._connection.execute(sql)


def spill(catalogue: Catalogue) -> None:
    """Write a part of what is to be committed, as in the middle of a commit: the journal is synced, and then hot."""
    connection = catalogue._connection
    connection.execute("PRAGMA cache_size = 10")
    connection.execute(
        "CREATE TABLE spilled AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)"
        " SELECT i, randomblob(1000) FROM n"
    )


def forked(do: Callable[[], object], into: Path) -> int:
    """What a function gives, as JSON in a file, from a process of its own; how that ended."""
    sys.stdout.flush()
    if child := os.fork():
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    status = 1
    try:
        into.write_text(json.dumps(do()), encoding="utf-8")
        status = 0
    except BaseException:
        into.write_text(traceback.format_exc(), encoding="utf-8")
    finally:
        os._exit(status)


class Walk:
    """Over the steps of every scenario with one engine, below one folder."""

    def __init__(self, folder: Path, engine: str) -> None:
        self._folder = folder
        self._engine = engine
        self._fresh: dict[str, list[str]] = {}
        self.hot = 0

    def settings(self, name: str) -> Settings:
        below = self._folder / name
        return Settings(corpus=below / "corpus", index=below / "index", engine=self._engine, commit_every=5)

    def prepare(self, chosen: set[str]) -> dict[str, list[str]]:
        """Each scenario as it is before its command, and the steps of that."""
        base = self.settings("base")
        write_base(base)
        self._do(lambda: build(base).documents)
        steps = {}
        for name, (before, command) in SCENARIOS.items():
            if chosen and name not in chosen:
                continue
            ready = self.settings(name)
            shutil.copytree(base.corpus.parent, ready.corpus.parent)
            if name == "first":
                shutil.rmtree(ready.index)
            self._do(lambda before=before, ready=ready: before(ready))
            walked = self.settings("walked")
            shutil.copytree(ready.corpus.parent, walked.corpus.parent)

            def traced(command: Command = command, walked: Settings = walked) -> list[str]:
                trace = Trace(-1)
                trace.watch()
                command(walked)
                return trace.steps

            steps[name] = self._do(traced)
            shutil.rmtree(walked.corpus.parent)
        return steps

    def stopped(self, name: str, step: int) -> Iterator[str]:
        """What is wrong after a stop at a step."""
        settings = self.settings("stopped")
        shutil.rmtree(settings.corpus.parent, ignore_errors=True)
        shutil.copytree(self.settings(name).corpus.parent, settings.corpus.parent)

        def stopping() -> None:
            Trace.watch(trace := Trace(step))
            SCENARIOS[name][1](settings)
            raise AssertionError(f"no stop; {trace.steps}")

        if (code := forked(stopping, self._folder / "out")) != -signal.SIGKILL:
            yield f"ended with {code}: {(self._folder / 'out').read_text(encoding='utf-8')}"
            return
        journals = settings.index.glob("*/catalogue.sqlite-journal")
        self.hot += sum(journal.read_bytes().startswith(HOT) for journal in journals)
        yield from self._do(lambda: list(found_after(settings, name, self._fresh_answers)))

    def _fresh_answers(self, settings: Settings) -> list[str]:
        """Kept by what corpus/ and its ledger hold, in a file: processes that are forked share no memory."""
        files = sorted(path for path in settings.corpus.rglob("*") if path.is_file() and path.name != FIRST_SEEN.name)
        digest = blake2b(digest_size=8)
        for path in files:
            # Its salt and its days are another each time.
            content = json.loads(path.read_text()) | {"salt": ""} if path.name == LEDGER.name else None
            if content:
                content["forgotten"] = len(content["forgotten"])
                content["given"] = {origin: sorted(given) for origin, given in content["given"].items()}
            digest.update(f"{path.relative_to(settings.corpus)} {content or path.read_bytes()!r}".encode())
        kept = self._folder / f"fresh-{digest.hexdigest()}.json"
        if not kept.exists():
            kept.write_text(json.dumps(fresh_answers(settings, self._folder / f"index-{kept.stem}")), encoding="utf-8")
        found: list[str] = json.loads(kept.read_text(encoding="utf-8"))
        return found

    def _do(self, do: Callable[[], object]) -> Any:
        into = self._folder / "out"
        if forked(do, into):
            raise RuntimeError(into.read_text(encoding="utf-8"))
        return json.loads(into.read_text(encoding="utf-8"))


def found_after(settings: Settings, name: str, fresh: Callable[[Settings], list[str]]) -> Iterator[str]:
    """What is wrong with what a stop left, and with what the next run makes of it."""
    server, before = Searcher(settings), instants(settings)
    try:
        answers(settings, server)
        lost = {id for id in STAYING if server.document(id) is None}
        if lost and name != "first":
            yield f"lost before the next run: {sorted(lost)}"
    except IndexMissing as missing:
        if name != "first":
            yield f"nobody can read before the next run: {missing}"
    build(settings)
    expected, got = fresh(settings), answers(settings)
    yield from (
        f"{mine[:300]} != {others[:300]}" for mine, others in zip(got, expected, strict=False) if mine != others
    )
    if len(got) != len(expected):
        yield f"{len(got)} answers, {len(expected)} from a fresh build"
    if answers(settings, server) != got:
        yield "a server that was open answers otherwise"
    yield from misdated(settings, before)
    checked = check(settings)
    if not checked.sound:
        yield f"not sound: {checked}"
    state = state_of(settings)
    build(settings)
    if state_of(settings) != state:
        yield "the run after the next has something to do"
    left = [path.name for path in settings.index.iterdir() if path.is_dir()]
    if len(left) != 1:
        yield f"left in index/: {left}"


def instants(settings: Settings) -> dict[str, str]:
    """Id -> when it was first here, as it is kept."""
    if not (settings.corpus / FIRST_SEEN).exists():
        return {}
    with closing(sqlite3.connect(settings.corpus / FIRST_SEEN)) as connection:
        has_any = connection.execute("SELECT 1 FROM sqlite_schema").fetchall()
        return dict(connection.execute("SELECT * FROM first_seen")) if has_any else {}


def misdated(settings: Settings, before: dict[str, str]) -> Iterator[str]:
    """Documents that have another instant than is kept, and kept ones that are another than after the stop."""
    searcher, kept = Searcher(settings), instants(settings)
    for hit in searcher.search(Search(size=100, with_duplicates=True)).hits:
        document = searcher.document(hit.id)
        assert document is not None
        canonical = searcher.document(document.canonical) if document.canonical else document
        members = [document.id, *([canonical.id, *(one.id for one in canonical.duplicates)] if canonical else ())]
        if document.first_seen != min(kept[id] for id in members):
            yield f"{document.id} was first seen {document.first_seen}, not {kept[document.id]}"
    if changed := [id for id, instant in before.items() if kept.get(id, instant) != instant]:
        yield f"new once more: {changed}"


def state_of(settings: Settings) -> list[tuple[str, int]]:
    files = (path for path in settings.index.rglob("*") if path.is_file() and "lock" not in path.name.lower())
    return sorted((str(path), path.stat().st_mtime_ns) for path in files)


def main(folder: Path, engine: str, chosen: list[str]) -> None:
    """Print what was found: {"steps"}, then {"scenario", "step", "name", "wrong"} of each stop that left something wrong, then the totals."""
    walk = Walk(folder, engine)
    wanted = [tuple(one.split(":")) for one in chosen]
    steps = walk.prepare({scenario for scenario, _ in wanted})
    print(json.dumps({"steps": steps}), flush=True)
    stops = 0
    for name, names in steps.items():
        for step, step_name in enumerate(names):
            last = step_name not in names[step + 1 :]
            if wanted and (name, "") not in wanted and not (last and (name, step_name) in wanted):
                continue
            stops += 1
            if wrong := list(walk.stopped(name, step)):
                told = {"scenario": name, "step": step, "name": step_name, "wrong": wrong}
                print(json.dumps(told, ensure_ascii=False), flush=True)
    print(json.dumps({"stops": stops, "hot": walk.hot}), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3:])
