"""The words of an index: form -> term without the lemma table, and what a prefix or a near miss may stand for."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from math import inf, log
from pathlib import Path
from queue import LifoQueue
from typing import Any

from indexer.durable import connect_to_read
from indexer.metadata.aliases import Alias
from indexer.swedish import Entry, entry_of, is_word
from indexer.swedish.derivations import INSIDE
from indexer.swedish.spelling import cost
from indexer.swedish.tokens import LONGEST_TOKEN

READERS = 8
"""Threads that read the words at once; a further one waits for one of them."""
REMEMBERED_FORMS = 50_000
"""Forms that a reader keeps in memory, some 10 MB since none is long; the rest is looked up on disk in some 10 µs."""
COST = 6.0
"""What one wrong letter weighs against the logarithm of how many documents have a word; set with swedish.spelling."""
OTHER_END = 0.3
"""Added where the last letters differ: endings are seldom misspelt."""
FARTHEST = 2.5
"""Cost above which a word is not taken for another."""
LEAST_COST = 0.3
"""Of any two different words."""
COMPARED = 1_000
"""Words that one is compared with at the most, those that most documents have; some 20 ms."""
SHORTEST_FAR = 4
"""Letters of a word above which words two edits away are considered."""
_LETTERS = "abcdefghijklmnopqrstuvwxyzåäöéü0123456789"
_LAST = "\U0010ffff"
_LISTED = "(SELECT value FROM json_each(?))"
"""One statement for lists of any length: SQLite keeps each different one, with the values it was last asked with."""


class _Readers:
    """Connections to one catalogue, all opened at once: a rebuild may delete the file while it is read."""

    def __init__(self, catalogue: Path) -> None:
        self._all: list[sqlite3.Connection] = []
        self._idle: LifoQueue[sqlite3.Connection] = LifoQueue()
        for _ in range(READERS):
            connection = connect_to_read(catalogue)
            self._all.append(connection)
            self._idle.put(connection)

    def rows(self, question: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        connection = self._idle.get()
        try:
            return connection.execute(question, values).fetchall()
        finally:
            self._idle.put(connection)

    def entry(self, form: str) -> Entry:
        rows = self.rows("SELECT term, parts FROM words WHERE form = ?", (form,))
        return Entry.unpacked(*rows[0]) if rows else entry_of(form)

    def close(self) -> None:
        for connection in self._all:
            connection.close()

    def __del__(self) -> None:
        self.close()


class IndexVocabulary:
    """Reads the words of one generation; any number of threads may ask. Its files are closed when nobody holds it."""

    def __init__(self, catalogue: Path) -> None:
        readers = _Readers(catalogue)
        self._rows = readers.rows
        self.close = readers.close
        """Let go of the file at once."""
        self.entry = lru_cache(REMEMBERED_FORMS)(readers.entry)  # not of a method of its own: that would be a circle
        """Form -> entry, as `swedish.entry_of`, which is only asked for words that the index has never seen."""

    def beginning(self, prefix: str, limit: int) -> Sequence[str]:
        """Terms with a form that begins with `prefix`, in small letters or not; most frequent first."""
        small = f"form >= ?1 AND form < ?2 AND form NOT GLOB '*{INSIDE}'"
        condition = f"({small} OR plain >= ?1 AND plain < ?2 AND form GLOB '*[A-ZÅÄÖ]*')"
        return [term for term, _ in self._terms(condition, (prefix, prefix + _LAST), limit)]

    def held(self, terms: Iterable[str], limit: int) -> Sequence[tuple[str, int]]:
        """Those of some terms that documents have, most frequent first, and about how many documents."""
        return self._terms(f"term IN {_LISTED}", (json.dumps([*terms]),), limit)

    @cached_property
    def size(self) -> int:
        """How many documents there are."""
        ((number,),) = self._rows("SELECT count(*) FROM versions WHERE indexed != 0")
        return int(number)

    def forms_beginning(self, prefix: str, limit: int) -> Sequence[str]:
        """Forms that begin with `prefix`, also when its dots were left out; most frequent first, none that only tells how to reach somebody."""
        rows = self._rows(
            "SELECT form, outside_contacts FROM words WHERE outside_contacts > 0 AND form >= ?1 AND form < ?2 AND length(form) <= ?3"
            " UNION SELECT form, outside_contacts FROM words WHERE outside_contacts > 0 AND plain >= ?1 AND plain < ?2 AND length(form) <= ?3"
            " ORDER BY outside_contacts DESC, form LIMIT ?4",
            (prefix, prefix + _LAST, LONGEST_TOKEN, limit),
        )
        return [form for form, _ in rows]

    def similar(self, form: str, limit: int) -> Sequence[str]:
        """Terms with a form that is one letter away: added, left out, changed, or changed places with the next."""
        return [term for term, _ in self._terms(f"form IN {_LISTED}", (_one_edit(form),), limit)]

    def documents(self, term: str) -> int:
        """About how many documents have a form of a term: of each form, added up."""
        ((often,),) = self._rows("SELECT ifnull(sum(documents), 0) FROM words WHERE term = ?", (term,))
        return int(often)

    def _near_terms(self, term: str) -> list[tuple[str, int]]:
        """Of each term that is one letter away, the form that is nearest to it."""
        near = f"SELECT term, form, outside_contacts FROM words WHERE outside_contacts > 0 AND term IN {_LISTED} ORDER BY form"  # noqa: S608
        forms: dict[str, tuple[str, int]] = {}
        for found, form, documents in self._rows(near, (_one_edit(term),)):
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
        if not is_word(form):
            return None
        edited = f"SELECT form, outside_contacts FROM words WHERE outside_contacts > 0 AND form IN {_LISTED}"  # noqa: S608
        found = set(self._rows(edited, (_one_edit(form),)))
        found |= set(
            self._rows("SELECT form, outside_contacts FROM words WHERE outside_contacts > 0 AND plain = ?", (form,))
        )
        found |= set(self._near_terms(self.entry(form).term))
        if len(form) > SHORTEST_FAR:
            like = "SELECT form, outside_contacts FROM words WHERE form >= ? AND form < ? AND outside_contacts > 0 AND length(form) BETWEEN ? AND ?"
            bounds = (form[0], form[0] + _LAST, len(form) - 2, len(form) + 2)
            found |= {(other, often) for other, often in self._rows(like, bounds) if _shares_letters(form, str(other))}
        return _nearest(form, sorted(found - {(form, often) for _, often in found}, key=lambda row: (-row[1], row[0])))

    def first_seen(self, id: str) -> str | None:
        """The first day, ISO 8601, that any version of a document was fetched or added, where one is known."""
        day = "substr(iif(fetched_at != '', fetched_at, added), 1, 10)"
        ((first,),) = self._rows(f"SELECT min({day}) FROM versions WHERE id = ? AND {day} != ''", (id,))  # noqa: S608  ours
        return first or None

    def hidden(self) -> list[tuple[str, str]]:
        """Id and name of every document that does not answer questions for a name, sorted."""
        return self._rows("SELECT id, name FROM hidden ORDER BY id, name")

    def aliases(self, limit: int) -> list[tuple[Alias, int]]:
        """The other names that most documents give, one's evidence of each, and how many do; none that is hidden for a name."""
        given = self._rows(
            "SELECT name, other, evidence, min(document), count(DISTINCT document) AS often FROM aliases"
            " WHERE document NOT IN (SELECT id FROM hidden) GROUP BY lower(name), lower(other)"
            " ORDER BY often DESC, lower(name), lower(other) LIMIT ?",
            (limit,),
        )
        return [(Alias(*row), often) for *row, often in given]

    def _terms(self, condition: str, values: Iterable[str], limit: int) -> Sequence[tuple[str, int]]:
        """Terms and the documents of their forms, added up."""
        return self._rows(
            f"SELECT term, sum(documents) AS often FROM words WHERE documents > 0 AND {condition}"  # noqa: S608
            " GROUP BY term ORDER BY often DESC, term LIMIT ?",
            (*values, limit),
        )


def _nearest(form: str, others: Sequence[tuple[str, int]]) -> tuple[str, int] | None:
    """The likeliest of some words with their documents, most frequent first."""
    best: tuple[float, str, int] | None = None
    for other, often in others[:COMPARED]:
        if best and log(often) - COST * LEAST_COST < best[0]:
            break  # no rarer word is likelier, however near
        distance = _cost(form, other, FARTHEST)
        if distance == inf and _shares_beginning(form, other):
            distance = _cost(form, other)
        if distance < inf:
            way = (log(often) - COST * distance, other, often)
            best = max(best, way) if best else way
    return (best[1], best[2]) if best else None


def _shares_letters(one: str, other: str) -> bool:
    """Whether two words can be two edits apart: a quick look before the slow one."""
    return len(set(one) ^ set(other)) <= 4


def _shares_beginning(one: str, other: str) -> bool:
    """Whether a misspelt word and another form of the right one differ by little besides their endings."""
    if min(len(one), len(other)) < 8 or abs(len(one) - len(other)) > 3:
        return False
    return any(cost(one, other[: len(one) + more], 1.3) < inf for more in (-1, 0, 1))


def _cost(typed: str, word: str, most: float = inf) -> float:
    ending = OTHER_END if typed[-2:] != word[-2:] and typed[-1] != word[-1] else 0
    return cost(typed, word, most - ending) + ending


def _one_edit(form: str) -> str:
    """The JSON list of what is one letter away from a form; of what is too long to be a word, nothing."""
    return json.dumps(list(set(_edited(form)) if is_word(form) else ()))


def _edited(form: str) -> Iterator[str]:
    for index in range(len(form) + 1):
        before, after = form[:index], form[index:]
        yield from (before + letter + after for letter in _LETTERS)
        if after:
            yield before + after[1:]
            yield from (before + letter + after[1:] for letter in _LETTERS)
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]
