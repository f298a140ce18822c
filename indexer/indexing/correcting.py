"""`correct`: what a person sets right of a document, kept in the ledger and applied whenever its file is read."""

from __future__ import annotations

from collections.abc import Sequence

from indexer.corpus import changing, today
from indexer.corpus.corrections import CorrectionError, correction
from indexer.indexing import SILENT, Progress
from indexer.indexing.curating import NOT_INDEXED, curating
from indexer.settings import Settings


def correct(
    settings: Settings, id: str, stated: tuple[str | None, Sequence[str]] | None, progress: Progress = SILENT
) -> None:
    """Keep a date and regions (None: take the correction back) and index them. Raises CorrectionError."""
    with curating(settings, [id], progress) as held, changing(settings.corpus) as ledger:
        if not held:
            raise CorrectionError(NOT_INDEXED.format(id))
        if stated is not None:
            ledger.corrected[id] = correction(today(), *stated)
        elif ledger.corrected.pop(id, None) is None:
            raise CorrectionError(f"Dokumentet {id} är inte rättat; det finns inget att ta tillbaka.")
