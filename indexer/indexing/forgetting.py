"""`remove --forget`: a document leaves the corpus and every generation of the index, and does not come back."""

import logging
import secrets
from collections.abc import Iterator, Sequence

from indexer.corpus import Ledger, changing, read_corpus, sweep
from indexer.corpus.cutting import cut
from indexer.corpus.forgotten import fingerprints, is_forgotten
from indexer.documents import Document, Refusal
from indexer.indexing import SILENT, Progress
from indexer.indexing.curating import curating
from indexer.ingestion import read
from indexer.settings import Settings

_log = logging.getLogger(__package__)


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
                _remember(ledger, document)
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


def _remember(ledger: Ledger, document: Document) -> None:
    ledger.salt = ledger.salt or secrets.token_hex(32)
    ledger.forgotten = sorted({*ledger.forgotten, *fingerprints(document, ledger.salt)})


def _cut_out(settings: Settings, ledger: Ledger) -> Iterator[Refusal]:
    """Delete what is forgotten from every file of the corpus; the parts that cannot be."""
    for file in read_corpus(settings.corpus, ledger):
        members = []
        for document in read(file.source, settings.document_bytes):
            if not isinstance(document, Refusal) and is_forgotten(document, ledger.forgotten, ledger.salt):
                members.append(document.origin.removeprefix(file.source.origin))
                _remember(ledger, document)
        if members:
            yield from cut(ledger, file, members, settings.document_bytes)
