"""When each document was first here: kept beside corpus/, since no rebuild, other path or deleted index/ may change it.

One instant stands for all that a commit lets be answered with, and is later than those of all commits before it: who knows the
latest that he has met misses nothing after it.
"""

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from indexer.catalogue._table import Table
from indexer.catalogue.corpus import EnteredVersion
from indexer.documents import Document
from indexer.metadata.dates import instant

_KEEP = "INSERT OR REPLACE INTO corpus.first_seen VALUES (?, ?)"
_LATEST = "SELECT ifnull(max(instant), '1970-01-01T00:00Z') FROM corpus.first_seen"


class FirstSeen(Table):
    """Of one corpus, by a catalogue that is written; what is entered is durable with its next commit."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__(connection)
        self.new: dict[str, str] = {}
        """Id -> instant, of what is entered since the last commit."""
        self._moment = ""

    def enter(self, entered: EnteredVersion) -> None:
        """A document that is answered with as of the next commit, unless it ever was; until a run has ended, as its files say."""
        id, precedence = entered.version.id, entered.version.precedence
        before, (ended,) = self.of(id), self._column("PRAGMA corpus.user_version")
        known = None if ended else instant(precedence.fetched_at or precedence.added)
        earliest = min(filter(None, (before or self._now(), known)))
        if earliest != before and (entered.indexed or known):
            self.new[id] = earliest

    def of(self, id: str) -> str:
        """The instant of a document; empty where it was never here."""
        return self.new.get(id) or next(
            iter(self._column("SELECT instant FROM corpus.first_seen WHERE id = ?", id)), ""
        )

    def keep(self) -> None:
        """Write what is entered, right before a commit: another run over the same corpus may not wait for long."""
        self._executemany(_KEEP, self.new.items())
        self.new.clear()
        self._moment = ""

    def end(self, forgets: Callable[[Document], bool], forgotten: int) -> None:
        """The next commit is the last of its run; nothing stays of what is forgotten, of which there is another number when there is more."""
        if self._column("PRAGMA corpus.user_version") != [1 + forgotten]:
            ids = self._column("SELECT id FROM corpus.first_seen")
            gone = [(id,) for id in ids if forgets(Document(id, "", ""))]
            self._executemany("DELETE FROM corpus.first_seen WHERE id = ?", gone)
            self._execute(f"PRAGMA corpus.user_version = {1 + forgotten}")

    def _now(self) -> str:
        if not self._moment:
            (latest,) = self._column(_LATEST)
            after = datetime.fromisoformat(latest) + timedelta(milliseconds=1)  # however the clock is set
            self._moment = instant(max(datetime.now(UTC), after).isoformat()) or ""
        return self._moment
