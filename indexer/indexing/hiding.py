"""`hide`: a document no longer answers questions for a person's name; it stays for all other questions."""

from __future__ import annotations

from indexer.corpus import read_ledger, write_ledger
from indexer.faults import Fault
from indexer.generations import writing
from indexer.indexing import Progress, build_locked, held_documents
from indexer.settings import Settings
from indexer.swedish import analyse


class HidingError(Fault):
    """A name or document that cannot be hidden; the message is a Swedish sentence."""


def hide(settings: Settings, id: str, name: str, undo: bool = False, progress: Progress | None = None) -> None:
    """Keep a document from answering for a name, or let it again. Raises HidingError."""
    progress = progress or Progress()
    with writing(settings.index, progress.waiting):
        ledger = read_ledger(settings.corpus)
        names = {*ledger.hidden.pop(id, ())}
        if undo and name not in names:
            raise HidingError(f"Dokumentet {id} är inte dolt för ”{name}”; se vilka namn som gäller i liggaren.")
        if not undo and not held_documents(settings, [id]):
            raise HidingError(f"Dokumentet {id} finns inte i indexet; sök efter det eller kontrollera id.")
        if not undo and len(analyse(name)) < 2:
            raise HidingError(
                f"”{name}” är inte för- och efternamn; ange båda, annars göms dokumentet för vanliga ord."
            )
        names = names - {name} if undo else {*names, name}
        if names:
            ledger.hidden[id] = sorted(names)
        write_ledger(settings.corpus, ledger)
        build_locked(settings, progress=progress)
