"""The words of an index: each form that its documents have, its term and parts, and how many documents have it.

Terms that are no form (LAS, Mark, stockholm-) stand here too, each as a form of its own; and the other names that documents give.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from msgspec import Struct, field

from indexer.catalogue._table import Table
from indexer.swedish import Entry, entry_of
from indexer.swedish.spelling import plain
from indexer.swedish.words import INSIDE

Word = tuple[str, str, str, str | None]
"""A form, its term, its parts as JSON or nothing, and how it is typed without accents, or without capitals, where that is another way."""


class Counts(Struct, frozen=True):
    """Of the words of some documents."""

    documents: Counter[str] = field(default_factory=Counter)
    """Form -> how many documents have it."""
    only_in_contacts: Counter[str] = field(default_factory=Counter)
    """Form -> how many of these have it only in lines that say how to reach somebody; no one is to be suggested by name."""

    def add(self, other: Counts) -> None:
        """Take others in."""
        self.documents.update(other.documents)
        self.only_in_contacts.update(other.only_in_contacts)

    def count(self, forms: Iterable[str], only_in_contacts: Iterable[str]) -> None:
        """One more document."""
        self.documents.update(forms)
        self.only_in_contacts.update(only_in_contacts)

    def discount(self, forms: Iterable[str], only_in_contacts: Iterable[str]) -> None:
        """One document less."""
        self.documents.subtract(forms)
        self.only_in_contacts.subtract(only_in_contacts)


class Lexicon(Table):
    """Of one catalogue; `IndexVocabulary` reads what stands here."""

    def add(self, words: Iterable[Word]) -> None:
        """Let readers know words that no document need have, without the lexicon."""
        words = sorted(words)
        self._executemany("INSERT OR IGNORE INTO words VALUES (?, ?, ?, ?, 0, 0)", words)
        inside = {(part.term, form) for form, term, parts, _ in words for part in Entry.unpacked(term, parts).parts}
        self._executemany("INSERT OR IGNORE INTO parts VALUES (?, ?)", sorted(inside))

    def entry(self, form: str) -> Entry:
        """As `entry_of`, which is only asked for words that no document had, and need not remember them: it takes much memory."""
        row = self._execute("SELECT term, parts FROM words WHERE form = ?", (form,)).fetchone()
        return Entry.unpacked(*row) if row else entry_of.__wrapped__(form)

    def count(self, counts: Counts) -> None:
        """Add to the numbers of documents that have each form; every form was added before."""
        documents, contacts = counts.documents, counts.only_in_contacts
        rows = ((documents[form], documents[form] - contacts[form], form) for form in sorted(documents))
        added = "documents = documents + ?, outside_contacts = outside_contacts + ?"
        self._executemany(f"UPDATE words SET {added} WHERE form = ?", rows)  # noqa: S608

    def counted(self) -> Counts:
        """What `count` has added up."""
        rows = self._execute("SELECT form, documents, outside_contacts FROM words WHERE documents != 0").fetchall()
        documents = Counter({form: often for form, often, _ in rows})
        return Counts(documents, Counter({form: often - outside for form, often, outside in rows if often != outside}))


def word_of(form: str, entry: Entry | None = None) -> Word:
    """What is kept of a form, the entry of which may be at hand, or of a term that is none."""
    if form.endswith(INSIDE):
        return form, form, "", None
    if (small := form.lower()) != form:
        return form, form, "", small
    return form, *(entry or entry_of(form)).packed(), None if form.isascii() else plain(form)
