"""Where what answers lies on this machine: index/, or for an engine that lies elsewhere a folder like it that follows the cluster.

index/cluster/                             CURRENT, manifest.json and generations as in index/, with what a search reads of a catalogue
index/cluster/000001-…/engine/cluster.json which index and which copy it was made of

The writer's own index/ is read as it is, while it is what answers. The cluster is asked no more than once a second, but for those
who found what answered gone or damaged.
"""

import logging
import time
from contextlib import suppress
from pathlib import Path
from threading import Lock

import msgspec

from indexer import generations
from indexer.durable import replacing, write_durably
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
        self._looking, self._looked, self._key = Lock(), float("-inf"), ""
        self._found: Path | EngineError = settings.index
        self._cluster: Cluster | None = None

    def folder(self) -> Path:
        """That which answers now. Raises EngineError, ClusterDown among them, or OSError."""
        is_due = self._settings.engine in REMOTE and time.monotonic() > self._looked + LOOKED_AT
        # While one looks, which lasts where a node is silent, others go on with what was found; at first there is nothing.
        if is_due and self._looking.acquire(blocking=self._looked < -1):
            try:
                self._found, self._looked = self._look(), time.monotonic()
            finally:
                self._looking.release()
        if isinstance(self._found, EngineError):
            raise self._found
        return self._found

    def look_again(self, damaged: bool) -> None:
        """Look when asked next, since what answered is gone; where it is damaged, also at every byte that lies here."""
        self._looked = min(self._looked, -1.0 if damaged else 0.0)

    def key(self) -> str:
        """What only those know who answer from the index, and no commit changes: of a cluster all of them. Raises as `folder`."""
        self.folder()
        lock = self._settings.index / ".lock"
        begun = (lock if lock.exists() else lock.parent).stat()
        return self._key or f"{begun.st_ino} {begun.st_mtime_ns}"

    def _look(self) -> Path | EngineError:
        try:
            self._cluster = self._cluster or Cluster(self._settings)
            state, _ = self._cluster.state()
            self._key = state.key
            here = state.index and _current(self._settings.index)
            if not state.index or here and index_of(here.generation.engine_folder) == state.index:
                return self._settings.index
            own = self._settings.index / "cluster"
            with generations.writing(own):
                _bring(own, self._cluster, state, thorough=self._looked < 0)
            return own
        except EngineError as error:
            return error


def _current(folder: Path) -> Current | None:
    """What a folder like index/ answers from, if that can be told."""
    with suppress(IndexDamaged):
        return generations.read_current(folder)
    return None


def _bring(folder: Path, cluster: Cluster, state: State, thorough: bool) -> None:
    """Make a folder what the cluster says, unless it is: what another process may be reading stays as it is.

    So does what is whole where another cannot be brought, which is tried again at the next look.
    """
    now, source = _current(folder), msgspec.json.encode({"index": state.index, "copy": state.copy})
    now = now if now and not now.damaged(thorough) else None
    same = now and (now.generation.engine_folder / INDEX).read_bytes() == source
    try:
        generation = now.generation if now and same else _brought(folder, cluster, state, source, now)
        manifest = msgspec.structs.replace(msgspec.convert(state.manifest, Manifest), generation=generation.folder.name)
        if not now or manifest != now.manifest:
            generations.write_manifest(folder, manifest)
            generations.publish(folder, generation)
            generations.delete_others(folder, generation)
    except (EngineError, OSError) as error:
        if not now:
            raise
        _log.warning("copy not brought", extra={"error": type(error).__name__})


def _brought(folder: Path, cluster: Cluster, state: State, source: bytes, now: Current | None) -> Generation:
    """A new generation with what the cluster has, beside none but what answers now: a disk may be small."""
    generations.delete_others(folder, now.generation if now else Generation(folder))
    generation = generations.next_generation(folder, next(iter(REMOTE)))
    generation.engine_folder.mkdir()
    write_durably(generation.engine_folder / INDEX, source)
    with replacing(generation.catalogue) as file:
        file.writelines(cluster.parts(state))
    generations.seal(generation)
    _log.info("copy brought", extra={"index": state.index, "parts": state.parts})
    return generation
