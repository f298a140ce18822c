"""`hide`: a document no longer answers questions for a person's name; it stays for all other questions."""

from __future__ import annotations

from indexer.corpus import changing
from indexer.faults import Fault
from indexer.indexing import SILENT, Progress
from indexer.indexing.curating import NOT_INDEXED, curating
from indexer.settings import Settings
from indexer.swedish import analyse


class HidingError(Fault):
    """A name or document that cannot be hidden; the message is a Swedish sentence."""


def hide(settings: Settings, id: str, name: str, undo: bool = False, progress: Progress = SILENT) -> None:
    """Keep a document from answering for a name, or let it again. Raises HidingError."""
    with curating(settings, [id], progress) as held, changing(settings.corpus) as ledger:
        names = {*ledger.hidden.pop(id, ())}
        if undo and name not in names:
            raise HidingError(f"Dokumentet {id} är inte dolt för ”{name}”; se vilka namn som gäller i liggaren.")
        if not undo and not held:
            raise HidingError(NOT_INDEXED.format(id))
        if not undo and len(analyse(name)) < 2:
            raise HidingError(
                f"”{name}” är inte för- och efternamn; ange båda, annars göms dokumentet för vanliga ord."
            )
        if names := names - {name} if undo else {*names, name}:
            ledger.hidden[id] = sorted(names)
