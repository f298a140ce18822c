"""What a run says in a cluster, for whoever searches there; nothing where an engine's files lie beside the catalogue.

A generation that a cluster has is brought on only by the folder that built it, and only while nobody else took over: else a new
one is built. It answers when the state says so, which is written after everything that it names.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial
from math import inf
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any
from uuid import uuid4

from msgspec import convert, structs

from indexer import generations
from indexer.catalogue import Catalogue, copy_to_search
from indexer.engines import REMOTE, ClusterDown, EngineError, open_engine, open_writer
from indexer.engines.cluster import Cluster, Seen, State, Superseded, index_of
from indexer.generations import Current, Generation, Manifest
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
        self._ended, self._writing, self._is_new = Event(), Lock(), False
        self._cluster.create()
        self.state, mine = State(), uuid4().hex
        while self.state.holder != mine:
            self.state, self._seen = self._free(on_wait)
            with suppress(Superseded):  # by one that waited too
                self.write(epoch=self.state.epoch + 1, holder=mine)
        log.info("lease taken", extra={"epoch": self.state.epoch})
        self._renewing = Thread(target=self._renew, daemon=True)
        self._renewing.start()
        try:
            self._cluster.let_nobody_write()
            self._catch_up(settings.index)
            self._tidy(self._cluster.indexes(), self.state.copy)  # what writers left that did not come to an end
        except EngineError:
            self.close()
            raise

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

    def _catch_up(self, index: Path) -> None:
        """Let a generation of this folder answer here too, where that was said in the cluster alone before a stop."""
        here = {index_of(one.engine_folder): one for one in generations.all_generations(index)}
        said = generations.read_manifest(index)
        if (
            self.state.index
            and self.state.index in here
            and not (said and said.generation == self.state.manifest["generation"])
        ):
            generations.write_manifest(index, convert(self.state.manifest, Manifest))
            generations.publish(index, here[self.state.index])

    def is_current(self, now: Current) -> bool:
        """Whether what answers here is what answers there, and all of it; a run that was stopped may have committed more."""
        generation = now.generation
        with closing(Catalogue(generation.catalogue, to_read=True)) as catalogue:
            ahead, index = catalogue.counter("batch") - self.state.commit, index_of(generation.engine_folder)
            if index != self.state.index or index not in self._cluster.indexes() or ahead < 0:
                return False
            return not now.complete or (not ahead and self._holds_all(generation, catalogue))

    def claim(self, generation: Generation) -> None:
        """Make a generation writable for this run, and its index where there is none. Raises Superseded."""
        self._is_new = not index_of(generation.engine_folder)
        open_writer(generation.engine, generation.engine_folder, self._settings).close()
        self._cluster.let_write(generation.engine_folder, self.state.epoch)
        self.write()  # else that may have been after the next writer began

    def announce(self, generation: Generation, manifest: Manifest, forgotten: int) -> Callable[[], None]:
        """Let all who search answer from the last commit of a generation; what is to be done once it answers here too.

        Raises Superseded, and EngineError where it lacks documents.
        """
        before, index = self.state, index_of(generation.engine_folder)
        whole = manifest.complete or index != before.index
        with closing(Catalogue(generation.catalogue, to_read=True)) as catalogue:
            commit = catalogue.counter("batch")
            if whole and not self._holds_all(generation, catalogue):
                raise EngineError("Klustret har inte alla dokument; kör regionsok index --rebuild.")
        if manifest.complete and self._is_new:
            with suppress(EngineError):  # it is as right in many
                self._cluster.merge(index)
        forgets = forgotten != before.forgotten  # then nothing of before may be kept
        due = whole or forgets or time.monotonic() > self._copied + COPIED
        copy, parts = self._copy(generation) if due else (before.copy, before.parts)
        previous = "" if forgets else before.previous if index == before.index else before.index
        seen, said = self._cluster.indexes(), {"manifest": structs.asdict(manifest), "forgotten": forgotten}
        self.write(index=index, previous=previous, commit=commit, copy=copy, parts=parts, **said)
        return partial(self._tidy, seen if due else {}, "" if forgets else before.copy)

    def _tidy(self, seen: dict[str, set[str]], copy: str) -> None:
        """Delete what nobody answers from any more, of what was there before the state said what does."""
        state = self.state
        if state.index in seen:
            self._cluster.point(state.index, seen)
        self._cluster.delete(seen.keys() - {state.index, state.previous, state.copy, copy})

    def _holds_all(self, generation: Generation, catalogue: Catalogue) -> bool:
        """Whether the engine has as many documents as the catalogue, and those of a sample."""
        documents, sample = catalogue.documents.count(), catalogue.documents.sample(SAMPLE)
        with closing(open_engine(generation.engine, generation.engine_folder, self._settings)) as engine:
            counted, found = engine.count(nodes.Everything()).total, all(map(engine.get, sample))
        log.info("index compared", extra={"documents": counted, "expected": documents, "sampled": found})
        return counted == documents and found

    def _copy(self, generation: Generation) -> tuple[str, int]:
        self._copied = time.monotonic()
        with tempfile.NamedTemporaryFile(dir=generation.folder) as file:
            copy_to_search(generation.catalogue, Path(file.name))
            return self._cluster.put_copy(iter(lambda: file.read(PART), b""))


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
