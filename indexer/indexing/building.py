"""Which generation a run is over, and when what it makes answers.

A rebuild writes a new generation beside the old one and changes over in one step; so does a run that finds the old one
damaged. Nothing is deleted before its successor answers.
"""

import logging
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime

from msgspec import Struct, structs

from indexer import generations
from indexer.corpus import CorpusFile, Ledger
from indexer.documents import Refusal
from indexer.engines import chosen_engine
from indexer.generations import FORMAT, Current, Generation, IndexDamaged, Manifest
from indexer.indexing.compacting import compact, is_due
from indexer.indexing.progress import Progress
from indexer.indexing.running import Run
from indexer.settings import Settings

_log = logging.getLogger(__package__)


class Built(Struct, frozen=True):
    """What a run did."""

    documents: int
    """How many the index holds now."""
    generation: str
    refusals: tuple[Refusal, ...] = ()
    """Everything in corpus/ that is refused at present, also what was refused before."""
    ids: dict[str, list[str]] = {}
    """Origin -> ids, for the origins that were asked about."""


class Build(Struct, frozen=True):
    """Brings index/ up to files and a ledger that were read."""

    settings: Settings
    files: Sequence[CorpusFile]
    ledger: Ledger
    progress: Progress
    fingerprint: str
    day: str
    """That it is."""

    def commit(self, rebuild: bool, ids_of: Sequence[str]) -> Built:
        """Run over the generation that answers where it can be built upon, else over a new one.

        The first generation answers from its first commit, a later one when it is whole.
        """
        now, reason = (None, "rebuild") if rebuild else self._usable()
        index = self.settings.index
        answers = now is not None or not generations.all_generations(index)
        if now:
            generations.delete_others(index, now.generation)
        generation = now.generation if now else generations.next_generation(index, chosen_engine(self.settings.engine))
        with closing(Run(generation, self.ledger, self.settings, self.progress, self.day)) as run:
            changes = run.differences(self.files)
            changed = now is None or not now.complete or bool(changes)
            counts = {"changed": len(changes.unread), "gone": len(changes.gone), "left_out": len(changes.left_out)}
            told = {"generation": generation.folder.name, "reason": reason, "files": len(self.files), **counts}
            _log.info("run begun" if changed else "nothing changed", extra=told)
            if changed:
                if now:
                    generations.write_manifest(index, structs.replace(now.manifest, complete=False))
                run.commit_changes(self.files, changes, self._telling(generation, answers))
            documents, refusals = run.catalogue.documents, tuple(run.catalogue.files.refusals())
            ids = {origin: documents.ids_of(origin) for origin in ids_of}
            built = Built(documents.count(), generation.folder.name, refusals, ids)
            deleted = run.catalogue.counter("deleted")
        if changed:
            self._change_over(generation, built.documents)
        self.progress.committed(built.documents)
        return self._compacted(built, generation, deleted)

    def _usable(self) -> tuple[Current | None, str]:
        """What answers now, if it can be built upon: of this program with these settings, and whole; and why it is or is not."""
        try:
            now = generations.read_current(self.settings.index)
        except IndexDamaged:
            return None, "damaged"
        if now is None:
            return None, "none before"
        if now.manifest.generation != now.generation.folder.name:
            return None, "manifest of another generation"
        if now.manifest.fingerprint != self.fingerprint:
            return None, "another fingerprint"
        if now.damaged():
            return None, "damaged"
        return now, "onward" if now.complete else "unfinished"

    def _compacted(self, built: Built, generation: Generation, deleted: int) -> Built:
        """A compact generation in the place of one of which much is deleted."""
        if not is_due(generation.engine, deleted, built.documents):
            return built
        target = generations.next_generation(self.settings.index, generation.engine)
        _log.info("compaction", extra={"generation": target.folder.name, "deleted": deleted})
        compact(generation, target)
        self._change_over(target, built.documents)
        return structs.replace(built, generation=target.folder.name)

    def _telling(self, generation: Generation, answers: bool) -> Progress:
        """What makes each commit of a generation be seen; one that does not answer yet is not spoken of."""

        def committed(documents: int) -> None:
            if answers:
                self._announce(generation, documents, complete=False)
                self.progress.committed(documents)

        return structs.replace(self.progress, committed=committed)

    def _change_over(self, generation: Generation, documents: int) -> None:
        """Let a generation that is whole answer, and nothing else be left."""
        generations.seal(generation)
        self._announce(generation, documents, complete=True)
        generations.delete_others(self.settings.index, generation)
        _log.info("generation answers", extra={"generation": generation.folder.name, "documents": documents})

    def _announce(self, generation: Generation, documents: int, complete: bool) -> None:
        """Say what answers: the manifest first, since readers take it for broken where it is missing."""
        now, name = datetime.now(UTC).isoformat(timespec="seconds"), generation.folder.name
        manifest = Manifest(FORMAT, generation.engine, name, documents, now, self.fingerprint, complete)
        generations.write_manifest(self.settings.index, manifest)
        generations.publish(self.settings.index, generation)
