"""`check`: is every document of corpus/ in the index, as it is, and nothing else; are the files as they were written."""

import sqlite3
from collections import Counter
from collections.abc import Mapping
from contextlib import closing

from msgspec import Struct, convert, structs

from indexer.catalogue import CandidateVersion, Catalogue, Counts
from indexer.corpus import read_corpus, read_ledger, today
from indexer.documents import Refusal
from indexer.engines import REMOTE, ClusterDown, Engine, EngineError, open_engine
from indexer.faults import cause_of
from indexer.fields import digest_of, document_of, in_release, stored_of, words_of
from indexer.generations import Current, IndexDamaged, all_generations, read_current, read_manifest, writing
from indexer.indexing import SILENT, Progress, current_fingerprint
from indexer.indexing.analysing import forms_of
from indexer.indexing.announcing import announced
from indexer.indexing.deciding import candidate_version_of, log, refused
from indexer.ingestion.enriching import read
from indexer.metadata.aliases import Alias, aliases_in
from indexer.settings import Settings

_NO_INDEX = "Det finns inget index i {}; kör regionsok index."


class Check(Struct, frozen=True):
    """What was found; `sound` when corpus/ and index/ are one."""

    documents: int
    missing: tuple[str, ...] = ()
    """In corpus/, not in the index."""
    surplus: tuple[str, ...] = ()
    """In the index, not in corpus/."""
    doubled: tuple[str, ...] = ()
    different: tuple[str, ...] = ()
    """In both, but not the same."""
    damaged: tuple[str, ...] = ()
    """Files of the index that are not as they were written."""
    miscounted: tuple[str, ...] = ()
    """Tables of the catalogue that say something else than the documents of the index."""
    abandoned: tuple[str, ...] = ()
    """Folders of generations that no longer answer, left by a stop: the next command that writes deletes them."""
    unfinished: bool = False
    """Whether a stop came in the last run: the next command that writes ends it."""
    outdated: bool = False
    """Built by another version of the program or with other settings."""

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return self == Check(self.documents)


class Status(Struct, frozen=True):
    """What there is."""

    corpus: str
    index: str
    engine: str
    generation: str
    documents: int
    committed: str
    current: bool | None
    """Whether the index was built by this version of the program with these settings; None where there is no corpus to tell by."""
    removed: int
    """Documents that a person has removed."""
    gone: int
    """Documents whose address was found to be gone, or no longer wishes to be read."""
    forgotten: int
    """Fingerprints of documents that were forgotten: of id, address and text of each."""
    hidden: int
    """Documents that do not answer for some name."""
    corrected: int
    """Documents that a person has corrected."""


def status(settings: Settings) -> Status:
    """What the index holds. Raises EngineError where there is none."""
    manifest = announced(settings) if settings.engine in REMOTE else read_manifest(settings.index)
    if manifest is None:
        raise EngineError(_NO_INDEX.format(settings.index))
    numbers = {name: len(entries) for name, entries in structs.asdict(read_ledger(settings.corpus)).items()}
    stated = {"corpus": str(settings.corpus), "index": str(settings.index)}
    current = manifest.fingerprint == current_fingerprint(settings) if settings.corpus.exists() else None
    return convert(structs.asdict(manifest) | numbers | stated | {"current": current}, Status)


def aliases(settings: Settings, limit: int = 100) -> list[tuple[Alias, int]]:
    """The other names that most documents of the index give, as the first of them does, with how many do. Raises EngineError, CorpusError."""
    now, often, given = read_current(settings.index), Counter[tuple[str, str]](), dict[tuple[str, str], Alias]()
    if now is None:
        raise EngineError(_NO_INDEX.format(settings.index))
    with _opened(now, settings) as engine:
        for id in sorted({*engine.ids()} - read_ledger(settings.corpus).hidden.keys()):
            named = [*aliases_in(id, document_of(engine.get(id) or "").text)]
            own = {(alias.name.lower(), alias.other.lower()): alias for alias in reversed(named)}
            often.update(own.keys())
            given.update({pair: own[pair] for pair in own.keys() - given.keys()})
    return [(given[pair], often[pair]) for pair in sorted(often, key=lambda pair: (-often[pair], pair))[:limit]]


def _opened(now: Current, settings: Settings) -> closing[Engine]:
    return closing(open_engine(now.generation.engine, now.generation.engine_folder, settings))


def check(settings: Settings, progress: Progress = SILENT) -> Check:
    """Read the whole corpus and compare. Raises EngineError where the index cannot be opened, CorpusError as `build`."""
    with writing(settings.index, progress.waiting):
        try:
            now = read_current(settings.index)
        except IndexDamaged as damage:
            return Check(0, damaged=damage.names, outdated=not damage.names)
        if now is None:
            raise EngineError(_NO_INDEX.format(settings.index))
        others = tuple(other.folder.name for other in all_generations(settings.index) if other != now.generation)
        beside = {"outdated": now.manifest.fingerprint != current_fingerprint(settings), "unfinished": not now.complete}
        checked = structs.replace(_checked(settings, now), abandoned=others, **beside)
        log.info("index checked", extra={"documents": checked.documents, "sound": checked.sound})
        return checked


def _checked(settings: Settings, now: Current) -> Check:
    generation = now.generation
    if broken := now.damaged():  # an engine may answer anything, or break in any way, over damaged files
        return Check(now.manifest.documents, damaged=tuple(broken))
    try:
        with _opened(now, settings) as engine, closing(Catalogue(generation.catalogue, to_read=True)) as catalogue:
            wanted = _wanted(settings, catalogue)
            return structs.replace(_compared(wanted, engine), miscounted=_miscounted(catalogue, engine))
    except ClusterDown:
        raise
    except EngineError:
        return Check(now.manifest.documents, damaged=(generation.engine_folder.name,))
    except sqlite3.DatabaseError as error:
        if cause_of(error):
            raise
        return Check(now.manifest.documents, damaged=(generation.catalogue.name,))


def _compared(wanted: Mapping[str, str], engine: Engine) -> Check:
    held = Counter(engine.ids())
    missing, surplus = sorted(wanted.keys() - held.keys()), sorted(held.keys() - wanted.keys())
    doubled = sorted(id for id, times in held.items() if times > 1)
    different = sorted(id for id in wanted.keys() & held.keys() if _digest(engine, id) != wanted[id])
    return Check(len(wanted), tuple(missing), tuple(surplus), tuple(doubled), tuple(different))


def _miscounted(catalogue: Catalogue, engine: Engine) -> tuple[str, ...]:
    """The tables that a stop or a fault of the program left otherwise than the documents that the engine holds."""
    counts, ids = Counts(), set(engine.ids())
    for id in ids:
        document = document_of(engine.get(id) or "")
        counts.count(*forms_of(document, words_of(document, catalogue.known)))
    words = () if catalogue.words.counted() == counts else ("words",)
    known = {"lines": catalogue.lines.documents(), "releases": catalogue.duplicate_groups.documents()}
    return (*words, *(table for table, documents in known.items() if not documents <= ids))


def _wanted(settings: Settings, catalogue: Catalogue) -> dict[str, str]:
    """Id -> digest of the best version, of every document of corpus/ that was not removed."""
    ledger = read_ledger(settings.corpus)
    best: dict[str, CandidateVersion] = {}
    for file in read_corpus(settings.corpus, ledger):
        for document in read(file.source, settings.document_bytes, catalogue.lines.of_host):
            if not isinstance(document, Refusal) and not refused(document, ledger):
                version = candidate_version_of(document, file, ledger.corrected.get(document.id))
                if version.id not in best or version.beats(best[version.id]):
                    best[version.id] = version
    return {id: version.digest for id, version in best.items() if not version.until or version.until >= today()}


def _digest(engine: Engine, id: str) -> str:
    return digest_of(stored_of(in_release(document_of(engine.get(id) or ""), None, ())))
