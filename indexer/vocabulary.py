"""The words of an index: form -> term without the lemma table, and what a prefix or a near miss may stand for."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

from indexer.swedish import term_of

REMEMBERED_FORMS = 50_000
"""Forms that a reader keeps in memory, some 10 MB; the rest is looked up on disk in some 10 µs."""
_LETTERS = "abcdefghijklmnopqrstuvwxyzåäöéü0123456789"
_LAST = "\U0010ffff"


class IndexVocabulary:
    """Reads the words of one generation; any number of threads may ask."""

    def __init__(self, catalogue: Path) -> None:
        self._connection = sqlite3.connect(
            f"file:{quote(str(catalogue.resolve()))}?mode=ro", uri=True, check_same_thread=False, timeout=60
        )
        self._asking = threading.Lock()
        self.term = lru_cache(REMEMBERED_FORMS)(self._term)
        """Form -> term, as `swedish.term_of`, which is only asked for words that the index has never seen."""

    def beginning(self, prefix: str, limit: int) -> Sequence[str]:
        """Terms with a form that begins with `prefix`, most frequent first."""
        return self._terms("form >= ? AND form < ?", (prefix, prefix + _LAST), limit)

    def similar(self, form: str, limit: int) -> Sequence[str]:
        """Terms with a form that is one letter away: added, left out, changed, or changed places with the next."""
        near = tuple(set(_one_edit(form)))
        return self._terms(f"form IN ({','.join('?' * len(near))})", near, limit)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def _terms(self, condition: str, values: Sequence[str], limit: int) -> Sequence[str]:
        rows = self._rows(
            f"SELECT term, sum(documents) AS often FROM words WHERE documents > 0 AND {condition}"  # noqa: S608
            " GROUP BY term ORDER BY often DESC, term LIMIT ?",
            (*values, limit),
        )
        return [term for term, _ in rows]

    def _term(self, form: str) -> str:
        rows = self._rows("SELECT term FROM words WHERE form = ?", (form,))
        return rows[0][0] if rows else term_of(form)

    def _rows(self, question: str, values: Sequence[object]) -> list[tuple[str, ...]]:
        with self._asking:
            return self._connection.execute(question, values).fetchall()


def _one_edit(form: str) -> Iterator[str]:
    for index in range(len(form) + 1):
        before, after = form[:index], form[index:]
        yield from (before + letter + after for letter in _LETTERS)
        if after:
            yield before + after[1:]
            yield from (before + letter + after[1:] for letter in _LETTERS)
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]
