"""Where what answers lies on this machine: index/, or for an engine that lies elsewhere a folder like it that follows the cluster.

index/cluster/         CURRENT, manifest.json and generations as in index/, with what a search reads of a catalogue
index/cluster/state    what the cluster said when they were written

The writer's own index/ is read as it is, while it is what answers. The cluster is asked no more than once a second.
"""

import logging
import time
from math import inf
from pathlib import Path
from threading import Lock

import msgspec
from msgspec import structs

from indexer import generations
from indexer.durable import write_durably
from indexer.engines import REMOTE, EngineError
from indexer.engines.cluster import INDEX, Cluster, State, index_of
from indexer.generations import Generation, IndexDamaged, Manifest
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
        if self._settings.engine in REMOTE:
            with self._looking:
                if time.monotonic() > self._looked + LOOKED_AT:
                    self._found = self._look()
                    self._looked = time.monotonic()
        if isinstance(self._found, EngineError):
            raise self._found
        return self._found

    def _look(self) -> Path | EngineError:
        try:
            self._cluster = self._cluster or Cluster(self._settings)
            state, _ = self._cluster.state()
            if not state.index or _held_in(self._settings.index) == state.index:
                return self._settings.index
            own = self._settings.index / "cluster"
            with generations.writing(own):
                _bring(own, self._cluster, structs.replace(state, epoch=0, holder="", renewed=0))
            return own
        except EngineError as error:
            return error


def _held_in(folder: Path) -> str:
    """The index in the cluster that a folder like index/ answers from."""
    try:
        now = generations.read_current(folder)
    except IndexDamaged:
        return ""
    return index_of(now.generation.engine_folder) if now else ""


def _bring(folder: Path, cluster: Cluster, state: State) -> None:
    """Make a folder what the cluster says, unless it is: what another process may be reading stays as it is."""
    try:
        told = msgspec.json.decode((folder / "state").read_bytes(), type=State)
        now = generations.read_current(folder)
    except (FileNotFoundError, ValueError, IndexDamaged):
        told, now = State(), None
    if told == state:
        return
    same = (told.index, told.copy) == (state.index, state.copy)
    generation = now.generation if now and same else _brought(folder, cluster, state)
    manifest = msgspec.convert(state.manifest, Manifest)
    generations.write_manifest(folder, structs.replace(manifest, generation=generation.folder.name))
    generations.publish(folder, generation)
    write_durably(folder / "state", msgspec.json.encode(state))
    generations.delete_others(folder, generation)


def _brought(folder: Path, cluster: Cluster, state: State) -> Generation:
    """A new generation with what the cluster has."""
    generation = generations.next_generation(folder, next(iter(REMOTE)))
    generation.engine_folder.mkdir()
    write_durably(generation.engine_folder / INDEX, msgspec.json.encode({"index": state.index}))
    with generation.catalogue.open("wb") as file:
        file.writelines(map(cluster.part, state.copy))
    generations.seal(generation)
    _log.info("copy brought", extra={"index": state.index, "parts": len(state.copy)})
    return generation
