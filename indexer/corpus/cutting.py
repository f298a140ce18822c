"""Documents out of the files of corpus/ that hold them, however they are packed; nothing is kept that does not read back as before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from hashlib import blake2b
from importlib import import_module
from pathlib import Path

from indexer.corpus import CorpusFile, Ledger, delete
from indexer.documents import Refusal
from indexer.durable import replacing
from indexer.ingestion import Part, Unread, parts_of, stream_of

_WITHIN = (
    "Texten går inte att ta ur filen utan att annat i den ändras; filen är orörd och texten visas inte."
    " Ta bort texten ur filen eller ta bort filen, och kör regionsok index."
)
_UNWRITTEN = (
    "Texten är kvar i filen, som inte går att skriva om ({}), men visas inte; åtgärda det och kör regionsok index."
)


class _Changed(Exception):
    """What was written does not read back as what was to be kept."""


def cut(corpus: Path, ledger: Ledger, file: CorpusFile, members: Collection[str], limit: int) -> Iterator[Refusal]:
    """Delete members of a file, or all of it where it holds nothing else; a refusal for each if they cannot be cut out.

    `limit` is the most bytes of a document. A file is replaced when the new one is durable and reads back to exactly
    the other parts, as they stood; else it stays as it is.
    """
    names = Counter(part.member for part in parts_of(file.source, limit))
    if names.keys() == set(members) and len(names) == names.total():
        delete(corpus, file, ledger)
        return
    path = file.source.path
    try:
        with replacing(path) as target:
            unfinished = Path(target.name)
            try:
                if any(names[member] != 1 for member in members):  # of two by one name, one may be to be kept
                    raise _Changed
                # Only a cut needs the parsers that this brings.
                take_out = import_module("indexer.corpus.containers").take_out
                with stream_of(file.source, limit) as stream:
                    take_out(stream, target, members)
                target.flush()
                others = (part for part in parts_of(file.source, limit) if part.member not in members)
                if _digest(parts_of(file.source, limit, written=unfinished)) != _digest(others):
                    raise _Changed
            except Exception:
                unfinished.unlink()
                raise
    except Exception as error:  # as in Part.drafted: what is broken breaks each unpacker in a way of its own
        said = error.strerror if isinstance(error, OSError) else None
        reason = _UNWRITTEN.format(said) if said else _WITHIN
        yield from (Refusal(file.source.origin + member, reason) for member in members)


def _digest(parts: Iterator[Part]) -> bytes:
    """Of all that documents are made of, in order."""
    digest = blake2b()
    for part in parts:
        content = part.draft.content if isinstance(part.draft, Unread) else b""
        said = "" if isinstance(part.draft, Unread) else part.draft
        about = repr((part.member, said, sorted(part.given.items(), key=str), part.excerpt, len(content)))
        digest.update(about.encode("utf-8", "surrogatepass") + content)
    return digest.digest()
