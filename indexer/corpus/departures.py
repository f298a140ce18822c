"""Departures: which crawled pages left or came back since the ledger was last written, durable the moment that it is seen.

The process that crawls appends; the ledger is changed by whoever holds the lock of all that write: the command that crawls when
it begins and ends, and every index run. So a kill of either loses none.
"""

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

import msgspec

from indexer.corpus.ledger import changing
from indexer.durable import sync_folder
from indexer.faults import naming

JOURNAL = Path(".regionsok") / "departures.jsonl"


class Departure(msgspec.Struct, frozen=True):
    """What became of the document of one address."""

    id: str
    day: str = ""
    """ISO 8601, when it left; empty: it is back."""


def note(corpus: Path, departures: Sequence[Departure]) -> None:
    """Append, durably, if there are any. Raises Fault."""
    if not departures:
        return
    with naming(corpus / JOURNAL), _locked(corpus) as journal:
        # A kill may have cut the last line short.
        journal.write(b"".join(b"\n" + msgspec.json.encode(departure) for departure in departures))
        journal.flush()
        os.fsync(journal.fileno())
        sync_folder((corpus / JOURNAL).parent)


def settle(corpus: Path) -> None:
    """Take all that is noted into the ledger, for who holds the lock. Raises CorpusError, OSError."""
    if not (corpus / JOURNAL).exists():
        return
    with _locked(corpus) as journal:
        journal.seek(0)
        with changing(corpus) as ledger:
            for line in journal:
                with suppress(msgspec.DecodeError):  # cut short, so nothing went on after it
                    departure = msgspec.json.decode(line, type=Departure)
                    ledger.gone.pop(departure.id, None)
                    if departure.day:
                        ledger.gone[departure.id] = departure.day
        journal.truncate(0)


@contextmanager
def _locked(corpus: Path) -> Iterator[BinaryIO]:
    path = corpus / JOURNAL
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as journal:
        fcntl.flock(journal, fcntl.LOCK_EX)
        yield journal
