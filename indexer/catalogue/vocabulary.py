"""The words of an index: form -> term without the lexicon, and what a prefix or a near miss may stand for."""

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence, Set
from functools import cached_property, partial
from math import inf, log
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

from indexer.durable import connect_to_read
from indexer.metadata.aliases import Alias
from indexer.swedish import Entries, Entry, entry_of, is_word, variants_of
from indexer.swedish.compounds import zipf
from indexer.swedish.spelling import cost, plain
from indexer.swedish.tokens import LONGEST_TOKEN
from indexer.swedish.words import INSIDE, LookUps

REMEMBERED_FORMS = 10_000
"""Forms, and terms, that are kept in memory, some 2 MB since none is long; the rest is looked up on disk in some 10 µs."""

COST = 8.0
"""What one wrong letter weighs against the logarithm of how many documents have a word."""
USUAL = 2.0
"""What the Zipf value of a word weighs: what Swedes write often they also misspell often."""
OTHER_END = 0.3
"""Added where the last letters differ: endings are seldom misspelt."""
UNLIKE = 0.225
"""Cost a letter, of the longer word, above which a word is not taken for another."""
FARTHEST = 2.5
"""The same of any word."""
LEAST_COST = 0.3
"""Of any two different words."""
COMPARED = 1_000
"""Words two edits away that one is compared with at the most, those that most documents have; some 20 ms."""
SHORTEST_FAR = 4
"""Letters of a word above which words two edits away are considered."""
LEAST_INFLECTED = 9
"""Letters of a word that may be another form of one: of a short word too little is left without its ending."""
_LETTERS = "abcdefghijklmnopqrstuvwxyzåäöéü0123456789"
LAST = "\U0010ffff"
LISTED = "(SELECT value FROM json_each(?))"
"""One statement for lists of any length: SQLite keeps each different one, with the values it was last asked with."""


class Near(NamedTuple):
    """A word of the index that is like another one."""

    form: str
    documents: int
    """That have it otherwise than to tell how to reach somebody."""
    cost: float
    """How unlike: `spelling.cost`, and more where the words end otherwise."""


class _Reader:
    """One connection for all threads, which take turns of some 100 µs; open from the first, since a rebuild may delete its file."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._reading = threading.Lock()
        self._execute, self.close = connection.execute, connection.close
        self._execute("PRAGMA cache_size = -512")  # of 2,000 kB; what the system keeps is as near

    def rows(self, question: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        with self._reading:
            return self._execute(question, values).fetchall()

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

    def __del__(self) -> None:
        self.close()


class IndexVocabulary:
    """Reads the words of one generation; any number of threads may ask. Its files are closed when nobody holds it."""

    def __init__(self, catalogue: Path) -> None:
        reader = _Reader(connect_to_read(catalogue))
        self._rows = reader.rows
        self.close = reader.close
        """Let go of the file at once."""
        # Not of methods of its own: that would be a circle.
        self.documents_of_form = LookUps(partial(reader.documents, kind="form"), REMEMBERED_FORMS)
        """Form -> how many documents have this very one."""
        self.entry = Entries(partial(reader.entries, documents=self.documents_of_form), REMEMBERED_FORMS)
        """Form -> entry, as `swedish.entry_of`, which is only asked for words that the index has never seen."""
        self._documents_of_term = LookUps(partial(reader.documents, kind="term"), REMEMBERED_FORMS)

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
        """The form that a word was most likely meant to be; None where none is like it.

        One edit away, also when its dots were left out, or two edits away with the same first letter; else of a term one edit away.
        """
        if not is_word(form):
            return None
        edited = f"SELECT form, outside_contacts FROM words WHERE outside_contacts > 0 AND (form IN {LISTED} OR plain IN {LISTED})"  # noqa: S608
        found = set(self._rows(edited, (edits := one_edit(form), edits)))
        if len(form) > SHORTEST_FAR:
            like = "SELECT form, outside_contacts FROM words WHERE form >= ? AND form < ? AND outside_contacts > 0 AND length(form) BETWEEN ? AND ?"
            bounds = (form[0], form[0] + LAST, len(form) - 2, len(form) + 2)
            # Words two edits apart share most letters: a quick look before the slow one.
            far = [row for row in self._rows(like, bounds) if len(set(form) ^ set(row[0])) <= 4]
            found |= set(sorted(far, key=lambda row: (-row[1], row[0]))[:COMPARED])
        near = _likeliest(form, ((other, other, often) for other, often in found if other != form and _is_form(other)))
        if near or len(form) < LEAST_INFLECTED:
            return near
        return _likeliest(term := self.entry(form).term, self._near_terms(term, form))

    def _near_terms(self, term: str, form: str) -> list[tuple[str, str, int]]:
        """Terms that are one letter away, each with its form that is as long as one."""
        near = f"SELECT term, form, outside_contacts FROM words WHERE outside_contacts > 0 AND term IN {LISTED}"  # noqa: S608
        forms = self._rows(near, (one_edit(term),))
        likest = sorted(forms, key=lambda row: (abs(len(row[1]) - len(form)), -row[2], row[1]), reverse=True)
        return list({row[0]: row for row in likest if row[0] != term and _is_form(row[1])}.values())

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


def _is_form(word: str) -> bool:
    """Whether it is one, and no term in capitals, nor one that only begins words."""
    return word.isalnum() and word == word.lower()


def _likeliest(typed: str, others: Iterable[tuple[str, str, int]]) -> Near | None:
    """Of some words, each with the form that is shown for it and its documents."""
    best: tuple[float, Near] | None = None
    usual = ((log(often) + USUAL * zipf(form), word, form, often) for word, form, often in others)
    for likely, word, form, often in sorted(usual, reverse=True):
        if best and likely - COST * LEAST_COST < best[0]:
            break  # no less usual word is likelier, however near
        most = min(FARTHEST, UNLIKE * max(len(typed), len(word)))
        if (distance := _cost(typed, word, most)) < inf:
            way = (likely - COST * distance, Near(form, often, distance))
            best = max(best, way) if best else way
    return best[1] if best else None


def _cost(typed: str, word: str, most: float) -> float:
    """Of what is typed for a word; a genitive is another form of a name that no list has."""
    if typed == word + "s":
        return LEAST_COST
    same_end = {*plain(typed[-2:])} == {*plain(word[-2:])} or plain(typed[-1]) == plain(word[-1])
    ending = 0 if same_end else OTHER_END
    return cost(typed, word, most - ending) + ending


def one_edit(form: str) -> str:
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
