"""What the documents of an index hold in common, counted or paired as they come and leave: their words, the lines that a host repeats,
and the duplicate groups.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set

from msgspec import Struct, field, msgpack

from indexer.catalogue._table import QUERIES, Table, column, rows, told
from indexer.deduplication.fingerprints import LEAST, SHARED, TextFingerprint, are_duplicates, canonical_of, hash_of
from indexer.documents import Document, Medium, host_of
from indexer.metadata.contacts import is_contact
from indexer.swedish import Entry, entry_of
from indexer.swedish.spelling import plain
from indexer.swedish.words import INSIDE

Word = tuple[str, str, str, str | None]
"""A form, its term, its parts as JSON or nothing, and how it is typed without accents, or without capitals, where that is another way."""

packed, unpacked = msgpack.Encoder().encode, msgpack.Decoder(TextFingerprint).decode
"""What is kept of a fingerprint, some 11 bytes of each shingle, and the fingerprint that it was."""


class Counts(Struct, frozen=True):
    """Of the words of some documents."""

    documents: Counter[str] = field(default_factory=Counter)
    """Form -> how many documents have it."""
    only_in_contacts: Counter[str] = field(default_factory=Counter)
    """Form -> how many of these have it only in lines that say how to reach somebody; no one is to be suggested by name."""

    def count(self, forms: Iterable[str], only_in_contacts: Iterable[str]) -> None:
        """One more document, or more of them: how many have each."""
        self.documents.update(forms)
        self.only_in_contacts.update(only_in_contacts)


class Lexicon(Table):
    """The words of one catalogue: each form that its documents have, its term and parts, and how many documents have it.

    Terms that are no form (LAS, Mark, stockholm-) stand here too, each as a form of its own. `IndexVocabulary` reads what stands here.
    """

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

    def count(self, counts: Counts, sign: int = 1) -> None:
        """Add to the numbers of documents that have each form, or take away with -1; every form was added before."""
        documents, contacts = counts.documents, counts.only_in_contacts
        rows = ((sign * documents[form], sign * (documents[form] - contacts[form]), form) for form in sorted(documents))
        self._executemany(QUERIES["add_documents"], rows)

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


class RepeatedLines(Table):
    """Lines that a host repeats over its articles and that belong to none of them: learned from what the index holds (FINDINGS 6).

    The lines of pages are kept by host; counts articles, not pages, since one article may stand at many addresses.

    What is left out of texts changes only in `expected` and `turned`, so that all texts between are cleaned alike.
    """

    forget = told("DELETE FROM lines WHERE document = ?")
    """Drop the lines of a document that leaves, by its id."""
    documents = column(set[str], "SELECT DISTINCT document FROM lines")
    """Ids of the documents that have lines here."""

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
        self.forget(document.id)
        if document.medium is not Medium.TEXT and (host := host_of(document.url)) is not None:
            rows = _rows(host, document.title, (*document.text.splitlines(), *document.boilerplate))
            self._executemany("INSERT INTO lines VALUES (?, ?, ?)", ((*row, document.id) for row in rows))

    def turned(self) -> list[str]:
        """Leave out what has become its host's, and no longer what has ceased to be; ids of the documents that have such a line."""
        return self._turn(self._column("SELECT line FROM turned_lines"))

    def _turn(self, lines: Sequence[int]) -> list[str]:
        keys = json.dumps(lines)
        self._execute(QUERIES["turn"], (keys,))
        return self._column(QUERIES["documents_with_lines"], keys) if lines else []


def _rows(host: str, title: str, lines: Iterable[str]) -> set[tuple[int, int]]:
    """The keys of a page's lines, each with that of its article."""
    article = hash_of(title.lower())
    return {(_key(host, line), article) for line in set(lines) if is_learned(line)}


def is_learned(line: str) -> bool:
    """Whether a line can turn out to be a host's; whom to reach stays with a text also where all of the host say it.

    >>> is_learned("Dela sidan"), is_learned("Anna Berg, 010-123 45 67"), is_learned("")
    (True, False, False)
    """
    # 300: characters of a line that can be a host's; longer ones are paragraphs. The longest seen in data/pages has 223.
    return 0 < len(line) <= 300 and any(map(str.isalnum, line)) and not is_contact(line)


def _key(host: str, line: str) -> int:
    return hash_of(f"{host} {' '.join(line.lower().split())}")


class DuplicateGroups(Table):
    """The fingerprint of every text and which pairs are duplicates; the same for the same documents, whatever order they came in."""

    documents = column(set[str], "SELECT document FROM fingerprints")
    """Ids of the documents that have fingerprints here."""
    members = column(list[str], QUERIES["members_of"])
    """All that a document is connected with, by its id, itself too, directly or over others, sorted."""
    stated = rows(set[tuple[str, str, bool]], "SELECT * FROM stated_pairs")
    """Two documents, either way round, of which a person says whether they are one."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__(connection)
        self._put: dict[str, TextFingerprint | None] = {}
        self._restated: set[str] = set()

    def state(self, pairs: Set[tuple[str, str, bool]]) -> None:
        """Hold to these alone, as of the next time that groups are settled."""
        self._restated = {one for one, _, _ in self.stated() ^ pairs}
        self._execute("DELETE FROM stated_pairs")
        self._executemany("INSERT INTO stated_pairs VALUES (?, ?, ?)", pairs)

    def put(self, id: str, fingerprint: TextFingerprint | None) -> None:
        """Take a document's fingerprint in place of the one it had; None where it leaves, or is too short to have one."""
        self._put[id] = fingerprint

    def settle(self, text_of: Callable[[str], str], others: Iterable[str] = ()) -> dict[str, tuple[str, list[str]]]:
        """Every document whose group may have changed, and others -> its canonical document and all members, sorted."""
        put = json.dumps([*self._put])
        touched = {*self._put, *others, *self._restated, *self._column(QUERIES["partners_of"], put)}
        for number, kept in self._execute(QUERIES["known_fingerprints"], (put,)):
            shingles = ((shingle, number) for shingle in unpacked(kept).shingles)
            self._executemany("DELETE FROM shingles WHERE shingle = ? AND fingerprint = ?", shingles)
        self._execute(QUERIES["drop_fingerprints"], (put,))
        for one, other in self._near(self._enter(fingerprint for fingerprint in self._put.values() if fingerprint)):
            if are_duplicates(one, other, text_of):
                self._execute("INSERT OR IGNORE INTO pairs VALUES (?, ?)", (one.id, other.id))
                touched.add(other.id)
        self._put.clear()
        self._restated.clear()
        return self._groups(touched)

    def _groups(self, ids: Iterable[str]) -> dict[str, tuple[str, list[str]]]:
        groups: dict[str, tuple[str, list[str]]] = {}
        for id in sorted(ids):
            if id not in groups:
                for members in self._held_apart(self.members(id)):
                    # Most are alone: nothing more is asked of them.
                    several = json.dumps(members) if len(members) > 1 else None
                    kept = self._execute(QUERIES["known_fingerprints"], (several,)) if several else ()
                    known = [unpacked(fingerprint) for _, fingerprint in kept]
                    # Of texts too short to be known by, the first by id.
                    groups |= dict.fromkeys(members, (canonical_of(known) if known else members[0], members))
        return groups

    def _held_apart(self, members: list[str]) -> list[list[str]]:
        """The groups of what is connected: one, or as many as it takes to hold no two that are stated never to be one.

        What connects them counts in the order of ids, what is stated first, so that no order of coming matters.
        """
        ids = json.dumps(members)
        apart = [{*pair} for pair in self._execute(QUERIES["held_apart"], (ids,))] if len(members) > 1 else ()
        if not apart:
            return [members]
        group_of = {id: {id} for id in members}
        for one, other in self._execute(QUERIES["links_among"], (ids,)):
            group = group_of[one] | group_of[other]
            if not any(pair <= group for pair in apart):
                group_of |= dict.fromkeys(group, group)
        return [sorted(group_of[id]) for id in members if id == min(group_of[id])]

    def _enter(self, fingerprints: Iterable[TextFingerprint]) -> dict[int, TextFingerprint]:
        """Keep fingerprints; their numbers. Their shingles stay in `fresh`, sorted by SQLite: that is several times as fast."""
        (last,) = self._column("SELECT ifnull(max(number), 0) FROM fingerprints")
        entered = dict(enumerate(fingerprints, last + 1))
        rows = ((number, one.id, packed(one)) for number, one in entered.items())
        self._executemany("INSERT INTO fingerprints VALUES (?, ?, ?)", rows)
        self._execute("DELETE FROM fresh")
        self._execute(QUERIES["enter_fresh"], (last + 1, json.dumps([one.shingles for one in entered.values()])))
        self._execute("INSERT INTO shingles SELECT shingle, fingerprint FROM fresh ORDER BY shingle, fingerprint")
        return entered

    def _near(self, entered: Mapping[int, TextFingerprint]) -> Iterator[tuple[TextFingerprint, TextFingerprint]]:
        """Each of them with each text that shares enough with it to be its duplicate, if nothing else tells them apart."""
        self._execute(QUERIES["drop_common"])
        for number, other, kept in self._execute(QUERIES["near"], (SHARED * LEAST,)):
            yield entered[number], entered.get(other) or unpacked(kept)
