"""What a run says in a cluster, for whoever searches there; nothing where an engine's files lie beside the catalogue.

A generation that a cluster has is brought on only by the folder that built it, and only while nobody else took over: else a new
one is built. It answers when the state says so, which is written after everything that it names.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from math import inf
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any
from uuid import uuid4

from msgspec import convert, structs

from indexer.catalogue import Catalogue, copy_to_search
from indexer.engines import REMOTE, ClusterDown, EngineError, open_engine, open_writer
from indexer.engines.cluster import Cluster, Seen, State, Superseded, index_of
from indexer.generations import Generation, Manifest
from indexer.indexing.deciding import log
from indexer.planning import nodes
from indexer.settings import Settings

PART = 5_000_000
"""Bytes of a part of a copy before it is packed."""
HELD, RENEWED = 12.0, 3.0
"""Seconds after which a state that nobody renews is another's to write, and after which its writer renews it."""
COPIED = 30.0
"""Seconds between two copies in a run that goes on: one of 70,000 news has 34 MB, 11 packed, and takes half a second."""
SAMPLE = 100
"""Documents that are looked for before a generation answers."""


class Announcing:
    """Of one run: the right to write, held from the first to `close`."""

    def __init__(self, settings: Settings, on_wait: Callable[[], None]) -> None:
        self._cluster, self._settings, self._copied = Cluster(settings), settings, -inf
        self._ended, self._writing = Event(), Lock()
        self._cluster.create()
        self.state, mine = State(), uuid4().hex
        while self.state.holder != mine:
            self.state, self._seen = self._free(on_wait)
            with suppress(Superseded):  # by one that waited too
                self.write(epoch=self.state.epoch + 1, holder=mine)
        log.info("lease taken", extra={"epoch": self.state.epoch})
        self._cluster.let_nobody_write()
        self._renewing = Thread(target=self._renew, daemon=True)
        self._renewing.start()

    def _free(self, on_wait: Callable[[], None]) -> tuple[State, Seen]:
        """The state once nobody holds it, or has not renewed it for long: by one's own clock, since another's may differ."""
        state, watched = self._cluster.state()
        since = time.monotonic()
        if state.holder:
            on_wait()
        while state.holder and time.monotonic() < since + HELD:
            time.sleep(0.3)
            state, seen = self._cluster.state()
            if seen != watched:
                watched, since = seen, time.monotonic()
        return state, watched

    def write(self, **changes: Any) -> None:
        """Change the state. Raises Superseded where another one has."""
        with self._writing:
            state = structs.replace(self.state, **changes)
            self._seen = self._cluster.put(state, self._seen)
            self.state = state

    def _renew(self) -> None:
        while not self._ended.wait(RENEWED):
            with suppress(EngineError):  # it is tried again
                self.write()

    def is_lost(self) -> bool:
        """Whether another one has taken over."""
        return self._cluster.state()[0].epoch != self.state.epoch

    def close(self) -> None:
        """Let another one have it, unless it has."""
        self._ended.set()
        self._renewing.join()
        with closing(self._cluster), suppress(EngineError):  # then it is free a little later
            self.write(holder="")

    def is_current(self, generation: Generation) -> bool:
        """Whether a generation of this folder is the one that answers, and not older than that."""
        same = index_of(generation.engine_folder) == self.state.index
        with closing(Catalogue(generation.catalogue, to_read=True)) as catalogue:
            return same and catalogue.counter("batch") >= self.state.commit

    def claim(self, generation: Generation) -> None:
        """Make a generation writable for this run, and its index where there is none. Raises Superseded."""
        open_writer(generation.engine, generation.engine_folder, self._settings).close()
        self._cluster.let_write(generation.engine_folder, self.state.epoch)
        self.write()  # else that may have been after the next writer began

    def announce(self, generation: Generation, manifest: Manifest, forgotten: int) -> None:
        """Let all who search answer from the last commit of a generation. Raises Superseded, and EngineError where it lacks documents."""
        before, index = self.state, index_of(generation.engine_folder)
        whole = manifest.complete or index != before.index
        with closing(Catalogue(generation.catalogue, to_read=True)) as catalogue:
            commit = catalogue.counter("batch")
            if whole:
                self._prove(generation, catalogue)
        due = whole or time.monotonic() > self._copied + COPIED
        copy = self._copy(generation) if due else before.copy
        forgets = forgotten != before.forgotten  # then nothing of before may be kept
        previous = "" if forgets else before.previous if index == before.index else before.index
        indexes, said = self._cluster.indexes(), {"manifest": structs.asdict(manifest), "forgotten": forgotten}
        self.write(index=index, previous=previous, commit=commit, copy=copy, **said)
        if due:
            self._cluster.point(index, indexes)
            old = indexes.keys() - {index, previous}
            self._cluster.delete(old, before.epoch, copy if forgets else (*before.copy, *copy))

    def _prove(self, generation: Generation, catalogue: Catalogue) -> None:
        documents, sample = catalogue.documents.count(), catalogue.documents.sample(SAMPLE)
        with closing(open_engine(generation.engine, generation.engine_folder, self._settings)) as engine:
            counted, found = engine.count(nodes.Everything()).total, all(map(engine.get, sample))
        if counted != documents or not found:
            log.error("index incomplete", extra={"documents": counted, "expected": documents, "sampled": found})
            raise EngineError(f"Klustret har {counted} av {documents} dokument; kör regionsok index --rebuild.")

    def _copy(self, generation: Generation) -> tuple[str, ...]:
        self._copied = time.monotonic()
        with tempfile.NamedTemporaryFile(dir=generation.folder) as file:
            copy_to_search(generation.catalogue, Path(file.name))
            parts = iter(lambda: file.read(PART), b"")
            return tuple(self._cluster.put_part(part, self.state.epoch) for part in parts)


@contextmanager
def leased(settings: Settings, engine: str, on_wait: Callable[[], None]) -> Iterator[Announcing | None]:
    """Of a run by an engine, once no other writer has the lease; None where the engine needs none. Raises EngineError."""
    if engine not in REMOTE:
        yield None
        return
    with closing(Announcing(settings, on_wait)) as announcing:
        try:
            yield announcing
        except EngineError as error:
            if isinstance(error, ClusterDown) or not announcing.is_lost():
                raise
            raise Superseded from error


def announced(settings: Settings) -> Manifest | None:
    """What answers in the cluster; None where nothing does. Raises EngineError."""
    with closing(Cluster(settings)) as cluster:
        state, _ = cluster.state()
    return convert(state.manifest, Manifest) if state.index else None
