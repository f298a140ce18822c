"""What a person decides of documents, kept in the ledger: one shape for all, and `remove`, `hide` and `correct`.

A document that is hidden for a name no longer answers questions for it. A correction is applied whenever a file is read.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from indexer.corpus import changing, today
from indexer.corpus.corrections import CorrectionError, correction
from indexer.documents import Document
from indexer.faults import Fault
from indexer.generations import writing
from indexer.indexing import SILENT, Progress, build_locked, held_documents
from indexer.settings import Settings
from indexer.swedish import analyse

_NOT_INDEXED = "Dokumentet {} finns inte i indexet; sök efter det eller kontrollera id."
_log = logging.getLogger(__package__)


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


def hide(settings: Settings, id: str, name: str, undo: bool = False, progress: Progress = SILENT) -> None:
    """Keep a document from answering for a name, or let it again. Raises HidingError."""
    with curating(settings, [id], progress) as held, changing(settings.corpus) as ledger:
        names = {*ledger.hidden.pop(id, ())}
        if undo and name not in names:
            raise HidingError(f"Dokumentet {id} är inte dolt för ”{name}”; se vilka namn som gäller i liggaren.")
        if not undo and not held:
            raise HidingError(_NOT_INDEXED.format(id))
        if not undo and len(analyse(name)) < 2:
            raise HidingError(
                f"”{name}” är inte för- och efternamn; ange båda, annars göms dokumentet för vanliga ord."
            )
        if names := names - {name} if undo else {*names, name}:
            ledger.hidden[id] = sorted(names)


def correct(
    settings: Settings, id: str, stated: tuple[str | None, Sequence[str]] | None, progress: Progress = SILENT
) -> None:
    """Keep a date and regions (None: take the correction back) and index them. Raises CorrectionError."""
    with curating(settings, [id], progress) as held, changing(settings.corpus) as ledger:
        if not held:
            raise CorrectionError(_NOT_INDEXED.format(id))
        if stated is not None:
            ledger.corrected[id] = correction(today(), *stated)
        elif ledger.corrected.pop(id, None) is None:
            raise CorrectionError(f"Dokumentet {id} är inte rättat; det finns inget att ta tillbaka.")
