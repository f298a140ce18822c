"""The words of an index: form -> term without the lexicon, and what a prefix or a near miss may stand for."""

import json
import sqlite3
from collections.abc import Iterable, Sequence, Set
from functools import cached_property, partial
from operator import itemgetter
from pathlib import Path
from queue import LifoQueue
from typing import Any

from indexer.catalogue.nearest import LAST, LISTED, Near, nearest, one_edit
from indexer.durable import connect_to_read
from indexer.metadata.aliases import Alias
from indexer.swedish import Entries, Entry, entry_of, variants_of
from indexer.swedish.tokens import LONGEST_TOKEN
from indexer.swedish.words import INSIDE, LookUps

READERS = 4
"""Threads that read the words at once; a further one waits for one of them."""
REMEMBERED_FORMS = 20_000
"""Forms, and terms, that are kept in memory, some 4 MB since none is long; the rest is looked up on disk in some 10 µs."""


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

    def entries(self, forms: Set[str], documents: LookUps[int]) -> dict[str, Entry]:
        """The entries; how many documents have each form is remembered besides."""
        known = f"SELECT form, term, parts, documents FROM words WHERE form IN {LISTED}"  # noqa: S608
        rows = self.rows(known, (json.dumps([*forms]),))
        documents.learn(dict.fromkeys(forms, 0) | {form: often for form, _, _, often in rows})
        found = {form: Entry.unpacked(term, parts) for form, term, parts, _ in rows}
        return found | {form: entry_of(form) for form in forms - found.keys()}

    def documents(self, words: Set[str], kind: str) -> dict[str, int]:
        counted = f"SELECT {kind}, sum(documents) FROM words WHERE {kind} IN {LISTED} GROUP BY {kind}"  # noqa: S608
        return dict.fromkeys(words, 0) | dict(self.rows(counted, (json.dumps([*words]),)))

    def close(self) -> None:
        for connection in self._all:
            connection.close()

    __del__ = close


class IndexVocabulary:
    """Reads the words of one generation; any number of threads may ask. Its files are closed when nobody holds it."""

    def __init__(self, catalogue: Path) -> None:
        readers = _Readers(catalogue)
        self._rows = readers.rows
        self.close = readers.close
        """Let go of the file at once."""
        # Not of methods of its own: that would be a circle.
        self.documents_of_form = LookUps(partial(readers.documents, kind="form"), REMEMBERED_FORMS)
        """Form -> how many documents have this very one."""
        self.entry = Entries(partial(readers.entries, documents=self.documents_of_form), REMEMBERED_FORMS)
        """Form -> entry, as `swedish.entry_of`, which is only asked for words that the index has never seen."""
        self._documents_of_term = LookUps(partial(readers.documents, kind="term"), REMEMBERED_FORMS)

    def look_up(self, forms: Sequence[str]) -> None:
        """Look up all words of a question at once: their entries, and which of their terms documents have."""
        entries = zip(forms, self.entry.of_all(forms), strict=True)
        self.held([term for form, entry in entries for term in (entry.term, *variants_of(form))], 0)

    def beginning(self, prefix: str, limit: int) -> Sequence[str]:
        """Terms with a form that begins with `prefix`, in small letters or not; most frequent first."""
        small = f"form >= ?1 AND form < ?2 AND form NOT GLOB '*{INSIDE}'"
        condition = f"({small} OR plain >= ?1 AND plain < ?2 AND form GLOB '*[A-ZÅÄÖ]*')"
        return [term for term, _ in self._terms(condition, (prefix, prefix + LAST), limit)]

    def held(self, terms: Iterable[str], limit: int) -> Sequence[tuple[str, int]]:
        """Those of some terms that documents have, most frequent first, and about how many documents: of each form, added up."""
        different = list(dict.fromkeys(terms))
        often = zip(different, self._documents_of_term.of_all(different), strict=True)
        return sorted(filter(itemgetter(1), often), key=lambda pair: (-pair[1], pair[0]))[:limit]

    @cached_property
    def size(self) -> int:
        """How many documents there are."""
        ((number,),) = self._rows("SELECT count(*) FROM versions WHERE indexed")
        return int(number)

    def forms_beginning(self, prefix: str, limit: int) -> Sequence[str]:
        """Forms that begin with `prefix`, also when its dots were left out; most frequent first, none that only tells how to reach somebody."""
        rows = self._rows(
            "SELECT form, outside_contacts FROM words WHERE outside_contacts > 0 AND form >= ?1 AND form < ?2 AND length(form) <= ?3"
            " UNION SELECT form, outside_contacts FROM words WHERE outside_contacts > 0 AND plain >= ?1 AND plain < ?2 AND length(form) <= ?3"
            " ORDER BY outside_contacts DESC, form LIMIT ?4",
            (prefix, prefix + LAST, LONGEST_TOKEN, limit),
        )
        return [form for form, _ in rows]

    def similar(self, form: str, limit: int) -> Sequence[str]:
        """Terms with a form that is one letter away: added, left out, changed, or changed places with the next."""
        return [term for term, _ in self._terms(f"form IN {LISTED}", (one_edit(form),), limit)]

    def forms_of(self, term: str, limit: int) -> tuple[Sequence[str], int]:
        """The forms of a term that most documents have, and how many more there are; none that only tells how to reach somebody."""
        of_term = "SELECT form FROM words WHERE term = ? AND outside_contacts > 0 ORDER BY outside_contacts DESC, form"
        forms = [form for (form,) in self._rows(of_term, (term,))]
        return forms[:limit], len(forms[limit:])

    def forms_with(self, terms: Iterable[str], parts: Iterable[str]) -> set[str]:
        """The forms that some terms have, or that hold some terms as parts; others beside them would only take time."""
        # One row for all of them: no form holds a blank.
        either = f"SELECT group_concat(form, ' ') FROM words WHERE term IN {LISTED} UNION ALL SELECT group_concat(form, ' ') FROM parts WHERE term IN {LISTED}"  # noqa: S608
        rows = self._rows(either, (json.dumps([*terms]), json.dumps([*parts])))
        return set().union(*(joined.split(" ") for (joined,) in rows if joined))

    def nearest(self, form: str) -> Near | None:
        """The form that a word was most likely meant to be; None where none is like it."""
        return nearest(form, self._rows, self.entry)

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
