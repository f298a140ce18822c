"""`remove --forget`: a document leaves the corpus and every generation of the index, and does not come back."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence

from indexer.corpus import Ledger, read_corpus, read_ledger, sweep, write_ledger
from indexer.corpus.cutting import cut
from indexer.corpus.forgotten import fingerprints, is_forgotten
from indexer.documents import Refusal
from indexer.generations import writing
from indexer.indexing import Progress, build_locked, held_documents
from indexer.ingestion import read
from indexer.settings import Settings


def forget(settings: Settings, ids: Sequence[str], progress: Progress | None = None) -> tuple[list[str], list[Refusal]]:
    """Forget documents, and every other that has the same address or text; the ids that the index lacks, and what is left.

    The fingerprints are kept before anything is deleted, so that what a kill leaves in corpus/ is not indexed and is
    deleted by the next time.
    """
    progress = progress or Progress()
    with writing(settings.index, progress.waiting):
        sweep(settings.corpus)
        ledger = read_ledger(settings.corpus)
        ledger.salt = ledger.salt or secrets.token_hex(32)
        held = held_documents(settings, ids)
        for document in held.values():
            ledger.forgotten = sorted({*ledger.forgotten, *fingerprints(document, ledger.salt)})
            ledger.removed.pop(document.id, None)
            ledger.corrected.pop(document.id, None)
            ledger.hidden.pop(document.id, None)
        write_ledger(settings.corpus, ledger)
        known, left = 0, list[Refusal]()
        while known < len(ledger.forgotten):  # a file may hold more of a text than the index, by which copies are known
            known = len(ledger.forgotten)
            left = list(_swept(settings, ledger))
            write_ledger(settings.corpus, ledger)
        build_locked(settings, progress=progress)
        return [id for id in ids if id not in held], left


def _swept(settings: Settings, ledger: Ledger) -> Iterator[Refusal]:
    """Delete what is forgotten from every file of the corpus; the parts that cannot be."""
    for file in read_corpus(settings.corpus, ledger):
        origin = file.source.origin
        members = []
        for item in read(file.source, settings.document_bytes):
            if not isinstance(item, Refusal) and is_forgotten(item, ledger.forgotten, ledger.salt):
                members.append(item.origin[len(origin) :])
                ledger.forgotten = sorted({*ledger.forgotten, *fingerprints(item, ledger.salt)})
        if members:
            yield from cut(settings.corpus, ledger, file, members, settings.document_bytes)
