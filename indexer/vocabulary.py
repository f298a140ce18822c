"""The words of an index: form -> term without the lemma table, and what a prefix or a near miss may stand for."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from functools import lru_cache
from math import log
from pathlib import Path
from typing import Any

from indexer.aliases import Alias
from indexer.durable import connect_to_read
from indexer.swedish import Entry, entry_of
from indexer.swedish.spelling import cost

REMEMBERED_FORMS = 50_000
"""Forms that a reader keeps in memory, some 10 MB; the rest is looked up on disk in some 10 µs."""
COST = 6.0
"""What one wrong letter weighs against the logarithm of how many documents have a word; set with swedish.spelling."""
OTHER_END = 0.3
"""Added where the last letters differ: endings are seldom misspelt."""
FARTHEST = 2.5
"""Cost above which a word is not taken for another."""
SHORTEST_FAR = 4
"""Letters of a word above which words two edits away are considered."""
_LETTERS = "abcdefghijklmnopqrstuvwxyzåäöéü0123456789"
_LAST = "\U0010ffff"


class IndexVocabulary:
    """Reads the words of one generation; any number of threads may ask."""

    def __init__(self, catalogue: Path) -> None:
        self._connection = connect_to_read(catalogue)
        self._asking = threading.Lock()
        self.entry = lru_cache(REMEMBERED_FORMS)(self._entry)
        """Form -> entry, as `swedish.entry_of`, which is only asked for words that the index has never seen."""

    def beginning(self, prefix: str, limit: int) -> Sequence[str]:
        """Terms with a form that begins with `prefix`, most frequent first."""
        return self._terms("form >= ? AND form < ?", (prefix, prefix + _LAST), limit)

    def forms_beginning(self, prefix: str, limit: int) -> Sequence[str]:
        """Forms that begin with `prefix`, also when its dots were left out; most frequent first, none that only tells how to reach somebody."""
        rows = self._rows(
            "SELECT form, said FROM words WHERE said > 0 AND form >= ?1 AND form < ?2"
            " UNION SELECT form, said FROM words WHERE said > 0 AND plain >= ?1 AND plain < ?2"
            " ORDER BY said DESC, form LIMIT ?3",
            (prefix, prefix + _LAST, limit),
        )
        return [form for form, _ in rows]

    def similar(self, form: str, limit: int) -> Sequence[str]:
        """Terms with a form that is one letter away: added, left out, changed, or changed places with the next."""
        near = tuple(set(_one_edit(form)))
        return self._terms(f"form IN ({','.join('?' * len(near))})", near, limit)

    def documents(self, term: str) -> int:
        """About how many documents have a form of a term: of each form, added up."""
        ((often,),) = self._rows("SELECT ifnull(sum(documents), 0) FROM words WHERE term = ?", (term,))
        return int(often)

    def _near_terms(self, term: str) -> list[tuple[str, int]]:
        """Of each term that is one letter away, the form that is nearest to it."""
        near = tuple(set(_one_edit(term)))
        asked = f"SELECT term, form, said FROM words WHERE said > 0 AND term IN ({','.join('?' * len(near))})"  # noqa: S608
        forms: dict[str, tuple[str, int]] = {}
        for found, form, documents in self._rows(asked, near):
            if found not in forms or abs(len(form) - len(found)) < abs(len(forms[found][0]) - len(found)):
                forms[found] = (form, documents)
        return list(forms.values())

    def known(self, form: str) -> str | None:
        """The term of a form that a document has; None for other words."""
        rows = self._rows("SELECT term FROM words WHERE form = ? AND documents > 0", (form,))
        return rows[0][0] if rows else None

    def documents_of_form(self, form: str) -> int:
        """How many documents have this very form."""
        rows = self._rows("SELECT documents FROM words WHERE form = ?", (form,))
        return int(rows[0][0]) if rows else 0

    def nearest(self, form: str) -> tuple[str, int] | None:
        """The form that a word was most likely meant to be, and in how many documents it is; None where none is near.

        One edit away, of the same letters without dots, or two edits away with the same first letter.
        """
        near = tuple(set(_one_edit(form)))
        edited = f"SELECT form, said FROM words WHERE said > 0 AND form IN ({','.join('?' * len(near))})"  # noqa: S608
        found = set(self._rows(edited, near))
        found |= set(self._rows("SELECT form, said FROM words WHERE said > 0 AND plain = ?", (form,)))
        found |= set(self._near_terms(self.entry(form).term))
        if len(form) > SHORTEST_FAR:
            like = "SELECT form, said FROM words WHERE form >= ? AND form < ? AND said > 0 AND length(form) BETWEEN ? AND ?"
            bounds = (form[0], form[0] + _LAST, len(form) - 2, len(form) + 2)
            found |= {(other, often) for other, often in self._rows(like, bounds) if _shares_letters(form, str(other))}
        ranked = [
            (log(int(often)) - COST * _cost(form, str(other)), str(other), int(often))
            for other, often in found
            if other != form
        ]
        best = max(
            (way for way in ranked if _cost(form, way[1]) <= FARTHEST or _shares_beginning(form, way[1])), default=None
        )
        return (best[1], best[2]) if best else None

    def first_seen(self, id: str) -> str | None:
        """The first day that any version of a document was fetched or added, where one is known."""
        rows = self._rows("SELECT min(day) FROM claims WHERE id = ? AND day != ''", (id,))
        return next((str(day) for (day,) in rows if day), None)

    def hidden(self) -> list[tuple[str, str]]:
        """Id and name of every document that does not answer questions for a name."""
        return [(str(id), str(name)) for id, name in self._rows("SELECT id, name FROM hidden ORDER BY id, name", ())]

    def aliases(self, limit: int) -> list[tuple[Alias, int]]:
        """The other names that most documents give, one document's evidence of each, and how many do."""
        rows = self._rows(
            "SELECT name, other, evidence, min(document), count(DISTINCT document) AS often FROM aliases"
            " GROUP BY lower(name), lower(other) ORDER BY often DESC, lower(name), lower(other) LIMIT ?",
            (limit,),
        )
        return [(Alias(*row[:4]), int(row[4])) for row in rows]

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

    def _entry(self, form: str) -> Entry:
        rows = self._rows("SELECT term, parts FROM words WHERE form = ?", (form,))
        if not rows:
            return entry_of(form)
        return Entry.unpacked(*rows[0])

    def _rows(self, question: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
        with self._asking:
            return self._connection.execute(question, values).fetchall()


def _shares_letters(one: str, other: str) -> bool:
    """Whether two words can be two edits apart: a quick look before the slow one."""
    return len(set(one) ^ set(other)) <= 4


def _shares_beginning(one: str, other: str) -> bool:
    """Whether a misspelt word and another form of the right one differ by little besides their endings."""
    if min(len(one), len(other)) < 8 or abs(len(one) - len(other)) > 3:
        return False
    return any(cost(one, other[: len(one) + more]) <= 1.3 for more in (-1, 0, 1))


def _cost(typed: str, word: str) -> float:
    return cost(typed, word) + (OTHER_END if typed[-2:] != word[-2:] and typed[-1] != word[-1] else 0)


def _one_edit(form: str) -> Iterator[str]:
    for index in range(len(form) + 1):
        before, after = form[:index], form[index:]
        yield from (before + letter + after for letter in _LETTERS)
        if after:
            yield before + after[1:]
            yield from (before + letter + after[1:] for letter in _LETTERS)
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]
