"""The write side: corpus/ -> Documents -> records -> engine -> index/. Only what changed is read and written.

A document is acknowledged when the commit that holds it has returned: the catalogue's, then the engine's, then the
manifest. `building` chooses the generation, `running` reads what changed, `deciding` says what that means and `committing`
does it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing

from msgspec.structs import replace

from indexer.corpus import changing, read_corpus, read_ledger, sweep, today
from indexer.corpus.cutting import cut
from indexer.corpus.departures import settle
from indexer.documents import Document, Refusal
from indexer.engines import chosen_engine, open_engine
from indexer.fields import document_of
from indexer.generations import FORMAT, IndexDamaged, read_current, writing
from indexer.indexing.building import Build, Built
from indexer.indexing.deciding import Verdict
from indexer.indexing.index_fingerprint import fingerprint
from indexer.indexing.progress import SILENT, Change, Progress
from indexer.settings import Settings

_FORGOTTEN = "Texten har glömts på begäran; den är borttagen ur corpus/ och tas inte in igen."

__all__ = ["SILENT", "Built", "Change", "Progress", "Verdict", "build", "build_locked", "current_fingerprint"]


def build(settings: Settings, rebuild: bool = False, progress: Progress = SILENT, day: str = "") -> Built:
    """Bring index/ up to corpus/, on another `day` than today in tests. Raises CorpusError, EngineError or OSError; what was committed stays."""
    with writing(settings.index, progress.waiting):
        return build_locked(settings, rebuild, progress, day=day)


def build_locked(
    settings: Settings, rebuild: bool = False, progress: Progress = SILENT, ids_of: Sequence[str] = (), day: str = ""
) -> Built:
    """`build` for a caller that holds the lock.

    A copy of what was forgotten, wherever it came from, leaves corpus/ again.
    """
    forgotten: dict[str, set[str]] = defaultdict(set)

    def changed(change: Change) -> None:
        progress.changed(change)
        if change.verdict is Verdict.FORGOTTEN:
            forgotten[change.path].add(change.member)

    built = _built(settings, rebuild, replace(progress, changed=changed), ids_of, day)
    if forgotten and (cut_out := list(_cut_out(settings, forgotten))):
        again = _built(settings, False, replace(progress, changed=SILENT.changed), ids_of, day)
        built = replace(again, refusals=(*again.refusals, *cut_out))
    return built


def _built(settings: Settings, rebuild: bool, progress: Progress, ids_of: Sequence[str], day: str) -> Built:
    sweep(settings.corpus)
    settle(settings.corpus)
    ledger = read_ledger(settings.corpus)
    files = read_corpus(settings.corpus, ledger)
    build = Build(settings, files, ledger, progress, current_fingerprint(settings), day or today())
    return build.commit(rebuild, ids_of)


def _cut_out(settings: Settings, members: Mapping[str, Collection[str]]) -> Iterator[Refusal]:
    """Cut what is forgotten, by file, out of the files; a refusal for each document."""
    with changing(settings.corpus) as ledger:
        for file in read_corpus(settings.corpus, ledger):
            path = file.source.origin
            if forgotten := sorted(members.get(path, ())):
                left = list(cut(ledger, file, forgotten, settings.document_bytes))
                yield from left or (Refusal(path + member, _FORGOTTEN) for member in forgotten)


def current_fingerprint(settings: Settings) -> str:
    """The fingerprint that an index built now would have.

    What is deleted stays in an engine's files for a while; what is forgotten must not, so forgetting makes a new generation.
    """
    forgotten = len(read_ledger(settings.corpus).forgotten)
    return fingerprint(chosen_engine(settings.engine), document_bytes=settings.document_bytes, forgotten=forgotten)


def held_documents(settings: Settings, ids: Sequence[str]) -> dict[str, Document]:
    """Those of the ids that the index has, as it has them. Raises IndexDamaged rather than to miss one, EngineError."""
    now = read_current(settings.index)
    if now is None or now.manifest.format != FORMAT:
        return {}
    if names := now.damaged():
        raise IndexDamaged(settings.index, names)
    with closing(open_engine(now.generation.engine, now.generation.engine_folder)) as engine:
        return {id: document_of(stored) for id in ids if (stored := engine.get(id)) is not None}
