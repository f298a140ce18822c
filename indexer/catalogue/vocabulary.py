"""The words of an index: form -> term without the lexicon, and what a prefix or a near miss may stand for."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence, Set
from functools import cached_property, partial
from math import inf, log
from pathlib import Path
from queue import LifoQueue
from typing import Any, NamedTuple

from indexer.catalogue._table import QUERIES
from indexer.durable import connect_to_read
from indexer.swedish import Entries, Entry, entry_of, is_word, variants_of
from indexer.swedish.compounds import zipf
from indexer.swedish.spelling import cost, plain
from indexer.swedish.tokens import LONGEST_TOKEN
from indexer.swedish.words import INSIDE, LookUps

REMEMBERED_FORMS, ASKED_FORMS = 10_000, 5_000
"""Forms, and terms, that a run and an open index keep in memory, 10,000 in some 2 MB since none is long; the rest is looked up on disk in some 10 µs."""

COST = 8.0
"""What one wrong letter weighs against the logarithm of how many documents have a word."""
LEAST_COST = 0.3
"""Of any two different words."""
COMPARED = 1_000
"""Words two edits away that one is compared with at the most, those that most documents have; some 20 ms."""
_LETTERS = "abcdefghijklmnopqrstuvwxyzåäöéü0123456789"
LAST = "\U0010ffff"


class Near(NamedTuple):
    """A word of the index that is like another one."""

    form: str
    documents: int
    """That have it otherwise than to tell how to reach somebody."""
    cost: float
    """How unlike: `spelling.cost`, and more where the words end otherwise."""


class _Readers:
    """Connections to one catalogue, all open from the first: a rebuild may delete the file while it is read."""

    def __init__(self, catalogue: Path) -> None:
        self._all: list[sqlite3.Connection] = []
        self._idle: LifoQueue[sqlite3.Connection] = LifoQueue()
        for _ in range(4):  # threads that read at once; a further one waits for one of them
            self._all.append(connect_to_read(catalogue))
            self._all[-1].execute("PRAGMA cache_size = -512")  # of 2,000 kB; what the system keeps is as near
            self._idle.put(self._all[-1])

    def rows(self, question: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        connection = self._idle.get()
        try:
            return connection.execute(question, values).fetchall()
        finally:
            self._idle.put(connection)

    def entries(self, forms: Set[str]) -> dict[str, Entry]:
        rows = self.rows(QUERIES["entries_of"], (json.dumps([*forms]),))
        found = {form: Entry.unpacked(term, parts) for form, term, parts in rows}
        return found | {form: entry_of(form) for form in forms - found.keys()}

    def documents(self, words: Set[str], kind: str) -> dict[str, int]:
        return dict.fromkeys(words, 0) | dict(self.rows(QUERIES[f"documents_of_{kind}"], (json.dumps([*words]),)))

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
        self.documents_of_form = LookUps(partial(readers.documents, kind="form"), ASKED_FORMS)
        """Form -> how many documents have this very one."""
        self.entry = Entries(readers.entries, ASKED_FORMS)
        """Form -> entry, as `swedish.entry_of`, which is only asked for words that the index has never seen."""
        self._documents_of_term = LookUps(partial(readers.documents, kind="term"), ASKED_FORMS)

    def look_up(self, forms: Sequence[str]) -> None:
        """Look up all words of a question at once: their entries, and which of their terms documents have."""
        entries = zip(forms, self.entry.of_all(forms), strict=True)
        self.held([term for form, entry in entries for term in (entry.term, *variants_of(form))], 0)

    def beginning(self, prefix: str, limit: int) -> Sequence[str]:
        """Terms with a form that begins with `prefix`, in small letters or not; most frequent first."""
        return self._column("terms_beginning", prefix, prefix + LAST, f"*{INSIDE}", limit)

    def held(self, terms: Iterable[str], limit: int) -> Sequence[tuple[str, int]]:
        """Those of some terms that documents have, most frequent first, and about how many documents: of each form, added up."""
        different = list(dict.fromkeys(terms))
        often = zip(different, self._documents_of_term.of_all(different), strict=True)
        return sorted((pair for pair in often if pair[1]), key=lambda pair: (-pair[1], pair[0]))[:limit]

    @cached_property
    def size(self) -> int:
        """How many documents there are."""
        return int(*self._rows("SELECT count(*) FROM versions WHERE indexed")[0])

    def forms_beginning(self, prefix: str, limit: int) -> Sequence[str]:
        """Forms that begin with `prefix`, also when its dots were left out; most frequent first, none that only tells how to reach somebody."""
        return self._column("forms_beginning", prefix, prefix + LAST, LONGEST_TOKEN, limit)

    def similar(self, form: str, limit: int) -> Sequence[str]:
        """Terms with a form that is one letter away: added, left out, changed, or changed places with the next."""
        return self._column("terms_with_form", one_edit(form), limit)

    def forms_of(self, term: str, limit: int) -> tuple[Sequence[str], int]:
        """The forms of a term that most documents have, and how many more there are; none that only tells how to reach somebody."""
        forms = self._column("forms_of", term)
        return forms[:limit], len(forms[limit:])

    def forms_with(self, terms: Iterable[str], parts: Iterable[str]) -> set[str]:
        """The forms that some terms have, or that hold some terms as parts; others beside them would only take time."""
        either = self._column("forms_with", json.dumps([*terms]), json.dumps([*parts]))
        return set().union(*(joined.split(" ") for joined in either if joined))

    def nearest(self, form: str) -> Near | None:
        """The form that a word was most likely meant to be; None where none is like it.

        One edit away, also when its dots were left out, or two edits away with the same first letter; else of a term one edit away.
        """
        if not is_word(form):
            return None
        found = set(self._rows(QUERIES["one_edit_away"], (one_edit(form),)))
        if len(form) > 4:  # of a shorter word, none two edits away is like it
            bounds = (form[0], form[0] + LAST, len(form) - 2, len(form) + 2)
            # Words two edits apart share most letters: a quick look before the slow one.
            far = [row for row in self._rows(QUERIES["as_long"], bounds) if len(set(form) ^ set(row[0])) <= 4]
            found |= set(sorted(far, key=lambda row: (-row[1], row[0]))[:COMPARED])
        near = _likeliest(form, ((other, other, often) for other, often in found if other != form and _is_form(other)))
        if near or len(form) < 9:  # of a short word too little is left without its ending
            return near
        return _likeliest(term := self.entry(form).term, self._near_terms(term, form))

    def _near_terms(self, term: str, form: str) -> list[tuple[str, str, int]]:
        """Terms that are one letter away, each with its form that is as long as one."""
        forms = self._rows(QUERIES["near_terms"], (one_edit(term),))
        likest = sorted(forms, key=lambda row: (abs(len(row[1]) - len(form)), -row[2], row[1]), reverse=True)
        return list({row[0]: row for row in likest if row[0] != term and _is_form(row[1])}.values())

    def hidden(self) -> list[tuple[str, str]]:
        """Id and name of every document that does not answer questions for a name, sorted."""
        return self._rows("SELECT id, name FROM hidden ORDER BY id, name")

    def _column(self, query: str, *values: object) -> list[str]:
        return [value for (value,) in self._rows(QUERIES[query], values)]


def _is_form(word: str) -> bool:
    """Whether it is one, and no term in capitals, nor one that only begins words."""
    return word.isalnum() and word == word.lower()


def _likeliest(typed: str, others: Iterable[tuple[str, str, int]]) -> Near | None:
    """Of some words, each with the form that is shown for it and its documents."""
    best: tuple[float, Near | None] = (-inf, None)
    # 2: what the Zipf value of a word weighs: what Swedes write often they also misspell often.
    usual = ((log(often) + 2 * zipf(form), word, form, often) for word, form, often in others)
    for likely, word, form, often in sorted(usual, reverse=True):
        if likely - COST * LEAST_COST < best[0]:
            break  # no less usual word is likelier, however near
        most = min(2.5, 0.225 * max(len(typed), len(word)))  # above which a word is not taken for another
        if (distance := _cost(typed, word, most)) < inf:
            best = max(best, (likely - COST * distance, Near(form, often, distance)))
    return best[1]


def _cost(typed: str, word: str, most: float) -> float:
    """Of what is typed for a word; a genitive is another form of a name that no list has."""
    if typed == word + "s":
        return LEAST_COST
    same_end = {*plain(typed[-2:])} == {*plain(word[-2:])} or plain(typed[-1]) == plain(word[-1])
    ending = 0 if same_end else 0.3  # which are seldom misspelt
    return cost(typed, word, most - ending) + ending


def one_edit(form: str) -> str:
    """The JSON list of what is one letter away from a form; of what is too long to be a word, nothing."""
    return json.dumps(list(set(_edited(form)) if is_word(form) else ()))


def _edited(form: str) -> Iterator[str]:
    yield from (form[:at] + form[at + 1 :] for at in range(len(form)))
    yield from (form[:at] + form[at + 1] + form[at] + form[at + 2 :] for at in range(len(form) - 1))
    for at in range(len(form) + 1):
        yield from (form[:at] + letter + rest for letter in _LETTERS for rest in (form[at:], form[at + 1 :]))
