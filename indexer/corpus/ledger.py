"""The ledger: the facts about corpus/ that its files do not hold, in one file of JSON."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec

from indexer.corpus.corrections import Correction
from indexer.durable import write_durably
from indexer.faults import Fault, cause_of

LEDGER = Path(".regionsok") / "ledger.json"
_log = logging.getLogger(__package__)


class CorpusError(Fault):
    """A corpus that cannot be read or written; the message is a Swedish sentence."""


class Ledger(msgspec.Struct, forbid_unknown_fields=True):
    """What people and the crawler decided of documents, and what was stated with added files."""

    removed: dict[str, str] = {}
    """Id -> the day it was removed; its file stays, the document is not indexed."""
    gone: dict[str, str] = {}
    """Id -> the day its address was found to be gone, or no longer wished to be read; its file stays until it is back."""
    forgotten: list[str] = []
    """Fingerprints of what must not come back, made with `salt`."""
    salt: Annotated[str, msgspec.Meta(pattern="^([0-9a-f]{2})*$")] = ""
    hidden: dict[str, list[str]] = {}
    """Id -> the names of people that a document does not answer questions for."""
    corrected: dict[str, Correction] = {}
    """Id -> what a person has set right."""
    given: dict[str, dict[str, str]] = {}
    """Origin -> what was stated to `add`: url, published, source, title, and `added`, when."""

    @property
    def left_out(self) -> set[str]:
        """Ids of documents that are in corpus/ and must not be in the index."""
        return {*self.removed, *self.gone}


def read_ledger(corpus: Path) -> Ledger:
    """The ledger of a corpus, to look at. Raises CorpusError when it is broken: guessing could bring back what was removed."""
    path = corpus / LEDGER
    try:
        return msgspec.json.decode(path.read_bytes(), type=Ledger)
    except FileNotFoundError:
        return Ledger()
    except (OSError, ValueError, msgspec.MsgspecError) as error:
        cause = cause_of(error) or f"{error}; rätta filen eller återställ en kopia"
        raise CorpusError(f"Liggaren {path} går inte att läsa: {cause}.") from error


@contextmanager
def changing(corpus: Path) -> Iterator[Ledger]:
    """The ledger, to change: on leaving it is written whole and durably if it is another, and not at all after an exception.

    For who holds the lock. Raises CorpusError and OSError.
    """
    ledger = read_ledger(corpus)
    before = msgspec.json.encode(ledger)
    yield ledger
    after = msgspec.json.encode(ledger)
    if after != before:
        path = corpus / LEDGER
        path.parent.mkdir(parents=True, exist_ok=True)
        write_durably(path, msgspec.json.format(after, indent=1))
        sizes = {name: len(getattr(ledger, name)) for name in ("removed", "gone", "forgotten", "hidden", "corrected")}
        _log.info("ledger written", extra=sizes)


def state(ledger: Ledger, origin: str, facts: Mapping[str, str]) -> None:
    """Note what is stated with an added file, and when; facts stated earlier stay unless they are stated anew."""
    before = ledger.given.get(origin)
    if before is None or not facts.items() <= before.items():
        now = datetime.now(UTC).isoformat(timespec="microseconds")
        ledger.given[origin] = (before or {}) | {"added": now} | dict(facts)


def today() -> str:
    """The day that a decision is dated, ISO 8601 in UTC."""
    return datetime.now(UTC).date().isoformat()
