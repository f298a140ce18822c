"""Lines that a host repeats over its articles and that belong to none of them: learned from what the index holds (FINDINGS 6)."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from indexer.catalogue._schema import SCHEMA
from indexer.catalogue._table import Table
from indexer.deduplication.fingerprints import hash_of
from indexer.documents import Document, Medium
from indexer.durable import connect_to_read
from indexer.metadata.contacts import is_contact
from indexer.urls import host_of

ARTICLES = 5
"""Articles of different titles that have a line before it is the host's (FINDINGS 6)."""
LONGEST = 300
"""Characters of a line that can be a host's; longer ones are paragraphs. The longest seen in data/pages has 223."""
_REPEATED = "SELECT line FROM repeated WHERE articles >= ? AND line IN (SELECT value FROM json_each(?))"


class RepeatedLines(Table):
    """The lines of pages, by host; counts articles, not pages, since one article may stand at many addresses."""

    def of_host(self, host: str, lines: Sequence[str]) -> set[str]:
        """Those of the lines that the host is known to repeat."""
        by_key = {_key(host, line): line for line in lines if is_learned(line)}
        return {by_key[key] for key in self._repeated(by_key)}

    def learn(self, document: Document) -> None:
        """Take a document's lines in place of those it had."""
        host = host_of(document.url)
        if document.medium is Medium.TEXT or host is None:
            return self.forget(document.id)
        article = hash_of(document.title.lower())
        lines = {*document.text.splitlines(), *document.boilerplate}
        self._set(document.id, {(_key(host, line), article) for line in lines if is_learned(line)})

    def forget(self, id: str) -> None:
        """Drop the lines of a document that leaves."""
        self._set(id, set())

    def documents(self) -> set[str]:
        """Ids of the documents that have lines here."""
        return set(self._column("SELECT DISTINCT document FROM lines"))

    def turned(self) -> list[str]:
        """Ids of the documents with a line that became its host's, or ceased to be, since this was last asked."""
        ids = self._column("SELECT DISTINCT document FROM lines JOIN turned USING (line) ORDER BY document")
        self._execute("DELETE FROM turned")
        return ids

    def _set(self, id: str, rows: set[tuple[int, int]]) -> None:
        had = set(self._execute("SELECT line, article FROM lines WHERE document = ?", (id,)))
        changed = {line for line, _ in had ^ rows}
        before = self._repeated(changed)
        for line, article in had - rows:
            self._execute("DELETE FROM lines WHERE line = ? AND article = ? AND document = ?", (line, article, id))
            self._count(line, article, -1)
        for line, article in rows - had:
            self._count(line, article, 1)
            self._execute("INSERT INTO lines VALUES (?, ?, ?)", (line, article, id))
        for line in before ^ self._repeated(changed):  # what turns twice is as it was
            if not self._execute("DELETE FROM turned WHERE line = ?", (line,)).rowcount:
                self._execute("INSERT INTO turned VALUES (?)", (line,))

    def _count(self, line: int, article: int, change: int) -> None:
        """Count an article in or out, where no other document has the line in it."""
        if not self._column("SELECT 1 FROM lines WHERE line = ? AND article = ? LIMIT 1", line, article):
            counting = "INSERT INTO repeated VALUES (?1, ?2) ON CONFLICT (line) DO UPDATE SET articles = articles + ?2"
            self._execute(counting, (line, change))

    def _repeated(self, keys: Iterable[int]) -> set[int]:
        return set(self._column(_REPEATED, ARTICLES, json.dumps(list(keys))))


@contextmanager
def known_lines(catalogue: Path | None) -> Iterator[RepeatedLines]:
    """Those of an index, to look at; without one, none, in memory."""
    with closing(connect_to_read(catalogue) if catalogue else sqlite3.connect(":memory:")) as connection:
        if catalogue is None:
            connection.executescript(SCHEMA)
        yield RepeatedLines(connection)


def is_learned(line: str) -> bool:
    """Whether a line can turn out to be a host's; whom to reach stays with a text also where all of the host say it.

    >>> is_learned("Dela sidan"), is_learned("Anna Berg, 010-123 45 67"), is_learned("")
    (True, False, False)
    """
    return 0 < len(line) <= LONGEST and any(map(str.isalnum, line)) and not is_contact(line)


def _key(host: str, line: str) -> int:
    return hash_of(f"{host} {' '.join(line.lower().split())}")
