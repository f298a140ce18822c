"""What a person does to the collection: `add`, and what is decided of documents, kept in the ledger: `remove`, `forget`, `hide` and `correct`.

What is added goes into corpus/ as it came, then into index/. A file is refused before it is stored, or it is kept. A document
that is forgotten leaves the corpus and every generation of the index, and does not come back. One that is hidden for a name no
longer answers questions for it. A correction is applied whenever a file is read.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

from msgspec import Struct, structs

from indexer.catalogue import IN_MEMORY, Catalogue
from indexer.corpus import Ledger, changing, read_corpus, read_ledger, sweep, today
from indexer.corpus.files import cut, delete, files_below, paths_of, store, target_of
from indexer.corpus.ledger import CorrectionError, Decision, correction, now, state
from indexer.documents import Document, Refusal, host_of, identity
from indexer.generations import read_current, writing
from indexer.indexing import SILENT, Built, Change, Progress, Verdict, build_locked, held_documents, log
from indexer.ingestion import Source, parts_of
from indexer.ingestion.enriching import OfHost, read
from indexer.ingestion.parts import RefusedPart
from indexer.settings import Settings
from indexer.swedish import analyse

_REMOVED = "Dokumentet {} togs bort tidigare, eller får enligt sin utgivare inte visas längre, och tas inte in igen."
_NOT_INDEXED = "Dokumentet {} finns inte i indexet; sök efter det eller kontrollera id."
_NOT_FULL = "”{}” är inte för- och efternamn; ange båda, annars göms dokumentet för vanliga ord."


Stated = tuple[str | None, Sequence[str]] | tuple[str | None, Sequence[str], str | None]
"""A date, ISO 8601, the names of regions, and a kind."""


class Operator(Progress, frozen=True):
    """Who decides something of documents and why, told how far it has come."""

    who: str = ""
    why: str = ""


UNNAMED = Operator()
"""Nobody says who it was, or why."""


class Added(Struct, frozen=True):
    """What became of what was added; every document's id is in one of the three lists."""

    added: tuple[str, ...]
    updated: tuple[str, ...]
    unchanged: tuple[str, ...]
    refused: tuple[Refusal, ...]


def add(settings: Settings, sources: Sequence[str], given: Mapping[str, str], progress: Progress = SILENT) -> Added:
    """Take files and folders into corpus/ and index them; `given` are keys of a document that a person states.

    Raises CorpusError, EngineError or OSError; what was acknowledged stays.
    """
    with writing(settings.index, progress.waiting):
        sweep(settings.corpus)
        files = [_accepted(file, settings.document_bytes) for file in _files(sources, given)]
        refused = [file for file in files if isinstance(file, Refusal)]
        stored = _stored(settings.corpus, [file for file in files if isinstance(file, Source)], given)
        log.info("files stored", extra={"files": len(stored), "refused": len(refused)})
        verdicts: dict[str, Verdict] = {}

        def changed(change: Change) -> None:
            if change.path in stored:
                verdicts[change.id] = change.verdict

        built = build_locked(settings, False, structs.replace(progress, changed=changed), list(stored))
        added = _summary(built, verdicts, stored.keys(), refused)
        # What turned out to be no document is deleted again.
        if useless := {refusal.origin for refusal in added.refused if stored.get(refusal.origin)}:
            with changing(settings.corpus) as ledger:
                for file in read_corpus(settings.corpus, ledger):
                    if file.source.origin in useless:
                        delete(file, ledger)
            build_locked(settings, progress=progress)
        return added


def read_sources(settings: Settings, sources: Sequence[str]) -> Iterator[Document | Refusal]:
    """How sources would be read beside what the index holds; nothing is stored."""
    files = list(_files(sources, {}))
    now = read_current(settings.index)
    indexed = Catalogue(now.generation.catalogue, to_read=True) if now else Catalogue(IN_MEMORY)
    with closing(indexed), closing(Catalogue(IN_MEMORY)) as given:

        def documents(of_host: OfHost) -> Iterator[Document | Refusal]:
            for file in files:
                yield from (file,) if isinstance(file, Refusal) else read(file, settings.document_bytes, of_host)

        for document in documents(indexed.lines.of_host):
            if isinstance(document, Document):
                given.lines.learn(document)
        given.lines.turned()
        yield from documents(lambda host, lines: indexed.lines.of_host(host, lines) | given.lines.of_host(host, lines))


def _files(sources: Sequence[str], given: Mapping[str, str]) -> Iterator[Source | Refusal]:
    """The files of the sources under their names in corpus/, or why there are none."""
    for source in sources:
        if source.startswith(("http://", "https://")):
            yield Refusal(source, "Adresser kan inte hämtas; spara sidan som fil och lägg till den med --url.")
        elif not source or not Path(source).exists():  # an empty name, as of a variable that was not set, is no folder
            yield Refusal(source or "(tomt namn)", "Filen finns inte; kontrollera sökvägen.")
        else:
            yield from (Source(path, name, given) for path, name in files_below(Path(source)))


def _accepted(file: Source | Refusal, limit: int) -> Source | Refusal:
    """A file, refused where its content cannot be taken at all; what only a parser finds is said when it is indexed."""
    if isinstance(file, Source):
        first = next(parts_of(file, limit))
        if isinstance(first, RefusedPart) and not first.member:
            return Refusal(str(file.path), first.reason)
    return file


def _stored(corpus: Path, files: Sequence[Source], given: Mapping[str, str]) -> dict[str, bool]:
    """Keep the files; the origin of each, and whether it is new. What is stated is written first, so that none lacks it."""
    corpus.mkdir(parents=True, exist_ok=True)
    stored: dict[str, bool] = {}
    for file in files:
        target = target_of(corpus, file.path, file.origin)
        origin = target.relative_to(corpus).as_posix()
        stored.setdefault(origin, not target.exists())
        if given or stored[origin]:
            with changing(corpus) as ledger:
                state(ledger, origin, given)
        store(file.path, target)
    return stored


def _summary(built: Built, verdicts: Mapping[str, Verdict], origins: Set[str], refused: list[Refusal]) -> Added:
    untouched = [id for origin in origins for id in built.ids[origin] if id not in verdicts]
    refusals = [*refused, *(refusal for refusal in built.refusals if origins & paths_of(refusal.origin))]

    def with_verdict(*wanted: Verdict) -> tuple[str, ...]:
        return tuple(id for id, verdict in verdicts.items() if verdict in wanted)

    refusals += [Refusal(id, _REMOVED.format(id)) for id in with_verdict(Verdict.REMOVED, Verdict.OVER)]
    unchanged = (*with_verdict(Verdict.UNCHANGED, Verdict.BEATEN), *dict.fromkeys(untouched))
    return Added(with_verdict(Verdict.ADDED), with_verdict(Verdict.UPDATED), unchanged, tuple(refusals))


@contextmanager
def curating(settings: Settings, ids: Sequence[str], progress: Progress = SILENT) -> Iterator[Mapping[str, Document]]:
    """Those of the documents that the index has, under the lock; on leaving, what the ledger says of them then is indexed.

    Nothing is indexed where there is none of them and none was removed, nor after an exception.
    """
    with writing(settings.index, progress.waiting):
        held = held_documents(settings, ids)
        known = held.keys() | {*ids} & read_ledger(settings.corpus).removed.keys()
        yield held
        log.info("documents curated", extra={"documents": len(held), "missing": len({*ids} - held.keys())})
        if known:
            build_locked(settings, progress=progress)


@contextmanager
def deciding(settings: Settings, ids: Sequence[str], by: Operator) -> Iterator[tuple[Mapping[str, Document], Ledger]]:
    """As `curating`, with the ledger to change; of what it then says else of them, or what it relates to them, it keeps who, why and what it said."""
    with curating(settings, ids, by) as held, changing(settings.corpus) as ledger:
        before = read_ledger(settings.corpus)
        yield held, ledger
        for id in sorted({*ids, *before.related, *ledger.related}):
            if ledger.said_of(id) != (said := before.said_of(id)):
                ledger.decisions.setdefault(id, []).append(Decision(now(), by.who, by.why, said))


def undo(settings: Settings, id: str, seen: str, by: Operator = UNNAMED) -> None:
    """Let the ledger say of a document what it said before the last decision, which was made when it is `seen`. Raises CorrectionError."""
    with deciding(settings, [id], by) as (_, ledger):
        last = ledger.decisions.get(id, [])[-1:]
        if [decision.at for decision in last] != [seen]:
            raise CorrectionError("Dokumentet har ändrats sedan du öppnade sidan; se efter hur och försök igen.")
        ledger.say(id, last[0].before)


def remove(settings: Settings, ids: Sequence[str], by: Operator = UNNAMED) -> list[str]:
    """Take documents out of the index and remember it; their files stay. The ids that were not in the index."""
    with deciding(settings, ids, by) as (held, ledger):
        ledger.removed |= dict.fromkeys(held, today())
    return [id for id in ids if id not in held]


def forget(settings: Settings, ids: Sequence[str], progress: Progress = SILENT) -> tuple[list[str], list[Refusal]]:
    """Forget documents, and every other that has the same address or text; the ids that the index lacks, and what is left.

    The fingerprints are written before anything is deleted, so that what a kill leaves in corpus/ is not indexed and is
    deleted by the next run.
    """
    left: list[Refusal] = []
    with curating(settings, ids, progress) as held:
        sweep(settings.corpus)
        with changing(settings.corpus) as ledger:
            for document in held.values():
                ledger.forget(document)
        grown = bool(held)
        while grown:  # a file may hold more of a text than the index, by which copies are known
            with changing(settings.corpus) as ledger:
                before = len(ledger.forgotten)
                left = list(_cut_out(settings, ledger))
                grown = len(ledger.forgotten) > before
        log.info("documents forgotten", extra={"documents": len(held), "left": len(left)})
    return [id for id in ids if id not in held], left


def hide(settings: Settings, id: str, name: str, undo: bool = False, by: Operator = UNNAMED) -> None:
    """Keep a document from answering for a name, or let it again. Raises CorrectionError."""
    with deciding(settings, [id], by) as (held, ledger):
        names = {*ledger.hidden.pop(id, ())}
        if undo and name not in names:
            raise CorrectionError(f"Dokumentet {id} är inte dolt för ”{name}”; se vilka namn som gäller i liggaren.")
        if not undo and not held:
            raise CorrectionError(_NOT_INDEXED.format(id))
        if not undo and len(analyse(name)) < 2:
            raise CorrectionError(_NOT_FULL.format(name), "name")
        if names := names - {name} if undo else {*names, name}:
            ledger.hidden[id] = sorted(names)


def correct(settings: Settings, id: str, stated: Stated | None, by: Operator = UNNAMED) -> None:
    """Keep a date, regions and a kind (None: take the correction back) and index them. Raises CorrectionError."""
    with deciding(settings, [id], by) as (held, ledger):
        if not held:
            raise CorrectionError(_NOT_INDEXED.format(id))
        if stated is not None:
            ledger.corrected[id] = correction(now(), *stated)
        elif ledger.corrected.pop(id, None) is None:
            raise CorrectionError(f"Dokumentet {id} är inte rättat; det finns inget att ta tillbaka.")


def pair(settings: Settings, id: str, other: str, same: bool | None, by: Operator = UNNAMED) -> None:
    """Keep that a document is one release with another, by its id or address, or never is (None: take that back). Raises CorrectionError."""
    others = [other]
    if host_of(other):  # the address of the original, or of a page of ours
        others += identity(other, "", ""), unquote(urlsplit(other).path).partition("/dokument/")[2]
    with deciding(settings, [id, *others], by) as (held, ledger):
        known = ledger.related.get(id, {}) if same is None else held
        partner = next((one for one in others if one in known and one != id), None)
        if id not in held or partner is None:
            raise CorrectionError(f"{id} och {other} går inte att jämföra; kontrollera id eller adress.", "other")
        ledger.relate(id, partner, same)


def _cut_out(settings: Settings, ledger: Ledger) -> Iterator[Refusal]:
    """Delete what is forgotten from every file of the corpus; the parts that cannot be."""
    for file in read_corpus(settings.corpus, ledger):
        members = []
        for document in read(file.source, settings.document_bytes):
            if not isinstance(document, Refusal) and ledger.forgets(document):
                members.append(document.origin.removeprefix(file.source.origin))
                ledger.forget(document)
        if members:
            yield from cut(ledger, file, members, settings.document_bytes)
