"""The index that answers now: opened once, looked at on every question, opened anew after every commit."""

from __future__ import annotations

import sqlite3
import threading
from dataclasses import dataclass

from indexer.engines import Engine, EngineError, open_engine
from indexer.faults import Fault
from indexer.generations import FORMAT, Generation, commit_stamp, current_generation, read_manifest
from indexer.searching.hiding import Hidden, hidden_of
from indexer.settings import Settings
from indexer.swedish.synonyms import Synonyms, read_groups
from indexer.vocabulary import IndexVocabulary

_TRIES = 20


class IndexMissing(Fault):
    """No index can answer; the message is a Swedish sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class OpenIndex:
    """One commit of one generation."""

    engine: Engine
    vocabulary: IndexVocabulary
    synonyms: Synonyms
    generation: Generation
    hidden: tuple[Hidden, ...] = ()


class CurrentIndex:
    """Hands out the index that answers now; any number of threads may ask."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._opening = threading.Lock()
        self._stamp: tuple[str, int] | None = None
        self._open: OpenIndex | None = None

    def get(self) -> OpenIndex:
        """The index as of its last commit. Raises IndexMissing."""
        stamp = commit_stamp(self._settings.index)
        with self._opening:
            if self._open is None or stamp != self._stamp:
                self._stamp, self._open = stamp, self._opened()
            return self._open

    def _opened(self) -> OpenIndex:
        """A rebuild may delete the generation while it is being opened: then another is current."""
        for _ in range(_TRIES):
            generation = current_generation(self._settings.index)
            if generation is None:
                raise IndexMissing(f"Det finns inget index i {self._settings.index}; kör regionsok index.")
            manifest = read_manifest(self._settings.index)
            if manifest and manifest.format != FORMAT:
                raise IndexMissing(
                    f"Indexet i {self._settings.index} är byggt av en annan version; kör regionsok index."
                )
            try:
                return self._opened_generation(generation)
            except (EngineError, OSError, sqlite3.Error) as error:
                failure = error
                if current_generation(self._settings.index) == generation:
                    break
        raise IndexMissing(
            f"Indexet i {self._settings.index} går inte att läsa ({failure}); kör regionsok index --rebuild."
        )

    def _opened_generation(self, generation: Generation) -> OpenIndex:
        wanted = self._settings.engine
        if wanted not in ("auto", generation.engine):
            raise IndexMissing(
                f"Indexet är byggt med {generation.engine}; kör regionsok index --engine {wanted} för att bygga om det."
            )
        try:
            engine = open_engine(generation.engine, generation.engine_folder)
        except ImportError as error:
            raise IndexMissing(
                f"Indexet är byggt med {generation.engine}, som inte finns här ({error}); kör regionsok index."
            ) from error
        vocabulary = IndexVocabulary(generation.catalogue)
        synonyms = Synonyms(read_groups(self._settings.synonyms), vocabulary.entry)
        return OpenIndex(engine, vocabulary, synonyms, generation, hidden_of(vocabulary.hidden(), vocabulary.entry))
