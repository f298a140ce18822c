"""Lines that a host repeats over its articles and that belong to none of them: learned from what the index holds (FINDINGS 6)."""

import json
from collections.abc import Iterable, Sequence

from indexer.catalogue._table import QUERIES, Table
from indexer.deduplication.fingerprints import hash_of
from indexer.documents import Document, Medium, host_of
from indexer.metadata.contacts import is_contact

LONGEST = 300
"""Characters of a line that can be a host's; longer ones are paragraphs. The longest seen in data/pages has 223."""


class RepeatedLines(Table):
    """The lines of pages, by host; counts articles, not pages, since one article may stand at many addresses.

    What is left out of texts changes only in `expected` and `turned`, so that all texts between are cleaned alike.
    """

    def of_host(self, host: str, lines: Sequence[str]) -> set[str]:
        """Those of the lines that are left out as the host's."""
        by_key = {_key(host, line): line for line in lines if is_learned(line)}
        return {by_key[key] for key in self._column(QUERIES["left_out"], json.dumps(list(by_key)))}

    def expect(self, host: str, title: str, lines: Iterable[str]) -> None:
        """A page will be learned."""
        self._executemany("INSERT OR IGNORE INTO expected VALUES (?, ?)", _rows(host, title, lines))

    def expected(self) -> list[str]:
        """Leave out what will be its host's with the pages that are expected; ids of the documents that have such a line."""
        turned = self._column("SELECT line FROM expected_lines")
        self._execute("DELETE FROM expected")
        return self._turn(turned)

    def learn(self, document: Document) -> None:
        """Take a document's lines in place of those it had."""
        if document.medium is Medium.TEXT or (host := host_of(document.url)) is None:
            return self.forget(document.id)
        self._set(document.id, _rows(host, document.title, (*document.text.splitlines(), *document.boilerplate)))

    def forget(self, id: str) -> None:
        """Drop the lines of a document that leaves."""
        self._set(id, set())

    def documents(self) -> set[str]:
        """Ids of the documents that have lines here."""
        return set(self._column("SELECT DISTINCT document FROM lines"))

    def turned(self) -> list[str]:
        """Leave out what has become its host's, and no longer what has ceased to be; ids of the documents that have such a line."""
        return self._turn(self._column("SELECT line FROM turned_lines"))

    def _turn(self, lines: Sequence[int]) -> list[str]:
        keys = json.dumps(lines)
        self._execute(QUERIES["turn"], (keys,))
        return self._column(QUERIES["documents_with_lines"], keys) if lines else []

    def _set(self, id: str, rows: set[tuple[int, int]]) -> None:
        self._execute("DELETE FROM lines WHERE document = ?", (id,))
        self._executemany("INSERT INTO lines VALUES (?, ?, ?)", ((*row, id) for row in rows))


def _rows(host: str, title: str, lines: Iterable[str]) -> set[tuple[int, int]]:
    """The keys of a page's lines, each with that of its article."""
    article = hash_of(title.lower())
    return {(_key(host, line), article) for line in set(lines) if is_learned(line)}


def is_learned(line: str) -> bool:
    """Whether a line can turn out to be a host's; whom to reach stays with a text also where all of the host say it.

    >>> is_learned("Dela sidan"), is_learned("Anna Berg, 010-123 45 67"), is_learned("")
    (True, False, False)
    """
    return 0 < len(line) <= LONGEST and any(map(str.isalnum, line)) and not is_contact(line)


def _key(host: str, line: str) -> int:
    return hash_of(f"{host} {' '.join(line.lower().split())}")
