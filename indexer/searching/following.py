"""Where what answers lies on this machine: index/, or for an engine that lies elsewhere a folder like it that follows the cluster.

index/cluster/                             CURRENT, manifest.json and generations as in index/, with what a search reads of a catalogue
index/cluster/000001-…/engine/cluster.json which index and which copy it was made of

The writer's own index/ is read as it is, while it is what answers. The cluster is asked no more than once a second.
"""

import logging
import time
from contextlib import suppress
from math import inf
from pathlib import Path
from threading import Lock

import msgspec
from msgspec import structs

from indexer import generations
from indexer.durable import write_durably
from indexer.engines import REMOTE, EngineError
from indexer.engines.cluster import INDEX, Cluster, State, index_of
from indexer.generations import Current, Generation, IndexDamaged, Manifest
from indexer.settings import Settings

LOOKED_AT = 1.0
"""Seconds between two looks at the cluster."""
_log = logging.getLogger(__package__)


class Following:
    """Any number of threads may ask, and other processes beside."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._looking, self._looked = Lock(), -inf
        self._found: Path | EngineError = settings.index
        self._cluster: Cluster | None = None

    def folder(self) -> Path:
        """That which answers now. Raises EngineError, ClusterDown among them, or OSError."""
        is_due = self._settings.engine in REMOTE and time.monotonic() > self._looked + LOOKED_AT
        # While one looks, which lasts where a node is silent, others go on with what was found; at first there is nothing.
        if is_due and self._looking.acquire(blocking=self._looked == -inf):
            try:
                self._found = self._look()
                self._looked = time.monotonic()
            finally:
                self._looking.release()
        if isinstance(self._found, EngineError):
            raise self._found
        return self._found

    def _look(self) -> Path | EngineError:
        try:
            self._cluster = self._cluster or Cluster(self._settings)
            state, _ = self._cluster.state()
            here = state.index and _current(self._settings.index)
            if not state.index or here and index_of(here.generation.engine_folder) == state.index:
                return self._settings.index
            own = self._settings.index / "cluster"
            with generations.writing(own):
                _bring(own, self._cluster, state)
            return own
        except EngineError as error:
            return error


def _current(folder: Path) -> Current | None:
    """What a folder like index/ answers from, if that can be told."""
    with suppress(IndexDamaged):
        return generations.read_current(folder)
    return None


def _bring(folder: Path, cluster: Cluster, state: State) -> None:
    """Make a folder what the cluster says, unless it is: what another process may be reading stays as it is."""
    now, source = _current(folder), msgspec.json.encode({"index": state.index, "copy": state.copy})
    made_of = now and now.generation.engine_folder / INDEX
    same = made_of and made_of.exists() and made_of.read_bytes() == source
    generation = now.generation if now and same else _brought(folder, cluster, state, source)
    manifest = structs.replace(msgspec.convert(state.manifest, Manifest), generation=generation.folder.name)
    if not now or manifest != now.manifest:
        generations.write_manifest(folder, manifest)
        generations.publish(folder, generation)
        generations.delete_others(folder, generation)


def _brought(folder: Path, cluster: Cluster, state: State, source: bytes) -> Generation:
    """A new generation with what the cluster has."""
    generation = generations.next_generation(folder, next(iter(REMOTE)))
    generation.engine_folder.mkdir()
    write_durably(generation.engine_folder / INDEX, source)
    with generation.catalogue.open("wb") as file:
        file.writelines(cluster.parts(state))
    generations.seal(generation)
    _log.info("copy brought", extra={"index": state.index, "parts": state.parts})
    return generation
