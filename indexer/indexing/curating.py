"""What a person decides of documents: one shape for `remove`, `forget`, `hide` and `correct`, and the plainest of them."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from indexer.corpus import changing, today
from indexer.documents import Document
from indexer.generations import writing
from indexer.indexing import SILENT, Progress, build_locked, held_documents
from indexer.settings import Settings

NOT_INDEXED = "Dokumentet {} finns inte i indexet; sök efter det eller kontrollera id."
_log = logging.getLogger(__package__)


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
