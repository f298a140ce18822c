"""What the engine is given in a commit, kept until it has it.

The catalogue commits first, with everything that it counts of the documents; then the engine. A kill between them is made
good by giving the engine the same once more, which changes nothing where it had it.
"""

import json
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from indexer.durable import replacing
from indexer.engines import Writer
from indexer.fields import Record, document_of, record_of, words_of
from indexer.generations import IndexDamaged
from indexer.swedish import Known


class Batch(Struct, frozen=True):
    """What one commit changes in the engine."""

    erased: Sequence[str]
    """Ids that leave, and those that are written again."""
    records: Sequence[Record]

    def __bool__(self) -> bool:
        return bool(self.erased or self.records)

    def give(self, writer: Writer) -> None:
        """Write and commit."""
        for id in self.erased:
            writer.delete(id)
        for record in self.records:
            writer.add(record)
        writer.commit()


def keep(journal: Path, number: int, batch: Batch) -> None:
    """Make a batch durable under the number of the commit that it belongs to. Raises OSError."""
    lines = (json.dumps([number, batch.erased]), *(record.stored for record in batch.records))
    with replacing(journal) as file:
        file.writelines(f"{line}\n".encode() for line in lines)


def kept(journal: Path, number: int, known: Known) -> Batch | None:
    """The batch of a commit, to be given again; None where the engine has it, or the catalogue never did. Raises IndexDamaged."""
    try:
        with journal.open("rb") as lines:
            of_commit, erased = json.loads(next(lines))
            if of_commit != number:
                return None
            documents = [document_of(stored.decode()) for stored in lines]
            records = [record_of(one, words_of(one, known)) for one in documents]
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, KeyError, StopIteration) as error:
        raise IndexDamaged(journal.parent.parent, [journal.name]) from error
    return Batch([*erased, *(record.id for record in records)], records)
