"""Documents out of the files of corpus/ that hold them, however they are packed; nothing is kept that does not read back as before."""

import logging
from collections import Counter
from collections.abc import Collection, Iterator
from hashlib import blake2b
from importlib import import_module
from pathlib import Path

from indexer.corpus.files import CorpusFile, delete
from indexer.corpus.ledger import Ledger
from indexer.documents import Refusal
from indexer.durable import replacing
from indexer.ingestion import parts_of, stream_of
from indexer.ingestion.parts import Part

_log = logging.getLogger(__package__)
_WITHIN = (
    "Texten går inte att ta ur filen utan att annat i den ändras; filen är orörd och texten visas inte."
    " Ta bort texten ur filen eller ta bort filen, och kör regionsok index."
)
_UNWRITTEN = (
    "Texten är kvar i filen, som inte går att skriva om ({}), men visas inte; åtgärda det och kör regionsok index."
)


class _Changed(Exception):
    """What was written does not read back as what was to be kept."""


def cut(ledger: Ledger, file: CorpusFile, members: Collection[str], limit: int) -> Iterator[Refusal]:
    """Delete members of a file, or all of it where it holds nothing else; a refusal for each if they cannot be cut out.

    `limit` is the most bytes of a document. A file is replaced when the new one is durable and reads back to exactly
    the other parts, as they stood; else it stays as it is.
    """
    names = Counter(part.member for part in parts_of(file.source, limit))
    if names.keys() == set(members) and len(names) == names.total():
        delete(file, ledger)
        return
    try:
        with replacing(file.source.path) as target:
            if any(names[member] != 1 for member in members):  # of two by one name, one may be to be kept
                raise _Changed
            # Only a cut needs the parsers that this brings.
            take_out = import_module("indexer.corpus.containers").take_out
            with stream_of(file.source, limit) as stream:
                take_out(stream, target, members)
            target.flush()
            others = (part for part in parts_of(file.source, limit) if part.member not in members)
            if _digest(parts_of(file.source, limit, written=Path(target.name))) != _digest(others):
                raise _Changed
    except Exception as error:  # as in `parsed`: what is broken breaks each unpacker in a way of its own
        cause = error.strerror if isinstance(error, OSError) else None
        reason = _UNWRITTEN.format(cause) if cause else _WITHIN
        _log.info("members left in", extra={"path": file.source.origin, "cause": type(error).__name__})
        yield from (Refusal(file.source.origin + member, reason) for member in members)


def _digest(parts: Iterator[Part]) -> bytes:
    """Of all that documents are made of, in order."""
    digest = blake2b()
    for part in parts:
        digest.update(repr(part).encode("utf-8", "surrogatepass") + b"\0")
    return digest.digest()
