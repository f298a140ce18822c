"""`correct`: what a person sets right of a document, kept in the ledger and applied whenever its file is read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from indexer.corpus import read_ledger, write_ledger
from indexer.corpus.corrections import CorrectionError, correction
from indexer.generations import writing
from indexer.indexing import Progress, build_locked, held_documents
from indexer.settings import Settings


def correct(
    settings: Settings, id: str, stated: tuple[str | None, Sequence[str]] | None, progress: Progress | None = None
) -> None:
    """Keep a date and regions (None: take the correction back) and index them. Raises CorrectionError."""
    progress = progress or Progress()
    with writing(settings.index, progress.waiting):
        if not held_documents(settings, [id]):
            raise CorrectionError(f"Dokumentet {id} finns inte i indexet; sök efter det eller kontrollera id.")
        ledger = read_ledger(settings.corpus)
        if stated is None and ledger.corrected.pop(id, None) is None:
            raise CorrectionError(f"Dokumentet {id} är inte rättat; det finns inget att ta tillbaka.")
        if stated is not None:
            ledger.corrected[id] = correction(datetime.now(UTC).date().isoformat(), *stated)
        write_ledger(settings.corpus, ledger)
        build_locked(settings, progress=progress)
