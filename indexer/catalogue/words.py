"""The words of an index: each form that its documents have, its term and parts, and how many documents have it."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from indexer.swedish import Entry, entry_of
from indexer.swedish.spelling import plain

SCHEMA = """
CREATE TABLE IF NOT EXISTS words (
  form TEXT PRIMARY KEY, term TEXT NOT NULL, parts TEXT NOT NULL, plain TEXT, documents INTEGER NOT NULL, said INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS words_by_term ON words (term);
CREATE INDEX IF NOT EXISTS words_by_plain ON words (plain) WHERE plain IS NOT NULL;
"""

Word = tuple[str, str, str, str | None]
"""A form, its term, its parts as JSON or nothing, and how it is written without accents where that is another way."""


@dataclass(slots=True)
class Counts:
    """Of the words of some documents."""

    documents: Counter[str] = field(default_factory=Counter)
    """Form -> how many documents have it."""
    unsaid: Counter[str] = field(default_factory=Counter)
    """Form -> how many of these have it only in lines that say how to reach somebody; no one is to be suggested by name."""

    def add(self, other: Counts) -> None:
        """Take others in."""
        self.documents.update(other.documents)
        self.unsaid.update(other.unsaid)

    def count(self, forms: Iterable[str], unsaid: Iterable[str]) -> None:
        """One more document."""
        self.documents.update(forms)
        self.unsaid.update(unsaid)

    def discount(self, forms: Iterable[str], unsaid: Iterable[str]) -> None:
        """One document less."""
        self.documents.subtract(forms)
        self.unsaid.subtract(unsaid)


class Lexicon:
    """Of one catalogue; `IndexVocabulary` reads what stands here."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def know(self, words: Iterable[Word]) -> None:
        """Let readers know words that no document need have, without the lemma table."""
        rows = ((*word, 0, 0) for word in words)
        self._connection.executemany("INSERT OR IGNORE INTO words VALUES (?, ?, ?, ?, ?, ?)", rows)

    def entry(self, form: str) -> Entry:
        """As `entry_of`, which is only asked for words that no document had: it takes much memory."""
        row = self._connection.execute("SELECT term, parts FROM words WHERE form = ?", (form,)).fetchone()
        return Entry.unpacked(*row) if row else entry_of(form)

    def count(self, counts: Counts, words: Mapping[str, Word]) -> None:
        """Add to the numbers of documents that have each form; `words` holds most of those that are new."""
        known = [form for form in sorted(counts.documents) if form not in words]
        if self._add(known, counts) < len(known):  # a process had told of some of them for another index
            words = {**words, **{form: word_of(form) for form in known if not self._has(form)}}
        self.know(words[form] for form in sorted(words))
        self._add(sorted(words), counts)

    def counted(self) -> Counts:
        """What `count` has added up."""
        rows = self._connection.execute("SELECT form, documents, said FROM words WHERE documents != 0").fetchall()
        documents = Counter({form: often for form, often, _ in rows})
        return Counts(documents, Counter({form: often - said for form, often, said in rows if often != said}))

    def _has(self, form: str) -> bool:
        return bool(self._connection.execute("SELECT 1 FROM words WHERE form = ?", (form,)).fetchone())

    def _add(self, forms: Sequence[str], counts: Counts) -> int:
        """Add to those of the forms that are there; how many these are."""
        rows = ((often := counts.documents[form], often - counts.unsaid[form], form) for form in forms)
        sql = "UPDATE words SET documents = documents + ?, said = said + ? WHERE form = ?"
        return self._connection.executemany(sql, rows).rowcount


def word_of(form: str) -> Word:
    """What is kept of a lower-case form."""
    return form, *entry_of(form).packed(), None if form.isascii() else plain(form)
