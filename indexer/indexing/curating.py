"""What a person decides of documents, kept in the ledger: one shape for all, and `remove`, `forget`, `hide` and `correct`.

A document that is forgotten leaves the corpus and every generation of the index, and does not come back. One that is hidden
for a name no longer answers questions for it. A correction is applied whenever a file is read.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from indexer.corpus import Ledger, changing, read_corpus, sweep, today
from indexer.corpus.cutting import cut
from indexer.corpus.ledger import CorrectionError, correction
from indexer.documents import Document, Refusal
from indexer.faults import Fault
from indexer.generations import writing
from indexer.indexing import SILENT, Progress, build_locked, held_documents
from indexer.ingestion import read
from indexer.settings import Settings
from indexer.swedish import analyse

_NOT_INDEXED = "Dokumentet {} finns inte i indexet; sök efter det eller kontrollera id."
_NOT_FULL = "”{}” är inte för- och efternamn; ange båda, annars göms dokumentet för vanliga ord."
_log = logging.getLogger(__package__)

Stated = tuple[str | None, Sequence[str]]
"""A date, ISO 8601, and the names of regions."""


class HidingError(Fault):
    """A name or document that cannot be hidden; the message is a Swedish sentence."""


@contextmanager
def curating(settings: Settings, ids: Sequence[str], progress: Progress = SILENT) -> Iterator[Mapping[str, Document]]:
    """Those of the documents that the index has, under the lock; on leaving, what the ledger says of them then is indexed.

    Nothing is indexed where there is none of them, nor after an exception.
    """
    with writing(settings.index, progress.waiting):
        held = held_documents(settings, ids)
        yield held
        _log.info("documents curated", extra={"documents": len(held), "missing": len({*ids} - held.keys())})
        if held:
            build_locked(settings, progress=progress)


def remove(settings: Settings, ids: Sequence[str], progress: Progress = SILENT) -> list[str]:
    """Take documents out of the index and remember it; their files stay. The ids that were not in the index."""
    with curating(settings, ids, progress) as held, changing(settings.corpus) as ledger:
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
                for decisions in (ledger.removed, ledger.corrected, ledger.hidden):
                    decisions.pop(document.id, None)
        grown = bool(held)
        while grown:  # a file may hold more of a text than the index, by which copies are known
            with changing(settings.corpus) as ledger:
                before = len(ledger.forgotten)
                left = list(_cut_out(settings, ledger))
                grown = len(ledger.forgotten) > before
        _log.info("documents forgotten", extra={"documents": len(held), "left": len(left)})
    return [id for id in ids if id not in held], left


def hide(settings: Settings, id: str, name: str, undo: bool = False, progress: Progress = SILENT) -> None:
    """Keep a document from answering for a name, or let it again. Raises HidingError."""
    with curating(settings, [id], progress) as held, changing(settings.corpus) as ledger:
        names = {*ledger.hidden.pop(id, ())}
        if undo and name not in names:
            raise HidingError(f"Dokumentet {id} är inte dolt för ”{name}”; se vilka namn som gäller i liggaren.")
        if not undo and not held:
            raise HidingError(_NOT_INDEXED.format(id))
        if not undo and len(analyse(name)) < 2:
            raise HidingError(_NOT_FULL.format(name))
        if names := names - {name} if undo else {*names, name}:
            ledger.hidden[id] = sorted(names)


def correct(settings: Settings, id: str, stated: Stated | None, progress: Progress = SILENT) -> None:
    """Keep a date and regions (None: take the correction back) and index them. Raises CorrectionError."""
    with curating(settings, [id], progress) as held, changing(settings.corpus) as ledger:
        if not held:
            raise CorrectionError(_NOT_INDEXED.format(id))
        if stated is not None:
            ledger.corrected[id] = correction(today(), *stated)
        elif ledger.corrected.pop(id, None) is None:
            raise CorrectionError(f"Dokumentet {id} är inte rättat; det finns inget att ta tillbaka.")


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
