"""The write side: corpus/ -> Documents -> records -> engine -> index/. Only what changed is read and written.

A document is acknowledged when the commit that holds it has returned: the engine's, then the catalogue's, then the
manifest. A rebuild writes a new generation beside the old one and changes over in one step.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from indexer.building.cutting import cut
from indexer.building.progress import Progress
from indexer.building.updating import Change, Update
from indexer.catalogue import Verdict
from indexer.corpus import CorpusFile, Ledger, read_corpus, read_ledger, write_ledger
from indexer.documents import Document, Refusal
from indexer.engines import chosen_engine, open_engine
from indexer.fields import document_of
from indexer.generations import (
    FORMAT,
    Generation,
    Manifest,
    current_generation,
    delete_others,
    fingerprint,
    next_generation,
    publish,
    read_manifest,
    seal,
    write_manifest,
    writing,
)
from indexer.settings import Settings

_FORGOTTEN = "Texten har glömts på begäran; den är borttagen ur corpus/ och tas inte in igen."

__all__ = ["Built", "Change", "Progress", "build", "build_locked", "current_fingerprint", "remove"]


@dataclass(frozen=True, slots=True)
class Built:
    """What a run did."""

    documents: int
    """How many the index holds now."""
    generation: str
    changes: tuple[Change, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    """Everything in corpus/ that is refused at present, also what was refused before."""
    ids: dict[str, list[str]] = field(default_factory=dict)
    """Origin -> ids, for the origins that were asked about."""


def build(settings: Settings, rebuild: bool = False, progress: Progress | None = None) -> Built:
    """Bring index/ up to corpus/. Raises CorpusError, EngineError or OSError; what was committed stays."""
    progress = progress or Progress()
    with writing(settings.index, progress.waiting):
        return build_locked(settings, rebuild, progress)


def build_locked(
    settings: Settings, rebuild: bool = False, progress: Progress | None = None, ids_of: Sequence[str] = ()
) -> Built:
    """`build` for a caller that holds the lock.

    A copy of what was forgotten, wherever it came from, leaves corpus/ again.
    """
    progress = progress or Progress()
    built = _built(settings, rebuild, progress, ids_of)
    told = list(_cut_forgotten(settings, built))
    if told:
        again = _built(settings, False, progress, ids_of)
        built = replace(again, changes=(*again.changes, *built.changes), refusals=(*again.refusals, *told))
    return built


def _cut_forgotten(settings: Settings, built: Built) -> Iterator[Refusal]:
    """Cut what is forgotten out of the files; a refusal for each document."""
    members: dict[str, set[str]] = defaultdict(set)
    for change in built.changes:
        if change.verdict is Verdict.FORGOTTEN:
            members[change.path].add(change.member)
    if not members:
        return
    corpus = settings.corpus
    ledger = read_ledger(corpus)
    for file in read_corpus(corpus, ledger):
        path = file.source.origin
        if found := sorted(members.get(path, ())):
            left = list(cut(corpus, ledger, file, found, settings.document_bytes))
            yield from left or (Refusal(path + member, _FORGOTTEN) for member in found)
    write_ledger(corpus, ledger)


def _built(settings: Settings, rebuild: bool, progress: Progress, ids_of: Sequence[str]) -> Built:
    ledger = read_ledger(settings.corpus)
    files = read_corpus(settings.corpus, ledger)
    now = current_generation(settings.index)
    fresh = rebuild or now is None or _outdated(settings)
    run = _Run(settings, files, ledger, progress)
    if now is None or fresh:
        built, _ = run.anew(now is None, ids_of)
        return built
    built, crowded = run.into(now, True, ids_of)
    if crowded:
        run.anew(False, ())
    return built


def _outdated(settings: Settings) -> bool:
    manifest = read_manifest(settings.index)
    return manifest is None or manifest.fingerprint != current_fingerprint(settings)


def current_fingerprint(settings: Settings) -> str:
    """The fingerprint that an index built now would have.

    What is deleted stays in an engine's files for a while; what is forgotten must not, so forgetting makes a new generation.
    """
    forgotten = len(read_ledger(settings.corpus).forgotten)
    return fingerprint(chosen_engine(settings.engine), document_bytes=settings.document_bytes, forgotten=forgotten)


@dataclass(frozen=True, slots=True)
class _Run:
    settings: Settings
    files: Sequence[CorpusFile]
    ledger: Ledger
    progress: Progress

    def anew(self, first: bool, ids_of: Sequence[str]) -> tuple[Built, bool]:
        """A new generation; the first one answers from its first commit, a later one when it is whole."""
        generation = next_generation(self.settings.index, chosen_engine(self.settings.engine))
        built = self.into(generation, first, ids_of)
        if not first:
            self._announce(generation, built[0].documents)
            delete_others(self.settings.index, generation)
            self.progress.committed(built[0].documents)
        return built

    def into(self, generation: Generation, answering: bool, ids_of: Sequence[str]) -> tuple[Built, bool]:
        """Update a generation; whether it is crowded afterwards."""

        def committed(documents: int) -> None:
            if answering:
                self._announce(generation, documents)
                self.progress.committed(documents)

        update = Update(generation, self.ledger, self.settings)
        try:
            changed = update.run(self.files, replace(self.progress, committed=committed))
            built = Built(
                update.documents,
                generation.folder.name,
                tuple(update.changes),
                tuple(update.refusals()),
                {origin: update.ids_of(origin) for origin in ids_of},
            )
            crowded = update.crowded
        finally:
            update.close()
        if changed:
            seal(generation)
        elif answering:
            self.progress.committed(built.documents)
        return built, crowded

    def _announce(self, generation: Generation, documents: int) -> None:
        publish(self.settings.index, generation)
        manifest = Manifest(
            FORMAT,
            generation.engine,
            generation.folder.name,
            documents,
            datetime.now(UTC).isoformat(timespec="seconds"),
            current_fingerprint(self.settings),
        )
        write_manifest(self.settings.index, manifest)


def remove(settings: Settings, ids: Sequence[str], progress: Progress | None = None) -> list[str]:
    """Take documents out of the index and remember it; their files stay. The ids that were not in the index."""
    progress = progress or Progress()
    with writing(settings.index, progress.waiting):
        held = held_documents(settings, ids)
        known = [id for id in ids if id in held]
        if known:
            ledger = read_ledger(settings.corpus)
            ledger.removed |= dict.fromkeys(known, datetime.now(UTC).date().isoformat())
            write_ledger(settings.corpus, ledger)
            build_locked(settings, progress=progress)
        return [id for id in ids if id not in held]


def held_documents(settings: Settings, ids: Sequence[str]) -> dict[str, Document]:
    """Those of the ids that the index has, as it has them."""
    generation = current_generation(settings.index)
    if generation is None:
        return {}
    engine = open_engine(generation.engine, generation.engine_folder)
    try:
        return {id: document_of(stored) for id in ids if (stored := engine.get(id)) is not None}
    finally:
        engine.close()
