"""What a run says in a cluster, for whoever searches there; nothing where an engine's files lie beside the catalogue.

A generation that a cluster has is brought on only by the folder that built it, and only while nobody else took over: else a new
one is built. It answers when the state says so, which is written after everything that it names.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from math import inf
from pathlib import Path

from msgspec import convert, structs

from indexer.catalogue import Catalogue, copy_to_search
from indexer.engines import REMOTE, ClusterDown, EngineError, open_engine, open_writer
from indexer.engines.cluster import Cluster, Lease, Superseded, index_of
from indexer.generations import Generation, Manifest
from indexer.indexing.deciding import log
from indexer.planning import nodes
from indexer.settings import Settings

PART = 5_000_000
"""Bytes of a part of a copy before it is packed."""
COPIED = 30.0
"""Seconds between two copies in a run that goes on: one of 70,000 news has 34 MB, 11 packed, and takes half a second."""
SAMPLE = 100
"""Documents that are looked for before a generation answers."""


class Announcing:
    """Of one run, which holds the lease."""

    def __init__(self, cluster: Cluster, lease: Lease, settings: Settings) -> None:
        self._cluster, self._lease, self._settings = cluster, lease, settings
        self.index = lease.state.index
        """That answers; nothing where there is none."""
        self._copied = -inf

    def is_current(self, generation: Generation) -> bool:
        """Whether a generation of this folder is the one that answers, and not older than that."""
        same = index_of(generation.engine_folder) == self.index
        with closing(Catalogue(generation.catalogue, to_read=True)) as catalogue:
            return same and catalogue.counter("batch") >= self._lease.state.commit

    def claim(self, generation: Generation) -> None:
        """Make a generation writable for this run, and its index where there is none. Raises Superseded."""
        open_writer(generation.engine, generation.engine_folder, self._settings).close()
        self._cluster.let_write(generation.engine_folder, self._lease.state.epoch)
        self._lease.write()  # else that may have been after the next writer began

    def announce(self, generation: Generation, manifest: Manifest, forgotten: int) -> None:
        """Let all who search answer from the last commit of a generation. Raises Superseded, and EngineError where it lacks documents."""
        before, self.index = self._lease.state, index_of(generation.engine_folder)
        whole = manifest.complete or self.index != before.index
        with closing(Catalogue(generation.catalogue, to_read=True)) as catalogue:
            commit = catalogue.counter("batch")
            if whole:
                self._prove(generation, catalogue)
        due = whole or time.monotonic() > self._copied + COPIED
        copy = self._copy(generation) if due else before.copy
        forgets = forgotten != before.forgotten  # then nothing of before may be kept
        previous = "" if forgets else before.previous if self.index == before.index else before.index
        indexes, said = self._cluster.indexes(), {"manifest": structs.asdict(manifest), "forgotten": forgotten}
        self._lease.write(index=self.index, previous=previous, commit=commit, copy=copy, **said)
        if due:
            self._cluster.point(self.index, indexes)
            old = indexes.keys() - {self.index, previous}
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
        with tempfile.TemporaryDirectory(dir=generation.folder) as folder:
            copy_to_search(generation.catalogue, Path(folder, "copy"))
            with Path(folder, "copy").open("rb") as file:
                parts = iter(lambda: file.read(PART), b"")
                return tuple(self._cluster.put_part(part, self._lease.state.epoch) for part in parts)


@contextmanager
def announcing(settings: Settings, engine: str, on_wait: Callable[[], None]) -> Iterator[Announcing | None]:
    """Of a run by an engine, once no other writer has the lease; None where the engine needs none. Raises EngineError."""
    if engine not in REMOTE:
        yield None
        return
    with closing(Cluster(settings)) as cluster, closing(Lease(cluster, on_wait)) as lease:
        try:
            yield Announcing(cluster, lease, settings)
        except EngineError as error:
            if isinstance(error, ClusterDown) or not lease.is_lost():
                raise
            raise Superseded from error


def announced(settings: Settings) -> Manifest | None:
    """What answers in the cluster; None where nothing does. Raises EngineError."""
    with closing(Cluster(settings)) as cluster:
        state, _ = cluster.state()
    return convert(state.manifest, Manifest) if state.index else None
